"""What must be said beside a likeness, in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kintrace.evidence.calibration import Band

MANY_YEARS = 10.0
POOR = "At least one of the photos is poor: a better one may tell more, either way."
BORROWED = "There were too few photos of this quality to calibrate on; another quality's numbers are used."
AT_BOUND = "The photos Kintrace learned from can support no stronger statement; the true strength may be greater."
BEYOND = "These are more alike than any two photos Kintrace learned from: they may be copies of one picture."
BELOW = "These are less alike than any two photos Kintrace learned from: check that the right faces are compared."


def of(band: "Band", score: float, log10_lr: float, age_gap: float | None) -> tuple[str, ...]:
    """The cautions for a score weighed in a band.

    Args:
        band: it was weighed in.
        score: of the comparison.
        log10_lr: as stated.
        age_gap: years between the photos, where known.
    """
    unknown_years = age_gap is not None and age_gap >= MANY_YEARS and band.age_gap is None
    said = {
        POOR: band.name == "poor",
        BORROWED: band.borrowed,
        AT_BOUND: log10_lr in band.bounds,
        BEYOND: score > band.scores[-1],
        BELOW: score < band.scores[0],
        f"About {age_gap or 0:.0f} years lie between the photos, and this calibration does not know what years do to a face.": (
            unknown_years
        ),
    }
    return tuple(words for words, applies in said.items() if applies)
