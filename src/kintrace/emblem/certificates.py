"""Certificates as Certificate Transparency logs them: entries, their leaves, and the claim ``log`` from a chain's own SCTs."""

import hashlib
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kintrace.emblem import der, merkle
from kintrace.emblem.cbor import refused
from kintrace.emblem.tokens import LogEntry
from kintrace.errors import EmblemError, NotReadable

LEAF_INDEX = 0
"""Type of the SCT extension that holds the leaf's number (c2sp.org/static-ct-api)."""
_ERRORS = (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, x509.InvalidVersion)


@dataclass(frozen=True)
class Entry:
    """A log entry: the ``TimestampedEntry`` of RFC 6962 §3.4."""

    timestamp: int
    """Milliseconds since 1970."""
    logged: bytes
    """The certificate, or its TBSCertificate without poison and SCTs where ``issuer_key_hash`` is given; DER."""
    issuer_key_hash: bytes | None
    """Of a precertificate: SHA-256 of its issuer's SubjectPublicKeyInfo."""
    extensions: bytes
    submitted: bytes = b""
    """Of a precertificate: it, as it was handed in, with its issuer's signature; DER. The leaf does not hold it: empty where the
    log did not give it."""
    chain: tuple[bytes, ...] = ()
    """The certificates above it, as they were handed in; DER. From a log with tiles: the SHA-256 of each."""

    @property
    def leaf(self) -> bytes:
        """The MerkleTreeLeaf, whose hash stands in the tree."""
        kind = struct.pack(">QH", self.timestamp, 0 if self.issuer_key_hash is None else 1)
        body = (self.issuer_key_hash or b"") + len(self.logged).to_bytes(3, "big") + self.logged
        return b"\0\0" + kind + body + len(self.extensions).to_bytes(2, "big") + self.extensions

    @property
    def index(self) -> int | None:
        """The leaf's number, where the log put it among the extensions."""
        return leaf_index(self.extensions)

    def certificate(self) -> x509.Certificate:
        """The certificate. That of a precertificate has no usable signature: only its contents count.

        Raises:
            NotReadable: it is none.
        """
        data = self.logged if self.issuer_key_hash is None else _as_certificate(self.logged)
        try:
            return x509.load_der_x509_certificate(data)
        except _ERRORS as problem:
            raise refused(f"a logged certificate is damaged ({problem})") from problem


def _entry(reader: "_Reader") -> Entry:
    """The entry that stands next."""
    timestamp, kind = struct.unpack(">QH", reader.take(10))
    if kind not in (0, 1):
        raise refused("a log entry is of an unknown kind")
    issuer = reader.take(32) if kind else None
    logged = reader.sized(3)
    return Entry(timestamp, logged, issuer, reader.sized(2))


def read_leaf(data: bytes) -> Entry:
    """The entry in a MerkleTreeLeaf.

    Raises:
        NotReadable: it is none.
    """
    if data[:2] != b"\0\0":
        raise refused("a leaf is not of version 1")
    reader = _Reader(data[2:])
    entry = _entry(reader)
    if reader.at != len(reader.data):
        raise refused("bytes follow a leaf")
    return entry


def with_submission(entry: Entry, extra: bytes) -> Entry:
    """An entry with what a log of RFC 6962 keeps beside its leaf (``extra_data``, §4.6): as it is where that is damaged."""
    try:
        reader = _Reader(extra)
        submitted = reader.sized(3) if entry.issuer_key_hash is not None else b""
        above = _Reader(reader.sized(3))
        chain = []
        while above.at < len(above.data):
            chain.append(above.sized(3))
    except NotReadable:
        return entry
    return replace(entry, submitted=submitted, chain=tuple(chain))


def read_tile(data: bytes, most: int = merkle.TILE) -> list[Entry]:
    """The entries of a data tile of a static log, from the first on.

    Args:
        data: the tile.
        most: entries to read; what follows them is left unread.

    Raises:
        NotReadable: it is none.
    """
    reader = _Reader(data)
    entries: list[Entry] = []
    while reader.at < len(data) and len(entries) < most:
        entry = _entry(reader)
        submitted = reader.sized(3) if entry.issuer_key_hash is not None else b""
        prints = reader.sized(2)
        chain = tuple(prints[at : at + 32] for at in range(0, len(prints), 32))
        entries.append(replace(entry, submitted=submitted, chain=chain))
    return entries


