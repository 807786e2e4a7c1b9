"""Real photo files of every format, made with the encoders that come in the wheels, and how to look at them."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

from kintrace.errors import PhotoError
from kintrace.faces.face import Photo
from kintrace.faces.read import Reader

pillow_heif.register_heif_opener()

LOSSLESS = ("PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
LOSSY = ("JPEG", "HEIF", "AVIF")
EVERY = LOSSLESS + LOSSY
CORNERS = ((220, 30, 30), (30, 180, 40), (40, 50, 210), (200, 190, 60))
"""Upper left, upper right, lower left, lower right of :func:`quarters`."""


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Four plain colours, so that every turn and mirror looks different."""
    image = Image.new("RGB", (width, height))
    for colour, place in zip(
        CORNERS, ((0, 0), (width // 2, 0), (0, height // 2), (width // 2, height // 2)), strict=True
    ):
        image.paste(colour, (*place, place[0] + width // 2, place[1] + height // 2))
    return image


def textured(width: int = 97, height: int = 71) -> Image.Image:
    """A picture whose every row differs and whose last corner is not mid grey."""
    pixels = bytes((x * y + 3 * c * x + y * y) % 251 for y in range(height) for x in range(width) for c in range(3))
    return Image.frombytes("RGB", (width, height), pixels)


def encode(image: Image.Image, kind: str, **how: Any) -> bytes:
    """The bytes of a file of this format, as exact as the format can be."""
    if kind in LOSSY:
        how = {"quality": 95} | how
    if kind == "JPEG":
        how = {"subsampling": 0} | how
    if kind == "WEBP":
        how = {"lossless": True, "exact": True} | how
    if kind == "GIF" and image.mode == "RGB":
        image = image.quantize(256)
    if kind == "HEIF" and "exif" in how:  # only so does pillow-heif write the turn that HEIC itself knows
        image.info["exif"] = how.pop("exif").tobytes()
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def exif(orientation: int) -> Image.Exif:
    """EXIF that says how the camera was held."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def png(width: int, height: int, rows: bytes, depth: int = 8, colour: int = 2) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def corners(photo: Photo) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters."""
    height, width = photo.pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [tuple(int(value) for value in photo.pixels[place]) for place in places]


def near(photo: Photo, wanted: list[tuple[int, ...]], tolerance: int = 8) -> bool:
    return bool(np.abs(np.array(corners(photo)) - np.array(wanted)).max() <= tolerance)


def outcome(reader: Reader, data: bytes) -> Photo | PhotoError:
    ((_, result),) = reader.read_many([(0, data)])
    return result


GREYS = [round((299 * r + 587 * g + 114 * b) / 1000) for r, g, b in CORNERS]
GREY_CORNERS = [(grey,) * 3 for grey in GREYS]
