"""The organisation's own keys, in a folder: made, kept encrypted, shown, and brought to a certificate authority."""

import re
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509.oid import NameOID

from kintrace.emblem import cbor
from kintrace.emblem.assets import host_of
from kintrace.emblem.cbor import refused
from kintrace.emblem.commitment import names_needed
from kintrace.emblem.files import open_to_others, write_private
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import PublicKey, from_cose, from_jwk, of_native
from kintrace.emblem.pkcs8 import sealed
from kintrace.errors import EmblemKeyError, NotReadable

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}\Z", re.ASCII)
SHORTEST = 12


class Keystore:
    """Keys in a folder: for each name ``NAME.pem``, encrypted, mode 0600, and ``NAME.pub.pem``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, name: str, passphrase: str) -> PublicKey:
        """Make a key on P-256 and keep it. Neither coordinate begins with a zero byte: a prototype takes such keys for others.

        Raises:
            EmblemKeyError: the name cannot be one or is taken, or the passphrase is short.
        """
        if not _NAME.match(name):
            raise EmblemKeyError(
                f"{name} cannot be the name of a key.", "Nothing was made.", "Use small letters, digits and hyphens."
            )
        if len(passphrase) < SHORTEST:
            raise EmblemKeyError(
                f"The passphrase is shorter than {SHORTEST} characters.", "Nothing was made.", "Take several words."
            )
        key = new_private_key()
        public = of_native(key.public_key())
        try:
            write_private(self._file(name), sealed(key, passphrase.encode()), replace=False)
        except FileExistsError:
            raise EmblemKeyError(
                f"There is a key {name} already.", "It was left as it is.", "Give the new one another name."
            ) from None
        write_private(self._public_file(name), pem_of(public), replace=True)
        return public

    def names(self) -> list[str]:
        """Of all keys, sorted."""
        return sorted(file.name.removesuffix(".pub.pem") for file in self.folder.glob("*.pub.pem"))

    def public(self, name: str) -> PublicKey:
        """The public half.

        Raises:
            EmblemKeyError: there is no such key.
        """
        try:
            return read_public(self._public_file(name).read_bytes())
        except OSError:
            known = ", ".join(self.names())
            raise EmblemKeyError(
                f"There is no key {name}.", "", f"There are: {known}." if known else "Make one: kintrace emblem key new"
            ) from None

    def private(self, name: str, passphrase: str) -> ec.EllipticCurvePrivateKey:
        """The private half.

        Raises:
            EmblemKeyError: there is no such key, the passphrase is wrong, or others may read its file.
        """
        self.public(name)
        file = self._file(name)
        try:
            if open_to_others(file):
                raise EmblemKeyError(
                    f"The key file {file} can be read by others.", "It was not used.", f"Run “chmod 600 {file}”."
                )
            key = load_pem_private_key(file.read_bytes(), passphrase.encode())
        except OSError as problem:
            raise EmblemKeyError(f"The key file {file} cannot be read ({problem.strerror}).") from problem
        except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
            raise EmblemKeyError(
                f"The key {name} does not open: the passphrase is another, or the file is damaged.",
                "Nothing was signed.",
            ) from problem
        if not isinstance(key, ec.EllipticCurvePrivateKey) or of_native(key.public_key()) != self.public(name):
            raise EmblemKeyError(f"The two files of the key {name} do not belong together.", "Nothing was signed.")
        return key

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def _public_file(self, name: str) -> Path:
        return self.folder / f"{name}.pub.pem"


def new_private_key() -> ec.EllipticCurvePrivateKey:
    """A key on P-256, neither of whose coordinates begins with a zero byte."""
    while True:
        key = ec.generate_private_key(ec.SECP256R1())
        if of_native(key.public_key()).other_kid("B") is None:
            return key


def pem_of(key: PublicKey) -> bytes:
    """A public key in PEM (SubjectPublicKeyInfo)."""
    return key.native.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(data: bytes) -> PublicKey:
    """A public key in PEM or DER, as JWK, or as COSE_Key in CBOR or hexadecimal.

    Raises:
        NotReadable: it is none of these.
    """
    stripped = data.strip()
    try:
        if stripped.startswith(b"-----BEGIN"):
            return _native(load_pem_public_key(stripped))
        if stripped.startswith(b"{"):
            return from_jwk(stripped)
        if stripped and re.fullmatch(rb"[0-9a-fA-F\s]+", stripped):
            return from_cose(bytes.fromhex(stripped.decode("ascii")))
        if data[:1] == b"\x30":
            return _native(load_der_public_key(data))
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise refused("it is no public key") from problem
    cbor.decode(data)
    return from_cose(data)


def request_for(key: ec.EllipticCurvePrivateKey, issuer: str, profiles: tuple[Profile, ...] = ("B",)) -> bytes:
    """A certificate signing request, PEM, for the names that commit an organisation to a key.

    They are the two that the draft demands, and the organisation's own, which checkers in use look for. The certificate need not
    serve anything: that it is issued and logged is all.

    Args:
        key: the root key; it signs the request, too.
        issuer: organisation identifier.
        profiles: for whose key identifiers.
    """
    public = of_native(key.public_key())
    names = list(dict.fromkeys(name for profile in profiles for name in names_needed(issuer, public, profile)))
    host = host_of(issuer)
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, host)] if len(host) <= 64 else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _native(key: object) -> PublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise NotReadable("This cannot be read: it is no key on an elliptic curve.", "Nothing was taken from it.")
    return of_native(key)
