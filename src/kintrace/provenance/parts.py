"""The parts of a photo file that are not the picture: where each format keeps them, found within bounds.

No length in a file is believed beyond the file's end, and no file is walked for more than ``MOST_PARTS`` parts. HEIF and AVIF are
opened by the libraries that decode them (libheif, libavif), which hand out their EXIF and XMP; nothing is decoded for it.
"""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from kintrace.provenance.boxes import small_first
from kintrace.provenance.exif import Exif, read_exif
from kintrace.provenance.formats import real_format
from kintrace.provenance.iptc import IPTC, read_iptc, read_resources, thumbnail_of
from kintrace.provenance.jpeg import CUT_OFF, Coding, Segments, read_segments
from kintrace.provenance.xmp import Xmp, read_xmp

MOST_PARTS = 20_000
MOST_TEXTS = 50
MOST_BLOCK = 4_000_000
"""Bytes of one block of metadata; larger ones are left unread, and said to be."""
MOST_PPM_HEAD = 4096
_PPM = re.compile(rb"\s*(?:#([^\r\n]*)|(\d{1,9})(?=\s))")


@dataclass
class Parts:
    """What a file holds beside the picture."""

    format: str
    """The real one, as :func:`~kintrace.provenance.real_format` says."""
    exif: Exif = field(default_factory=Exif)
    xmp: Xmp = field(default_factory=Xmp)
    iptc: dict[str, str] = field(default_factory=dict)
    texts: list[tuple[str, bytes]] = field(default_factory=list)
    """Comments and PNG texts: keyword and value, as stored."""
    thumbnails: list[tuple[str, bytes]] = field(default_factory=list)
    """Where it stood, and its bytes: a JPEG, or a HEIF whose first picture it is."""
    present: set[str] = field(default_factory=set)
    """Which kinds of metadata there are: EXIF, XMP, IPTC, comments, ICC, C2PA."""
    coding: Coding | None = None
    """Of a JPEG: how it was compressed."""
    end: int | None = None
    """Where the format says that the file ends; None where it does not say."""
    problems: list[str] = field(default_factory=list)
    """In words: what was damaged or left unread."""
    overfull: bool = False
    """It has more parts than any program writes, and is better not decoded: a decoder would walk them all."""
    pictures: int = 0
    """How many pictures a GIF, PNG or WebP holds, as far as it was walked; 0 where none was seen."""


def read_parts(data: bytes) -> Parts:
    """Take a file apart. Never raises."""
    parts = Parts(real_format(data))
    reader = {
        "JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif, "TIFF": _tiff, "HEIF": _boxed, "AVIF": _boxed, "BMP": _bmp,
        "PPM": _ppm,
    }.get(parts.format)  # fmt: skip
    if reader:
        try:
            reader(data, parts)
        except (struct.error, IndexError):
            parts.problems.append("The file's structure is damaged.")
    if parts.exif.thumbnail:
        parts.thumbnails.insert(0, ("EXIF", parts.exif.thumbnail))
    if parts.exif.damaged:
        parts.problems.append("Its EXIF is damaged in part.")
    if parts.xmp.damaged:
        parts.problems.append("Its XMP is damaged, or not such as programs write; it was read in part.")
    return parts


def _jpeg(data: bytes, parts: Parts) -> None:
    found: Segments = read_segments(data)
    parts.coding, parts.end = found.coding, found.end
    parts.overfull = found.overfull
    parts.problems += found.problems
    _exif(found.exif, parts)
    _xmp(found.xmp, parts)
    if more := found.more_xmp.get(parts.xmp.get("xmpNote:HasExtendedXMP").encode(), []):
        # Each part begins with its place in the whole.
        read_xmp(b"".join(part[4:] for part in sorted(more, key=lambda part: part[:4])), parts.xmp)
    if found.photoshop:
        resources = read_resources(found.photoshop)
        _iptc(resources.get(IPTC, b""), parts)
        if small := thumbnail_of(resources):
            parts.thumbnails.append(("Photoshop", small))
    for comment in found.comments[:MOST_TEXTS]:
        _text("comment", comment, parts)
    parts.present |= {name for name, there in (("ICC", found.icc), ("C2PA", found.credentials)) if there}


