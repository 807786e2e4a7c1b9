"""The segments of a JPEG file (ITU-T T.81, 1992): what stands before, between and behind the picture."""

import re
import struct
from dataclasses import dataclass, field

MOST_SEGMENTS = 5_000
MOST_XMP = 2_000_000
MOST_FILLING = 65_536
"""Bytes between two segments: programs write none, and decoders step over each."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd8\xff]")  # neither stuffing nor a restart nor a start
_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
# The order in which a table's 64 numbers are stored (T.81, figure 5), as places in its rows.
ZIGZAG = (
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35,
    42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
)  # fmt: skip
CUT_OFF = "The file ends before the picture does."


@dataclass
class Coding:
    """How a JPEG was compressed."""

    tables: tuple[tuple[int, ...], ...] = ()
    """Quantisation tables in the order of their numbers: 64 numbers each, row by row."""
    width: int = 0
    height: int = 0
    components: int = 0
    sampling: str = ""
    """Of luma and chroma, such as ``4:2:0``; empty where it is unusual."""
    progressive: bool = False


@dataclass
class Segments:
    """What was found in a JPEG."""

    coding: Coding = field(default_factory=Coding)
    exif: bytes = b""
    xmp: bytes = b""
    more_xmp: dict[bytes, list[bytes]] = field(default_factory=dict)
    """The parts of packets that are too long for one segment, by the name that the first packet gives (XMP Part 3, 1.1.3.1)."""
    photoshop: bytes = b""
    comments: list[bytes] = field(default_factory=list)
    icc: bool = False
    credentials: bool = False
    end: int | None = None
    """Behind the marker that ends the first picture."""
    problems: list[str] = field(default_factory=list)
    overfull: bool = False
    """It has more segments, or more between them, than any program writes."""


def read_segments(data: bytes) -> Segments:
    """Walk the segments of a JPEG; the compressed picture is stepped over. Never raises."""
    found = Segments()
    tables: dict[int, tuple[int, ...]] = {}
    at, code = 2, 0
    for _ in range(MOST_SEGMENTS):
        marker = _MARKER.search(data, at)
        if code != 0xDA and (marker.start() if marker else len(data)) - at > MOST_FILLING:
            found.overfull = True
            found.problems.append("It is filled up with nothing between its segments.")
        if marker is None:
            found.problems.append(CUT_OFF)
            break
        code, at = data[marker.start() + 1], marker.end()
        if code == 0xD9:
            found.end = at
            break
        if code == 0x01:
            continue
        if at + 2 > len(data):
            found.problems.append(CUT_OFF)
            break
        (length,) = struct.unpack_from(">H", data, at)
        _segment(code, data[at + 2 : at + max(length, 2)], found, tables)
        at += max(length, 2)
    else:
        found.overfull = True
        found.problems.append("It has more segments than any program writes; the rest was left unread.")
    found.coding.tables = tuple(tables[number] for number in sorted(tables))
    return found


def _segment(code: int, body: bytes, found: Segments, tables: dict[int, tuple[int, ...]]) -> None:
    if code == 0xDB:
        _quantisation(body, tables)
    elif code in _FRAMES and not found.coding.width:
        _frame(code, body, found.coding)
    elif code == 0xFE:
        found.comments.append(body)
    elif code == 0xE1 and body.startswith(_EXIF):
        found.exif = found.exif or body[6:]
    elif code == 0xE1 and body.startswith(_XMP):
        found.xmp = found.xmp or body[len(_XMP) :]
    elif code == 0xE1 and body.startswith(_MORE_XMP) and len(body) >= len(_MORE_XMP) + 40:
        name = body[len(_MORE_XMP) : len(_MORE_XMP) + 32]
        if sum(len(part) for parts in found.more_xmp.values() for part in parts) + len(body) <= MOST_XMP:
            found.more_xmp.setdefault(name, []).append(body[len(_MORE_XMP) + 36 :])
    elif code == 0xED and body.startswith(_PHOTOSHOP) and len(found.photoshop) < MOST_XMP:
        found.photoshop += body[len(_PHOTOSHOP) :]
    elif code == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
        found.icc = True
    elif code == 0xEB and body.startswith(b"JP"):
        found.credentials = found.credentials or b"c2pa" in body[:256] or b"c2pa" in body


def _quantisation(body: bytes, tables: dict[int, tuple[int, ...]]) -> None:
    at = 0
    while at < len(body):
        wide, number = body[at] >> 4, body[at] & 15
        size = 128 if wide else 64
        if at + 1 + size > len(body) or number > 3:
            return
        stored = struct.unpack_from(">64H" if wide else ">64B", body, at + 1)
        rows = [0] * 64
        for place, value in zip(ZIGZAG, stored, strict=True):
            rows[place] = value
        tables.setdefault(number, tuple(rows))
        at += 1 + size


def _frame(code: int, body: bytes, coding: Coding) -> None:
    if len(body) < 6:
        return
    coding.height, coding.width, coding.components = struct.unpack_from(">HHB", body, 1)
    coding.progressive = code in (0xC2, 0xC6, 0xCA, 0xCE)
    factors = [body[7 + 3 * number] for number in range(coding.components) if 7 + 3 * number < len(body)]
    if len(factors) == 3 and factors[1] == factors[2] == 0x11:
        coding.sampling = {0x11: "4:4:4", 0x21: "4:2:2", 0x22: "4:2:0", 0x41: "4:1:1", 0x12: "4:4:0"}.get(
            factors[0], ""
        )
