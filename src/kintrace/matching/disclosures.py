"""Verbs of a disclosure, apart from the conclusion: the found person is asked, another senior approves, the family is told, and
what came of it is recorded, at once or when it is known.

What was recorded wrongly is mended: an answer recorded anew takes an approval back, and who recorded that the family was told, or
what came of it, may take that back soon after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.dead import is_dead
from kintrace.casework.facts import known_of
from kintrace.casework.forms import Agreed, Stated, check_minor, minor
from kintrace.casework.records import Capacity, Card, Status
from kintrace.casework.scope import Scope
from kintrace.errors import FormError, NotPossible
from kintrace.matching import joint
from kintrace.matching.candidates import candidate
from kintrace.matching.conclusions import answered
from kintrace.matching.models import Answer, Candidate, Conflict, Disclosure
from kintrace.matching.owncards import require_of_others

ENDS = (Status.CONTACT_RESTORED, Status.REUNIFIED, Status.FATE_CLARIFIED)
SLIPS = timedelta(hours=1)
"""For so long who recorded that the family was told, or what came of it, may take it back."""


def ends_of(dead: bool) -> tuple[Status, ...]:
    """How a case may end."""
    return (Status.FATE_CLARIFIED,) if dead else ENDS


def may_answer(found: Candidate) -> list[str]:
    """Who may answer for the found person: where they may be under 18, not they alone; for the dead nobody."""
    if found.of_dead:
        return []
    alone = not minor(_age(found))
    return [each.value for each in Capacity if alone or each != Capacity.SELF]


def ask(
    scope: Scope,
    candidate_id: UUID,
    answer: str,
    *,
    where_too: bool = False,
    capacity: str = Capacity.SELF,
    by_whom: str = "",
) -> None:
    """Record what the found person answered: may the family know? By the office that holds their card.

    It takes back an approval that was given, and ends a refusal of one.

    Args:
        scope: of who asked them.
        candidate_id: the candidate.
        answer: one of :class:`~kintrace.matching.models.Answer`.
        where_too: they said, asked for itself, that the family may also know where they are.
        capacity: who answered, as of a consent: one of :class:`~kintrace.casework.records.Capacity`.
        by_whom: the guardian's name, or of who decided in their best interest; sealed. Of a person's own answer it is not kept.

    Raises:
        Denied, NotPossible: nothing was changed.
        FormError: the found person may be under 18, and is said to have answered alone. Nothing was changed.
    """
    found, act = _act(scope, candidate_id, "disclosure.ask")
    if answer not in Answer.values():
        raise NotPossible(
            "There is no such answer.", "Nothing was changed.", f"Use one of: {', '.join(Answer.values())}."
        )
    if found.found.office_id != scope.office:
        raise NotPossible("The office that holds the found person's card asks them.", "Nothing was changed.")
    if answer in (Answer.YES, Answer.LATER) and found.of_dead:
        raise NotPossible(
            "Somebody dead cannot be asked: say that, or no where the family must not be told.", "Nothing was changed."
        )
    if answer == Answer.CANNOT and not found.of_dead:
        raise NotPossible(
            "Somebody who lives is asked; for a child, a guardian, or the decision is made in the child's best interest.",
            "Nothing was changed.",
        )
    spoke = answer != Answer.NOT_ASKED and not found.of_dead
    if spoke:
        _require_answerer(found, capacity, by_whom)
    where_too = where_too and answer == Answer.YES
    with transaction.atomic():
        scope.note(
            "disclosure.ask", f"candidate:{found.id}", answer=answer, where_too=where_too,
            **({"capacity": str(capacity)} if spoke else {}),
        )  # fmt: skip
        held = Disclosure._all.select_for_update().get(id=act.id)
        if held.told_at is not None:
            raise NotPossible("The family was told already.", "Nothing was changed.")
        held.answer, held.asked_by_id, held.asked_at = answer, scope.user, timezone.now()
        held.where_too, held.capacity, held.by_whom = where_too, capacity if spoke else "", None
        if spoke and capacity != Capacity.SELF:
            held.by_whom = joint.seal(joint.key_of(found), f"disclosure:{held.id}:by_whom", {"name": by_whom.strip()})
        held.approved_by = held.approved_at = held.refused_by = held.refused_at = held.refusal = None
        held.save()


def approve(scope: Scope, candidate_id: UUID) -> None:
    """Approve that the family is told: another senior than the one who concluded, who registered or owns neither card.

    The found person agreed before, or is dead.
    """
    with _deciding(scope, candidate_id) as (found, held):
        scope.note("disclosure.approve", f"candidate:{found.id}")
        held.approved_by_id, held.approved_at = scope.user, timezone.now()


def refuse(scope: Scope, candidate_id: UUID, reason: str) -> None:
    """Do not approve, and say why; whoever may approve may do this. The answer stays.

    It goes back to who asked, and can be approved after all once what was asked for is mended.

    Args:
        scope: a senior, as for :func:`approve`.
        candidate_id: which.
        reason: in their words; sealed.
    """
    if not reason.strip():
        raise NotPossible("Say why it is not approved.", "Nothing was changed.")
    with _deciding(scope, candidate_id) as (found, held):
        scope.note("disclosure.refuse", f"candidate:{found.id}")
        held.refusal = joint.seal(joint.key_of(found), f"disclosure:{held.id}:refusal", {"reason": reason.strip()})
        held.refused_by_id, held.refused_at = scope.user, timezone.now()


def tell(scope: Scope, candidate_id: UUID, words: str, end: str = "") -> None:
    """Record that the family was told, and in what words; by the office that holds the request.

    Args:
        scope: who told them.
        candidate_id: which.
        words: that the family was told; sealed.
        end: what came of it: ``contact_restored``, ``reunified`` or ``fate_clarified``; of the living empty where it is not known
            yet (:func:`come_of`). To tell a family what became of somebody dead is to clarify their fate.
    """
    found, act = _act(scope, candidate_id, "disclosure.tell")
    if not words.strip():
        raise NotPossible("Say what the family was told.", "Nothing was changed.")
    if end or found.of_dead:
        _require_end(found, end)
    _require_office(scope, found)
    _same_life(found, act)
    with transaction.atomic():
        held = Disclosure._all.select_for_update().get(id=act.id)
        if held.approved_at is None or not answered(found, held) or held.told_at is not None:
            raise NotPossible("This disclosure is not approved, or was made already.", "Nothing was changed.")
        _of_age(found, held)
        scope.note("disclosure.tell", f"candidate:{found.id}", end=end or "not_yet")
        held.told_by_id, held.told_at = scope.user, timezone.now()
        _seal(found, held, {"words": words, "end": "", "before": {}})
        if end:
            _end(scope, found, held, end, held.told_at)
        held.save()


def come_of(scope: Scope, candidate_id: UUID, end: str) -> None:
    """Record what came of it where the family was told before anybody could know; by the office that holds the request.

    Args:
        scope: whose office told them.
        candidate_id: which.
        end: ``contact_restored``, ``reunified`` or ``fate_clarified``.
    """
    found, act = _act(scope, candidate_id, "disclosure.tell")
    _require_end(found, end)
    _require_office(scope, found)
    with transaction.atomic():
        held = Disclosure._all.select_for_update().get(id=act.id)
        if held.told_at is None or held.ended_at is not None:
            raise NotPossible(
                "The family was not told yet, or what came of it is recorded already.", "Nothing was changed."
            )
        scope.note("disclosure.come_of", f"candidate:{found.id}", end=end)
        _end(scope, found, held, end, timezone.now())
        held.save()


def take_back(scope: Scope, candidate_id: UUID) -> Disclosure:
    """Take back what was recorded last: what came of it, where that was recorded later; else that the family was told.

    Then the words are gone, and the approval stands. Cards that still say what came of it say again what they did before.

    Raises:
        Denied, NotPossible: it is not for this scope, or too late (:func:`may_take_back`). Nothing was changed.
    """
    found, act = _act(scope, candidate_id, "disclosure.tell")
    with transaction.atomic():
        held = Disclosure._all.select_for_update().get(id=act.id)
        told = _told(found, held) if may_take_back(scope, found, held) else {}
        if "before" not in told:  # an earlier release did not keep it
            raise NotPossible(
                "That the family was told is taken back by who recorded it, and within an hour.", "Nothing was changed."
            )
        end_only = _ended_later(held)
        scope.note("disclosure.take_back", f"candidate:{found.id}", end_only=end_only)
        for card, status in told["before"].items():
            Card._all.filter(id=card, status=told["end"]).update(status=status)
        held.ended_by = held.ended_at = None
        if end_only:
            _seal(found, held, {**told, "end": "", "before": {}})
        else:
            held.content = held.told_by = held.told_at = None
        held.save()
    return held


def may_take_back(scope: Scope, found: Candidate, act: Disclosure) -> bool:
    """Whether somebody may take back what was recorded last of telling the family: they recorded it, and not long ago."""
    by, at = (act.ended_by_id, act.ended_at) if _ended_later(act) else (act.told_by_id, act.told_at)
    if at is None or by != scope.user or found.request.office_id != scope.office:
        return False
    return scope.may("disclosure.tell") and timezone.now() - at < SLIPS


def _ended_later(act: Disclosure) -> bool:
    return act.ended_at is not None and act.ended_at != act.told_at


def _require_end(found: Candidate, end: str) -> None:
    if end not in ENDS:
        raise NotPossible("Say what came of it.", "Nothing was changed.", f"One of: {', '.join(ENDS)}.")
    if end not in ends_of(found.of_dead):
        raise NotPossible(
            "Of somebody dead it is their fate that is clarified.", "Nothing was changed.", "Say fate_clarified."
        )


def _require_office(scope: Scope, found: Candidate) -> None:
    if found.request.office_id != scope.office:
        raise NotPossible("The office that holds the family's request tells them.", "Nothing was changed.")


def _end(scope: Scope, found: Candidate, held: Disclosure, end: str, at: datetime) -> None:
    """Let both cards say what came of it, and keep what they said before. Inside a transaction; the caller saves."""
    cards = Card._all.select_for_update().filter(id__in=(found.request_id, found.found_id))
    before = {str(card): status for card, status in cards.values_list("id", "status")}
    _seal(found, held, {**_told(found, held), "end": end, "before": before})
    held.ended_by_id, held.ended_at = scope.user, at
    cards.update(status=end)


def _told(found: Candidate, held: Disclosure) -> dict[str, Any]:
    """What is sealed of telling the family; nothing where it was not told."""
    if held.content is None:
        return {}
    return joint.unseal(joint.key_of(found), f"disclosure:{held.id}", bytes(held.content))


def _seal(found: Candidate, held: Disclosure, told: dict[str, Any]) -> None:
    held.content = joint.seal(joint.key_of(found), f"disclosure:{held.id}", told)


@contextmanager
def _deciding(scope: Scope, candidate_id: UUID) -> Iterator[tuple[Candidate, Disclosure]]:
    """A disclosure that waits for approval, held while somebody who may decide on it does, and then saved.

    Raises:
        Denied, NotPossible, FormError: it does not, or they may not. Nothing was changed.
    """
    found, act = _act(scope, candidate_id, "disclosure.approve")
    if act.conclusion.concluded_by_id == scope.user:
        raise NotPossible(
            "Who concluded does not approve the disclosure.", "Nothing was changed.", "Ask another senior."
        )
    if Conflict._all.filter(candidate=found, reviewer=scope.user).exists():
        raise NotPossible("You declared a conflict of interest.", "Nothing was changed.")
    require_of_others(found, scope.user)
    _same_life(found, act)
    with transaction.atomic():
        held = Disclosure._all.select_for_update().get(id=act.id)
        if held.approved_at is not None:
            raise NotPossible("This disclosure is approved already.", "Nothing was changed.")
        if not answered(found, held):
            raise NotPossible(
                "The found person has not agreed that the family may know.",
                "Nothing was changed.",
                "They are asked first.",
            )
        _of_age(found, held)
        yield found, held
        held.save()


def _act(scope: Scope, candidate_id: UUID, verb: str) -> tuple[Candidate, Disclosure]:
    found = candidate(scope, candidate_id, verb)
    act = Disclosure._all.select_related("conclusion").filter(conclusion__candidate=found).first()
    if act is None:
        raise NotPossible("Nothing was concluded on this candidate.", "Nothing was changed.")
    return found, act


def _same_life(found: Candidate, act: Disclosure) -> None:
    """Go on only where the found person's card still says what was concluded on: that they live, or are dead.

    Raises:
        NotPossible: it does not.
    """
    if is_dead(found.found.subject_id) != act.conclusion.of_death:
        raise NotPossible(
            "The found person's card says otherwise now whether they are dead: it is judged anew.",
            "Nothing was changed.",
            "Let the standing search come by: kintrace worker --once.",
        )


def _require_answerer(found: Candidate, capacity: str, by_whom: str) -> None:
    """Go on only where it is said who answered, and they may."""
    if capacity not in Capacity.values():
        raise FormError("The capacity of the consent is unknown.", todo=f"Use one of: {', '.join(Capacity.values())}.")
    check_minor(_age(found), Agreed(capacity, ()))
    if capacity != Capacity.SELF and not by_whom.strip():
        raise NotPossible("Say who answered for the found person.", "Nothing was changed.")


def _of_age(found: Candidate, act: Disclosure) -> None:
    """Go on only where who answered may, by what is known now: as a consent, an answer of somebody under 18 alone is none."""
    if not found.of_dead:
        check_minor(_age(found), Agreed(act.capacity or Capacity.SELF, ()))


def _age(found: Candidate) -> dict[str, Stated]:
    """What tells how old the found person is: their own card, or where no birth is on it, the request it may be acted on with."""
    known = known_of((found.request.subject_id, found.found.subject_id))
    own = known.get(found.found.subject_id, {})
    return own if "date_of_birth" in own else {**known.get(found.request.subject_id, {}), **own}
