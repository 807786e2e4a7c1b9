"""The deployment's root key: a file, a setting, or a key management service."""

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import tink
from django.conf import settings
from tink import aead, secret_key_access

from kintrace.errors import MissingPart, RootKeyError
from kintrace.vault.keysets import new_keyset

_CLIENTS = {
    "gcp-kms://": ("gcpkms", "GcpKmsClient"),
    "aws-kms://": ("awskms", "AwsKmsClient"),
}


@dataclass(frozen=True)
class RootSource:
    """Where a root key is: exactly one of the three is set.

    Args:
        file: a file with a Tink keyset as JSON, which nobody else may read.
        text: the Tink keyset itself, as JSON. It is never shown.
        uri: a key management service, as Tink names it: ``gcp-kms://…``, ``aws-kms://…``.
    """

    file: Path | None = None
    text: str = field(default="", repr=False)
    uri: str = ""

    @classmethod
    def configured(cls) -> "RootSource":
        """The source the settings name: a service before a key, a key before a file."""
        if settings.ROOT_KEY_URI:
            return cls(uri=settings.ROOT_KEY_URI)
        if settings.ROOT_KEY:
            return cls(text=settings.ROOT_KEY)
        return cls(file=Path(settings.ROOT_KEY_FILE))

    def keyset(self) -> tink.KeysetHandle | None:
        """The root's keyset; None where a service keeps it.

        Raises:
            RootKeyError: it is absent, damaged, or open to others.
        """
        if self.uri:
            return None
        return _parsed(_read(self.file) if self.file else self.text, str(self.file or "KINTRACE_ROOT_KEY"))

    def aead(self) -> aead.Aead:
        """What wraps and unwraps.

        Raises:
            RootKeyError: the key cannot be used.
            MissingPart: the service's client is not installed.
        """
        keyset = self.keyset()
        return _service(self.uri) if keyset is None else keyset.primitive(aead.Aead)


def make_root_key(path: Path) -> None:
    """Write a new root key to a file with mode 0600.

    Raises:
        RootKeyError: the file exists (it is left as it is), or cannot be written.
    """
    write_root_key(path, new_keyset(), replace=False)


def write_root_key(path: Path, keyset: tink.KeysetHandle, *, replace: bool) -> None:
    """Write a keyset to a file, whole or not at all, and onto the disk before returning."""
    text = tink.json_proto_keyset_format.serialize(keyset, secret_key_access.TOKEN)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    except FileExistsError:
        raise RootKeyError(
            f"There is a root key at {path} already.",
            kept="It was left as it is.",
            todo="Without it nothing sealed under it can be read; name another file.",
        ) from None
    except OSError as problem:
        raise RootKeyError(f"The root key cannot be written to {path} ({problem.strerror}).") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names onto the disk."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read(path: Path) -> str:
    try:
        with path.open(encoding="ascii") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                raise RootKeyError(
                    f"The root key {path} can be read by others.",
                    kept="It was not used.",
                    todo=f"Run “chmod 600 {path}”, and “kintrace keys rotate root” if somebody may have copied it.",
                )
            return file.read()
    except (OSError, UnicodeDecodeError) as problem:
        raise RootKeyError(
            f"The root key {path} cannot be read ({getattr(problem, 'strerror', 'not a keyset')}).",
            kept="Nothing was changed.",
            todo="Put it back from where a copy is kept, or name its place in KINTRACE_ROOT_KEY_FILE.",
        ) from None


def _parsed(text: str, name: str) -> tink.KeysetHandle:
    try:
        return tink.json_proto_keyset_format.parse(text, secret_key_access.TOKEN)
    except Exception:  # a parser's message may quote what it could not parse, which is the key
        raise RootKeyError(
            f"The root key in {name} is not a Tink keyset.",
            kept="Nothing was changed.",
            todo="Put it back from where a copy is kept.",
        ) from None


def _service(uri: str) -> aead.Aead:
    try:
        return tink.kms_client_from_uri(uri).get_aead(uri)
    except tink.TinkError:
        pass  # no client for it yet in this process
    part, client = next((found for scheme, found in _CLIENTS.items() if uri.startswith(scheme)), ("", ""))
    if not part:
        raise RootKeyError(
            f"Nothing here can talk to {uri.split('://')[0]}://.", todo="Use gcp-kms:// or aws-kms://, or a key file."
        )
    try:
        module = import_module(f"tink.integration.{part}")
    except ImportError:
        raise MissingPart(
            f"The root key is in a service that needs the package tink[{part}], which is not installed.",
            kept="Nothing was changed.",
            todo=f"Run “pip install 'tink[{part}]'”.",
        ) from None
    try:
        getattr(module, client).register_client(uri, "")
        return tink.kms_client_from_uri(uri).get_aead(uri)
    except Exception as problem:
        raise RootKeyError(
            f"The service that keeps the root key cannot be used ({type(problem).__name__}).",
            kept="Nothing was changed.",
            todo="Look at the service's credentials and at the address in KINTRACE_ROOT_KEY_URI.",
        ) from None
