"""How many pictures a file holds: animations and pages. Only the first is used, and another face can ride along in the others."""

import io
import struct

from kintrace.provenance.parts import Parts

MOST_FRAMES = 20_000
"""Pages of a TIFF that are counted at most."""


def frames(data: bytes, parts: Parts) -> int:
    """Pictures in a file; 0 where they are not counted. Bounded, decodes nothing, never raises.

    JPEG, BMP and netpbm hold one; what stands behind it is told as bytes behind the end.

    Args:
        data: the file's bytes.
        parts: the file taken apart.
    """
    try:
        if parts.format == "TIFF":
            return _pages(data)
        if parts.format == "HEIF":
            import pillow_heif

            return len(pillow_heif.open_heif(io.BytesIO(data)))
        if parts.format == "AVIF":
            from PIL import AvifImagePlugin

            return int(AvifImagePlugin.AvifImageFile(io.BytesIO(data)).n_frames)
    except Exception:  # whatever a decoder says of hostile bytes
        return 0
    return 1 if parts.format in ("JPEG", "BMP", "PPM") else parts.pictures


def _pages(data: bytes) -> int:
    """Directories in the row of a TIFF's pages, of the old form or of BigTIFF; each is counted once."""
    order = "<" if data[:2] == b"II" else ">"
    big = b"+" in data[2:4]
    many, entry, offset = ("Q", 20, "Q") if big else ("H", 12, "L")
    (at,) = struct.unpack_from(order + offset, data, 8 if big else 4)
    seen: set[int] = set()
    while at and at not in seen and len(seen) < MOST_FRAMES:
        try:
            (count,) = struct.unpack_from(order + many, data, at)
            seen.add(at)
            (at,) = struct.unpack_from(order + offset, data, at + struct.calcsize(many) + entry * count)
        except (struct.error, OverflowError):  # it points outside
            break
    return len(seen)
