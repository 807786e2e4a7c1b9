"""A place as a record names it: its words, and what the gazetteer knows of them."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from kintrace.evidence.gazetteer import gazetteer, plain
from kintrace.evidence.placeholders import says_nothing

_KEPT: dict[str, str] = tomllib.loads(files(__package__).joinpath("spots.toml").read_text(encoding="utf-8"))
STREETS_AFTER, STREETS_BEFORE = (frozenset(_KEPT[each].split()) for each in ("streets_after", "streets_before"))
"""Words for streets that stand after the street's name, and before it."""
GENERIC = frozenset(_KEPT["generic"].split())
"""Words that stand beside names of places and are none here."""
GENERIC_PHRASES = frozenset(each.strip() for each in _KEPT["generic_phrases"].split(";"))
"""Several words that are no name of a place together, though one of them alone may be."""
SAME_WORD, LEAST_LETTERS = 86, 3
"""Least rapidfuzz ratio of two words of places in Latin letters that are spellings of one; letters of the shortest word."""
MOST_PLACES, SMALLEST = 4, 0.05
"""Of places of one name: how many are kept, and what share of the largest's people they have at least."""
TOGETHER = 150.0
"""Kilometres within which a place and a larger one named beside it lie together: a town and its province."""
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


@lru_cache(maxsize=50_000)
def spot(text: str, script: str = "") -> Spot:
    """What a text says of a place.

    Args:
        text: as the record has it.
        script: the same in the script it was written in.
    """
    books = gazetteer()
    found: list[tuple[int, ...]] = []
    countries: set[str] = set()
    words: set[str] = set()
    for name in _names(text) + _names(script):
        places, nations = books.named(name)
        countries.update(nations)
        if places and not nations:  # a country's name means the country
            found.append(places)
        unknown = not places and not nations
        words.update(map(_latin, name.split()) if unknown else [_latin(name)])
    chosen = _chosen(found, countries)
    countries = countries or {books.country_of(each) for each in chosen}
    return Spot(text, frozenset(word for word in words if len(word) >= LEAST_LETTERS), chosen, frozenset(countries))


def _chosen(found: list[tuple[int, ...]], countries: set[str]) -> tuple[int, ...]:
    """The places meant, of those of each name: in the country named, and the first of names that lie together.

    A town of one name in another country is not meant, even where the gazetteer has no other.
    """
    books = gazetteer()
    inside = [
        kept for each in found if (kept := [one for one in each if not countries or books.country_of(one) in countries])
    ]
    if not inside:
        return ()
    largest = max((each[0] for each in inside), key=lambda one: books.people[one])
    for each in inside:  # "Irpin, Kyiv": the first is the more exact
        near = [one for one in each if books.between(one, largest) <= TOGETHER]
        if near:
            return _likely(tuple(each) if len(inside) == 1 else tuple(near))
    return (largest,)


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
        if says_nothing(part) or " ".join(part.casefold().split()) in GENERIC_PHRASES:
            continue
        if any(books.named(part)) and part.strip().casefold() not in GENERIC:
            found.append(part.strip())
            continue
        words = [
            word for word in _streetless(part.split()) if any(map(str.isalpha, word)) and _bare(word) not in GENERIC
        ]
        # In scripts with capitals, names have them.
        words = [word for word in words if not word[:1].islower()] or (words if len(words) < 3 else [])
        while words:
            size = next((n for n in range(min(len(words), 4), 1, -1) if any(books.named(" ".join(words[:n])))), 1)
            found.append(" ".join(words[:size]))
            words = words[size:]
    return found[:8]


def _streetless(words: list[str]) -> list[str]:
    """Words without the name of a street: what stands before "Street", or after «вулиця»."""
    bare = [_bare(word) for word in words]
    for place, word in enumerate(bare):
        if word in STREETS_BEFORE:
            return words[:place]
    last = max((place for place, word in enumerate(bare) if word in STREETS_AFTER), default=-1)
    return words[last + 1 :]


def _bare(word: str) -> str:
    return word.casefold().strip(".,'’")


def _latin(word: str) -> str:
    return "".join(filter(str.isalnum, anyascii(plain(word)).casefold()))


def _same(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > LEAST_LETTERS and ratio(one, other) >= SAME_WORD)
