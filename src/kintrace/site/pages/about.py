"""About this server: what it is, which release, and whether it bears the digital emblem."""

from importlib.metadata import version

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kintrace.errors import KintraceError
from kintrace.faces import active_packs
from kintrace.site.door import Asked, door
from kintrace.site.ownemblem import Borne, emblems, look


@door(everybody=True)
def about(request: Asked) -> HttpResponse:
    """The page; with a POST, by somebody who manages the server, the emblem is checked from outside."""
    if request.method == "POST":
        request.scope.require("user.manage")
        look(request.POST.get("name", ""))
        return redirect("about")
    borne: list[Borne] = []
    problem = ""
    try:
        borne = emblems()
    except KintraceError as unread:
        problem = unread.what
    return render(request, "kintrace/about.html", {
        "release": version("kintrace"), "packs": [each.name for each in active_packs()], "emblems": borne, "problem": problem,
        "resolver": settings.EMBLEM_RESOLVER, "may_check": request.scope.may("user.manage"),
    })  # fmt: skip
