"""Height of adults, in centimetres, as a normal distribution of people and of errors.

The ratio is that of two statements of one height against two of two: a rare height that agrees tells more than a common one
(Aitken and Taroni, "Statistics and the Evaluation of Evidence for Forensic Scientists", 2004, chapter 10).
"""

import re
from datetime import date
from math import exp, log10, sqrt

from kintrace.evidence.births import adult_throughout
from kintrace.evidence.dates import when
from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.person import Person
from kintrace.evidence.weights import weight

ERROR, OUTLIER, PEOPLE = weight("height.error"), weight("height.outlier"), weight("height.people")
MOST_TOLD = weight("height.most")
LEAST, MOST = 100, 240
_METRIC = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:(?:-|–|to)\s*(\d{1,3}(?:[.,]\d{1,2})?))?\s*(cm|m|см|м|سم|م)?(?!\w)"
)
_FEET = re.compile(r"([4-7])\s*(?:'|’|′|ft\.?|feet|foot)\s*(?:(\d{1,2})\s*(?:\"|”|″|''|in\b|inch)?)?")


def compare(one: Person, other: Person, today: int) -> Fact:
    """The fact ``height``. Of people who may not have been grown up when it was stated nothing is compared.

    Args:
        one: of one record.
        other: of the other.
        today: the year taken where a statement has no date.
    """
    texts = one.text("height"), other.text("height")
    if not all(texts):
        return blank("height")
    read = one.once(_read), other.once(_read)
    if read[0] is None or read[1] is None:
        return blank("height", "A height cannot be read.", texts)
    if not (_grown(one, today) and _grown(other, today)):
        return blank("height", "Somebody who was not surely grown up may have grown since.", texts)
    sexes = {one.text("sex"), other.text("sex")}
    mean, deviation = PEOPLE[sexes.pop() if len(sexes) == 1 and sexes <= set(PEOPLE) else "unknown"]
    ratio = (1 - OUTLIER) * _ratio(read[0], read[1], mean, deviation) + OUTLIER
    apart = abs(read[0][0] - read[1][0])
    level = "the same, as far as heights are known" if ratio > 1 else "not the same"
    return Fact("height", level, log10(ratio), f"{apart:.0f} cm apart; people differ by {deviation:g} cm.", texts)


def _read(person: Person) -> tuple[float, float] | None:
    """Centimetres, and the variance of their error."""
    told = person.get("height")
    found = centimetres(told.text) if told else None
    if told is None or found is None:
        return None
    low, high = found
    error = ERROR.get(told.certainty, ERROR["estimated"])
    return (low + high) / 2, error**2 + (high - low) ** 2 / 12


def centimetres(text: str) -> tuple[float, float] | None:
    """Least and greatest height that a text states; None where it states none, or none of a person."""
    feet = _FEET.search(text)
    if feet:
        low = high = 30.48 * int(feet[1]) + 2.54 * int(feet[2] or 0)
    else:
        found = _METRIC.search(text)
        if not found:
            return None
        low, high = (float(each.replace(",", ".")) for each in (found[1], found[2] or found[1]))
        low, high = (100 * each if each < 3 else each for each in (low, high))
    return (low, high) if LEAST <= low <= high <= MOST else None


def _ratio(one: tuple[float, float], other: tuple[float, float], mean: float, deviation: float) -> float:
    (a, error), (b, again) = one, other
    a, b, people = a - mean, b - mean, deviation**2
    first, second = people + error, people + again
    determinant = first * second - people**2
    joint = exp(-(second * a * a - 2 * people * a * b + first * b * b) / (2 * determinant)) / sqrt(determinant)
    apart = exp(-a * a / (2 * first) - b * b / (2 * second)) / sqrt(first * second)
    return float(min(joint / max(apart, 1e-300), 10**MOST_TOLD))


def _grown(person: Person, today: int) -> bool:
    """Surely grown up when the height was stated; where no birth is known, unless the record speaks of a child."""
    told = person.get("height")
    dated = when(told.source_date) if told and told.source_date else None
    year, month, day = dated.day if dated and dated.day else (int(dated.first) if dated else today, 1, 1)
    grown = adult_throughout(person, date(year, month, day))
    if grown is None:
        return person.text("found_kind") != "unaccompanied_child" and "minor" not in person.text("priority")
    return grown
