"""Certificate Transparency logs: the operator's list of them, and what one of them proves.

The list is a JSON file in the form that browsers publish theirs (``operators`` with ``logs`` and ``tiled_logs``). A log is
asked at its address, or read from a folder that mirrors it: who looks something up in a folder is seen by nobody.
"""

import base64
import binascii
import hashlib
import json
import struct
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from kintrace.emblem import fetching, merkle
from kintrace.emblem.certificates import Entry, read_leaf, read_tile, with_submission
from kintrace.emblem.fetching import Absent, Fetch, Unreachable
from kintrace.emblem.tokens import LogEntry
from kintrace.errors import EmblemError, NotReadable

_NOT_TRUSTED = {"pending", "rejected"}
_NOTE_KIND = b"\x05"
"""Signature type of a tree head of RFC 6962 in a checkpoint."""


class NotProved(EmblemError):
    """The log was asked, and what it answers does not prove that the certificate is in it."""


class NotAsked(EmblemError):
    """The log could not be asked: nothing is known either way."""


@dataclass(frozen=True)
class Log:
    """One log."""

    id: bytes
    """SHA-256 of its key's SubjectPublicKeyInfo."""
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    static: bool
    """It serves tiles (static-ct-api), not proofs."""
    place: str
    """Where it is read from: an address, or ``file:`` and a folder."""
    name: str
    origin: str = ""
    """First line of its checkpoints; empty where any will do."""

    def entry(self, where: LogEntry, fetch: Fetch) -> Entry:
        """The entry, proved to be in the log's tree.

        Raises:
            NotProved: it is not there, or a signature, proof or hash is wrong.
            NotAsked: the log cannot be reached, or is of the other kind.
        """
        try:
            if self.static:
                return self._from_tiles(where, fetch)
            return self._from_proof(where, fetch)
        except Unreachable as problem:
            raise NotAsked(f"the log {self.name} could not be asked ({problem})") from problem
        except (Absent, NotReadable, ValueError, KeyError, TypeError, RecursionError) as problem:
            raise NotProved(f"the log {self.name} does not show the certificate ({_words(problem)})") from problem

    def above(self, entry: Entry, fetch: Fetch) -> list[bytes]:
        """The certificates above an entry's as they were handed in, DER; those that the log does not give are left out."""
        if not self.static:
            return list(entry.chain)
        found = []
        for fingerprint in entry.chain:
            try:
                data = fetch(self.place, f"issuer/{fingerprint.hex()}")
            except (Absent, Unreachable, ValueError):
                continue
            if hashlib.sha256(data).digest() == fingerprint:
                found.append(data)
        return found

    def vouches(self, signature: bytes, message: bytes, algorithm: int = 4) -> bool:
        """Whether the log signed this, with SHA-256 (``algorithm`` is 4) and its key."""
        if algorithm != 4:
            return False
        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            else:
                self.key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def _from_proof(self, where: LogEntry, fetch: Fetch) -> Entry:
        if where.hash is None:
            raise NotAsked(f"the log {self.name} is listed as one of RFC 6962, and the token gives an index for it")
        head = _json(fetch(self.place, "ct/v1/get-sth"))
        size, root = _whole(head["tree_size"]), _base64(head["sha256_root_hash"])
        self._check_head(_whole(head["timestamp"]), size, root, _base64(head["tree_head_signature"]))
        asked = quote(base64.b64encode(where.hash).decode("ascii"), safe="")
        proof = _json(fetch(self.place, f"ct/v1/get-proof-by-hash?hash={asked}&tree_size={size}"))
        index, path = _whole(proof["leaf_index"]), [_base64(one) for one in proof["audit_path"]]
        if not merkle.included(where.hash, index, size, path, root):
            raise ValueError("its proof does not hold")
        found = _json(fetch(self.place, f"ct/v1/get-entries?start={index}&end={index}"))["entries"]
        leaf = _base64(found[0]["leaf_input"]) if found else b""
        if merkle.leaf_hash(leaf) != where.hash:
            raise ValueError("the entry it gives is another")
        return with_submission(read_leaf(leaf), _base64(found[0].get("extra_data", "")))

    def _from_tiles(self, where: LogEntry, fetch: Fetch) -> Entry:
        if where.index is None:
            raise NotAsked(f"the log {self.name} is listed as one with tiles, and the token gives a leaf hash for it")
        size, root = self._checkpoint(fetch(self.place, "checkpoint"))
        if where.index >= size:
            raise ValueError(f"it has {size} entries, and this would be number {where.index}")
        number, within = divmod(where.index, merkle.TILE)
        width = merkle.tile_width(0, number, size)
        tile = read_tile(fetching.plain(self._tile(fetch, "data", number, width)), within + 1)
        if len(tile) <= within:
            raise ValueError("its tile has too few entries")
        entry = tile[within]
        path = merkle.proof_from_tiles(
            where.index, size, lambda level, number, width: self._tile(fetch, level, number, width)[: 32 * width]
        )
        if not merkle.included(merkle.leaf_hash(entry.leaf), where.index, size, path, root):
            raise ValueError("its tiles do not give the root it signed")
        if entry.index not in (None, where.index):
            raise ValueError("the entry says that its number is another")
        return entry

    def _tile(self, fetch: Fetch, level: int | str, number: int, width: int) -> bytes:
        """A tile; where one that is not full is gone, the full one that took its place."""
        try:
            return fetch(self.place, merkle.tile_path(level, number, width))
        except (Absent, Unreachable):
            if width == merkle.TILE:
                raise
            return fetch(self.place, merkle.tile_path(level, number))

    def _checkpoint(self, note: bytes) -> tuple[int, bytes]:
        """Size and root of a checkpoint that the log signed (c2sp.org/static-ct-api, tlog-checkpoint)."""
        body, mark, signatures = note.decode("utf-8").partition("\n\n")
        lines = body.split("\n")
        if not mark or len(lines) != 3 or not lines[1].isascii() or not lines[1].isdigit():
            raise ValueError("its checkpoint is none")
        origin, size, root = lines[0], _whole(int(lines[1][:20])), _base64(lines[2])
        if self.origin and origin != self.origin:
            raise ValueError(f"its checkpoint is of {origin[:100]}")
        key = hashlib.sha256(origin.encode() + b"\n" + _NOTE_KIND + self.id).digest()[:4]
        for line in signatures.split("\n"):
            parts = line.split(" ")
            if len(parts) == 3 and parts[0] == "—" and parts[1] == origin:
                signature = _base64(parts[2])
                if signature[:4] == key and len(signature) > 12:
                    self._check_head(int.from_bytes(signature[4:12], "big"), size, root, signature[12:])
                    return size, root
        raise ValueError("its checkpoint bears no signature of it")

    def _check_head(self, timestamp: int, size: int, root: bytes, signed: bytes) -> None:
        """A tree head's signature (RFC 6962 §3.5)."""
        if len(root) != 32 or len(signed) < 4 or len(signed) != 4 + int.from_bytes(signed[2:4], "big"):
            raise ValueError("its tree head is none")
        message = b"\0\1" + struct.pack(">QQ", timestamp, size) + root
        if signed[0] != 4 or not self.vouches(signed[4:], message):
            raise ValueError("the signature of its tree head is wrong")


