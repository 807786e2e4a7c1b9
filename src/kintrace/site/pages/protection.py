"""Data protection: the ledger, its verification, and bursts of reading."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework import protection
from kintrace.casework.oversight import last_times
from kintrace.casework.people import Office, User
from kintrace.errors import FormError
from kintrace.ledger import checkpoints
from kintrace.site.deeds import DEEDS
from kintrace.site.door import Asked, counted, door, told
from kintrace.site.sentences import said

KINDS = (
    "card", "consent", "photo", "search", "registry", "candidate", "review", "disclosure", "erase", "retention",
    "user", "office", "keys", "backup", "ledger", "web",
)  # fmt: skip
"""How actions begin, to choose from."""
OUTCOMES = ("done", "empty", "refused", "failed")


@door("ledger.read", methods=("GET", "HEAD"))
def ledger(request: Asked) -> HttpResponse:
    """Entries, narrowed and page by page."""
    given = request.GET
    before = counted(given.get("before"), -1, digits=18)
    rows, problem = [], None
    try:
        rows = protection.read_ledger(request.scope, _asked(given), before=before if before >= 0 else None)
    except FormError as wrong:  # what was typed stays
        problem = told(wrong)
    return render(request, "kintrace/protection.html", {
        "problem": problem,
        "rows": rows, "given": given, "kinds": KINDS, "deeds": sorted(DEEDS.items(), key=lambda each: str(each[1])),
        "outcomes": OUTCOMES, "users": User.objects.order_by("username"),
        "offices": Office._all.order_by("code"), "older": _next(given, rows), "begun": "before" in given,
        "last": last_times(request.scope)["ledger.verify"], "marks": checkpoints()[-1:],
        "bursts": None if given else protection.bursts_of_reading(request.scope, days=7),
    }, status=422 if problem else 200)  # fmt: skip


def _asked(given: QueryDict) -> protection.Asked:
    names = ("user", "office", "action", "outcome", "card")
    since, until = _day(given, "since"), _day(given, "until")
    if since and until and since > until:
        raise FormError("The first day is after the last.", "No entry was looked up.", "Turn them round.")
    return protection.Asked(**{name: given.get(name, "").strip() for name in names}, since=since, until=until)


def _day(given: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(given[name]) if given.get(name) else None
    except ValueError as problem:
        raise FormError("This is not a day.", "No entry was looked up.", "Write it as 2026-11-23.") from problem


def _next(given: QueryDict, rows: list[dict[str, Any]]) -> str:
    if len(rows) < protection.PAGE:
        return ""
    more = given.copy()
    more["before"] = str(rows[-1]["number"])
    return more.urlencode()


@door("ledger.read", methods=("POST",))
def verify(request: Asked) -> HttpResponse:
    """Check every entry."""
    verdict = protection.verify_ledger(request.scope)
    if verdict.ok:
        count = verdict.entries
        messages.success(
            request, _("The ledger is sound: %(count)d entries, each following from the one before.") % {"count": count}
        )
    else:
        messages.error(request, f"{_('The ledger is not what was written.')} {said(verdict.explanation)}", "problem")
    return redirect("protection")


@door("ledger.read", methods=("POST",))
def checkpoint(request: Asked) -> HttpResponse:
    """Sign the ledger as it is; the line as a file."""
    return _file(protection.signed_checkpoint(request.scope), "kintrace-checkpoint.txt", "text/plain")


@door("ledger.read", methods=("POST",))
def proof(request: Asked, number: int) -> HttpResponse:
    """The proof of one entry, as a file."""
    return _file(protection.proof(request.scope, number), f"kintrace-proof-{number}.json", "application/json")


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
