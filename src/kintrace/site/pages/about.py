"""About this server: what it is, which release, and whether it bears the digital emblem."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from kintrace.emblem import dns
from kintrace.emblem.publishing import Sign, signs
from kintrace.emblem.state import State
from kintrace.errors import KintraceError, NotPossible
from kintrace.faces import active_packs
from kintrace.site.door import Asked, door


@door(everybody=True)
def about(request: Asked) -> HttpResponse:
    """The page; with a POST, by somebody who manages the server, the emblem is checked from outside."""
    checked = None
    if request.method == "POST":
        request.scope.require("user.manage")
        checked = _checked(request.POST.get("name", ""))
    return render(request, "kintrace/about.html", {
        "release": version("kintrace"), "packs": [each.name for each in active_packs()], "emblems": emblems(),
        "checked": checked, "resolver": settings.EMBLEM_RESOLVER, "may_check": request.scope.may("user.manage"),
    })  # fmt: skip


def emblems() -> list[dict[str, Any]]:
    """The emblems this server publishes: names, until when they hold, and whether they are only for trying out."""
    if not settings.EMBLEM_FOLDER.is_dir():
        return []
    try:
        return [_told(each) for each in signs(State(settings.EMBLEM_FOLDER), datetime.now(UTC))]
    except KintraceError:
        return []


def _told(sign: Sign) -> dict[str, Any]:
    return {"names": sign.names, "assets": sign.assets, "until": sign.valid_until, "test": sign.test}


def _checked(name: str) -> dict[str, Any]:
    """What the project's own checker finds at a name of ours, asking the resolver of the settings as anybody would.

    Raises:
        NotPossible: the name is none of ours, or no resolver is set: nothing goes to the network unasked.
    """
    if name not in {known for each in emblems() for known in each["names"]}:
        raise NotPossible("No emblem is published for this name.", "Nothing was asked.")
    if not settings.EMBLEM_RESOLVER:
        raise NotPossible(
            "No resolver is set.", "Nothing was asked.", "An administrator sets KINTRACE_EMBLEM_RESOLVER."
        )
    servers = None if settings.EMBLEM_RESOLVER == "system" else [dns.server(settings.EMBLEM_RESOLVER)]
    now = datetime.now(UTC)
    try:
        found = dns.check(name, at=now, servers=servers, offline=True)
    except KintraceError as problem:
        return {"name": name, "at": now, "level": "", "problem": problem.what}
    verdict = found.verdict
    return {
        "name": name,
        "at": now,
        "level": verdict.level.value,
        "issuer": verdict.issuer,
        "not_checked": verdict.not_checked,
    }
