"""What is stated and is hardly true: it is said to who writes it, and kept as they wrote it all the same.

What cannot be at all, such as a birth in the future, :mod:`kintrace.casework.forms` refuses.
"""

import re
from collections.abc import Mapping

from kintrace.casework.dates import Span, span
from kintrace.casework.forms import DATES, Stated
from kintrace.errors import FormError
from kintrace.evidence.height import centimetres

EARLIEST = 1900
"""Hardly anybody is looked for who was born in an earlier year."""
SHORTEST, TALLEST = 30, 250
"""Centimetres."""
BEFORE_BIRTH: Mapping[str, str] = {
    "last_contact_date": "The last contact is before the birth.",
    "separation_date": "The separation is before the birth.",
    "found_date": "They were found before the birth.",
    "date_of_death": "The death is before the birth.",
}


def doubts(facts: Mapping[str, Stated]) -> dict[str, str]:
    """Why a fact is hardly true, by its name; of one person."""
    found = {name: what for name, fact in facts.items() if (what := _alone(name, fact))}
    birth = _days(facts, "date_of_birth")
    if birth is None:
        return found
    for name, what in BEFORE_BIRTH.items():
        days = _days(facts, name)
        if days is not None and days.last < birth.first:
            found.setdefault(name, what)
    known = _span(facts["date_of_birth"].source_date)
    if known is not None and known.last < birth.first:
        found.setdefault("date_of_birth", "The birth is told as of a time before it.")
    return found


def _alone(name: str, fact: Stated) -> str:
    """Why one fact is hardly true, whatever the others say."""
    days = _span(fact.value) if name in DATES else None
    if name == "height" and not _of_a_person(str(fact.value)):
        return "The height is not from 30 to 250 cm."
    if days is not None and name == "date_of_birth" and days.last.year < EARLIEST:
        return "The birth is before 1900."
    if days is not None and name != "date_of_birth" and " as of " in str(fact.value):
        return "An age tells when somebody was born, not when something happened."
    return ""


def _of_a_person(height: str) -> bool:
    number = re.search(r"\d+(?:[.,]\d+)?", height)
    if number is None or centimetres(height) is not None:
        return True
    told = float(number[0].replace(",", "."))
    return SHORTEST <= (100 * told if told < 3 else told) <= TALLEST


def _days(facts: Mapping[str, Stated], name: str) -> Span | None:
    return _span(facts[name].value) if name in facts else None


def _span(text: str) -> Span | None:
    try:
        return span(text)
    except FormError:  # of records that were brought here from elsewhere
        return None
