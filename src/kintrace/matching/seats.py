"""Who reviews what next. A seat is given to one person, at random sides, under a number that tells nothing of the candidate."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from kintrace.casework.people import Role
from kintrace.casework.picturerecords import SamePicture
from kintrace.casework.records import Photo, PhotoState
from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.matching.candidates import visible
from kintrace.matching.comparable import agreed, open_cards
from kintrace.matching.known_pairs import for_reviewer, judged_by_face
from kintrace.matching.leftseats import give_back
from kintrace.matching.models import Candidate, Conflict, Control, ControlReview, Seat, Shown, State
from kintrace.matching.owncards import of_others

STATES = {1: State.BLIND, 2: State.SECOND_BLIND, 3: State.ARBITRATION_BLIND}
VERBS = {1: "review.first", 2: "review.second", 3: "review.arbitrate"}


@dataclass(frozen=True)
class Sitting:
    """Two sets of photos to judge, and nothing else."""

    id: UUID
    sides: tuple[int, int]
    """How many photos each side has. Where one has none, there are no faces to compare: everything is shown at once after that
    is saved."""


def next_blind(scope: Scope, *, control_rate: float | None = None) -> Sitting | None:
    """The next pair of faces for this reviewer, or None where nothing waits for them. What they began comes first.

    Args:
        scope: the reviewer's.
        control_rate: share of blind reviews in which the pair is known, to learn how often people err; what the installation
            chose (``KINTRACE_KNOWN_PAIRS``) where nothing is given. At 0 there are none; else one comes also where nothing
            else waits.

    Raises:
        Denied: the scope may not review.
    """
    if not any(scope.may(verb) for verb in VERBS.values()):
        scope.require("review.first")
    begun = _begun(scope)
    if begun is not None:
        return begun
    give_back(scope, visible(scope))
    rate = settings.KNOWN_PAIRS if control_rate is None else control_rate
    if secrets.randbelow(1000) < rate * 1000:
        known = _control(scope)
        if known is not None:
            return known
    for number in (3, 2, 1):
        if not scope.may(VERBS[number]):
            continue
        for candidate in free(scope, number).order_by("made_at", "id")[:50]:
            if agreed(candidate.request, candidate.found) and _ready(candidate):
                try:
                    with transaction.atomic():
                        seat = Seat._all.create(
                            candidate=candidate, round=candidate.round, number=number, reviewer_id=scope.user,
                            swapped=bool(secrets.randbits(1)),
                        )  # fmt: skip
                        scope.note("review.seat", f"sitting:{seat.id}")
                except IntegrityError:  # somebody else was given it just now
                    continue
                return Sitting(seat.id, sitting_counts(seat))
    return _control(scope) if rate else None


def free(scope: Scope, number: int) -> "QuerySet[Candidate]":
    """Candidates of open cards of the scope whose seat of this number this user may take.

    Nobody sits twice, on a card that they registered or own, where they declared a conflict of interest, or after they saw
    the evidence. The dead are for forensic officers only.
    """
    this = {"candidate": OuterRef("id"), "round": OuterRef("round")}
    rows = visible(scope).filter(state=STATES[number])
    rows = rows.filter(*(Exists(open_cards().filter(id=OuterRef(side))) for side in ("request", "found")))
    rows = rows.exclude(Exists(Seat._all.filter(**this, reviewer=scope.user)))
    rows = rows.exclude(Exists(Seat._all.filter(**this, number=number)))
    rows = rows.exclude(Exists(Shown._all.filter(**this, user=scope.user)))
    rows = rows.exclude(Exists(Conflict._all.filter(candidate=OuterRef("id"), reviewer=scope.user)))
    rows = of_others(rows, scope.user)
    return rows if Role.FORENSIC_OFFICER in scope.roles else rows.filter(of_dead=False)


def seat_of(scope: Scope, sitting: UUID) -> Seat:
    """A seat of this user's, of a candidate that may still be compared.

    Raises:
        NotPossible: it is not theirs, or gone; of a known pair that was not judged, the same as of any other.
    """
    if ControlReview._all.filter(id=sitting, reviewer=scope.user, at=None).exclude(control=None).exists():
        raise judge_first()
    found = Seat._all.select_related("candidate__request", "candidate__found").filter(id=sitting, reviewer=scope.user)
    seat = found.first()
    if seat is None or seat.round != seat.candidate.round or not agreed(seat.candidate.request, seat.candidate.found):
        with transaction.atomic():
            scope.note("review.seat", f"sitting:{sitting}", outcome="empty")
        raise NotPossible(
            "There is no such review of yours: it was taken back, or a fact changed.",
            "Nothing was kept.",
            "Go on with the next: kintrace review next --to NEW_FOLDER.",
        )
    return seat


def judge_first() -> NotPossible:
    """The error for who wants to see more before they judged the faces (DESIGN.md §5 rule 5)."""
    return NotPossible("Judge the faces first.", "Nothing was shown.", "kintrace review judge REVIEW …")


def photos_of(scope: Scope, sitting: UUID, side: int) -> list[Photo]:
    """The photos on one side (0 or 1) of a sitting, in the order they were added."""
    known = ControlReview._all.select_related("control").filter(id=sitting, reviewer=scope.user).first()
    if known is not None and known.control is not None:
        return _known(known.control)[side != known.swapped]
    seat = seat_of(scope, sitting)
    return faces_of(seat.candidate)[side != seat.swapped]


def faces_of(candidate: Candidate) -> tuple[list[Photo], list[Photo]]:
    """Photos with a face that can be judged, of the request's person and of the found one.

    Not those in quarantine; and a picture that stands on both cards is shown on one: nobody judges a photo against itself.
    """
    photos = judged_by_face().order_by("made_at")
    asked = list(photos.filter(person=candidate.request.subject_id))
    there = SamePicture._all.filter(photo__in=asked, two=False).values("other")
    return asked, list(photos.filter(person=candidate.found.subject_id).exclude(id__in=there))


def _ready(candidate: Candidate) -> bool:
    """Whether a pair can be reviewed now: both have faces to judge, or what photos there are were looked into."""
    people = (candidate.request.subject_id, candidate.found.subject_id)
    return all(faces_of(candidate)) or not Photo._all.filter(person__in=people, state=PhotoState.WAITING).exists()


def sitting_counts(seat: Seat) -> tuple[int, int]:
    """How many photos each side of a seat's pair has, in the order in which they are shown."""
    one, other = (len(each) for each in faces_of(seat.candidate))
    return (other, one) if seat.swapped else (one, other)


