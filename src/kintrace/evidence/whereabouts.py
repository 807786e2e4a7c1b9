"""The way from where somebody was last heard of to where somebody was found: is it likely, and was there time for it?

How far people on the move get is estimated; how far strangers' places lie is counted in the gazetteer, around the place of the
last contact: half of them in its country, the rest elsewhere, all as people live.
"""

from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache
from itertools import product
from math import log10, sqrt

from kintrace.evidence.dates import When, when
from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.gazetteer import gazetteer
from kintrace.evidence.person import Person
from kintrace.evidence.spots import Spot, alike, spot
from kintrace.evidence.weights import weight

SOON, LATER = weight("whereabouts.soon"), weight("whereabouts.later")
BANDS = tuple(float(each) for each in weight("whereabouts.bands"))
TOO_SOON, BY_DAY = weight("whereabouts.too_soon"), weight("whereabouts.by_day")
OWN_COUNTRY, RAREST = weight("population.own_country"), weight("population.rarest_place")
FROM = (("last_contact", "last_contact_date"), ("separation", "separation_date"), ("last_residence", ""))
"""Where and when somebody was, as the family knows; the first that names a place counts."""
TO = (("found_place", "found_date"), ("recovery_site", "found_date"), ("current_location", ""))
RESTRICTED = "current_location"
DAYS_SOON = 3
EARLIER_BY_CHANCE = 0.5
"""Of strangers, those who were found before the day of somebody's last contact."""
LEVELS = ("within {:.0f} km", "within {:.0f} km", "within {:.0f} km", "within {:.0f} km", "farther than {:.0f} km")


def compare(one: Person, other: Person) -> Fact:
    """The fact ``whereabouts``, whichever of both is the sought person; where both may be, the way that says less for one."""
    ways = []
    for sought, found, turned in ((one, other, False), (other, one, True)):
        start, end = sought.once(_start), found.once(_end)
        if start and end:
            told = _weighed(start, end)
            ways.append(replace(told, compared=(told.compared[1], told.compared[0])) if turned else told)
    return min(ways, key=lambda way: way.log10_lr) if ways else blank("whereabouts")


Stay = tuple[Spot, When | None, str]
"""A place, the time somebody was there, and how it is shown."""


def _start(person: Person) -> Stay | None:
    return None if person.get("found_kind") or person.get("found_place") else _stay(person, FROM)


def _end(person: Person) -> Stay | None:
    return _stay(person, TO)


def _stay(person: Person, keys: tuple[tuple[str, str], ...]) -> Stay | None:
    said = [(spot(told.text, told.original_script), day, key) for key, day in keys if (told := person.get(key))]
    named = [each for each in said if each[0].places] or [each for each in said if each[0].words]
    if not named:
        return None
    place, day, key = named[0]
    shown = "a place that is restricted" if key == RESTRICTED else place.text
    date = person.text(day) if day else ""
    return place, when(date) if date else None, f"{shown}, {date}" if date else shown


def _weighed(start: Stay, end: Stay) -> Fact:
    texts = start[2], end[2]
    days = None if start[1] is None or end[1] is None else 365.25 * (end[1].last - start[1].first)
    if days is not None and days <= 0:
        ratio = log10(TOO_SOON / EARLIER_BY_CHANCE)
        return Fact("whereabouts", "found before the last contact", ratio, "A date may be wrong.", texts)
    if not (start[0].places and end[0].places):
        if alike(start[0], end[0]) and not (start[0].country_only or end[0].country_only):
            ratio = (SOON if _soon(days) else LATER)[0] / RAREST
            return Fact("whereabouts", "a place of the same name", log10(ratio), "", texts)
        return blank("whereabouts", "One of the places is not in the gazetteer.", texts)
    return _by_distance(start[0], end[0], days, texts)


def _soon(days: float | None) -> bool:
    return days is not None and days <= DAYS_SOON


def _by_distance(start: Spot, end: Spot, days: float | None, texts: tuple[str, str]) -> Fact:
    books = gazetteer()
    kilometres, a, b = min((books.between(x, y), x, y) for x, y in product(start.places, end.places))
    band = bisect_right(BANDS, kilometres)
    stranger = sqrt(_strangers(a)[band] * _strangers(b)[band])
    again = (SOON if _soon(days) else LATER)[band]
    level = LEVELS[band].format(BANDS[min(band, len(BANDS) - 1)])
    if days is not None and kilometres > BY_DAY * (days + 1):
        level, again = "farther than could be travelled in the time", min(TOO_SOON * stranger, again)
    if days is not None and level.startswith("within"):
        level += f", up to {days:,.0f} days later" if days < 60 else f", up to {days / 365.25:.1f} years later"
    return Fact("whereabouts", level, log10(again / stranger), f"About {kilometres:,.0f} km.", texts)


@lru_cache(maxsize=20_000)
def _strangers(place: int) -> list[float]:
    own, others = gazetteer().people_within(place, BANDS)
    return [
        max(OWN_COUNTRY * float(a) + (1 - OWN_COUNTRY) * float(b), RAREST) for a, b in zip(own, others, strict=True)
    ]
