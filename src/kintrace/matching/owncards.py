"""Whose cards a candidate joins: who registered or owns one of the two neither reviews, arbitrates, concludes nor approves."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from kintrace.casework.records import Card, Fact
from kintrace.errors import NotPossible
from kintrace.matching.models import Candidate


def of_others(rows: "QuerySet[Candidate]", user: UUID) -> "QuerySet[Candidate]":
    """Candidates neither of whose cards this user registered or owns."""
    mine = own_cards(user)
    return rows.exclude(Exists(mine.filter(Q(id=OuterRef("request")) | Q(id=OuterRef("found")))))


def own_cards(user: UUID) -> "QuerySet[Card]":
    """The cards that a user registered or owns.

    A card that goes to another office has no owner there until one is named: who registered it is who wrote its first fact.
    """
    first = Fact._all.filter(person=OuterRef("subject")).order_by("made_at", "id").values("made_by")[:1]
    return Card._all.alias(registered_by=Subquery(first)).filter(Q(owner=user) | Q(registered_by=user))


def is_own(candidate: Candidate, user: UUID) -> bool:
    """Whether this user registered or owns one of the two cards."""
    return not of_others(Candidate._all.filter(id=candidate.id), user).exists()


def require_of_others(candidate: Candidate, user: UUID) -> None:
    """Go on only where neither card is this user's.

    Raises:
        NotPossible: one is.
    """
    if is_own(candidate, user):
        raise NotPossible(
            "You registered or own one of these two cards: others decide.", "Nothing was changed.", "Ask a colleague."
        )
