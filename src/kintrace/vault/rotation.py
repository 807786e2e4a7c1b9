"""New root keys and new office keys, while everybody goes on reading.

Each is the same three steps: a new key joins the keyset and encrypts from then on; everything below is wrapped anew, some
hundreds at a time; when nothing is under the older keys any more, they leave the keyset. A run that was killed is called
again and goes on where it was. A transaction never both wraps anew and drops: a crash at its end would lose keys.
"""

from collections.abc import Callable
from uuid import UUID

import tink
from django.db.models import Q, QuerySet
from django.utils import timezone

from kintrace.errors import KeyMissing, RootKeyError
from kintrace.vault.keyring import BATCH, KEYRING, Opened, batches, changing, office_name, renew, secret_name
from kintrace.vault.keys import rewrapped
from kintrace.vault.keysets import only_primary, primary, sealer, unwrap, with_new_primary, wrap, wrapper
from kintrace.vault.models import OfficeKey, PersonKey, Rotation, Secret
from kintrace.vault.root import RootSource, write_root_key

Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many."""


def rotate_root(new_key_source: RootSource | None = None, progress: Progress | None = None) -> None:
    """Put a new root key in place of the present one.

    Args:
        new_key_source: where the root key is from now on. Without it, a root key in a file is renewed in that file, and
            what a service keeps is wrapped anew by the service's newest key. With it, all is wrapped by that key in one
            transaction; other processes read again once they are started with settings that name it.
        progress: called as it goes.

    Raises:
        RootKeyError: a key cannot be used; or the present one is in KINTRACE_ROOT_KEY, which only its owner can change.
        SealBroken: something in the keyring does not open under the present key.
    """
    source = RootSource.configured()
    if new_key_source is not None and new_key_source != source:
        _move_root(new_key_source, progress)
        return
    if source.text:
        raise RootKeyError(
            "The root key is in KINTRACE_ROOT_KEY, where Kintrace cannot write.",
            kept="Nothing was changed.",
            todo="Make a key file with kintrace.vault.make_root_key, and rotate to that.",
        )
    with changing():
        before = source.keyset()
        note = "" if before is None else str(primary(before))
        marker, _ = Rotation.objects.using(KEYRING).get_or_create(name="root", defaults={"note": note})
    if before is not None:
        with changing():
            _renew_file(source, marker.note)
            renew()
    _wrap_all(_under_root(), source, progress)
    while not _drop_root(source):
        _wrap_all(_under_root(), source, None)


def rotate_office(office: UUID | None = None, progress: Progress | None = None) -> None:
    """Put a new key in place of an office's present one, or of every office's; all its persons' keys are wrapped anew.

    Raises:
        KeyMissing: the office has no key.
    """
    name = f"office:{office or 'all'}"
    rows = OfficeKey.objects.using(KEYRING)
    rows = rows.filter(office=office) if office else rows.all()
    if office and not rows.exists():
        raise KeyMissing(f"The office {office} has no key in the keyring.", todo="Run “kintrace doctor”.")
    with changing():
        marker, _ = Rotation.objects.using(KEYRING).get_or_create(name=name)
    todo = list(rows.filter(Q(made_at__lt=marker.started_at) | Q(turned_at__isnull=False)).order_by("office"))
    total = PersonKey.objects.using(KEYRING).filter(office__in=[row.office for row in todo], destroyed_at=None).count()
    done = 0
    for row in todo:
        _turn_office(row.office, marker)
        done = _rewrap_office(row.office, done, total, progress)
        while not _drop_office(row.office):
            _rewrap_office(row.office, done, total, None)
    finished = Rotation.objects.using(KEYRING)
    finished.filter(name__startswith="office:").delete() if office is None else finished.filter(name=name).delete()


def _move_root(target: RootSource, progress: Progress | None) -> None:
    key = target.aead()
    with changing() as opened:
        everything = _under_root()
        for number, row in enumerate(everything, 1):
            try:
                _open(row, key)  # an earlier run did it, and the settings were not changed since
            except tink.TinkError:
                row.wrapped = _sealed(_open(row, opened.root()), row, key)
                row.save(using=KEYRING, update_fields=["wrapped"])
            if progress:
                progress(number, len(everything))
        Rotation.objects.using(KEYRING).filter(name="root").delete()
        renew()


def _renew_file(source: RootSource, before: str) -> None:
    """The new key into the root's file, unless an earlier run that was killed put it there."""
    keyset = source.keyset()
    if keyset is not None and source.file and str(primary(keyset)) == before:
        write_root_key(source.file, with_new_primary(keyset), replace=True)


