"""The strength of evidence in words that a family could be told.

The verbal scale is that of ENFSI, "Guideline for Evaluative Reporting in Forensic Science" (2015), table 2, for likelihood
ratios in both directions. Numbers are rounded to two digits, as far as the data carry them. There is never a percentage.
"""

from math import floor, log10

from kintrace.evidence.face import FaceEvidence

SCALE = (
    (6.0, "extremely strong"),
    (4.0, "very strong"),
    (3.0, "strong"),
    (2.0, "moderately strong"),
    (1.0, "moderate"),
    (0.301, "weak"),
)
"""Least absolute log10 likelihood ratio, and the words for it."""


def support(log10_lr: float) -> str:
    """The verbal scale's words for the size of a likelihood ratio; "no" near 1."""
    return next((words for least, words in SCALE if abs(log10_lr) >= least), "no")


def sentence(evidence: FaceEvidence) -> str:
    """What the faces say, in plain English."""
    size = abs(evidence.log10_lr)
    words = support(evidence.log10_lr)
    if words == "no":
        told = "The faces speak neither for nor against this being the same person."
    else:
        same = evidence.log10_lr > 0
        low, high = sorted(abs(bound) for bound in evidence.interval)
        if (evidence.interval[0] < 0) != (evidence.interval[1] < 0):
            low = 0.0
        least = "more than " if evidence.bounded else "about "
        between = f" (between {number(low)} and {number(high)})" if not evidence.bounded else ""
        kind, instead = ("the same person", "if it is not") if same else ("different people", "if it is one person")
        told = (
            f"The faces give {words} support to the view that these are {kind}: such a likeness is {least}{number(size)} "
            f"times more likely if {'it is' if same else 'they are'} than {instead}{between}."
        )
    if evidence.expected_lookalikes is None or evidence.gallery_size is None:
        return told
    count = evidence.expected_lookalikes
    people = f"In a collection of {evidence.gallery_size:,} people"
    if count < 0.001:
        return f"{told} {people}, fewer than 0.001 strangers would be expected to look at least this much alike."
    return f"{told} {people}, about {digits(count)} strangers would be expected to look at least this much alike."


def number(log10_value: float) -> str:
    """Ten to this power with two digits: "3.2", "320", "3,200"."""
    return digits(10**log10_value)


def digits(value: float) -> str:
    """A number with two significant digits."""
    if value <= 0:
        return "0"
    place = 1 - floor(log10(value))
    rounded = round(value, place)
    return f"{rounded:,.{max(place, 0)}f}" if rounded < 10 else f"{rounded:,.0f}"
