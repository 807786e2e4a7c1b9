"""CBOR (RFC 8949), read strictly: one item, nothing after it, nothing that two readers could take differently.

``cbor2`` accepts trailing bytes and duplicate map keys without a word, and turns many tags into objects. So the bytes are walked
first and refused where they are not plain; only then are they decoded.
"""

from io import BytesIO
from typing import Any

import cbor2

from kintrace.errors import NotReadable

MOST_BYTES, MOST_DEPTH = 65_535, 8
"""No DNS record is longer than 65,535 bytes; tokens nest three deep."""
_ARGUMENT_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}
_BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = 2, 3, 4, 5, 6, 7
_PLAIN = {20, 21, 22}  # false, true, null


def refused(why: str) -> NotReadable:
    """The error for bytes that are not what they should be."""
    return NotReadable(f"This cannot be read: {why}.", "Nothing was taken from it.")


def decode(data: bytes, *, tags: tuple[int, ...] = ()) -> Any:
    """The one item in these bytes.

    Args:
        data: exactly one CBOR item.
        tags: those that may stand around it, outermost first; none may stand inside. What is given back is without them.

    Returns:
        int, float, bool, None, bytes, str, list or dict.

    Raises:
        NotReadable: too long or too deep, cut off, bytes after it, an indefinite length, a number or length not in its shortest
            form, a map with one key twice or with a key that is neither int nor text,
            an unexpected tag or simple value, text that is not UTF-8.
    """
    if len(data) > MOST_BYTES:
        raise refused(f"it has more than {MOST_BYTES:,} bytes")
    start = 0
    for tag in tags:
        major, number, start = _head(data, start)
        if (major, number) != (_TAG, tag):
            raise refused(f"the CBOR tag {tag} is not where it should be")
    end = _walk(data, start, MOST_DEPTH)
    if end != len(data):
        raise refused(f"{len(data) - end} bytes follow its end")
    try:
        return cbor2.loads(data[start:])
    except (cbor2.CBORDecodeError, ValueError, OverflowError, RecursionError) as problem:
        raise refused(f"it is no CBOR ({problem})") from problem


def split(data: bytes) -> list[bytes]:
    """The items of a CBOR sequence (RFC 8742), each still encoded. Tags may stand around them.

    Raises:
        NotReadable: as for :func:`decode`.
    """
    if len(data) > 64 * MOST_BYTES:
        raise refused("it is too long")
    items, start = [], 0
    while start < len(data):
        body = start
        while body < len(data) and data[body] >> 5 == _TAG:
            _, _, body = _head(data, body)
        end = _walk(data, body, MOST_DEPTH)
        items.append(data[start:end])
        start = end
    return items


def leading_tags(data: bytes) -> tuple[int, ...]:
    """The tags around an item, outermost first.

    Raises:
        NotReadable: it is cut off.
    """
    found: list[int] = []
    start = 0
    while start < len(data) and data[start] >> 5 == _TAG and len(found) < MOST_DEPTH:
        _, number, start = _head(data, start)
        found.append(number)
    return tuple(found)


def encode(value: object) -> bytes:
    """Core deterministic encoding (RFC 8949 §4.2.1).

    ``cbor2`` has for canonical the length-first order of RFC 7049, so maps are put in order here: by their encoded keys.
    """
    out = BytesIO()
    cbor2.CBOREncoder(out).encode(_ordered(value))
    return out.getvalue()


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=cbor2.dumps)}
    if isinstance(value, (list, tuple)):
        return [_ordered(one) for one in value]
    if isinstance(value, cbor2.CBORTag):
        return cbor2.CBORTag(value.tag, _ordered(value.value))
    return value


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where what follows begins."""
    if at >= len(data):
        raise refused("it is cut off")
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    if short < 24:
        return major, short, at
    width = _ARGUMENT_BYTES.get(short)
    if width is None:
        raise refused("a length is left open" if short == 31 else "a CBOR head is of no known kind")
    if at + width > len(data):
        raise refused("it is cut off")
    number = int.from_bytes(data[at : at + width], "big")
    if major != _SIMPLE and (number < 24 if width == 1 else number < 1 << (4 * width)):
        raise refused("a number or length is not in its shortest form")
    return major, number, at + width


def _walk(data: bytes, at: int, depth: int) -> int:
    """Go over one item without tags; where it ends."""
    if depth == 0:
        raise refused("it nests too deeply")
    kind = data[at] if at < len(data) else 0
    major, number, at = _head(data, at)
    if major == _TAG:
        raise refused("there is a CBOR tag where none may be")
    if major == _SIMPLE and not (number in _PLAIN if kind & 31 < 24 else 25 <= kind & 31 <= 27):
        raise refused("there is a simple value that no token has")
    if major in (_BYTES, _TEXT):
        at += number
        if at > len(data):
            raise refused("it is cut off")
    if major in (_ARRAY, _MAP):
        # Every element takes at least a byte: a huge count is refused before anything is done for it.
        if number * (1 + (major == _MAP)) > len(data) - at:
            raise refused("it is cut off")
        keys: set[bytes] = set()
        for _ in range(number):
            if major == _MAP:
                key_starts = at
                if at < len(data) and data[at] >> 5 not in (0, 1, _TEXT):
                    # For Python 1, 1.0 and true are one key: only these two kinds are taken.
                    raise refused("a map has a key that is neither a whole number nor text")
                at = _walk(data, at, depth - 1)
                if data[key_starts:at] in keys:
                    raise refused("a map has one key twice")
                keys.add(data[key_starts:at])
            at = _walk(data, at, depth - 1)
    return at
