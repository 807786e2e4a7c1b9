"""The same face in many places: near-identical faces that one submitter or one source gave for unrelated cards.

To compare all of them takes long where there are many. So a process keeps what it found, and gives it again as long as nothing
happened that could change it: numbers of photos and cards and the names of sites, never a face, and not on disk.
"""

import threading
from collections import OrderedDict
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kintrace.casework.cards import own_domain, record_id
from kintrace.casework.people import Deployment, login_of
from kintrace.casework.records import Card, Change, Photo, Template
from kintrace.casework.scope import Scope
from kintrace.casework.standings import content_of
from kintrace.ledger import Entry, burst_now
from kintrace.matching.models import Candidate
from kintrace.matching.near import PART
from kintrace.provenance import near_identical
from kintrace.vault import Place, unseal_many

QUIET = frozenset({
    "photo.groups", "photo.read", "photo.original", "photo.waiting", "card.read", "registry.search", "search", "candidate.read",
    "review.seat", "report.read", "ledger.read", "blocklist.read", "trust.read",
})  # fmt: skip
"""Actions of the ledger that only read. After any other all is compared anew."""
HELD = 32
"""What was found last for so many scopes."""
NEAR_IDENTICAL = 0.9
"""Score above which two templates are said to be near-identical; see docs/provenance.md for what different photos reach."""


def same_face(scope: Scope, pack: str, at_least: float = NEAR_IDENTICAL) -> list[dict[str, Any]]:
    """Groups of near-identical faces on unrelated cards open to this scope, by who submitted them and by the site they are from.

    A false front, a group photo, or a family that registered twice: the group is shown, never judged. Related are a request and a
    found person's card that are a candidate, and the cards of one enquirer. Photos in quarantine are compared, too: one picture
    under many names is what a false front sends.

    Args:
        scope: who asks.
        pack: the set of model packs whose templates are compared.
        at_least: the score.

    Returns:
        ``[{by: submitter | site, source, cards, photos, members: [{photo, card, id}], least_score}]``, the largest first.

    Raises:
        Denied: the scope may not.
    """
    scope.require("photo.groups")
    # Before the rows are read: what comes meanwhile is compared next time.
    key, state = (scope, pack, at_least), _state()
    with _lock:
        held = _found.get(key)
    count, told = held[1:] if held is not None and held[0] == state else _compared(scope, pack, at_least)
    with _lock:
        _found[key] = (state, count, told)
        _found.move_to_end(key)
        while len(_found) > HELD:
            _found.popitem(last=False)
    with transaction.atomic():
        scope.note("photo.groups", outcome="done" if told else "empty", templates=count, groups=len(told))
    burst_now(str(scope.user))
    return deepcopy(told)


_found: "OrderedDict[tuple[Scope, str, float], tuple[tuple[Any, ...], int, list[dict[str, Any]]]]" = OrderedDict()
_lock = threading.Lock()


def _state() -> tuple[Any, ...]:
    """What is another once something happened that could change the groups: something was done, or a day has passed."""
    done = Entry._all.exclude(action__in=QUIET).order_by("-number").values_list("number", flat=True).first()
    changed = Change._all.order_by("-number").values_list("number", flat=True).first()
    epoch = Deployment._all.values_list("epoch", flat=True).first()
    return epoch, done, changed, Candidate._all.count(), timezone.now().date()


def _compared(scope: Scope, pack: str, at_least: float) -> tuple[int, list[dict[str, Any]]]:
    """How many templates were compared, and the groups."""
    photos, people, vectors = _templates(scope, pack)
    cards = _cards(set(people))
    places = [cards[person] for person in people]
    domain = own_domain()
    numbers = {card.id: record_id(card, domain) for card in cards.values()}
    sites, submitters = _sources(set(photos))
    related = _related({card.id for card in cards.values()})
    told = []
    for by, source in (("submitter", submitters), ("site", sites)):
        given = [source.get(photo) for photo in photos]
        for group in near_identical(vectors, given, [card.id for card in places], at_least, related) if photos else ():
            told.append({
                "by": by,
                "source": login_of(group.source) if isinstance(group.source, UUID) else group.source,
                "cards": [numbers[each] for each in group.cards],
                "photos": [str(photos[row]) for row in group.rows],
                "members": [
                    {"photo": str(photos[row]), "card": numbers[places[row].id], "id": str(places[row].id)} for row in group.rows
                ],
                "least_score": group.least_score,
            })  # fmt: skip
    return len(photos), sorted(told, key=lambda each: -len(each["cards"]))


def _templates(scope: Scope, pack: str) -> tuple[list[UUID], list[UUID], Any]:
    """Photos, people and vectors of the templates of this scope: of the subjects of its cards."""
    table = Template._meta.db_table
    subjects = scope.cards().values("subject")
    rows = list(scope.templates(quarantined=True).filter(pack=pack, person__in=subjects).order_by("made_at"))
    sealed = ((row.person_id, Place(table, str(row.id), "vector"), bytes(row.vector)) for row in rows)
    held = [
        (row, np.frombuffer(data, "<f4"))
        for row, data in zip(rows, unseal_many(sealed), strict=True)
        if data is not None
    ]
    vectors = np.stack([vector for _, vector in held]) if held else np.zeros((0, 0), np.float32)
    return [row.photo_id for row, _ in held], [row.person_id for row, _ in held], vectors


def _cards(people: set[UUID]) -> dict[UUID, Card]:
    rows = Card._all.filter(subject__in=people).select_related("opened_by")
    return {card.subject_id: card for card in rows}


def _sources(photos: set[UUID]) -> tuple[dict[UUID, str], dict[UUID, UUID]]:
    """The site each photo is from, where one is recorded, and who submitted it."""
    sites, submitters = {}, {}
    ids = list(photos)
    for start in range(0, len(ids), PART):
        for photo in Photo._all.filter(id__in=ids[start : start + PART]):
            submitters[photo.id] = photo.made_by
            site = urlsplit(str(content_of(photo).get("source_url") or "")).hostname
            if site:
                sites[photo.id] = site
    return sites, submitters


def _related(cards: set[UUID]) -> list[tuple[UUID, UUID]]:
    """Pairs of cards that may well show one face."""
    pairs = list(Candidate._all.filter(Q(request__in=cards) & Q(found__in=cards)).values_list("request", "found"))
    families: dict[UUID, list[UUID]] = {}
    for card, enquirer in Card._all.filter(id__in=cards).exclude(enquirer=None).values_list("id", "enquirer"):
        families.setdefault(enquirer, []).append(card)
    return pairs + [(one, other) for held in families.values() for one in held for other in held if one != other]
