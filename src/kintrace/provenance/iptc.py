"""IPTC-IIM and Photoshop's resources: what picture agencies write (IPTC-NAA Information Interchange Model 4.2, 2014)."""

import struct

from kintrace.provenance.text import LONGEST, shown

FIELDS = {
    5: "title", 25: "keywords", 40: "instructions", 55: "created on", 60: "created at", 62: "digitised on", 65: "program",
    70: "program version", 80: "author", 90: "city", 92: "sublocation", 95: "state", 101: "country", 103: "reference",
    110: "credit", 115: "source", 116: "copyright", 120: "caption",
}  # fmt: skip
"""Data sets of the application record (2) that are read."""
MOST = 2000

IPTC, THUMBNAIL, OLD_THUMBNAIL = 0x0404, 0x040C, 0x0409
_THUMBNAIL_HEAD = 28


def read_iptc(data: bytes) -> dict[str, str]:
    """The first value of each field that is there, and all keywords. Never raises."""
    found: dict[str, str] = {}
    at = 0
    for _ in range(MOST):
        if at + 5 > len(data) or data[at] != 0x1C:
            break
        record, number, length = struct.unpack_from(">BBH", data, at + 1)
        if length > 0x7FFF:  # longer than 32 kB: nobody's caption
            break
        value = data[at + 5 : at + 5 + length]
        if record == 2 and number in FIELDS and value:
            name = FIELDS[number]
            several = name == "keywords" and name in found and len(found[name]) < LONGEST
            found[name] = shown(f"{found[name]}; {shown(value)}") if several else found.get(name, shown(value))
        at += 5 + length
    return found


def read_resources(data: bytes) -> dict[int, bytes]:
    """Photoshop's image resources by number, the first of each. Never raises."""
    found: dict[int, bytes] = {}
    at = 0
    for _ in range(MOST):
        if data[at : at + 4] != b"8BIM" or at + 12 > len(data):
            break
        (number,) = struct.unpack_from(">H", data, at + 4)
        name = data[at + 6] + 1
        at += 6 + name + name % 2
        if at + 4 > len(data):
            break
        (length,) = struct.unpack_from(">L", data, at)
        found.setdefault(number, data[at + 4 : at + 4 + length])
        at += 4 + length + length % 2
    return found


def thumbnail_of(resources: dict[int, bytes]) -> bytes:
    """The JPEG thumbnail that Photoshop keeps; empty where there is none."""
    raw = resources.get(THUMBNAIL, b"")[_THUMBNAIL_HEAD:]
    return raw if raw[:2] == b"\xff\xd8" else b""
