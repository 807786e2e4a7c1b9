"""What one photo file tells, as plain values that go to JSON and back.

Places and serial numbers are not here: they say where somebody lives and whose camera it was.
:func:`~kintrace.provenance.private` gives them to those who may see them.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Literal, Self, TypeVar

from kintrace.provenance.picturehash import PictureHash

K = TypeVar("K")
CredentialState = Literal["absent", "invalid", "untrusted", "trusted"]
"""Content credentials: none in the file; not those of this file, or broken; valid, signer not trusted; valid and trusted."""
Compared = Literal["same", "differs", "not comparable"]
Undecoded = Literal["", "too_many_pixels", "too_many_parts", "too_much_text", "cut_off", "damaged"]
"""Why the picture was not decoded; empty where it was, or where an earlier release did not say."""


@dataclass(frozen=True)
class FileFacts:
    """The file as a file."""

    format: str
    """By its first bytes; empty where they are of no known kind."""
    claimed: str
    """By its name; empty where nothing was claimed."""
    agrees: bool
    """False only where a claim was made, and is not so."""
    size: int
    """Bytes."""
    width: int
    """As stored, before any turning; 0 where it is not known."""
    height: int
    trailing: int
    """Bytes behind the end of the picture; 0 where there are none or the format does not tell."""
    trailing_kind: str
    """What they begin like: ``JPEG``, ``MP4``, ``ZIP``, … ; empty where that is not known."""
    frames: int = 0
    """Pictures that the file holds, as an animation or as pages; only the first is used. 0 where they were not counted."""
    undecoded: Undecoded = ""


@dataclass(frozen=True)
class Said:
    """One thing the metadata say, in the words of whoever wrote them. Anybody can write anything."""

    where: str
    """EXIF, XMP, IPTC, comment, …"""
    what: str
    value: str

    def sentence(self) -> str:
        """It for people, its first letter large."""
        return f"{self.what[:1].upper()}{self.what[1:]}, by {self.where}: {self.value}"


@dataclass(frozen=True)
class Step:
    """A step of editing that a program or a signer recorded."""

    action: str
    when: str = ""
    program: str = ""


@dataclass(frozen=True)
class Metadata:
    """What was written beside the picture."""

    present: tuple[str, ...]
    """Which kinds there are; an empty tuple is the ordinary state of a photo that a messenger sent."""
    times: tuple[Said, ...]
    camera: str
    """Maker and model; empty where none is named."""
    lens: str
    software: tuple[Said, ...]
    edits: tuple[Step, ...]
    texts: tuple[Said, ...]
    """Captions, authors, copyright, comments: shown, never interpreted."""
    source_type: str
    """IPTC digital source type, the last part of its address, such as ``trainedAlgorithmicMedia``; empty where none."""
    recorded_width: int
    """What the camera wrote of its size; 0 where it did not."""
    recorded_height: int
    place: bool
    """Whether the file holds a place (GPS or in words)."""
    serial: bool
    """Whether it holds a serial number, or an owner's name."""
    withheld: int = 0
    """Texts that are not among these, since a place or a serial number stands in them: they stay with the original."""


@dataclass(frozen=True)
class Compression:
    """How a JPEG was compressed; of the last program that saved it."""

    tables: str
    """Digest of its quantisation tables; equal for equal tables."""
    family: str
    """``libjpeg``, ``mozjpeg``, ``photoshop``, or empty: not known."""
    setting: str
    sampling: str
    progressive: bool


@dataclass(frozen=True)
class Thumbnail:
    """A small picture in the file, beside the picture."""

    where: str
    width: int
    height: int
    compared: Compared
    difference: float
    """The largest local difference to the picture, 0…1; 0 where it could not be compared."""


@dataclass(frozen=True)
class Mark:
    """A sign that a program or a service leaves."""

    kind: Literal["screenshot", "messenger", "social network", "generated", "edited"]
    says_so: bool
    """True where the file says it; False where it merely fits, as many other files do."""
    words: str
    source: str
    """Where the sign is documented."""


@dataclass(frozen=True)
class Credentials:
    """Content credentials (C2PA): who signed what was done to the file."""

    state: CredentialState
    signer: str = ""
    issuer: str = ""
    time: str = ""
    """Of the signature, by a time stamp; empty where there is none."""
    generator: str = ""
    """The program that wrote them, in its own words."""
    actions: tuple[Step, ...] = ()
    """Recorded by the signer; and, where the signer is trusted, by those of what went into the picture who are trusted, too."""
    source_types: tuple[str, ...] = ()
    elsewhere: bool = False
    """The file points to credentials on a server. They were not fetched."""
    problems: tuple[str, ...] = ()
    parts_actions: tuple[Step, ...] = ()
    """Recorded by the other signers of what went into the picture. Nobody who is trusted vouches for it."""
    parts_source_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhotoFacts:
    """All that a file tells."""

    sha256: str
    file: FileFacts
    metadata: Metadata
    compression: Compression | None
    thumbnails: tuple[Thumbnail, ...]
    marks: tuple[Mark, ...]
    credentials: Credentials
    hashes: tuple[PictureHash, ...]
    """The picture's, upright, and its seven mirrorings and turns (:func:`~kintrace.provenance.dihedral`); empty if undecoded."""
    inner: tuple[PictureHash, ...]
    """The same of what is inside a border or a screen around the picture; empty where there is none."""
    problems: tuple[str, ...]
    """What was damaged or could not be read, in words."""

    @property
    def probes(self) -> tuple[PictureHash, ...]:
        """The hashes to search for this picture with."""
        return self.hashes + self.inner

    @property
    def kept(self) -> tuple[PictureHash, ...]:
        """The hashes to keep, by which it will be found: of the picture, and of what is inside its border."""
        return self.hashes[:1] + self.inner[:1]

    @property
    def hash(self) -> PictureHash | None:
        """The picture's own hash."""
        return self.hashes[0] if self.hashes else None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        value: dict[str, Any] = plain(self)
        return value

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Back from plain values.

        Raises:
            ValueError: they are not those of a photo's facts.
        """
        return made(cls, value)


def plain(value: Any) -> Any:
    """Plain values for JSON: dataclasses as objects, tuples as lists, bytes in hexadecimal."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def made(kind: type[K], value: Any) -> K:
    """A dataclass back from what :func:`plain` gave; every value is checked against its type.

    What has a default may be missing: an earlier release did not know of it.

    Raises:
        ValueError: it is something else.
    """
    try:
        found = _made(kind, value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    assert isinstance(found, kind)
    return found


def _made(kind: Any, value: Any) -> Any:
    """A value of this type from plain ones."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        return tuple(_made(typing.get_args(kind)[0], each) for each in _checked(value, list))
    if origin in (types.UnionType, typing.Union):
        inner = next(each for each in typing.get_args(kind) if each is not type(None))
        return None if value is None else _made(inner, value)
    if origin is Literal:
        if value not in typing.get_args(kind):
            raise TypeError(f"{value!r} is not one of {typing.get_args(kind)}")
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        kept = [each for each in fields(kind) if each.name in value or each.default is MISSING]
        return kind(**{each.name: _made(hints[each.name], value[each.name]) for each in kept})
    if kind is bytes:
        return bytes.fromhex(_checked(value, str))
    if kind is float:
        return float(_checked(value, (int, float)))
    return _checked(value, kind)


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not of {kind}")
    return value