def _png(data: bytes, parts: Parts) -> None:
    at = 8
    for name, body, end in _chunks(data, at, ">", head=8, tail=4, parts=parts):
        if name == b"eXIf":
            _exif(body, parts)
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            _png_text(name, body, parts)
        elif name == b"caBX":
            parts.present.add("C2PA")
        elif name == b"iCCP":
            parts.present.add("ICC")
        elif name == b"IDAT":
            parts.pictures = max(parts.pictures, 1)  # the first of an animation, or one that stands before it
        elif name == b"fcTL":
            parts.pictures += 1
        elif name == b"IEND":
            parts.end = end
            return
    if not parts.overfull:
        parts.problems.append(CUT_OFF)


def _png_text(name: bytes, body: bytes, parts: Parts) -> None:
    keyword, _, rest = body.partition(b"\0")
    if name == b"zTXt":
        rest = _inflated(rest[1:])
    elif name == b"iTXt":
        packed = rest[:1] == b"\1"
        *_, rest = rest[2:].split(b"\0", 2)
        rest = _inflated(rest) if packed else rest
    if keyword == b"XML:com.adobe.xmp":
        _xmp(rest, parts)
    elif keyword in (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type iptc"):
        # ImageMagick's way: a name, a length, and hexadecimal digits in lines.
        digits = re.sub(rb"\s", b"", rest.split(b"\n", 3)[-1][:MOST_BLOCK])
        raw = bytes.fromhex(digits.decode("ascii")) if re.fullmatch(rb"([0-9a-f]{2})*", digits) else b""
        if raw.startswith(b"Exif\0\0"):
            _exif(raw[6:], parts)
        elif raw.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            _xmp(raw[29:], parts)
        elif raw:
            _iptc(read_resources(raw).get(IPTC, raw), parts)
    else:
        _text(keyword.decode("latin-1"), rest, parts)


def _inflated(packed: bytes) -> bytes:
    """At most ``MOST_BLOCK`` bytes of a compressed text; empty where it is damaged."""
    try:
        return zlib.decompressobj().decompress(packed, MOST_BLOCK)
    except zlib.error:
        return b""


def _webp(data: bytes, parts: Parts) -> None:
    (length,) = struct.unpack_from("<L", data, 4)
    parts.end = 8 + length + length % 2
    if parts.end > len(data):
        parts.problems.append(CUT_OFF)
        parts.end = None
    for name, body, _ in _chunks(data[: parts.end], 12, "<", head=8, tail=0, parts=parts):
        if name == b"EXIF":
            _exif(body.removeprefix(b"Exif\0\0"), parts)
        elif name == b"XMP ":
            _xmp(body, parts)
        elif name == b"C2PA":
            parts.present.add("C2PA")
        elif name == b"ICCP":
            parts.present.add("ICC")
        elif name in (b"ANMF", b"VP8 ", b"VP8L"):
            parts.pictures += 1


def _chunks(data: bytes, at: int, order: str, head: int, tail: int, parts: Parts) -> Iterator[tuple[bytes, bytes, int]]:
    """Name, body and end of each chunk of a PNG (length first) or a RIFF file (name first)."""
    for _ in range(MOST_PARTS):
        if at + head > len(data):
            return
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        (length,) = struct.unpack(order + "L", first if order == ">" else second)
        name = second if order == ">" else first
        end = at + head + length + tail + (length % 2 if order == "<" else 0)
        # Only small chunks are copied: a picture's own can be as long as the file.
        yield name, data[at + head : at + head + length] if length <= MOST_BLOCK else b"", end
        at = end
    parts.overfull = True
    parts.problems.append("It has more parts than any program writes, and was left unread from there on.")


def _gif(data: bytes, parts: Parts) -> None:
    flags = data[10]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    for _ in range(MOST_PARTS):
        kind = data[at]
        if kind == 0x3B:
            parts.end = at + 1
            return
        if kind == 0x21:
            label, at = data[at + 1], at + 2
            if label == 0xFF and data[at + 1 : at + 12] == b"XMP DataXMP":
                stop = data.find(b"\x01\xff\xfe", at + 12, at + 12 + MOST_BLOCK)
                _xmp(data[at + 12 : stop] if stop > 0 else b"", parts)
            body, at = _blocks(data, at)
            if label == 0xFE:
                _text("comment", body, parts)
        elif kind == 0x2C:
            parts.pictures += 1
            local = data[at + 9]
            _, at = _blocks(data, at + 11 + (3 << ((local & 7) + 1) if local & 0x80 else 0))
        else:
            break
    parts.problems.append("The file's structure is damaged.")


def _blocks(data: bytes, at: int) -> tuple[bytes, int]:
    """The first kilobyte of a row of GIF's sub-blocks, and where it ends."""
    body = b""
    while length := data[at]:
        if len(body) < 1024:
            body += data[at + 1 : at + 1 + length]
        at += 1 + length
    return body, at + 1


def _tiff(data: bytes, parts: Parts) -> None:
    if b"+" in data[2:4]:
        parts.problems.append("It is a BigTIFF, whose metadata are not read.")
        return
    _exif(data, parts)
    parts.exif.thumbnail = b""  # its second directory is the second page
    blocks = parts.exif.blocks
    _xmp(blocks.get("xmp", b""), parts)
    _iptc(blocks.get("iptc", b"") or read_resources(blocks.get("photoshop", b"")).get(IPTC, b""), parts)
    if "credentials" in blocks:
        parts.present.add("C2PA")


def _bmp(data: bytes, parts: Parts) -> None:
    (length,) = struct.unpack_from("<L", data, 2)
    parts.end = length if 54 <= length <= len(data) else None


def _ppm(data: bytes, parts: Parts) -> None:
    """The netpbm formats: a head in letters, with comments, then the picture; in the older three it is in letters, too."""
    numbers: list[int] = []
    wanted = 2 if data[1:2] in b"14" else 3
    at = 2
    while len(numbers) < wanted and (found := _PPM.match(data[:MOST_PPM_HEAD], at)):
        at = found.end()
        if found[2]:
            numbers.append(int(found[2]))
        elif found[1]:
            _text("comment", found[1], parts)
    if len(numbers) < wanted or data[1:2] not in b"456":
        return
    width, height, *most = numbers
    row = (width + 7) // 8 if not most else width * (3 if data[1:2] == b"6" else 1) * (2 if most[0] > 255 else 1)
    end = at + 1 + row * height
    parts.end = end if end <= len(data) else None


def _boxed(data: bytes, parts: Parts) -> None:
    """HEIF and AVIF: boxes, each with its length (ISO/IEC 14496-12)."""
    at = 0
    for _ in range(MOST_PARTS):
        if at + 8 > len(data):
            break
        length, name = struct.unpack_from(">L4s", data, at)
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if length == 0:
            at = len(data)
            break
        if length < 8 or at + length > len(data) or not re.fullmatch(rb"[a-zA-Z0-9 ]{4}", name):
            break
        if name == b"uuid" and b"c2pa" in data[at : at + 128]:
            parts.present.add("C2PA")
        at += length
    parts.end = at
    try:
        info = _boxed_info(data, parts.format)
    except Exception:  # whatever a decoder says of hostile bytes
        parts.problems.append("The file's structure is damaged.")
        return
    _exif(_bytes(info.get("exif")).removeprefix(b"Exif\0\0"), parts)
    _xmp(_bytes(info.get("xmp")), parts)
    if info.get("icc_profile"):
        parts.present.add("ICC")
    if parts.format == "HEIF" and (small := small_first(data)):
        parts.thumbnails.append(("HEIF", small))


def _boxed_info(data: bytes, format: str) -> dict[str, object]:
    if format == "HEIF":
        import pillow_heif

        return dict(pillow_heif.open_heif(io.BytesIO(data)).info)
    from PIL import AvifImagePlugin

    return {str(name): value for name, value in AvifImagePlugin.AvifImageFile(io.BytesIO(data)).info.items()}


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _exif(block: bytes, parts: Parts) -> None:
    if block and parts.format != "TIFF" and len(block) > MOST_BLOCK:
        parts.problems.append("Its EXIF is larger than any camera's, and was left unread.")
    elif block and "EXIF" not in parts.present:
        parts.exif = read_exif(block)
        if parts.format != "TIFF" or parts.exif.main.keys() & {"make", "model", "software", "taken", "changed"}:
            parts.present.add("EXIF")


def _xmp(block: bytes, parts: Parts) -> None:
    if block:
        parts.present.add("XMP")
        parts.xmp = read_xmp(block)


def _iptc(block: bytes, parts: Parts) -> None:
    found = read_iptc(block)
    if found:
        parts.present.add("IPTC")
        parts.iptc = found


def _text(keyword: str, value: bytes, parts: Parts) -> None:
    parts.present.add("comments")
    if len(parts.texts) < MOST_TEXTS:
        parts.texts.append((keyword, value[:4096]))
