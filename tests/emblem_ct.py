"""A certificate authority and Certificate Transparency logs, made in the test: enough to commit to a root key, and to prove it.

ca = Authority()
log, tiles = CtLog("one"), CtLog("two", static=True)
chain = ca.certificate(["adem-configuration.x.test", …], logs=[log, tiles])   # PEM, with embedded SCTs
logs = log_list(folder, log, tiles)             # folder/logs.json, which names folders that mirror the logs
crl = ca.crl_file(folder)                       # folder/crl.pem: the list and the authority's certificate
"""

import base64
import hashlib
import json
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there and apart from the code under test."""
    if not leaves:
        return _hash()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return _hash(b"\1", _mth(leaves[:k]), _mth(leaves[k:]))


def _path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*_path(m, leaves[:k]), _mth(leaves[k:])]
    return [*_path(m - k, leaves[k:]), _mth(leaves[:k])]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class CtLog:
    """A log of RFC 6962, or one with tiles. It begins with entries of others, so that its tree has a shape."""

    def __init__(self, name: str, *, static: bool = False, others: int = 5) -> None:
        self.name, self.static = name, static
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.id = _hash(self.spki)
        self.origin = f"{name}.ct.test/log"
        self.leaves: list[bytes] = []
        """MerkleTreeLeaf each."""
        self.handed_in: dict[int, tuple[bytes, list[bytes]]] = {}
        """Of entries that are watched: the precertificate as its issuer signed it, and the certificates above it, DER."""
        self.watched: list[int] = []
        """Numbers of the entries that were added by ``add``."""
        for number in range(others):
            self._append(b"\0" * 32, b"other %d" % number, 1_700_000_000_000 + number)

    def _append(self, issuer: bytes, tbs: bytes, timestamp: int) -> bytes:
        """Log a precertificate; its extensions."""
        extensions = b"\0\0\5" + len(self.leaves).to_bytes(5, "big") if self.static else b""
        body = issuer + len(tbs).to_bytes(3, "big") + tbs + len(extensions).to_bytes(2, "big") + extensions
        self.leaves.append(b"\0\0" + struct.pack(">QH", timestamp, 1) + body)
        return extensions

    def add(
        self, issuer: bytes, tbs: bytes, when: datetime, submitted: bytes = b"", chain: Sequence[bytes] = ()
    ) -> bytes:
        """Log a precertificate; its SCT, serialised."""
        timestamp = int(when.timestamp() * 1000)
        self.watched.append(len(self.leaves))
        self.handed_in[len(self.leaves)] = (submitted, list(chain))
        extensions = self._append(issuer, tbs, timestamp)
        signed = b"\0\0" + self.leaves[-1][2:]
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return (
            b"\0" + self.id + struct.pack(">Q", timestamp) + len(extensions).to_bytes(2, "big") + extensions
            + b"\4\3" + len(signature).to_bytes(2, "big") + signature
        )  # fmt: skip

    def hashes(self) -> list[bytes]:
        return [_hash(b"\0", leaf) for leaf in self.leaves]

    def _tree_head(self, timestamp: int) -> tuple[bytes, bytes]:
        root = _mth(self.hashes())
        signature = self.key.sign(
            b"\0\1" + struct.pack(">QQ", timestamp, len(self.leaves)) + root, ec.ECDSA(hashes.SHA256())
        )
        return root, b"\4\3" + len(signature).to_bytes(2, "big") + signature

    def sth(self, when: datetime = NOW) -> dict[str, Any]:
        timestamp = int(when.timestamp() * 1000)
        root, signature = self._tree_head(timestamp)
        return {
            "tree_size": len(self.leaves), "timestamp": timestamp, "sha256_root_hash": b64(root),
            "tree_head_signature": b64(signature),
        }  # fmt: skip

    def checkpoint(self, when: datetime = NOW) -> str:
        timestamp = int(when.timestamp() * 1000)
        root, signature = self._tree_head(timestamp)
        key = _hash(self.origin.encode(), b"\n\5", self.id)[:4]
        line = b64(key + struct.pack(">Q", timestamp) + signature)
        witness = b64(b"witn" + b"x" * 80)
        return f"{self.origin}\n{len(self.leaves)}\n{b64(root)}\n\n— witness.test {witness}\n— {self.origin} {line}\n"

    def answers(self) -> dict[str, bytes]:
        """Everything the log serves about the entries that are watched, by path."""
        if self.static:
            return self._tiles()
        found: dict[str, Any] = {"ct/v1/get-sth": self.sth()}
        every = self.hashes()
        for index in self.watched:
            asked = quote(b64(every[index]), safe="")
            found[f"ct/v1/get-proof-by-hash?hash={asked}&tree_size={len(every)}"] = {
                "leaf_index": index, "audit_path": [b64(one) for one in _path(index, every)],
            }  # fmt: skip
            found[f"ct/v1/get-entries?start={index}&end={index}"] = {
                "entries": [{"leaf_input": b64(self.leaves[index]), "extra_data": b64(self._beside(index))}]
            }
        return {path: json.dumps(value).encode() for path, value in found.items()}

    def _beside(self, index: int) -> bytes:
        """PrecertChainEntry of RFC 6962 §3.1."""
        submitted, chain = self.handed_in.get(index, (b"", []))
        above = b"".join(len(one).to_bytes(3, "big") + one for one in chain)
        return len(submitted).to_bytes(3, "big") + submitted + len(above).to_bytes(3, "big") + above

    def _in_tile(self, index: int) -> bytes:
        """TileLeaf of static-ct-api."""
        submitted, chain = self.handed_in.get(index, (b"", []))
        prints = b"".join(map(_hash, chain))
        beside = len(submitted).to_bytes(3, "big") + submitted + len(prints).to_bytes(2, "big") + prints
        return self.leaves[index][2:] + beside

    def _tiles(self) -> dict[str, bytes]:
        found = {"checkpoint": self.checkpoint().encode()}
        found |= {f"issuer/{_hash(one).hex()}": one for _, chain in self.handed_in.values() for one in chain}

        def number(n: int) -> str:
            text = f"{n % 1000:03d}"
            while n >= 1000:
                n //= 1000
                text = f"x{n % 1000:03d}/{text}"
            return text

        level, here = 0, self.hashes()
        while here:
            for n in range(0, (len(here) + 255) // 256):
                part = here[256 * n : 256 * n + 256]
                suffix = "" if len(part) == 256 else f".p/{len(part)}"
                found[f"tile/{level}/{number(n)}{suffix}"] = b"".join(part)
                if level == 0:
                    leaves = [self._in_tile(at) for at in range(256 * n, min(256 * n + 256, len(self.leaves)))]
                    found[f"tile/data/{number(n)}{suffix}"] = b"".join(leaves)
            here = [_mth(here[256 * n : 256 * n + 256]) for n in range(len(here) // 256)]
            level += 1
        return found

    def mirror(self, folder: Path) -> None:
        """Write what the log serves into a folder."""
        for path, data in self.answers().items():
            file = folder / path.replace("?", ",").replace("&", ",")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def listed(self, place: str) -> dict[str, Any]:
        """Its line in a log list."""
        common = {"description": self.name, "log_id": b64(self.id), "key": b64(self.spki), "state": {"usable": {}}}
        if self.static:
            return {**common, "monitoring_url": place, "submission_url": f"https://{self.origin}/"}
        return {**common, "url": place}


@contextmanager
def served(log: CtLog) -> Iterator[str]:
    """The log on loopback; its address. ``asked`` of the handler counts nothing: it only serves."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            wanted, query = url.path.lstrip("/"), parse_qs(url.query)
            for path, data in log.answers().items():
                one = urlsplit(path)
                if one.path == wanted and parse_qs(one.query) == query:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                    return
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def log_list(folder: Path, *logs: CtLog, places: dict[str, str] | None = None) -> Path:
    """A log list, ``folder/logs.json``. Logs without a place of their own are mirrored into folders beside it."""
    tiled, plain = [], []
    for log in logs:
        place = (places or {}).get(log.name)
        if place is None:
            log.mirror(folder / log.name)
            place = f"file:{log.name}/"
        (tiled if log.static else plain).append(log.listed(place))
    file = folder / "logs.json"
    file.write_text(json.dumps({"operators": [{"name": "tests", "logs": plain, "tiled_logs": tiled}]}))
    return file


