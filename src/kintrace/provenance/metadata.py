"""EXIF, XMP, IPTC and comments → one account of what they say; and, apart, the places and serial numbers."""

import re
from dataclasses import dataclass
from fractions import Fraction

from kintrace.provenance.exif import Value
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
_EXIF_TEXTS = ("description", "comment", "windows comment", "title", "artist", "photographer", "editor", "copyright")
_XMP_TEXTS = (
    "dc:description", "dc:title", "dc:creator", "dc:rights", "photoshop:Headline", "photoshop:Instructions", "exif:UserComment",
)  # fmt: skip
_IPTC_TEXTS = ("title", "caption", "author", "credit", "source", "copyright", "instructions", "reference")
_IPTC_PLACES = ("sublocation", "city", "state", "country")
_XMP_PLACES = (
    "photoshop:City", "photoshop:State", "photoshop:Country", "Iptc4xmpCore:Location", "exif:GPSLatitude", "exif:GPSLongitude",
    "Iptc4xmpExt:City", "Iptc4xmpExt:Sublocation", "Iptc4xmpExt:CountryName",
)  # fmt: skip
_EXIF_SERIALS = ("serial of body", "serial of camera", "serial of lens", "owner", "unique id", "computer")
_XMP_SERIALS = ("aux:SerialNumber", "aux:LensSerialNumber", "exifEX:BodySerialNumber", "exifEX:LensSerialNumber", "aux:OwnerName",
                "exifEX:CameraOwnerName")  # fmt: skip
_MOST = 40


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
        texts=_texts(parts)[:_MOST],
        source_type=re.split(r"[/#]", kind)[-1][:60],
        recorded_width=exif.number("width"),
        recorded_height=exif.number("height"),
        place=bool(kept.places or exif.gps.keys() & {"latitude", "longitude"}),
        serial=bool(kept.serials),
    )


def private_facts(parts: Parts) -> Private:
    """Places and serial numbers."""
    exif, xmp = parts.exif, parts.xmp
    places = [Said("IPTC", name, parts.iptc[name]) for name in _IPTC_PLACES if name in parts.iptc]
    places += [Said("XMP", name.partition(":")[2], xmp.get(name)) for name in _XMP_PLACES if xmp.get(name)]
    serials = [Said("EXIF", name, exif.text(name)) for name in _EXIF_SERIALS if exif.text(name)]
    serials += [Said("XMP", name.partition(":")[2], xmp.get(name)) for name in _XMP_SERIALS if xmp.get(name)]
    return Private(
        latitude=_degrees(exif.gps.get("latitude"), exif.gps.get("north or south"), "S", 90),
        longitude=_degrees(exif.gps.get("longitude"), exif.gps.get("east or west"), "W", 180),
        places=tuple(places),
        serials=tuple(serials),
        makers_note="maker's note" in exif.main,
    )


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
        found.append(Said("EXIF", "date by GPS", shown(str(exif.gps["date"]))))
    found += [Said("text", "time", shown(value)) for name, value in parts.texts if name.lower() == "creation time"]
    return tuple(found)


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
    for name in _EXIF_TEXTS:
        value = parts.exif.main.get(name, "")
        if name == "comment":
            words = comment(value)
        elif isinstance(value, bytes):  # Windows writes UTF-16
            words = shown(value[:2048].decode("utf-16-le", "replace"))
        else:
            words = parts.exif.text(name)
        if words:
            found.append(Said("EXIF", name, words))
    found += [Said("XMP", name.partition(":")[2], parts.xmp.get(name)) for name in _XMP_TEXTS if parts.xmp.get(name)]
    found += [Said("IPTC", name, parts.iptc[name]) for name in _IPTC_TEXTS if name in parts.iptc]
    told = {"software", "creation time"}
    found += [Said("text", shown(name, 40), shown(value)) for name, value in parts.texts if name.lower() not in told]
    return tuple(each for each in found if each.value)


def _degrees(value: Value | None, side: Value | None, negative: str, most: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    total = value[0] + value[1] / Fraction(60) + value[2] / Fraction(3600)
    if total > most:
        return None
    return round(float(-total if str(side).upper().startswith(negative) else total), 6)
