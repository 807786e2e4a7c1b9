"""A copy of a photo to work with: the same picture, without place, serial numbers, captions, thumbnails or anything behind
its end.

What is kept is named here, not what is left out: whatever a format allows that nobody thought of is gone. The compressed
picture is copied as it is where the format allows it (JPEG, PNG, still WebP), so it does not become worse; other formats
become a PNG. Of a colour profile only what colours need is kept: profiles of screens name the screen's serial number. The
original stays with the caller, encrypted.
"""

import io
import re
import struct
import zlib

import numpy as np
from PIL import Image

from kintrace.errors import CorruptPhoto
from kintrace.provenance.exif import read_exif
from kintrace.provenance.parts import read_parts
from kintrace.provenance.picture import TURNED, decoded, upright
from kintrace.provenance.picturehash import Pixels

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd8\xff]")
# Tables, frames, scans, restart intervals; not applications' segments (E0…EF) and not comments (FE).
_JPEG_KEPT = {
    0xC0,
    0xC1,
    0xC2,
    0xC3,
    0xC4,
    0xC5,
    0xC6,
    0xC7,
    0xC9,
    0xCA,
    0xCB,
    0xCC,
    0xCD,
    0xCE,
    0xCF,
    0xDA,
    0xDB,
    0xDC,
    0xDD,
}
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"cICP"}
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"ALPH"}
_COLOUR_TAGS = {
    b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad", b"A2B0", b"A2B1", b"A2B2", b"B2A0",
    b"B2A1", b"B2A2", b"gamt",
}  # fmt: skip
_MOST_PROFILE = 4_000_000


def working_copy(data: bytes, pixels: Pixels | None = None) -> bytes:
    """The copy: of the same format where that can be kept clean, else PNG.

    Args:
        data: the photo's file.
        pixels: its picture, upright, where it was decoded already; else it is decoded here if it must be.

    Raises:
        CorruptPhoto: the file holds no picture that can be read.
    """
    made = stripped(data)
    return made if made is not None else _anew(data, pixels)


def stripped(data: bytes) -> bytes | None:
    """The copy where the compressed picture can be kept as it is: nothing is decoded. None where it cannot."""
    try:
        return {b"\xff\xd8\xff": _jpeg, b"\x89PN": _png, b"RIF": _webp}.get(data[:3], lambda _: None)(data)
    except (struct.error, zlib.error, IndexError, ValueError):
        return None


def _anew(data: bytes, pixels: Pixels | None) -> bytes:
    if pixels is None:
        parts = read_parts(data)
        stored = decoded(data, parts.format) if parts.format and not parts.overfull else None
        if stored is None:
            raise CorruptPhoto(
                "The file holds no picture that can be read.", "No copy was made.", "Ask for another copy."
            )
        pixels = stored if parts.format in TURNED else upright(stored, parts.exif.number("orientation"))
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG")
    return out.getvalue()


def _jpeg(data: bytes) -> bytes | None:
    kept: list[bytes] = []
    icc: list[bytes] = []
    at, orientation = 2, 1
    while marker := _MARKER.search(data, at):
        code, start, at = data[marker.start() + 1], marker.start(), marker.end()
        if code == 0xD9:
            head = [b"\xff\xd8", _orientation_segment(orientation), *_icc_segments(_clean_profile(b"".join(icc)))]
            return b"".join([*head, *kept, b"\xff\xd9"])
        if code == 0x01:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        at += max(length, 2)
        if code == 0xE1 and body.startswith(b"Exif\0"):
            orientation = read_exif(body[6:]).number("orientation") or orientation
        elif code == 0xE2 and body.startswith(b"ICC_PROFILE\0") and sum(map(len, icc)) < _MOST_PROFILE:
            icc.append(body[14:])
        elif code == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            kept.append(b"\xff\xe0" + struct.pack(">H", 16) + body[:12] + b"\0\0")  # without its thumbnail
        elif code == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            kept.append(b"\xff\xee" + struct.pack(">H", 14) + body[:12])  # says how colours were stored
        elif code in _JPEG_KEPT:
            following = _MARKER.search(data, at)
            # Only behind the head of a scan do bytes without a marker belong to the picture.
            kept.append(data[start : following.start() if code == 0xDA and following else at])
    return None