def _under_root() -> list[Secret | OfficeKey]:
    return [*Secret.objects.using(KEYRING).order_by("name"), *OfficeKey.objects.using(KEYRING).order_by("office")]


def _wrap_all(rows: list[Secret | OfficeKey], source: RootSource, progress: Progress | None) -> None:
    for number, part in enumerate(batches(rows, BATCH)):
        with changing() as opened:
            _wrap_anew(part, opened, source)
        if progress:
            progress(min((number + 1) * BATCH, len(rows)), len(rows))


def _drop_root(source: RootSource) -> bool:
    """Drop the root's older keys; False, and nothing dropped, where something is still under one of them."""
    with changing():
        keyset = source.keyset()
        if keyset is not None and source.file:
            if any(_key_of(row) != primary(keyset) for row in _under_root()):
                return False
            write_root_key(source.file, only_primary(keyset), replace=True)
        renew()
        Rotation.objects.using(KEYRING).filter(name="root").delete()
    return True


def _wrap_anew(rows: list[Secret | OfficeKey], opened: Opened, source: RootSource) -> None:
    keyset = source.keyset()
    for row in rows:
        row.refresh_from_db(using=KEYRING)
        if keyset is None or _key_of(row) != primary(keyset):
            row.wrapped = _sealed(_open(row, opened.root()), row, opened.root())
            row.save(using=KEYRING, update_fields=["wrapped"])


def _key_of(row: Secret | OfficeKey) -> int | None:
    return sealer(row.wrapped) if isinstance(row, Secret) else wrapper(row.wrapped)


def _open(row: Secret | OfficeKey, key: tink.aead.Aead) -> bytes | tink.KeysetHandle:
    if isinstance(row, Secret):
        return bytes(key.decrypt(bytes(row.wrapped), secret_name(row.name).encode()))
    return unwrap(row.wrapped, key, office_name(row.office))


def _sealed(content: bytes | tink.KeysetHandle, row: Secret | OfficeKey, key: tink.aead.Aead) -> bytes:
    if isinstance(row, Secret):
        return bytes(key.encrypt(content, secret_name(row.name).encode()))
    return wrap(content, key, office_name(row.office))


def _keyset(row: OfficeKey, opened: Opened) -> tink.KeysetHandle:
    return unwrap(row.wrapped, opened.root(), office_name(row.office))


def _turn_office(office: UUID, marker: Rotation) -> None:
    with changing() as opened:
        row = OfficeKey.objects.using(KEYRING).get(office=office)
        if row.turned_at is None and row.made_at < marker.started_at:
            row.wrapped = wrap(with_new_primary(_keyset(row, opened)), opened.root(), office_name(office))
            row.made_at = row.turned_at = timezone.now()
            row.save(using=KEYRING)
            renew()


def _people_of(office: UUID) -> QuerySet[PersonKey]:
    return PersonKey.objects.using(KEYRING).filter(office=office, destroyed_at=None).order_by("person")


def _rewrap_office(office: UUID, done: int, total: int, progress: Progress | None) -> int:
    """Wrap all the office's persons' keys by its newest; returns how many are done in the whole run."""
    last: UUID | None = None
    while True:
        with changing() as opened:
            newest = primary(_keyset(OfficeKey.objects.using(KEYRING).get(office=office), opened))
            rows = list((_people_of(office).filter(person__gt=last) if last else _people_of(office))[:BATCH])
            stale = [row for row in rows if wrapper(row.wrapped) != newest]
            for row in stale:
                row.wrapped = rewrapped(row, opened, office)
            PersonKey.objects.using(KEYRING).bulk_update(stale, ["wrapped"])
        if not rows:
            return done
        last, done = rows[-1].person, done + len(rows)
        if progress:
            progress(min(done, total), total)


def _drop_office(office: UUID) -> bool:
    """Drop the office's older keys; False, and nothing dropped, where a person's key is still under one of them."""
    with changing() as opened:
        row = OfficeKey.objects.using(KEYRING).get(office=office)
        keyset = _keyset(row, opened)
        if any(wrapper(each) != primary(keyset) for each in _people_of(office).values_list("wrapped", flat=True)):
            return False
        row.wrapped = wrap(only_primary(keyset), opened.root(), office_name(office))
        row.turned_at = None
        row.save(using=KEYRING)
        renew()
    return True
