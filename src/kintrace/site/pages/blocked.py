"""Data protection: the block list of known false pictures. What it protects is in docs/provenance.md."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kintrace.casework import blocking
from kintrace.casework.cards import record_id
from kintrace.casework.photos import card_of, photo_in
from kintrace.errors import FormError
from kintrace.provenance import Inspector
from kintrace.site.door import Asked, door, number


@door("blocklist.read")
def blocklist(request: Asked) -> HttpResponse:
    """The list; with a POST, a picture is put on it (a photo on record, or a file that is not kept) or taken off."""
    scope = request.scope
    if request.method == "POST":
        scope.require("blocklist.change")
        messages.success(request, _changed(request), extra_tags="done")
        return redirect("blocklist")
    told: dict[str, Any] = {"entries": blocking.blocked_pictures(scope), "may_change": scope.may("blocklist.change")}
    if told["may_change"] and request.GET.get("photo"):
        photo = photo_in(scope, number(request.GET["photo"]), "blocklist.change")
        told |= {"photo": photo.id, "card": record_id(scope.card(card_of(photo)))}
    return render(request, "kintrace/blocklist.html", told)


def _changed(request: Asked) -> str:
    """Do what was asked; what is to be said of it."""
    scope, given, reason = request.scope, request.POST, request.POST.get("reason", "")
    if given.get("entry"):
        blocking.unblock(scope, given["entry"], reason)
        return _("The picture is off the list. Photos that it quarantined stay so until somebody settles them.")
    if given.get("photo"):
        told = blocking.block_photo(scope, number(given["photo"]), reason)
    else:
        file = request.FILES.get("picture")
        if file is None:
            raise FormError("No picture was chosen.", "The list is as it was.")
        with Inspector() as inspector:
            facts = inspector.inspect(file.read())
        if not facts.hashes:
            raise FormError("The file cannot be read as a picture.", "The list is as it was.")
        told = blocking.block_picture(scope, facts.hashes, reason)
    return on_the_list(told["quarantined"])


def on_the_list(quarantined: int) -> str:
    """What is said once a picture is on the list."""
    return ngettext(
        "The picture is on the block list; %(count)s photo is quarantined.",
        "The picture is on the block list; %(count)s photos are quarantined.",
        quarantined,
    ) % {"count": quarantined}
