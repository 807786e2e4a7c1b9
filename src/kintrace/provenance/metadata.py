"""EXIF, XMP, IPTC and comments → one account of what they say; and, apart, the places and serial numbers."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from kintrace.provenance.exif import Exif, Value
from kintrace.provenance.facts import Metadata, Said, Step
from kintrace.provenance.parts import Parts
from kintrace.provenance.text import shown

_TIMES = (
    ("taken", "taken", "zone of taken"),
    ("digitised", "digitised", "zone of digitised"),
    ("changed", "file changed", "zone of changed"),
)
_XMP_TIMES = {"xmp:CreateDate": "created", "xmp:ModifyDate": "file changed", "photoshop:DateCreated": "taken"}
_PROGRAMS = ("software", "processing", "developing software", "editing software", "metadata software")
_XMP_PROGRAMS = ("xmp:CreatorTool", "photoshop:History", "crs:Version")
_EXIF_TEXTS = {
    "description": "description", "comment": "comment", "windows comment": "comment", "windows title": "title",
    "windows subject": "description", "windows author": "author", "windows keywords": "keywords", "title": "title",
    "artist": "artist", "photographer": "photographer", "editor": "editor", "copyright": "copyright",
}  # fmt: skip
_XMP_TEXTS = {
    "dc:description": "description", "dc:title": "title", "dc:creator": "author", "dc:rights": "copyright",
    "photoshop:Headline": "title", "photoshop:Instructions": "instructions", "exif:UserComment": "comment",
    "dc:subject": "keywords", "Iptc4xmpExt:PersonInImage": "people shown", "mwg-rs:Name": "people shown",
}  # fmt: skip
_IPTC_TEXTS = ("title", "caption", "keywords", "author", "credit", "source", "copyright", "instructions", "reference")
_IPTC_PLACES = ("sublocation", "city", "state", "country")
_XMP_PLACES = re.compile(
    r"(GPS(?!Date|Time|Version)\w*|\w*Latitude|\w*Longitude|City|State|ProvinceState|Country\w*|Sublocation|Location\w*|WorldRegion)"
)
"""Names of properties, whatever their schema: there are many, and each keeps places."""
_EXIF_SERIALS = ("serial of body", "serial of camera", "serial of lens", "owner", "unique id", "computer")
_XMP_SERIALS = re.compile(r"(\w*Serial(Number|No)?|\w*OwnerName|ImageUniqueID)")
_MOST = 40
_GPS_PLACES = {"latitude", "longitude", "altitude", "area", "target latitude", "target longitude"}
_SHORTEST_SERIAL = 5
_PRIVATE_NAMES = re.compile(r"gps|latitude|longitude|location|\bgeo|serial|owner", re.IGNORECASE)
"""Of keywords of texts, such as ``exif:GPSLatitude``, as programs write that turn EXIF into texts of a PNG."""
_COORDINATES = re.compile(
    r"[+-]\d{2,6}(\.\d+)?[+-]\d{3,7}(\.\d+|/)"  # ISO 6709
    r"|[-+]?\d{1,3}[.,]\d{3,}\s*°?\s*[NS]?\s*[,;/ ]\s*[-+]?\d{1,3}[.,]\d{3,}"
    r"|\d{1,3}\s*[°º]\s*\d{1,2}|\b\d{1,3}([,.]\d+)+\s?°?\s?[NSEW]\b|\b[NSEW]\s?\d{1,3}[.,°]\s?\d+|\bgeo:[-+]?\d"
)


@dataclass(frozen=True)
class Private:
    """What only those may see who may see the original."""

    latitude: float | None
    """Degrees, north positive, as EXIF says."""
    longitude: float | None
    places: tuple[Said, ...]
    """In words, or as XMP writes coordinates."""
    serials: tuple[Said, ...]
    """Serial numbers, owner's names, and ids that camera or computer wrote."""
    makers_note: bool
    """EXIF holds a block of the camera's maker, which often has serial numbers; it is not read."""


def account(parts: Parts) -> Metadata:
    """What the metadata of a file say; anybody can have written them."""
    exif, xmp = parts.exif, parts.xmp
    kept = private_facts(parts)
    texts, numbers = _texts(parts), _numbers(parts)
    kind = xmp.get("Iptc4xmpExt:DigitalSourceType", "Iptc4xmpExt:DigitalSourcetype")
    return Metadata(
        present=tuple(sorted(parts.present)),
        times=_times(parts)[:_MOST],
        camera=" ".join(dict.fromkeys([*exif.text("make").split(), *exif.text("model").split()]))
        or " ".join(filter(None, (xmp.get("tiff:Make"), xmp.get("tiff:Model")))),
        lens=exif.text("lens") or xmp.get("exifEX:LensModel", "aux:Lens"),
        software=_programs(parts)[:_MOST],
        edits=tuple(
            Step(step.get("action", ""), step.get("when", ""), step.get("softwareAgent", ""))
            for step in xmp.history[:_MOST]
            if step
        ),
        texts=tuple(each for each in texts if _kind(each, numbers) is None)[:_MOST],
        source_type=re.split(r"[/#]", kind)[-1][:60],
        recorded_width=exif.number("width"),
        recorded_height=exif.number("height"),
        place=bool(kept.places or exif.gps.keys() & _GPS_PLACES),
        serial=bool(kept.serials),
        withheld=sum(_kind(each, numbers) is not None for each in texts),
    )


