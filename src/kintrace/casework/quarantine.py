"""Quarantine: photos that take no part in searches until a person settles them; and how a person does."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kintrace.casework.agreements import agreed_to_share
from kintrace.casework.cards import record_id
from kintrace.casework.people import login_of
from kintrace.casework.photos import card_of, photo_in
from kintrace.casework.picturerecords import MIRRORED, Belongs, SamePicture
from kintrace.casework.records import Assessed, Card, Person, Photo
from kintrace.casework.samepicture import contradicting_of, released, unsettled
from kintrace.casework.scope import Scope
from kintrace.casework.standings import assessment_in, content_of, save_with
from kintrace.errors import NotPossible
from kintrace.ledger import Actor, record
from kintrace.provenance import Decision
from kintrace.vault import unseal_many


def tell_quarantine(actor: Actor, photo: Photo, why: str, others: Sequence[UUID] = ()) -> None:
    """Put into the ledger that a photo is quarantined. Inside the transaction that does it."""
    details = {"card": card_of(photo), "why": why, "others": [str(each)[:8] for each in others]}
    record(actor, "photo.quarantined", f"photo:{photo.id}", details=details)


def quarantine_others(actor: Actor, photo: Photo, others: Sequence[Photo]) -> None:
    """Quarantine other people's photos of a picture whose cards contradict this photo's. Inside a transaction."""
    for other in Photo._all.select_for_update().filter(id__in=[each.id for each in others]).order_by("id"):
        save_with(other, content_of(other))
        tell_quarantine(actor, other, "same_picture", [photo.id])


def rejudge(scope: Scope, person: Person) -> int:
    """After a fact changed: quarantine photos of a person whose picture now stands on a card that contradicts theirs.

    What was quarantined stays so until a person settles it, even where the change takes the contradiction away. Inside a
    transaction.
    """
    rows = list(
        SamePicture._all.filter(photo__person=person, contradicts=False, two=False).select_related(
            "photo", "other__person"
        )
    )
    others = {row.other.person_id: row.other.person for row in rows if row.other is not None}
    against = contradicting_of(person, list(others.values()))
    hit = [row for row in rows if row.other is not None and row.other.person_id in against]
    for row in hit:
        both = Q(photo=row.photo_id, other=row.other_id) | Q(photo=row.other_id, other=row.photo_id)
        SamePicture._all.filter(both).update(contradicts=True, answer="", settled_at=None, settled_by=None)
    touched = {each for row in hit for each in (row.photo_id, row.other_id)}
    for photo in Photo._all.select_for_update().filter(id__in=touched).order_by("id"):
        save_with(photo, content_of(photo))
        tell_quarantine(scope.actor, photo, "same_picture")
    return len(hit)


def settle_picture(
    scope: Scope, photo_id: UUID, belongs: str, reason: str, *, other: UUID | None = None
) -> dict[str, Any]:
    """Settle a photo in quarantine, with a reason.

    Whoever sees the other card, too, settles both sides at once. Whoever does not answers for their own side; the photo is free
    when the other office has answered that it does not belong there, or both answered ``both``.

    Args:
        scope: who settles.
        photo_id: a photo of the scope's.
        belongs: ``here``, ``there``, ``both`` (people seen together, or two cards of one person) or ``neither``.
        reason: in words; sealed with the photo.
        other: settle only what stands between this photo and one other.

    Returns:
        ``{photo, assessment, waits_for_another_office}``.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "photo.settle")
    if belongs not in Belongs.values():
        raise NotPossible("There is no such answer.", "Nothing was changed.", f"Use {', '.join(Belongs.values())}.")
    by = Decision(login_of(scope.user), reason).by
    with transaction.atomic():
        scope.note("photo.settle", f"photo:{photo.id}", belongs=belongs, card=card_of(photo))
        held = Photo._all.select_for_update().get(id=photo.id)
        if held.assessment != Assessed.QUARANTINED and not unsettled([held]):
            raise NotPossible("This photo is not in quarantine.", "Nothing was changed.")
        rows = SamePicture._all.filter(photo=held, contradicts=True, two=False)
        rows = [each for each in (rows.filter(other=other) if other else rows) if other or not released(each)]
        if other and not rows:
            raise NotPossible("These two photos are not known as one picture.", "Nothing was changed.")
        seen = set(scope.photos().filter(id__in=[row.other_id for row in rows]).values_list("id", flat=True))
        now = timezone.now()
        for row in rows:
            said = {"settled_at": now, "settled_by": scope.user}
            SamePicture._all.filter(id=row.id).update(answer=belongs, **said)
            if row.other_id in seen:
                theirs = SamePicture._all.filter(photo=row.other_id, other=held)
                theirs.update(answer=MIRRORED[Belongs(belongs)], **said)
        told = {"by": by, "reason": reason, "at": now.isoformat()}
        own = belongs in (Belongs.HERE, Belongs.BOTH)
        result = _save_settled(held, {**told, "belongs": own})
        their_own = belongs in (Belongs.THERE, Belongs.BOTH)
        for row in rows:
            if row.other_id is None:
                continue
            theirs = Photo._all.select_for_update().get(id=row.other_id)
            if row.other_id in seen:
                _save_settled(theirs, {**told, "belongs": their_own})
            else:  # what their own office said may hold now
                save_with(theirs, content_of(theirs))
            scope.note("photo.settle", f"photo:{theirs.id}", card=card_of(theirs), seen=row.other_id in seen)
        waits = (
            any(not released(each) for each in SamePicture._all.filter(photo=held, contradicts=True, two=False)) and own
        )
    return {"photo": str(held.id), "assessment": result, "waits_for_another_office": waits}


