"""Birth: a date, part of one, or an age as of a date, on both records. Age and birth date are one fact.

How likely is the second statement, given the first? If both are of one person: it is mostly the same, now and then day and month
are swapped, a digit is mistyped, the year is off by one or two with day and month right, the day is off in the right month, the
whole is off by some years (Laplace distributed), or it is anything. If they are of two people: as births are spread over the
population. Both are integrated over the time that each statement leaves open, so that partial dates, ages and ranges of ages need
no rules of their own; and a date that registrars put where they know none (1 January) counts as a year, as far as it is likelier
to be one.
"""

from bisect import bisect_right
from datetime import date
from functools import cache, lru_cache
from math import exp, log10, sqrt
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from kintrace.evidence.dates import PRECISIONS, When, moment, when
from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.person import Person, Statement
from kintrace.evidence.weights import weight

SHARES = {precision: weight(f"birth.{precision}") for precision in ("day", "month", "year", "age")}
SHARES["range"] = SHARES["year"]
SCALE = weight("birth.scale")
CERTAINTY = weight("birth.certainty")
DEFAULTS = weight("birth.default_days")
SLIPS = weight("birth.slips")
AGES = weight("population.ages")
DAY = 1 / 365.25
NOBODYS = (1900, 1, 1)
"""A birth date that programs and registrars put where they know nothing, not even the year."""
OLDEST = 115
"""Years that nobody on a card has lived longer than, as far as a card is to be believed."""
EARLIEST, RAREST = 1850, 1e-5
"""Years of birth before this are slips or of another calendar; the least share of people born in any year after."""
OFF_BY = {1: 0.4, 2: 0.1}
"""Of years that are off while day and month are right, the share off by one, each way, and by two."""

LEVELS = {
    "same": "the same, as far as both say",
    "default": "the same year; the day is one that is put where nobody knows it",
    "swapped": "day and month swapped",
    "slip": "one slip of typing apart",
    "other_year": "day and month the same, the year off by one or two",
    "other_day": "year and month the same, the day not",
    "near": "years apart as errors commonly are",
    "any": "too far apart for a common error",
}

HOW = {"day": "to the day", "month": "to the month", "year": "by year", "range": "as ranges", "age": "by age"}


def compare(one: Person, other: Person, today: int) -> Fact:
    """The fact ``birth``.

    Args:
        one: of one record.
        other: of the other.
        today: the year in which the comparison is made; births are spread over the years before it.
    """
    said = one.once(_read), other.once(_read)
    texts = one.text("date_of_birth"), other.text("date_of_birth")
    if said[0] is None or said[1] is None:
        unread = (said[0] is None and texts[0]) or (said[1] is None and texts[1])
        return blank("birth", "A date cannot be read, or is of another calendar.", texts) if unread else blank("birth")
    if any(_nobodys(told, today) for told in said if told):
        why = "A date of birth is one that nobody has: in the future, too long ago, or 1 January 1900."
        return blank("birth", why, texts)
    statement, again = (each.get("date_of_birth") for each in (one, other))
    assert statement is not None
    assert again is not None
    first, second = sorted([(said[0], statement.certainty), (said[1], again.certainty)], key=_order)
    level, ratio, why = _ratio(first, second, today)
    return Fact("birth", level, log10(ratio), why, texts)


def _order(told: tuple[When, str]) -> tuple[Any, ...]:
    return told[0].first, told[0].last, told[0].precision, told[1]


def _nobodys(told: When, today: int) -> bool:
    return told.day == NOBODYS or told.first >= today + 1 or told.last < today - OLDEST


def _read(person: Person) -> When | None:
    told: Statement | None = person.get("date_of_birth")
    read = when(told.text) if told else None
    return read if read and read.first >= EARLIEST else None


@lru_cache(maxsize=20_000)
def _ratio(one: tuple[When, str], other: tuple[When, str], today: int) -> tuple[str, float, str]:
    """The level, the ratio and how it was reached."""
    certainty = _certainty(one[1], other[1])
    total, best = 0.0, (0.0, "any")
    for chance, read in _readings(one[0]):
        for likely, again in _readings(other[0]):
            parts = _parts(read, again, certainty, today)
            total += chance * likely * sum(parts.values())
            most = max(parts, key=lambda name: parts[name])
            best = max(best, (chance * likely * parts[most], most))
    way = best[1]
    if way == "same" and (len(_readings(one[0])) > 1 or len(_readings(other[0])) > 1):
        way = "default"
    if way in ("same", "default"):  # a time that leaves all open tells nothing, and never the contrary of its words
        total = max(total, 1.0)
    gap = abs(one[0].middle - other[0].middle)
    told = "" if certainty == "stated" else f", {certainty}"
    why = f"Compared {HOW[_coarser(one[0], other[0])]}{told}; {gap:.1f} years lie between the middles of both."
    return LEVELS[way], total, why


