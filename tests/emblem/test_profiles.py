"""Tokens that break a rule of their profile are dropped; what we write is read by other people's libraries."""

import base64
import json
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from emblem_make import LIFE, NOW, World, public

from kintrace.emblem import Item, Level, cbor, profile_a, profile_b, verify
from kintrace.emblem.keys import SUITES, text_of, to_base64url
from kintrace.emblem.keystore import new_private_key
from kintrace.emblem.profiles import key_item, read_token, sign, write_emblem, write_endorsement
from kintrace.emblem.tokens import beyond
from kintrace.errors import EmblemError, NotReadable

KEY = new_private_key()
PUBLIC = public(KEY)
BOTH = pytest.mark.parametrize("profile", ["A", "B"])


def cose(
    claims: dict[Any, Any] | bytes, header: dict[Any, Any] | bytes | None = None, *, unprotected: Any = None,
    wrap: Callable[[Any], Any] = lambda sealed: cbor2.CBORTag(61, cbor2.CBORTag(18, sealed)),
    key: ec.EllipticCurvePrivateKey = KEY, message: Callable[[bytes, bytes], bytes] = profile_b.to_sign,
) -> Item:  # fmt: skip
    """Well signed, whatever is in it."""
    known = {1: -7, 4: public(key).kid("B")}
    protected = header if isinstance(header, bytes) else cbor2.dumps(header if header is not None else known)
    payload = claims if isinstance(claims, bytes) else cbor2.dumps(claims)
    signature = sign(key, message(protected, payload))
    return Item("B", "token", cbor2.dumps(wrap([protected, unprotected or {}, payload, signature])), "made")


def jws(claims: dict[str, Any] | str, header: dict[str, Any] | None = None) -> Item:
    """Well signed, whatever is in it."""
    known = {"alg": "ES256", "cty": "adem-emb", "kid": text_of(PUBLIC.kid("A"))}
    head = json.dumps(header if header is not None else known)
    body = claims if isinstance(claims, str) else json.dumps(claims)
    text = f"{to_base64url(head.encode())}.{to_base64url(body.encode())}"
    return Item("A", "token", f"{text}.{to_base64url(sign(KEY, text.encode()))}".encode(), "made")


EMBLEM = {"ver": 1, 4: LIFE.until, 5: LIFE.start, "prp": 1, "assets": ["x.test"]}
ENDORSEMENT = {"ver": 1, 4: LIFE.until, 5: LIFE.start, "prp": 1, "key": b"k" * 32, "end": True}
EMBLEM_A = {
    "ver": "v1",
    "iat": LIFE.start,
    "nbf": LIFE.start,
    "exp": LIFE.until,
    "assets": ["x.test"],
    "emb": {"prp": ["protective"]},
}
ENDORSEMENT_A = {"ver": "v1", "iat": 0, "nbf": 0, "exp": LIFE.until, "key": text_of(PUBLIC.kid("A")), "end": True}


def check(item: Item) -> Any:
    keys = [key_item(PUBLIC, "A", "k"), key_item(PUBLIC, "B", "k")]
    return verify([item, *keys], at=NOW, name="x.test")


def test_the_plain_tokens_are_good() -> None:
    """So that the refusals below are for what they say."""
    for item in (cose(EMBLEM), jws(EMBLEM_A), cose(EMBLEM, wrap=lambda sealed: cbor2.CBORTag(18, sealed))):
        assert check(item).level is Level.SIGNED
    assert read_token(cose(ENDORSEMENT)).kind == "endorsement"
    end_a = jws(ENDORSEMENT_A, {"alg": "ES256", "cty": "adem-end", "kid": text_of(PUBLIC.kid("A"))})
    assert read_token(end_a).kind == "endorsement"


