"""What is known of two records → likelihood ratios per fact and their sum, each explained. For now: the face.

A comparison score means nothing by itself. A :class:`Calibration`, made from pairs that are known, says how much more likely the
score is for one person than for two, and how many strangers a collection would be expected to hold at it.
"""

from kintrace.evidence.calibration import Band, Calibration, Tail
from kintrace.evidence.face import FaceEvidence
from kintrace.evidence.fitting import Comparisons, fit
from kintrace.evidence.reliability import cllr, cllr_min, reliability
from kintrace.evidence.words import number, sentence, support

__all__ = [
    "Band",
    "Calibration",
    "Comparisons",
    "FaceEvidence",
    "Tail",
    "cllr",
    "cllr_min",
    "fit",
    "number",
    "reliability",
    "sentence",
    "support",
]
