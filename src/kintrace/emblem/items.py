"""What tokens and keys are found as, before anybody has looked into them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Item:
    """A token or a key: of profile A a JWS or a JWK, of profile B the CBOR of a token or of a COSE_Key.

    ``source`` says where it was found, for people.
    """

    profile: Literal["A", "B"]
    kind: Literal["token", "key"]
    data: bytes
    source: str
