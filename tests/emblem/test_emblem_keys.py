"""Keys, their identifiers, how they are kept, and the request for a certificate."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from emblem_make import World, public

from kintrace.emblem import Level, cbor, pkcs8
from kintrace.emblem.items import Item
from kintrace.emblem.keys import SUITES, PublicKey, from_cose, from_jwk, kid_from_text, of_native, text_of
from kintrace.emblem.keystore import Keystore, new_private_key, pem_of, read_public, request_for
from kintrace.emblem.profiles import key_item, write_emblem, write_endorsement
from kintrace.errors import EmblemKeyError, NotReadable

PASSPHRASE = "a passphrase of several words"


def key_with_leading_zero() -> ec.EllipticCurvePrivateKey:
    number = 1
    while True:
        key = ec.derive_private_key(number, ec.SECP256R1())
        if of_native(key.public_key()).other_kid("B"):
            return key
        number += 1


def test_new_keys_begin_with_no_zero_byte() -> None:
    for _ in range(50):
        key = public(new_private_key())
        assert key.x[0]
        assert key.y[0]
        assert key.suite.name == "ES256"


@pytest.mark.parametrize("curve", [suite.curve for suite in SUITES], ids=lambda curve: curve.name)
def test_a_key_is_the_same_however_it_is_written(curve: ec.EllipticCurve) -> None:
    key = of_native(ec.generate_private_key(curve).public_key())
    pem = pem_of(key)
    der = key.native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for data in (pem, der, key.cose(), key.cose(alg=True), key.cose().hex().encode(), json.dumps(key.jwk()).encode()):
        assert read_public(data) == key
    compressed = cbor.encode({1: 2, -1: key.suite.cose_curve, -2: key.x, -3: bool(key.y[-1] & 1)})
    assert from_cose(compressed).kid("B") == key.kid("B")
    with_kid = cbor.encode({1: 2, 2: b"x" * 32, -1: key.suite.cose_curve, -2: key.x, -3: key.y})
    assert from_cose(with_kid).kid("B") == key.kid("B")
    assert kid_from_text(text_of(key.kid("A"))) == key.kid("A")
    assert len(text_of(key.kid("A"))) == 52


def test_other_keys_are_refused() -> None:
    key = public(new_private_key())
    members = {1: 2, -1: 1, -2: key.x, -3: key.y}
    for bad in (
        {**members, -4: b"d" * 32}, {**members, 3: -35}, {**members, -3: key.x}, {**members, 1: 1}, {**members, -1: 8},
        {**members, 4: [1]}, {**members, -2: b"\0" + key.x},
    ):  # fmt: skip
        with pytest.raises(NotReadable):
            from_cose(cbor.encode(bad))
    good = cbor.encode(members)
    for strict in (good + b"\0", b"\xa5" + good[1:] + b"\x01\x02", b"\xbf" + good[1:] + b"\xff"):
        with pytest.raises(NotReadable):
            from_cose(strict)
    jwk = key.jwk()
    for changed in (
        {"d": "AA"},
        {"alg": "HS256"},
        {"crv": "P-384"},
        {"kty": "oct"},
        {"x": jwk["y"]},
        {"key_ops": 5},
        {"use": "enc"},
    ):
        with pytest.raises(NotReadable):
            from_jwk(json.dumps({**jwk, **changed}).encode())
    with pytest.raises(NotReadable):
        from_jwk(json.dumps(jwk).replace('"kty"', '"x": "AA", "kty"').encode())
    stranger = ed25519.Ed25519PrivateKey.generate().public_key()
    for data in (
        stranger.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        b"",
        b"hello",
        b"\xff" * 40,
        b"{}",
    ):
        with pytest.raises(NotReadable):
            read_public(data)


@pytest.mark.parametrize("text", ["", "a", "A" * 52, "1" * 52, "a" * 51 + "b", "a" * 53])
def test_identifiers_have_one_text(text: str) -> None:
    with pytest.raises(NotReadable):
        kid_from_text(text)


def test_a_prototypes_identifier_is_taken_with_a_warning(world: World) -> None:
    """One prototype hashes coordinates without their leading zero bytes."""
    key = key_with_leading_zero()
    other = public(key).other_kid("B")
    assert other is not None
    assert other != public(key).kid("B")

    class AsPrototype(PublicKey):
        def kid(self, profile: str) -> bytes:  # type: ignore[override]
            return other

    from kintrace.emblem import profile_b, profiles

    claims = profile_b.emblem_claims(issuer=None, purposes=1, assets=("x.test",), valid_from=0, valid_until=2**32)
    theirs = AsPrototype(public(key).suite, public(key).x, public(key).y)
    token = profile_b.write(claims, theirs, lambda message: profiles.sign(key, message))
    found = world.check([Item("B", "token", token, "t"), key_item(public(key), "B", "k")], name="x.test")
    assert found.level is Level.SIGNED
    assert "leading zero" in found.tokens[0].warnings[0]


def test_a_chain_may_name_a_key_as_the_prototype_does(world: World) -> None:
    signer, root = key_with_leading_zero(), new_private_key()
    from emblem_make import LIFE

    emblem = write_emblem("B", signer, issuer=None, purposes=1, assets=["x.test"], life=LIFE)
    above = write_endorsement(
        "B", root, issuer=None, subject=None, key=public(signer).other_kid("B") or b"", end=False, purposes=1, log=None, life=LIFE
    )  # fmt: skip
    items = [Item("B", "token", data, "t") for data in (emblem, above)]
    found = world.check([*items, *(key_item(public(key), "B", "k") for key in (signer, root))], name="x.test")
    assert found.level is Level.SIGNED
    assert all(token.kept for token in found.tokens)


def test_a_key_is_kept_encrypted(tmp_path: Path, quick_keys: None) -> None:
    keys = Keystore(tmp_path / "keys")
    made = keys.make("root", PASSPHRASE)
    file = tmp_path / "keys" / "root.pem"
    assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    assert public(keys.private("root", PASSPHRASE)) == made == keys.public("root")
    with pytest.raises(EmblemKeyError, match="does not open"):
        keys.private("root", PASSPHRASE + "!")
    with pytest.raises(EmblemKeyError, match="already"):
        keys.make("root", PASSPHRASE)
    with pytest.raises(EmblemKeyError, match="shorter"):
        keys.make("other", "short")
    for name in ("", "../x", "A", "a b", "-a", "x" * 60):
        with pytest.raises(EmblemKeyError, match="cannot be the name"):
            keys.make(name, PASSPHRASE)
    with pytest.raises(EmblemKeyError, match="There are: root"):
        keys.public("absent")
    assert keys.names() == ["root"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_key_that_others_may_read_is_not_used(tmp_path: Path, quick_keys: None) -> None:
    keys = Keystore(tmp_path)
    keys.make("root", PASSPHRASE)
    (tmp_path / "root.pem").chmod(0o640)
    with pytest.raises(EmblemKeyError, match="can be read by others"):
        keys.private("root", PASSPHRASE)


def test_openssl_opens_the_key(tmp_path: Path) -> None:
    import shutil

    if not shutil.which("openssl"):
        pytest.skip("there is no openssl")
    file = tmp_path / "key.pem"
    file.write_bytes(pkcs8.sealed(new_private_key(), PASSPHRASE.encode()))
    ran = subprocess.run(
        ["openssl", "pkey", "-in", str(file), "-passin", f"pass:{PASSPHRASE}", "-noout"], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_the_request_is_for_three_names() -> None:
    key = new_private_key()
    request = x509.load_pem_x509_csr(request_for(key, "https://society.example"))
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {
        "adem-configuration.society.example",
        f"{text_of(public(key).kid('B'))}.adem-configuration.society.example",
        "society.example",
    }
    assert request.is_signature_valid
    both = x509.load_pem_x509_csr(request_for(key, "https://" + "long." * 20 + "example", ("A", "B")))
    names = both.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert len(names.get_values_for_type(x509.DNSName)) == 4
    assert both.subject == x509.Name([])
