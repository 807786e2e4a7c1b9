"""Public keys of the emblem: elliptic curves of NIST, as COSE_Key and as JWK, with the identifier each profile gives them.

Profile B: SHA-256 thumbprint of the COSE_Key (RFC 9679). Profile A: of the JWK (RFC 7638). As text both are base32 (RFC 4648),
lower case, without padding: 52 characters.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kintrace.emblem import cbor
from kintrace.emblem.cbor import refused
from kintrace.emblem.items import Profile
from kintrace.errors import NotReadable

Kid = bytes
"""32 bytes."""


@dataclass(frozen=True, eq=False)
class Suite:
    """A signature algorithm, and the one curve it is used with."""

    name: str
    cose_alg: int
    cose_curve: int
    jwk_curve: str
    curve: ec.EllipticCurve
    hash: hashes.HashAlgorithm
    size: int
    """Bytes of a coordinate; a signature has twice as many."""


SUITES = (
    Suite("ES256", -7, 1, "P-256", ec.SECP256R1(), hashes.SHA256(), 32),
    Suite("ES384", -35, 2, "P-384", ec.SECP384R1(), hashes.SHA384(), 48),
    Suite("ES512", -36, 3, "P-521", ec.SECP521R1(), hashes.SHA512(), 66),
)
"""All that are accepted: what is not here, ``none`` before all, is refused."""


def text_of(kid: Kid) -> str:
    """A key identifier as text, 52 characters."""
    return base64.b32encode(kid).decode("ascii").rstrip("=").lower()


def kid_from_text(text: str) -> Kid:
    """A key identifier from its text.

    Raises:
        NotReadable: it is not 32 bytes in lower-case base32 without padding.
    """
    try:
        kid = base64.b32decode(text.upper() + "====")
    except (ValueError, UnicodeError) as problem:
        raise refused("a key identifier is not base32") from problem
    if len(kid) != 32 or text_of(kid) != text:
        raise refused("a key identifier is not 32 bytes in lower-case base32")
    return kid


@dataclass(frozen=True)
class PublicKey:
    """A point on one of the three curves."""

    suite: Suite
    x: bytes
    y: bytes
    """Coordinates with their leading zeros, ``suite.size`` bytes each."""

    def kid(self, profile: Profile) -> Kid:
        """The identifier as the profile computes it."""
        return self._kids[profile]

    def other_kid(self, profile: Profile) -> Kid | None:
        """The identifier that one prototype computes instead: without leading zero bytes; None where it is the same."""
        return self._stripped.get(profile)

    @cached_property
    def _kids(self) -> dict[Profile, Kid]:
        return {"A": _jwk_thumbprint(self.suite, self.x, self.y), "B": _cose_thumbprint(self.suite, self.x, self.y)}

    @cached_property
    def _stripped(self) -> dict[Profile, Kid]:
        x, y = self.x.lstrip(b"\0"), self.y.lstrip(b"\0")
        if (x, y) == (self.x, self.y):
            return {}
        return {"A": _jwk_thumbprint(self.suite, x, y), "B": _cose_thumbprint(self.suite, x, y)}

    @cached_property
    def native(self) -> ec.EllipticCurvePublicKey:
        """As ``cryptography`` has it."""
        return ec.EllipticCurvePublicKey.from_encoded_point(self.suite.curve, b"\x04" + self.x + self.y)

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature, r and s side by side (RFC 9053 §2.1, RFC 7518 §3.4)."""
        if len(signature) != 2 * self.suite.size:
            return False
        r, s = (int.from_bytes(half, "big") for half in (signature[: self.suite.size], signature[self.suite.size :]))
        try:
            self.native.verify(encode_dss_signature(r, s), message, ec.ECDSA(self.suite.hash))
        except InvalidSignature:
            return False
        return True

    def cose(self, *, alg: bool = False) -> bytes:
        """As COSE_Key; never with a kid (label 2), so that whoever reads it computes that."""
        key: dict[int, Any] = {1: 2, -1: self.suite.cose_curve, -2: self.x, -3: self.y}
        return cbor.encode(key | ({3: self.suite.cose_alg} if alg else {}))

    def jwk(self) -> dict[str, str]:
        """As JWK with ``alg``, without ``kid``."""
        return {"alg": self.suite.name, **_jwk_members(self.suite, self.x, self.y)}


def of_native(key: ec.EllipticCurvePublicKey) -> PublicKey:
    """From ``cryptography``.

    Raises:
        NotReadable: the curve is none of the three.
    """
    for suite in SUITES:
        if suite.curve.name == key.curve.name:
            numbers = key.public_numbers()
            found = PublicKey(suite, numbers.x.to_bytes(suite.size, "big"), numbers.y.to_bytes(suite.size, "big"))
            found.__dict__["native"] = key  # what the cached property would make again
            return found
    raise refused(f"a key is on the curve {key.curve.name}; only P-256, P-384 and P-521 are used")


