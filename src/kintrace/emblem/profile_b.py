"""Profile B: CBOR Web Tokens under COSE_Sign1 (draft-linker-diem-adem-core-02; RFC 8392, RFC 9052)."""

from collections.abc import Callable
from typing import Any

import cbor2

from kintrace.emblem import cbor
from kintrace.emblem.assets import host_name, organisation
from kintrace.emblem.cbor import refused
from kintrace.emblem.keys import SUITES, PublicKey
from kintrace.emblem.purposes import ALL
from kintrace.emblem.tokens import Limits, LogEntry, Token

CWT, SIGN1 = 61, 18
ALG, CRIT, KID, TYP = 1, 2, 4, 16
ISS, SUB, EXP, NBF, IAT = 1, 2, 4, 5, 6
TYPE = "application/adem"
MOST_LOGS, MOST_ASSETS = 8, 256

Sign = Callable[[bytes], bytes]
"""From a message to its signature, r and s side by side."""


def read(data: bytes) -> Token:
    """A token from its bytes; its signature is not checked here.

    Raises:
        NotReadable: it breaks a rule of the profile.
    """
    tags = cbor.leading_tags(data)
    if tags not in ((CWT, SIGN1), (SIGN1,)):
        raise refused("it is not tagged as a CWT under COSE_Sign1")
    parts = cbor.decode(data, tags=tags)
    if not isinstance(parts, list) or len(parts) != 4:
        raise refused("it is no COSE_Sign1")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes) or not isinstance(signature, bytes):
        raise refused("the parts of its COSE_Sign1 are not byte strings")
    if unprotected != {}:
        raise refused("there are headers that the signature does not cover")
    header, claims = cbor.decode(protected), cbor.decode(payload)
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise refused("its header or its claims are no map")
    return _token(header, claims, to_sign(protected, payload), signature)


