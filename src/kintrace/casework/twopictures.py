"""A person says that two photos are two pictures in fact, though Kintrace took them for one; or takes that back.

Their faces count beside each other again, and what kept them in quarantine for it is settled. What was said stays with both
photos, with name and reason; it is said of this pair alone.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kintrace.casework.people import login_of
from kintrace.casework.photos import card_of, photo_in
from kintrace.casework.picturerecords import SamePicture
from kintrace.casework.quarantine import tell_quarantine
from kintrace.casework.records import Assessed, Photo
from kintrace.casework.samepicture import contradicting_of
from kintrace.casework.scope import Scope
from kintrace.casework.standings import content_of, save_with
from kintrace.errors import NotPossible
from kintrace.provenance import Decision

TWO, ONE = "said to be another picture than photo {photo}", "said to be the same picture as photo {photo} after all"


def say_two(scope: Scope, photo_id: UUID, other: UUID, reason: str) -> dict[str, Any]:
    """Say that two photos that count as one picture are two, as of one sitting.

    Args:
        scope: who says so; both photos must be open to it.
        photo_id: one photo.
        other: the other.
        reason: in words; sealed with both.

    Returns:
        ``{photo, other, two, assessment}``: the assessment is the first photo's.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    return _said(scope, photo_id, other, reason, two=True)


def say_one(scope: Scope, photo_id: UUID, other: UUID, reason: str) -> dict[str, Any]:
    """Take :func:`say_two` back: they count as one picture again, and where the two cards contradict each other both wait for
    somebody to settle it.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    return _said(scope, photo_id, other, reason, two=False)


def _said(scope: Scope, photo_id: UUID, other_id: UUID, reason: str, *, two: bool) -> dict[str, Any]:
    photo = photo_in(scope, photo_id, "photo.settle")
    by = Decision(login_of(scope.user), reason.strip())
    with transaction.atomic():
        rows = _sides(photo.id, other_id)
        known = scope.photos().filter(id=other_id).exists() and rows.filter(two=not two).exists()
        for each in (photo_id, other_id) if known else (photo_id,):
            details = {"two_pictures": two, "card": card_of(Photo._all.get(id=each))}
            scope.note("photo.settle", f"photo:{each}", outcome="done" if known else "empty", **details)
        if known:
            now = timezone.now()
            held = {
                each.id: each
                for each in Photo._all.select_for_update().filter(id__in=(photo_id, other_id)).order_by("id")
            }
            rows.update(two=two)
            if not two and contradicting_of(held[photo_id].person, [held[other_id].person]):
                rows.update(contradicts=True)  # what was amended meanwhile counts
            for each, beside in ((held[photo_id], other_id), (held[other_id], photo_id)):
                before = each.assessment
                content = content_of(each)
                what = (TWO if two else ONE).format(photo=str(beside)[:8])
                step = {"at": now.isoformat(), "by": by.by, "what": what, "why": by.reason}
                content.setdefault("custody", []).append(step)
                save_with(each, content)
                if each.assessment == Assessed.QUARANTINED != before:
                    tell_quarantine(scope.actor, each, "same_picture", [beside])
    if not known:
        raise NotPossible(
            "These two photos do not count as one picture."
            if two
            else "Nobody said that these two photos are two pictures.",
            "Nothing was changed.",
            "See: kintrace photo show PHOTO",
        )
    return {"photo": str(photo_id), "other": str(other_id), "two": two, "assessment": held[photo_id].assessment}


def between(scope: Scope, people: tuple[UUID, UUID]) -> list[dict[str, Any]]:
    """Pairs of photos of two people that are, or were said not to be, one picture; of those open to a scope.

    Call it only after the ledger has that the two were read.

    Returns:
        ``[{photo, other, two}]``, the photos of the first person first.
    """
    seen = scope.photos().values("id")
    rows = SamePicture._all.filter(
        photo__person=people[0], other__person=people[1], photo__in=seen, other__in=seen
    ).order_by("found_at", "id")
    return [{"photo": row.photo_id, "other": row.other_id, "two": row.two} for row in rows]


def _sides(photo: UUID, other: UUID) -> "QuerySet[SamePicture]":
    return SamePicture._all.filter(Q(photo=photo, other=other) | Q(photo=other, other=photo))
