"""Erasure: the key first, then the rows, then the files; a tombstone remains. Killed at any point, the next run ends it."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.cards import own_domain, record_id
from kintrace.casework.draftrecords import Draft
from kintrace.casework.people import Office
from kintrace.casework.pictures import announce_pictures
from kintrace.casework.records import Card, NotAgain, Person, Photo, Template, Tombstone
from kintrace.casework.scope import Scope
from kintrace.casework.templates import announce
from kintrace.ledger import Entry
from kintrace.vault import delete_blob, destroy, living

BATCH = 500


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
        # The number, which the tombstone keeps too: so the entry proves which card was erased.
        scope.note("erase.done", f"card:{card.id}", office=str(card.opened_by_id), number=card.local)
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


def _is_number(text: str) -> bool:
    """Whether a card may have this number; not all that Python calls a digit is one (“²”)."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def erased_card(scope: Scope, reference: str, *, anywhere: bool = False) -> UUID | None:
    """The id that an erased card had, by its number or that id. The entry of its erasure has both.

    Args:
        scope: who asks.
        reference: as :meth:`~kintrace.casework.scope.Scope.card` takes it.
        anywhere: also where the scope's office did not work on it: for who reads the whole ledger.
    """
    done = Entry._all.filter(action="erase.done", outcome="done")
    *before, last = reference.strip().split("/")
    if not before and not _is_number(last):
        found = list(done.filter(record=f"card:{last.lower()}")[:1])
    else:
        office = Office._all.filter(code=before[-1] if before else scope.office_code).first()
        if office is None or not _is_number(last):
            return None
        key = {"office": str(office.id), "number": int(last)}
        said = done.filter(details__contains=key["office"]).filter(details__contains=f":{key['number']}")
        found = [each for each in said.order_by("-number") if key.items() <= each.facts.items()][:1]
    if not found:
        return None
    if not anywhere and not Entry._all.filter(record=found[0].record, office=str(scope.office)).exists():
        return None
    return UUID(found[0].record.partition(":")[2])


def erase_enquirer(scope: Scope, card: Card) -> None:
    """Erase the enquirer of a card; the cards they asked with are erased with them, since nobody asks any more."""
    for each in list(Card._all.filter(enquirer=card.enquirer_id).select_related("subject", "enquirer", "opened_by")):
        erase_card(scope, each)


def _bury(person: Person) -> list[str]:
    """Take a person's templates and picture hashes out of every search; returns the files to delete once this is committed."""
    announce(Template._all.filter(person=person), gone=True)
    announce_pictures(Photo._all.filter(person=person).values_list("id", flat=True))
    Draft._all.filter(person_id=person.id).delete()
    photos = Photo._all.filter(person=person).values_list(*Photo.blob_fields())
    return [blob for each in photos for blob in each if blob]


def finish_erasures(scope: Scope) -> int:
    """End what was begun: cards whose people's keys are destroyed, after a kill or after an older backup was put back."""
    done = 0
    rows = list(Card._all.values_list("id", "subject", "enquirer"))
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        alive = living({each for _, *people in part for each in people if each})
        for number, subject, enquirer in part:
            if subject in alive and (enquirer is None or enquirer in alive):
                continue
            card = Card._all.select_related("subject", "enquirer", "opened_by").filter(id=number).first()
            if card is not None:
                (erase_enquirer if subject in alive else erase_card)(scope, card)
                done += 1
    return done


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
    domain = own_domain()
    names = [record_id(card, domain) for card in cards]
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
