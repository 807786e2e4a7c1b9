"""The verb that ends a search: a conclusion on two agreeing reviews and a fact that is not the face.

A conclusion says that the records may be acted on as of one person. It never says who anybody is, and tells nobody anything: that
is another act (:mod:`kintrace.matching.disclosures`).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from kintrace.casework.records import Card, Status
from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.matching import joint
from kintrace.matching.candidates import candidate, open_to_look
from kintrace.matching.following import not_followed
from kintrace.matching.models import Answer, Candidate, Conclusion, Conflict, Disclosure, Judgement, State
from kintrace.matching.owncards import require_of_others
from kintrace.matching.reviews import statements

PRIMARY = ("fingerprints", "dental", "dna")
"""Primary identifiers of the dead, after INTERPOL's guide on disaster victim identification."""

LEAST = 0.5
"""Log10 of the ratio from which on a fact is one that a conclusion may stand on: three times likelier for one person."""


def conditions(scope: Scope, candidate_id: UUID) -> dict[str, bool]:
    """What a conclusion and a disclosure need, and whether it is there."""
    found = candidate(scope, candidate_id)
    told = met(found, Disclosure._all.filter(conclusion__candidate=found).first())
    # Nothing of the evidence is told to who may still judge the faces.
    return told if open_to_look(scope, found) else {**told, "a_fact_that_is_not_the_face": False}


def met(found: Candidate, act: Disclosure | None) -> dict[str, bool]:
    """The same, in their order, of a candidate somebody may see, with its disclosure, if there is one."""
    return {
        "two_reviews_agree": _agree(found),
        "a_fact_that_is_not_the_face": bool(agreeing_facts(found)),
        "concluded": act is not None,
        "found_person_agrees": answered(found, act),
        "disclosure_approved": act is not None and act.approved_at is not None,
        "family_told": act is not None and act.told_at is not None,
    }


def conclude(
    scope: Scope,
    candidate_id: UUID,
    facts: Sequence[str],
    reason: str,
    *,
    primary_identifier: str = "",
    authority_reference: str = "",
) -> Conclusion:
    """Conclude that two records may be acted on as of one person.

    Args:
        scope: a senior reviewer, or of the dead a forensic officer, who registered or owns neither card.
        candidate_id: whose reviews agree.
        facts: on which it stands: at least one that is not the face, and agrees.
        reason: in their words.
        primary_identifier: of a death: ``fingerprints``, ``dental`` or ``dna``.
        authority_reference: of a death: the competent authority's.

    Raises:
        Denied, NotPossible: a condition of DESIGN.md §5 is not met. Nothing was changed.
    """
    dead = Candidate._all.filter(id=candidate_id, of_dead=True).exists()
    found = candidate(scope, candidate_id, "conclude.death" if dead else "conclude")
    agreeing = agreeing_facts(found)
    if not facts or any(name not in agreeing for name in facts):
        raise NotPossible(
            "A conclusion stands on at least one fact that is not the face, and agrees.",
            "Nothing was changed.",
            f"Facts that agree: {', '.join(agreeing) or 'none'}.",
        )
    if not reason.strip():
        raise NotPossible("A conclusion needs a reason.", "Nothing was changed.")
    if dead and (primary_identifier not in PRIMARY or not authority_reference.strip()):
        raise NotPossible(
            "A death is never recorded without a primary identifier and the competent authority's reference.",
            "Nothing was changed.",
            f"Primary identifiers: {', '.join(PRIMARY)}.",
        )
    if Conflict._all.filter(candidate=found, reviewer=scope.user).exists():
        raise NotPossible("You declared a conflict of interest.", "Nothing was changed.")
    require_of_others(found, scope.user)
    with transaction.atomic():
        held = Candidate._all.select_for_update().get(id=found.id)
        if not_followed(held):
            raise NotPossible(
                "A fact of one of the two changed, and the pair was not weighed anew yet.",
                "Nothing was changed.",
                "Let the standing search come by: kintrace worker --once.",
            )
        if held.state != State.AGREED or not _agree(held):
            raise NotPossible("Two reviews do not agree on this candidate.", "Nothing was changed.")
        conclusion = Conclusion(candidate=held, of_death=dead, concluded_by_id=scope.user)
        told = {
            "facts": list(facts), "reason": reason, "primary_identifier": primary_identifier,
            "authority_reference": authority_reference,
        }  # fmt: skip
        conclusion.content = joint.seal(joint.key_of(held), f"conclusion:{conclusion.id}", told)
        scope.note("conclude", f"candidate:{held.id}", facts=len(facts), death=dead)
        conclusion.save(force_insert=True)
        Disclosure._all.create(conclusion=conclusion)
        held.state = State.CONCLUDED
        held.save(update_fields=["state"])
        Card._all.filter(id__in=(held.request_id, held.found_id)).update(status=Status.VERIFIED)
    return conclusion


def answered(found: Candidate, act: Disclosure | None) -> bool:
    """Whether the family may be told: the found person said yes, now; or is dead."""
    if act is None:
        return False
    if found.of_dead:
        return act.answer == Answer.CANNOT
    return act.answer == Answer.YES


def _agree(found: Candidate) -> bool:
    """Two people who saw everything say potential candidate; three where somebody may be a minor."""
    said = [each for each in statements(found) if each.conclusion == Judgement.POTENTIAL]
    needed = 3 if found.stricter else 2
    return len({each.reviewer_id for each in said}) >= needed


def agreeing_facts(found: Candidate) -> list[str]:
    """Facts that agree and tell people apart: not the face, and not what half of all people, or a third, have in common."""
    content: dict[str, Any] = joint.unseal(joint.key_of(found), f"candidate:{found.id}", bytes(found.content))
    facts = [each for each in content["evidence"]["facts"] if each["fact"] not in ("face", "sex")]
    return [each["fact"] for each in facts if each["outcome"] == "agree" and each["log10_lr"] >= LEAST]
