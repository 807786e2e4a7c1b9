"""The names of two people as one fact: full name, given name, father's and family name, by whatever compares names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.names import Commonness, NameEvidence, Names, Weights, compare_names
from kintrace.evidence.names.people import FACTS
from kintrace.evidence.person import Person
from kintrace.evidence.relatives import unbracketed

Comparison = Callable[[Person | str, Person | str], Any]
"""Compares the names of two people, or two names: gives a log10 ratio, plain or as ``llr`` or ``log10_lr``."""
GIVEN = "given name"
RELATIVES = {"father's name": "father", "mother's maiden name": "mother"}
"""Parts of a name that are a relative's, and whose."""
AS_KIN = "not alike, but as relatives' names are"


@dataclass(frozen=True)
class RecordNames:
    """The comparison that comes with Kintrace, :func:`~kintrace.evidence.names.compare_names`, made ready for records."""

    commonness: Commonness | Callable[[str], float | None] | None = None
    """How common names are; by default as the shipped table says."""
    weights: Weights | None = None
    """The numbers behind it, such as an agency learned from its own pairs; by default the shipped ones."""

    def __call__(self, one: Person | str, other: Person | str) -> NameEvidence:
        """What the names of two people say, or two names of relatives; the same either way round."""
        return compare_names(_names(one), _names(other), self.commonness, self.weights)


def compare(one: Person, other: Person, names: Comparison | None) -> Fact:
    """The fact ``names``, its parts the words that were joined.

    Args:
        one: of one record.
        other: of the other.
        names: compares them; without it they are not compared.
    """
    shown = one.once(_shown), other.once(_shown)
    if not all(shown):
        return blank("names", compared=shown)
    if names is None:
        return blank("names", "Names were not compared.", shown)
    said = names(one, other)
    ratio = ratio_of(said)
    level = "alike" if ratio > 0 else "not alike" if ratio < 0 else "neither alike nor unlike"
    if getattr(said, "kin", False) and ratio <= 0:
        level = AS_KIN
    told = getattr(said, "compared", ("", ""))
    compared = (told[0] or shown[0], told[1] or shown[1])
    return Fact("names", level, ratio, str(getattr(said, "why", "")), compared, _parts(said))


def _parts(said: Any) -> tuple[Fact, ...]:
    joined = [
        Fact(each.place, each.how, each.log10_lr, "", (each.one, each.other)) for each in getattr(said, "joined", ())
    ]
    differ = [Fact(place, "differs", 0.0, "", (mine, yours)) for mine, yours, place in getattr(said, "differ", ())]
    return (*joined, *differ)


def ratio_of(told: Any) -> float:
    """The log10 ratio in what a comparison of names gives."""
    for name in ("llr", "log10_lr"):
        if hasattr(told, name):
            return float(getattr(told, name))
    return float(told)


def told_sex(names: Fact) -> bool:
    """Whether the names agree in what tells the sex."""
    if not names.parts:
        return names.log10_lr > 0
    return any(part.name == GIVEN and part.log10_lr > 0 for part in names.parts)


def told_relatives(names: Fact) -> frozenset[str]:
    """Relatives whose names were compared with the person's own: the father's in a patronymic, the mother's maiden name."""
    return frozenset(RELATIVES[part.name] for part in names.parts if part.name in RELATIVES)


def _names(told: Person | str) -> Names:
    return told.once(_of_person) if isinstance(told, Person) else _of_text(told)


def _of_person(person: Person) -> Names:
    told = {}
    for name in FACTS:
        said = person.get(name)
        if said:
            values = list(said.value) if isinstance(said.value, list | tuple) else [said.text]
            told[name] = [unbracketed(str(each)) for each in (*values, said.original_script) if str(each).strip()]
    return Names.from_facts(told)


@lru_cache(maxsize=20_000)
def _of_text(text: str) -> Names:
    # Of a relative mostly the given name is left.
    return Names.of(given=text) if len(text.split()) == 1 else Names.of(text)


def _shown(person: Person) -> str:
    whole = person.text("full_name") or " ".join(
        filter(None, (person.text(name) for name in ("given_name", "patronymic", "family_name")))
    )
    return whole or person.text("alternate_names") or person.text("nickname")
