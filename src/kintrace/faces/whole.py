"""Is the end of a file missing? What the bytes themselves say, without decoding a pixel.

Decoders fill up what is missing with grey or black and do not always say so.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd8\xff]")  # neither stuffing nor a restart nor a start
_TIFF_SIZES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # bytes by type of tag; 1 for the others
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type


def ends_early(kind: str, data: bytes, tags: Mapping[int, Any] | None = None) -> bool:
    """Whether a part that the file of this format announces reaches past its end.

    Args:
        kind: the format's name as in :class:`~kintrace.faces.face.Photo`.
        data: the whole file.
        tags: of a TIFF whose first page could be opened; only its strips are then looked at.
    """
    try:
        match kind:
            case "JPEG":
                return jpeg_end(data) < 0
            case "PNG":
                return all(name != b"IEND" for name, _ in _png_chunks(data))
            case "AVIF" | "HEIF":
                return _boxes_end(data) > len(data)
            case "TIFF":
                return (_tiff_strips_end(tags) if tags else _tiff_tags_end(data)) > len(data)
            case "WEBP":
                return _number("<I", data, 4) + 8 > len(data)
            case "BMP":
                return _number("<I", data, 2) > len(data)
            case "GIF":
                return not data.rstrip(b"\0").endswith(b";")
            case _:
                return False  # of PPM, Pillow itself says so
    except struct.error:
        return True


def jpeg_end(data: bytes) -> int:
    """Where the first picture's end marker stands, or -1; a thumbnail's, inside EXIF, does not count."""
    at = 2
    while marker := _JPEG_MARKER.search(data, at):
        code, at = data[marker.start() + 1], marker.end()
        if code == 0xD9:
            return marker.start()
        if code != 0x01:
            at += _number(">H", data, at)
    return -1


def png_holds_all(data: bytes) -> bool:
    """Whether the compressed stream of a PNG is as long as its header asks for. Holds a megabyte at most."""
    width, height, depth, colour, interlaced = struct.unpack_from(">IIBBxxB", data, 16)
    bits: int = width * depth * _PNG_CHANNELS[colour]
    # Each row has one byte more, its filter; how many rows an interlaced picture has, is left out.
    missing: int = height * bits // 8 if interlaced else height * (1 + (bits + 7) // 8)
    stream = zlib.decompressobj()
    for name, body in _png_chunks(data):
        while name == b"IDAT" and body and missing > 0:
            missing -= len(stream.decompress(body, 1 << 20))
            body = stream.unconsumed_tail
    return missing <= 0


def _number(form: str, data: bytes, at: int) -> int:
    return int(struct.unpack_from(form, data, at)[0])


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 8 <= len(data):
        length = _number(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _boxes_end(data: bytes) -> int:
    """Where the last box of an ISO base media file (HEIC, AVIF) ends."""
    at = 0
    while at < len(data):
        size = _number(">I", data, at)
        if size == 1:
            size = _number(">Q", data, at + 8)
        if size < 8:  # 0: up to the end of the file; the rest is no size
            return len(data)
        at += size
    return at


def _tiff_tags_end(data: bytes) -> int:
    """Where the last of the first page's tags ends."""
    order = "<" if data[:2] == b"II" else ">"
    if 43 in data[2:4]:  # BigTIFF is left to libtiff
        return len(data)
    first = _number(order + "I", data, 4)
    ends = [first + 2 + 12 * _number(order + "H", data, first)]
    for at in range(first + 2, ends[0], 12):
        kind, count, offset = struct.unpack_from(order + "2xHII", data, at)
        size = count * _TIFF_SIZES.get(kind, 1)
        ends.append(offset + size if size > 4 else 0)
    return max(ends)


def _tiff_strips_end(tags: Mapping[int, Any]) -> int:
    """Where the last compressed strip or tile ends; of raw ones, Pillow itself notices that one is short."""
    if tags.get(259, 1) == 1:
        return 0
    pairs = [
        pair
        for offsets, counts in ((273, 279), (324, 325))
        for pair in zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False)
    ]
    return max((offset + count for offset, count in pairs), default=0)
