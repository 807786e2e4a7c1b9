"""Relatives as records name them: who they are to the person, and their names without the person's own."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from kintrace.evidence.person import Person, Statement
from kintrace.evidence.placeholders import says_nothing

OWN_NAMES = ("full_name", "given_name", "family_name", "patronymic")
MOST_RELATIVES = 12
SAME_WORD = 85
"""Least rapidfuzz ratio of two words in Latin letters that are taken for one."""
UNKNOWN = "companion"
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Relation:
    """What somebody is to the person."""

    name: str
    group: str
    inverse: str
    one_only: bool = False
    words: str = ""


@dataclass(frozen=True)
class Relative:
    """One relative."""

    relation: Relation
    given: str
    """Words of the name that are not the person's own, in the script they were written in; "" where it is not known."""
    said: str
    """As the record has it."""


@cache
def relations() -> Mapping[str, Relation]:
    """Relations by every word for them."""
    kept = tomllib.loads(files(__package__).joinpath("relations.toml").read_text(encoding="utf-8"))
    return {word: Relation(name, **entry) for name, entry in kept.items() for word in entry["words"].split()}


def relation_of(text: str) -> Relation:
    """The relation that a text names first; one that may be any where it names none."""
    known = relations()
    for word in text.casefold().replace("’", "'").split():
        found = known.get(word.strip(".,:;()'\"")) or known.get(word.strip(".,:;()'\"").removesuffix("'s"))
        if found:
            return found
    return Relation(UNKNOWN, UNKNOWN, UNKNOWN)


def relatives(person: Person) -> tuple[Relative, ...]:
    """Everybody a record names beside the person: declared family, the father, companions, and who asks."""
    told: list[tuple[Relation, str, str]] = []
    known = relations()
    if person.text("father_first_name"):
        told.append((known["father"], person.text("father_first_name"), ""))
    family = person.get("family")
    told += [_declared(each) for each in _listed(family)] if family else []
    for companion in filter(None, re.split(r"[;,]| and ", person.text("accompanied_by"))):
        told.append(_declared(companion))
    if person.enquirer:
        named = person.enquirer.text("full_name") or " ".join(
            filter(None, (person.enquirer.text("given_name"), person.enquirer.text("family_name")))
        )
        asks = person.enquirer.text("relationship")
        told.append((relation_of(asks), named, asks))
    own = _own_words(person)
    found: dict[tuple[str, str], Relative] = {}
    for relation, name, called in told:
        words = [word for word in _WORD.findall(unbracketed(name)) if word.casefold() not in known]
        given = " ".join(word for word in words if not any(_same(latin(word), each) for each in own))
        if words:
            given = "" if says_nothing(given) else given
            said = name if relation_of(name).name == relation.name else f"{called or relation.name} {name}"
            found.setdefault((relation.group, given or name), Relative(relation, given, said))
    return tuple(found.values())[:MOST_RELATIVES]


def unbracketed(name: str) -> str:
    """A name without what stands in brackets, unless nothing else is there."""
    bare = " ".join(_IN_BRACKETS.sub(" ", name).split())
    return bare if _WORD.search(bare) else name


@lru_cache(maxsize=50_000)
def latin(text: str) -> str:
    """A text in Latin letters, case folded."""
    return "".join(filter(str.isalnum, anyascii(text).casefold()))


def _same(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 3 and ratio(one, other) >= SAME_WORD)


def _own_words(person: Person) -> list[str]:
    texts = []
    for name in OWN_NAMES:
        told = person.get(name)
        texts += [told.text, told.original_script] if told else []
    return [latin(word) for text in texts for word in _WORD.findall(_IN_BRACKETS.sub(" ", text))]


def _listed(family: Statement) -> list[Any]:
    value = family.value
    return list(value) if isinstance(value, list | tuple) else [value]


def _declared(entry: Any) -> tuple[Relation, str, str]:
    """A relative's relation, their name, and the card's own word for the relation, where it stands beside the name."""
    if isinstance(entry, Mapping):
        name, called = str(entry.get("person") or entry.get("name") or ""), str(entry.get("relation") or "").strip()
        return relation_of(called or name), name, called
    return relation_of(str(entry)), str(entry), ""
