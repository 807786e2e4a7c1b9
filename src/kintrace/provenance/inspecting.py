"""One photo file → its facts."""

import hashlib
import re

from kintrace.provenance.credentials import TrustList, credentials
from kintrace.provenance.facts import Compression, FileFacts, PhotoFacts, Undecoded
from kintrace.provenance.formats import SIGNATURES, real_format
from kintrace.provenance.frames import frames
from kintrace.provenance.inner import picture_hashes
from kintrace.provenance.jpeg import CUT_OFF
from kintrace.provenance.marks import marks
from kintrace.provenance.metadata import Private, account, private_facts
from kintrace.provenance.parts import Parts, read_parts
from kintrace.provenance.picture import TURNED, decoded, obstacle, stored_size, upright
from kintrace.provenance.picturehash import Pixels
from kintrace.provenance.tables import digest, known
from kintrace.provenance.text import shown
from kintrace.provenance.thumbnails import thumbnails

# Endings of names and MIME types → the format they claim.
_CLAIMS = {
    "jpg": "JPEG", "jpeg": "JPEG", "jpe": "JPEG", "jfif": "JPEG",
    "png": "PNG", "webp": "WEBP", "gif": "GIF", "tif": "TIFF",
    "tiff": "TIFF", "bmp": "BMP", "heic": "HEIF", "heif": "HEIF", "avif": "AVIF", "pgm": "PPM",
    "ppm": "PPM", "pbm": "PPM", "pnm": "PPM",
    "pdf": "PDF",
}  # fmt: skip


def inspect(data: bytes, *, trust: TrustList | None = None, name: str = "", pixels: Pixels | None = None) -> PhotoFacts:
    """Everything a photo file tells about itself. Never raises for what the file holds.

    The bytes may be hostile: metadata are read within bounds, but decoders and the library for content credentials are native
    code. :class:`~kintrace.provenance.Inspector` runs this in a process of its own.

    Args:
        data: the file's bytes.
        trust: whose signatures the agency trusts; None: nobody's yet.
        name: the file's name or MIME type, for what it claims to be; nothing else is made of it.
        pixels: the picture, upright, (height, width, 3) sRGB, where it was decoded already (``kintrace.faces.read``); else it
            is decoded here.
    """
    parts = read_parts(data)
    problems = list(parts.problems)
    size = (0, 0)
    if pixels is None and parts.format in SIGNATURES and not parts.overfull:
        stored = decoded(data, parts.format)
        if stored is None:
            problems.append("The picture cannot be decoded.")
        else:
            size = (stored.shape[1], stored.shape[0])
            turned = parts.format in TURNED
            pixels = stored if turned else upright(stored, parts.exif.number("orientation"))
    size = (
        stored_size(data, parts.format)
        if size == (0, 0) and parts.format in SIGNATURES and not parts.overfull
        else size
    )
    undecoded = _undecoded(data, parts, size) if pixels is None else ""
    hashes, inner = picture_hashes(pixels) if pixels is not None else ((), ())
    metadata = account(parts)
    compression = _compression(parts)
    return PhotoFacts(
        sha256=hashlib.sha256(data).hexdigest(),
        file=_file(data, parts, name, size, undecoded),
        metadata=metadata,
        compression=compression,
        thumbnails=thumbnails(parts, pixels),
        marks=marks(parts, metadata, compression, size),
        credentials=credentials(data, parts.format, trust, points_elsewhere=bool(parts.xmp.get("dcterms:provenance"))),
        hashes=hashes,
        inner=inner,
        problems=tuple(dict.fromkeys(problems)),
    )


def private(data: bytes) -> Private:
    """Places and serial numbers in a file: only for those who may see the original. Never raises."""
    return private_facts(read_parts(data))


def _compression(parts: Parts) -> Compression | None:
    coding = parts.coding
    if coding is None or not coding.tables:
        return None
    return Compression(digest(coding), *known(coding), coding.sampling, coding.progressive)


def _undecoded(data: bytes, parts: Parts, size: tuple[int, int]) -> Undecoded:
    """Why the picture of a file of a known format was not decoded."""
    if parts.format not in SIGNATURES:
        return ""
    if parts.overfull:
        return "too_many_parts"
    found = obstacle(data, parts.format, size)
    return "cut_off" if found == "damaged" and CUT_OFF in parts.problems else found


def _file(data: bytes, parts: Parts, name: str, size: tuple[int, int], undecoded: Undecoded) -> FileFacts:
    claim = _CLAIMS.get(re.split(r"[./]", shown(name).lower())[-1], "") if name else ""
    trailing = data[parts.end :] if parts.end is not None and parts.end < len(data) else b""
    if not trailing.strip(b"\0"):  # some cameras fill up with zeros
        trailing = b""
    return FileFacts(
        format=parts.format,
        claimed=claim,
        agrees=not claim or claim == parts.format,
        size=len(data),
        width=size[0],
        height=size[1],
        trailing=len(trailing),
        trailing_kind=real_format(trailing),
        frames=frames(data, parts) if parts.format in SIGNATURES and not parts.overfull else parts.pictures,
        undecoded=undecoded,
    )
