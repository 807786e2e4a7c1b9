"""New keys for persons: every value and file of theirs is sealed anew, while everybody goes on reading.

The older keys are dropped last, and not before ``settle`` seconds have passed: what another process sealed under them just
before must have been saved by then, and is found by a second look. Sealed files are never changed: each is written anew
under another id, and the older file is deleted at the end.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import tink
from django.db import router, transaction
from django.db.models import Q
from django.utils import timezone

from kintrace.errors import KeyDestroyed, SealBroken
from kintrace.vault.blobs import delete_blob, get_blob, put_blob, read_sealed
from kintrace.vault.fields import SealedModel, sealed_models
from kintrace.vault.keyring import KEYRING, Opened, batches, changing, opening, person_name, renew
from kintrace.vault.keysets import only_primary, primary, sealer, unwrap, with_new_primary, wrap
from kintrace.vault.models import PersonKey, Rotation
from kintrace.vault.sealing import seal, unseal

PEOPLE = 100
"""How many persons are turned at a time."""
SETTLE = 60.0
"""Seconds between a new key and the end of the older ones; no verb may take longer from sealing to saving."""


def rotate_person_keys(
    persons: Iterable[UUID] | None = None,
    progress: Callable[[int, int], None] | None = None,
    settle: float = SETTLE,
) -> None:
    """Put new keys in place of persons' present ones, and seal anew all that is sealed under those.

    A backup of the records made before is readable only with a keyring of its time: make a new one afterwards.

    Args:
        persons: whose; everybody's by default.
        progress: called with how much is done; each person counts twice, for sealing anew and for the second look.
        settle: see :data:`SETTLE`.

    Raises:
        SealBroken: some persons' values do not open. All others were done; those persons keep their older keys too.
    """
    wanted = None if persons is None else sorted(set(persons))
    name = "person:all" if wanted is None else "person:" + hashlib.sha256(repr(wanted).encode()).hexdigest()
    with changing():
        started = Rotation.objects.using(KEYRING).get_or_create(name=name)[0].started_at
    todo = _todo(wanted, started)
    run = _Run()
    for number, part in enumerate(batches(todo, PEOPLE)):
        _turn(part, started)
        run.reseal(_primaries(part))
        if progress:
            progress(min((number + 1) * PEOPLE, len(todo)), 2 * len(todo))
    older, run.replaced = run.replaced, []
    for number, part in enumerate(batches(todo, PEOPLE)):
        _wait(part, settle)
        primaries = _primaries(part)
        run.reseal(primaries)
        _drop({person: key for person, key in primaries.items() if person not in run.broken})
        if progress:
            progress(len(todo) + min((number + 1) * PEOPLE, len(todo)), 2 * len(todo))
    used = run.in_use()
    for blob in (blob for blob in older + run.replaced if blob not in used):
        delete_blob(blob)
    if run.broken:
        raise SealBroken(
            f"Of {len(run.broken)} persons, some values do not open (the first is {min(run.broken)}).",
            kept="They were left as they are, and these persons keep their older keys beside the new ones.",
            todo="Take those rows from a backup, then rotate again.",
        )
    markers = Rotation.objects.using(KEYRING)
    markers.filter(name__startswith="person:").delete() if wanted is None else markers.filter(name=name).delete()


class _Run:
    """What one run has found so far."""

    def __init__(self) -> None:
        self.replaced: list[str] = []
        self.broken: set[UUID] = set()

    def reseal(self, primaries: dict[UUID, int]) -> None:
        """Seal anew all that is not under the persons' newest keys."""
        for model in sealed_models():
            rows = model._base_manager.filter(**{f"{model.key_owner}__in": list(primaries)})
            for row in list(rows.iterator(chunk_size=200)):
                person = getattr(row, model.key_owner)
                try:
                    self._reseal_row(row, person, primaries[person])
                except KeyDestroyed:
                    continue
                except SealBroken:
                    self.broken.add(person)

    def _reseal_row(self, row: SealedModel, person: UUID, newest: int) -> None:
        files = self._copies(row, person, newest)
        fields = _stale(row, newest)
        if not files and not fields:
            return
        model, unused = type(row), set(files.values())
        try:
            with transaction.atomic(using=router.db_for_write(model)):
                held = model._base_manager.select_for_update().filter(pk=row.pk).first()
                if held is None:
                    return
                changes: dict[str, Any] = {
                    name: seal(person, held.place(name), unseal(person, held.place(name), bytes(getattr(held, name))))
                    for name in _stale(held, newest)
                }
                for name in model.blob_fields():
                    if fresh := files.get(getattr(held, name)):  # else another process has put another file there
                        changes[name] = fresh
                if changes:
                    model._base_manager.filter(pk=row.pk).update(**changes)
            unused -= set(changes.values())
            self.replaced += [old for old, fresh in files.items() if fresh not in unused]
        finally:
            for blob in unused:
                delete_blob(blob)

    def _copies(self, row: SealedModel, person: UUID, newest: int) -> dict[str, str]:
        """For each file of the row that is under an older key, a copy of it under the newest."""
        files: dict[str, str] = {}
        for blob in filter(None, (getattr(row, name) for name in row.blob_fields())):
            try:
                if sealer(read_sealed(blob, 5)) != newest:
                    files[blob] = put_blob(person, get_blob(person, blob))
            except FileNotFoundError:
                continue  # deleted since the row was read; or lost, which the doctor tells
        return files

    def in_use(self) -> set[str]:
        """Ids of files that rows name."""
        return {
            blob
            for model in sealed_models()
            for name in model.blob_fields()
            for blob in model._base_manager.values_list(name, flat=True)
        }


