"""The file of a backup: one compressed, encrypted stream of rows and sealed files.

A new streaming key (Tink, AES-256-GCM in segments of 1 MB) encrypts each archive, and stands wrapped at its head: once by the
root key, so that the archive opens on any machine that has it, even where the keyring is lost; and once by the deployment's
secret ``backup``, which moves along when the root key is renewed, so that older archives still open where the keyring lives.
In clear are the words ``KINTRACE1``, the kind and the ids of wrapping keys: a thief learns size and time. A file is written
under another name and renamed once it is whole and on the disk.
"""

import base64
import contextlib
import gzip
import json
import os
import secrets
import struct
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import tink
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import Error
from tink import secret_key_access, streaming_aead

from kintrace.errors import BackupError, VaultError
from kintrace.vault import secret
from kintrace.vault.root import RootSource, sync_folder

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

MAGIC = b"KINTRACE1\n"
PART = ".part"
SECRET = "backup"  # noqa: S105 - its name
_LENGTH = struct.Struct(">I")
_NONCE = 12
_MOST = 200_000_000  # bytes of one frame

Frame = dict[str, Any]
"""Rows, entries or a file: ``{"table": …, "fields": […], "rows": [[…]]}``, ``{"ledger": […]}``, ``{"checkpoints": […]}``,
``{"blob": id, "data": bytes}``; first ``{"about": {…}}``, last ``{"end": {counts}}``, which :func:`write` adds."""


def write(path: Path, kind: str, frames: Iterable[Frame], whole: Callable[[], None] | None = None) -> None:
    """Write an archive, whole or not at all.

    Args:
        path: the file's name once it is whole.
        kind: ``records`` or ``keyring``; a keyring's archive is not wrapped by a secret that is in the keyring.
        frames: what it holds.
        whole: called when all of it is on the disk, before it gets its name.

    Raises:
        BackupError: the folder cannot be written.
    """
    streaming_aead.register()
    keyset = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    head = _head(kind, tink.proto_keyset_format.serialize(keyset, secret_key_access.TOKEN))
    counts: Counter[str] = Counter()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _part(path) as part:
            with part.open("wb") as file:
                file.write(head)
                sealed = keyset.primitive(streaming_aead.StreamingAead).new_encrypting_stream(_Kept(file), _name(kind))
                with sealed, gzip.GzipFile(fileobj=cast(BinaryIO, sealed), mode="wb", compresslevel=1, mtime=0) as to:
                    for frame in frames:
                        _count(counts, frame)
                        _put(to, frame)
                    _put(to, {"end": dict(counts)})
                file.flush()
                os.fsync(file.fileno())
            if whole:
                whole()
            os.replace(part, path)
            sync_folder(path.parent)
    except OSError as problem:
        raise BackupError(
            f"The backup cannot be written ({problem.strerror}).", "Nothing was changed.", "Choose a folder with room."
        ) from problem


def clean(folder: Path) -> int:
    """Delete what backups that were killed left half written in a folder, not what one is writing now; returns how many."""
    done = 0
    for left in folder.glob(f"*.kintrace{PART}"):
        with contextlib.suppress(OSError), _locked(left):
            left.unlink()
            done += 1
    return done


def read(path: Path, kind: str) -> Iterator[Frame]:
    """The frames of an archive, each checked as it comes, the last one when all was read and counted.

    Raises:
        BackupError: it is no archive of this kind, was changed, was cut short, or belongs to another root key.
    """
    streaming_aead.register()
    counts: Counter[str] = Counter()
    try:
        with path.open("rb") as file:
            bare = _unwrapped(file, path, kind)
            keyset = tink.proto_keyset_format.parse(bare, secret_key_access.TOKEN)
            opened = keyset.primitive(streaming_aead.StreamingAead).new_decrypting_stream(file, _name(kind))
            with opened, gzip.GzipFile(fileobj=cast(BinaryIO, opened), mode="rb") as stream:
                while "end" not in (frame := _take(stream)):
                    _count(counts, frame)
                    yield frame
                if stream.read(1) or frame["end"] != dict(counts):
                    raise ValueError("something is missing, or too much")
                yield frame
    except tink.TinkError as problem:
        raise _damaged(f"{path.name} was changed, or belongs to another root key.") from problem
    except (OSError, EOFError, ValueError, KeyError, TypeError, struct.error) as problem:
        raise _damaged(f"{path.name} is damaged or cut short.") from problem


