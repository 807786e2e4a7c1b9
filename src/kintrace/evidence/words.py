"""The strength of evidence in words that a family could be told.

The verbal scale is that of ENFSI, "Guideline for Evaluative Reporting in Forensic Science" (2015), for likelihood ratios in both
directions. Numbers are rounded to two digits, as far as the data carry them; what is said to be the least or the most is rounded
to the side that keeps it true. There is never a percentage.
"""

from math import ceil, floor, log10

from kintrace.evidence.face import FaceEvidence

SCALE = (
    (6.0, "extremely strong"),
    (4.0, "very strong"),
    (3.0, "strong"),
    (2.0, "moderately strong"),
    (1.0, "moderate"),
    (log10(2), "weak"),
)
"""Least absolute log10 likelihood ratio, and the words for it."""
NOT_STATED = (
    "The strength of this likeness is not stated: these model packs have no calibration. Only the order is known."
)
RAREST = 0.001
"""Fewer strangers than this are not told apart."""


def support(log10_lr: float) -> str:
    """The verbal scale's words for the size of a likelihood ratio; "no" near 1."""
    return next((words for least, words in SCALE if abs(log10_lr) >= least), "no")


def sentence(evidence: FaceEvidence | None) -> str:
    """What the faces say, in plain English; for None, of packs without a calibration, that their strength is not stated."""
    if evidence is None:
        return NOT_STATED
    told = _strength(evidence)
    if evidence.expected_lookalikes is None or evidence.gallery_size is None:
        return told
    count = evidence.expected_lookalikes
    if count < RAREST:
        many = f"fewer than {RAREST}"
    elif evidence.fewer_lookalikes:
        many = f"fewer than {digits(count, 1)}"
    else:
        many = f"about {digits(count)}"
    people = f"In a collection of {evidence.gallery_size:,} {'person' if evidence.gallery_size == 1 else 'people'}"
    return f"{told} {people}, {many} strangers would be expected to look at least this much alike."


def _strength(evidence: FaceEvidence) -> str:
    words = support(evidence.log10_lr)
    if words == "no":
        return "The faces speak neither for nor against this being the same person."
    same = evidence.log10_lr > 0
    # Turned so that the ratio is above 1 whichever way it points; the limit is how far the data carry in that direction.
    size = abs(evidence.log10_lr)
    low, high = evidence.interval if same else (-evidence.interval[1], -evidence.interval[0])
    limit = evidence.bounds[1] if same else -evidence.bounds[0]
    if evidence.bounded and low >= size:
        times = f"more than {number(size, -1)} times"
    else:
        most = f"more than {number(high, -1)}" if high >= limit else number(high)
        times = f"about {number(size)} times"
    between = "" if evidence.bounded and low >= size else f" (between {number(low)} and {most})"
    if same:
        view, case = "these are the same person: such a likeness", "if it is than if it is not"
    else:
        view, case = "these are different people: so little likeness", "if they are than if it is one person"
    return f"The faces give {words} support to the view that {view} is {times} more likely {case}{between}."


def number(log10_value: float, side: int = 0) -> str:
    """Ten to this power with two digits: "3.2", "320", "3,200"; ``side`` as in :func:`digits`."""
    return digits(10**log10_value, side)


def digits(value: float, side: int = 0) -> str:
    """A number with two significant digits.

    Args:
        value: not below 0.
        side: 0 rounds to the nearest, 1 up, −1 down.
    """
    if value <= 0:
        return "0"
    place = 1 - floor(log10(value))
    scaled = value * 10.0**place
    # A hair of tolerance, so that 2,800 rounded down is not 2,700.
    whole = round(scaled) if side == 0 else ceil(scaled - 1e-9) if side > 0 else floor(scaled + 1e-9)
    rounded = whole / 10.0**place
    return f"{rounded:,.{max(place, 0)}f}" if rounded < 10 else f"{rounded:,.0f}"
