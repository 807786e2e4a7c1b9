"""Back up the records, the photos and the keyring, while everybody works on. The same files come from SQLite and PostgreSQL.

The records are read in one snapshot, the keyring after it: so every person in the records has their key in the keyring's file,
unless they were erased in between, and then that is as it should be. The keyring lies in a folder of its own and is kept for a
short time only, since an erasure is complete when the last keyring from before it is gone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from kintrace import __version__
from kintrace.casework import archive
from kintrace.casework.people import Deployment
from kintrace.casework.records import Person, Photo
from kintrace.casework.scope import Scope
from kintrace.casework.tablerows import form, frames, key_tables, parts, snapshot, tables
from kintrace.errors import BackupError, SealBroken
from kintrace.ledger import Entry, as_dict
from kintrace.ledger.models import Head, SignedCheckpoint
from kintrace.vault import living, sealed_models, unseal_many
from kintrace.vault.blobs import read_sealed
from kintrace.vault.models import PersonKey, Rotation

KEEP_KEYRINGS = timedelta(days=7)
STAMP = "%Y%m%dT%H%M%S.%fZ"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Backup:
    """What a backup made."""

    records: Path
    keyring: Path | None
    rows: int
    photos: int
    photos_gone: int
    """Files that went away while the backup ran, with the photos they were of."""
    keyrings_pruned: int


def make_backup(scope: Scope, folder: Path, *, keyring: bool = True, progress: Progress | None = None) -> Backup:
    """Write a backup into a folder.

    Args:
        scope: who asks.
        folder: where; made if it is not there.
        keyring: also back up the keyring, in ``folder/keyring``.
        progress: called with how many rows and files are done, and of how many.

    Raises:
        Denied: the scope does not permit it.
        BackupError: it cannot be written, or persons' keys were renewed meanwhile.
    """
    scope.require("backup.make")
    for place in (folder, folder / "keyring"):
        archive.clean(place)
    begun = timezone.now()
    stamp = begun.strftime(STAMP)
    counts: Counter[str] = Counter()

    def noted() -> None:  # no archive has its name before it is in the ledger
        rows, photos, gone = counts["rows"], counts["photos"], counts["gone"]
        with transaction.atomic():
            scope.note("backup.make", rows=rows, photos=photos, gone=gone, keyring=keyring)

    records = folder / f"records-{stamp}.kintrace"
    with snapshot("default") as alias:
        archive.write(records, "records", _records(alias, begun, counts, progress), noted)
    keys = folder / "keyring" / f"keyring-{stamp}.kintrace" if keyring else None
    if keys is not None:
        with snapshot("keyring") as alias:
            archive.write(keys, "keyring", (frame for model in key_tables() for frame in frames(model, alias)))
    return Backup(records, keys, counts["rows"], counts["photos"], counts["gone"], prune_keyrings(folder))


def prune_keyrings(folder: Path, keep: timedelta = KEEP_KEYRINGS) -> int:
    """Delete backups of the keyring that are older, by the time in their names; returns how many.

    The time a file was written would be that of a copy, and an erased person's key would live on in it.
    """
    old = []
    for path in (folder / "keyring").glob("keyring-*.kintrace"):
        stamp = re.fullmatch(r"keyring-(\S+Z)\.kintrace", path.name)
        try:
            made = datetime.strptime(stamp[1] if stamp else "", STAMP).replace(tzinfo=UTC)
        except ValueError:
            made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if made < timezone.now() - keep:
            old.append(path)
    for path in old:
        path.unlink()
    return len(old)


def _records(alias: str, begun: datetime, counts: Counter[str], progress: Progress | None) -> Iterator[archive.Frame]:
    """Everything of the records in a snapshot, and the files of its photos."""
    renewing = _renewed(alias, begun)
    head = Head._all.using(alias).filter(id=1).first()
    deployment = Deployment._all.using(alias).values_list("id", flat=True).get()
    last = head.number if head else 0
    yield {"about": {"kintrace": __version__, "deployment": str(deployment), "form": form(), "ledger": last}}
    photos = Photo._all.using(alias).order_by("pk").values_list("id", *Photo.blob_fields())
    total = sum(model._base_manager.using(alias).count() for model in tables()) + last + photos.count()
    done = 0

    def went(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(done, total)

    for model in tables():
        for frame in frames(model, alias):
            counts["rows"] += len(frame["rows"])
            yield frame
            went(len(frame["rows"]))
    for part in parts(Entry._all.using(alias).order_by("number").iterator(chunk_size=500)):
        yield {"ledger": [{"deployment": head.deployment if head else "", **as_dict(entry)} for entry in part]}
        went(len(part))
    marks = SignedCheckpoint._all.using(alias).order_by("number")
    yield {"checkpoints": list(marks.values("number", "deployment", "chain", "at", "key", "signature"))}
    moved = False
    for photo, *blobs in photos.iterator(chunk_size=500):
        for column, blob in zip(Photo.blob_fields(), blobs, strict=True):
            try:
                data = read_sealed(blob) if blob else b""
            except FileNotFoundError:  # its photo was erased, or withdrawn, since
                counts["gone"] += 1
                moved |= column == "blob" and Photo._all.filter(id=photo).exclude(blob=blob).exists()
                continue
            if blob:
                counts["photos"] += 1
                yield {"blob": blob, "data": data}
        went(1)
    if moved:
        raise _renewing()
    if renewing or _renewed(alias, begun):
        _still_opens(alias)


def _renewed(alias: str, begun: datetime) -> bool:
    """Whether persons of the snapshot are, or were since it began, given new keys."""
    keys = PersonKey.objects.using("keyring").filter(destroyed_at=None)
    if Rotation.objects.using("keyring").filter(name__startswith="person:").exists():
        return True
    fresh = keys.filter(made_at__gte=begun).values_list("person", flat=True)
    return any(Person._all.using(alias).filter(id__in=part).exists() for part in parts(fresh.iterator(chunk_size=500)))


def _still_opens(alias: str) -> None:
    """Refuse a snapshot with values under keys that were dropped while it was written: no keyring would open them.

    Raises:
        BackupError: it is one.
    """
    for model in sealed_models():
        for part in parts(model._base_manager.using(alias).order_by("pk").iterator(chunk_size=500)):
            alive = living({getattr(row, row.key_owner) for row in part})
            rows = [row for row in part if getattr(row, row.key_owner) in alive]
            sealed = [(row, name, getattr(row, name)) for row in rows for name in row.sealed_fields()]
            values = [(getattr(row, row.key_owner), row.place(name), bytes(data)) for row, name, data in sealed if data]
            try:
                list(unseal_many(values))
            except SealBroken as problem:
                raise _renewing() from problem


def _renewing() -> BackupError:
    return BackupError(
        "Persons' keys were renewed while the backup was made, so that no keyring would open all of it.",
        "The backup was not kept; older ones are as they were.",
        "End the renewal (kintrace keys rotate persons), then back up again.",
    )
