"""Our own certificate authority, for test files with content credentials: made anew in every run, trusted by nobody else."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MADE_BY_AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


@dataclass(frozen=True)
class Authority:
    """An authority's certificate and key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(Encoding.PEM)


def named(name: str) -> x509.Name:
    parts = {NameOID.COMMON_NAME: name, NameOID.ORGANIZATION_NAME: "Kintrace tests"}
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts.items()])


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: x509.Name,
    signed: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
    seconds: float,
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
    built = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(seconds=seconds))
        .add_extension(x509.BasicConstraints(authority, None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed.public_key()), False)
    )
    if not authority:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    return built.sign(signed, hashes.SHA256())


def authority(name: str = "Test authority") -> Authority:
    """An authority by this name, the same within a run."""
    return _authority(name)


@cache
def _authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(certificate(name, key, named(name), key, authority=True, seconds=10**7), key)


def signed(
    data: bytes,
    kind: str = "image/jpeg",
    *,
    by: str = "Test authority",
    seconds: float = 10**6,
    source_type: str = CAPTURED,
    remote: str = "",
    part: bytes = b"",
    relation: str = "componentOf",
) -> bytes:
    """A file with content credentials.

    Args:
        data: a photo.
        kind: its MIME type.
        by: the authority that certifies the signer.
        seconds: how long the signer's certificate is still valid.
        source_type: how the picture was made, as the signer records it.
        remote: put the credentials on a server at this address, and only the address into the file.
        part: a JPEG that went into the picture, with credentials of its own.
        relation: how it went into it, as C2PA calls it.
    """
    root = authority(by)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificate("Test camera", key, root.certificate.subject, root.key, authority=False, seconds=seconds)
    chain = leaf.public_bytes(Encoding.PEM) + root.pem
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, chain, secret, None))
    actions = [
        {"action": "c2pa.created", "digitalSourceType": source_type},
        {
            "action": "c2pa.edited",
            "softwareAgent": {"name": "Test editor", "version": "2"},
            "when": "2024-02-03T04:05:06Z",
        },
    ]
    claim = {
        "claim_generator_info": [{"name": "kintrace-tests", "version": "1"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
    }
    plain = {"verify": {"verify_after_sign": False}, "builder": {"thumbnail": {"enabled": False}}}
    builder = c2pa.Builder(json.dumps(claim), context=c2pa.Context.from_dict(plain))
    if part:
        builder.add_ingredient(
            json.dumps({"title": "a part", "relationship": relation}), "image/jpeg", io.BytesIO(part)
        )
    if remote:
        builder.set_no_embed()
        builder.set_remote_url(remote)
    out = io.BytesIO()
    builder.sign(signer, kind, io.BytesIO(data), out)
    return out.getvalue()