@dataclass(frozen=True)
class Logs:
    """The operator's list of logs."""

    logs: dict[bytes, Log]
    fetch: Fetch = fetching.fetch

    def of(self, identity: bytes) -> Log | None:
        """The log with this id."""
        return self.logs.get(identity)

    def within(self, seconds: float) -> "Logs":
        """The same, asked for so long from now on."""
        return replace(self, fetch=_until(self.fetch, time.monotonic() + seconds))

    def offline(self) -> "Logs":
        """The same, with folders only: no log is asked by network."""
        return replace(self, fetch=_folders_only(self.fetch))


def _until(fetch: Fetch, deadline: float) -> Fetch:
    def read(place: str, path: str) -> bytes:
        if time.monotonic() > deadline:
            raise Unreachable("asking took too long")
        return fetch(place, path)

    return read


def _folders_only(fetch: Fetch) -> Fetch:
    def read(place: str, path: str) -> bytes:
        if not place.startswith("file:"):
            raise Unreachable("nothing is asked by network")
        return fetch(place, path)

    return read


def read_logs(file: Path) -> Logs:
    """The list in a file. Folders it names are found from where the file is.

    Raises:
        NotReadable: it is no such list.
    """
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise NotReadable(f"{file} cannot be read ({problem.strerror}).", "", "Name the log list.") from problem
    try:
        found = [
            *((one, False) for who in _json(data)["operators"] for one in who.get("logs", [])),
            *((one, True) for who in _json(data)["operators"] for one in who.get("tiled_logs", [])),
        ]
        logs = [_log(one, static, file.parent) for one, static in found if not _NOT_TRUSTED & set(one.get("state", {}))]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UnsupportedAlgorithm) as problem:
        raise NotReadable(
            f"{file} is no list of logs ({_words(problem)}).", "", "It needs the form of the lists browsers publish."
        ) from problem
    return Logs({log.id: log for log in logs})


def _log(one: dict[str, Any], static: bool, beside: Path) -> Log:
    der = _base64(one["key"])
    key = serialization.load_der_public_key(der)
    if not isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        raise ValueError("a key is neither ECDSA nor RSA")
    identity = hashlib.sha256(der).digest()
    if _base64(one["log_id"]) != identity:
        raise ValueError("a log's id is not the hash of its key")
    place = str(one["monitoring_url"] if static else one["url"])
    if place.startswith("file:"):
        place = "file:" + str(beside / place.removeprefix("file:"))
    submission = str(one.get("submission_url", "")) if static else ""
    origin = submission.partition("://")[2].rstrip("/")
    return Log(identity, key, static, place.rstrip("/"), str(one.get("description", place)), origin)


def _json(data: bytes) -> Any:
    return json.loads(data)


def _base64(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("base64 is missing")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise ValueError("something is no base64") from problem


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("a number is none")
    return value


def _words(problem: BaseException) -> str:
    return problem.what if isinstance(problem, EmblemError) else str(problem) or type(problem).__name__
