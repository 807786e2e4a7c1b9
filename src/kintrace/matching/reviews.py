"""Verbs of review: the faces first, blind; then everything, and a second statement. Two people, and a third where they differ."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.ledger import burst_now
from kintrace.matching import joint, known_pairs
from kintrace.matching.candidates import candidate as one_candidate
from kintrace.matching.candidates import told, visible
from kintrace.matching.models import Candidate, Conflict, ControlReview, Judgement, Review, Seat, Stage, State
from kintrace.matching.pictures import jpeg
from kintrace.matching.seats import STATES, VERBS, judge_first, photos_of, seat_of, sitting_counts

COMPONENTS = (
    "face_outline", "hairline_forehead", "eyebrows", "eyes", "cheeks", "nose", "ears", "mouth", "chin_jaw",
    "facial_lines", "scars_marks", "neck",
)  # fmt: skip
"""Components of a face, after FISWG's “Facial Image Comparison Feature List for Morphological Analysis”."""
FEATURES = ("similar", "different", "not_comparable")
AFTER_BLIND = {1: State.CONTEXT, 2: State.SECOND, 3: State.ARBITRATION}
SECOND_STAGE = {1: Stage.WITH_CONTEXT, 2: Stage.SECOND, 3: Stage.ARBITRATION}


def picture(scope: Scope, sitting: UUID, side: int, number: int) -> bytes:
    """One face of a sitting as a JPEG of :data:`SIDE` pixels a side, upright; nothing in it tells where it came from.

    Args:
        scope: who asks.
        sitting: theirs.
        side: 0 or 1.
        number: of the photo on that side, from 0.
    """
    photos = photos_of(scope, sitting, side) if side in (0, 1) else []
    if not 0 <= number < len(photos):
        raise NotPossible("There is no such picture.")
    with transaction.atomic():
        scope.note("review.picture", f"sitting:{sitting}", side=side, number=number)
    burst_now(str(scope.user))
    return jpeg(photos[number])


def record_blind(
    scope: Scope, sitting: UUID, conclusion: str, features: Mapping[str, str], reason: str = ""
) -> dict[str, Any]:
    """Save what a reviewer says of the faces alone. It cannot be changed afterwards.

    Args:
        scope: who judges.
        sitting: theirs.
        conclusion: of :class:`Judgement`.
        features: each of :data:`COMPONENTS` to ``similar``, ``different`` or ``not_comparable``: a face is judged by its parts,
            not by the impression it makes. Where one of the two has no photo: nothing, and the conclusion is ``inconclusive``.
        reason: in their words.

    Returns:
        ``{"known": bool, …}``: whether the pair was a known one, and then how it is; else the candidate's number.

    Raises:
        NotPossible: it is not their sitting, was judged before, a component was left out, or a word is unknown.
    """
    _check(conclusion)
    known = ControlReview._all.select_related("control").filter(id=sitting, reviewer=scope.user).first()
    if known is not None:
        _features(features)
        return known_pairs.judge(scope, known, conclusion)
    seat = seat_of(scope, sitting)
    _require(scope, seat.number)
    judged = _features(features) if all(sitting_counts(seat)) else _no_faces(conclusion, features)
    with transaction.atomic():
        held = Candidate._all.select_for_update().get(id=seat.candidate_id)
        if held.state != STATES[seat.number] or held.round != seat.round:
            raise NotPossible(
                "This pair was judged already, or a fact changed.", "Nothing was kept.", "Go on with the next."
            )
        _save(scope, held, seat, Stage.BLIND_FACE, conclusion, {"features": judged, "reason": reason})
        held.state = AFTER_BLIND[seat.number]
        held.save(update_fields=["state"])
    return {"known": False, "candidate": str(held.id)}


def unveiled(scope: Scope, sitting: UUID) -> dict[str, Any]:
    """Everything on a pair whose faces this reviewer has judged; of the other reviewers nothing.

    Raises:
        NotPossible: they have not judged the faces yet (DESIGN.md §5 rule 5).
    """
    seat = seat_of(scope, sitting)
    require_judged(seat)
    with transaction.atomic():
        scope.note("candidate.read", f"candidate:{seat.candidate_id}", seat=seat.number)
    burst_now(str(scope.user))
    return {
        "candidate": str(seat.candidate_id),
        "counts": sitting_counts(seat),
        "swapped": seat.swapped,
        "judged": _own(seat),
        **told(scope, seat.candidate),
    }


