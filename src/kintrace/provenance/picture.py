"""The bytes of a photo or of a thumbnail → pixels, within bounds. Meant to run where hostile bytes may (:mod:`.apart`)."""

import io
import warnings

import numpy as np
from PIL import Image

from kintrace.provenance.facts import Undecoded
from kintrace.provenance.formats import MOST_PIXELS
from kintrace.provenance.picturehash import Pixels

MOST_THUMBNAIL = 2_000_000
"""Pixels; thumbnails of EXIF have 160 × 120, those of phones up to about 512 × 512."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip


TURNED = {"AVIF", "HEIF", "TIFF"}
"""Formats whose decoders turn the picture upright themselves."""


def decoded(data: bytes, format: str, most_pixels: int = MOST_PIXELS) -> Pixels | None:
    """The first picture of a file as (height, width, 3), as stored (but see ``TURNED``); None where it cannot be had.

    Colour profiles are not applied: what is wanted are shapes. Photos that a face is looked for in are read by
    :mod:`kintrace.faces` instead.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _opened(data, format)
            if image.width * image.height > most_pixels:
                return None
            return np.asarray(image.convert("RGB"), dtype=np.uint8)
    except Exception:  # whatever a decoder says of hostile bytes
        return None


def stored_size(data: bytes, format: str) -> tuple[int, int]:
    """Width and height as the header says; zeros where it says nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if format == "HEIF":
                import pillow_heif

                width, height = pillow_heif.open_heif(io.BytesIO(data)).size
                return int(width), int(height)
            Image.preinit()
            if format not in Image.OPEN:
                Image.init()
            opener, _ = Image.OPEN[format]  # Image.open would tell no size of a picture that it thinks a bomb
            return opener(io.BytesIO(data), "").size
    except Exception:  # whatever a decoder says of hostile bytes
        return (0, 0)


def obstacle(data: bytes, format: str, size: tuple[int, int]) -> Undecoded:
    """Why :func:`decoded` gave no picture, as far as its size and the decoder tell.

    Args:
        data: the file's bytes.
        format: the real one.
        size: as :func:`stored_size` tells it.
    """
    if size[0] * size[1] > MOST_PIXELS:
        return "too_many_pixels"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _opened(data, format).load()
    except Exception as error:  # whatever a decoder says of hostile bytes
        told = str(error).lower()
        if format == "PNG" and isinstance(error, ValueError) and "text" in told:  # Pillow's own bound
            return "too_much_text"
        if "truncated" in told:
            return "cut_off"
    return "damaged"


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turned as EXIF's orientation (1…8) says."""
    turn = _UPRIGHT.get(orientation)
    return pixels if turn is None else np.asarray(Image.fromarray(pixels).transpose(turn), dtype=np.uint8)


def _opened(data: bytes, format: str) -> Image.Image:
    if format == "HEIF":
        import pillow_heif

        file = pillow_heif.open_heif(io.BytesIO(data))
        if file.size[0] * file.size[1] > MOST_PIXELS:
            raise ValueError("too large")
        image: Image.Image = file.to_pillow()
        return image
    return Image.open(io.BytesIO(data), formats=[format])