def from_cose(data: bytes) -> PublicKey:
    """A key from its COSE_Key (RFC 9052 §7). A kid in it is ignored.

    Raises:
        NotReadable: it is no public key on one of the three curves, or it holds a private part.
    """
    key = cbor.decode(data)
    if not isinstance(key, dict) or key.get(1) != 2:
        raise refused("it is no COSE_Key of an elliptic curve")
    suite = next((one for one in SUITES if one.cose_curve == key.get(-1)), None)
    if suite is None or type(key.get(-1)) is not int:
        raise refused("the key's curve is none of P-256, P-384 and P-521")
    if -4 in key:
        raise refused("it holds a private key, which must never be published")
    if 3 in key and key[3] != suite.cose_alg:
        raise refused("the key's algorithm does not fit its curve")
    if 4 in key and not (isinstance(key[4], list) and 2 in key[4]):
        raise refused("the key is not for verifying")
    x, y = key.get(-2), key.get(-3)
    if isinstance(x, bytes) and isinstance(y, bool):
        return _point(suite, (b"\x03" if y else b"\x02") + x.rjust(suite.size, b"\0"))
    if not isinstance(x, bytes) or not isinstance(y, bytes):
        raise refused("the key has no coordinates")
    return _point(suite, _uncompressed(suite, x, y))


def from_jwk(data: bytes) -> PublicKey:
    """A key from its JWK (RFC 7517), as JSON. A kid in it is ignored.

    Raises:
        NotReadable: as for :func:`from_cose`.
    """
    return from_jwk_members(json_object(data))


def from_jwk_members(key: dict[str, Any]) -> PublicKey:
    """A key from the members of a JWK.

    Raises:
        NotReadable: as for :func:`from_cose`.
    """
    suite = next((one for one in SUITES if one.jwk_curve == key.get("crv")), None)
    if key.get("kty") != "EC" or suite is None:
        raise refused("it is no JWK on one of the curves P-256, P-384 and P-521")
    if "d" in key:
        raise refused("it holds a private key, which must never be published")
    if key.get("alg", suite.name) != suite.name:
        raise refused("the key's algorithm does not fit its curve")
    operations = key.get("key_ops", ["verify"])
    if key.get("use", "sig") != "sig" or not (isinstance(operations, list) and "verify" in operations):
        raise refused("the key is not for verifying")
    if not isinstance(key.get("x"), str) or not isinstance(key.get("y"), str):
        raise refused("the key has no coordinates")
    return _point(suite, _uncompressed(suite, base64url(key["x"]), base64url(key["y"])))


def json_object(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 in which no member comes twice.

    Raises:
        NotReadable: it is not one.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise refused("a JSON object has one member twice")
        return dict(pairs)

    def number(text: str) -> float:
        raise refused(f"{text} is no number of JSON")

    if len(data) > cbor.MOST_BYTES:
        raise refused(f"it has more than {cbor.MOST_BYTES:,} bytes")
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=number)
    except (ValueError, RecursionError) as problem:
        raise refused("it is no JSON") from problem
    if not isinstance(found, dict):
        raise refused("it is no JSON object")
    return found


def base64url(text: str) -> bytes:
    """Bytes from base64url without padding (RFC 7515 §2).

    Raises:
        NotReadable: it is not that, or not the one way to write it.
    """
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeError) as problem:
        raise refused("it is no base64url") from problem
    if to_base64url(data) != text:
        raise refused("it is no base64url in the one way to write it")
    return data


def to_base64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _uncompressed(suite: Suite, x: bytes, y: bytes) -> bytes:
    # A prototype that drops leading zero bytes is understood: they are put back.
    return b"\x04" + x.rjust(suite.size, b"\0") + y.rjust(suite.size, b"\0")


def _point(suite: Suite, encoded: bytes) -> PublicKey:
    try:
        return of_native(ec.EllipticCurvePublicKey.from_encoded_point(suite.curve, encoded))
    except NotReadable:
        raise
    except ValueError as problem:
        raise refused("the key is no point on its curve") from problem


def _jwk_members(suite: Suite, x: bytes, y: bytes) -> dict[str, str]:
    return {"crv": suite.jwk_curve, "kty": "EC", "x": to_base64url(x), "y": to_base64url(y)}


def _jwk_thumbprint(suite: Suite, x: bytes, y: bytes) -> Kid:
    members = _jwk_members(suite, x, y)
    return hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()


def _cose_thumbprint(suite: Suite, x: bytes, y: bytes) -> Kid:
    return hashlib.sha256(cbor.encode({1: 2, -1: suite.cose_curve, -2: x, -3: y})).digest()
