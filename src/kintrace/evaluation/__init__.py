"""A protocol and photos → ISO/IEC 19795-1 figures, a page that shows them, and calibrations.

:func:`evaluate` runs a protocol, :func:`report` and :mod:`~kintrace.evaluation.page` show it, :func:`calibrate` makes a
calibration on half of the people and checks it on the other half.
"""

from kintrace.evaluation.calibrate import calibrate
from kintrace.evaluation.cases import report
from kintrace.evaluation.degrade import degrade, parse_degradations
from kintrace.evaluation.metrics import Searches
from kintrace.evaluation.protocol import Protocol
from kintrace.evaluation.run import Evaluation, evaluate
from kintrace.evaluation.uncertainty import wilson

__all__ = [
    "Evaluation",
    "Protocol",
    "Searches",
    "calibrate",
    "degrade",
    "evaluate",
    "parse_degradations",
    "report",
    "wilson",
]
