"""Photos: adding them to a card, looking at them, saying which face is meant, where they come from, withdrawing them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework import blocking, dead, listing, quarantine, sources
from kintrace.casework import cards as card_verbs
from kintrace.casework import photos as verbs
from kintrace.casework.forms import ORIGINS, photo_form
from kintrace.casework.standings import content_of
from kintrace.errors import KintraceError, NotPossible
from kintrace.matching.pictures import blurred
from kintrace.site import showing
from kintrace.site.cases import case
from kintrace.site.door import Asked, door, told
from kintrace.site.partialdates import understood

MOST = 20


@door("photo.add", "photo.read", methods=("GET", "HEAD"))
def photos(request: Asked) -> HttpResponse:
    """Photos that need somebody, and pictures that stand under two names."""
    trouble = listing.photos_in_trouble(request.scope) if request.scope.may("photo.add") else []
    waiting = quarantine.waiting_pictures(request.scope) if request.scope.may("photo.read") else []
    return render(request, "kintrace/photos.html", {"trouble": trouble, "waiting": waiting})


@door("photo.add")
@case
def card_photos(request: Asked, card: UUID) -> HttpResponse:
    """Adding photos to a card: one request for each with a script, all together without."""
    if request.method == "POST":
        outcomes = [_kept(request, card, file) for file in request.FILES.getlist("photos")[:MOST]]
        if request.headers.get("X-One-By-One"):
            return render(request, "kintrace/_upload.html", {"outcomes": outcomes})
        if not outcomes:
            messages.warning(request, _("No photo was chosen."), extra_tags="note")
        for each in outcomes:
            words, tag = (each["problem"]["what"], "problem") if each["problem"] else (each["words"], "done")
            messages.info(request, f"{each['name']}: {words}", extra_tags=tag)
        return redirect("card_photos", card=card)
    found = card_verbs.read(request.scope, str(card))
    template = "kintrace/_photo_list.html" if request.headers.get("HX-Request") else "kintrace/card_photos.html"
    return render(request, template, {"card": found, "origins": ORIGINS, **_states(found)})


def _states(found: dict[str, Any]) -> dict[str, Any]:
    each = [photo for part in ("subject", "enquirer") for photo in found.get(part, {}).get("photos", [])]
    return {"photos": found["subject"]["photos"], "working": any(photo["state"] == "waiting" for photo in each)}


def _kept(request: Asked, card: UUID, file: Any) -> dict[str, Any]:
    """Keep one file of a form; what became of it."""
    name, data = file.name[:80], file.read()
    try:
        taken = understood(request.POST.get("taken", ""))
        form = photo_form({"path": name, "origin": request.POST.get("origin") or "family", "taken": taken})
        showing.checked(data)
        _photo, new = verbs.attach(request.scope, str(card), data, form)
    except KintraceError as problem:
        return {"name": name, "problem": told(problem), "words": ""}
    words = _("kept; its faces are being looked for") if new else _("is on this card already")
    return {"name": name, "problem": None, "words": words}


@door("photo.read", methods=("GET", "HEAD"))
def photo(request: Asked, photo: UUID) -> HttpResponse:
    """Everything that is known of one photo: its faces, its quality, where it comes from, what it may be used for."""
    found = sources.about(request.scope, photo)
    held = verbs.photo_in(request.scope, photo, "photo.read")
    content = content_of(held)
    return render(request, "kintrace/photo.html", {
        "photo": found, "faces": range(1, found["faces"] + 1), "advice": content.get("advice", []),
        "may_raise": request.scope.may("photo.assess"), "may_add": request.scope.may("photo.add"),
        "may_settle": request.scope.may("photo.settle"), "may_withdraw": request.scope.may("photo.withdraw"),
        "may_tell_hands": request.scope.may("photo.source"), "raised": bool(content.get("raised")),
        "chosen": int(held.face) if held.face.isdigit() else 0,
        "veiled": "clear" not in request.GET and dead.shows(request.scope, photo), "clear": "clear" in request.GET,
    })  # fmt: skip


@door("photo.read", methods=("GET", "HEAD"))
def picture(request: Asked, photo: UUID) -> HttpResponse:
    """A picture: the face cut from it, with ``?whole`` the photo, with ``?face=2`` one of its faces. Of the dead blurred, but
    with ``?clear``."""
    data = _pictured(request, photo)
    veiled = "clear" not in request.GET and dead.shows(request.scope, photo)
    return HttpResponse(
        blurred(data) if veiled else data, content_type="image/jpeg", headers={"Content-Disposition": "inline"}
    )


def _pictured(request: Asked, photo: UUID) -> bytes:
    which = request.GET.get("face", "")
    if "whole" not in request.GET and not which:
        return verbs.picture(request.scope, photo, crop=True)
    data = verbs.picture(request.scope, photo)
    boxes = [each["box"] for each in content_of(verbs.photo_in(request.scope, photo, "photo.read")).get("faces") or []]
    if which.isdigit():
        if not 1 <= int(which) <= len(boxes):
            raise NotPossible("There is no such face.")
        return showing.face(data, boxes[int(which) - 1])
    return showing.whole(data, boxes if "boxes" in request.GET else ())


@door("photo.add", "photo.withdraw", "photo.assess", "photo.settle", "blocklist.change", methods=("POST",))
def change(request: Asked, photo: UUID, act: str) -> HttpResponse:
    """Say which face is meant, withdraw, raise a lead or take that back, settle a quarantine, hand over, block."""
    scope, reason = request.scope, request.POST.get("reason", "")
    held = verbs.photo_in(scope, photo, "photo.withdraw" if act == "withdraw" else "photo.read")
    card = verbs.card_of(held)
    if act == "choose":
        number = request.POST.get("number", "")
        verbs.choose_face(scope, photo, int(number) if number.isdigit() else 0)
        messages.success(request, _("That face is the person; it is being compared."), extra_tags="done")
    elif act == "withdraw":
        verbs.withdraw(scope, photo)
        messages.success(request, _("The photo is taken back; nothing finds it any more."), extra_tags="done")
        return redirect("card", card=card)
    elif act == "raise":
        sources.raise_lead(scope, photo, reason)
    elif act == "lower":
        sources.take_back_raise(scope, photo, reason)
    elif act == "grade":
        sources.grade_source(scope, photo, request.POST.get("grade", ""), reason)
    elif act == "settle":
        quarantine.settle_picture(scope, photo, request.POST.get("belongs", ""), reason)
    elif act == "hand-over":
        sources.hand_over(scope, photo, reason)
    elif act == "block":
        blocking.block_photo(scope, photo, reason)
    if act not in ("choose",):
        messages.success(request, _("It is recorded, with your name and the reason."), extra_tags="done")
    return redirect("photo", photo=photo)
