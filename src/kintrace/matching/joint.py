"""Sealing what joins two people so that it opens only while both their keys exist.

A random key is cut in two halves, of which neither tells anything (one-time pad); each half is sealed under one person's key.
Where either person is erased, the half is gone, in every backup, and with it what the key sealed.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kintrace.errors import SealBroken
from kintrace.matching.models import Candidate, Share

KEY = 32  # bytes: AES-256
NONCE = 12


def new_key(candidate: Candidate) -> tuple[bytes, list[Share]]:
    """A key for a new candidate, and its two halves sealed, not yet saved."""
    key = secrets.token_bytes(KEY)
    first = secrets.token_bytes(KEY)
    second = bytes(one ^ other for one, other in zip(key, first, strict=True))
    halves = []
    for person, half in ((candidate.request.subject_id, first), (candidate.found.subject_id, second)):
        share = Share(candidate=candidate, person_id=person)
        share.seal(half=half)
        halves.append(share)
    return key, halves


def key_of(candidate: Candidate) -> bytes:
    """The key that seals a candidate.

    Raises:
        KeyDestroyed: one of the two people was erased.
        SealBroken: a half is missing.
    """
    halves = [share.unseal("half") for share in Share._all.filter(candidate=candidate)]
    if len(halves) != 2:
        raise SealBroken("A candidate lacks half of its key.", "It was left as it is.", "Run: kintrace doctor")
    return bytes(one ^ other for one, other in zip(*halves, strict=True))


def seal(key: bytes, place: str, content: Mapping[str, Any]) -> bytes:
    """Encrypt content, bound to the place it belongs to (AES-256-GCM)."""
    nonce = secrets.token_bytes(NONCE)
    data = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def unseal(key: bytes, place: str, sealed: bytes) -> dict[str, Any]:
    """What :func:`seal` sealed.

    Raises:
        SealBroken: it was changed, or moved.
    """
    try:
        data = AESGCM(key).decrypt(bytes(sealed[:NONCE]), bytes(sealed[NONCE:]), place.encode())
    except InvalidTag:
        raise SealBroken(
            f"A sealed value does not open: {place}.",
            "It was left as it is.",
            "It was changed, or moved from another place: take the row from a backup.",
        ) from None
    told: dict[str, Any] = json.loads(data)
    return told
