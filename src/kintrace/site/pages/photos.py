"""Photos: adding them to a card, looking at them, saying which face is meant, where they come from, withdrawing them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework import blocking, dead, listing, quarantine, sources, twopictures
from kintrace.casework import cards as card_verbs
from kintrace.casework import photos as verbs
from kintrace.casework.forms import ORIGINS, photo_form
from kintrace.casework.standings import content_of
from kintrace.errors import KintraceError, NotPossible
from kintrace.faces import active_packs, set_name
from kintrace.matching.manyfaces import NEAR_IDENTICAL, same_face, waiting_to_compare
from kintrace.matching.pictures import blurred
from kintrace.site import showing
from kintrace.site.cases import case
from kintrace.site.door import Asked, asked_for, counted, door, number, told
from kintrace.site.pages.blocked import on_the_list
from kintrace.site.partialdates import understood
from kintrace.site.uploads import LARGEST, shown_name, too_large

MOST = 20
ACTS = {
    "choose": "photo.add", "withdraw": "photo.withdraw", "raise": "photo.assess", "lower": "photo.assess",
    "grade": "photo.source", "source": "photo.source", "hand-over": "photo.source", "settle": "photo.settle",
    "two": "photo.settle", "one": "photo.settle", "block": "blocklist.change",
}  # fmt: skip
"""What can be done on a photo's page, and the verb it takes."""


@door("photo.add", "photo.read", methods=("GET", "HEAD"))
def photos(request: Asked) -> HttpResponse:
    """Photos that need somebody, and pictures that stand under two names."""
    trouble = listing.photos_in_trouble(request.scope) if request.scope.may("photo.add") else []
    waiting = quarantine.waiting_pictures(request.scope) if request.scope.may("photo.read") else []
    return render(request, "kintrace/photos.html", {
        "trouble": trouble, "waiting": waiting, "may_group": request.scope.may("photo.groups"),
    })  # fmt: skip


@door("photo.groups", methods=("GET", "HEAD"))
def groups(request: Asked) -> HttpResponse:
    """Near-identical faces that one submitter or one site gave for unrelated cards. What that means, people find out."""
    pack = set_name(active_packs())
    waiting = waiting_to_compare(request.scope, pack)  # first: what is compared meanwhile is told of twice, not never
    found = same_face(request.scope, pack)
    return render(request, "kintrace/photo_groups.html", {
        "groups": found, "at_least": NEAR_IDENTICAL, "waiting": waiting, "may_see": request.scope.may("photo.read"),
        "may_block": request.scope.may("blocklist.change"),
    })  # fmt: skip


@door("photo.add")
@case
def card_photos(request: Asked, card: UUID) -> HttpResponse:
    """Adding photos to a card: one request for each with a script, all together without."""
    if request.method == "POST":
        outcomes = _outcomes(request, card)
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


