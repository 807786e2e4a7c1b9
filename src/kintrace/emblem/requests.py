"""An organisation asks an authority to endorse it, and takes what the authority gives.

The request is a JWS signed with the organisation's root key, so that the authority sees that who asks has it. It is no token: its
content type is its own, and it says nothing to anybody else.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import deserialize_compact, serialize_compact

from kintrace.emblem.assets import host_name, organisation
from kintrace.emblem.cbor import refused
from kintrace.emblem.items import Item
from kintrace.emblem.keys import PublicKey, base64url, from_jwk_members, json_object, of_native
from kintrace.emblem.profile_a import Registry, private_jwk
from kintrace.emblem.profiles import read_key, read_token, signed_by
from kintrace.emblem.purposes import bits_of, names_of
from kintrace.emblem.state import Received, State
from kintrace.errors import EmblemError, KintraceError, NotReadable

TYPE = "kintrace-emblem-request"
LONGEST_NOTE = 1000
"""Characters."""


@dataclass(frozen=True)
class Request:
    """What an organisation asks for."""

    organisation: str
    key: PublicKey
    """Its root key."""
    purposes: int
    names: tuple[str, ...]
    """That it means to protect: for the authority to judge; the endorsement does not limit them."""
    asked: int
    """When, seconds since 1970."""
    note: str


def write_request(
    key: ec.EllipticCurvePrivateKey,
    *,
    organisation_id: str,
    purposes: int,
    names: tuple[str, ...],
    at: datetime,
    note: str = "",
) -> str:
    """A request, signed.

    Args:
        key: the root key to be endorsed.
        organisation_id: ours.
        purposes: bitmap of those asked for.
        names: that will be protected.
        at: now.
        note: for the people at the authority: whom to call.

    Raises:
        NotReadable: the organisation identifier or a name is none.
    """
    public = of_native(key.public_key())
    payload = {
        "organisation": organisation(organisation_id),
        "purposes": list(names_of(purposes)),
        "names": [host_name(name) for name in names],
        "asked": int(at.timestamp()),
        "note": note,
    }
    header = {"alg": public.suite.name, "typ": TYPE, "jwk": public.jwk()}
    signer = ECKey.import_key(private_jwk(key, public))
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=True)
    return serialize_compact(header, text, signer, registry=Registry(algorithms=[public.suite.name]))


def read_request(data: bytes) -> Request:
    """A request, its signature checked.

    Raises:
        NotReadable: it is none, or not signed with the key in it.
    """
    text = data.strip()
    if len(text) > 20_000 or text.count(b".") != 2:
        raise refused("it is no request for an endorsement")
    try:
        header = json_object(base64url(text.split(b".")[0].decode("ascii")))
        if header.get("typ") != TYPE or not isinstance(header.get("jwk"), dict):
            raise refused("it is no request for an endorsement")
        key = from_jwk_members(header["jwk"])
        opened = deserialize_compact(
            text, ECKey.import_key(dict(key.jwk())), registry=Registry(algorithms=[key.suite.name])
        )
        found = json_object(opened.payload)
        names, asked = tuple(host_name(str(name)) for name in found["names"]), found["asked"]
        if type(asked) is not int:
            raise refused("it does not say when it was made")
        return Request(
            organisation(found["organisation"]),
            key,
            bits_of(found["purposes"]),
            names,
            asked,
            _readable(str(found.get("note", ""))),
        )
    except (JoseError, UnicodeError, KeyError, TypeError, ValueError) as problem:
        raise refused("the request is damaged, or not signed with the key in it") from problem


def _readable(note: str) -> str:
    """A stranger's words without what moves a terminal's cursor or turns a line round: they stand above the key to compare."""
    return "".join(sign if sign.isprintable() else " " for sign in note[:LONGEST_NOTE])


def receive(state: State, items: list[Item], at: datetime) -> list[Received]:
    """Keep endorsements of our keys by other organisations, to publish them with our emblems.

    Args:
        state: ours.
        items: tokens and keys, as the authority handed them out.
        at: now, aware.

    Raises:
        EmblemError: none of them is such an endorsement; why each is not.
    """
    keys = []
    for item in items:
        if item.kind == "key":
            try:
                keys.append((item, read_key(item)))
            except NotReadable:
                continue
    taken, why = [], []
    for item in items:
        if item.kind == "token":
            try:
                taken.append(_received(state, item, keys, at))
            except KintraceError as problem:
                why.append(problem.what)
    if not taken:
        raise EmblemError(
            f"There is no endorsement to take. {' '.join(why)}".strip(), "Nothing was kept.",
            "Ask the authority for the file that kintrace emblem endorse-request wrote.",
        )  # fmt: skip
    with state.changing() as records:
        for one in taken:
            new = read_token(one.token)
            records.received = [
                old
                for old in records.received
                if (old.token.profile, _who(old)) != (one.token.profile, (new.issuer, new.key, new.subject))
            ]
            records.received.append(one)
    return taken


def _who(one: Received) -> tuple[str | None, bytes, str | None]:
    token = read_token(one.token)
    return token.issuer, token.key, token.subject


def _received(state: State, item: Item, keys: list[tuple[Item, PublicKey]], at: datetime) -> Received:
    token = read_token(item)
    ours = [name for name in state.keys.names() if state.keys.public(name).kid(token.profile) == token.key]
    if token.kind != "endorsement" or not ours:
        raise EmblemError("A token endorses no key of ours.")
    if token.issuer is not None and token.issuer == token.subject:
        raise EmblemError(
            "A token is an endorsement within our own organisation: it is published with our emblems anyway."
        )
    signer = next(
        (pair for pair in keys if pair[0].profile == token.profile and pair[1].kid(token.profile) == token.kid), None
    )
    key = signer[1] if signer else token.jwk
    if key is None or not signed_by(token, key):
        raise EmblemError("A token's signature is wrong, or its key is missing.")
    if not token.end or token.issuer is None or token.log is None:
        raise EmblemError(
            "An endorsement does not let our root key endorse further, or does not say who gives it and its log."
        )
    if at.timestamp() >= token.valid_until:
        raise EmblemError("An endorsement has expired.")
    return Received(item, signer[0] if signer else None)
