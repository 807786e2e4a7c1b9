"""Data protection: erasure with its proof, what expires when, and what people agreed to."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kintrace.casework import protection
from kintrace.casework.erasure import erase, run_retention
from kintrace.errors import NotPossible
from kintrace.site.door import Asked, door


@door("person.erase")
def erasing(request: Asked) -> HttpResponse:
    """The last erasures, and the form; a card is erased when its whole number was typed a second time."""
    scope, given = request.scope, request.POST
    told: dict[str, Any] = {}
    if request.method == "POST":
        asked = protection.to_erase(scope, given.get("card", ""))
        if "typed" in given:
            if given["typed"].strip() != asked["card"]:
                raise NotPossible("That is not this card's number.", "Nothing was erased.", "Type the whole number.")
            told["erased"] = erase(scope, asked["id"])
        else:
            told["asked"] = asked
    return render(request, "kintrace/erasing.html", {**told, "erasures": protection.erasures(scope)})


@door("retention.run")
def retention(request: Asked) -> HttpResponse:
    """What expires when; with a POST, which cards would be erased today."""
    told: dict[str, Any] = {"calendar": protection.retention_calendar(request.scope)}
    if request.method == "POST":
        told["would"] = run_retention(request.scope, dry_run=True)
    months = list(told["calendar"]["months"].items())
    most = max((count for _, count in months), default=1)
    told["months"] = [{"month": month, "count": count, "share": round(100 * count / most)} for month, count in months]
    return render(request, "kintrace/retention.html", told)


@door("ledger.read")
def consents(request: Asked) -> HttpResponse:
    """The register in counts; with a POST, one card's consents, for a reason."""
    told: dict[str, Any] = {}
    if request.method == "POST":
        told["one"] = protection.consents_on_card(
            request.scope, request.POST.get("card", ""), request.POST.get("reason", "").strip()
        )
    return render(request, "kintrace/consents.html", {**told, "register": protection.consent_register(request.scope)})
