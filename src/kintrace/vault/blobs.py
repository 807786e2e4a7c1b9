"""Sealed files: photos and crops, under random names, each written once and never changed."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from kintrace.vault.place import Place
from kintrace.vault.root import sync_folder
from kintrace.vault.sealing import seal, unseal

_ID = re.compile(r"[0-9a-f]{32}")


def put_blob(person: UUID, data: bytes) -> str:
    """Seal a file under a person's key and store it; it is on the disk when this returns.

    A process killed while this runs leaves at most a file without a row, which a sweep of :func:`blob_ids` finds.

    Returns:
        Its id, 32 hexadecimal digits.
    """
    blob = secrets.token_hex(16)
    sealed = seal(person, blob_place(blob), data)
    storage = storages["blobs"]
    name = storage.save(_path(blob), ContentFile(sealed))
    try:
        file = Path(storage.path(name))
    except NotImplementedError:
        return blob  # not a folder: the service answers when it has the file
    _synced(file)
    return blob


def get_blob(person: UUID, blob: str) -> bytes:
    """A sealed file's content.

    Raises:
        FileNotFoundError: there is no such file.
        KeyDestroyed: the person was erased.
        SealBroken: it was changed, or is another person's or another file's.
    """
    return unseal(person, blob_place(blob), read_sealed(blob))


def delete_blob(blob: str) -> None:
    """Delete a sealed file; one that is gone already is no error."""
    storages["blobs"].delete(_path(blob))


def blob_ids() -> Iterator[str]:
    """Ids of all stored files, also of those no row knows."""
    storage = storages["blobs"]
    for folder in _listed(storage, "")[0]:
        for name in _listed(storage, folder)[1]:
            if _ID.fullmatch(name) and name.startswith(folder):
                yield name


def read_sealed(blob: str, size: int | None = None) -> bytes:
    """A stored file as it is, or its first bytes.

    Raises:
        FileNotFoundError: there is no such file.
    """
    with storages["blobs"].open(_path(blob), "rb") as file:
        return bytes(file.read() if size is None else file.read(size))


def blob_place(blob: str) -> Place:
    """Where a sealed file's content belongs."""
    return Place("blob", blob, "content")


def _path(blob: str) -> str:
    if not _ID.fullmatch(blob):
        raise FileNotFoundError("not the id of a stored file")
    return f"{blob[:2]}/{blob}"


def _synced(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(file.parent)
    sync_folder(file.parent.parent)  # the two-letter folder may be new


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return [], []
    return sorted(folders), sorted(files)


def has_blob(blob: str) -> bool:
    """Whether a sealed file is stored."""
    return bool(storages["blobs"].exists(_path(blob)))


def put_sealed(blob: str, sealed: bytes) -> None:
    """Put a sealed file back as :func:`read_sealed` gave it, under its own name; one that is there stays as it is."""
    storage = storages["blobs"]
    if not storage.exists(_path(blob)):
        storage.save(_path(blob), ContentFile(sealed))


def blob_age(blob: str) -> timedelta:
    """How long ago a sealed file was stored.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return timezone.now() - storages["blobs"].get_modified_time(_path(blob))
