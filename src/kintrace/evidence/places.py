"""Places: birth, home and nationality as both records have them, and the way from the last contact to where somebody was found.

They depend on each other: people live near where they were born, and are found near where they lived. So they are one fact, in
which only the strongest that agrees and the strongest that differs count.
"""

from dataclasses import replace
from functools import lru_cache
from itertools import product
from math import log10, sqrt

from rapidfuzz.distance import Prefix

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.gazetteer import gazetteer
from kintrace.evidence.nations import nations
from kintrace.evidence.person import Person
from kintrace.evidence.spots import Spot, alike, spot
from kintrace.evidence.weights import weight
from kintrace.evidence.whereabouts import compare as compare_ways

AGAIN, NATION = weight("places.home"), weight("places.nationality")["same"]
NEAR, UNKNOWN_DIFFERS = weight("places.near"), weight("places.unknown_differs")
OWN_COUNTRY, RAREST = weight("population.own_country"), weight("population.rarest_place")
LEAST_OF_NATION = 4
"""Letters that a country and its people begin with at least."""
HERE = 5.0
"""Kilometres within which two entries of the gazetteer are one place: a town and its quarter."""
LEVELS = {
    "same": "the same place",
    "near": f"within {NEAR} km of each other",
    "country": "the same country, not the same place",
    "elsewhere": "not the same country",
}


def compare(one: Person, other: Person) -> Fact:
    """The fact ``places``, with its parts ``origin``, ``home``, ``nationality`` and ``whereabouts``."""
    parts = [_home("origin", "place_of_birth", one, other), _home("home", "last_residence", one, other)]
    parts += [_nationality(one, other), compare_ways(one, other)]
    weighed = [part for part in parts if part.log10_lr]
    if not weighed:
        shown = next((part for part in parts if any(part.compared)), parts[0])
        return replace(
            blank("places", shown.why, shown.compared), parts=tuple(part for part in parts if any(part.compared))
        )
    most = max(weighed, key=lambda part: part.log10_lr)
    least = min(weighed, key=lambda part: part.log10_lr)
    counted = [part for part, counts in ((most, most.log10_lr > 0), (least, least.log10_lr < 0)) if counts]
    level = "; ".join(f"{_TITLES[part.name]}: {part.level}" for part in counted)
    why = "Of places that say the same only the strongest counts." if len(weighed) > len(counted) else counted[0].why
    compared = tuple("; ".join(part.compared[side] for part in counted) for side in (0, 1))
    total = sum(part.log10_lr for part in counted)
    return Fact(
        "places", level, total, why, (compared[0], compared[1]), tuple(part for part in parts if any(part.compared))
    )


_TITLES = {
    "origin": "place of birth",
    "home": "home",
    "nationality": "nationality",
    "whereabouts": "way from the last contact",
}


def _spots(person: Person) -> dict[str, Spot]:
    keys = ("place_of_birth", "last_residence", "nationality")
    found = {key: spot(told.text, told.original_script) for key in keys if (told := person.get(key))}
    told = person.get("nationality")
    people = nations(told.text) | nations(told.original_script) if told else frozenset()
    if people:
        found["nationality"] = replace(found["nationality"], places=(), countries=people)
    return found


def _home(name: str, key: str, one: Person, other: Person) -> Fact:
    first, second = one.once(_spots).get(key), other.once(_spots).get(key)
    if first is None or second is None:
        return blank(name)
    level, ratio = between(first, second)
    if ratio is None:
        return blank(name, level, (first.text, second.text))
    return Fact(name, level, log10(ratio), "", (first.text, second.text))


def between(one: Spot, other: Spot) -> tuple[str, float | None]:
    """Level and ratio of two places that may be one; no ratio where nothing can be said."""
    if not (one.words and other.words):
        return "A place is not named.", None
    if one.places and other.places:
        return _by_distance(*sorted((one.places, other.places)))
    if (one.country_only and other.known) or (other.country_only and one.known):
        if one.countries & other.countries:
            return "the same country, as far as both say", _same_country()
        return LEVELS["elsewhere"], AGAIN["elsewhere"] / (1 - OWN_COUNTRY)
    if alike(one, other) and not (one.country_only or other.country_only):
        return "the same name", AGAIN["same"] / RAREST
    if one.known or other.known:
        return "One of the places is not in the gazetteer.", None
    return "not the same name; the gazetteer knows neither", UNKNOWN_DIFFERS / (1 - RAREST)


def _same_country() -> float:
    return float((1 - AGAIN["elsewhere"]) / OWN_COUNTRY)


@lru_cache(maxsize=20_000)
def _by_distance(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[str, float]:
    books = gazetteer()
    kilometres, a, b = min((_kilometres(x, y), x, y) for x, y in product(one, other))
    level = "elsewhere"
    if kilometres <= HERE:
        level = "same"
    elif kilometres <= NEAR:
        level = "near"
    elif books.country_of(a) == books.country_of(b):
        level = "country"
    stranger = sqrt(_strangers(a)[level] * _strangers(b)[level])
    return LEVELS[level], AGAIN[level] / stranger


def _kilometres(one: int, other: int) -> float:
    return 0.0 if one == other else gazetteer().between(*sorted((one, other)))


@lru_cache(maxsize=20_000)
def _strangers(place: int) -> dict[str, float]:
    """Shares of other people's places by how they lie to this one."""
    books = gazetteer()
    own, _ = books.people_within(place, (float(NEAR),))
    same = max(OWN_COUNTRY * books.share_of_country(place), RAREST)
    near = max(OWN_COUNTRY * float(own[0]) - same, RAREST)
    return {"same": same, "near": near, "country": max(OWN_COUNTRY - same - near, RAREST), "elsewhere": 1 - OWN_COUNTRY}


def _nationality(one: Person, other: Person) -> Fact:
    first, second = one.once(_spots).get("nationality"), other.once(_spots).get("nationality")
    if first is None or second is None:
        return blank("nationality")
    texts = first.text, second.text
    known = bool(first.countries and second.countries)
    if first.countries & second.countries or (not known and _one_nation(first, second)):
        return Fact("nationality", "the same", log10(NATION / OWN_COUNTRY), "", texts)
    if not known:
        # "Polish" and "Poland" may be one: only countries the gazetteer knows can differ.
        return blank("nationality", "A nationality is not among the countries known.", texts)
    return Fact("nationality", "not the same", log10((1 - NATION) / (1 - OWN_COUNTRY)), "", texts)


def _one_nation(one: Spot, other: Spot) -> bool:
    """Whether two words are a country and its people: the one begins as the other, but for its last letter."""
    return any(
        Prefix.similarity(a, b) >= max(LEAST_OF_NATION, min(len(a), len(b)) - 1)
        for a, b in product(one.words, other.words)
    )
