"""The dead: their cards and candidates, for forensic officers; each photo is blurred until it is asked for."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from kintrace.casework import dead as verbs
from kintrace.casework import photos
from kintrace.matching import candidates
from kintrace.matching.pictures import blurred
from kintrace.site.door import Asked, door
from kintrace.site.saying import stated


@door("dead.read", methods=("GET", "HEAD"))
def dead(request: Asked) -> HttpResponse:
    """The list: labels, places and dates; no photo."""
    rows = [
        {**each, "facts": [(name, stated(name, each["facts"][name])) for name in verbs.SHOWN if name in each["facts"]]}
        for each in verbs.listed(request.scope)
    ]
    pairs = [each for each in candidates.listed(request.scope) if each["of_dead"]]
    return render(request, "kintrace/dead.html", {"rows": rows, "pairs": pairs})


@door("dead.read", methods=("GET", "HEAD"))
def one(request: Asked, card: UUID) -> HttpResponse:
    """One card: what is known, its photos blurred, its candidates."""
    told = verbs.one(request.scope, str(card))
    facts = [(name, stated(name, fact)) for name, fact in told["subject"]["facts"].items()]
    return render(request, "kintrace/dead_card.html", {
        "card": told, "facts": facts, "photos": told["subject"]["photos"], "clear": request.GET.get("clear", ""),
        "pairs": candidates.listed(request.scope, str(card)),
    })  # fmt: skip


@door("dead.read", methods=("GET", "HEAD"))
def photo(request: Asked, photo: UUID) -> HttpResponse:
    """The face cut from a photo of somebody dead: blurred here, on the server, unless it was asked for clear."""
    data = photos.picture(request.scope, photo, crop=True)
    return HttpResponse(data if "clear" in request.GET else blurred(data), content_type="image/jpeg")