def private_facts(parts: Parts) -> Private:
    """Places and serial numbers."""
    exif, numbers = parts.exif, _numbers(parts)
    kept = [(each, _kind(each, numbers)) for each in _texts(parts)]
    places = [Said("IPTC", name, parts.iptc[name]) for name in _IPTC_PLACES if name in parts.iptc]
    places += _properties(parts, _XMP_PLACES)
    if area := comment(exif.gps.get("area", "")):
        places.append(Said("EXIF", "area", area))
    north, east = _point(exif, "target ")
    if north is not None and east is not None:
        places.append(Said("EXIF", "what it shows", f"{north:+.6f}, {east:+.6f}"))
    places += [each for each, kind in kept if kind == "place"]
    serials = [*numbers, *(each for each, kind in kept if kind == "serial")]
    north, east = _point(exif)
    return Private(
        latitude=north,
        longitude=east,
        places=tuple(places[:_MOST]),
        serials=tuple(serials[:_MOST]),
        makers_note="maker's note" in exif.main,
    )


def _numbers(parts: Parts) -> list[Said]:
    """Serial numbers, owner's names and ids, where they have a place of their own."""
    found = [Said("EXIF", name, parts.exif.text(name)) for name in _EXIF_SERIALS if parts.exif.text(name)]
    return found + _properties(parts, _XMP_SERIALS)


def _properties(parts: Parts, names: re.Pattern[str]) -> list[Said]:
    """What XMP says in properties of these names, of any schema."""
    found = ((name.rpartition(":")[2], value) for name, value in parts.xmp.values.items() if value)
    return [Said("XMP", name, value) for name, value in found if names.fullmatch(name)]


def _kind(text: Said, numbers: list[Said]) -> Literal["place", "serial"] | None:
    """Whether a text holds a place, or a serial number of the file's: it is only for those who may see the original."""
    if named := _PRIVATE_NAMES.search(text.what):
        return "serial" if named[0].lower() in ("serial", "owner") else "place"
    if _COORDINATES.search(text.value):
        return "place"
    serial = (each.value for each in numbers if "serial" in each.what.lower() and len(each.value) >= _SHORTEST_SERIAL)
    return "serial" if any(each in text.value for each in serial) else None


def comment(value: Value) -> str:
    """EXIF's user comment: eight bytes that name its encoding, then the text."""
    if not isinstance(value, bytes):
        return shown(value) if isinstance(value, str) else ""
    code, text = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        order = "utf-16-le" if text[1:2] == b"\0" else "utf-16-be"
        return shown(text[:2048].decode(order, "replace"))
    return shown(text if code in (b"ASCII\0\0\0", b"\0" * 8) else value)


def _times(parts: Parts) -> tuple[Said, ...]:
    exif = parts.exif
    found = [
        Said("EXIF", what, f"{exif.text(name)} {exif.text(zone)}".strip())
        for name, what, zone in _TIMES
        if exif.text(name)
    ]
    found += [Said("XMP", what, parts.xmp.get(name)) for name, what in _XMP_TIMES.items() if parts.xmp.get(name)]
    if "created on" in parts.iptc:
        found.append(Said("IPTC", "taken", f"{parts.iptc['created on']} {parts.iptc.get('created at', '')}".strip()))
    if "date" in exif.gps:
        found.append(Said("EXIF", "date by GPS", shown(f"{shown(str(exif.gps['date']))} {_clock(exif)}")))
    found += [Said("text", "time", shown(value)) for name, value in parts.texts if name.lower() == "creation time"]
    return tuple(found)


def _clock(exif: Exif) -> str:
    """The time that GPS told, which is that of Greenwich; empty where it told none."""
    told = exif.gps.get("time")
    parts = [int(each) for each in told] if isinstance(told, tuple) else []
    known = len(parts) == 3 and all(0 <= part < most for part, most in zip(parts, (24, 60, 61), strict=True))
    return ":".join(f"{part:02}" for part in parts) + " UTC" if known else ""


def _programs(parts: Parts) -> tuple[Said, ...]:
    found = [Said("EXIF", name, parts.exif.text(name)) for name in _PROGRAMS if parts.exif.text(name)]
    found += [Said("XMP", name.partition(":")[2], parts.xmp.get(name)) for name in _XMP_PROGRAMS if parts.xmp.get(name)]
    if "program" in parts.iptc:
        found.append(
            Said("IPTC", "program", f"{parts.iptc['program']} {parts.iptc.get('program version', '')}".strip())
        )
    found += [Said("text", "software", shown(value)) for name, value in parts.texts if name.lower() == "software"]
    return tuple(found)


def _texts(parts: Parts) -> tuple[Said, ...]:
    found = []
    for name, what in _EXIF_TEXTS.items():
        value = parts.exif.main.get(name, "")
        if name == "comment":
            words = comment(value)
        elif isinstance(value, bytes):  # Windows writes UTF-16
            words = shown(value[:2048].decode("utf-16-le", "replace"))
        else:
            words = parts.exif.text(name)
        if words:
            found.append(Said("EXIF", what, words))
    found += [Said("XMP", what, parts.xmp.get(name)) for name, what in _XMP_TEXTS.items() if parts.xmp.get(name)]
    found += [Said("IPTC", name, parts.iptc[name]) for name in _IPTC_TEXTS if name in parts.iptc]
    told = {"software", "creation time"}
    found += [Said("text", shown(name, 40), shown(value)) for name, value in parts.texts if name.lower() not in told]
    return tuple(each for each in found if each.value)


def _point(exif: Exif, of: str = "") -> tuple[float | None, float | None]:
    """Degrees north and east."""
    gps = exif.gps
    return (
        _degrees(gps.get(f"{of}latitude"), gps.get(f"{of}north or south"), "S", 90),
        _degrees(gps.get(f"{of}longitude"), gps.get(f"{of}east or west"), "W", 180),
    )


def _degrees(value: Value | None, side: Value | None, negative: str, most: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    total = value[0] + value[1] / Fraction(60) + value[2] / Fraction(3600)
    if total > most:
        return None
    return round(float(-total if str(side).upper().startswith(negative) else total), 6)
