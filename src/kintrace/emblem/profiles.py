"""The two profiles behind one interface: read, write, and check a signature, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kintrace.emblem import profile_a, profile_b
from kintrace.emblem.assets import asset, organisation
from kintrace.emblem.items import Item, Profile
from kintrace.emblem.keys import Kid, PublicKey, from_cose, from_jwk, of_native
from kintrace.emblem.tokens import LogEntry, Token
from kintrace.errors import EmblemError


@dataclass(frozen=True)
class Life:
    """From when until when a token holds, in whole seconds since 1970; at ``until`` it is over."""

    start: int
    until: int

    def __post_init__(self) -> None:
        """Refuse a life without length.

        Raises:
            EmblemError: it ends before it begins.
        """
        if self.until <= self.start:
            raise EmblemError("The token would end before it begins.", "Nothing was made.", "Give a longer time.")


def read_token(item: Item) -> Token:
    """The token in an item; its signature is not checked here.

    Raises:
        NotReadable: it breaks a rule of its profile.
    """
    return profile_a.read(item.data) if item.profile == "A" else profile_b.read(item.data)


def read_key(item: Item) -> PublicKey:
    """The public key in an item.

    Raises:
        NotReadable: it is none.
    """
    return from_jwk(item.data) if item.profile == "A" else from_cose(item.data)


def signed_by(token: Token, key: PublicKey) -> bool:
    """Whether the key made the token's signature, with the one algorithm that goes with its curve."""
    if token.alg != key.suite.name:
        return False
    return profile_a.signed_by(token, key) if token.profile == "A" else key.signed(token.signature, token.signed)


def key_item(key: PublicKey, profile: Profile, source: str) -> Item:
    """A public key as it is published beside tokens of the profile."""
    import json

    data = json.dumps(key.jwk(), separators=(",", ":")).encode() if profile == "A" else key.cose()
    return Item(profile, "key", data, source)


def write_emblem(
    profile: Profile, key: ec.EllipticCurvePrivateKey, *, issuer: str | None, purposes: int, assets: Sequence[str],
    life: Life, cwt_tag: bool = True,
) -> bytes:  # fmt: skip
    """A signed emblem.

    Args:
        profile: ``A`` or ``B``.
        key: to sign with.
        issuer: organisation identifier, or None.
        purposes: bitmap.
        assets: as the profile writes them.
        life: from when until when.
        cwt_tag: profile B: with tag 61, as the draft has it.

    Raises:
        NotReadable: an asset or the issuer is not of the profile's form.
        EmblemError: the profile has no word for a purpose.
    """
    if issuer is not None:
        organisation(issuer)
    for one in assets:
        asset(one, profile)
    what = {"issuer": issuer, "purposes": purposes, "assets": tuple(assets)}
    times = {"valid_from": life.start, "valid_until": life.until}
    public = of_native(key.public_key())
    if profile == "A":
        return profile_a.write(profile_a.emblem_claims(**what, **times), key, public)  # type: ignore[arg-type]
    claims = profile_b.emblem_claims(**what, **times)  # type: ignore[arg-type]
    return profile_b.write(claims, public, lambda message: sign(key, message), cwt_tag=cwt_tag)


def write_endorsement(
    profile: Profile, signer: ec.EllipticCurvePrivateKey, *, issuer: str | None, subject: str | None, key: Kid, end: bool,
    purposes: int, log: tuple[LogEntry, ...] | None, life: Life, cwt_tag: bool = True,
) -> bytes:  # fmt: skip
    """A signed endorsement of ``key``, an identifier as the profile computes it.

    Args:
        profile: ``A`` or ``B``.
        signer: to sign with.
        issuer: organisation that endorses, or None.
        subject: organisation that is endorsed, or None.
        key: what is endorsed.
        end: whether that key may endorse further.
        purposes: those that emblems under it may have.
        log: where the commitment to ``signer`` is logged; needed where it is a root key.
        life: from when until when.
        cwt_tag: profile B: with tag 61, as the draft has it.

    Raises:
        NotReadable: an organisation identifier is none.
        EmblemError: the profile has no word for a purpose.
    """
    for one in (issuer, subject):
        if one is not None:
            organisation(one)
    public = of_native(signer.public_key())
    if profile == "A":
        return profile_a.write(
            profile_a.endorsement_claims(
                issuer=issuer, subject=subject, key=key, end=end, purposes=purposes, log=log,
                valid_from=life.start, valid_until=life.until,
            ), signer, public,
        )  # fmt: skip
    claims = profile_b.endorsement_claims(
        issuer=issuer, subject=subject, key=key, end=end, purposes=purposes, log=log,
        valid_from=life.start, valid_until=life.until,
    )  # fmt: skip
    return profile_b.write(claims, public, lambda message: sign(signer, message), cwt_tag=cwt_tag)


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """A signature, r and s side by side."""
    suite = of_native(key.public_key()).suite
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(suite.hash)))
    return r.to_bytes(suite.size, "big") + s.to_bytes(suite.size, "big")
