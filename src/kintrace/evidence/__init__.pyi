from .bars import waterfall
from .calibration import Band, Calibration
from .face import FaceEvidence
from .facts import Evidence, Fact, Outcome
from .fitting import Comparisons, Condition, fit
from .losses import binned, calibration_loss, cllr, cllr_min, look_alikes, reliability
from .memory import forget
from .naming import RecordNames
from .person import Person, Statement
from .photos import PhotoPair, weigh_photos
from .prior import Posterior, least_evidence, look_alikes_at_most
from .tail import Tail
from .together import FACTS, weigh
from .words import number, sentence, support

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
