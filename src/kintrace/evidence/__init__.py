"""What is known of two records → likelihood ratios per fact and their sum, each explained. For now: the face.

A comparison score means nothing by itself. A :class:`Calibration`, made from pairs that are known, says how much more likely the
score is for one person than for two, and how many strangers a collection would be expected to hold at it.
"""

from kintrace.evidence.calibration import Band, Calibration
from kintrace.evidence.face import FaceEvidence
from kintrace.evidence.fitting import Comparisons, Condition, fit
from kintrace.evidence.reliability import binned, calibration_loss, cllr, cllr_min, look_alikes, reliability
from kintrace.evidence.tail import Tail
from kintrace.evidence.words import number, sentence, support

__all__ = [
    "Band",
    "Calibration",
    "Comparisons",
    "Condition",
    "FaceEvidence",
    "Tail",
    "binned",
    "calibration_loss",
    "cllr",
    "cllr_min",
    "fit",
    "look_alikes",
    "number",
    "reliability",
    "sentence",
    "support",
]
