"""Dates as people know them: a day, a month, a year, a time between two, or an age as of a date.

Reads what the records keep: ``1987-05-03``, ``1987-05``, ``1987``, ``1985..1990``, ``7 as of 2020-01``, ``5-7 as of 2020-01-15``.
"""

import re
from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_AGE = re.compile(r"(\d{1,3})(?:\s*(?:-|–|to)\s*(\d{1,3}))?\s+as\s+of\s+(\S+)", re.ASCII)
_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
PRECISIONS = ("day", "month", "year", "range", "age")
"""From the most precise to the least, as far as errors go."""


@dataclass(frozen=True)
class When:
    """A time somebody stated. Times are in years: 1987.0 is the first moment of 1987."""

    precision: str
    first: float
    last: float
    """The moment after it."""
    day: tuple[int, int, int] | None = None
    """Year, month and day, where it is one day."""
    age: float | None = None
    """In years, where an age was stated; the middle of a range."""

    @property
    def middle(self) -> float:
        """The moment in its middle."""
        return (self.first + self.last) / 2


@lru_cache(maxsize=20_000)
def when(text: str) -> When | None:
    """The time a text states, as it would be of a birth; None where it cannot be read."""
    text = " ".join(text.split())
    try:
        age = _AGE.fullmatch(text)
        if age:
            return _by_age(int(age[1]), int(age[2] or age[1]), age[3])
        low, dots, high = text.partition("..")
        first = _partial(low)
        if not dots:
            return first
        last = _partial(high)
        return When("range", first.first, last.last) if first.first < last.last else None
    except ValueError:
        return None


def _by_age(young: int, old: int, as_of: str) -> When:
    if young > old or old > 130:
        raise ValueError(young)
    at = _partial(as_of)
    # Somebody who is 7 was born at most 8 years ago, and at least 7.
    return When("age", at.first - old - 1, at.last - young, age=(young + old) / 2)


def _partial(part: str) -> When:
    found = _PARTIAL.fullmatch(part.strip())
    if not found:
        raise ValueError(part)
    year, month, day = (int(each) if each else None for each in found.groups())
    assert year is not None
    if not 1 <= year <= 9998:
        raise ValueError(part)
    if month is None:
        return When("year", year, year + 1)
    if day is None:
        start = date(year, month, 1)
        return When("month", moment(start), moment(start, monthrange(year, month)[1]))
    told = date(year, month, day)
    return When("day", moment(told), moment(told, 1), (year, month, day))


def moment(day: date, later: int = 0) -> float:
    """The first moment of a day, or of one so many days later in its year or at its end, in years."""
    days = 366 if isleap(day.year) else 365
    leap = days == 366 and day.month > 2
    return day.year + (_BEFORE[day.month] + leap + day.day - 1 + later) / days


def years_between(one: When, other: When) -> tuple[float, float]:
    """Least and most years that may lie between two times."""
    least = max(other.first - one.last, one.first - other.last, 0.0)
    return least, max(other.last - one.first, one.last - other.first)


def age_at(birth: When, at: When) -> tuple[float, float]:
    """Least and greatest age somebody born then may have had; not below 0."""
    return max(at.first - birth.last, 0.0), max(at.last - birth.first, 0.0)
