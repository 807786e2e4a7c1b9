"""Consent of the people on a card: read aloud and recorded, or withdrawn."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework.agreements import record_consent, unknown_offices, withdraw_consent
from kintrace.casework.cards import read
from kintrace.casework.forms import consent_form
from kintrace.casework.records import Purpose
from kintrace.errors import FormError
from kintrace.site import agreeing
from kintrace.site.cases import case
from kintrace.site.door import Asked, asked_for, door, told

PARTS = ("subject", "enquirer")


@door("consent.record", "consent.withdraw")
@case
def consent(request: Asked, card: UUID, part: str) -> HttpResponse:
    """What one person agreed to, the sentences to read to them, and withdrawing."""
    part = asked_for(part, PARTS, "part")
    typed: dict[str, Any] = {name: request.POST[name] for name in request.POST}
    problem = None
    if request.method == "POST":
        given = agreeing.consent_in(typed, part)
        try:
            if given is None:
                raise FormError("No question is answered.", "Nothing was changed.", "Ask each, and answer yes or no.")
            record_consent(request.scope, str(card), consent_form(given), part=part)
        except FormError as wrong:
            problem = told(wrong)
        else:
            messages.success(request, _("What they agreed to is recorded. It holds from now on."), extra_tags="done")
            if strangers := unknown_offices(given.get("withheld_from", ())):
                words = _("No office here is called %(names)s: kept as authorities that nothing may be shared with.")
                messages.warning(request, words % {"names": "; ".join(strangers)}, extra_tags="note")
            return redirect("card", card=card)
    found = read(request.scope, str(card), reason=_("consent was asked") if request.scope.may("ledger.read") else "")
    held = (found.get(part) or {}).get("consent")
    if held and not request.POST:
        typed = {f"consent.{part}.{name}": "yes" if yes else "no" for name, yes in held["purposes"].items()}
        typed[f"consent.{part}.capacity"] = held["capacity"]
        typed[f"consent.{part}.withheld"] = "; ".join(agreeing.withheld_in(held["purposes"]))
    return render(request, "kintrace/consent.html", {
        "card": found, "part": part, "held": held, "asked": agreeing.block(part, typed), "problem": problem,
    }, status=422 if problem else 200)  # fmt: skip


@door("consent.withdraw")
@case
def withdraw(request: Asked, card: UUID, part: str) -> HttpResponse:
    """Withdraw: what follows is said first; a yes carries it out."""
    part = asked_for(part, PARTS, "part")
    purpose = request.POST.get("purpose") or request.GET.get("purpose", "")
    asked_for(purpose.partition(":")[0], (*Purpose.values(), "all"), "purpose")
    if request.method != "POST" or "sure" not in request.POST:
        number = request.scope.card(str(card))
        erases = purpose in ("tracing", "all")
        return render(request, "kintrace/withdraw.html", {
            "card": card, "number": f"{number.opened_by.code}/{number.local}", "part": part, "purpose": purpose, "erases": erases,
        })  # fmt: skip
    followed = withdraw_consent(request.scope, str(card), purpose, part=part)
    if followed == "erased":
        messages.success(request, _("Everything known of them is erased, in backups too."), extra_tags="done")
        return redirect("cards")
    messages.success(request, _("It is withdrawn. What it allowed has ended at once."), extra_tags="done")
    return redirect("card", card=card)
