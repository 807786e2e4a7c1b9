"""Elements of DER (X.690), where the library gives a certificate's bytes and not what is made of them."""

from collections.abc import Iterator

from kintrace.emblem.cbor import refused

SEQUENCE, INTEGER, EXTENSIONS = 0x30, 0x02, 0xA3
VERSION = 0xA0


def element(data: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where the contents of an element begin, and where they end.

    Raises:
        NotReadable: there is no such element.
    """
    if len(data) < at + 2 or data[at] != tag:
        raise refused("a logged certificate is damaged")
    length, body = data[at + 1], at + 2
    if length >= 0x80:
        width = length & 0x7F
        if not 1 <= width <= 3 or len(data) < body + width:
            raise refused("a logged certificate is damaged")
        length, body = int.from_bytes(data[body : body + width], "big"), body + width
    if body + length > len(data):
        raise refused("a logged certificate is cut off")
    return body, body + length


def elements(data: bytes) -> Iterator[bytes]:
    """Elements that follow one another, each with its tag and length.

    Raises:
        NotReadable: they are not in their form.
    """
    at = 0
    while at < len(data):
        _, end = element(data, at, data[at])
        yield data[at:end]
        at = end


def wrapped(tag: int, contents: bytes) -> bytes:
    """An element of its contents."""
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    encoded = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(encoded)]) + encoded + contents


def contents(data: bytes, tag: int) -> bytes:
    """The contents of one element, after which nothing follows.

    Raises:
        NotReadable: it is not so.
    """
    body, end = element(data, 0, tag)
    if end != len(data):
        raise refused("a logged certificate is damaged")
    return data[body:end]
