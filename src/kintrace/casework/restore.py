"""Put the records back from a backup: whole or not at all.

What people were promised does not go back with the records. Who was erased since stays erased, and a photo withdrawn since stays
withdrawn; consents are those that hold today; users, their roles and offices, and the numbers of cards, go on as they are; and
the ledger never goes back. On a new machine, where there is none of this, all of it comes from the backup.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.db.models import Exists, OuterRef

from kintrace.casework import archive
from kintrace.casework.consents import allowing
from kintrace.casework.erasure import erase_card, finish_erasures
from kintrace.casework.keyringback import check_keys, put_keyring
from kintrace.casework.people import Bureau, Deployment, Membership, Office, User
from kintrace.casework.picturerecords import BlockedPictures, TrustedSigners
from kintrace.casework.pictures import announce_pictures
from kintrace.casework.records import (
    Card,
    Consent,
    Grant,
    Person,
    Photo,
    PhotoState,
    Purpose,
    Template,
    Tombstone,
)
from kintrace.casework.scope import Scope
from kintrace.casework.setup import initialised, migrate, note_system, system_scope
from kintrace.casework.tablerows import empty, form, insert, lock, reset_numbers, tables, values
from kintrace.casework.templates import announce, revoke_templates
from kintrace.errors import BackupError, KeyDestroyed, NotPossible, SealBroken
from kintrace.ledger import Entry, keep_longer
from kintrace.ledger.models import SignedCheckpoint
from kintrace.vault import delete_blob
from kintrace.vault.blobs import has_blob, put_sealed, read_sealed
from kintrace.vault.models import PersonKey

STAY = (Deployment, User, Office, Bureau, Membership, BlockedPictures, TrustedSigners)
"""Tables whose rows here outlive a restore: an account that was shut since must not open again, no number is given twice."""
LISTS = (BlockedPictures, TrustedSigners)
"""By these every photo that comes is judged; so are those that come back."""
JOIN = (Consent, Grant, Tombstone)
"""Tables to whose rows here those of the backup are added: a consent is never changed but by one that takes its place."""

Progress = Callable[[int, int], None]


def restore(
    scope: Scope | None,
    records: Path,
    *,
    keyring: Path | None = None,
    replace_keyring: bool = False,
    incomplete: bool = False,
    progress: Progress | None = None,
) -> int:
    """Put the records in the state of a backup, in one transaction. Killed at any point, the old state or the new one is there.

    Args:
        scope: who asks; None only where there is no deployment yet, on a new machine.
        records: a backup of the records.
        keyring: a backup of the keyring, only where the keyring is lost.
        replace_keyring: put that keyring in place of one that holds keys; who was erased stays erased.
        incomplete: go on where keys of some people in the backup are missing: these people are lost.
        progress: called with how many frames are done, and of how many.

    Returns:
        How many cards turned out to be of people erased since, and were erased again.

    Raises:
        Denied, NotPossible: the scope does not permit it, or is needed.
        BackupError: a file is damaged, cut short, of another root key, deployment or release; the keyring holds keys; or it
            does not open what is in the backup. Nothing was changed.
        LedgersPart: the ledger here and the one in the backup differ. Nothing was changed.
    """
    if scope is not None:
        scope.require("backup.restore")
    about, total = _looked_through(records)
    if keyring is not None:
        for _ in archive.read(keyring, "keyring"):
            pass
    migrate()
    if scope is None and initialised():
        raise NotPossible("There is an installation here already.", "Nothing was changed.", "Restore as a user of it.")
    if about["form"] != form():
        raise BackupError(
            f"The backup was made by another release of Kintrace ({about['kintrace']}), whose records have another form.",
            "Nothing was changed.",
            "Restore it with that release, then update Kintrace.",
        )
    fresh = _is_fresh(about["deployment"])
    with ExitStack() as stack:
        if keyring is not None:
            stack.enter_context(transaction.atomic(using="keyring"))
            put_keyring(keyring, replace=replace_keyring)
        check_keys(records, incomplete=incomplete)
        if fresh and initialised():
            # A ledger cannot be emptied but by undoing its tables; nothing ever happened in this one.
            call_command("migrate", "ledger", "zero", database="default", verbosity=0, interactive=False)
            migrate()
        with transaction.atomic():
            again = _put_back(records, scope, about, total, progress, fresh=fresh, rekeyed=keyring is not None)
            try:
                connections["default"].check_constraints()
            except IntegrityError as problem:
                raise BackupError(
                    "The rows of the backup do not belong together.", "Nothing was changed.", "Use another backup."
                ) from problem
    return again


def _looked_through(records: Path) -> tuple[dict[str, Any], int]:
    """What the archive says of itself, and how many frames it has, once all of it was read."""
    about: dict[str, Any] = {}
    total = 0
    for frame in archive.read(records, "records"):
        about = about or frame.get("about", {})
        total += 1
    if not about:
        raise BackupError("This is not a backup of this kind.", "Nothing was changed.", "Use another backup.")
    return about, total


def _is_fresh(deployment: str) -> bool:
    """Whether nothing here is worth keeping: no installation, or a new one that never held anybody.

    Raises:
        BackupError: there is another installation here, in use.
    """
    here = Deployment._all.values_list("id", flat=True).first()
    if here is None or str(here) == deployment:
        return here is None
    if Person._all.exists() or Tombstone._all.exists() or PersonKey.objects.using("keyring").exists():
        raise BackupError(
            "The backup is one of another installation, and this one is in use.",
            "Nothing was changed.",
            "Restore it into another data folder.",
        )
    return True


def _put_back(
    records: Path,
    scope: Scope | None,
    about: dict[str, Any],
    total: int,
    progress: Progress | None,
    *,
    fresh: bool,
    rekeyed: bool,
) -> int:
    models = {model._meta.db_table: model for model in tables()}
    lock("default", models.values())
    kept = () if fresh else (*STAY, *JOIN)
    empty("default", [model for model in models.values() if model not in kept])
    done = 0
    joined: set[Any] = set(Consent._all.values_list("id", flat=True))
    lists = dict.fromkeys(LISTS, b"")
    for done, frame in enumerate(archive.read_rows(records), 1):
        if "table" in frame:
            rows = list(values(frame))
            if models[frame["table"]] in lists:
                lists[models[frame["table"]]] = b"".join(bytes(row["content"]) for row in rows)
            _put(models[frame["table"]], rows, joined, kept)
            if rekeyed and frame["table"] == Consent._meta.db_table:
                for row in rows:  # as the keyring that is back opens it
                    Consent._all.filter(id=row["id"]).update(content=row["content"])
        if progress:
            progress(done, total)
    keep_longer(entry for frame in archive.read_rows(records) for entry in frame.get("ledger", ()))
    for frame in archive.read_rows(records):
        _put_checkpoints(frame.get("checkpoints", ()))
    Consent._all.exclude(Exists(Person._all.filter(id=OuterRef("person_id")))).delete()
    Grant._all.exclude(Exists(Consent._all.filter(id=OuterRef("consent_id")))).delete()
    if rekeyed:
        _reopen_consents(joined)
    reset_numbers("default", list(models.values()))
    Deployment._all.update(epoch=uuid.uuid4())  # every process rebuilds its gallery
    again = _held_to(int(about["ledger"]))
    if any(_content(model) != content for model, content in lists.items()):
        # Judged by lists of that time: the background job looks into all photos again, as if they came today.
        Photo._all.update(checked=0, tries=0, lease=None)
    if scope is not None:
        scope.note("backup.restore", again=again, entries=about["ledger"])
    else:
        note_system("backup.restore", again=again, entries=about["ledger"])
    _put_files(records, done, total, progress)
    return again


def _content(model: Any) -> bytes:
    return b"".join(bytes(each) for each in model._all.values_list("content", flat=True))


def _put(model: Any, rows: list[dict[str, Any]], joined: set[Any], kept: tuple[Any, ...]) -> None:
    if model is Membership and kept:
        return  # a role that was taken back does not return
    if model is Grant:
        rows = [row for row in rows if row["consent_id"] not in joined]
        for row in rows:
            del row["id"]  # another answer may have the number by now
    insert("default", model, rows, where_absent=model in kept)


def _put_checkpoints(marks: Any) -> None:
    """The backup's checkpoints that this ledger lacks, where they fit it."""
    for mark in marks:
        fits = Entry._all.filter(number=mark["number"], chain=mark["chain"]).exists()
        if fits and not SignedCheckpoint._all.filter(number=mark["number"]).exists():
            SignedCheckpoint._all.create(**mark)