def _stale(row: SealedModel, newest: int) -> list[str]:
    values = {name: getattr(row, name) for name in row.sealed_fields()}
    return [name for name, value in values.items() if value and sealer(value) != newest]


def _todo(wanted: list[UUID] | None, started: datetime) -> list[UUID]:
    rows = PersonKey.objects.using(KEYRING).filter(destroyed_at=None).order_by("person")
    rows = rows.filter(Q(made_at__lt=started) | Q(turned_at__isnull=False))
    found = list(rows.values_list("person", flat=True))
    return found if wanted is None else sorted(set(found) & set(wanted))


def _keyset(row: PersonKey, opened: Opened) -> tink.KeysetHandle:
    return unwrap(row.wrapped, opened.office(row.office), person_name(row.person))


def _turn(persons: list[UUID], started: datetime) -> None:
    """New keys for those who have none of this run yet."""
    with changing() as opened:
        rows = PersonKey.objects.using(KEYRING).filter(person__in=persons, destroyed_at=None, turned_at=None)
        turned = list(rows.filter(made_at__lt=started))
        for row in turned:
            keyset = with_new_primary(_keyset(row, opened))
            row.wrapped = wrap(keyset, opened.office(row.office), person_name(row.person))
            row.made_at = row.turned_at = timezone.now()
        PersonKey.objects.using(KEYRING).bulk_update(turned, ["wrapped", "made_at", "turned_at"])
        renew()


def _primaries(persons: list[UUID]) -> dict[UUID, int]:
    """Ids of the newest keys of those who are being turned."""
    rows = PersonKey.objects.using(KEYRING).filter(person__in=persons, destroyed_at=None, turned_at__isnull=False)
    return opening(lambda opened: {row.person: primary(_keyset(row, opened)) for row in rows.all()})


def _wait(persons: list[UUID], settle: float) -> None:
    rows = PersonKey.objects.using(KEYRING).filter(person__in=persons, turned_at__isnull=False)
    newest = rows.order_by("-turned_at").values_list("turned_at", flat=True).first()
    if newest is not None:
        time.sleep(max(0.0, settle - (timezone.now() - newest).total_seconds()))


def _drop(primaries: dict[UUID, int]) -> None:
    """Drop the older keys of persons nothing of whom is under them any more."""
    with changing() as opened:
        rows = PersonKey.objects.using(KEYRING).filter(person__in=list(primaries), destroyed_at=None)
        dropped = []
        for row in rows.filter(turned_at__isnull=False):
            keyset = _keyset(row, opened)
            if primary(keyset) == primaries[row.person]:
                row.wrapped = wrap(only_primary(keyset), opened.office(row.office), person_name(row.person))
                row.turned_at = None
                dropped.append(row)
        PersonKey.objects.using(KEYRING).bulk_update(dropped, ["wrapped", "turned_at"])
        renew()
