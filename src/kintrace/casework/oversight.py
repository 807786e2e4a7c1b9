"""What those who look after the installation are told of it: when it was last backed up, restored and looked through."""

from typing import Any

from kintrace.casework.scope import Scope
from kintrace.ledger import Entry

WATCHED = (
    "backup.make",
    "backup.restore",
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
