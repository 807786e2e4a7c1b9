"""Who a card may be compared with, held between searches and made true to the records before each.

The condition is :func:`~kintrace.matching.comparable.others`, asked of the database once; afterwards only of cards that changed
since, which the ledger names in the transaction of each change. So at every search the set is what the condition would give
then: a test compares the two after random verbs. Without it every search would ask the consent of everybody anew.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kintrace.casework.consents import allowing
from kintrace.casework.people import Deployment, Office
from kintrace.casework.records import Card, CardKind, Purpose
from kintrace.ledger import Entry
from kintrace.matching.comparable import open_cards, others, terms
from kintrace.matching.following import cards_of

HELD = 24
"""How many sets a process holds: one for each kind of card, office and answer to sharing that it searched from."""
AFRESH = 5000
"""Changes after which a set is asked for anew."""
RULES = frozenset({"office.apart"})
CHANGES = frozenset({
    "card.register", "card.amend", "card.close", "card.reopen", "card.transfer", "card.dates", "consent.record",
    "consent.withdraw", "consent.void", "consent.restore", "disclosure.tell", "disclosure.come_of", "disclosure.take_back",
    "erase.begin", "erase.done", "photo.assess", "photo.settle",
})  # fmt: skip
"""Actions of the ledger after which a card may be compared with others than before."""


@dataclass
class Allowed:
    """The people on cards that one card may be compared with, by card; of these, who agreed to face search."""

    people: dict[UUID, UUID] = field(default_factory=dict)
    faces: set[UUID] = field(default_factory=set)
    _subjects: set[UUID] = field(default_factory=set)

    def __len__(self) -> int:
        """How many people."""
        return len(self.people)

    def __contains__(self, person: UUID) -> bool:
        """Whether a person is one of them."""
        return person in self._subjects

    def put(self, card: UUID, subject: UUID, face: bool) -> None:
        """Take in a card."""
        self.people[card] = subject
        self._subjects.add(subject)
        (self.faces.add if face else self.faces.discard)(subject)

    def drop(self, card: UUID) -> None:
        """Leave out a card."""
        subject = self.people.pop(card, None)
        if subject is not None:
            self._subjects.discard(subject)
            self.faces.discard(subject)


@dataclass
class _Held:
    allowed: Allowed
    seen: int
    lock: threading.Lock = field(default_factory=threading.Lock)


_sets: "OrderedDict[Hashable, _Held]" = OrderedDict()
_lock = threading.Lock()


def allowed_for(card: Card) -> Allowed:
    """Who a card may be compared with, as of now; nobody, where the card itself may not. Not to be changed by the caller."""
    if not open_cards().filter(id=card.id).exists():
        return Allowed()
    key = (Deployment._all.values_list("epoch", flat=True).get(), date.today(), *terms(card))
    with _lock:
        held = _sets.pop(key, None) or _Held(Allowed(), -1)
        _sets[key] = held
        while len(_sets) > HELD:
            _sets.popitem(last=False)
    with held.lock:
        newest = Entry._all.order_by("-number").values_list("number", flat=True).first() or 0
        changed = _changed(held.seen, newest) if held.seen >= 0 else None
        if changed is None:
            held.allowed = _asked(card, None)
        else:
            _renew(held.allowed, card, changed)
        held.seen = newest
        return held.allowed


def prepare() -> None:
    """Ask for the sets that searches will most likely need: those of each office's newest card of each kind."""
    for office in Office._all.all():
        for kind in CardKind.values():
            card = (
                open_cards()
                .filter(office=office, kind=kind)
                .select_related("office", "subject")
                .order_by("-opened_at")
                .first()
            )
            if card is not None:
                allowed_for(card)


def _asked(card: Card, only: Collection[UUID] | None) -> Allowed:
    rows = others(card) if only is None else others(card).filter(id__in=only)
    found = Allowed()
    face = set(rows.filter(allowing("subject_id", Purpose.FACE_SEARCH)).values_list("id", flat=True))
    for each, subject in rows.values_list("id", "subject").iterator():
        found.put(each, subject, each in face)
    return found


def _renew(held: Allowed, card: Card, changed: Collection[UUID]) -> None:
    changed = list(changed)
    for start in range(0, len(changed), 500):
        part = changed[start : start + 500]
        now = _asked(card, part)
        for each in part:
            if each in now.people:
                held.put(each, now.people[each], now.people[each] in now.faces)
            else:
                held.drop(each)


def _changed(since: int, newest: int) -> set[UUID] | None:
    """Cards that changed after an entry of the ledger; None where everything is to be asked anew."""
    rows = Entry._all.filter(number__gt=since, number__lte=newest, action__in=CHANGES | RULES)
    found: set[UUID] = set()
    for number, (action, subject, details) in enumerate(rows.values_list("action", "record", "details").iterator()):
        if action in RULES or number >= AFRESH:
            return None
        found.update(cards_of(subject, json.loads(details)))
    return found
