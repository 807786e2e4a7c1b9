"""Known pairs: photos of which it is known whose they are, mixed into blind reviews to learn how often people err."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.matching.models import Control, ControlReview, Judgement


def add_control(scope: Scope, photo: UUID, other: UUID, *, one_person: bool) -> Control:
    """Keep two photos of which it is known whether they are of one person, to be mixed into blind reviews.

    Raises:
        Denied, NotPossible: nothing was kept.
    """
    scope.require("review.control")
    rows = {each.id: each for each in scope.photos().filter(id__in=(photo, other)).exclude(crop="")}
    if len(rows) != 2:
        raise NotPossible("One of the photos is not there, or has no face that can be judged.", "Nothing was kept.")
    control = Control(person_id=rows[photo].person_id, other_id=rows[other].person_id, photo=photo, other_photo=other)
    control.seal(truth="one" if one_person else "two")
    with transaction.atomic():
        scope.note("review.control", f"control:{control.id}")
        control.save(force_insert=True)
    return control


def judge(scope: Scope, known: ControlReview, conclusion: str) -> dict[str, Any]:
    """Save what a reviewer says of a known pair, and tell them how it is."""
    if known.at is not None or known.control is None:
        raise NotPossible("This pair was judged already.", "Nothing was kept.", "Go on with the next.")
    one = known.control.unseal_text("truth") == "one"
    right = None if conclusion == Judgement.INCONCLUSIVE else (conclusion == Judgement.POTENTIAL) == one
    with transaction.atomic():
        scope.note("review.blind", f"sitting:{known.id}")
        done = ControlReview._all.filter(id=known.id, at=None).update(
            conclusion=conclusion, right=right, one_person=one, at=timezone.now()
        )
    if not done:
        raise NotPossible("This pair was judged already.", "Nothing was kept.")
    return {"known": True, "one_person": one, "right": right}


def leave(scope: Scope, known: ControlReview) -> None:
    """A known pair that a reviewer said they should not judge: as of any other pair, it comes to them no more."""
    with transaction.atomic():
        scope.note("review.conflict", f"sitting:{known.id}")
        if not ControlReview._all.filter(id=known.id, at=None).update(at=timezone.now()):
            raise NotPossible("You have judged this pair already.", "Your judgement stays.", "Tell a senior reviewer.")


def told_of(scope: Scope, sitting: UUID) -> dict[str, Any]:
    """How a known pair is that this reviewer has judged.

    Raises:
        NotPossible: there is no such, or it was not judged yet.
    """
    done = ControlReview._all.filter(id=sitting, reviewer=scope.user).exclude(at=None).exclude(conclusion="").first()
    if done is None:
        with transaction.atomic():
            scope.note("review.known", f"sitting:{sitting}", outcome="empty")
        raise NotPossible("There is no known pair of this number that you have judged.", "Nothing was shown.")
    return {"one_person": done.one_person, "right": done.right, "said": done.conclusion}
