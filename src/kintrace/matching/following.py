"""What the ledger tells the standing search: which cards changed, how far it is, whose evidence is not of now, and whether a
worker is at it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kintrace.casework.records import Card
from kintrace.ledger import Entry
from kintrace.matching.models import Candidate
from kintrace.matching.searchrecords import Followed

CHANGES = frozenset({
    "card.register", "card.amend", "card.close", "card.reopen", "card.transfer", "card.dates", "consent.record",
    "consent.withdraw", "consent.void", "consent.restore", "photo.acquired", "photo.withdraw", "photo.choose",
    "photo.same_picture", "photo.quarantined", "photo.settle", "photo.assess", "disclosure.tell", "disclosure.come_of",
    "disclosure.take_back", "office.apart",
})  # fmt: skip
"""What changes who may be compared, or how alike two are; a card that found its end is open no more."""
ATTENDED = timedelta(seconds=10)
"""Since a worker looked."""


def attended() -> bool:
    """Whether a worker looked just now, so that nobody else needs to search."""
    return _looked_since(ATTENDED)


def behind() -> int:
    """How many entries of the ledger the standing search has not followed yet."""
    return _ahead().count()


def not_followed(candidate: Candidate) -> bool:
    """Whether a fact, a photo or a consent of the two changed after the evidence was weighed, and nobody searched since: then
    the evidence is not of now."""
    cards = (candidate.request, candidate.found)
    named = {f"card:{each.id}" for each in cards} | {f"person:{each.subject_id}" for each in cards}
    named |= {f"person:{each.enquirer_id}" for each in cards if each.enquirer_id}
    of_photos = Q(details__contains=str(candidate.request_id)) | Q(details__contains=str(candidate.found_id))
    return bool(_ahead().filter(Q(record__in=named) | of_photos, at__gt=candidate.changed_at).exists())


def _ahead() -> "QuerySet[Entry]":
    """Changes in the ledger that were not followed yet."""
    row = Followed._all.filter(id=1).first()
    return Entry._all.filter(number__gt=row.number if row else 0, action__in=CHANGES)


def _looked_since(span: timedelta) -> bool:
    row = Followed._all.filter(id=1).first()
    return row is not None and row.seen is not None and row.seen > timezone.now() - span


def changed(since: int) -> tuple[dict[str, str], int]:
    """Cards that changed after an entry of the ledger, with what changed them, and the entry up to which this is told."""
    newest = Entry._all.order_by("-number").values_list("number", flat=True).first() or since
    rows = Entry._all.filter(number__gt=since, number__lte=newest, action__in=CHANGES).order_by("number")
    due: dict[str, str] = {}
    for action, subject, details in rows.values_list("action", "record", "details").iterator():
        told = json.loads(details)
        for card in _between(subject, told) if action == "office.apart" else cards_of(subject, told):
            due[str(card)] = action
    return due, newest


def cards_of(subject: str, details: Mapping[str, object]) -> Iterator[UUID]:
    """The cards that an entry of the ledger is about."""
    kind, _, name = subject.partition(":")
    with suppress(ValueError):
        if kind == "card":
            yield UUID(name)
        elif kind == "person":
            yield from Card._all.filter(Q(subject=name) | Q(enquirer=name)).values_list("id", flat=True)
        elif kind == "candidate":
            for pair in Candidate._all.filter(id=name).values_list("request", "found"):
                yield from pair
        elif "card" in details:
            yield UUID(str(details["card"]))


def _between(subject: str, details: Mapping[str, object]) -> Iterator[UUID]:
    """The cards to search from where two offices are kept apart, or are not any more.

    Kept apart, those of the candidates between them: they go. Else all of the office that holds fewer: a pair has two ends, and
    one of them is enough.
    """
    offices = (subject.partition(":")[2], str(details["other"]))
    if not details["back"]:
        pairs = Candidate._all.filter(request__office__in=offices, found__office__in=offices)
        yield from pairs.exclude(request__office=F("found__office")).values_list("request", flat=True)
        return
    fewer = min(offices, key=lambda office: Card._all.filter(office=office).count())
    yield from Card._all.filter(office=fewer, closed_at=None).values_list("id", flat=True)


def look() -> None:
    """Note that a worker is here, and looks; written only so often that nobody takes it for gone."""
    if not _looked_since(ATTENDED / 4):
        Followed._all.update_or_create(id=1, defaults={"seen": timezone.now()})
