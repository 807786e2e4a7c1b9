"""Law first: what a competent authority allowed, recorded, without which nothing is issued.

The emblem may be displayed only with the authority's consent (GC I arts 42 and 44; AP I art. 18); its misuse is a breach of the
Conventions (GC I arts 53 and 54; AP I arts 38 and 85).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kintrace.emblem.assets import Asset, asset
from kintrace.emblem.profiles import Life
from kintrace.emblem.purposes import bits_of, names_of
from kintrace.errors import EmblemError, NotAuthorised, NotReadable

TEST = "TEST"
"""Stands in place of an authorisation's number where something is issued to try things out."""


@dataclass(frozen=True)
class Authorisation:
    """A competent authority's permission."""

    id: str
    authority: str
    """Who gave it, such as a ministry."""
    reference: str
    """Its number or file."""
    given: date
    until: date
    """The last day on which it holds."""
    scope: tuple[str, ...]
    """Names, ``*.name`` for a name and all under it, and addresses or prefixes in brackets."""
    purposes: int
    recorded: datetime
    document: str = ""
    """SHA-256 of the document, hexadecimal, where one was given."""

    def __post_init__(self) -> None:
        """Refuse what says nothing.

        Raises:
            EmblemError: a part is missing or makes no sense.
        """
        for what, value in (("authority", self.authority), ("reference", self.reference)):
            if not value.strip():
                raise EmblemError(f"The {what} is missing.", "Nothing was recorded.", "Take it from the authorisation.")
        if self.until < self.given:
            raise EmblemError("The authorisation ends before it was given.", "Nothing was recorded.")
        if not self.scope:
            raise EmblemError("The authorisation covers nothing.", "Nothing was recorded.", "Give the names: --scope.")
        try:
            self._places()
        except NotReadable as problem:
            raise EmblemError(problem.what, "Nothing was recorded.", "Such as *.tracing.example.org") from problem

    def lacks(self, names: Sequence[str], purposes: int, life: Life) -> str | None:
        """Why this does not cover something, in words; None where it does.

        Args:
            names: assets, as profile A writes them.
            purposes: bitmap.
            life: from when until when.
        """
        begins = datetime.combine(self.given, datetime.min.time(), UTC).timestamp()
        ends = (datetime.combine(self.until, datetime.min.time(), UTC) + timedelta(days=1)).timestamp()
        if life.start < begins:
            return f"it holds from {self.given} only"
        if life.until > ends:
            return f"it ends on {self.until}, and the token would live longer"
        if purposes & ~self.purposes:
            return f"it is not for {', '.join(names_of(purposes & ~self.purposes))}"
        places = self._places()
        for name in names:
            if not any(place.covers(asset(name, "A")) for place in places):
                return f"it does not cover {name}"
        return None

    def as_json(self) -> dict[str, Any]:
        """For the state file."""
        return {
            "id": self.id, "authority": self.authority, "reference": self.reference, "given": self.given.isoformat(),
            "until": self.until.isoformat(), "scope": list(self.scope), "purposes": list(names_of(self.purposes)),
            "recorded": self.recorded.isoformat(), "document": self.document,
        }  # fmt: skip

    def _places(self) -> list[Asset]:
        return [asset(name, "A") for name in self.scope]


def from_json(value: dict[str, Any]) -> Authorisation:
    """From the state file."""
    return Authorisation(
        value["id"], value["authority"], value["reference"], date.fromisoformat(value["given"]),
        date.fromisoformat(value["until"]), tuple(value["scope"]), bits_of(value["purposes"]),
        datetime.fromisoformat(value["recorded"]), value.get("document", ""),
    )  # fmt: skip


def covering(
    authorisations: Iterable[Authorisation], names: Sequence[str], purposes: int, life: Life, *, test: bool
) -> str:
    """The number of the authorisation that covers something, or ``TEST``.

    Args:
        authorisations: all that are recorded.
        names: assets and organisations' names that are concerned.
        purposes: bitmap.
        life: from when until when.
        test: whether this is only to try things out: then all names must end in ``.test``, which nobody can own (RFC 6761).

    Raises:
        NotAuthorised: none covers it; or a name in test mode is a real one.
    """
    if test:
        real = [name for name in names if not name.rstrip(".").lower().endswith(".test")]
        if real:
            raise NotAuthorised(
                f"{', '.join(real)}: in test mode every name must end in .test.",
                "Nothing was issued.",
                "For real names, record the authorisation: kintrace emblem authorise",
            )
        return TEST
    why = []
    for one in authorisations:
        lack = one.lacks(names, purposes, life)
        if lack is None:
            return one.id
        why.append(f"{one.id} ({one.authority}, {one.reference}): {lack}")
    raise NotAuthorised(
        "No recorded authorisation of a competent authority covers this" + (f". {'. '.join(why)}." if why else "."),
        "Nothing was issued.",
        "The emblem may not be used without one. Get it, then record it (kintrace emblem authorise)"
        + (", or ask for less." if why else "."),
    )


def digest_of(document: bytes) -> str:
    """SHA-256 of the authorisation's document, hexadecimal: so that it can be told later which paper was meant."""
    return hashlib.sha256(document).hexdigest()
