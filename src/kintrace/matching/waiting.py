"""What waits for one person in one office: counts that are true, and nothing that ranks colleagues."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q

from kintrace.casework.photoqueue import waiting_photos
from kintrace.casework.quarantine import unanswered
from kintrace.casework.records import Card, Photo, PhotoState, Status, Template
from kintrace.casework.scope import Scope
from kintrace.matching import following
from kintrace.matching.acts import open_to
from kintrace.matching.models import Candidate, Seat
from kintrace.matching.reviews import AFTER_BLIND
from kintrace.matching.seats import STATES, VERBS, free, known_waiting

SOON = timedelta(days=30)
WORK = (Status.OPEN, Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.VERIFIED)
TROUBLE = (PhotoState.CHOOSE, PhotoState.REFUSED, PhotoState.NO_FACE, PhotoState.POOR)
ACTS = {
    "conclusions": ("conclude", "conclude.death"),
    "to_ask": ("disclosure.ask",),
    "to_approve": ("disclosure.approve",),
    "to_tell": ("disclosure.tell",),
}
SEATS = {1: "first_reviews", 2: "second_reviews", 3: "arbitrations"}


def waiting(scope: Scope) -> dict[str, int]:
    """Counts by what is to be done; only what this scope may do is in it.

    Returns:
        Some of ``first_reviews``, ``second_reviews``, ``arbitrations``, ``statements``, ``conclusions``, ``to_ask``,
        ``to_approve``, ``to_tell``, ``cards_due``, ``cards_expiring``, ``photos``, ``quarantined``.
    """
    found: dict[str, int] = {}
    for number, name in SEATS.items():
        if scope.may(VERBS[number]):
            found[name] = free(scope, number).count() + _begun(scope, number)
    if "first_reviews" in found:
        found["first_reviews"] += known_waiting(scope)
    if scope.may("candidate.read"):
        found["statements"] = sum(
            Seat._all.filter(
                reviewer=scope.user, number=number, candidate__state=state, round=F("candidate__round")
            ).count()
            for number, state in AFTER_BLIND.items()
        )
    for name, verbs in ACTS.items():
        if any(scope.may(verb) for verb in verbs):
            found[name] = open_to(scope, name).count()
    if scope.may("card.dates") or scope.may("card.amend"):
        cards = scope.cards().filter(status__in=WORK)
        found["cards_due"] = cards.filter(review_due__lte=date.today()).count()
        found["cards_expiring"] = scope.cards().filter(expires__lte=date.today() + SOON).count()
    if scope.may("photo.add"):
        found["photos"] = scope.photos().filter(state__in=TROUBLE).count()
    if scope.may("photo.read"):
        found["quarantined"] = _quarantined(scope)
    with transaction.atomic():
        scope.note("today.read", outcome="done" if any(found.values()) else "empty")
    return found


def _quarantined(scope: Scope) -> int:
    """Photos in quarantine: of the whole office for who may settle them, of their own cases for who may not."""
    photos = scope.photos()
    if not scope.may("photo.settle"):
        mine = scope.cards().filter(owner=scope.user)
        photos = photos.filter(Q(person__in=mine.values("subject")) | Q(person__in=mine.values("enquirer")))
    return len(unanswered(photos))


def _begun(scope: Scope, number: int) -> int:
    """Seats given to this person whose faces were not judged yet."""
    seats = Seat._all.filter(reviewer=scope.user, number=number, round=F("candidate__round"))
    return int(seats.filter(candidate__state=STATES[number]).count())


def cards_due(scope: Scope) -> list[Card]:
    """Cards to be looked at again by now, the longest due first; without what is sealed in them."""
    scope.require("card.read")
    cards = scope.cards().filter(status__in=WORK, review_due__lte=date.today())
    return list(cards.select_related("office", "opened_by").order_by("review_due")[:100])


def counts() -> dict[str, int]:
    """How much there is of everything, and how far the background work is: for whoever runs the server; nobody is in it."""
    return {
        "cards": Card._all.count(),
        "photos": Photo._all.count(),
        "photos_waiting": waiting_photos().count(),
        "templates": Template._all.count(),
        "candidates": Candidate._all.count(),
        "search_behind": following.behind(),
        "worker_attends": int(following.attended()),
    }
