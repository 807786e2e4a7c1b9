"""A place as a record names it: its words, and what the gazetteer knows of them."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from kintrace.evidence.gazetteer import gazetteer, plain
from kintrace.evidence.memory import remembered

GENERIC: frozenset[str] = frozenset(
    tomllib.loads(files(__package__).joinpath("spots.toml").read_text(encoding="utf-8"))["generic"].split()
)
"""Words that stand beside names of places and are none here."""
SAME_WORD, LEAST_LETTERS = 86, 3
"""Least rapidfuzz ratio of two words of places in Latin letters that are spellings of one; letters of the shortest word."""
MOST_PLACES, SMALLEST = 4, 0.05
"""Of places of one name: how many are kept, and what share of the largest's people they have at least."""
_APART = re.compile(r"[,;/\n·–—:()]+|\s-\s")
_INVENTED = re.compile(r"\(invented\)", re.IGNORECASE)


@dataclass(frozen=True)
class Spot:
    """A place somebody named."""

    text: str
    words: frozenset[str]
    """Its words in Latin letters, without generic ones and numbers."""
    places: tuple[int, ...] = ()
    """Numbers in the gazetteer that it may be, the largest first."""
    countries: frozenset[str] = frozenset()
    """ISO codes of the countries it is in or may be in."""

    @property
    def country_only(self) -> bool:
        """Whether a country is named, and no place in it."""
        return bool(self.countries and not self.places)

    @property
    def known(self) -> bool:
        """Whether anybody can say where it is."""
        return bool(self.places or self.countries)


@remembered(50_000)
def spot(text: str, script: str = "") -> Spot:
    """What a text says of a place.

    Args:
        text: as the record has it.
        script: the same in the script it was written in.
    """
    books = gazetteer()
    places: tuple[int, ...] = ()
    countries: set[str] = set()
    words: set[str] = set()
    for name in _names(text) + _names(script):
        found, nations = books.named(name)
        countries.update(nations)
        if found and not nations and not places:  # a country's name means the country
            places = found
        if not found and not nations:
            words.update(latin for each in name.split() if len(latin := _latin(each)) >= LEAST_LETTERS)
        else:
            words.add(_latin(name))
    if places:
        inside = tuple(each for each in places if books.country_of(each) in countries)
        places = _likely(inside or places)
        if not inside:
            countries = {books.country_of(each) for each in places}
    return Spot(text, frozenset(words - {""}), places, frozenset(countries))


def alike(one: Spot, other: Spot) -> bool:
    """Whether the words name the same place, as far as spelling goes: all words of the shorter are in the longer."""
    shorter, longer = sorted((one.words, other.words), key=lambda words: (len(words), sorted(words)))
    return bool(shorter) and all(any(_same(word, each) for each in longer) for word in shorter)


def _likely(places: tuple[int, ...]) -> tuple[int, ...]:
    people = gazetteer().people
    return tuple(each for each in places if people[each] >= SMALLEST * people[places[0]])[:MOST_PLACES]


def _names(text: str) -> list[str]:
    """Parts of a text that may be names of places, whole before in part."""
    found: list[str] = []
    books = gazetteer()
    for part in _APART.split(_INVENTED.sub(" ", text)):
        if any(books.named(part)) and part.strip().casefold() not in GENERIC:
            found.append(part.strip())
            continue
        words = [
            word for word in part.split() if any(map(str.isalpha, word)) and word.casefold().strip(".'’") not in GENERIC
        ]
        # In scripts with capitals, names have them.
        words = [word for word in words if not word[:1].islower()] or (words if len(words) < 3 else [])
        while words:
            size = next((n for n in range(min(len(words), 4), 1, -1) if any(books.named(" ".join(words[:n])))), 1)
            found.append(" ".join(words[:size]))
            words = words[size:]
    return found[:8]


def _latin(word: str) -> str:
    return "".join(filter(str.isalnum, anyascii(plain(word)).casefold()))


def _same(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > LEAST_LETTERS and ratio(one, other) >= SAME_WORD)