def read_rows(path: Path) -> Iterator[Frame]:
    """The frames of a backup of the records up to its files; see :func:`read`."""
    for frame in read(path, "records"):
        if "blob" in frame:
            return
        yield frame


def encoded(value: Any) -> Any:
    """A database value as JSON has it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, uuid.UUID):
        return {"u": str(value)}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, dict):
        return {"j": value}
    return value


def decoded(value: Any) -> Any:
    """The inverse of :func:`encoded`."""
    if not isinstance(value, dict):
        return value
    ((tag, text),) = value.items()
    return _WAYS[tag](text)


_WAYS: dict[str, Callable[[Any], Any]] = {
    "b": base64.b64decode,
    "u": uuid.UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "j": dict,
}


class _Kept:
    """A file that whoever closes the stream above it does not close: it must still be brought onto the disk."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        """Not yet."""
        self._file.flush()


@contextlib.contextmanager
def _part(path: Path) -> Iterator[Path]:
    """A name to write to, locked as long as somebody writes, so that :func:`clean` tells it from one left over."""
    part = path.with_name(path.name + PART)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with _locked(part):
            yield part
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _head(kind: str, bare: bytes) -> bytes:
    parts = {"root": RootSource.configured().aead().encrypt(bare, _name(kind))}
    if kind != "keyring":
        nonce = secrets.token_bytes(_NONCE)
        parts["deployment"] = nonce + AESGCM(secret(SECRET)).encrypt(nonce, bare, _name(kind))
    head = json.dumps({name: base64.b64encode(bytes(part)).decode() for name, part in parts.items()}).encode()
    return MAGIC + kind.encode().ljust(16) + _LENGTH.pack(len(head)) + head


def _unwrapped(file: BinaryIO, path: Path, kind: str) -> bytes:
    """The archive's own key, from its head."""
    if file.read(len(MAGIC)) != MAGIC or file.read(16).rstrip() != kind.encode():
        raise _damaged(f"{path.name} is no backup of the {kind}.")
    (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
    head = json.loads(file.read(min(length, 100_000)))
    parts = {name: base64.b64decode(part) for name, part in head.items()}
    try:
        return bytes(RootSource.configured().aead().decrypt(parts["root"], _name(kind)))
    except tink.TinkError:
        if "deployment" not in parts:
            raise
        wrapped = parts["deployment"]
        try:  # the root key was renewed since; where there is no keyring yet, there is no such secret
            return AESGCM(secret(SECRET)).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _name(kind))
        except (InvalidTag, VaultError, Error):
            raise _damaged(f"{path.name} was changed, or belongs to another root key.") from None


def _count(counts: Counter[str], frame: Frame) -> None:
    for name in ("rows", "ledger", "checkpoints"):
        if name in frame:
            counts[name] += len(frame[name])
    counts["files"] += "blob" in frame


def _put(stream: gzip.GzipFile, frame: Frame) -> None:
    data = frame.pop("data", b"")
    head = json.dumps(frame, ensure_ascii=False).encode()
    stream.write(_LENGTH.pack(len(head)) + _LENGTH.pack(len(data)) + head + data)


def _take(stream: gzip.GzipFile) -> Frame:
    sizes = _exactly(stream, 2 * _LENGTH.size)
    head, data = _LENGTH.unpack(sizes[:4])[0], _LENGTH.unpack(sizes[4:])[0]
    if head > _MOST or data > _MOST:
        raise ValueError("a frame is too large")
    frame = json.loads(_exactly(stream, head))
    if "blob" in frame:
        frame["data"] = _exactly(stream, data)
    return dict(frame)


def _exactly(stream: gzip.GzipFile, size: int) -> bytes:
    found = stream.read(size)
    if len(found) != size:
        raise EOFError
    return found


def _name(kind: str) -> bytes:
    return f"kintrace backup {kind}".encode()


def _damaged(what: str) -> BackupError:
    return BackupError(what, "Nothing was changed.", "Use another backup, and the root key of its deployment.")