def leaf_index(extensions: bytes) -> int | None:
    """The leaf's number from the extensions of an SCT; None where there is none.

    Raises:
        NotReadable: the extensions are not in their form.
    """
    reader = _Reader(extensions)
    found: dict[int, bytes] = {}
    while reader.at < len(extensions):
        kind = reader.take(1)[0]
        if kind in found:
            raise refused("an SCT has one extension twice")
        found[kind] = reader.sized(2)
    if LEAF_INDEX not in found:
        return None
    if len(found[LEAF_INDEX]) != 5:
        raise refused("the leaf index of an SCT has not 40 bits")
    return int.from_bytes(found[LEAF_INDEX], "big")


def read_chain(pem: bytes) -> list[x509.Certificate]:
    """Certificates in PEM, the leaf first.

    Raises:
        NotReadable: there is none, or one is damaged.
    """
    try:
        return x509.load_pem_x509_certificates(pem)
    except _ERRORS as problem:
        raise refused("it is no chain of certificates in PEM") from problem


def entries_of_chain(
    chain: list[x509.Certificate],
) -> list[tuple[x509.certificate_transparency.SignedCertificateTimestamp, Entry]]:
    """What each SCT inside the first certificate promises to be logged: the SCT, and the entry as the log has it.

    Raises:
        NotReadable: an SCT is damaged.
        EmblemError: the issuer's certificate is missing, or there is no SCT.
    """
    if len(chain) < 2:
        raise EmblemError(
            "The issuer's certificate is missing: it is part of what is logged.",
            "Nothing was made.",
            "Give the full chain, as your certificate authority hands it out (fullchain.pem).",
        )
    leaf, issuer = chain[:2]
    try:
        leaf.verify_directly_issued_by(issuer)
    except Exception as problem:
        raise EmblemError(
            "The second certificate of the chain did not issue the first.", "Nothing was made.", "Give them in order."
        ) from problem
    try:
        scts = leaf.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps).value
        logged = leaf.tbs_precertificate_bytes
    except x509.ExtensionNotFound as problem:
        raise EmblemError(
            "The certificate holds no SCT: it does not say in which logs it stands.",
            "Nothing was made.",
            "Ask for a certificate of an authority that logs all it issues.",
        ) from problem
    except _ERRORS as problem:
        raise refused(f"the certificate is damaged ({problem})") from problem
    key = hashlib.sha256(spki(issuer)).digest()
    return [(sct, Entry(_milliseconds(sct.timestamp), logged, key, sct.extension_bytes)) for sct in scts]


def log_of_chain(chain: list[x509.Certificate]) -> tuple[LogEntry, ...]:
    """The claim ``log`` for the first certificate of a chain, from the SCTs inside it.

    Raises:
        NotReadable: an SCT is damaged.
        EmblemError: the issuer's certificate is missing, or there is no SCT.
    """
    found = []
    for sct, entry in entries_of_chain(chain):
        if entry.index is None:
            found.append(LogEntry(sct.log_id, hash=merkle.leaf_hash(entry.leaf)))
        else:
            found.append(LogEntry(sct.log_id, index=entry.index))
    return tuple(found)


def spki(certificate: x509.Certificate) -> bytes:
    """SubjectPublicKeyInfo, DER."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def names_in(certificate: x509.Certificate) -> frozenset[str]:
    """DNS names a certificate is valid for, in lower case; wildcards are left out, for they commit to nothing.

    Raises:
        NotReadable: its extensions are damaged.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return frozenset(name.lower() for name in names.get_values_for_type(x509.DNSName) if "*" not in name)
    except x509.ExtensionNotFound:
        return frozenset()
    except _ERRORS as problem:
        raise refused(f"a certificate is damaged ({problem})") from problem


def _milliseconds(when: datetime) -> int:
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _as_certificate(tbs: bytes) -> bytes:
    """A TBSCertificate in the envelope of a certificate, with an empty signature, so that ``cryptography`` reads it."""
    body, _ = der.element(tbs, 0, der.SEQUENCE)
    at = body
    if tbs[at : at + 1] == bytes([der.VERSION]):
        _, at = der.element(tbs, at, der.VERSION)
    _, at = der.element(tbs, at, der.INTEGER)  # the serial number
    _, end = der.element(tbs, at, der.SEQUENCE)  # the signature's algorithm, which stands in both places
    return der.wrapped(der.SEQUENCE, tbs + tbs[at:end] + b"\x03\x01\x00")


class _Reader:
    """Goes over bytes, and refuses to go beyond them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise refused("a log entry is cut off")
        self.at += count
        return self.data[self.at - count : self.at]

    def sized(self, width: int) -> bytes:
        """Bytes whose number stands before them."""
        return self.take(int.from_bytes(self.take(width), "big"))
