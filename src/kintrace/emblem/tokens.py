"""One token, whatever its profile: what the two profiles have in common, and where they differ, behind one interface."""

from dataclasses import dataclass, field
from typing import Literal

from kintrace.emblem.assets import Asset, asset
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import Kid, PublicKey
from kintrace.emblem.purposes import names_of


@dataclass(frozen=True)
class LogEntry:
    """Where a certificate that commits to a root key stands in a Certificate Transparency log."""

    id: bytes
    """SHA-256 of the log's public key, 32 bytes."""
    hash: bytes | None = None
    """RFC 6962: the leaf hash, 32 bytes."""
    index: int | None = None
    """static-ct-api: the leaf's number, from 0."""


@dataclass(frozen=True)
class Limits:
    """What an endorsement allows emblems under it to be; None allows all."""

    purposes: int | None = None
    assets: tuple[Asset, ...] | None = None
    channels: frozenset[str] | None = None
    window: float | None = None
    """Longest life of an emblem, in seconds."""


@dataclass(frozen=True)
class Token:
    """An emblem or an endorsement, as it was signed. Whether the signature holds is for :mod:`.validation` to say."""

    profile: Profile
    kind: Literal["emblem", "endorsement"]
    kid: Kid
    """Of the key that signed it, as the token says."""
    alg: str
    valid_from: float
    """``nbf``, seconds since 1970."""
    valid_until: float
    """``exp``: at this second it is over."""
    issuer: str | None
    purposes: int
    """Of an emblem: ``prp``. Of an endorsement: those it allows, for people to read; ``limits`` decides."""
    assets: tuple[str, ...] = ()
    """Of an emblem: as written."""
    channels: frozenset[str] = frozenset()
    subject: str | None = None
    """Of an endorsement: the endorsed organisation."""
    key: Kid = b""
    """Of an endorsement: the endorsed key."""
    end: bool = False
    """Of an endorsement: the endorsed key may endorse further."""
    log: tuple[LogEntry, ...] | None = None
    limits: Limits = Limits()
    jwk: PublicKey | None = None
    """Profile A: the key that came inside the token."""
    signed: bytes = field(default=b"", repr=False)
    """The bytes that were signed."""
    signature: bytes = field(default=b"", repr=False)

    @property
    def content(self) -> bytes:
        """What was signed, without the signature: the same in two copies, however they were signed."""
        return self.signed.rpartition(b".")[0] if self.profile == "A" else self.signed

    @property
    def places(self) -> tuple[Asset, ...]:
        """The assets of an emblem, parsed."""
        return tuple(asset(text, self.profile) for text in self.assets)


def beyond(emblem: Token, endorsement: Token) -> str | None:
    """What of an emblem an endorsement does not allow, in words; None where the emblem is valid under it."""
    limits = endorsement.limits
    if limits.purposes is not None and limits.purposes & emblem.purposes != emblem.purposes:
        return f"it does not allow the purpose {', '.join(names_of(emblem.purposes & ~limits.purposes))}"
    if limits.channels is not None and not emblem.channels <= limits.channels:
        return "it does not allow the ways in which the emblem says it is distributed"
    if limits.window is not None and emblem.valid_until - emblem.valid_from > limits.window:
        return f"it allows emblems that live at most {limits.window:.0f} seconds"
    if limits.assets is not None:
        for text, place in zip(emblem.assets, emblem.places, strict=True):
            if not any(allowed.covers(place) for allowed in limits.assets):
                return f"it does not allow the asset {text}"
    return None
