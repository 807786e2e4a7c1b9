"""What those who look after the installation are told of it: when it was last backed up, restored and looked through."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from kintrace.casework.scope import Scope
from kintrace.errors import FormError
from kintrace.ledger import Entry

WATCHED = (
    "backup.make",
    "backup.restore",
    "backup.drill",
    "breach.drill",
    "keys.rotate",
    "ledger.verify",
    "records.check",
    "daily.done",
)
"""Actions whose last time is told."""


def last_times(scope: Scope) -> dict[str, dict[str, Any] | None]:
    """When each of :data:`WATCHED` last happened: ``at``, ``outcome`` and ``facts`` of its entry; None where it never did.

    Raises:
        Denied: the scope neither makes backups nor reads the ledger.
    """
    if not scope.may("ledger.read"):
        scope.require("backup.make")
    found: dict[str, dict[str, Any] | None] = {}
    for action in WATCHED:
        entry = Entry._all.filter(action=action).order_by("-number").first()
        found[action] = {"at": entry.at, "outcome": entry.outcome, "facts": entry.facts} if entry else None
    return found


def note_drill(scope: Scope, day: date, *, sound: bool) -> None:
    """Write down that a backup was put back elsewhere, for practice: that folder's ledger has it, and this one could not know.

    Args:
        scope: who says so.
        day: when it was done.
        sound: whether everybody who should be there was.

    Raises:
        Denied: the scope makes no backups.
        FormError: the day is still to come, or no backup was made until then.
    """
    scope.require("backup.make")
    first = Entry._all.filter(action="backup.make").order_by("number").first()
    if day > date.today():
        raise FormError("That day is still to come.", "Nothing was written down.", "Give the day of the drill.")
    if first is None or day < timezone.localtime(first.at).date():
        raise FormError(
            "No backup had been made here by that day.", "Nothing was written down.", "Give the day of the drill."
        )
    with transaction.atomic():
        scope.note("backup.drill", outcome="done" if sound else "failed", day=day.isoformat())
