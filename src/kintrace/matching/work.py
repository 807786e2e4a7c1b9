"""How the machines' own work stands, in counts: photos that wait or failed, and how far the standing search has come."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from kintrace.casework.people import Office
from kintrace.casework.records import Card, Photo, PhotoState, Template
from kintrace.casework.scope import Scope
from kintrace.matching import following
from kintrace.matching.models import Candidate
from kintrace.matching.searchrecords import Followed


@dataclass(frozen=True)
class Work:
    """Counts only: nothing in it is about a person."""

    cards: dict[str, int]
    """By the office that holds them; every office is in it."""
    photos: dict[str, int]
    """By state; every state is in it."""
    templates: dict[str, int]
    """By the model packs that made them."""
    candidates: int
    behind: int
    """Changes the standing search has not followed yet."""
    attended: bool
    seen: datetime | None
    """When a worker last looked."""


def state_of_work(scope: Scope) -> Work:
    """How it stands with everything, in all offices.

    Raises:
        Denied: the scope neither manages users nor reads the ledger.
    """
    if not scope.may("ledger.read"):
        scope.require("user.manage")
    row = Followed._all.filter(id=1).first()
    states = dict(Photo._all.values_list("state").annotate(Count("id")))
    held = dict(Card._all.values_list("office").annotate(Count("id")))
    return Work(
        cards={each.code: held.get(each.id, 0) for each in Office._all.order_by("code")},
        photos={state: states.get(state, 0) for state in PhotoState.values()},
        templates=dict(Template._all.values_list("pack").annotate(Count("id"))),
        candidates=Candidate._all.count(),
        behind=following.behind(),
        attended=following.attended(),
        seen=row.seen if row else None,
    )
