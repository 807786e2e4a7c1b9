"""What is to be done about candidates after their reviews: which wait for whom, which conditions are met, who must act next."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from kintrace.casework.cards import record_id
from kintrace.casework.facts import known_of
from kintrace.casework.people import Role
from kintrace.casework.records import Capacity
from kintrace.casework.scope import PERMITTED, Scope
from kintrace.errors import NotPossible
from kintrace.ledger import burst_now
from kintrace.matching import joint
from kintrace.matching.candidates import candidate, open_to_look, visible
from kintrace.matching.conclusions import agreeing_facts, met
from kintrace.matching.disclosures import may_answer, may_take_back
from kintrace.matching.models import Answer, Candidate, Conclusion, Conflict, Disclosure, State
from kintrace.matching.owncards import is_own, of_others

VERBS = ("conclude", "conclude.death", "disclosure.ask", "disclosure.approve", "disclosure.tell")
"""Whoever may use one of these has something to do here."""
FOR_OTHERS = ("conclude", "conclude.death", "disclosure.approve")
"""Nobody does these on a card that they registered or own."""


def open_to(scope: Scope, what: str) -> "QuerySet[Candidate]":
    """The candidates of the scope that wait for one act of this person.

    Args:
        scope: who asks.
        what: ``conclusions``, ``to_ask``, ``to_approve`` or ``to_tell``.
    """
    rows = (
        visible(scope).exclude(conflicts__reviewer=scope.user)
        if what in ("conclusions", "to_approve")
        else visible(scope)
    )
    if what == "conclusions":
        kinds = [each for each, verb in ((False, "conclude"), (True, "conclude.death")) if scope.may(verb)]
        return of_others(rows.filter(state=State.AGREED, of_dead__in=kinds), scope.user)
    rows = rows.filter(state=State.CONCLUDED)
    if what == "to_tell":  # or told already, while nobody recorded what came of it
        rows = rows if scope.may("disclosure.tell") else rows.none()
        rows = rows.filter(conclusion__disclosure__ended_at=None, request__office=scope.office)
        return rows.exclude(conclusion__disclosure__approved_at=None)
    rows = rows.filter(conclusion__disclosure__told_at=None)
    if what == "to_ask":
        rows = rows if scope.may("disclosure.ask") else rows.none()
        back = Q(conclusion__disclosure__approved_at=None) & ~Q(conclusion__disclosure__refused_at=None)
        again = Q(conclusion__disclosure__answer__in=(Answer.NOT_ASKED, Answer.LATER)) | back
        return rows.filter(again, found__office=scope.office)
    rows = rows.exclude(conclusion__concluded_by=scope.user) if scope.may("disclosure.approve") else rows.none()
    answered = Q(conclusion__disclosure__answer=Answer.YES, of_dead=False) | Q(
        conclusion__disclosure__answer=Answer.CANNOT, of_dead=True
    )
    return of_others(rows.filter(answered, conclusion__disclosure__approved_at=None), scope.user)


def listed(scope: Scope, what: str = "") -> list[dict[str, Any]]:
    """Candidates that are agreed on or concluded on, or those that wait for one act; numbers and states, nothing of the evidence.

    Raises:
        Denied: nothing here is for this scope to do.
    """
    _enter(scope)
    rows = open_to(scope, what) if what else visible(scope).filter(state__in=(State.AGREED, State.CONCLUDED))
    cards = list(rows.order_by("changed_at")[:500])
    with transaction.atomic():
        scope.note("conclusion.list", outcome="done" if cards else "empty", candidates=len(cards))
    return [{**_plain(each), "next": _next(each, _act(each))} for each in cards]


def standing(scope: Scope, candidate_id: UUID) -> dict[str, Any]:
    """Everything about the conclusion and disclosure of one candidate: conditions, what was done, who must act next.

    Returns:
        ``conditions`` (name and whether it is met, in order), ``next`` (act, roles and offices), ``may`` (acts that this person
        can do now), ``may_answer`` (who may answer for the found person, where this person asks), ``facts`` (that agree, not
        the face; only for who may read candidates), ``conclusion``, ``disclosure``, and why others must act: ``conflict`` (they
        declared one), ``own`` (they registered or own one of the two cards).

    Raises:
        Denied: it is not for this scope to see.
        NotPossible: its review is not over.
    """
    found = candidate(scope, candidate_id, _enter(scope))
    if found.state not in (State.AGREED, State.CONCLUDED):
        raise NotPossible("The reviews of this candidate do not agree, or are not over.", "Nothing was shown.")
    with transaction.atomic():
        scope.note("conclusion.read", f"candidate:{found.id}")
    burst_now(str(scope.user))
    act = _act(found)
    reads = scope.may("candidate.read") and open_to_look(scope, found)
    following, may = _next(found, act), _may(scope, found, act)
    return {
        **_plain(found),
        "conditions": met(found, act),
        "facts": agreeing_facts(found) if reads else [],
        "next": following,
        "may": may,
        "may_answer": may_answer(found) if "ask" in may else [],
        "conclusion": _concluded(found, act) if act and reads else None,
        "disclosure": _disclosed(scope, found, act, reads=reads) if act else None,
        "conflict": _conflict(scope, found),
        "own": following["act"] in FOR_OTHERS and is_own(found, scope.user),
    }


def letter(scope: Scope, candidate_id: UUID) -> dict[str, Any]:
    """What a letter to the family may be made of, names in each of their writings: no more than the found person agreed to;
    where they are only if they were asked for that, and said yes; and whether they agreed themselves, or others for them.

    Raises:
        Denied, NotPossible: the family may not be told, or not by this scope.
    """
    found = candidate(scope, candidate_id, "disclosure.tell")
    act = _act(found)
    if act is None or act.approved_at is None or found.request.office_id != scope.office:
        raise NotPossible("This disclosure is not approved, or another office tells the family.", "Nothing was shown.")
    with transaction.atomic():
        scope.note("disclosure.letter", f"candidate:{found.id}")
    request, other = found.request, found.found
    people = [each for each in (request.subject_id, request.enquirer_id, other.subject_id) if each]
    known = known_of(people)
    sought, asks = known.get(request.subject_id, {}), known.get(request.enquirer_id, {}) if request.enquirer_id else {}
    theirs = known.get(other.subject_id, {}) if not found.of_dead else {}
    told = _conclusion(found, act.conclusion)
    return {
        "office": request.office.name,
        "reference": record_id(request),
        "enquirer": _writings(asks, "full_name"),
        "sought": _writings(sought, "full_name"),
        "of_dead": found.of_dead,
        "agreed_for_them": act.capacity not in ("", Capacity.SELF),
        "message": _text(theirs, "message_for_family"),
        "where": (_text(theirs, "current_location") or _text(theirs, "found_place")) if act.where_too else "",
        "authority_reference": told["authority_reference"] if found.of_dead else "",
    }


def _enter(scope: Scope) -> str:
    """The verb by which a scope comes in here: reading candidates, or else one act it may do.

    Raises:
        Denied: none.
    """
    verb = next((each for each in ("candidate.read", *VERBS) if scope.may(each)), "candidate.read")
    scope.require(verb)
    return verb


def _act(found: Candidate) -> Disclosure | None:
    rows = Disclosure._all.select_related(
        "conclusion__concluded_by", "asked_by", "approved_by", "refused_by", "told_by", "ended_by"
    )
    return rows.filter(conclusion__candidate=found).first()


def _plain(found: Candidate) -> dict[str, Any]:
    return {
        "id": str(found.id), "request": record_id(found.request), "found": record_id(found.found),
        "request_office": found.request.office.name, "found_office": found.found.office.name, "state": found.state,
        "request_id": str(found.request_id), "found_id": str(found.found_id), "of_dead": found.of_dead,
        "stricter": found.stricter, "since": found.changed_at.isoformat(),
    }  # fmt: skip


def _next(found: Candidate, act: Disclosure | None) -> dict[str, Any]:
    """The next act, the roles that may do it, and the offices where; an empty act where all is done.

    ``again``: it was to be done before, and they asked to be asked later, or it was not approved. ``mend``: then, who may mend
    what was asked for. ``not_by``: who concluded, and so does not approve.
    """
    done = {"act": "", "roles": [], "offices": [], "again": False, "mend": None, "not_by": ""}
    both = list(dict.fromkeys((found.request.office.name, found.found.office.name)))
    if act is None:
        verb, where = ("conclude.death" if found.of_dead else "conclude"), both
    elif act.ended_at is not None:
        return done
    elif act.told_at is not None:
        verb, where = "disclosure.tell", [found.request.office.name]
    elif act.answer in (Answer.NOT_ASKED, Answer.LATER):
        verb, where = "disclosure.ask", [found.found.office.name]
    elif act.answer == Answer.NO:
        return {**done, "act": "refused"}
    elif act.approved_at is None:
        verb, where = "disclosure.approve", both
    else:
        verb, where = "disclosure.tell", [found.request.office.name]
    again = act is not None and act.approved_at is None and (act.answer == Answer.LATER or act.refused_at is not None)
    mend = {"roles": _roles("disclosure.ask"), "office": found.found.office.name}
    approving = act if verb == "disclosure.approve" else None
    return {
        "act": "disclosure.come_of" if act is not None and act.told_at is not None else verb,
        "roles": _roles(verb),
        "offices": where,
        "again": again,
        "mend": mend if approving and again else None,
        "not_by": approving.conclusion.concluded_by.username if approving else "",
    }


def _roles(verb: str) -> list[str]:
    return [each.value for each in Role if each in PERMITTED[verb]]


def _may(scope: Scope, found: Candidate, act: Disclosure | None) -> list[str]:
    """The acts that this person can do now."""
    untold = act is not None and act.told_at is None
    can = {
        "conclude": act is None and all(met(found, act)[name] for name in ("two_reviews_agree", "a_fact_that_is_not_the_face"))
        and scope.may("conclude.death" if found.of_dead else "conclude") and not _conflict(scope, found)
        and not is_own(found, scope.user),
        "ask": untold and scope.may("disclosure.ask") and found.found.office_id == scope.office,
        "approve": open_to(scope, "to_approve").filter(id=found.id).exists(),
        "tell" if untold else "come_of": open_to(scope, "to_tell").filter(id=found.id).exists(),
        "take_back": act is not None and may_take_back(scope, found, act),
    }  # fmt: skip
    return [name for name, may in can.items() if may]


def _conflict(scope: Scope, found: Candidate) -> bool:
    return bool(Conflict._all.filter(candidate=found, reviewer=scope.user).exists())


def _conclusion(found: Candidate, conclusion: Conclusion) -> dict[str, Any]:
    told: dict[str, Any] = joint.unseal(joint.key_of(found), f"conclusion:{conclusion.id}", bytes(conclusion.content))
    return told


def _concluded(found: Candidate, act: Disclosure) -> dict[str, Any]:
    done = act.conclusion
    return {**_conclusion(found, done), "by": done.concluded_by.username, "at": done.at.isoformat()}


def _disclosed(scope: Scope, found: Candidate, act: Disclosure, *, reads: bool) -> dict[str, Any]:
    """What was done; who answered by name only for who asks, or approves, and why it was not approved for who may act on it."""
    asks = found.found.office_id == scope.office
    place = f"disclosure:{act.id}"
    steps = {
        name: {"by": by.username if by else "", "at": at.isoformat() if at else ""}
        for name, by, at in (
            ("asked", act.asked_by, act.asked_at), ("approved", act.approved_by, act.approved_at),
            ("refused", act.refused_by, act.refused_at), ("told", act.told_by, act.told_at),
            ("ended", act.ended_by, act.ended_at),
        )
    }  # fmt: skip
    return {
        "answer": act.answer,
        "where_too": act.where_too,
        "capacity": act.capacity,
        "by_whom": _opened(found, f"{place}:by_whom", act.by_whom, "name")
        if asks or scope.may("disclosure.approve")
        else "",
        "refusal": _opened(found, f"{place}:refusal", act.refusal, "reason") if asks or reads else "",
        "words": _opened(found, place, act.content, "words"),
        **steps,
        "end": _opened(found, place, act.content, "end"),
    }


def _opened(found: Candidate, place: str, sealed: bytes | None, name: str) -> str:
    return str(joint.unseal(joint.key_of(found), place, bytes(sealed))[name]) if sealed is not None else ""


def _writings(facts: Any, name: str) -> list[str]:
    """A name as it is written: in its own script first, then in Latin letters."""
    fact = facts.get(name)
    return [each for each in (fact.original_script, str(fact.value)) if each] if fact else []


def _text(facts: Any, name: str) -> str:
    fact = facts.get(name)
    if fact is None:
        return ""
    return fact.original_script or str(fact.value)