def _outcomes(request: Asked, card: UUID) -> list[dict[str, Any]]:
    """What became of each file that was sent; of those that were not taken it is said, too."""
    files = request.FILES.getlist("photos")
    outcomes = [_kept(request, card, file) for file in files[:MOST]]
    not_taken = []
    if too_large(request):
        size = {"size": LARGEST // 1_000_000}
        not_taken.append(_("What was sent is larger than %(size)s MB together. Send fewer photos at once.") % size)
    if len(files) > MOST:
        most = {"most": MOST}
        not_taken.append(_("More than %(most)s photos were sent at once. Send the rest by themselves.") % most)
    return outcomes + [
        {"name": _("Not taken"), "problem": {"what": words, "todo": ""}, "words": ""} for words in not_taken
    ]


def _kept(request: Asked, card: UUID, file: Any) -> dict[str, Any]:
    """Keep one file of a form; what became of it."""
    name, data = shown_name(file.name), file.read()
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
    scope = request.scope
    found = sources.about(scope, photo)
    held = verbs.photo_in(scope, photo, "photo.read")
    content = content_of(held)
    may = {name: scope.may(verb) for name, verb in ACTS.items()}
    return render(request, "kintrace/photo.html", {
        "photo": found, "faces": range(1, found["faces"] + 1), "advice": content.get("advice", []), "may": may,
        "may_raise": may["raise"] and found["assessment"]["state"] == "lead_only",
        "may_lower": may["lower"] and bool(content.get("raised")),
        "twice": [each for each in found["same_pictures"] if each["contradicts"] and not each["settled"] and not each["two"]],
        "chosen": int(held.face) if held.face.isdigit() else 0,
        "may_see_private": scope.may("photo.original"),
        "private": sources.private_of(scope, photo) if "private" in request.GET else None,
        "veiled": "clear" not in request.GET and dead.shows(scope, photo), "clear": "clear" in request.GET,
    })  # fmt: skip


@door("photo.read", methods=("GET", "HEAD"))
def picture(request: Asked, photo: UUID) -> HttpResponse:
    """A picture: the face cut from it, with ``?whole`` the photo, with ``?face=2`` one of its faces, with ``?small=0`` a small
    picture that stands in its file. Of the dead blurred, but with ``?clear``."""
    data = _pictured(request, photo)
    veiled = "clear" not in request.GET and dead.shows(request.scope, photo)
    return HttpResponse(
        blurred(data) if veiled else data, content_type="image/jpeg", headers={"Content-Disposition": "inline"}
    )


def _pictured(request: Asked, photo: UUID) -> bytes:
    which = request.GET.get("face", "")
    if "small" in request.GET:
        return sources.small_picture(request.scope, photo, counted(request.GET["small"], -1))
    if "whole" not in request.GET and not which:
        return verbs.picture(request.scope, photo, crop=True)
    data = verbs.picture(request.scope, photo)
    boxes = [each["box"] for each in content_of(verbs.photo_in(request.scope, photo, "photo.read")).get("faces") or []]
    if which:
        if not 1 <= counted(which) <= len(boxes):
            raise NotPossible("There is no such face.")
        return showing.face(data, boxes[counted(which) - 1])
    return showing.whole(data, boxes if "boxes" in request.GET else ())


@door(*sorted(set(ACTS.values())), methods=("POST",))
def change(request: Asked, photo: UUID, act: str) -> HttpResponse:
    """Say which face is meant, withdraw, grade, raise a lead or take that back, settle, add to source and custody, block."""
    scope, reason = request.scope, request.POST.get("reason", "")
    asked_for(act, ACTS, "act")
    card = verbs.card_of(verbs.photo_in(scope, photo, ACTS[act]))
    done = _("It is recorded, with your name and the reason.")
    if act == "choose":
        verbs.choose_face(scope, photo, counted(request.POST.get("number")))
        done = _("That face is the person; it is being compared.")
    elif act == "withdraw":
        verbs.withdraw(scope, photo)
        done = _("The photo is taken back; nothing finds it any more.")
    elif act == "raise":
        sources.raise_lead(scope, photo, reason)
    elif act == "lower":
        sources.take_back_raise(scope, photo, reason)
    elif act == "grade":
        sources.grade_source(scope, photo, request.POST.get("grade", ""), reason)
    elif act == "settle":
        done = _settled(request, photo, reason) or done
    elif act in ("two", "one"):
        say = twopictures.say_two if act == "two" else twopictures.say_one
        say(scope, photo, number(request.POST.get("other")), reason)
    elif act == "source":
        _source(request, photo)
        done = _("It is recorded, with your name.")
    elif act == "hand-over":
        sources.hand_over(scope, photo, reason)
        done = _("It is recorded, with your name.")
    elif act == "block":
        done = on_the_list(blocking.block_photo(scope, photo, reason)["quarantined"])
    messages.success(request, done, extra_tags="done")
    if act == "withdraw" and scope.may("card.read"):
        return redirect("card", card=card)
    return redirect("photo", photo=photo) if act != "withdraw" and scope.may("photo.read") else redirect("today")


def _settled(request: Asked, photo: UUID, reason: str) -> str:
    """Settle a quarantine; what is to be said where another office must answer first."""
    other = request.POST.get("other", "")
    told = quarantine.settle_picture(
        request.scope, photo, request.POST.get("belongs", ""), reason, other=number(other) if other else None
    )
    if not told["waits_for_another_office"]:
        return ""
    return _("It is recorded. The photo stays in quarantine until the other office has answered, too.")


def _source(request: Asked, photo: UUID) -> None:
    """Where on the web it was found: address, time, and the page as the officer saved it."""
    page = request.FILES.get("page")
    sources.record_source(
        request.scope,
        photo,
        url=request.POST.get("url", "").strip(),
        captured=request.POST.get("captured", "").strip(),
        page=page.read() if page is not None else None,
        page_name=page.name or "" if page is not None else "",
    )
