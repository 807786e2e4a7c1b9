"""What any channel hands to the check: tokens and keys as they came, not yet read."""

from dataclasses import dataclass
from typing import Literal

Profile = Literal["A", "B"]
"""``A``: JWS and JWK, in DNS TXT. ``B``: CBOR and COSE, in DNS IHLE."""
Kind = Literal["token", "key"]


@dataclass(frozen=True)
class Item:
    """One token or one public key, as its bytes came."""

    profile: Profile
    kind: Kind
    data: bytes
    """Profile A: a JWS in compact form, or a JWK as JSON, both as ASCII. Profile B: one CBOR item."""
    source: str
    """Where it came from, for people: a file and line, or a DNS name and record type."""
