"""Looking for known values in files, in every encoding they may have slipped out in.

A value is known by its first bytes: they are looked up at every place of a file through a table of their hashes, some hundred
megabytes in seconds, and what passes is compared in full. Short values stand by chance in any encrypted file, so they count only
where they stand alone, beside something that reads as text.
"""

import base64
import bz2
import contextlib
import json
import lzma
import urllib.parse
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST = 4
"""Bytes of the shortest value looked for."""
HEADS = (8, 6, 4)
"""By how many first bytes a value is looked up, as many as it has."""
SURE = 8
"""Bytes from which on a value stands nowhere by chance."""
BESIDE = 16
"""Bytes beside a short value that must read as text on one side."""
PLAIN = frozenset({"utf-8", "latin-1", "cp1251", "cp1256", "json"})
PIECE = 4_000_000  # bytes of a file looked at together
UNPACKED = 2_000_000_000  # bytes at most of what is unpacked from one file
_BITS = 22
_STIR = np.uint64(0x9E3779B97F4A7C15)  # of Knuth's multiplicative hashing
_PACKED: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", lambda: zlib.decompressobj(47)),
    *((bytes([0x78, second]), lambda: zlib.decompressobj(47)) for second in (0x01, 0x5E, 0x9C, 0xDA)),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lzma.LZMADecompressor),
)


class Hit(NamedTuple):
    """A value found where it must not be."""

    file: str
    kind: str
    """What was found: the kind of datum, never the datum."""
    encoding: str


