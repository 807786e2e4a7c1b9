"""Changing what is known on a card, and undoing a slip: one saved change is one transaction, and so is putting it back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kintrace.casework.agreements import hold_again, void_where_minor
from kintrace.casework.facts import keep_facts, known, opened
from kintrace.casework.forms import CARD as CARD_FACTS
from kintrace.casework.forms import ENQUIRER, FOUND, IDENTITY, stated
from kintrace.casework.records import Card, CardKind, Fact, Person
from kintrace.casework.scope import Scope
from kintrace.casework.searchwords import indexed
from kintrace.errors import FormError, KintraceError, NotPossible
from kintrace.vault import index_names

Parts = Mapping[str, Mapping[str, Any]]
"""New facts by part (``subject``, ``enquirer``) and name, as in a form; None takes one back."""


@dataclass(frozen=True)
class Amended:
    """What an amendment did."""

    facts: int
    voided: UUID | None = None
    """The consent that holds no more by it."""
    holds_again: bool = False
    """Whether a consent that a slip had made void holds again."""

    @property
    def consent_void(self) -> bool:
        """Whether a consent that held is void by it."""
        return self.voided is not None


@dataclass(frozen=True)
class Saved:
    """One saved change of a card: enough to put all of it back, and no value of any fact."""

    facts: dict[str, list[str]]
    """Names of the facts it was about, by part."""
    begun: datetime
    ended: datetime
    voided: UUID | None = None
    """The consent that held no more by it."""

    def plain(self) -> dict[str, Any]:
        """As a session keeps it."""
        times = {"begun": self.begun.isoformat(), "ended": self.ended.isoformat()}
        return {"facts": self.facts, **times, "voided": str(self.voided) if self.voided else ""}

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        """The same again."""
        begun, ended = (datetime.fromisoformat(kept[each]) for each in ("begun", "ended"))
        return cls(kept["facts"], begun, ended, UUID(kept["voided"]) if kept["voided"] else None)


def change(scope: Scope, reference: str, parts: Parts, *, why: str) -> tuple[Amended, Saved]:
    """Change facts of the subject, the enquirer or both, all that is given or nothing: :func:`kintrace.casework.cards.amend`.

    Returns:
        What it did, and what is needed to undo it.

    Raises:
        Denied, FormError, NotPossible: nothing was changed.
    """
    begun = timezone.now()
    done = _change(scope, reference, parts, why)
    return done, Saved({part: sorted(facts) for part, facts in parts.items()}, begun, timezone.now(), done.voided)


def undo(scope: Scope, reference: str, saved: Saved) -> Amended:
    """Put back all that one saved change did, or nothing of it: the facts of both people, and a consent it made void.

    Raises:
        Denied: nothing was changed.
        NotPossible: one of the facts was changed again meanwhile, or there is nothing to put back. Nothing was changed.
    """
    card = scope.card(reference)
    scope.require("card.amend", f"card:{card.id}")
    return _change(scope, reference, _before(scope, card, saved), "put back after a slip", void_by_slip=saved.voided)


def undoable(scope: Scope, reference: str, saved: Saved) -> bool:
    """Whether :func:`undo` would put a saved change back now. Call it only after the ledger has the read."""
    if not scope.may("card.amend"):
        return False
    try:
        parts = _before(scope, scope.card(reference), saved)
        for name, value in (each for facts in parts.values() for each in facts.items() if each[1] is not None):
            stated(name, value)
    except KintraceError:
        return False
    return True


def _before(scope: Scope, card: Card, saved: Saved) -> dict[str, dict[str, Any]]:
    """What the facts of both people were before a saved change."""
    people = {"subject": card.subject_id, "enquirer": card.enquirer_id}
    parts = {part: _earlier(people[part], names, saved, scope) for part, names in saved.facts.items()}
    parts = {part: facts for part, facts in parts.items() if facts}
    if not parts:
        raise NotPossible("There is nothing to put back.", "Nothing was changed.")
    return parts


def _earlier(person: UUID | None, names: list[str], saved: Saved, scope: Scope) -> dict[str, Any]:
    """What the facts were before the change; None for one that was not known then."""
    rows = Fact._all.filter(person=person, name__in=names)
    if rows.filter(Q(made_at__gt=saved.ended) | Q(superseded_at__gt=saved.ended)).exists():
        raise NotPossible(
            "This was changed again meanwhile.", "Nothing was put back.", "Look at the history, and change it by hand."
        )
    while_saved = (saved.begun, saved.ended)
    added = rows.filter(made_at__range=while_saved, made_by=scope.user, superseded_at=None)
    before = rows.filter(superseded_at__range=while_saved, superseded_by=scope.user)
    return {each.name: None for each in added} | {each.name: asdict(opened(each)[0]) for each in before}


def _change(scope: Scope, reference: str, parts: Parts, why: str, void_by_slip: UUID | None = None) -> Amended:
    card = scope.card(reference)
    scope.require("card.amend", f"card:{card.id}")
    people = {part: _person(card, part) for part in parts}
    if not why.strip():
        raise NotPossible("A change needs a reason.", "Nothing was changed.", "Say why: --why.")
    for part, facts in parts.items():
        _check_names(card, part, facts)
    with transaction.atomic():
        done = [_amended(scope, card, part, people[part], facts, why) for part, facts in parts.items()]
        again = void_by_slip is not None and hold_again(scope, card, void_by_slip, known(card.subject))
    for person in people.values():
        index_names(person.id, indexed(known(person)))
    return Amended(sum(each.facts for each in done), next((each.voided for each in done if each.voided), None), again)


def _person(card: Card, part: str) -> Person:
    person = card.subject if part == "subject" else card.enquirer
    if person is None:
        raise NotPossible("This card has no enquirer.", "Nothing was changed.")
    return person


def _check_names(card: Card, part: str, facts: Mapping[str, Any]) -> None:
    of_subject = (*(IDENTITY if card.kind == CardKind.TRACING_REQUEST else FOUND), *CARD_FACTS)
    names = ENQUIRER if part == "enquirer" else of_subject
    for name in facts:
        if name not in names:
            raise FormError(
                f"The fact “{str(name)[:40]}” is unknown.", "Nothing was changed.", f"Known: {', '.join(names)}."
            )


def _amended(scope: Scope, card: Card, part: str, person: Person, facts: Mapping[str, Any], why: str) -> Amended:
    """One person's facts changed. Inside a transaction."""
    from kintrace.casework.quarantine import rejudge

    new = {name: stated(name, value) for name, value in facts.items() if value is not None}
    scope.note("card.amend", f"card:{card.id}", facts=len(facts))
    Person._all.select_for_update().get(id=person.id)
    held = {row.name: row for row in Fact._all.filter(person=person, superseded_at=None, name__in=list(facts))}
    changed = {name for name in facts if name not in new and name in held}
    changed |= {name for name, fact in new.items() if name not in held or opened(held[name])[0] != fact}
    old = [held[name].id for name in changed if name in held]
    Fact._all.filter(id__in=old).update(superseded_at=timezone.now(), superseded_by=scope.user)
    keep_facts(scope, person, {name: new[name] for name in changed if name in new}, why)
    voided = void_where_minor(scope, person, known(person)) if part == "subject" else None
    rejudge(scope, person)
    return Amended(len(changed), voided)