def _png(data: bytes) -> bytes | None:
    out, at, orientation, put = [data[:8]], 8, 1, False
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">L", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        chunk = data[at : at + 12 + length]
        at += 12 + length
        if name == b"eXIf":
            orientation = read_exif(body[:_MOST_PROFILE]).number("orientation") or orientation
        elif name == b"iCCP" and not put:
            profile = zlib.decompressobj().decompress(body.partition(b"\0")[2][1:], _MOST_PROFILE)
            if clean := _clean_profile(profile):
                out.append(_chunk(b"iCCP", b"profile\0\0" + zlib.compress(clean)))
        elif name in _PNG_KEPT:
            if name == b"IEND":
                if orientation != 1:
                    out.append(_chunk(b"eXIf", _orientation(orientation)))
                return b"".join([*out, _chunk(b"IEND", b"")])
            put = put or name == b"IDAT"
            out.append(chunk)
        elif name in (b"acTL", b"fcTL", b"fdAT"):
            return None  # an animation: its first picture is made anew
    return None


def _webp(data: bytes) -> bytes | None:
    chunks, at, orientation, flags, profile, canvas = [], 12, 1, 0, b"", b""
    end = min(len(data), 8 + struct.unpack_from("<L", data, 4)[0])
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sL", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) < length or name == b"ANIM":
            return None
        at += 8 + length + length % 2
        if name == b"EXIF":
            orientation = read_exif(body.removeprefix(b"Exif\0\0")).number("orientation") or orientation
        elif name == b"ICCP":
            profile = _clean_profile(body[:_MOST_PROFILE])
        elif name == b"VP8X":
            flags, canvas = body[0], body[4:10]
        elif name in _WEBP_KEPT:
            chunks.append(_riff(name, body))
    if not chunks:
        return None
    if canvas:
        flags = (flags & 0x10) | (0x20 if profile else 0) | (0x08 if orientation != 1 else 0)  # 0x10: transparency
        chunks.insert(0, _riff(b"VP8X", bytes([flags, 0, 0, 0]) + canvas))
        if profile:
            chunks.insert(1, _riff(b"ICCP", profile))
        if orientation != 1:
            chunks.append(_riff(b"EXIF", _orientation(orientation)))
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def _clean_profile(profile: bytes) -> bytes:
    """A colour profile with nothing but what colours need (ICC.1:2022); empty where it is none."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return b""
    (count,) = struct.unpack_from(">L", profile, 128)
    kept = []
    for number in range(min(count, 100)):
        if 132 + 12 * number + 12 > len(profile):
            break
        name, start, length = struct.unpack_from(">4sLL", profile, 132 + 12 * number)
        if name in _COLOUR_TAGS and start + length <= len(profile):
            kept.append((name, profile[start : start + length]))
    if not kept:
        return b""
    table, body = b"", b""
    base = 132 + 12 * len(kept)
    for name, value in kept:
        table += struct.pack(">4sLL", name, base + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    clean = bytearray(128)  # without maker, date and id
    clean[8:24] = profile[8:24]  # version, class, colour spaces
    clean[36:40] = b"acsp"
    clean[64:80] = profile[64:80]  # rendering intent, illuminant
    whole = bytes(clean) + struct.pack(">L", len(kept)) + table + body
    return struct.pack(">L", len(whole)) + whole[4:]


def _icc_segments(profile: bytes) -> list[bytes]:
    pieces = [profile[start : start + 65_000] for start in range(0, len(profile), 65_000)]
    return [
        b"\xff\xe2" + struct.pack(">H", len(piece) + 16) + b"ICC_PROFILE\0" + bytes([number, len(pieces)]) + piece
        for number, piece in enumerate(pieces, 1)
    ]


def _orientation(value: int) -> bytes:
    """A block of EXIF that says how the picture is to be turned, and nothing else."""
    return b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">H", value) + b"\0" * 6


def _orientation_segment(value: int) -> bytes:
    if not 1 < value < 9:
        return b""
    block = b"Exif\0\0" + _orientation(value)
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2)