def _reopen_consents(here: set[Any]) -> None:
    """Consents given after the keyring that is back was saved, under keys it lacks: the answers hold, who gave them is lost."""
    for consent in Consent._all.order_by("pk").iterator(chunk_size=500):
        if consent.id not in here:
            continue
        try:
            consent.unseal("content")
        except KeyDestroyed:
            continue
        except SealBroken:
            consent.seal(content=json.dumps({"given_by": "", "language": "", "method": ""}))
            consent.save(update_fields=["content"])


def _held_to(last: int) -> int:
    """Carry out again what was promised after the backup, whose last entry in the ledger is given; counts cards erased."""
    system = system_scope("restore")
    since = Entry._all.filter(number__gt=last, outcome="done")
    again = 0
    for card in _ids(since.filter(action="erase.done")):
        for each in Card._all.filter(id=card).select_related("subject", "enquirer", "opened_by"):
            erase_card(system, each)
            again += 1
    again += finish_erasures(system)
    for photo in _ids(since.filter(action="photo.withdraw")):
        announce(Template._all.filter(photo=photo), gone=True)
        announce_pictures([photo])
        Photo._all.filter(id=photo).delete()
    agreeing = allowing("person_id", Purpose.FACE_SEARCH)
    for person in Person._all.filter(id__in=Template._all.exclude(agreeing).values("person")):
        revoke_templates(system, person)
    Photo._all.filter(agreeing, state=PhotoState.HELD).update(state=PhotoState.WAITING, tries=0, lease=None)
    return again


def _ids(entries: Any) -> Iterator[uuid.UUID]:
    """Ids of the records that entries are about."""
    for record in list(entries.values_list("record", flat=True)):
        yield uuid.UUID(record.partition(":")[2])


def _put_files(records: Path, done: int, total: int, progress: Progress | None) -> None:
    """The sealed files of the photos that are back, where they are missing or damaged."""
    wanted = {blob for each in Photo._all.values_list(*Photo.blob_fields()) for blob in each if blob}
    some = False
    for number, frame in enumerate(archive.read(records, "records"), 1):
        blob = frame.get("blob", "")
        if blob in wanted and not (has_blob(blob) and read_sealed(blob) == frame["data"]):
            delete_blob(blob)
            put_sealed(blob, frame["data"])
            some = True
        if progress and number > done:
            progress(number, total)
    if some and hasattr(os, "sync"):
        os.sync()  # no row may be there before its file is
