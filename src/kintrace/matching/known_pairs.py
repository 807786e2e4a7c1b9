"""Known pairs: photos of which it is known whose they are, mixed into blind reviews to learn how often people err."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kintrace.casework.dead import dead_among
from kintrace.casework.people import Role
from kintrace.casework.records import Assessed, Photo
from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.matching.models import Candidate, Conflict, Control, ControlReview, Judgement, Seat, Shown
from kintrace.matching.owncards import own_cards


def add_control(scope: Scope, photo: UUID, other: UUID, *, one_person: bool) -> Control:
    """Keep two photos of which it is known whether they are of one person, to be mixed into blind reviews.

    Raises:
        Denied, NotPossible: nothing was kept.
    """
    scope.require("review.control")
    rows = {each.id: each for each in judged_by_face().filter(scope.about("person_id"), id__in=(photo, other))}
    dead = set() if scope.may("dead.read") else dead_among(each.person_id for each in rows.values())
    if len(rows) != 2 or dead:
        raise NotPossible("One of the photos is not there, or has no face that can be judged.", "Nothing was kept.")
    control = Control(
        person_id=rows[photo].person_id, other_id=rows[other].person_id, photo=photo, other_photo=other,
        made_by=scope.user,
    )  # fmt: skip
    control.seal(truth="one" if one_person else "two")
    with transaction.atomic():
        scope.note("review.control", f"control:{control.id}")
        control.save(force_insert=True)
    return control


def judged_by_face() -> "QuerySet[Photo]":
    """Photos with a face that people can judge; not those in quarantine."""
    return Photo._all.exclude(crop="").exclude(assessment=Assessed.QUARANTINED)


def for_reviewer(scope: Scope) -> list[Control]:
    """The known pairs that this user judges, or judged: of people they may see, the oldest first.

    Not those they made themselves, of a card that they registered or own, or of two records on which they reviewed, looked or
    declared a conflict of interest: as of any other pair. The dead are for forensic officers only.
    """
    mine = own_cards(scope.user)
    theirs = {name: Q(subject=OuterRef(name)) | Q(enquirer=OuterRef(name)) for name in ("person", "other")}
    rows = Control._all.filter(scope.about("person_id") & scope.about("other_id"))
    rows = rows.filter(*(Exists(judged_by_face().filter(id=OuterRef(each))) for each in ("photo", "other_photo")))
    rows = rows.exclude(made_by=scope.user).exclude(Exists(mine.filter(theirs["person"] | theirs["other"])))
    pairs = list(rows.exclude(Exists(_seen_by(scope.user))).order_by("made_at", "id"))
    if Role.FORENSIC_OFFICER in scope.roles:
        return pairs
    dead = dead_among({one for each in pairs for one in (each.person_id, each.other_id)})
    return [each for each in pairs if not dead & {each.person_id, each.other_id}]


def _seen_by(user: UUID) -> "QuerySet[Candidate]":
    """Candidates of the two people of a known pair on which a user reviewed, looked or declared a conflict of interest."""
    one, other = OuterRef("person"), OuterRef("other")
    pairs = Candidate._all.filter(
        Q(request__subject=one, found__subject=other) | Q(request__subject=other, found__subject=one)
    )
    this = {"candidate": OuterRef("id")}
    return pairs.filter(
        Exists(Seat._all.filter(**this, reviewer=user))
        | Exists(Shown._all.filter(**this, user=user))
        | Exists(Conflict._all.filter(**this, reviewer=user))
    )


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
