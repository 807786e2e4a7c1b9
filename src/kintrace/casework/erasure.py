"""Erasure: the key first, then the rows, then the files; a tombstone remains. Killed at any point, the next run ends it."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.cards import record_id
from kintrace.casework.people import Deployment
from kintrace.casework.records import Card, NotAgain, Person, Photo, Template, Tombstone
from kintrace.casework.scope import Scope
from kintrace.casework.templates import announce
from kintrace.ledger import Entry
from kintrace.vault import delete_blob, destroy, living

BATCH = 500
SAME_ERASURE = timedelta(minutes=1)
"""The most that may lie between the entry of an erasure and its tombstone's time."""


def erase(scope: Scope, reference: str) -> str:
    """Erase a card and its people, for good, in backups too.

    Returns:
        The record id on the tombstone.

    Raises:
        Denied: nothing was erased.
    """
    card = scope.card(reference)
    scope.require("person.erase", f"card:{card.id}")
    return erase_card(scope, card)


def erase_card(scope: Scope, card: Card) -> str:
    """As :func:`erase`, for verbs that have the permission from elsewhere (withdrawal of consent, expiry)."""
    people = [card.subject]
    if card.enquirer and not Card._all.filter(enquirer=card.enquirer).exclude(id=card.id).exists():
        people.append(card.enquirer)
    with transaction.atomic():
        scope.note("erase.begin", f"card:{card.id}", people=len(people))
    name = record_id(card)
    destroy([person.id for person in people])
    with transaction.atomic():
        scope.note("erase.done", f"card:{card.id}")
        blobs = [blob for person in people for blob in _bury(person)]
        now = timezone.now()
        Tombstone._all.update_or_create(
            person_record_id=name, defaults={"source_date": now, "entry_date": now, "expiry_date": now}
        )
        if card.imported_as is not None:
            NotAgain._all.get_or_create(mark=bytes(card.imported_as))
        Card._all.filter(id=card.id).delete()
        Person._all.filter(id__in=[person.id for person in people]).delete()
    for blob in blobs:
        delete_blob(blob)
    return name


def erased_card(scope: Scope, reference: str) -> UUID | None:
    """The id that an erased card had in the ledger, by its number or that id; only where the scope's office worked on it.

    No table links the two. But a tombstone is made in the transaction that writes ``erase.done``, while the ledger is locked:
    the last such entry before the tombstone's time is that card's.
    """
    done = Entry._all.filter(action="erase.done", outcome="done")
    parts = reference.strip().split("/")
    if len(parts) == 1 and not parts[0].isdigit():
        entry = done.filter(record=f"card:{parts[0].lower()}").first()
    else:
        office = parts[-2] if len(parts) > 1 else scope.office_code
        name = f"{Deployment._all.get().domain}/{office}/{parts[-1].lstrip('0')}"
        stone = Tombstone._all.filter(person_record_id=name).first()
        if stone is None:
            return None
        since = stone.source_date - SAME_ERASURE
        entry = done.filter(at__lte=stone.source_date, at__gte=since).order_by("at").last()
    if entry is None or not Entry._all.filter(record=entry.record, office=str(scope.office)).exists():
        return None
    return UUID(entry.record.partition(":")[2])


def erase_enquirer(scope: Scope, card: Card) -> None:
    """Erase the enquirer of a card; the cards they asked with are erased with them, since nobody asks any more."""
    for each in list(Card._all.filter(enquirer=card.enquirer_id).select_related("subject", "enquirer", "opened_by")):
        erase_card(scope, each)


def _bury(person: Person) -> list[str]:
    """Take a person's templates out of every gallery; returns the files to delete once this is committed."""
    announce(Template._all.filter(person=person), gone=True)
    photos = Photo._all.filter(person=person).values_list("blob", "crop")
    return [blob for each in photos for blob in each if blob]


def finish_erasures(scope: Scope) -> int:
    """End what was begun: cards whose people's keys are destroyed, after a kill or after an older backup was put back."""
    done = 0
    last = None
    while True:
        cards = Card._all.select_related("subject", "enquirer", "opened_by").order_by("id")
        batch = list((cards.filter(id__gt=last) if last else cards)[:BATCH])
        if not batch:
            return done
        last = batch[-1].id
        people = {each for card in batch for each in (card.subject_id, card.enquirer_id) if each}
        alive = living(people)
        for card in batch:
            gone = [each for each in (card.subject_id, card.enquirer_id) if each and each not in alive]
            if gone and Card._all.filter(id=card.id).exists():
                if card.subject_id in gone:
                    erase_card(scope, card)
                else:
                    erase_enquirer(scope, card)
                done += 1


def expired(on: date | None = None) -> "list[Card]":
    """Cards whose last day has passed."""
    day = on or timezone.now().date()
    cards = Card._all.filter(expires__lt=day).select_related("subject", "enquirer", "opened_by")
    return list(cards.order_by("expires", "id"))


def run_retention(
    scope: Scope, *, dry_run: bool = True, on: date | None = None, progress: Callable[[int, int], None] | None = None
) -> list[str]:
    """Erase what has expired: on the day after its expiry only a tombstone is left of a card.

    Args:
        scope: who runs it; a data protection officer, or the deployment's own daily run.
        dry_run: only say what would be erased.
        on: the day it is run for, today at the latest.
        progress: called with how many are done, and of how many.

    Returns:
        Record ids.
    """
    scope.require("retention.run")
    today = timezone.now().date()
    cards = expired(min(on, today) if on else today)
    names = [record_id(card) for card in cards]
    with transaction.atomic():  # what will be done is in the ledger before anything is
        scope.note("retention.plan", cards=len(cards))
        if not dry_run:
            scope.note("retention.run", cards=len(cards))
    for number, card in enumerate(() if dry_run else cards, 1):
        if Card._all.filter(id=card.id).exists():
            erase_card(scope, card)
        if progress:
            progress(number, len(cards))
    return names


def due_for_review(scope: Scope, within: timedelta = timedelta(0)) -> "list[Card]":
    """Cards of the scope that are to be looked at again."""
    scope.require("card.read")
    day = timezone.now().date() + within
    return list(
        scope.cards().filter(review_due__lte=day, closed_at=None).select_related("opened_by").order_by("review_due")
    )
