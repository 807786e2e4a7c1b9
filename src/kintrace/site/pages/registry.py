"""Search the registry: for a case and a purpose that are asked once, by name in any script, birth, place, number, status.

What is looked for goes in the body of the request only, never in an address.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework.cards import record_id
from kintrace.casework.people import Office
from kintrace.casework.records import CardKind, Status
from kintrace.casework.registry import Found, Question, search
from kintrace.errors import Denied, FormError
from kintrace.matching.savedsearches import drop_search, keep_search, kept_search, kept_searches
from kintrace.site.cases import keep_purpose, purpose_of
from kintrace.site.door import PURPOSES, Asked, asked_for, counted, door, told
from kintrace.site.partialdates import understood

FOR = tuple(each for each in PURPOSES if each in ("tracing", "registration", "review"))
CASE = "registry_case"
"""Where the session has the id of the card one searches for; its purpose is kept as for the card's own pages."""


@door("registry.search")
def registry(request: Asked) -> HttpResponse:
    """The form, and with a POST what was found."""
    if request.method != "POST":
        return _page(request, Question(), _case(request))
    question = _question(request.POST)
    case = _case(request)
    if case is None:
        raise Denied(
            "Nobody is looked up without a case.", "Nothing was looked up.", "Say first for which card you search."
        )
    scope = replace(request.scope, purpose=case["purpose"])
    try:
        wanted = replace(question, born=understood(question.born[:200]))
        found = search(scope, case["id"], wanted, counted(request.POST.get("page"), 1))
    except FormError as wrong:  # what was typed stays
        return _page(request, question, case, problem=told(wrong))
    return _page(request, question, case, found)


def _page(
    request: Asked,
    question: Question,
    case: dict[str, Any] | None,
    found: Found | None = None,
    problem: dict[str, str] | None = None,
) -> HttpResponse:
    return render(request, "kintrace/registry.html", {
        "case": case, "question": question, "found": found, "purposes": FOR, "statuses": Status.values(),
        "kinds": CardKind.values(), "offices": Office._all.order_by("code"), "kept": kept_searches(request.scope),
        "more": any((question.office, question.status, question.kind)), "problem": problem,
    }, status=422 if problem else 200)  # fmt: skip


def _question(given: QueryDict) -> Question:
    return Question(**{name: given.get(f"q_{name}", "") for name in Question.__dataclass_fields__})


def _case(request: Asked) -> dict[str, Any] | None:
    """The case in hand, where there is one that is still open to who asks."""
    number = request.session.get(CASE)
    purpose = purpose_of(request, number) if number else ""
    if not purpose:
        return None
    card = request.scope.cards().select_related("opened_by").filter(id=number).first()
    return {"id": number, "number": record_id(card), "purpose": purpose} if card else None


@door("registry.search", methods=("POST",))
def case(request: Asked) -> HttpResponse:
    """Say for which card one searches, and what for: once for each, as long as one is signed in."""
    if "end" in request.POST:
        request.session.pop(CASE, None)
        return redirect("registry")
    card = request.scope.card(request.POST.get("card", ""))
    purpose = asked_for(request.POST.get("purpose"), FOR, "purpose")
    keep_purpose(request, card.id, purpose)
    request.session[CASE] = str(card.id)
    return redirect("registry")


@door("registry.search", methods=("POST",))
def keep(request: Asked) -> HttpResponse:
    """Keep what was looked for."""
    keep_search(request.scope, request.POST.get("title", ""), _question(request.POST))
    messages.success(request, _("The search is kept for 90 days. Nobody else sees it."))
    return redirect("registry")


@door("registry.search", methods=("POST",))
def kept(request: Asked, search: UUID) -> HttpResponse:
    """Fill the form with a kept search, or delete it."""
    if "drop" in request.POST:
        drop_search(request.scope, search)
        return redirect("registry")
    return _page(request, kept_search(request.scope, search).question, _case(request))