def _save_settled(photo: Photo, told: dict[str, Any]) -> str:
    content = content_of(photo)
    content["settled"] = told
    what = "settled: belongs here" if told["belongs"] else "settled: does not belong here"
    content.setdefault("custody", []).append({"at": told["at"], "by": told["by"], "what": what})
    return save_with(photo, content).state


def unanswered(photos: "QuerySet[Photo]") -> list[tuple[Photo, dict[str, Any]]]:
    """Those of some photos in quarantine that still wait, with their content, the oldest first: nobody said that the picture
    does not belong there, which ends the matter for its card."""
    held = list(photos.filter(assessment=Assessed.QUARANTINED).select_related("person").order_by("made_at"))
    sealed = unseal_many((each.person_id, each.place("content"), bytes(each.content)) for each in held)
    opened = [(photo, json.loads(text)) for photo, text in zip(held, sealed, strict=True) if text is not None]
    return [(photo, content) for photo, content in opened if (content.get("settled") or {}).get("belongs", True)]


def waiting_pictures(scope: Scope) -> list[dict[str, Any]]:
    """What waits for somebody of this office: its photos in quarantine, the oldest first.

    Of another office's card only that the same picture stands on it; of which office, only where that person agreed to share
    with this one; its number, only where the card is open to this scope.
    """
    scope.require("photo.read")
    photos = unanswered(scope.photos())
    with transaction.atomic():
        scope.note("photo.waiting", outcome="done" if photos else "empty", photos=len(photos))
    told = []
    for photo, content in photos:
        card = _card(photo)
        told.append({
            "photo": str(photo.id),
            "card": record_id(card) if card else "",
            "owner": card.owner.username if card and card.owner else "",
            "reasons": list(assessment_in(content).reasons),
            "same_picture": [_other_side(scope, row) for row in unsettled([photo])],
        })  # fmt: skip
    return told


def _other_side(scope: Scope, row: SamePicture) -> dict[str, Any]:
    """The other side of a picture, as far as this scope may know it."""
    told: dict[str, Any] = {
        "since": row.found_at.isoformat(), "by": row.by, "distance": row.distance, "photo": "", "card": "", "office": "",
        "gone": row.other is None, "said_here": row.answer,
    }  # fmt: skip
    if row.other is None:
        return told
    card = _card(row.other)
    if scope.photos().filter(id=row.other_id).exists() and card is not None:
        told |= {"photo": str(row.other_id), "card": record_id(card), "office": card.office.code}
    elif card is not None and agreed_to_share(row.other.person, scope.office_code):
        told["office"] = card.office.code
    return told


def same_pictures(scope: Scope, photo: Photo) -> list[dict[str, Any]]:
    """Every other record this photo's picture stands on, as far as the scope may know."""
    rows = SamePicture._all.filter(photo=photo).select_related("other__person").order_by("found_at")
    return [
        {
            **_other_side(scope, row),
            "contradicts": row.contradicts,
            "settled": row.contradicts and released(row),
            "two": row.two,
        }
        for row in rows
    ]


def _card(photo: Photo) -> Card | None:
    cards = Card._all.filter(Q(subject=photo.person_id) | Q(enquirer=photo.person_id))
    return cards.select_related("office", "opened_by", "owner").order_by("opened_at").first()
