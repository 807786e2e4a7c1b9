"""What is known of two records → likelihood ratios per fact and their sum, each explained.

:func:`weigh` takes two people and gives :class:`Evidence`: face, names, birth, sex, places, family, numbers, marks and height.
:func:`waterfall` draws it. A face's comparison score means nothing by itself: a :class:`Calibration`, made from pairs that are
known, says how much more likely the score is for one person than for two, and how many strangers a collection would be expected
to hold at it.
"""

from kintrace.evidence.calibration import Band, Calibration
from kintrace.evidence.face import FaceEvidence
from kintrace.evidence.facts import Evidence, Fact, Outcome
from kintrace.evidence.fitting import Comparisons, Condition, fit
from kintrace.evidence.memory import forget
from kintrace.evidence.naming import RecordNames
from kintrace.evidence.person import Person, Statement
from kintrace.evidence.photos import PhotoPair, weigh_photos
from kintrace.evidence.prior import Posterior, least_evidence, look_alikes_at_most
from kintrace.evidence.reliability import binned, calibration_loss, cllr, cllr_min, look_alikes, reliability
from kintrace.evidence.tail import Tail
from kintrace.evidence.waterfall import waterfall
from kintrace.evidence.weigh import FACTS, weigh
from kintrace.evidence.words import number, sentence, support

__all__ = [
    "FACTS",
    "Band",
    "Calibration",
    "Comparisons",
    "Condition",
    "Evidence",
    "FaceEvidence",
    "Fact",
    "Outcome",
    "Person",
    "PhotoPair",
    "Posterior",
    "RecordNames",
    "Statement",
    "Tail",
    "binned",
    "calibration_loss",
    "cllr",
    "cllr_min",
    "fit",
    "forget",
    "least_evidence",
    "look_alikes",
    "look_alikes_at_most",
    "number",
    "reliability",
    "sentence",
    "support",
    "waterfall",
    "weigh",
    "weigh_photos",
]
