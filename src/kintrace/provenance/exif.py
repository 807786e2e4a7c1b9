"""EXIF: the directory of tags that cameras write, read within bounds.

The structure is TIFF's (TIFF 6.0, 1992; CIPA DC-008, "Exif 3.0", 2023). Only the tags named here are read, a directory is
visited once, and no length in the file is believed: so a hostile block costs no more than its own size.
"""

import struct
from dataclasses import dataclass, field
from fractions import Fraction

from kintrace.provenance.text import shown

MOST_ENTRIES = 1000
LONGEST_VALUE = 65_536

MAIN = {
    0x010E: "description", 0x010F: "make", 0x0110: "model", 0x0112: "orientation", 0x0131: "software", 0x0132: "changed",
    0x013B: "artist", 0x013C: "computer", 0x8298: "copyright", 0x000B: "processing", 0x9C9C: "windows comment",
    0x9C9B: "windows title", 0x9C9D: "windows author", 0x9C9E: "windows keywords", 0x9C9F: "windows subject",
    0xC62F: "serial of camera",
}  # fmt: skip
EXIF = {
    0x9003: "taken", 0x9004: "digitised", 0x9010: "zone of changed", 0x9011: "zone of taken", 0x9012: "zone of digitised",
    0x9286: "comment", 0x927C: "maker's note", 0xA002: "width", 0xA003: "height", 0xA430: "owner",
    0xA431: "serial of body", 0xA434: "lens", 0xA435: "serial of lens", 0xA420: "unique id", 0xA436: "title",
    0xA437: "photographer", 0xA438: "editor", 0xA43A: "camera firmware", 0xA43B: "developing software",
    0xA43C: "editing software", 0xA43D: "metadata software",
}  # fmt: skip
GPS = {
    1: "north or south", 2: "latitude", 3: "east or west", 4: "longitude", 5: "below sea", 6: "altitude", 7: "time",
    19: "target north or south", 20: "target latitude", 21: "target east or west", 22: "target longitude", 28: "area", 29: "date",
}  # fmt: skip
THUMBNAIL = {0x0201: "thumbnail at", 0x0202: "thumbnail length", 0x0103: "thumbnail compression"}
BLOCKS = {0x02BC: "xmp", 0x83BB: "iptc", 0x8649: "photoshop", 0xCD41: "credentials"}
_POINTERS = {0x8769: "exif", 0x8825: "gps"}

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4}
_CODES = {3: "H", 4: "L", 8: "h", 9: "l", 13: "L"}

Value = str | int | bytes | tuple[Fraction, ...]


@dataclass
class Exif:
    """What was found, by the names above."""

    main: dict[str, Value] = field(default_factory=dict)
    gps: dict[str, Value] = field(default_factory=dict)
    thumbnail: bytes = b""
    """A JPEG, as stored; empty where there is none."""
    blocks: dict[str, bytes] = field(default_factory=dict)
    """Other metadata that a TIFF holds in tags of its own."""
    damaged: bool = False
    """Something pointed outside, ran in a circle, or was of no known kind."""

    def text(self, name: str) -> str:
        """A text to be shown; empty where there is none."""
        value = self.main.get(name, "")
        return shown(value) if isinstance(value, str | bytes) else ""

    def number(self, name: str) -> int:
        """A whole number; 0 where there is none."""
        value = self.main.get(name, 0)
        return value if isinstance(value, int) else 0


def read_exif(data: bytes) -> Exif:
    """Read a block of EXIF, or a whole TIFF file, from its byte-order mark on. Never raises."""
    found = Exif()
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        found.damaged = bool(data)
        return found
    visited: set[int] = set()
    (first,) = struct.unpack_from(order + "L", data.ljust(8, b"\0"), 4)
    tables = [(first, "main")]
    while tables:
        at, kind = tables.pop()
        if at in visited or not 8 <= at <= len(data) - 2:
            found.damaged = True
            continue
        visited.add(at)
        tables += _directory(data, order, at, kind, found)
    return found


def _directory(data: bytes, order: str, at: int, kind: str, found: Exif) -> list[tuple[int, str]]:
    """Read one directory into ``found``; the directories it points to."""
    (count,) = struct.unpack_from(order + "H", data, at)
    end = at + 2 + 12 * count
    if count > MOST_ENTRIES or end > len(data):
        found.damaged = True
        count = min(count, MOST_ENTRIES, (len(data) - at - 2) // 12)
    known = {"main": {**MAIN, **BLOCKS}, "exif": EXIF, "gps": GPS, "thumbnail": THUMBNAIL}[kind]
    further: list[tuple[int, str]] = []
    thumbnail: dict[str, Value] = {}
    for number in range(count):
        place = at + 2 + 12 * number
        tag, form, many = struct.unpack_from(order + "HHL", data, place)
        if tag in _POINTERS and kind == "main" and form in (4, 13) and many == 1:
            further.append((struct.unpack_from(order + "L", data, place + 8)[0], _POINTERS[tag]))
        elif tag in known:
            value = _value(data, order, place, form, many, found)
            if value is None:
                continue
            if kind == "main" and tag in BLOCKS:
                found.blocks[known[tag]] = value if isinstance(value, bytes) else b""
            else:
                {"gps": found.gps, "thumbnail": thumbnail}.get(kind, found.main).setdefault(known[tag], value)
    if kind == "main" and end + 4 <= len(data):
        (after,) = struct.unpack_from(order + "L", data, end)
        if after:
            further.append((after, "thumbnail"))
    if kind == "thumbnail":
        start, length = thumbnail.get("thumbnail at", 0), thumbnail.get("thumbnail length", 0)
        if isinstance(start, int) and isinstance(length, int) and start and 0 < length <= len(data) - start:
            found.thumbnail = data[start : start + length]
    return further


def _value(data: bytes, order: str, place: int, form: int, many: int, found: Exif) -> Value | None:
    """The value of an entry; None where it makes no sense."""
    size = _SIZES.get(form)
    if size is None or many == 0:
        found.damaged = found.damaged or size is None
        return None
    at = place + 8
    if size * many > 4:
        (at,) = struct.unpack_from(order + "L", data, at)
    length = size * many
    if at + length > len(data):
        found.damaged = True
        return None
    longest = len(data) if form in (1, 7) and many > LONGEST_VALUE else LONGEST_VALUE
    raw = data[at : at + min(length, longest)]
    if form == 2:
        return shown(raw)
    if form in (1, 6, 7):
        return raw[0] if many == 1 and form == 1 else raw
    if form in (5, 10):
        code = order + ("2L" if form == 5 else "2l")
        pairs = (struct.unpack_from(code, raw, 8 * number) for number in range(min(many, 4)))
        return tuple(Fraction(top, bottom) if bottom else Fraction(0) for top, bottom in pairs)
    return int(struct.unpack_from(order + _CODES[form], raw)[0])
