"""The encrypted cache of acquired faces: one file a model pack set, entries by the content hash of the photo.

Every entry is sealed with Tink (AES-256-GCM) under a key in a file of its own with mode 0600, with the pack set and an
opaque name as associated data. The name is an HMAC of the photo's hash, so that the file does not tell which known
photos were searched.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import struct
from pathlib import Path
from types import TracebackType

import numpy as np
import tink
from tink import aead, secret_key_access

from kintrace.errors import CacheError
from kintrace.faces import Face, Quality, Sample, Template

FORMAT = 1  # a change of how faces are found or weighed makes older entries void: raise this
"""Version of the entries."""


class TemplateCache:
    """Acquired faces by content hash, encrypted at rest. A context manager; each write is one transaction."""

    def __init__(self, folder: Path, key: str, pack: str) -> None:
        """Open, or make, the cache for one pack set.

        Args:
            folder: where the file and its key are.
            key: the encoder's key, so that templates of other models, weights or settings are not taken for these.
            pack: name of the pack set, which the templates bear.

        Raises:
            CacheError: the key or the file cannot be read or written.
        """
        self._key, self._pack = f"{FORMAT}:{key}", pack
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._aead, self._name_key = _keys(folder / "cache.key")
            self._file = sqlite3.connect(folder / "cache.sqlite", isolation_level=None, timeout=30)
            os.chmod(folder / "cache.sqlite", 0o600)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA secure_delete=ON")
            self._file.execute("CREATE TABLE IF NOT EXISTS entry (name BLOB PRIMARY KEY, sealed BLOB NOT NULL)")
        except (OSError, sqlite3.Error, tink.TinkError, ValueError, KeyError, TypeError) as problem:
            raise CacheError(
                f"The template cache in {folder} cannot be opened ({problem}).",
                kept="No photo was touched.",
                todo="Delete that folder to begin a new cache, or search with --no-cache.",
            ) from problem

    def __enter__(self) -> "TemplateCache":
        """Use in a ``with`` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _name(self, sha256: str) -> bytes:
        return hmac.digest(self._name_key, f"{self._key}:{sha256}".encode(), "sha256")

    def get(self, sha256: str) -> tuple[tuple[Sample, ...], tuple[int, int]] | None:
        """The samples and size of a photo by the hex SHA-256 of its bytes; None where it is not held or not readable."""
        name = self._name(sha256)
        row = self._file.execute("SELECT sealed FROM entry WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        try:
            return _unpacked(self._aead.decrypt(row[0], name), self._pack)
        except (tink.TinkError, ValueError, KeyError, struct.error):
            # A damaged entry is worth nothing: it is made again from the photo.
            return None

    def put(self, sha256: str, samples: tuple[Sample, ...], size: tuple[int, int]) -> None:
        """Keep what was acquired from a photo."""
        name = self._name(sha256)
        sealed = self._aead.encrypt(_packed(samples, size), name)
        self._file.execute("INSERT OR REPLACE INTO entry VALUES (?, ?)", (name, sealed))

    def forget(self, sha256: str) -> None:
        """Erase one photo's entry."""
        self._file.execute("DELETE FROM entry WHERE name = ?", (self._name(sha256),))

    def __len__(self) -> int:
        """How many entries the file holds, of every pack set."""
        return int(self._file.execute("SELECT count(*) FROM entry").fetchone()[0])


def _keys(path: Path) -> tuple[aead.Aead, bytes]:
    """The sealing key and the naming key, made at first use; the file is written whole or not at all."""
    aead.register()
    if not path.exists():
        keyset = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
        text = tink.json_proto_keyset_format.serialize(keyset, secret_key_access.TOKEN)
        content = json.dumps({"keyset": text, "names": secrets.token_hex(32)})
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        try:
            os.link(draft, path)  # fails where another process was first: its key is the one to use
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise CacheError(
            f"The key file {path} can be read by others.",
            kept="It was not used.",
            todo=f"Run “chmod 600 {path}”, and delete its folder if somebody may have copied it.",
        )
    table = json.loads(path.read_text(encoding="utf-8"))
    handle_ = tink.json_proto_keyset_format.parse(table["keyset"], secret_key_access.TOKEN)
    return handle_.primitive(aead.Aead), bytes.fromhex(table["names"])


def _packed(samples: tuple[Sample, ...], size: tuple[int, int]) -> bytes:
    """Length of a JSON head, the head, then all vectors as float32."""
    head = {
        "size": size,
        "faces": [
            {
                "box": sample.face.box,
                "landmarks": sample.face.landmarks.tolist(),
                "score": sample.face.score,
                "turned": sample.face.turned,
                "overall": sample.quality.overall,
                "measures": sample.quality.measures,
                "advice": sample.quality.advice,
            }
            for sample in samples
        ],
    }
    text = json.dumps(head).encode()
    vectors = b"".join(sample.template.vector.astype("<f4").tobytes() for sample in samples)
    return struct.pack("<I", len(text)) + text + vectors


def _unpacked(data: bytes, pack: str) -> tuple[tuple[Sample, ...], tuple[int, int]]:
    (length,) = struct.unpack_from("<I", data)
    head = json.loads(data[4 : 4 + length])
    count = len(head["faces"])
    vectors = np.frombuffer(data, dtype="<f4", offset=4 + length).reshape(count, -1) if count else ()
    samples = tuple(
        Sample(
            Face(
                (entry["box"][0], entry["box"][1], entry["box"][2], entry["box"][3]),
                np.array(entry["landmarks"], dtype=np.float32),
                entry["score"],
                entry["turned"],
            ),
            Quality(entry["overall"], entry["measures"], tuple(entry["advice"])),
            Template(pack, np.asarray(vector, dtype=np.float32)),
        )
        for entry, vector in zip(head["faces"], vectors, strict=True)
    )
    return samples, (head["size"][0], head["size"][1])


def content_hash(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
