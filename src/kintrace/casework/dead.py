"""The dead: cards of found persons who are dead, for forensic officers; their photos are for nobody else."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from kintrace.casework.facts import known_of, opened_many
from kintrace.casework.forms import Stated
from kintrace.casework.records import Card, CardKind, Fact, Photo
from kintrace.casework.scope import Scope
from kintrace.casework.searchwords import DEAD
from kintrace.errors import NotPossible
from kintrace.ledger import burst_now
from kintrace.vault import find_names

SHOWN = ("body_label", "found_date", "sex", "date_of_birth", "condition", "effects", "recovery_site", "mortuary")
"""What a list of the dead tells; nothing of it is a name."""
MOST = 500


def tells_death(facts: Mapping[str, Stated]) -> bool:
    """Whether what is known of a person says that they are dead."""
    kind = facts.get("found_kind")
    return kind is not None and kind.value == DEAD


def is_dead(person: UUID) -> bool:
    """Whether a person is dead by what is known of them now."""
    return bool(dead_among([person]))


def dead_among(people: Iterable[UUID]) -> set[UUID]:
    """Those of some people who are dead by what is known of them now; who was erased is left out."""
    told = opened_many(Fact._all.filter(person__in=list(people), name="found_kind", superseded_at=None))
    return {person for person, facts in told.items() if tells_death(facts)}


def shows(scope: Scope, photo: UUID) -> bool:
    """Whether a photo of the scope's shows somebody dead: it is blurred until it is asked for."""
    person = scope.photos().filter(id=photo).values_list("person", flat=True).first()
    return person is not None and is_dead(person)


def listed(scope: Scope, *, most: int = MOST) -> list[dict[str, Any]]:
    """The scope's cards of the dead, the newest first, with what helps to tell them apart; no photo and no name.

    Raises:
        Denied: the scope may not read of the dead.
    """
    scope.require("dead.read")
    people = list(find_names({"kind": [DEAD]}))
    cards: list[Card] = []
    for start in range(0, len(people), MOST):
        rows = scope.cards().filter(kind=CardKind.FOUND_PERSON, subject__in=people[start : start + MOST])
        cards += rows.select_related("office", "opened_by")
    cards = sorted(cards, key=lambda card: card.opened_at, reverse=True)[:most]
    with transaction.atomic():
        scope.note("dead.list", outcome="done" if cards else "empty", cards=len(cards))
    burst_now(str(scope.user))
    facts = known_of([card.subject_id for card in cards])
    photos = Photo._all.filter(person__in=[card.subject_id for card in cards]).values_list("person", flat=True)
    held = list(photos)
    return [
        {
            "id": str(card.id),
            "number": f"{card.opened_by.code}/{card.local}",
            "status": card.status,
            "opened": card.opened_at.isoformat(),
            "photos": held.count(card.subject_id),
            "facts": {name: fact for name, fact in facts.get(card.subject_id, {}).items() if name in SHOWN},
        }
        for card in cards
    ]


def one(scope: Scope, reference: str) -> dict[str, Any]:
    """A card of somebody dead, with all that is known, and its photos' numbers.

    Raises:
        Denied: there is no such card for this scope, or it may not read of the dead.
        NotPossible: it is of somebody who is not known to be dead.
    """
    from kintrace.casework.cards import read

    scope.require("dead.read")
    told = read(scope, reference)
    facts = told["subject"]["facts"]
    if facts.get("found_kind", {}).get("value") != DEAD:
        raise NotPossible("This card is not of somebody known to be dead.", "Nothing was shown.")
    return told
