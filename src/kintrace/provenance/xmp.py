"""XMP: metadata as XML, which editing programs write (ISO 16684-1), read as names and texts and never interpreted.

A document type is refused, so that no entity can grow or reach for a file; depth, number and length are bounded.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from kintrace.provenance.text import LONGEST, shown

MOST_BYTES, MOST_ELEMENTS, DEEPEST = 2_000_000, 20_000, 40
MOST_VALUES, MOST_EVENTS = 2_000, 200

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = {
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.adobe.com/xmp/note/": "xmpNote",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
}
_MANY = {"mwg-rs:Name"}
"""Properties of each part of the picture, of which all are kept."""


@dataclass
class Xmp:
    """Texts by property, such as ``xmp:CreatorTool``, and the history of what was done."""

    values: dict[str, str] = field(default_factory=dict)
    history: list[dict[str, str]] = field(default_factory=list)
    """One for each recorded step: ``action``, ``when``, ``softwareAgent``, …"""
    damaged: bool = False

    def get(self, *names: str) -> str:
        """The first of these properties that is there; empty where none is."""
        return next((self.values[name] for name in names if self.values.get(name)), "")


class _Refused(Exception):
    """Beyond the bounds, or with a document type."""


class _Walk:
    """What the parser tells, element by element."""

    def __init__(self, found: Xmp) -> None:
        self.found = found
        self.path: list[str] = []
        self.text: list[str] = []
        self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self.path) >= DEEPEST:
            raise _Refused
        self.path.append(_short(name))
        self.text = []
        if self.path[-1] == "rdf:li" and "xmpMM:History" in self.path and len(self.found.history) < MOST_EVENTS:
            self.found.history.append({})
        for attribute, value in attributes.items():
            # A value that is an address may stand as one.
            name = self._named() if _short(attribute) == "rdf:resource" else _short(attribute)
            self._keep(name, value)

    def end(self, _: str) -> None:
        text = "".join(self.text).strip()
        self.text = []
        if text:
            self._keep(self._named(), text, listed=self.path[-2:-1] != ["rdf:Alt"])
        self.path.pop()

    def _named(self) -> str:
        """The property that a value is of: those of a list stand in its items, and count for what holds the list."""
        return next((step for step in reversed(self.path) if not step.startswith("rdf:")), "")

    def data(self, text: str) -> None:
        if sum(map(len, self.text[-1:])) < 65_536:
            self.text.append(text)

    def _keep(self, name: str, value: str, *, listed: bool = False) -> None:
        if not name or name.startswith("rdf:"):
            return
        values = self.found.values
        if name.startswith("stEvt:") and "xmpMM:History" in self.path and self.found.history:
            self.found.history[-1].setdefault(name[6:], shown(value))
        elif name in values and (name in _MANY or (listed and self.path[-1] == "rdf:li")):
            if len(values[name]) < LONGEST:
                values[name] = shown(f"{values[name]}; {shown(value)}")
        elif len(values) < MOST_VALUES:
            values.setdefault(name, shown(value))


def read_xmp(data: bytes, found: Xmp | None = None) -> Xmp:
    """Read a packet. Never raises: what was read before something was wrong is kept.

    Args:
        data: the packet.
        found: what another packet of the same file told; it is added to.
    """
    found = found or Xmp()
    if len(data) > MOST_BYTES:
        found.damaged = True
        return found
    walk = _Walk(found)
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(data.strip(b"\0 \t\r\n"), True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        found.damaged = True
    return found


def _refuse(*_: object) -> None:
    raise _Refused


def _short(name: str) -> str:
    """``namespace\\nname`` → ``prefix:name``, with the prefix everybody uses."""
    space, _, local = name.rpartition("\n")
    if space == _RDF:
        return f"rdf:{local}"
    if space in _PREFIXES:
        return f"{_PREFIXES[space]}:{local}"
    return f"x:{local}" if not space else f"other:{local}"
