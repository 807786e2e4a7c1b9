"""Candidates: of an office, of a card, and one with everything that speaks for and against it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kintrace.casework.twopictures import between
from kintrace.errors import NotPossible
from kintrace.matching import candidates as verbs
from kintrace.matching import pictures, sides
from kintrace.matching.engine import engine
from kintrace.matching.models import State
from kintrace.matching.standing import Searched, search_from
from kintrace.site import saying
from kintrace.site.door import Asked, asked_for, counted, door

PAGE = 50
"""Candidates on a page of the list."""


@door("candidate.read", methods=("GET", "HEAD"))
def candidates(request: Asked) -> HttpResponse:
    """All that are open in this office, with where the work on them stands; nothing of the evidence."""
    state = request.GET.get("state") or None
    if state is not None:
        asked_for(state, State.values(), "state")
    number = max(counted(request.GET.get("page", "1"), 1), 1)
    rows = verbs.listed(request.scope, state=state, start=(number - 1) * PAGE, most=PAGE + 1)
    return render(request, "kintrace/candidates.html", {
        "rows": rows[:PAGE], "states": State.values(), "state": state, "number": number, "more": len(rows) > PAGE,
    })  # fmt: skip


@door("candidate.read")
def of_card(request: Asked, card: UUID) -> HttpResponse:
    """Those of one card; with a POST it is searched from now."""
    if request.method == "POST":
        request.scope.require("candidate.search")
        _say(request, search_from(request.scope, str(card), engine()))
        return redirect("card_candidates", card=card)
    number = request.scope.card(str(card))
    rows = verbs.listed(request.scope, str(card))
    return render(request, "kintrace/candidates.html", {
        "rows": rows, "card": card, "number": f"{number.opened_by.code}/{number.local}",
        "may_search": request.scope.may("candidate.search"),
    })  # fmt: skip


def _say(request: Asked, found: Searched) -> None:
    people = {"people": number_format(found.people, force_grouping=True)}
    if found.people == 0:
        messages.warning(
            request, _("Nobody may be compared with this card: consent, the offices' rules, or no open card.")
        )
    elif not found.kept:
        told = _(
            "Nobody among %(people)s people who may be compared has enough in common with this person. That is an answer, "
            "too: the search goes on by itself with every new card."
        )
        messages.info(request, told % people, extra_tags="note")
    else:
        told = _("Searched among %(people)s people who may be compared. The faces are judged first.")
        messages.success(request, told % people, extra_tags="done")


@door("candidate.read", methods=("GET", "HEAD"))
def candidate(request: Asked, candidate: UUID) -> HttpResponse:
    """One with its evidence, facts taken out as asked; or why nothing is shown yet."""
    without = list(dict.fromkeys(request.GET.getlist("without")))
    before = verbs.looked(request.scope, candidate)
    try:
        told = verbs.shown(request.scope, candidate, without=without, before_review=before)
    except NotPossible:
        if without:
            raise
        return render(request, "kintrace/candidate_closed.html", {"candidate": candidate})
    records = sides.of_candidate(request.scope, candidate)
    one, other = pictures.counts(request.scope, candidate)
    return render(request, "kintrace/candidate.html", {
        "each": told, "evidence": saying.evidence(told), "without": without,
        "faces": [(0, range(one)), (1, range(other))],
        "records": records, "rows": saying.sides(records),
        "one_picture": _one_picture(request, candidate),
        "before": before and told["state"] in verbs.BLIND, "over": told["state"] in ("reviews_agree", "concluded"),
    })  # fmt: skip


def _one_picture(request: Asked, candidate: UUID) -> list[dict[str, Any]]:
    """Photos of its two people that are taken for one picture, for who may say that they are two."""
    if not (request.scope.may("photo.settle") and request.scope.may("photo.read")):
        return []
    found = verbs.candidate(request.scope, candidate)
    return between(request.scope, (found.request.subject_id, found.found.subject_id))


@door("candidate.read", methods=("POST",))
def look(request: Asked, candidate: UUID) -> HttpResponse:
    """Choose to see a candidate before its faces were judged: who does, cannot judge them any more."""
    verbs.shown(request.scope, candidate, before_review=True)
    return redirect("candidate", candidate=candidate)


@door("candidate.read", methods=("GET", "HEAD"))
def face(request: Asked, candidate: UUID, side: int, number: int) -> HttpResponse:
    """One face of a candidate whose faces were judged; of the dead blurred, until it is asked for."""
    found = verbs.candidate(request.scope, candidate)
    clear = not found.of_dead or side == 0 or "clear" in request.GET
    return HttpResponse(pictures.face(request.scope, candidate, side, number, clear=clear), content_type="image/jpeg")
