"""Profile A: JSON Web Tokens under JWS in compact form (draft-linker-diem-adem-core-01; RFC 7515, RFC 7519), with ``joserfc``."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry, deserialize_compact, serialize_compact

from kintrace.emblem import cbor
from kintrace.emblem.assets import Asset, asset, organisation
from kintrace.emblem.cbor import refused
from kintrace.emblem.keys import (
    SUITES,
    PublicKey,
    base64url,
    from_jwk_members,
    json_object,
    kid_from_text,
    text_of,
    to_base64url,
)
from kintrace.emblem.purposes import Purpose, bits_of, names_of
from kintrace.emblem.tokens import Limits, LogEntry, Token
from kintrace.errors import EmblemError

EMBLEM, ENDORSEMENT = "adem-emb", "adem-end"
ALGORITHMS = [suite.name for suite in SUITES]
KNOWN = int(Purpose.PROTECTIVE | Purpose.INDICATIVE)
"""The profile has no other purposes."""
_HEADERS = {"alg", "cty", "kid", "jwk", "typ"}
MOST_LOGS, MOST_ASSETS = 8, 256


class Registry(JWSRegistry):
    """That of ``joserfc``, with room for a key in the header."""

    max_header_length = 2048


def read(data: bytes) -> Token:
    """A token from a JWS in compact form; its signature is not checked here.

    Raises:
        NotReadable: it breaks a rule of the profile.
    """
    if len(data) > cbor.MOST_BYTES:
        raise refused(f"it has more than {cbor.MOST_BYTES:,} bytes")
    try:
        parts = data.decode("ascii").split(".")
    except UnicodeError as problem:
        raise refused("it is no JWS") from problem
    if len(parts) != 3:
        raise refused("it is no JWS in compact form")
    header, claims = json_object(base64url(parts[0])), json_object(base64url(parts[1]))
    return _token(header, claims, data, base64url(parts[2]))


def signed_by(token: Token, key: PublicKey) -> bool:
    """Whether the key made the token's signature."""
    try:
        deserialize_compact(
            token.signed, ECKey.import_key(dict(key.jwk())), registry=Registry(algorithms=[key.suite.name])
        )
    except (JoseError, ValueError):
        return False
    return True


def write(claims: dict[str, Any], key: ec.EllipticCurvePrivateKey, public: PublicKey) -> bytes:
    """A signed token.

    Args:
        claims: as :func:`emblem_claims` or :func:`endorsement_claims` make them.
        key: to sign with.
        public: its public half.
    """
    header = {
        "alg": public.suite.name,
        "cty": EMBLEM if "assets" in claims else ENDORSEMENT,
        "kid": text_of(public.kid("A")),
    }
    registry = Registry(algorithms=[public.suite.name])
    signer = ECKey.import_key(private_jwk(key, public))
    token = serialize_compact(header, json.dumps(claims, separators=(",", ":")), signer, registry=registry).encode()
    read(token)  # what we would refuse of others we do not write ourselves
    return token


def emblem_claims(
    *, issuer: str | None, purposes: int, assets: tuple[str, ...], valid_from: int, valid_until: int
) -> dict[str, Any]:
    """The claims of an emblem, from whole seconds since 1970."""
    return {
        **_common(issuer, valid_from, valid_until),
        "assets": list(assets),
        "emb": {"prp": _words(purposes), "dst": ["dns"]},
    }


def endorsement_claims(
    *, issuer: str | None, subject: str | None, key: bytes, end: bool, purposes: int, log: tuple[LogEntry, ...] | None,
    valid_from: int, valid_until: int,
) -> dict[str, Any]:  # fmt: skip
    """The claims of an endorsement."""
    return {
        **_common(issuer, valid_from, valid_until),
        **({"sub": subject} if subject is not None else {}),
        "key": text_of(key),
        "end": end,
        "emb": {"prp": _words(purposes)},
        **({"log": log_claim(log)} if log else {}),
    }


def log_claim(entries: tuple[LogEntry, ...]) -> list[dict[str, Any]]:
    """Log entries as the claim ``log`` has them."""
    return [
        {"ver": "v1", "id": _standard(entry.id), "hash": _standard(entry.hash or b"")}
        if entry.index is None
        else {"ver": "static", "id": _standard(entry.id), "index": entry.index}
        for entry in entries
    ]


def private_jwk(key: ec.EllipticCurvePrivateKey, public: PublicKey) -> dict[str, str | list[str]]:
    """A private key as ``joserfc`` takes it: for signing at once, never to be kept."""
    number = key.private_numbers().private_value
    return {**public.jwk(), "d": to_base64url(number.to_bytes(public.suite.size, "big"))}


def _common(issuer: str | None, valid_from: int, valid_until: int) -> dict[str, Any]:
    claims = {"ver": "v1", "iat": valid_from, "nbf": valid_from, "exp": valid_until}
    return {**claims, **({"iss": issuer} if issuer is not None else {})}


