"""Dates as people know them: a year, a month, a day, an age or a range as of a date."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from kintrace.errors import FormError

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGE = re.compile(r"(\d{1,3})(?:\s*(?:-|–|to)\s*(\d{1,3}))?\s+as\s+of\s+(\S+)")

EXAMPLES = "1987, 1987-05, 1987-05-03, 1985..1990"
"""What is understood whatever the language."""


@dataclass(frozen=True)
class Span:
    """The first and the last day that a statement allows."""

    first: date
    last: date


def span(text: str) -> Span:
    """The days a statement allows.

    Args:
        text: ``1987``, ``1987-05``, ``1987-05-03``, ``1985..1990`` (each end any of the former), ``7 as of 2020-01`` or
            ``5-7 as of 2020-01-15`` (age in years; gives the days of birth).

    Raises:
        FormError: it is none of these.
    """
    text = " ".join(text.split())
    age = _AGE.fullmatch(text)
    if age:
        young, old = int(age[1]), int(age[2] or age[1])
        at = _partial(age[3])
        if young > old or old > 130:
            raise _unreadable()
        # Somebody who is 7 was born at most 8 years ago less a day, and at least 7.
        return Span(_years_before(at.first, old + 1, 1), _years_before(at.last, young))
    first, dots, last = text.partition("..")
    if dots:
        low, high = _partial(first), _partial(last)
        if low.first > high.last:
            raise _unreadable()
        return Span(low.first, high.last)
    return _partial(text)


def _partial(part: str) -> Span:
    found = _PARTIAL.fullmatch(part.strip())
    if not found:
        raise _unreadable()
    year, month, day = (int(each) if each else None for each in found.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
        end_month = month or 12
        return Span(first, date(year, end_month, day or calendar.monthrange(year, end_month)[1]))
    except ValueError as error:
        raise _unreadable() from error


def _years_before(day: date, years: int, days_later: int = 0) -> date:
    year = max(1, day.year - years)
    last = calendar.monthrange(year, day.month)[1]
    return date.fromordinal(date(year, day.month, min(day.day, last)).toordinal() + days_later)


def told_on(text: str) -> Span | None:
    """The days as of which an age was stated; None where the text is no age."""
    age = _AGE.fullmatch(" ".join(text.split()))
    return _partial(age[3]) if age else None


def may_be_minor(birth: Span, on: date) -> bool:
    """Whether somebody born then may be under 18 on a day."""
    return birth.last > _years_before(on, 18)


def _unreadable() -> FormError:
    return FormError(
        "A date cannot be read.",
        todo=f"Write it as {EXAMPLES}.",
    )
