"""Real photo files of every format, made with the encoders that come in the wheels."""

import io
from typing import Any

import pillow_heif
from PIL import Image

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
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def exif(orientation: int) -> Image.Exif:
    """EXIF that says how the camera was held."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags
