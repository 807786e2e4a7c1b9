"""Administration: how the installation stands. Counts, times and names of offices; nothing of any case."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework.oversight import last_times, note_drill
from kintrace.casework.setup import offices_and_bureaus
from kintrace.errors import FormError, KintraceError
from kintrace.faces import active_packs, set_name
from kintrace.folder import calibration_for, learned_place, learned_weights
from kintrace.matching.work import state_of_work
from kintrace.site import checking
from kintrace.site.door import Asked, asked_for, door
from kintrace.site.keepers import accounts
from kintrace.vault import key_ages

FAILED = ("no_face", "poor", "refused", "choose")


@door("user.manage", "office.manage", "keys.rotate", "backup.make", methods=("GET", "HEAD"))
def overview(request: Asked) -> HttpResponse:
    """How everything stands."""
    scope = request.scope
    work = state_of_work(scope)
    people = accounts(scope)
    names = {each["id"]: each["name"] for each in offices_and_bureaus(scope)["offices"]}
    ages = key_ages()
    return render(request, "kintrace/administration.html", {
        "people": {
            "active": sum(each["active"] for each in people),
            "out": sum(not each["active"] for each in people),
            "no_password": sum(each["active"] and not each["password"] for each in people),
            "no_factor": sum(each["active"] and not each["factors"] for each in people),
        },
        "work": work, "failed": sum(work.photos[state] for state in FAILED), "last": _named(last_times(scope)),
        "ages": ages, "office_keys": sorted((names.get(str(office), ""), at) for office, at in ages.offices.items()),
        "models": models(), "names": names_learned(), "templates": work.templates, "check": checking.last(),
        "factor": settings.SECOND_FACTOR, "today": date.today().isoformat(),
    })  # fmt: skip


def _named(times: dict[str, dict[str, Any] | None]) -> dict[str, dict[str, Any] | None]:
    """By names that a template can ask for."""
    return {action.replace(".", "_"): told for action, told in times.items()}


def models() -> list[dict[str, Any]]:
    """The model packs in use, and the calibration of their scores; what cannot be loaded is told as a problem."""
    try:
        packs = active_packs()
        calibration = calibration_for(packs)
    except KintraceError as problem:
        return [{"name": "", "problem": problem.what}]
    told = {
        "made": calibration.made if calibration else "",
        "people": calibration.source.get("people") if calibration else None,
        "mated": calibration.source.get("mated") if calibration else None,
        "nonmated": calibration.source.get("nonmated") if calibration else None,
        "file": f"calibration-{set_name(packs)}.json",
        "found": calibration is not None,
    }
    return [{"name": each.name, "sha256": each.sha256, "licence": each.licence, **told} for each in packs]


def names_learned() -> dict[str, Any]:
    """The weights by which names are compared: learned here or shipped; a damaged file is told as a problem."""
    try:
        learned = learned_weights()
    except KintraceError as problem:
        return {"problem": problem.what}
    return {"pairs": learned.pairs, "made": learned.made, "file": learned_place().name} if learned else {}


@door("user.manage", methods=("POST",))
def check(request: Asked) -> HttpResponse:
    """Begin the check of all records; the page says how far it is."""
    checking.start(request.scope)
    checking.wait(2)  # small installations are done by then
    return redirect("administration")


@door("backup.make", methods=("POST",))
def drill(request: Asked) -> HttpResponse:
    """Write down a restore that was practised elsewhere."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as problem:
        raise FormError("This is not a day.", "Nothing was written down.", "Write it as 2026-11-23.") from problem
    note_drill(request.scope, day, sound=asked_for(request.POST.get("sound"), ("yes", "no"), "sound") == "yes")
    messages.success(request, _("The drill is written down, in the ledger, with your name."), extra_tags="done")
    return redirect("administration")
