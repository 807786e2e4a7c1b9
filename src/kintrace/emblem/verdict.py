"""What a check found: the level, and everything that led to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from kintrace.emblem.purposes import names_of


class Level(StrEnum):
    """How far an emblem holds. ``…-TRUSTED``: it leads to a key that the operator supplied."""

    INVALID = "INVALID"
    SIGNED = "SIGNED"
    SIGNED_TRUSTED = "SIGNED-TRUSTED"
    ORGANIZATIONAL = "ORGANIZATIONAL"
    ORGANIZATIONAL_TRUSTED = "ORGANIZATIONAL-TRUSTED"
    ENDORSED = "ENDORSED"
    ENDORSED_TRUSTED = "ENDORSED-TRUSTED"

    @property
    def rank(self) -> int:
        """0 for INVALID, 1 for SIGNED, 2 for ORGANIZATIONAL, 3 for ENDORSED."""
        return ("INVALID", "SIGNED", "ORGANIZATIONAL", "ENDORSED").index(self.value.removesuffix("-TRUSTED"))

    @property
    def trusted(self) -> "Level":
        """The same with a key that the operator supplied."""
        return self if self is Level.INVALID else Level(self.value.removesuffix("-TRUSTED") + "-TRUSTED")


NO_EMBLEM = 14
_EXIT = {0: 13, 1: 12, 2: 10, 3: 0}
SENTENCES = {
    Level.INVALID: "This is not a valid emblem: do not rely on it.",
    Level.SIGNED: "Somebody signed this emblem; who that is was not established. Do not rely on it by itself.",
    Level.SIGNED_TRUSTED: "The emblem leads to a key that you supplied. Its organisation's public commitment was not proved.",
    Level.ORGANIZATIONAL: "The organisation it names publicly committed to the key it is signed with. "
    "That an authority stands behind it was not established.",
    Level.ORGANIZATIONAL_TRUSTED: "The organisation it names publicly committed to the key, and you supplied that key.",
    Level.ENDORSED: "The organisation it names publicly committed to the key, and so did the authorities that endorse it.",
    Level.ENDORSED_TRUSTED: "The organisation and the authorities that endorse it publicly committed to their keys, "
    "and you supplied an authority's key.",
}


@dataclass(frozen=True)
class TokenReport:
    """What became of one token."""

    source: str
    profile: str
    kind: str
    """``emblem``, ``endorsement``, or ``unreadable``."""
    kept: bool
    why: str
    """What it does for the emblem, or why it was dropped."""
    issuer: str | None = None
    subject: str | None = None
    key: str = ""
    """Identifier of the key that signed it, as text."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "source": self.source, "profile": self.profile, "kind": self.kind, "kept": self.kept, "why": self.why,
            "issuer": self.issuer, "subject": self.subject, "key": self.key or None,
            "valid_from": _text(self.valid_from), "valid_until": _text(self.valid_until), "warnings": list(self.warnings),
        }  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """The result of a check."""

    level: Level
    why: str
    """In one sentence."""
    trusted: Level | None = None
    """The strongest level that leads to a key the operator supplied; it may be weaker than ``level``."""
    issuer: str | None = None
    """Organisation identifier that the emblem names. Established from ORGANIZATIONAL on; before, only claimed."""
    endorsers: tuple[str, ...] = ()
    """Of whom both the endorsement and the commitment were verified."""
    profile: str | None = None
    assets: tuple[str, ...] = ()
    purposes: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    """When the first token it rests on ends."""
    tokens: tuple[TokenReport, ...] = ()
    not_checked: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def test(self) -> bool:
        """Whether it was only made to try things out: a name of its assets ends in ``.test``, which is nobody's."""
        return any(asset.rstrip(".").lower().endswith(".test") for asset in self.assets)

    @property
    def exit_code(self) -> int:
        """For the command: 0 endorsed, 10 organizational, 11 signed and leading to a key you supplied, 12 signed, 13 invalid, 14
        no token at all."""
        if not self.tokens:
            return NO_EMBLEM
        if self.level.rank < 2 and self.trusted is not None:
            return 11
        return _EXIT[self.level.rank]

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "level": self.level.value, "test": self.test, "why": self.why,
            "trusted": self.trusted.value if self.trusted else None,
            "issuer": self.issuer, "endorsers": list(self.endorsers), "profile": self.profile, "assets": list(self.assets),
            "purposes": list(names_of(self.purposes)), "valid_from": _text(self.valid_from),
            "valid_until": _text(self.valid_until), "tokens": [token.as_json() for token in self.tokens],
            "not_checked": list(self.not_checked), "remarks": list(self.remarks),
        }  # fmt: skip


def moment(seconds: float) -> datetime | None:
    """A time from seconds since 1970; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def earliest(times: Sequence[float]) -> datetime | None:
    """The first of some times."""
    return moment(min(times)) if times else None


def _text(when: datetime | None) -> str | None:
    return when.isoformat().replace("+00:00", "Z") if when else None
