"""The keyring out of its backup; and whether a keyring opens what is in a backup of the records."""

import secrets
from pathlib import Path
from typing import Any
from uuid import UUID

from kintrace.casework import archive
from kintrace.casework.tablerows import empty, insert, key_tables, parts, reset_numbers, values
from kintrace.errors import BackupError, SealBroken
from kintrace.vault import Place, living, sealed_models, unseal_many
from kintrace.vault.models import Generation, NameToken, PersonKey

KEYRING = "keyring"


def put_keyring(file: Path, *, replace: bool) -> None:
    """Put a keyring in place of the one here. Inside a transaction on it. Keys destroyed here are destroyed in it, too.

    Raises:
        BackupError: the keyring here holds keys of living persons, and is not to be replaced; or the file is not whole.
    """
    rows = PersonKey.objects.using(KEYRING)
    if not replace and rows.filter(destroyed_at=None).exists():
        raise BackupError(
            "The keyring here holds keys.", "It was left as it is.", "Restore the records without --keyring."
        )
    names = [field.attname for field in PersonKey._meta.concrete_fields]
    dead = {row["person"]: row for row in rows.filter(destroyed_at__isnull=False).values(*names)}
    models = {model._meta.db_table: model for model in key_tables()}
    empty(KEYRING, models.values())
    for part in parts(dead.values()):
        insert(KEYRING, PersonKey, part)
    for frame in archive.read(file, "keyring"):
        if "table" not in frame:
            continue
        model = models[frame["table"]]
        kept = [row for row in values(frame) if model not in (PersonKey, NameToken) or row["person"] not in dead]
        insert(KEYRING, model, kept)
    reset_numbers(KEYRING, list(models.values()))
    # Every process forgets the keys it holds unwrapped: they may be others now.
    Generation.objects.using(KEYRING).update_or_create(id=1, defaults={"token": secrets.randbits(62)})


def check_keys(records: Path, *, incomplete: bool) -> None:
    """See that the keyring knows everybody in a backup, and opens one value of each who was not erased.

    Without this, a restore beside an older keyring would take everybody whose key is missing for erased.

    Raises:
        BackupError: it does not.
    """
    sealed = {model._meta.db_table: model for model in sealed_models()}
    seen: set[UUID] = set()
    missing = 0
    for frame in archive.read_rows(records):
        if frame.get("table") == "casework_person":
            people = [row["id"] for row in values(frame)]
            known = PersonKey.objects.using(KEYRING).filter(person__in=people).count()
            missing += len(people) - known
        elif frame.get("table") in sealed:
            _check_values(sealed[frame["table"]], list(values(frame)), seen)
    if missing and not incomplete:
        raise BackupError(
            f"The keyring has no key of {missing:,} people in the backup: it is lost, or older than the backup.",
            "Nothing was changed.",
            "Give the backup of the keyring that was made with this one, or a later one: --keyring.",
        )


def _check_values(model: Any, rows: list[dict[str, Any]], seen: set[UUID]) -> None:
    owner = "id" if model.key_owner == "pk" else model.key_owner
    alive = living({row[owner] for row in rows} - seen)
    wanted = []
    for row in rows:
        name = next((name for name in model.sealed_fields() if row[name]), None)
        if name and row[owner] in alive and row[owner] not in seen:
            seen.add(row[owner])
            wanted.append((row[owner], Place(model._meta.db_table, str(row["id"]), name), row[name]))
    try:
        for _ in unseal_many(wanted):
            pass
    except SealBroken as problem:
        raise BackupError(
            "The keyring does not open what is in the backup: keys were renewed since.",
            "Nothing was changed.",
            "Use a backup made after the renewal, or restore the keyring of that time in place of this one.",
        ) from problem
