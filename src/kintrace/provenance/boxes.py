"""The small picture in a HEIF file: another one of its pictures, said to be the thumbnail of the first (ISO/IEC 23008-12).

libheif hands out the first picture only. So that it decodes the small one, in a copy of the file the small one is said to be the
first, and no thumbnail any more: two places are written over, and nothing moves.
"""

import struct
from collections.abc import Iterator

MOST_BOXES = 2_000
_REFERENCE, _OTHER = b"thmb", b"kint"  # the second is nobody's: libheif passes it over


def small_first(data: bytes) -> bytes | None:
    """A copy of a HEIF file whose first picture is the thumbnail; None where there is none. Never raises.

    Args:
        data: the file; no length in it is believed beyond its end.
    """
    try:
        return _small_first(data)
    except (struct.error, IndexError):
        return None


def _small_first(data: bytes) -> bytes | None:
    meta = next((each for each in _boxes(data, 0, len(data)) if each[0] == b"meta"), None)
    if meta is None:
        return None
    inside = {name: (start, end) for name, start, end in _boxes(data, meta[1] + 4, meta[2])}
    if b"pitm" not in inside or b"iref" not in inside:
        return None
    start, _ = inside[b"pitm"]
    first_form = ">H" if data[start] == 0 else ">L"
    (first,) = struct.unpack_from(first_form, data, start + 4)
    at, end = inside[b"iref"]
    form = ">H" if data[at] == 0 else ">L"
    wide = struct.calcsize(form)
    for name, place, stop in _boxes(data, at + 4, end):
        if name != _REFERENCE or stop - place < 2 * wide + 2:
            continue
        (small,) = struct.unpack_from(form, data, place)
        (count,) = struct.unpack_from(">H", data, place + wide)
        if count and struct.unpack_from(form, data, place + wide + 2)[0] == first != small:
            copy = bytearray(data)
            struct.pack_into(first_form, copy, start + 4, small)
            copy[place - 4 : place] = _OTHER
            return bytes(copy)
    return None


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, beginning of what is inside, and end of each box."""
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        length, name = struct.unpack_from(">L4s", data, at)
        head = 8
        if length == 1:
            head, (length,) = 16, struct.unpack_from(">Q", data, at + 8)
        stop = end if length == 0 else at + length
        if stop < at + head or stop > end:
            return
        yield name, at + head, stop
        at = stop
