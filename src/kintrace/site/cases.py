"""A purpose, asked once per case: the first time somebody opens a card in a session, they say what for; the ledger has it."""

from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from kintrace.casework.scope import REASONED
from kintrace.site import unsent
from kintrace.site.door import PURPOSES, Asked, View, asked_for, door, ours

KEY = "purposes"
REASON = "reasons"


def purpose_of(request: HttpRequest, card: UUID | str) -> str:
    """What this person opened a card for in this session; empty where they were not asked yet."""
    return str(request.session.get(KEY, {}).get(str(card), ""))


def keep_purpose(request: HttpRequest, card: UUID | str, purpose: str) -> None:
    """Keep it for the session."""
    request.session[KEY] = {**request.session.get(KEY, {}), str(card): purpose}


def case(view: View) -> View:
    """For a page of one card, under its door: ask for the purpose first, then work in a scope of that purpose."""

    @wraps(view)
    def opened(request: Asked, card: UUID, *args: Any, **named: Any) -> HttpResponse:
        purpose = purpose_of(request, card)
        if not purpose:
            back = request.get_full_path() if request.method == "GET" else reverse("card", args=[card])
            back = reverse("unsent") if unsent.keep(request) else back
            return redirect(f"{reverse('purpose', args=[card])}?{urlencode({'next': back}, safe='/')}")
        request.scope = replace(request.scope, purpose=purpose)
        return view(request, card, *args, **named)

    return opened


@door("card.read")
def purpose(request: Asked, card: UUID) -> HttpResponse:
    """Ask what a card is opened for; of roles that read only with a reason, the reason is asked for by the card's page."""
    back = ours(request, request.POST.get("next") or request.GET.get("next", ""), reverse("card", args=[card]))
    found = request.scope.card(str(card))
    if request.method == "POST":
        keep_purpose(request, card, asked_for(request.POST.get("purpose"), PURPOSES, "purpose"))
        return HttpResponseRedirect(back)
    likely = "oversight" if request.scope.roles <= REASONED else "tracing"
    return render(request, "kintrace/purpose.html", {
        "number": f"{found.opened_by.code}/{found.local}", "purposes": PURPOSES, "likely": likely, "next": back,
    })  # fmt: skip
