"""What the organisation was authorised to do, issued, received and withdrew: one file in a folder, beside the keys."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kintrace.emblem import authorisation
from kintrace.emblem.authorisation import TEST, Authorisation
from kintrace.emblem.files import make_private_folder, open_to_others, write_private
from kintrace.emblem.items import Item, Profile
from kintrace.emblem.keystore import Keystore
from kintrace.emblem.profiles import read_token
from kintrace.emblem.tokens import Token
from kintrace.errors import EmblemError

SCHEMA = 1


@dataclass(frozen=True)
class Issued:
    """A token that we signed."""

    id: str
    profile: Profile
    data: bytes
    key: str
    """Name of the key that signed it."""
    authorisation: str
    """Number of what allows it; ``TEST``."""
    endorsed: str = ""
    """Of an endorsement of a key of our own: that key's name."""
    outside: bool = False
    """An endorsement of another organisation: it is theirs to publish."""
    replaced_by: str = ""
    withdrawn: str = ""
    """When, as ISO 8601."""

    @property
    def token(self) -> Token:
        """It, read."""
        return read_token(self.item)

    @property
    def item(self) -> Item:
        """As it is published."""
        return Item(self.profile, "token", self.data, f"issued {self.id}")

    @property
    def test(self) -> bool:
        """Whether it is only for trying out."""
        return self.authorisation == TEST

    def current(self, at: datetime) -> bool:
        """Whether it holds, and was neither replaced nor withdrawn."""
        return not self.replaced_by and not self.withdrawn and at.timestamp() < self.token.valid_until


@dataclass(frozen=True)
class Received:
    """Another organisation's endorsement of one of our keys, and the key that signed it."""

    token: Item
    key: Item | None


@dataclass
class Records:
    """All that the file holds."""

    authorisations: list[Authorisation] = field(default_factory=list)
    issued: list[Issued] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def put(self, new: Issued, *, instead_of: list[Issued]) -> None:
        """Add a token, in place of others."""
        gone = {one.id for one in instead_of}
        self.issued = [replace(one, replaced_by=new.id) if one.id in gone else one for one in self.issued]
        self.issued.append(new)

    def next_id(self, prefix: str) -> str:
        """A number that no record has yet, such as ``T7``."""
        taken = [one.id for one in self.issued] + [one.id for one in self.authorisations]
        return f"{prefix}{1 + max((int(one[1:]) for one in taken if one[0] == prefix), default=0)}"


class State:
    """The folder: ``emblem.json`` (mode 0600), ``keys/``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "emblem.json"
        self.keys = Keystore(folder / "keys")

    def read(self) -> Records:
        """What is recorded now; nothing where there is no file yet.

        Raises:
            EmblemError: the file is damaged, or others may read it.
        """
        try:
            if open_to_others(self.file):
                raise EmblemError(
                    f"{self.file} can be read by others.", "Nothing was done.", f"Run “chmod 600 {self.file}”."
                )
            value = json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return Records()
        except OSError as problem:
            raise EmblemError(f"{self.file} cannot be read ({problem.strerror}).", "Nothing was changed.") from problem
        except ValueError as problem:
            raise EmblemError(
                f"{self.file} is damaged ({problem}).", "Nothing was changed.", "Take it from a backup."
            ) from problem
        try:
            if value["schema"] != SCHEMA:
                raise EmblemError(
                    f"{self.file} is of another version of Kintrace.", "Nothing was changed.", "Use that version."
                )
            return Records(
                [authorisation.from_json(one) for one in value["authorisations"]],
                [_issued(one) for one in value["issued"]],
                [Received(_item(one["token"]), _item(one["key"]) if one["key"] else None) for one in value["received"]],
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise EmblemError(
                f"{self.file} is damaged ({problem}).", "Nothing was changed.", "Take it from a backup."
            ) from problem

    @contextmanager
    def changing(self) -> Iterator[Records]:
        """The records, to be changed by one at a time; written whole at the end, or not at all after an error.

        Raises:
            EmblemError: as for :meth:`read`; or the file cannot be written.
        """
        with _alone(self.folder):
            records = self.read()
            yield records
            value = {
                "schema": SCHEMA,
                "authorisations": [one.as_json() for one in records.authorisations],
                "issued": [_issued_json(one) for one in records.issued],
                "received": [
                    {"token": _item_json(one.token), "key": _item_json(one.key) if one.key else None}
                    for one in records.received
                ],
            }
            write_private(self.file, (json.dumps(value, indent=1) + "\n").encode(), replace=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else changes the folder meanwhile; the system frees it even where the process is killed."""
    try:
        make_private_folder(folder)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise EmblemError(f"{folder} cannot be used ({problem.strerror}).", "Nothing was changed.") from problem
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        else:  # pragma: no cover
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        yield
    finally:
        os.close(handle)


def _item_json(item: Item) -> dict[str, str]:
    return {"profile": item.profile, "kind": item.kind, "data": item.data.hex(), "source": item.source}


def _item(value: dict[str, Any]) -> Item:
    return Item(value["profile"], value["kind"], bytes.fromhex(value["data"]), value["source"])


def _issued_json(one: Issued) -> dict[str, Any]:
    return {
        "id": one.id, "profile": one.profile, "data": one.data.hex(), "key": one.key, "authorisation": one.authorisation,
        "endorsed": one.endorsed, "outside": one.outside, "replaced_by": one.replaced_by, "withdrawn": one.withdrawn,
    }  # fmt: skip


def _issued(value: dict[str, Any]) -> Issued:
    return Issued(**{**value, "data": bytes.fromhex(value["data"])})
