"""How often reviewers err, from the known pairs mixed into their work; with intervals, since there are few."""

from collections import defaultdict
from typing import Any

from django.db import transaction

from kintrace.casework.people import Membership
from kintrace.casework.scope import Scope
from kintrace.evaluation import wilson
from kintrace.matching.models import ControlReview, Judgement


def error_rates(scope: Scope) -> dict[str, Any]:
    """Of each reviewer (by id), and of the chain of two who judged the same pair.

    Returns:
        Each with ``pairs``, ``inconclusive``, and for pairs of one and of two people ``judged``, ``wrong``, ``interval``. A chain
        is wrong where two reviewers were, on the same pair.
    """
    scope.require("review.report")
    with transaction.atomic():
        scope.note("review.report")
    done = list(ControlReview._all.exclude(at=None).exclude(conclusion="").select_related("reviewer").order_by("at"))
    by_reviewer: dict[str, list[ControlReview]] = defaultdict(list)
    by_pair: dict[int, list[ControlReview]] = defaultdict(list)
    for each in done:
        by_reviewer[each.reviewer.username].append(each)
        if each.control_id is not None:
            by_pair[each.control_id].append(each)
    chains = [rows[:2] for rows in by_pair.values() if len(rows) > 1]
    return {
        "reviewers": {login: _rates(rows) for login, rows in sorted(by_reviewer.items())},
        "chain": {
            "pairs": len(chains),
            **{name: _chain([rows for rows in chains if rows[0].one_person == one]) for name, one in _KINDS},
        },
    }


def office_errors(scope: Scope) -> dict[str, Any]:
    """The same of the office as a whole: all its reviewers together, and the chain of two. Nobody is named or ranked.

    Returns:
        ``reviewers`` (how many judged known pairs), ``together`` and ``chain``, as :func:`error_rates` tells them.

    Raises:
        Denied: the scope reads no reports.
    """
    scope.require("report.read")
    mine = Membership._all.filter(office=scope.office).values("user")
    done = list(ControlReview._all.exclude(at=None).filter(reviewer__in=mine).order_by("at"))
    by_pair: dict[int, list[ControlReview]] = defaultdict(list)
    for each in done:
        if each.control_id is not None:
            by_pair[each.control_id].append(each)
    chains = [rows[:2] for rows in by_pair.values() if len(rows) > 1]
    chain = {name: _chain([rows for rows in chains if rows[0].one_person == one]) for name, one in _KINDS}
    people = len({each.reviewer_id for each in done})
    return {"reviewers": people, "together": _rates(done), "chain": {"pairs": len(chains), **chain}}


def own_errors(scope: Scope) -> dict[str, Any]:
    """A reviewer's own, for themselves.

    Raises:
        Denied: the scope reviews nothing.
    """
    scope.require("review.first")
    return _rates(list(ControlReview._all.exclude(at=None).filter(reviewer=scope.user)))


_KINDS = (("one_person", True), ("two_people", False))


def _rates(rows: list[ControlReview]) -> dict[str, Any]:
    told: dict[str, Any] = {"pairs": len(rows), "inconclusive": sum(each.right is None for each in rows)}
    for name, one in _KINDS:
        judged = [each.right for each in rows if each.one_person == one and each.conclusion != Judgement.INCONCLUSIVE]
        told[name] = _rate(len(judged), judged.count(False))
    return told


def _chain(chains: list[list[ControlReview]]) -> dict[str, Any]:
    return _rate(len(chains), sum(all(each.right is False for each in rows) for rows in chains))


def _rate(judged: int, wrong: int) -> dict[str, Any]:
    return {"judged": judged, "wrong": wrong, "interval": wilson(wrong / judged, judged) if judged else []}