KID = PUBLIC.kid("B")
BAD_COSE = {
    "algorithm none": cose(EMBLEM, {1: 0, 4: KID}),
    "algorithm EdDSA": cose(EMBLEM, {1: -8, 4: KID}),
    "algorithm of another curve": cose(EMBLEM, {1: -35, 4: KID}),
    "algorithm as text": cose(EMBLEM, {1: "ES256", 4: KID}),
    "no algorithm": cose(EMBLEM, {4: KID}),
    "no key identifier": cose(EMBLEM, {1: -7}),
    "short key identifier": cose(EMBLEM, {1: -7, 4: KID[:31]}),
    "critical header": cose(EMBLEM, {1: -7, 4: KID, 2: [99], 99: 1}),
    "another type": cose(EMBLEM, {1: -7, 4: KID, 16: "application/cwt"}),
    "duplicate key in the header": cose(EMBLEM, b"\xa3" + cbor2.dumps({1: -7, 4: KID})[1:] + b"\x01\x26"),
    "trailing bytes after the header": cose(EMBLEM, cbor2.dumps({1: -7, 4: KID}) + b"\0"),
    "header that is no map": cose(EMBLEM, cbor2.dumps([1, -7])),
    "empty header": cose(EMBLEM, b""),
    "external data": cose(EMBLEM, message=lambda p, c: cbor2.dumps(["Signature1", p, b"data", c])),
    "signed as of several": cose(EMBLEM, message=lambda p, c: cbor2.dumps(["Signature", p, b"", c])),
    "unprotected header": cose(EMBLEM, unprotected={4: KID}),
    "no tag": cose(EMBLEM, wrap=lambda sealed: sealed),
    "tags the wrong way round": cose(EMBLEM, wrap=lambda sealed: cbor2.CBORTag(18, cbor2.CBORTag(61, sealed))),
    "tag of COSE_Mac0": cose(EMBLEM, wrap=lambda sealed: cbor2.CBORTag(61, cbor2.CBORTag(17, sealed))),
    "three parts": cose(EMBLEM, wrap=lambda sealed: cbor2.CBORTag(61, cbor2.CBORTag(18, sealed[:3]))),
    "detached payload": cose(EMBLEM, wrap=lambda s: cbor2.CBORTag(61, cbor2.CBORTag(18, [s[0], s[1], None, s[3]]))),
    "version 2": cose({**EMBLEM, "ver": 2}),
    "version true": cose({**EMBLEM, "ver": True}),
    "no version": cose({key: value for key, value in EMBLEM.items() if key != "ver"}),
    "no purpose": cose({**EMBLEM, "prp": 0}),
    "unknown purpose": cose({**EMBLEM, "prp": 33}),
    "purpose true": cose({**EMBLEM, "prp": True}),
    "no exp": cose({key: value for key, value in EMBLEM.items() if key != 4}),
    "no nbf": cose({key: value for key, value in EMBLEM.items() if key != 5}),
    "exp that is no number": cose({**EMBLEM, 4: float("nan")}),
    "exp without end": cose({**EMBLEM, 4: float("inf")}),
    "exp as text": cose({**EMBLEM, 4: "2099"}),
    "exp of 64 bits": cose({**EMBLEM, 4: 2**64 - 1}),
    "exp true": cose({**EMBLEM, 4: True}),
    "issuer in capitals": cose({**EMBLEM, 1: "https://X.test"}),
    "issuer with a path": cose({**EMBLEM, 1: "https://x.test/"}),
    "issuer without https": cose({**EMBLEM, 1: "x.test"}),
    "issuer over http": cose({**EMBLEM, 1: "http://x.test"}),
    "issuer with a port": cose({**EMBLEM, 1: "https://x.test:443"}),
    "issuer with a user": cose({**EMBLEM, 1: "https://a@x.test"}),
    "issuer null": cose({**EMBLEM, 1: None}),
    "no asset": cose({**EMBLEM, "assets": []}),
    "assets as text": cose({**EMBLEM, "assets": "x.test"}),
    "asset that is no text": cose({**EMBLEM, "assets": [b"x.test"]}),
    "wildcard asset": cose({**EMBLEM, "assets": ["*.test", "x.test"]}),
    "asset with a port": cose({**EMBLEM, "assets": ["x.test:443"]}),
    "emblem and endorsement at once": cose({**EMBLEM, **ENDORSEMENT}),
    "duplicate key in the claims": cose(b"\xa6" + cbor2.dumps(EMBLEM)[1:] + cbor2.dumps("prp") + b"\x02"),
    "trailing bytes after the claims": cose(cbor2.dumps(EMBLEM) + b"\0"),
    "trailing bytes after the token": Item("B", "token", cose(EMBLEM).data + b"\0", "made"),
    "claims that are no map": cose(cbor2.dumps([1])),
    "claims of indefinite length": cose(b"\xbf" + cbor2.dumps(EMBLEM)[1:] + b"\xff"),
    "neither emblem nor endorsement": cose({key: value for key, value in EMBLEM.items() if key != "assets"}),
    "endorsement without end": cose({key: value for key, value in ENDORSEMENT.items() if key != "end"}),
    "endorsement with end 1": cose({**ENDORSEMENT, "end": 1}),
    "endorsement with a short key": cose({**ENDORSEMENT, "key": b"k"}),
    "log in two places": cose(
        {**ENDORSEMENT, "log": [{"id": KID, "hash": KID}]}, {1: -7, 4: KID, "log": [{"id": KID, "hash": KID}]}
    ),
    "empty log": cose({**ENDORSEMENT, "log": []}),
    "log with hash and index": cose({**ENDORSEMENT, "log": [{"id": KID, "hash": KID, "index": 1}]}),
    "log with neither": cose({**ENDORSEMENT, "log": [{"id": KID}]}),
    "log with a negative index": cose({**ENDORSEMENT, "log": [{"id": KID, "index": -1}]}),
    "log without id": cose({**ENDORSEMENT, "log": [{"hash": KID}]}),
}


