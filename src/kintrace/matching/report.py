"""How often reviewers err, from the known pairs mixed into their work; with intervals, since there are few."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kintrace.casework.people import Membership
from kintrace.casework.scope import Scope
from kintrace.evaluation import wilson
from kintrace.matching.models import ControlReview, Judgement


def error_rates(scope: Scope) -> dict[str, Any]:
    """Of each reviewer (by id), and of the whole chain: what two who agree on a pair come to, or three where two differ.

    Returns:
        Each with ``pairs``, ``inconclusive``, and for pairs of one and of two people ``judged``, ``wrong``, ``interval``. A chain
        is wrong where two reviewers were, on the same pair; one that waits for a third is among the
        ``pairs``, and not yet ``judged``.
    """
    scope.require("review.report")
    with transaction.atomic():
        scope.note("review.report")
    done = list(_judged().select_related("reviewer"))
    by_reviewer: dict[str, list[ControlReview]] = defaultdict(list)
    for each in done:
        by_reviewer[each.reviewer.username].append(each)
    return {"reviewers": {login: _rates(rows) for login, rows in sorted(by_reviewer.items())}, "chain": _chains(done)}


def office_errors(scope: Scope) -> dict[str, Any]:
    """The same of the office as a whole: all its reviewers together, and the chain. Nobody is named or ranked.

    Returns:
        ``reviewers`` (how many judged known pairs), ``together`` and ``chain``, as :func:`error_rates` tells them.

    Raises:
        Denied: the scope reads no reports.
    """
    scope.require("report.read")
    mine = Membership._all.filter(office=scope.office).values("user")
    done = list(_judged().filter(reviewer__in=mine))
    people = len({each.reviewer_id for each in done})
    return {"reviewers": people, "together": _rates(done), "chain": _chains(done)}


def own_errors(scope: Scope) -> dict[str, Any]:
    """A reviewer's own, for themselves.

    Raises:
        Denied: the scope reviews nothing.
    """
    scope.require("review.first")
    return _rates(list(_judged().filter(reviewer=scope.user)))


def _judged() -> "QuerySet[ControlReview]":
    """Known pairs that were judged; not those whose reviewer said that they should not judge them."""
    return ControlReview._all.exclude(at=None).exclude(conclusion="").order_by("at")


_KINDS = (("one_person", True), ("two_people", False))


def _rates(rows: list[ControlReview]) -> dict[str, Any]:
    told: dict[str, Any] = {"pairs": len(rows), "inconclusive": sum(each.right is None for each in rows)}
    for name, one in _KINDS:
        judged = [each.right for each in rows if each.one_person == one and each.conclusion != Judgement.INCONCLUSIVE]
        told[name] = _rate(len(judged), judged.count(False))
    return told


def _chains(done: list[ControlReview]) -> dict[str, Any]:
    by_pair: dict[int, list[ControlReview]] = defaultdict(list)
    for each in done:
        if each.control_id is not None:
            by_pair[each.control_id].append(each)
    chains = [chain for rows in by_pair.values() if (chain := _settled(rows))]
    told: dict[str, Any] = {"pairs": sum(len(rows) > 1 for rows in by_pair.values())}
    for name, one in _KINDS:
        kind = [rows for rows in chains if rows[0].one_person == one]
        told[name] = _rate(len(kind), sum(sum(each.right is False for each in rows) >= 2 for rows in kind))
    return told


def _settled(rows: list[ControlReview]) -> list[ControlReview]:
    """The judgements that settle a pair, as of any other: the first two where they agree, else the first three; none before."""
    if len(rows) > 1 and rows[0].conclusion == rows[1].conclusion:
        return rows[:2]
    return rows[:3] if len(rows) > 2 else []


def _rate(judged: int, wrong: int) -> dict[str, Any]:
    return {"judged": judged, "wrong": wrong, "interval": wilson(wrong / judged, judged) if judged else []}
