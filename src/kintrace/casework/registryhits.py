"""What a search of the registry asks for, and which cards answer it: unsealed, weighed, in the few words of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kintrace.casework.cards import own_domain, record_id
from kintrace.casework.comparingnames import record_names
from kintrace.casework.dates import Span, span
from kintrace.casework.dead import tells_death
from kintrace.casework.facts import opened_many
from kintrace.casework.forms import Stated
from kintrace.casework.names import NAME_FACTS
from kintrace.casework.records import Card, Fact
from kintrace.casework.scope import Scope
from kintrace.casework.searchwords import NUMBERS, slips
from kintrace.errors import FormError
from kintrace.evidence import Person, RecordNames, births, identifiers, naming
from kintrace.evidence.places import between
from kintrace.evidence.spots import spot

PLACES = ("place_of_birth", "last_residence", "last_contact", "separation", "found_place")
READ = (*NAME_FACTS, "date_of_birth", *PLACES, *NUMBERS, "found_kind")
COMPARED = (*NAME_FACTS, "date_of_birth", "serial_number")


@dataclass(frozen=True)
class Question:
    """What is looked for; what is empty does not narrow it."""

    name: str = ""
    born: str = ""
    """A date as on a card: ``1987``, ``1987-05``, ``1985..1990``, ``7 as of 2020-01``."""
    place: str = ""
    number: str = ""
    """Of a card, a soldier, or a body label."""
    office: str = ""
    """Code of the office that holds the card."""
    status: str = ""
    kind: str = ""

    def asked(self) -> list[str]:
        """Names of what is asked for, for the ledger."""
        return [name for name, value in self.items() if value]

    def items(self) -> list[tuple[str, str]]:
        """Names and values of all parts."""
        return list(self.__dict__.items())


@dataclass(frozen=True)
class Hit:
    """A card that may be meant, with what a list shows of it."""

    id: UUID
    card: str
    kind: str
    office: str
    status: str
    opened: datetime
    part: str
    """``subject`` or ``enquirer``: whose facts these are."""
    name: Stated | None
    born: str
    place: str
    agrees: tuple[str, ...] = ()
    """Some of ``name``, ``born``, ``place``, ``number``."""
    weight: float = 0.0
    """Log10 of the likelihood ratio that the names and dates are of one person; the list is in its order."""


def person_of(each: tuple[Card, str]) -> UUID:
    """The person who has a part, ``subject`` or ``enquirer``, on a card."""
    card, part = each
    person: UUID = card.subject_id if part == "subject" else card.enquirer_id
    return person


def hits_of(scope: Scope, cards: Sequence[tuple[Card, str]], wanted: Question, birth: Span | None) -> list[Hit]:
    """Those of the cards that do not contradict the question, weighed."""
    rows = Fact._all.filter(person__in=[person_of(each) for each in cards], superseded_at=None, name__in=READ)
    facts = opened_many(rows)
    one = Person.from_facts({
        name: value
        for name, value in {"full_name": wanted.name, "date_of_birth": wanted.born, "serial_number": wanted.number}.items()
        if value
    })  # fmt: skip
    forensic = scope.may("dead.read")
    compare = record_names()
    domain = own_domain()
    found = []
    for card, part in cards:
        known = facts.get(person_of((card, part)), {})
        if tells_death(known) and not forensic:
            continue  # the dead have pages of their own
        hit = _weighed(card, record_id(card, domain), part, known, one, wanted, birth, compare)
        if hit is not None:
            found.append(hit)
    return found


def _weighed(
    card: Card,
    number: str,
    part: str,
    known: Mapping[str, Stated],
    one: Person,
    wanted: Question,
    birth: Span | None,
    compare: RecordNames,
) -> Hit | None:
    """A hit, or nothing where what is known contradicts the question."""
    agrees = []
    if birth is not None:
        born = _birth(known)
        if born is not None and not _near(birth, born):
            return None
        agrees += ["born"] if born is not None else []
    if wanted.place:
        said = _place_agrees(wanted.place, known)
        if said is False:
            return None
        agrees += ["place"] if said else []
    theirs = Person.from_facts({name: known[name] for name in COMPARED if name in known})
    names = naming.compare(one, theirs, compare)
    same = identifiers.compare(one, theirs)
    same_number = wanted.number and number_agrees(wanted.number, known)
    if wanted.name and names.log10_lr < 0 and not same_number:
        return None
    agrees += ["name"] if names.log10_lr > 0 else []
    agrees += ["number"] if same_number else []
    weight = names.log10_lr + same.log10_lr + births.compare(one, theirs, date.today().year).log10_lr
    return Hit(
        card.id, number, card.kind, card.office.code, card.status, card.opened_at, part, _name(known),
        str(known["date_of_birth"].value) if "date_of_birth" in known else "", _place(known), tuple(agrees), weight,
    )  # fmt: skip


def _birth(known: Mapping[str, Stated]) -> Span | None:
    try:
        return span(str(known["date_of_birth"].value)) if "date_of_birth" in known else None
    except FormError:
        return None


def _near(one: Span, other: Span) -> bool:
    """Whether two spans of days meet, give or take a year: dates of birth are often a year off."""
    return one.first.year - 1 <= other.last.year and other.first.year - 1 <= one.last.year


def _place_agrees(place: str, known: Mapping[str, Stated]) -> bool | None:
    """Whether one of the places on a card may be this one; None where none is told, or nothing can be said."""
    asked, said = spot(place, ""), None
    for name in PLACES:
        if name in known:
            _, ratio = between(asked, spot(str(known[name].value), known[name].original_script or ""))
            if ratio is not None and ratio > 1:
                return True
            said = False if ratio is not None else said
    return said


def number_agrees(number: str, known: Mapping[str, Stated]) -> bool:
    """Whether a number on a card is this one, give or take one slip."""
    return any(set(slips(number)) & set(slips(str(known[name].value))) for name in NUMBERS if name in known)


def _name(known: Mapping[str, Stated]) -> Stated | None:
    if "full_name" in known:
        return known["full_name"]
    parts = [str(known[name].value) for name in ("given_name", "patronymic", "family_name") if name in known]
    if parts:
        return Stated(" ".join(parts))
    return next((Stated(_text(known[name].value)) for name in ("alternate_names", "nickname") if name in known), None)


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _place(known: Mapping[str, Stated]) -> str:
    return next((str(known[name].value) for name in PLACES if name in known), "")