def encodings(value: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes as programs commonly write them: raw, hexadecimal, base64 at its three alignments, percent signs."""
    yield "raw", value
    yield "hex", value.hex().encode()
    yield "HEX", value.hex().upper().encode()
    for shift in range(3):
        # The characters at both ends depend on what stands beside the value.
        middle = base64.b64encode(b"\0" * shift + value)[-(-8 * shift // 6) :]
        middle = middle[: (len(value) * 8 - (-8 * shift % 6)) // 6]
        yield f"base64+{shift}", middle
        if b"+" in middle or b"/" in middle:
            yield f"base64url+{shift}", middle.replace(b"+", b"-").replace(b"/", b"_")
    quoted = urllib.parse.quote_from_bytes(value).encode()
    if quoted != value:
        yield "percent", quoted


def text_encodings(text: str) -> Iterator[tuple[str, bytes]]:
    """A text in the common encodings of letters, and each of those as :func:`encodings` has it.

    Of a text of few letters only the encodings of letters: as hexadecimal or base64 it stands by chance among ids and hashes.
    """
    ways = {"utf-8": text.encode(errors="surrogatepass")}
    for name in ("utf-16-le", "utf-16-be", "latin-1", "cp1251", "cp1256"):
        with contextlib.suppress(UnicodeEncodeError):
            ways[name] = text.encode(name)
    ways["json"] = json.dumps(text)[1:-1].encode()
    brief = len(ways["utf-8"]) < 6
    seen = set()
    for name, data in ways.items():
        for way, each in encodings(data):
            if each not in seen and not (brief and way != "raw"):
                seen.add(each)
                yield name if way == "raw" else f"{name}, {way}", each


class Sought:
    """Many values, looked for together."""

    def __init__(self, values: Iterable[tuple[str, str, bytes]]) -> None:
        """Values as (kind, encoding, bytes); those shorter than ``LEAST`` are passed over."""
        self._found: dict[int, dict[int, list[tuple[str, str, bytes]]]] = {size: defaultdict(list) for size in HEADS}
        self.longest = BESIDE
        self._count = 0
        for kind, encoding, data in values:
            size = next((size for size in HEADS if size <= len(data)), 0)
            if size:
                self._found[size][int.from_bytes(data[:size], "little")].append((kind, encoding, data))
                self.longest = max(self.longest, len(data))
                self._count += 1
        self._heads = {size: np.array(sorted(found), dtype=np.uint64) for size, found in self._found.items() if found}
        self._table = {size: np.zeros(1 << _BITS, dtype=np.bool_) for size in self._heads}
        for size, heads in self._heads.items():
            self._table[size][_hash(heads)] = True

    def __len__(self) -> int:
        """How many values, each encoding counted."""
        return self._count

    def in_file(self, path: Path, name: str) -> set[Hit]:
        """What of them is in a file; in what it holds, too, where it is a packed one."""
        hits = set()
        with path.open("rb") as file:
            start = file.read(8)
            file.seek(0)
            hits |= self._in_pieces(iter(lambda: file.read(PIECE), b""), name)
        for magic, unpacker in _PACKED:
            if start.startswith(magic):
                hits |= self._in_pieces(_unpacked(path, unpacker), f"{name} (unpacked)")
        return hits

    def in_bytes(self, data: bytes, name: str) -> set[Hit]:
        """What of them is in some bytes."""
        return self._in_pieces(iter([data]), name)

    def _in_pieces(self, pieces: Iterator[bytes], name: str) -> set[Hit]:
        hits: set[Hit] = set()
        before, data = b"", next(pieces, b"")
        while data:
            after = next(pieces, b"")
            # What stands at an end is seen with what is beside it, next time if not now.
            hits |= self._in(before + data + after[:BESIDE], name)
            before, data = (before + data)[-self.longest - BESIDE :], after
        return hits

    def _in(self, data: bytes, name: str) -> set[Hit]:
        hits = set()
        for size in self._heads:
            for place in self._places(data, size):
                head = int.from_bytes(data[place : place + size], "little")
                for kind, encoding, value in self._found[size][head]:
                    if data.startswith(value, place) and _meant(data, place, encoding, value):
                        hits.add(Hit(name, kind, encoding))
        return hits

    def _places(self, data: bytes, size: int) -> list[int]:
        """Where the first bytes of some value stand."""
        heads, table = self._heads[size], self._table[size]
        mask = np.uint64((1 << (8 * size)) - 1)
        padded = data + b"\0" * 16
        found: list[NDArray[np.int64]] = []
        for offset in range(8):
            windows = np.frombuffer(padded, "<u8", count=(len(data) + 8) // 8, offset=offset) & mask
            likely = np.flatnonzero(table[_hash(windows)])
            near = windows[likely]
            at = np.minimum(np.searchsorted(heads, near), len(heads) - 1)
            found.append(likely[heads[at] == near] * 8 + offset)
        return [int(place) for place in np.concatenate(found) if place + size <= len(data)]


def _hash(windows: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        return (windows * _STIR) >> np.uint64(64 - _BITS)


def _meant(data: bytes, place: int, encoding: str, value: bytes) -> bool:
    """Whether a value is more than chance where it was found."""
    if encoding not in PLAIN or len(value) >= 13:
        return True
    end = place + len(value)
    brief = len(value) < 6 or not set(value.lower()) - set(b"0123456789abcdef-")  # among ids in hexadecimal
    if brief and (data[place - 1 : place].isalnum() or data[end : end + 1].isalnum()):
        return False
    if len(value) >= SURE:
        return True
    return _reads(data[max(place - BESIDE, 0) : place], 1) or _reads(data[end : end + BESIDE], -1)


def _reads(beside: bytes, step: int) -> bool:
    """Whether bytes read as text, but for a letter cut at the far end."""
    for cut in range(min(4, len(beside))):
        with contextlib.suppress(UnicodeDecodeError):
            (beside[cut:] if step > 0 else beside[: len(beside) - cut]).decode()
            return True
    return not beside


def _unpacked(path: Path, unpacker: Callable[[], Any]) -> Iterator[bytes]:
    """What a packed file holds, as far as it can be unpacked."""
    unpack, done = unpacker(), 0
    with path.open("rb") as file, contextlib.suppress(OSError, EOFError, zlib.error, lzma.LZMAError):
        while (data := file.read(PIECE // 8)) and done < UNPACKED:
            while data:
                piece = unpack.decompress(data)
                done += len(piece)
                if piece:
                    yield piece
                data = unpack.unused_data if unpack.eof else b""
                if unpack.eof:
                    unpack = unpacker()
