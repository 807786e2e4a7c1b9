"""What an entry may hold, and the one form of it that is hashed. No Django: a proof is checked with this alone.

The form is a row of netstrings, ``<length in bytes>:<bytes>,``, the first of which names what is hashed:

    content    SHA-256 of  kintrace.ledger.entry.1, number, at, who, role, office, action, record, purpose, outcome, details, salt
    chain 0    SHA-256 of  kintrace.ledger.start.1, deployment
    chain n    SHA-256 of  kintrace.ledger.chain.1, chain n-1, content n

Numbers are decimal, hashes and salt lower-case hexadecimal, ``at`` is ``2026-11-23T19:00:03.123456Z``, and ``details`` is JSON
with sorted keys, no spaces, ASCII. No row of parts has the form of another, since every part says how long it is.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from kintrace.errors import NotForLedger

FIELDS = ("at", "who", "role", "office", "action", "record", "purpose", "outcome", "details", "salt")
"""What is hashed of an entry after its number, in this order."""

OUTCOMES = ("done", "refused", "empty", "failed")
LONGEST = {"who": 64, "role": 128, "office": 64, "action": 64, "record": 128, "purpose": 64}
"""Characters at most. A role may join several with ``+``."""
LONGEST_DETAIL = 64
LONGEST_DETAILS = 4000
DEEPEST = 3
LARGEST = 2**53
"""Numbers beyond it are not the same in every reader of JSON."""

_WORD = re.compile(r"[A-Za-z0-9_.:/+-]*")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Actor:
    """Who does something: a random user id, the role and the office's id. Never a name."""

    user: str
    role: str
    office: str


@dataclass(frozen=True)
class Event:
    """One thing done, for :func:`kintrace.ledger.record_many`."""

    action: str
    record: str = ""
    purpose: str = ""
    outcome: str = "done"
    details: Mapping[str, Any] | None = field(default=None)


def _encoded(*parts: str) -> bytes:
    raw = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(b"%d:%b," % (len(each), each) for each in raw)


def framed(*parts: str) -> bytes:
    """Parts as netstrings, one after another."""
    return _encoded(*parts)


def content_of(number: int, fields: Sequence[str]) -> str:
    """The SHA-256 of an entry, from its number and its fields as :data:`FIELDS` orders them."""
    return hashlib.sha256(_encoded("kintrace.ledger.entry.1", str(number), *fields)).hexdigest()


def start_of(deployment: str) -> str:
    """The chain before its first entry."""
    return hashlib.sha256(_encoded("kintrace.ledger.start.1", deployment)).hexdigest()


def chain_of(before: str, content: str) -> str:
    """The chain after an entry."""
    return hashlib.sha256(_encoded("kintrace.ledger.chain.1", before, content)).hexdigest()


def is_hash(text: object) -> bool:
    """Whether something is a SHA-256 in lower-case hexadecimal."""
    return isinstance(text, str) and _HASH.fullmatch(text) is not None


def instant(at: datetime) -> str:
    """A moment as it is hashed: UTC, with microseconds.

    Raises:
        ValueError: the moment has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The moment that :func:`instant` wrote.

    Raises:
        ValueError: it did not write this.
    """
    at = datetime.fromisoformat(text)
    if instant(at) != text:
        raise ValueError("not a moment as the ledger writes it")
    return at


def word(value: object, name: str, longest: int = LONGEST_DETAIL) -> str:
    """A string that may stand in the ledger.

    Raises:
        NotForLedger: it may not. The message does not repeat it: it may be somebody's name.
    """
    text = str(value.value) if isinstance(value, Enum) else str(value) if isinstance(value, str | UUID) else None
    if text is None or len(text) > longest or not _WORD.fullmatch(text):
        raise NotForLedger(
            f"“{name}” is not something the ledger holds: ids and words from the program only, ASCII letters, digits and "
            f"_ . : / + -, {longest} characters at most.",
            "Nothing was recorded, so nothing was done.",
            "This is a fault in the program: please report it, without the name it may have been about.",
        )
    return text


def details_text(details: Mapping[str, Any] | None) -> str:
    """Details as they are stored and hashed.

    Raises:
        NotForLedger: something in them is no number, boolean, id or word.
    """
    text = json.dumps(_guarded(details or {}, "details", 0), sort_keys=True, separators=(",", ":"), allow_nan=False)
    if len(text) > LONGEST_DETAILS:
        raise NotForLedger(
            f"The details of an entry have more than {LONGEST_DETAILS} characters.",
            "Nothing was recorded, so nothing was done.",
        )
    return text


def _guarded(value: object, name: str, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping) and depth < DEEPEST:
        # Keys are not named in messages either: a caller's mistake may have put a name there.
        return {word(key, "a key of details"): _guarded(each, "a detail", depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
        parts = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_guarded(each, name, depth + 1) for each in parts]
    if isinstance(value, int) and not isinstance(value, Enum) and abs(value) <= LARGEST:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    return word(value, name)
