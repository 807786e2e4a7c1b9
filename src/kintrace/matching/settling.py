"""What a search found becomes candidates: new ones, those whose evidence changed, and those that are none any more."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from kintrace.casework.dead import is_dead, tells_death
from kintrace.casework.facts import known_of
from kintrace.casework.forms import minor
from kintrace.casework.records import Card, Status
from kintrace.ledger import Actor, record
from kintrace.matching import joint
from kintrace.matching.comparable import agreed, may_be_compared
from kintrace.matching.models import Candidate, Conclusion, Seat, Share, State
from kintrace.matching.renewing import content_of, pair_of, renew
from kintrace.matching.weighing import Weighed


def settle(
    card: Card,
    near: Sequence[Weighed],
    weighed: Sequence[Weighed],
    people: int,
    actor: Actor,
    *,
    trigger: str,
    model: str,
) -> list[Candidate]:
    """Make a card's candidates those that a search found. Inside a transaction; the same search twice changes nothing.

    A pair whose facts changed after a review is offered again; where only weights changed, what is told of it is renewed, and its
    reviews stay: those who reviewed it saw the facts. One that may not be compared any more is gone, with all that was
    said of it; one that fell below and was never reviewed, too. A conclusion stays with what it was drawn from.
    """
    mine = Candidate._all.select_for_update().filter(Q(request=card) | Q(found=card))
    held = {(each.request_id, each.found_id): each for each in mine}
    seen = {_numbers(each): each for each in weighed}
    # Not in the order of the evidence: lists, and who reviews what next, follow the order in which candidates were made.
    made = {}
    for pair in sorted(near, key=_numbers):
        before = held.pop(_numbers(pair), None)
        made[_numbers(pair)] = _keep(pair, before, people, actor, trigger=trigger, model=model)
    kept = [made[_numbers(pair)] for pair in near]
    for key, candidate in held.items():
        pair_now = seen.get(key)
        if pair_now is None:
            if not _still(candidate):
                remove(candidate, actor, "may_not_be_compared")
            elif not _begun(candidate):
                remove(candidate, actor, "too_weak")
        elif _begun(candidate):
            kept.append(_keep(pair_now, candidate, people, actor, trigger=trigger, model=model))
        else:
            remove(candidate, actor, "too_weak")
    return kept


def _numbers(pair: Weighed) -> tuple[UUID, UUID]:
    return pair.request.id, pair.found.id


def _still(candidate: Candidate) -> bool:
    """Whether a pair that was not near this time stays: one that may still be compared, or was decided on and is agreed to.

    What was excluded stays so while a card is closed: where it is opened again, nobody is asked anew.
    """
    if candidate.state in (State.CONCLUDED, State.EXCLUDED, State.INCONCLUSIVE):
        return agreed(candidate.request, candidate.found)
    return may_be_compared(candidate.request, candidate.found)


def _begun(candidate: Candidate) -> bool:
    """Whether anybody has begun to judge it."""
    return bool(Seat._all.filter(candidate=candidate).exists())


def remove(candidate: Candidate, actor: Actor, why: str) -> None:
    """Delete a candidate with all that was said of it. Inside a transaction."""
    record(actor, "candidate.removed", f"candidate:{candidate.id}", details={"why": why})
    candidate.delete()


def _keep(pair: Weighed, before: Candidate | None, people: int, actor: Actor, *, trigger: str, model: str) -> Candidate:
    concluded = before is not None and before.state == State.CONCLUDED and not _died_since(before, actor)
    if before is not None and concluded:
        return before
    if before is not None and bytes(before.mark) == pair.mark:
        return renew(pair, before, people, actor, model)
    now, content = timezone.now(), content_of(pair)
    if before is None:
        made = Candidate(
            request=pair.request, found=pair.found, trigger=trigger, model=model, searched=people, mark=pair.mark,
            weights=pair.weights,
        )  # fmt: skip
        _care(made)
        key, halves = joint.new_key(made)
        made.content = joint.seal(key, f"candidate:{made.id}", content)
        made.save(force_insert=True)
        Share._all.bulk_create(halves)
        record(actor, "candidate.proposed", f"candidate:{made.id}", details=pair_of(made))
        return made
    before.content = joint.seal(joint.key_of(before), f"candidate:{before.id}", content)
    before.mark, before.weights, before.changed_at = pair.mark, pair.weights, now
    before.model, before.searched = model, people
    if _begun(before):
        before.round, before.state, before.trigger = before.round + 1, State.BLIND, trigger
    _care(before)
    before.save()
    record(actor, "candidate.changed", f"candidate:{before.id}", details={**pair_of(before), "round": before.round})
    return before


def _died_since(candidate: Candidate, actor: Actor) -> bool:
    """Whether a found person of whom it was concluded died since, or lives: before the family was told, it is judged anew then.

    A death is concluded on in its own way only (DESIGN.md §5 rule 2); the conclusion there was goes.
    """
    conclusion = Conclusion._all.filter(candidate=candidate, disclosure__told_at=None).first()
    if conclusion is None or conclusion.of_death == is_dead(candidate.found.subject_id):
        return False
    record(actor, "conclusion.void", f"candidate:{candidate.id}", details={"of_death": conclusion.of_death})
    conclusion.delete()
    Card._all.filter(id__in=(candidate.request_id, candidate.found_id), status=Status.VERIFIED).update(
        status=Status.IN_PROGRESS
    )
    candidate.state = State.AGREED
    return True


def _care(candidate: Candidate) -> None:
    """Note on a candidate whether one of the two may be a minor, and whether the found person is dead."""
    people = (candidate.request.subject_id, candidate.found.subject_id)
    facts = known_of(people)
    candidate.of_dead = tells_death(facts.get(candidate.found.subject_id, {}))
    candidate.stricter = any(minor(each) for each in facts.values())