@pytest.mark.parametrize("case", BAD_COSE)
def test_profile_b_refuses(case: str) -> None:
    found = check(BAD_COSE[case])
    assert found.level is Level.INVALID
    (token,) = found.tokens
    assert not token.kept
    assert token.why


def test_log_may_stand_in_the_header() -> None:
    in_header = cose(ENDORSEMENT, {1: -7, 4: KID, "log": [{"id": KID, "hash": KID}]})
    as_claim = cose({**ENDORSEMENT, "log": [{"id": KID, "hash": KID}]})
    assert read_token(in_header).log == read_token(as_claim).log != None  # noqa: E711


def test_an_algorithm_goes_with_its_curve_only() -> None:
    """ES512 in the header over a key on P-256, signed with SHA-512: mathematically sound, and refused."""
    protected, payload = cbor2.dumps({1: -36, 4: KID}), cbor2.dumps(EMBLEM)
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(KEY.sign(profile_b.to_sign(protected, payload), ec.ECDSA(hashes.SHA512())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    token = cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, [protected, {}, payload, signature])))
    found = check(Item("B", "token", token, "made"))
    assert found.level is Level.INVALID
    assert found.tokens[0].why == "its signature is wrong"


HEAD = {"alg": "ES256", "cty": "adem-emb", "kid": text_of(PUBLIC.kid("A"))}
END = {**HEAD, "cty": "adem-end"}
UNSIGNED = jws(EMBLEM_A).data.rpartition(b".")[0] + b"."
NONE = to_base64url(json.dumps({**HEAD, "alg": "none"}).encode()).encode() + b"." + UNSIGNED.split(b".")[1] + b"."
BAD_JWS = {
    "alg none": Item("A", "token", NONE, "made"),
    "alg none, signed": jws(EMBLEM_A, {**HEAD, "alg": "none"}),
    "alg HS256": jws(EMBLEM_A, {**HEAD, "alg": "HS256"}),
    "alg of another curve": jws(EMBLEM_A, {**HEAD, "alg": "ES384"}),
    "alg EdDSA": jws(EMBLEM_A, {**HEAD, "alg": "EdDSA"}),
    "alg as list": jws(EMBLEM_A, {**HEAD, "alg": ["ES256"]}),
    "no signature": Item("A", "token", UNSIGNED, "made"),
    "critical header": jws(EMBLEM_A, {**HEAD, "crit": ["b64"], "b64": False}),
    "unencoded payload": jws(EMBLEM_A, {**HEAD, "b64": False}),
    "key by address": jws(EMBLEM_A, {**HEAD, "jku": "https://evil.test"}),
    "embedded certificate": jws(EMBLEM_A, {**HEAD, "x5c": ["AA"]}),
    "no key": jws(EMBLEM_A, {"alg": "ES256", "cty": "adem-emb"}),
    "kid of another key than jwk": jws(EMBLEM_A, {**HEAD, "jwk": public(new_private_key()).jwk()}),
    "jwk that is a private key": jws(EMBLEM_A, {**HEAD, "jwk": {**PUBLIC.jwk(), "d": "AA"}}),
    "jwk that is a secret": jws(EMBLEM_A, {**HEAD, "jwk": {"kty": "oct", "k": "AA"}}),
    "jwk that is text": jws(EMBLEM_A, {**HEAD, "jwk": "AA"}),
    "kid that is no text": jws(EMBLEM_A, {**HEAD, "kid": 5}),
    "another typ": jws(EMBLEM_A, {**HEAD, "typ": "JOSE"}),
    "no cty": jws(EMBLEM_A, {"alg": "ES256", "kid": HEAD["kid"]}),
    "emblem called endorsement": jws(EMBLEM_A, END),
    "endorsement called emblem": jws(ENDORSEMENT_A, HEAD),
    "version 1": jws({**EMBLEM_A, "ver": 1}),
    "no exp": jws({key: value for key, value in EMBLEM_A.items() if key != "exp"}),
    "exp as text": jws({**EMBLEM_A, "exp": "2099"}),
    "exp true": jws({**EMBLEM_A, "exp": True}),
    "endless exp": jws(json.dumps(EMBLEM_A).replace(f'"exp": {LIFE.until}', '"exp": 1e999')),
    "exp that is no number": jws(json.dumps(EMBLEM_A).replace(f'"exp": {LIFE.until}', '"exp": NaN')),
    "exp with many digits": jws(json.dumps(EMBLEM_A).replace(f'"exp": {LIFE.until}', '"exp": ' + "9" * 4000)),
    "exp with too many digits": jws(json.dumps(EMBLEM_A).replace(f'"exp": {LIFE.until}', '"exp": ' + "9" * 9000)),
    "member twice": jws(json.dumps(EMBLEM_A)[:-1] + ', "assets": ["y.test"]}'),
    "emb that is a list": jws({**EMBLEM_A, "emb": []}),
    "unknown purpose": jws({**EMBLEM_A, "emb": {"prp": ["other"]}}),
    "purpose as number": jws({**EMBLEM_A, "emb": {"prp": 1}}),
    "no asset": jws({**EMBLEM_A, "assets": []}),
    "wildcard in the middle": jws({**EMBLEM_A, "assets": ["x.test", "a.*.test"]}),
    "address without brackets": jws({**EMBLEM_A, "assets": ["x.test", "192.0.2.1"]}),
    "prefix with bits beyond it": jws({**EMBLEM_A, "assets": ["x.test", "[2001:db8::1/32]"]}),
    "issuer with a path": jws({**EMBLEM_A, "iss": "https://x.test/a"}),
    "emblem and endorsement at once": jws({**ENDORSEMENT_A, **EMBLEM_A}),
    "endorsement without end": jws({key: value for key, value in ENDORSEMENT_A.items() if key != "end"}, END),
    "endorsement of a key in hexadecimal": jws({**ENDORSEMENT_A, "key": "ab" * 32}, END),
    "log of another version": jws({**ENDORSEMENT_A, "log": [{"ver": "v2", "id": "A" * 43 + "=", "hash": "A" * 43 + "="}]}, END),
    "log with a short hash": jws({**ENDORSEMENT_A, "log": [{"ver": "v1", "id": "A" * 43 + "=", "hash": "AAAA"}]}, END),
    "empty log": jws({**ENDORSEMENT_A, "log": []}, END),
    "wnd as text": jws({**ENDORSEMENT_A, "emb": {"wnd": "1"}}, END),
    "payload that is a list": jws("[]"),
    "payload that is no JSON": jws("{"),
    "two parts": Item("A", "token", b"e30.e30", "made"),
    "padding": Item("A", "token", jws(EMBLEM_A).data + b"=", "made"),
    "white space": Item("A", "token", jws(EMBLEM_A).data + b"\n", "made"),
    "not ASCII": Item("A", "token", "ä.ä.ä".encode(), "made"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_JWS)
def test_profile_a_refuses(case: str) -> None:
    found = check(BAD_JWS[case])
    assert found.level is Level.INVALID
    (token,) = found.tokens
    assert not token.kept
    assert token.why


def test_profile_a_takes_what_live_tokens_have() -> None:
    """``typ: JWT``, endorsements without ``emb``, IPv4 in brackets, and the key inside the token."""
    assert check(jws(EMBLEM_A, {**HEAD, "typ": "JWT"})).level is Level.SIGNED
    assert check(jws({**EMBLEM_A, "assets": ["x.test", "[192.0.2.1]"]})).level is Level.SIGNED
    inside = jws(EMBLEM_A, {"alg": "ES256", "cty": "adem-emb", "jwk": PUBLIC.jwk()})
    assert verify([inside], at=NOW, name="x.test").level is Level.SIGNED


def limits(emb: dict[str, Any], emblem: dict[str, Any] | None = None) -> str | None:
    above = read_token(jws({**ENDORSEMENT_A, "emb": emb}, END))
    return beyond(read_token(jws({**EMBLEM_A, **(emblem or {})})), above)


def test_limits_of_profile_a() -> None:
    life = LIFE.until - LIFE.start
    for emb in ({}, {"prp": ["protective", "indicative"]}, {"assets": ["x.test"]}, {"assets": ["*.test"]}, {"assets": ["*"]},
                {"wnd": life}, {"dst": ["dns"]}, {"assets": ["y.test", "*.x.test"]}):  # fmt: skip
        assert limits(emb) is None, emb
    for emb in ({"prp": ["indicative"]}, {"prp": []}, {"assets": []}, {"assets": ["y.test"]}, {"assets": ["*.y.test"]},
                {"wnd": life - 1}, {"wnd": 0}, {"assets": ["[::/0]"]}):  # fmt: skip
        assert limits(emb), emb
    assert limits({"dst": []}, {"emb": {"dst": ["dns"]}})
    ranges = {"assets": ["[2001:db8::1]", "[192.0.2.1]"]}
    assert limits({"assets": ["[2001:db8::/32]", "[::ffff:192.0.2.0/120]"]}, ranges) is None
    assert limits({"assets": ["[2001:db8::/32]"]}, ranges)
    assert limits({"assets": ["*"]}, ranges)
    assert limits({"assets": ["x.test"]}, {"assets": ["*.x.test"]})
    assert limits({"assets": ["*.x.test"]}, {"assets": ["*.a.x.test"]}) is None


@pytest.mark.parametrize("emb", [{"assets": ["*.elsewhere.test"]}, {"wnd": 3600}, {"prp": ["indicative"]}])
def test_limits_hold_for_the_whole_set(world: World, emb: dict[str, Any]) -> None:
    claims = {
        **profile_a.endorsement_claims(
            issuer=world.society.oi, subject=world.society.oi, key=public(world.society.signer).kid("A"), end=False,
            purposes=1, log=world.society.log, valid_from=LIFE.start, valid_until=LIFE.until,
        ), "emb": emb,
    }  # fmt: skip
    internal = Item("A", "token", profile_a.write(claims, world.society.root, public(world.society.root)), "t")
    assert world.check(world.set("A", internal=internal)).level is Level.INVALID


# Other people's libraries


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("cwt_tag", [True, False])
def test_pycose_and_cwt_verify_profile_b(suite: Any, cwt_tag: bool) -> None:
    from cwt import COSE, COSEKey
    from pycose.keys import CoseKey
    from pycose.messages import CoseMessage

    key = ec.generate_private_key(suite.curve)
    ours = public(key)
    token = write_emblem("B", key, issuer="https://x.test", purposes=1, assets=["x.test"], life=LIFE, cwt_tag=cwt_tag)
    outer = cbor2.loads(token)
    assert (outer.tag == 61) is cwt_tag
    sealed = cbor2.dumps(outer.value) if cwt_tag else token

    theirs = CoseMessage.decode(sealed)
    theirs.key = CoseKey.decode(ours.cose())
    assert theirs.verify_signature()
    assert cbor2.loads(theirs.payload) == {
        1: "https://x.test", 4: LIFE.until, 5: LIFE.start, "ver": 1, "prp": 1, "assets": ["x.test"],
    }  # fmt: skip
    theirs.payload += b"\0"
    assert not theirs.verify_signature()

    pem = ours.native.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    payload = COSE.new().decode(sealed, COSEKey.from_pem(pem, alg=suite.name, kid=ours.kid("B")))
    assert (
        payload["assets"] == ["x.test"] if isinstance(payload, dict) else cbor2.loads(payload)["assets"] == ["x.test"]
    )


def test_we_verify_what_pycose_signs() -> None:
    from pycose.keys import EC2Key
    from pycose.messages import Sign1Message

    message = Sign1Message(phdr={1: -7, 4: KID}, payload=cbor2.dumps(EMBLEM))
    numbers = KEY.private_numbers()
    message.key = EC2Key(crv="P_256", d=numbers.private_value.to_bytes(32, "big"), x=PUBLIC.x, y=PUBLIC.y)
    assert check(Item("B", "token", message.encode(), "theirs")).level is Level.SIGNED


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_jwcrypto_verifies_profile_a(suite: Any) -> None:
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS, InvalidJWSSignature

    key = ec.generate_private_key(suite.curve)
    ours = public(key)
    token = write_endorsement(
        "A", key, issuer="https://a.test", subject="https://x.test", key=KID, end=True, purposes=3, log=None, life=LIFE
    )  # fmt: skip
    theirs = JWS()
    theirs.deserialize(token.decode())
    jwk = JWK(**ours.jwk())
    theirs.verify(jwk)
    claims = json.loads(theirs.payload)
    assert (claims["sub"], claims["end"], claims["emb"]) == (
        "https://x.test",
        True,
        {"prp": ["protective", "indicative"]},
    )
    thumbprint = base64.urlsafe_b64decode(jwk.thumbprint() + "=")
    assert json.loads(theirs.objects["protected"])["kid"] == text_of(thumbprint) == text_of(ours.kid("A"))
    changed = JWS()
    changed.deserialize(write_emblem("A", KEY, issuer=None, purposes=1, assets=["x.test"], life=LIFE).decode())
    with pytest.raises(InvalidJWSSignature):
        changed.verify(jwk)


# Writing


@BOTH
def test_we_write_nothing_that_we_would_refuse(profile: Any) -> None:
    good: dict[str, Any] = {"issuer": "https://x.test", "purposes": 1, "assets": ["x.test"], "life": LIFE}
    write_emblem(profile, KEY, **good)
    for bad in (
        {"issuer": "x.test"},
        {"assets": []},
        {"assets": ["a b"]},
        {"purposes": 0 if profile == "B" else 4},
        {"purposes": 64},
    ):
        with pytest.raises((NotReadable, EmblemError)):
            write_emblem(profile, KEY, **{**good, **bad})


def test_a_token_is_deterministic_but_for_its_signature() -> None:
    one, two = (write_emblem("B", KEY, issuer=None, purposes=1, assets=["x.test"], life=LIFE) for _ in range(2))
    first, second = cbor2.loads(one).value.value, cbor2.loads(two).value.value
    assert first[:3] == second[:3]
    assert cbor.decode(first[0]) == {1: -7, 4: KID, 16: "application/adem"}
    assert first[1] == {}