def to_state(scope: Scope) -> list[dict[str, Any]]:
    """Pairs whose faces this user judged and that wait for their statement on everything, the oldest first."""
    scope.require("candidate.read")
    rows = Seat._all.select_related("candidate").filter(reviewer=scope.user, round=F("candidate__round"))
    return [
        {"sitting": str(each.id), "since": each.given_at.isoformat(), "stricter": each.candidate.stricter}
        for each in rows.filter(candidate__in=visible(scope)).order_by("given_at")
        if each.candidate.state == AFTER_BLIND[each.number]
    ]


def _own(seat: Seat) -> dict[str, Any]:
    """What the reviewer of a seat said of the faces alone."""
    said = Review._all.get(candidate=seat.candidate_id, round=seat.round, seat=seat.number, stage=Stage.BLIND_FACE)
    key = joint.key_of(seat.candidate)
    return {"conclusion": said.conclusion, **joint.unseal(key, f"review:{said.id}", bytes(said.content))}


def record_statement(scope: Scope, sitting: UUID, conclusion: str, reason: str) -> State:
    """Save what a reviewer says with everything before them.

    Returns:
        Where the candidate stands now.

    Raises:
        NotPossible: the faces were not judged before, it was said already, or it has no reason.
    """
    _check(conclusion)
    if not reason.strip():
        raise NotPossible("A statement needs a reason.", "Nothing was kept.", "Say why: --reason.")
    seat = seat_of(scope, sitting)
    _require(scope, seat.number)
    require_judged(seat)
    with transaction.atomic():
        held = Candidate._all.select_for_update().get(id=seat.candidate_id)
        if held.state != AFTER_BLIND[seat.number] or held.round != seat.round:
            raise NotPossible("This statement was made already, or a fact changed.", "Nothing was kept.")
        _save(scope, held, seat, SECOND_STAGE[seat.number], conclusion, {"reason": reason})
        held.state = _after(held, seat.number)
        held.save(update_fields=["state"])
    return State(held.state)


def statements(candidate: Candidate) -> list[Review]:
    """The statements with everything in view, of the round that holds, in the order of seats."""
    final = Review._all.filter(candidate=candidate, round=candidate.round).exclude(stage=Stage.BLIND_FACE)
    return list(final.order_by("seat"))


def _after(candidate: Candidate, number: int) -> State:
    """Where a candidate stands after a statement.

    Two who agree settle it; where they differ, or somebody may be a minor, a third who saw neither: then what two of the three
    say, and all three where somebody may be a minor.
    """
    said = [each.conclusion for each in statements(candidate)]
    if number == 1:
        return State.SECOND_BLIND
    if number == 2:
        if said[0] != said[1] or (candidate.stricter and said[0] == Judgement.POTENTIAL):
            return State.ARBITRATION_BLIND
        return _settled(said[0])
    if candidate.stricter and Judgement.POTENTIAL in said and set(said) != {Judgement.POTENTIAL}:
        return State.EXCLUDED if said.count(Judgement.EXCLUDED) >= 2 else State.INCONCLUSIVE
    return _settled(next((each for each in said if said.count(each) >= 2), Judgement.INCONCLUSIVE))


def _settled(conclusion: str) -> State:
    return {Judgement.POTENTIAL: State.AGREED, Judgement.EXCLUDED: State.EXCLUDED}.get(
        Judgement(conclusion), State.INCONCLUSIVE
    )