def _begun(scope: Scope) -> Sitting | None:
    """A blind review that was given to this user and not judged."""
    begun = ControlReview._all.select_related("control").filter(reviewer=scope.user, at=None).exclude(control=None)
    may = {each.id for each in for_reviewer(scope)} if begun else set()
    for known in begun:
        if known.control_id in may:
            return _sitting(known)
    mine = Seat._all.select_related("candidate__request", "candidate__found").filter(reviewer=scope.user)
    for seat in mine:
        waits = seat.candidate.state == STATES[seat.number] and seat.candidate.round == seat.round
        if waits and agreed(seat.candidate.request, seat.candidate.found):
            return Sitting(seat.id, sitting_counts(seat))
    return None


def _control(scope: Scope) -> Sitting | None:
    """A known pair this user was not given yet, of people they may see."""
    seen = set(ControlReview._all.filter(reviewer=scope.user).values_list("control", flat=True))
    known = next((each for each in for_reviewer(scope) if each.id not in seen), None)
    if known is None:
        return None
    with transaction.atomic():
        given = ControlReview._all.create(control=known, reviewer_id=scope.user, swapped=bool(secrets.randbits(1)))
        scope.note("review.seat", f"sitting:{given.id}")
    return _sitting(given)


def _known(control: Control) -> tuple[list[Photo], list[Photo]]:
    """The photos on both sides of a known pair: all those of the two people, as of any other pair, so that nobody can tell it
    from one by their number. Where both are of one record its photos are dealt to the sides in turn."""
    rows = list(judged_by_face().filter(person__in=(control.person_id, control.other_id)).order_by("made_at"))
    if control.person_id != control.other_id:
        return [each for each in rows if each.person_id == control.person_id], [
            each for each in rows if each.person_id == control.other_id
        ]
    rest = [each for each in rows if each.id not in (control.photo, control.other_photo)]
    one = {control.photo, *(each.id for each in rest[::2])}
    return [each for each in rows if each.id in one], [each for each in rows if each.id not in one]


def _sitting(known: ControlReview) -> Sitting:
    assert known.control is not None
    one, other = (len(each) for each in _known(known.control))
    return Sitting(known.id, (other, one) if known.swapped else (one, other))


def sitting_of(scope: Scope, sitting: UUID) -> Sitting:
    """A sitting of this user's that waits for the judgement of the faces.

    Raises:
        NotPossible: it is not theirs, gone, or was judged.
    """
    known = ControlReview._all.select_related("control").filter(id=sitting, reviewer=scope.user).first()
    if known is not None and known.control is not None:
        waits, found = known.at is None, _sitting(known)
    else:
        seat = seat_of(scope, sitting)
        waits, found = seat.candidate.state == STATES[seat.number], Sitting(seat.id, sitting_counts(seat))
    if not waits:
        raise NotPossible("You have judged this pair.", "Your judgement is kept.", "Go on with the next.")
    return found


def known_waiting(scope: Scope) -> int:
    """Known pairs this user may still be given, or was and did not judge.

    They count among the pairs that wait: else whoever is shown one where none waits would know what it is.
    """
    done = set(ControlReview._all.filter(reviewer=scope.user).exclude(at=None).values_list("control", flat=True))
    return sum(each.id not in done for each in for_reviewer(scope))
