"""Checkpoints as they leave the house: one signed line each. No Django: whoever keeps them can check them alone."""

import json
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kintrace.errors import LedgerError
from kintrace.ledger.canonical import framed


@dataclass(frozen=True)
class Checkpoint:
    """What the ledger was at one moment, signed.

    The signature is Ed25519 over the netstrings ``kintrace.ledger.checkpoint.1``, deployment, number, chain, at.
    """

    deployment: str
    number: int
    """The last entry there was."""
    chain: str
    """The chain after it."""
    at: str
    """``2026-11-23T19:00:03.123456Z``"""
    key: str
    """The public key, hexadecimal: to know which one it was. Trust only a key that reached you another way."""
    signature: str
    """Hexadecimal."""


def public_key(signing_key: bytes) -> bytes:
    """The 32 bytes of the public key of a signing key (32 bytes)."""
    return _private(signing_key).public_key().public_bytes_raw()


def signed(signing_key: bytes, deployment: str, number: int, chain: str, at: str) -> Checkpoint:
    """A checkpoint. The ledger's own is made by :func:`kintrace.ledger.checkpoint`, which looks before it signs."""
    private = _private(signing_key)
    signature = private.sign(_statement(deployment, number, chain, at))
    key = private.public_key().public_bytes_raw()
    return Checkpoint(deployment, number, chain, at, key.hex(), signature.hex())


def check_checkpoint(checkpoint: Checkpoint, public_key: bytes) -> bool:
    """Whether a checkpoint was signed with the key that belongs to a public key (32 bytes)."""
    statement = _statement(checkpoint.deployment, checkpoint.number, checkpoint.chain, checkpoint.at)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(checkpoint.signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return checkpoint.key == public_key.hex()


def export_checkpoint(checkpoint: Checkpoint) -> str:
    """A checkpoint as one line of JSON, to be kept elsewhere."""
    return json.dumps({"kintrace": "checkpoint", **asdict(checkpoint)}, separators=(",", ":"))


def read_checkpoint(line: str) -> Checkpoint:
    """The checkpoint that :func:`export_checkpoint` wrote.

    Raises:
        LedgerError: the line holds none.
    """
    try:
        parts = json.loads(line)
        if parts.pop("kintrace") != "checkpoint":
            raise ValueError("something else")
        return checkpoint_from(parts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise LedgerError(
            "This is not a checkpoint of the ledger.", "", "Give a line that Kintrace exported."
        ) from error


def checkpoint_from(parts: object) -> Checkpoint:
    """A checkpoint from its parts.

    Raises:
        TypeError: they are not a checkpoint's.
    """
    if not isinstance(parts, dict):
        raise TypeError("not an object")
    found = Checkpoint(**parts)
    for name, value in asdict(found).items():
        if type(value) is not (int if name == "number" else str):
            raise TypeError(name)
    return found


def _private(signing_key: bytes) -> Ed25519PrivateKey:
    if len(signing_key) != 32:
        raise LedgerError("The key to sign checkpoints with has not 32 bytes.", "Nothing was signed.")
    return Ed25519PrivateKey.from_private_bytes(signing_key)


def _statement(deployment: str, number: int, chain: str, at: str) -> bytes:
    return framed("kintrace.ledger.checkpoint.1", deployment, str(number), chain, at)