def _readings(told: When) -> tuple[tuple[float, When], ...]:
    """A date as it stands, and as the year it may stand for, each with its chance."""
    if told.day is None:
        return ((1.0, told),)
    year, month, day = told.day
    put = DEFAULTS.get(f"{month:02}-{day:02}", 0.0)
    if not put:
        return ((1.0, told),)
    only_year = put / (put + (1 - sum(DEFAULTS.values())) * DAY)
    return ((only_year, When("year", year, year + 1)), (1 - only_year, told))


def _parts(one: When, other: When, certainty: str, today: int) -> dict[str, float]:
    """What each way of differing adds to the ratio."""
    coarser = _coarser(one, other)
    shares = SHARES[coarser]
    wrong = min(CERTAINTY[certainty] * (1 - shares["same"]), 0.8)
    each_wrong = wrong / (1 - shares["same"])
    people, again = _people(one.first, one.last, today), _people(other.first, other.last, today)
    first, last = max(one.first, other.first), min(one.last, other.last)
    both = _people(first, last, today) if first < last else 0.0
    parts = {
        "same": (1 - wrong) * both / (people * again),
        "near": shares["near"] * each_wrong * _near(one, other, _scale(one, other, certainty), people, again),
        "any": shares["any"] * each_wrong,
    }
    if one.day and other.day and one.day != other.day:
        # Of two years of which one is rare the rare one may be the slip: it makes nobody rare.
        usual = 1 / max(people, again)
        for way, share in _slips(one.day, other.day).items():
            parts[way] = shares[way] * each_wrong * share * usual
    return parts


def _slips(one: tuple[int, int, int], other: tuple[int, int, int]) -> dict[str, float]:
    """The ways in which one day became the other, each with the share of its cases that end there."""
    ways = {}
    if one[0] == other[0] and one[1:] == other[:0:-1]:
        ways["swapped"] = 1.0
    if (
        DamerauLevenshtein.distance("{:04}{:02}{:02}".format(*one), "{:04}{:02}{:02}".format(*other), score_cutoff=1)
        == 1
    ):
        ways["slip"] = 1 / SLIPS
    if one[1:] == other[1:]:
        ways["other_year"] = OFF_BY.get(abs(one[0] - other[0]), 0.0)
    if one[:2] == other[:2]:
        ways["other_day"] = 1 / 30
    return ways


def _near(one: When, other: When, scale: float, people: float, again: float) -> float:
    """The ratio if the second is the first with a Laplace distributed error, both anywhere in what they leave open."""

    def twice(gap: float) -> float:
        # Its second derivative is the Laplace density.
        return abs(gap) / 2 + scale / 2 * exp(-abs(gap) / scale)

    a, b, c, d = one.first, one.last, other.first, other.last
    density = (twice(b - c) - twice(b - d) - twice(a - c) + twice(a - d)) / ((b - a) * (d - c))
    spread = sqrt(people * again / ((b - a) * (d - c)))
    return max(density, 0.0) / spread


def _scale(one: When, other: When, certainty: str) -> float:
    age = max(one.age or 0.0, other.age or 0.0)
    if age and certainty == "estimated":
        return float(max(SCALE["estimated"], SCALE["estimated_share"] * age))
    return float(max(SCALE["age"], SCALE["age_share"] * age)) if age else float(SCALE["date"])


def _coarser(one: When, other: When) -> str:
    return max(one.precision, other.precision, key=PRECISIONS.index)


def _certainty(one: str, other: str) -> str:
    if one == other == "documented":
        return "documented"
    return "estimated" if {one, other} & {"estimated", "unknown"} else "stated"


@cache
def _births(today: int) -> tuple[list[float], list[float]]:
    """Share of people born before the first moment of each year: years and shares, both rising."""
    density = [
        max(sum(share / (old - young) for young, old, share in AGES if young <= today - year < old), RAREST)
        for year in range(EARLIEST - 1, today + 202)
    ]
    total, sums = sum(density), [0.0]
    for each in density:
        sums.append(sums[-1] + each / total)
    return [float(year) for year in range(EARLIEST - 1, today + 203)], sums


def _people(first: float, last: float, today: int) -> float:
    """Share of people born in a time; never 0."""
    years, sums = _births(today)

    def before(at: float) -> float:
        place = min(max(bisect_right(years, at) - 1, 0), len(years) - 2)
        return sums[place] + (at - years[place]) * (sums[place + 1] - sums[place])

    return max(before(last) - before(first), RAREST * max(last - first, DAY))


def adult_throughout(person: Person, at: date) -> bool | None:
    """Whether somebody was surely 18 or more on a day; None where no birth is known."""
    born = person.once(_read)
    if born is None:
        return None
    return moment(at) - born.last >= 18
