"""The standing search: every new or changed card is searched against everything open, both ways, for as long as it is open.

It follows the ledger, where every verb writes what it changed in the same transaction: nothing that was committed can be missed,
and what was begun and killed is done again, with the same result.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Deployment
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.errors import KeyDestroyed
from kintrace.evidence import Calibration, forget
from kintrace.folder import learned_weights
from kintrace.ledger import Actor, Entry, burst_now, record
from kintrace.matching import inuse
from kintrace.matching.allowed import prepare
from kintrace.matching.following import changed
from kintrace.matching.models import Candidate
from kintrace.matching.near import nearby
from kintrace.matching.searchrecords import Followed
from kintrace.matching.settling import settle
from kintrace.matching.weighing import Weighed, weigh_pairs

LEASE = timedelta(minutes=5)
AT_ONCE = 20
ANEW_AT_ONCE = 5
"""Cards weighed anew before the next look at what changed: a new card waits for no more than these."""
LOOK_ALIKES = 1.0
"""A candidate is kept where fewer strangers than this are expected to have evidence as strong."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Searched:
    """What a search from a card came to."""

    people: int
    """Who could be compared at all."""
    weighed: int
    kept: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True)
class Engine:
    """With what a process searches."""

    gallery: LiveGallery | None = None
    calibration: Calibration | None = None
    look_alikes: float = LOOK_ALIKES

    def prepare(self) -> None:
        """Read what every search needs, so that the first card that changes waits for none of it."""
        if self.gallery is not None:
            self.gallery.catch_up()
        prepare()

    def weights(self) -> dict[str, str]:
        """The versions of the weights in use now: of names, and of the faces of the packs where it compares faces."""
        told = {"names": inuse.names_version(learned_weights())}
        if self.gallery is not None:
            told[f"faces {self.gallery.pack}"] = inuse.faces_version(self.calibration)
        return told

    def weighed(self, card: Card) -> tuple[list[Weighed], int]:
        """The pairs of a card that are near enough to be weighed, the strongest first, and among how many people."""
        near = nearby(card, self.gallery)
        pack = self.gallery.pack if self.gallery else ""
        return weigh_pairs(card, near, pack, self.calibration), near.searched


def search(card: Card, engine: Engine, actor: Actor, *, trigger: str, purpose: str) -> Searched:
    """Search from a card, and keep what came of it as its candidates.

    Args:
        card: open, or its candidates end.
        engine: with what.
        actor: who asks, for the ledger.
        trigger: the ledger's word for why.
        purpose: what for.
    """
    weighed, people = engine.weighed(card)
    forget()  # nothing read of a record outlives the search
    near = [each for each in weighed if each.expected < engine.look_alikes]
    with transaction.atomic():
        others = [each.found if each.request.id == card.id else each.request for each in weighed]
        marks = sorted(str(each.id)[:8] for each in others)  # in an order that tells no rank
        details = {"people": people, "weighed": marks, "kept": len(near), "trigger": trigger}
        record(actor, "search.standing", f"card:{card.id}", purpose=purpose, outcome="done" if near else "empty",
               details=details)  # fmt: skip
        kept = settle(
            card, near, weighed, people, actor, trigger=trigger, model=engine.gallery.pack if engine.gallery else ""
        )
    return Searched(people, len(weighed), kept)


def search_from(scope: Scope, reference: str, engine: Engine) -> Searched:
    """The same on demand, from a card of the scope.

    Raises:
        Denied: there is no such card for this scope, or it may not search.
    """
    card = scope.card(reference)
    scope.require("candidate.search", f"card:{card.id}")
    found = search(card, engine, scope.actor, trigger="card.search", purpose=scope.purpose)
    burst_now(str(scope.user))
    return found


def follow(engine: Engine, progress: Progress | None = None) -> int:
    """Search from every card that changed since the last time; returns from how many. One process does so at a time."""
    inuse.notice(engine.weights())
    newest = Entry._all.order_by("-number").values_list("number", flat=True).first() or 0
    if Followed._all.filter(id=1, number__gte=newest).exists():
        return 0
    since = _lease()
    if since is None:
        return 0
    try:
        due, newest = changed(since)
        actor = _worker()
        for number, (card_id, trigger) in enumerate(due.items(), 1):
            _search_for_worker(card_id, engine, actor, trigger)
            if number % AT_ONCE == 0:
                Followed._all.filter(id=1).update(lease=timezone.now() + LEASE, seen=timezone.now())
            if progress:
                progress(number, len(due))
        Followed._all.filter(id=1).update(number=newest)
        return len(due)
    finally:
        Followed._all.filter(id=1).update(lease=None)


def weigh_anew(engine: Engine) -> int:
    """Where other weights came into use, search from a few of the open cards once more.

    Returns from how many; 0 when all are done. Whoever is killed in between goes on after the last card that was done; where the
    weights change once more, all begin again.
    """
    inuse.notice(engine.weights())
    if inuse.after() is None or _lease() is None:
        return 0
    try:
        actor, done, after = _worker(), 0, inuse.after()
        due = inuse.part(after, ANEW_AT_ONCE)
        for card_id in due:
            _search_for_worker(card_id, engine, actor, inuse.TRIGGER)
            Followed._all.filter(id=1).update(lease=timezone.now() + LEASE, seen=timezone.now())
            done += 1
            if not inuse.done(after, card_id):
                return done
            after = card_id
        if len(due) < ANEW_AT_ONCE:
            inuse.done(after, None)
        return done
    finally:
        Followed._all.filter(id=1).update(lease=None)


def _worker() -> Actor:
    return Actor("system", "worker", str(Deployment._all.get().id))


def _search_for_worker(card_id: UUID | str, engine: Engine, actor: Actor, trigger: str) -> None:
    card = Card._all.select_related("office", "opened_by", "subject", "enquirer").filter(id=card_id).first()
    if card is None:
        return
    try:
        search(card, engine, actor, trigger=trigger, purpose="standing")
    except KeyDestroyed:  # erased meanwhile
        logging.getLogger(__name__).debug("a card was erased while it was searched from")


def _lease() -> int | None:
    """Up to where the ledger was followed, where no other process is at it."""
    with transaction.atomic():
        Followed._all.get_or_create(id=1)
        row = Followed._all.select_for_update().get(id=1)
        if row.lease is not None and row.lease > timezone.now():
            return None
        Followed._all.filter(id=1).update(lease=timezone.now() + LEASE)
        return int(row.number)
