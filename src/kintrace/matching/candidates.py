"""Verbs on candidates: list, show, take out a fact. What a person may not see is not in the answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kintrace.casework.cards import own_domain, record_id
from kintrace.casework.facts import known_of
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.errors import Denied, NotPossible
from kintrace.evidence import Posterior, look_alikes_at_most
from kintrace.ledger import burst_now
from kintrace.matching import joint
from kintrace.matching.comparable import agreed
from kintrace.matching.models import Candidate, Conclusion, Seat, Shown, State

WHERE = ("places",)
"""Facts that may tell where a found person is: shown to another office only where that person agreed to be found."""

BLIND = (State.BLIND, State.SECOND_BLIND, State.ARBITRATION_BLIND)
"""States in which faces are being judged, and nothing else is shown (DESIGN.md §5 rule 5)."""


def visible(scope: Scope) -> "QuerySet[Candidate]":
    """Candidates of which one card is the scope's. The dead are for who may read of them, until a death was concluded on: then
    also for those who approve that the family is told, and tell them."""
    cards = scope.cards()
    rows = Candidate._all.filter(
        Exists(cards.filter(id=OuterRef("request"))) | Exists(cards.filter(id=OuterRef("found")))
    )
    if not scope.may("dead.read"):
        rows = rows.filter(Q(of_dead=False) | Q(conclusion__isnull=False))
    # Their cards apart: joined, a database that counts few candidates begins with the offices' cards.
    return rows.prefetch_related("request__office", "found__office", "request__opened_by", "found__opened_by")


def candidate(scope: Scope, candidate_id: UUID, verb: str = "candidate.read") -> Candidate:
    """One candidate of the scope, for a verb it may use.

    Raises:
        Denied: there is none, or it is not for this scope to see.
    """
    scope.require(verb, f"candidate:{candidate_id}")
    found = visible(scope).filter(id=candidate_id).first()
    if found is None or not agreed(found.request, found.found):
        with transaction.atomic():
            scope.note(verb, f"candidate:{candidate_id}", outcome="empty")
        raise Denied(
            "No candidate with this number is open to you.",
            "That you asked is in the ledger.",
            "Check the number, and the office you work for now.",
        )
    return found


def listed(
    scope: Scope, reference: str | None = None, *, state: str | None = None, start: int = 0, most: int | None = None
) -> list[dict[str, Any]]:
    """The scope's candidates, the oldest first: cards, state and round. Nothing of the evidence.

    Args:
        scope: who asks.
        reference: of a card; else of all.
        state: only those in it.
        start: how many are passed over.
        most: how many at most; all by default.
    """
    scope.require("candidate.read")
    rows = visible(scope).order_by("made_at", "id")
    if reference:
        card = scope.card(reference)
        rows = rows.filter(Q(request=card) | Q(found=card))
    rows = rows.filter(state=state) if state else rows
    found = list(rows[start : None if most is None else start + most])
    with transaction.atomic():
        scope.note("candidate.list", outcome="done" if found else "empty", candidates=len(found))
    domain = own_domain()
    return [summary(each, domain) for each in found]


def summary(each: Candidate, domain: str = "") -> dict[str, Any]:
    """What a list tells of a candidate."""
    return {
        "id": str(each.id),
        "request": record_id(each.request, domain),
        "found": record_id(each.found, domain),
        "offices": [each.request.office.code, each.found.office.code],
        "state": each.state,
        "round": each.round,
        "since": each.changed_at.isoformat(),
        "stricter": each.stricter,
        "of_dead": each.of_dead,
    }


def shown(
    scope: Scope, candidate_id: UUID, *, without: Sequence[str] = (), before_review: bool = False
) -> dict[str, Any]:
    """A candidate with its evidence.

    Args:
        scope: who asks.
        candidate_id: which.
        without: facts to take out of the sum.
        before_review: show it although its faces were not judged yet; who asks for that cannot judge them any more.

    Raises:
        Denied: it is not for this scope to see.
        NotPossible: its faces were not judged yet (DESIGN.md §5 rule 5), or there is no such fact.
    """
    found = candidate(scope, candidate_id)
    blind = found.state in BLIND
    mine = Seat._all.filter(candidate=found, round=found.round, reviewer=scope.user).exists()
    concluded = Conclusion._all.filter(candidate=found).exists()
    if blind and not concluded and not before_review:
        raise NotPossible(
            "The faces of this candidate are being judged; evidence, names and dates are shown after that.",
            "Nothing was shown.",
            "Judge them: kintrace review next --to NEW_FOLDER. Who looks before cannot judge them any more: --before-review.",
        )
    if blind and mine:
        raise NotPossible(
            "You are judging the faces of this candidate.", "Nothing was shown.", "Save your judgement first."
        )
    with transaction.atomic():
        scope.note("candidate.read", f"candidate:{found.id}", without=len(without), before=blind)
        if not mine and not concluded:
            Shown._all.get_or_create(candidate=found, round=found.round, user_id=scope.user)
    burst_now(str(scope.user))
    return {**summary(found), **told(scope, found, without)}


def saw_likeness(scope: Scope, card: UUID, others: Iterable[UUID]) -> None:
    """Note that somebody saw how alike the faces of a card and of others are: they judge none of these pairs blind."""
    others = list(others)
    pairs = Q(request=card, found__in=others) | Q(found=card, request__in=others)
    for each in Candidate._all.filter(pairs, state__in=BLIND):
        Shown._all.get_or_create(candidate=each, round=each.round, user_id=scope.user)


def looked(scope: Scope, candidate_id: UUID) -> bool:
    """Whether this person chose to see a candidate before its faces were judged: they cannot judge them any more."""
    found = candidate(scope, candidate_id)
    return bool(Shown._all.filter(candidate=found, round=found.round, user=scope.user).exists())


def open_to_look(scope: Scope, found: Candidate) -> bool:
    """Whether everything on a candidate may be looked at: its faces were judged, or this person looked before."""
    if found.state not in BLIND or Conclusion._all.filter(candidate=found).exists():
        return True
    mine = {"candidate": found, "round": found.round}
    return bool(
        Shown._all.filter(**mine, user=scope.user).exists()
        and not Seat._all.filter(**mine, reviewer=scope.user).exists()
    )


def told(scope: Scope, found: Candidate, without: Sequence[str] = ()) -> dict[str, Any]:
    """The evidence of a candidate as this scope may see it, some facts taken out."""
    content = joint.unseal(joint.key_of(found), f"candidate:{found.id}", bytes(found.content))
    evidence = content["evidence"]
    names = [fact["fact"] for fact in evidence["facts"]]
    for name in without:
        if name not in names:
            raise NotPossible("There is no such fact.", todo=f"Facts: {', '.join(names)}.")
    facts = [_for(scope, found, fact) for fact in evidence["facts"] if fact["fact"] not in without]
    total = sum(fact["log10_lr"] for fact in facts)
    return {
        "log10_lr": round(total, 4),
        "searched": found.searched,
        **_look_alikes(content, total, without, found.searched),
        "words": evidence["words"] if not without else "",
        "belief": Posterior(total, max(found.searched, 1), settings.PRESENT).sentence(),
        "facts": facts,
        "cautions": evidence["cautions"],
        "without": list(without),
    }


def _look_alikes(content: Mapping[str, Any], total: float, without: Sequence[str], searched: int) -> dict[str, Any]:
    """How many strangers are expected to have as much in common, and among whom: with the face, among those who have one to
    compare."""
    face = None if "face" in without else content["look_alikes_of_the_face"]
    # Of candidates kept before that was noted, everybody was counted.
    with_face = face is not None and "among" in content
    among = content["among"] if with_face else searched
    expected = look_alikes_at_most(total, among)
    if not without:
        expected = float(content["expected_lookalikes"])
    elif face is not None:
        own = next(fact["log10_lr"] for fact in content["evidence"]["facts"] if fact["fact"] == "face")
        if own > 0:
            expected = min(expected, face * 10 ** -max(min(total - own, 6.0), -6.0))
    return {"expected_lookalikes": expected, "among": among, "with_face": with_face}


def _for(scope: Scope, found: Candidate, fact: dict[str, Any]) -> dict[str, Any]:
    """A fact as a scope may see it: where the found person is, is not told to another office unless they agreed to be found."""
    if fact["fact"] not in WHERE or found.found.office_id == scope.office or agrees_to_be_found(found.found):
        return fact
    # The level, too: “within 150 km, up to 11 days later” tells where.
    hidden = {
        "level": "",
        "compared": ["", ""],
        "why": "Where the found person is, is not told without their consent.",
        "parts": [],
    }
    return {**fact, **hidden}


def agrees_to_be_found(card: Card) -> bool:
    """Whether a found person said that their family may know."""
    fact = known_of([card.subject_id]).get(card.subject_id, {}).get("agrees_to_be_found")
    return fact is not None and fact.value == "yes"
