"""A certificate authority and a log for rehearsals: whoever tries the emblem out under ``.test`` cannot get a public certificate.

Nobody's list of logs holds this log, and nobody trusts this authority, but who names this folder's own lists in a check. The
log is one of RFC 6962, kept as files, as :mod:`.fetching` reads them.
"""

import base64
import json
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from kintrace.emblem import der, merkle
from kintrace.emblem.certificates import Entry, spki
from kintrace.emblem.fetching import name_in_folder
from kintrace.emblem.files import write_private
from kintrace.errors import EmblemError, NotReadable

SCTS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
"""Extension that holds a certificate's SCTs (RFC 6962 §3.3)."""
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST: a rehearsal of the digital emblem")])
LIFE = timedelta(days=90)


class Rehearsal:
    """The folder: ``authority.key``, ``roots.pem``, ``crl.pem``, ``log.key``, ``logs.json``, ``log/``, and a chain for each name.

    Args:
        folder: made at the first certificate.
        at: now, aware.
    """

    def __init__(self, folder: Path, at: datetime) -> None:
        self.folder, self.at = folder, at.astimezone(UTC).replace(microsecond=0)

    def certify(self, request: bytes) -> Path:
        """A logged certificate for a request's names, with what a check of it needs.

        Args:
            request: a certificate signing request, PEM.

        Returns:
            The file of the chain: the certificate and the authority's.

        Raises:
            NotReadable: it is no request.
            EmblemError: a name does not end in ``.test``; or the folder cannot be used.
        """
        names, key = _asked(request)
        try:
            authority, log = self._key("authority.key"), self._key("log.key")
            root = self._root(authority)
            entries = self._entries()
            chain, entry = self._logged(names, key, authority, root, log)
            entries.append({"leaf": _text(entry.leaf), "submitted": _text(entry.submitted)})
            self._write("log/entries.json", json.dumps(entries).encode())
            self._publish(log, [base64.b64decode(one["leaf"]) for one in entries], entries, root)
            self._write("logs.json", json.dumps(_list(log), indent=1).encode())
            self._write("crl.pem", self._revocations(authority) + root.public_bytes(Encoding.PEM))
            shortest = min(names, key=len)
            self._write(f"{shortest}.pem", chain)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise EmblemError(
                f"{self.folder} cannot be used ({problem}).", "Nothing was certified.", "Name another folder."
            ) from problem
        return self.folder / f"{shortest}.pem"

    def _write(self, name: str, data: bytes) -> None:
        write_private(self.folder / name, data, replace=True)

    def _key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """The key in a file, made where there is none. It is not encrypted, for it vouches for nothing."""
        file = self.folder / name
        if not file.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            self._write(name, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = load_pem_private_key(file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{name} is another key")
        return key

    def _root(self, authority: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        file = self.folder / "roots.pem"
        if not file.exists():
            made = _builder(NAME, authority.public_key(), self.at, timedelta(days=3650)).add_extension(
                x509.BasicConstraints(True, None), critical=True
            )
            self._write("roots.pem", made.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM))
        return x509.load_pem_x509_certificate(file.read_bytes())

    def _entries(self) -> list[dict[str, str]]:
        file = self.folder / "log" / "entries.json"
        return list(json.loads(file.read_bytes())) if file.exists() else []

    def _logged(
        self,
        names: Sequence[str],
        key: ec.EllipticCurvePublicKey,
        authority: ec.EllipticCurvePrivateKey,
        root: x509.Certificate,
        log: ec.EllipticCurvePrivateKey,
    ) -> tuple[bytes, Entry]:
        """The chain in PEM, and the log's entry."""
        listed = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = _builder(x509.Name([]), key, self.at, LIFE).add_extension(listed, critical=True)
        tbs = builder.sign(authority, hashes.SHA256()).tbs_certificate_bytes
        submitted = builder.add_extension(x509.PrecertPoison(), critical=True).sign(authority, hashes.SHA256())
        entry = Entry(
            int(self.at.timestamp() * 1000), tbs, sha256(spki(root)).digest(), b"", submitted.public_bytes(Encoding.DER)
        )
        signature = log.sign(entry.leaf, ec.ECDSA(hashes.SHA256()))
        sct = b"\0" + _id(log) + struct.pack(">QH", entry.timestamp, 0) + _signature(signature)
        inner = len(sct).to_bytes(2, "big") + sct
        scts = der.wrapped(0x04, len(inner).to_bytes(2, "big") + inner)
        final = builder.add_extension(x509.UnrecognizedExtension(SCTS, scts), critical=False)
        chain = (final.sign(authority, hashes.SHA256()), root)
        return b"".join(one.public_bytes(Encoding.PEM) for one in chain), entry

    def _publish(
        self,
        log: ec.EllipticCurvePrivateKey,
        leaves: Sequence[bytes],
        entries: Sequence[dict[str, str]],
        root: x509.Certificate,
    ) -> None:
        """What the log answers about its entries."""
        every, timestamp = [merkle.leaf_hash(leaf) for leaf in leaves], int(self.at.timestamp() * 1000)
        head = merkle.root_of(every)
        message = b"\0\1" + struct.pack(">QQ", timestamp, len(every)) + head
        answers: dict[str, Any] = {
            "ct/v1/get-sth": {
                "tree_size": len(every), "timestamp": timestamp, "sha256_root_hash": _text(head),
                "tree_head_signature": _text(_signature(log.sign(message, ec.ECDSA(hashes.SHA256())))),
            }
        }  # fmt: skip
        above = _sized(_sized(root.public_bytes(Encoding.DER)))
        for number, (hashed, leaf, entry) in enumerate(zip(every, leaves, entries, strict=True)):
            asked = quote(_text(hashed), safe="")
            path = [_text(one) for one in merkle.path_of(number, every)]
            answers[f"ct/v1/get-proof-by-hash?hash={asked}&tree_size={len(every)}"] = {
                "leaf_index": number, "audit_path": path,
            }  # fmt: skip
            beside = _sized(base64.b64decode(entry["submitted"])) + above
            answers[f"ct/v1/get-entries?start={number}&end={number}"] = {
                "entries": [{"leaf_input": _text(leaf), "extra_data": _text(beside)}]
            }
        for where, answer in answers.items():
            self._write(f"log/{name_in_folder(where)}", json.dumps(answer).encode())

    def _revocations(self, authority: ec.EllipticCurvePrivateKey) -> bytes:
        """A revocation list that revokes nothing."""
        begin = self.at - timedelta(minutes=5)
        empty = x509.CertificateRevocationListBuilder().issuer_name(NAME).last_update(begin).next_update(begin + LIFE)
        return empty.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)


def _asked(request: bytes) -> tuple[list[str], ec.EllipticCurvePublicKey]:
    """Names and key of a request.

    Raises:
        NotReadable, EmblemError: as for :meth:`Rehearsal.certify`.
    """
    try:
        found = x509.load_pem_x509_csr(request)
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names, key, whole = listed.get_values_for_type(x509.DNSName), found.public_key(), found.is_signature_valid
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension) as problem:
        raise NotReadable(
            "This is no certificate signing request with names.",
            "Nothing was certified.",
            "Make one with: kintrace emblem key csr",
        ) from problem
    if not whole or not names or not isinstance(key, ec.EllipticCurvePublicKey):
        raise NotReadable("The request is not signed with its own key on a curve.", "Nothing was certified.")
    real = [name for name in names if not name.endswith(".test")]
    if real:
        raise EmblemError(
            f"{real[0]} does not end in .test.",
            "Nothing was certified.",
            "Send the request to a public certificate authority.",
        )
    return names, key


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    begin = at - timedelta(minutes=5)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(NAME).public_key(key)
        .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(begin + life)
    )  # fmt: skip


def _public(log: ec.EllipticCurvePrivateKey) -> bytes:
    return log.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _id(log: ec.EllipticCurvePrivateKey) -> bytes:
    return sha256(_public(log)).digest()


def _list(log: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """The list of logs, as browsers publish theirs."""
    one = {
        "description": "TEST: a rehearsal of the digital emblem", "log_id": _text(_id(log)), "key": _text(_public(log)),
        "url": "file:log/", "state": {"usable": {}},
    }  # fmt: skip
    return {"operators": [{"name": "TEST", "logs": [one], "tiled_logs": []}]}


def _signature(signature: bytes) -> bytes:
    """ECDSA with SHA-256 in the form of TLS (RFC 5246 §4.7)."""
    return b"\4\3" + len(signature).to_bytes(2, "big") + signature


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