def declare_conflict(scope: Scope, sitting: UUID) -> None:
    """Say that one should not judge this pair: the seat is given back, and never again to this reviewer.

    Often one knows only with everything in view who it is: until the statement is made, the judgement of the faces is void then.

    Raises:
        NotPossible: it is not their sitting, or they made their statement.
    """
    known = ControlReview._all.filter(id=sitting, reviewer=scope.user).exclude(control=None).first()
    if known is not None:
        known_pairs.leave(scope, known)
        return
    seat = seat_of(scope, sitting)
    with transaction.atomic():
        held = Candidate._all.select_for_update().get(id=seat.candidate_id)
        said = Review._all.filter(candidate=held, round=seat.round, seat=seat.number)
        if said.exclude(stage=Stage.BLIND_FACE).exists():
            raise NotPossible("You have judged this pair already.", "Your judgement stays.", "Tell a senior reviewer.")
        scope.note("review.conflict", f"candidate:{held.id}", judged=said.exists())
        if said.exists():
            said.delete()
            held.state = STATES[seat.number]
            held.save(update_fields=["state"])
        Conflict._all.get_or_create(candidate=seat.candidate, reviewer_id=scope.user)
        seat.delete()


def _save(scope: Scope, held: Candidate, seat: Seat, stage: Stage, conclusion: str, content: Mapping[str, Any]) -> None:
    review = Review(
        candidate=held, round=held.round, seat=seat.number, reviewer_id=scope.user, stage=stage, conclusion=conclusion,
        began_at=seat.given_at,
    )  # fmt: skip
    review.content = joint.seal(joint.key_of(held), f"review:{review.id}", content)
    verb = "review.blind" if stage == Stage.BLIND_FACE else "review.statement"
    subject = f"sitting:{seat.id}" if stage == Stage.BLIND_FACE else f"candidate:{held.id}"
    scope.note(verb, subject, seat=seat.number)
    review.save(force_insert=True)


def require_judged(seat: Seat) -> None:
    """Go on only where the reviewer of a seat has judged the faces.

    Raises:
        NotPossible: they have not.
    """
    own = Review._all.filter(candidate=seat.candidate, round=seat.round, seat=seat.number, stage=Stage.BLIND_FACE)
    if not own.exists():
        raise judge_first()


def _require(scope: Scope, number: int) -> None:
    scope.require(VERBS[number])


def _check(conclusion: str) -> None:
    if conclusion not in Judgement.values():
        raise NotPossible(
            "There is no such conclusion.", "Nothing was kept.", f"Use one of: {', '.join(Judgement.values())}."
        )


def _features(features: Mapping[str, str]) -> dict[str, str]:
    for component, word in features.items():
        if component not in COMPONENTS or word not in FEATURES:
            raise NotPossible(
                "A component of the face, or what is said of it, is unknown.",
                "Nothing was kept.",
                f"Components: {', '.join(COMPONENTS)}; each {', '.join(FEATURES)}.",
            )
    missing = [each for each in COMPONENTS if each not in features]
    if missing:
        raise NotPossible(
            f"Not every component of the face was judged. Still to judge: {', '.join(missing)}.",
            "Nothing was saved, and nothing is lost: the pair is still yours.",
            f"Say of each: {', '.join(FEATURES)}.",
        )
    return dict(features)


def _no_faces(conclusion: str, features: Mapping[str, str]) -> dict[str, str]:
    """What can be said of the faces of two of whom one has no photo: nothing."""
    if conclusion != Judgement.INCONCLUSIVE or set(features.values()) - {"not_comparable"}:
        raise NotPossible(
            "One of the two has no photo that can be judged: nothing can be said of the faces.",
            "Nothing was kept.",
            "Say inconclusive; then everything is shown, and you say what you think of it.",
        )
    return dict.fromkeys(COMPONENTS, "not_comparable")


def conclusions_of(scope: Scope, candidate_id: UUID) -> Sequence[dict[str, Any]]:
    """What the reviewers said of a candidate, once its review is over.

    Raises:
        NotPossible: it is not over: no reviewer may know of another's statement.
    """
    found = one_candidate(scope, candidate_id)
    if found.state not in (State.AGREED, State.EXCLUDED, State.INCONCLUSIVE, State.CONCLUDED):
        raise NotPossible("The review of this candidate is not over.", "Nothing was shown.")
    with transaction.atomic():
        scope.note("candidate.read", f"candidate:{found.id}", reviews=True)
    key = joint.key_of(found)
    return [
        {
            "seat": each.seat, "stage": each.stage, "conclusion": each.conclusion, "at": each.at.isoformat(),
            **joint.unseal(key, f"review:{each.id}", bytes(each.content)),
        }
        for each in Review._all.filter(candidate=found, round=found.round).order_by("seat", "at")
    ]  # fmt: skip
