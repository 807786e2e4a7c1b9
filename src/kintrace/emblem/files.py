"""Files that are there whole or not at all, and that nobody else may read."""

import contextlib
import os
import secrets
from pathlib import Path

from kintrace.errors import EmblemError


def write_private(path: Path, data: bytes, *, replace: bool) -> None:
    """Write a file with mode 0600 and bring it onto the disk before returning; its folder is made with mode 0700.

    Args:
        path: where.
        data: all of it.
        replace: whether a file that is there gives way.

    Raises:
        FileExistsError: there is one, and it does not give way.
        EmblemError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        make_private_folder(path.parent)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    except FileExistsError:
        raise
    except OSError as problem:
        raise EmblemError(f"{path} cannot be written ({problem.strerror}).", "Nothing was changed.") from problem
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    if os.name == "posix":
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, all with mode 0700.

    Raises:
        OSError: it cannot be made.
    """
    for one in reversed([folder, *folder.parents]):
        if not one.exists():
            one.mkdir(mode=0o700, exist_ok=True)


def open_to_others(path: Path) -> bool:
    """Whether others may read a file; always false where the system has no such modes."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)