class Authority:
    """A certificate authority."""

    def __init__(
        self, name: str = "Test CA", when: datetime = NOW, *, above: "Authority | None" = None, marked: bool = True,
        days: int = 3650, only: Sequence[str] = (), may_sign: bool = True,
    ) -> None:  # fmt: skip
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.when, self.above = when, above
        builder = (
            x509.CertificateBuilder().subject_name(self.name).issuer_name(above.name if above else self.name)
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(when - timedelta(days=365)).not_valid_after(when + timedelta(days=days))
            .add_extension(x509.BasicConstraints(marked, None), critical=True)
        )  # fmt: skip
        if only:
            allowed = x509.NameConstraints([x509.DNSName(one) for one in only], None)
            builder = builder.add_extension(allowed, critical=True)
        if not may_sign:
            usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
            builder = builder.add_extension(usage, critical=True)
        self.certificate_ = builder.sign(above.key if above else self.key, hashes.SHA256())

    @property
    def chain(self) -> list[x509.Certificate]:
        """Its certificate, and those above it."""
        return [self.certificate_, *(self.above.chain if self.above else [])]

    def certificate(
        self, names: Sequence[str], logs: Sequence[CtLog], *, public_key: ec.EllipticCurvePublicKey | None = None,
        start: datetime | None = None, end: datetime | None = None, points: Sequence[str] = (),
        signed_by: "Authority | None" = None,
    ) -> bytes:  # fmt: skip
        """A logged certificate with its SCTs inside, and the authority's own: a chain in PEM."""
        start = start or self.when - timedelta(days=1)
        builder = (
            x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(self.name)
            .public_key(public_key or ec.generate_private_key(ec.SECP256R1()).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start).not_valid_after(end or start + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=True)
        )  # fmt: skip
        if points:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(one) for one in points], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        tbs = builder.sign(self.key, hashes.SHA256()).tbs_certificate_bytes
        issuer = _hash(self.certificate_.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        signer = signed_by.key if signed_by else self.key
        submitted = builder.add_extension(x509.PrecertPoison(), critical=True).sign(signer, hashes.SHA256())
        beside = submitted.public_bytes(Encoding.DER), [one.public_bytes(Encoding.DER) for one in self.chain]
        scts = [log.add(issuer, tbs, start + timedelta(hours=1), *beside) for log in logs]
        listed = b"".join(len(sct).to_bytes(2, "big") + sct for sct in scts)
        inner = len(listed).to_bytes(2, "big") + listed
        width = (len(inner).bit_length() + 7) // 8
        head = b"\4" + (
            bytes([len(inner)]) if len(inner) < 128 else bytes([128 + width]) + len(inner).to_bytes(width, "big")
        )
        final = builder.add_extension(x509.UnrecognizedExtension(SCT_LIST, head + inner), critical=False)
        self.last = final.sign(self.key, hashes.SHA256())
        return self.last.public_bytes(Encoding.PEM) + self.certificate_.public_bytes(Encoding.PEM)

    def from_csr(self, csr: bytes, logs: Sequence[CtLog], **more: Any) -> bytes:
        """A logged certificate for the names a request in PEM asks for."""
        request = x509.load_pem_x509_csr(csr)
        assert request.is_signature_valid
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return self.certificate(names.get_values_for_type(x509.DNSName), logs, public_key=request.public_key(), **more)  # type: ignore[arg-type]

    def crl(
        self, *revoked: int, when: datetime | None = None, days: int = 30, point: str | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> bytes:  # fmt: skip
        """A revocation list in PEM, for serial numbers."""
        when = when or self.when - timedelta(hours=2)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(when)
        builder = builder.next_update(when + timedelta(days=days))
        if point:
            scope = x509.IssuingDistributionPoint(
                [x509.UniformResourceIdentifier(point)], None, False, False, None, False, False
            )
            builder = builder.add_extension(scope, critical=True)
        for serial in revoked:
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when).build()
            builder = builder.add_revoked_certificate(one)
        return builder.sign(key or self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def crl_file(self, folder: Path, *revoked: int, **more: Any) -> Path:
        """The list and the authority's certificate, ``folder/crl.pem``."""
        file = folder / "crl.pem"
        file.write_bytes(self.crl(*revoked, **more) + self.certificate_.public_bytes(Encoding.PEM))
        return file