def to_sign(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of COSE_Sign1 without external data (RFC 9052 §4.4)."""
    return cbor2.dumps(["Signature1", protected, b"", payload])


def write(claims: dict[int | str, Any], key: PublicKey, sign: Sign, *, cwt_tag: bool = True) -> bytes:
    """A signed token.

    Args:
        claims: as :func:`emblem_claims` or :func:`endorsement_claims` make them.
        key: the public half of the key that ``sign`` signs with.
        sign: signs.
        cwt_tag: with tag 61 around it, as the draft has it; without, as the first prototypes have it.
    """
    protected = cbor.encode({ALG: key.suite.cose_alg, KID: key.kid("B"), TYP: TYPE})
    payload = cbor.encode(claims)
    sealed = cbor2.CBORTag(SIGN1, [protected, {}, payload, sign(to_sign(protected, payload))])
    token = cbor.encode(cbor2.CBORTag(CWT, sealed) if cwt_tag else sealed)
    read(token)  # what we would refuse of others we do not write ourselves
    return token


def emblem_claims(
    *, issuer: str | None, purposes: int, assets: tuple[str, ...], valid_from: int, valid_until: int
) -> dict[int | str, Any]:
    """The claims of an emblem, from whole seconds since 1970."""
    return {**_common(issuer, purposes, valid_from, valid_until), "assets": list(assets)}


def endorsement_claims(
    *, issuer: str | None, subject: str | None, key: bytes, end: bool, purposes: int, log: tuple[LogEntry, ...] | None,
    valid_from: int, valid_until: int,
) -> dict[int | str, Any]:  # fmt: skip
    """The claims of an endorsement. The draft says in two ways where ``log`` stands: we write it as a claim."""
    claims = {**_common(issuer, purposes, valid_from, valid_until), "key": key, "end": end}
    claims |= {SUB: subject} if subject is not None else {}
    return claims | ({"log": log_claim(log)} if log else {})


def log_claim(entries: tuple[LogEntry, ...]) -> list[dict[str, Any]]:
    """Log entries as the claim ``log`` has them."""
    return [
        {"id": entry.id, **({"hash": entry.hash} if entry.index is None else {"index": entry.index})}
        for entry in entries
    ]


def _common(issuer: str | None, purposes: int, valid_from: int, valid_until: int) -> dict[int | str, Any]:
    claims: dict[int | str, Any] = {EXP: valid_until, NBF: valid_from, "ver": 1, "prp": purposes}
    return claims | ({ISS: issuer} if issuer is not None else {})


def _token(header: dict[Any, Any], claims: dict[Any, Any], signed: bytes, signature: bytes) -> Token:
    suite = next((one for one in SUITES if one.cose_alg == header.get(ALG)), None)
    if suite is None or type(header[ALG]) is not int:
        raise refused("its algorithm is none of ES256, ES384 and ES512")
    kid = header.get(KID)
    if not isinstance(kid, bytes) or len(kid) != 32:
        raise refused("its key identifier is not 32 bytes")
    if CRIT in header:
        raise refused("it demands that something be understood that is not")
    if header.get(TYP, TYPE) != TYPE:
        raise refused(f"its type is not {TYPE}")
    if claims.get("ver") != 1 or type(claims["ver"]) is not int:
        raise refused("its version is not 1")
    purposes = claims.get("prp")
    if type(purposes) is not int or not 1 <= purposes <= ALL:
        raise refused("its purposes (prp) are not between 1 and 31")
    if IAT in claims:
        _time(claims, IAT, "iat")
    issuer = organisation(claims[ISS]) if ISS in claims else None
    valid_from, valid_until = _time(claims, NBF, "nbf"), _time(claims, EXP, "exp")
    if "assets" in claims:
        if {"key", "end"} & claims.keys():
            raise refused("it is an emblem and an endorsement at once")
        return Token(
            "B", "emblem", kid, suite.name, valid_from, valid_until, issuer, purposes, _assets(claims["assets"]),
            signed=signed, signature=signature,
        )  # fmt: skip
    key, end = claims.get("key"), claims.get("end")
    if not isinstance(key, bytes) or len(key) != 32 or not isinstance(end, bool):
        raise refused("it is neither an emblem nor an endorsement")
    if "log" in claims and "log" in header:
        raise refused("its log stands in two places")
    log = claims.get("log", header.get("log"))
    return Token(
        "B", "endorsement", kid, suite.name, valid_from, valid_until, issuer, purposes,
        subject=organisation(claims[SUB]) if SUB in claims else None, key=key, end=end,
        log=None if log is None else _log(log), limits=Limits(purposes=purposes), signed=signed, signature=signature,
    )  # fmt: skip


def _time(claims: dict[Any, Any], label: int, name: str) -> float:
    value = claims.get(label)
    # Compared before anything is computed: a whole number may have 64 bits, a float may be none.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e15 < value < 1e15:
        raise refused(f"its {name} is no time")
    return float(value)


def _assets(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_ASSETS:
        raise refused(f"its assets are not 1 to {MOST_ASSETS} names")
    for one in value:
        if not isinstance(one, str):
            raise refused("an asset is no text")
        host_name(one)
    return tuple(value)


def _log(value: object) -> tuple[LogEntry, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_LOGS:
        raise refused(f"its log has not 1 to {MOST_LOGS} entries")
    return tuple(_log_entry(one) for one in value)


def _log_entry(value: object) -> LogEntry:
    if isinstance(value, dict) and isinstance(value.get("id"), bytes) and len(value["id"]) == 32:
        leaf, index = value.get("hash"), value.get("index")
        if index is None and isinstance(leaf, bytes) and len(leaf) == 32:
            return LogEntry(value["id"], hash=leaf)
        if leaf is None and type(index) is int and 0 <= index < 2**40:
            return LogEntry(value["id"], index=index)
    raise refused("an entry of its log is neither a leaf hash nor an index")