def _words(purposes: int) -> list[str]:
    if purposes & ~KNOWN:
        raise EmblemError(
            f"Profile A has no word for the purpose {', '.join(names_of(purposes & ~KNOWN))}.",
            "Nothing was made.",
            "Use profile B.",
        )
    return list(names_of(purposes))


def _standard(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _token(header: dict[str, Any], claims: dict[str, Any], data: bytes, signature: bytes) -> Token:
    if header.get("alg") not in ALGORITHMS:
        raise refused("its algorithm is none of ES256, ES384 and ES512")
    if not header.keys() <= _HEADERS:
        raise refused("it has a header that the profile does not know")
    if header.get("typ", "JWT") != "JWT":
        raise refused("its type is not JWT")
    jwk = from_jwk_members(header["jwk"]) if isinstance(header.get("jwk"), dict) else None
    if jwk is None and (not isinstance(header.get("kid"), str) or "jwk" in header):
        raise refused("it does not say which key signed it")
    if "kid" in header and not isinstance(header["kid"], str):
        raise refused("its key identifier is no text")
    kid = kid_from_text(header["kid"]) if "kid" in header else jwk.kid("A") if jwk else b""
    if jwk is not None and kid not in (jwk.kid("A"), jwk.other_kid("A")):
        raise refused("the key in it is not the one that it names")
    if claims.get("ver") != "v1":
        raise refused("its version is not v1")
    if "iat" in claims:
        _time(claims, "iat")
    kind = {EMBLEM: "emblem", ENDORSEMENT: "endorsement"}.get(str(header.get("cty")))
    if kind is None or (kind == "emblem") != ("assets" in claims):
        raise refused("its content type and its claims do not say alike whether it is an emblem")
    emb = claims.get("emb", {})
    if not isinstance(emb, dict):
        raise refused("its emb is no object")
    common: dict[str, Any] = {
        "kid": kid, "alg": header["alg"], "jwk": jwk, "signed": data, "signature": signature,
        "valid_from": _time(claims, "nbf"), "valid_until": _time(claims, "exp"),
        "issuer": organisation(claims["iss"]) if "iss" in claims else None,
        "purposes": _purposes(emb) or 0,
    }  # fmt: skip
    if kind == "emblem":
        if {"key", "end"} & claims.keys():
            raise refused("it is an emblem and an endorsement at once")
        assets = _strings(claims["assets"], "assets")
        if not assets:
            raise refused("its assets are none")
        for one in assets:
            asset(one, "A")
        channels = frozenset(_strings(emb.get("dst", []), "dst"))
        return Token("A", "emblem", assets=assets, channels=channels, **common)
    if not isinstance(claims.get("key"), str) or not isinstance(claims.get("end"), bool):
        raise refused("it is no endorsement")
    return Token(
        "A", "endorsement", subject=organisation(claims["sub"]) if "sub" in claims else None,
        key=kid_from_text(claims["key"]), end=claims["end"], log=_log(claims["log"]) if "log" in claims else None,
        limits=_limits(emb), **common,
    )  # fmt: skip


def _limits(emb: dict[str, Any]) -> Limits:
    assets: tuple[Asset, ...] | None = None
    if "assets" in emb:
        assets = tuple(asset(text, "A") for text in _strings(emb["assets"], "assets"))
    return Limits(
        purposes=_purposes(emb),
        assets=assets,
        channels=frozenset(_strings(emb["dst"], "dst")) if "dst" in emb else None,
        window=_time(emb, "wnd") if "wnd" in emb else None,
    )


def _purposes(emb: dict[str, Any]) -> int | None:
    if "prp" not in emb:
        return None
    words = _strings(emb["prp"], "prp")
    if not set(words) <= set(names_of(KNOWN)):
        raise refused("a purpose is neither protective nor indicative")
    return bits_of(words) if words else 0


def _strings(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_ASSETS or not all(isinstance(one, str) for one in value):
        raise refused(f"its {name} is no list of texts")
    return tuple(value)


def _time(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    # Compared before anything is computed: JSON may hold whole numbers of any length.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e15 < value < 1e15:
        raise refused(f"its {name} is no time")
    return float(value)


def _log(value: object) -> tuple[LogEntry, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_LOGS:
        raise refused(f"its log has not 1 to {MOST_LOGS} entries")
    return tuple(_log_entry(one) for one in value)


def _log_entry(value: object) -> LogEntry:
    if isinstance(value, dict):
        index = value.get("index")
        if value.get("ver") == "v1" and "index" not in value:
            return LogEntry(_digest(value.get("id")), hash=_digest(value.get("hash")))
        if value.get("ver") == "static" and "hash" not in value and type(index) is int and 0 <= index < 2**40:
            return LogEntry(_digest(value.get("id")), index=index)
    raise refused("an entry of its log is neither a leaf hash nor an index")


def _digest(value: object) -> bytes:
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != 32:
        raise refused("an entry of its log is not 32 bytes in base64")
    return data
