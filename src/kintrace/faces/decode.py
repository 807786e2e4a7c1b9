"""The bytes of a file → upright sRGB pixels.

Hostile bytes are decoded here, so this runs in a child process (:mod:`kintrace.faces.child`) and imports only
Pillow, the standard library and :mod:`kintrace.faces.whole`.
"""

import contextlib
import functools
import io
import re
from enum import IntEnum
from typing import NamedTuple, cast

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from kintrace.faces.whole import ends_early, jpeg_end, png_holds_all


class Outcome(IntEnum):
    """What became of a file."""

    DECODED = 0
    NOT_A_PHOTO = 1
    TRUNCATED = 2
    CORRUPT = 3
    TOO_MANY_PIXELS = 4
    NO_MEMORY = 5


class Decoded(NamedTuple):
    """A picture: ``data`` holds height × width × 3 bytes, row by row, R, G, B."""

    format: str
    width: int
    height: int
    grey: bool
    data: bytes


class RefusedError(Exception):
    """No picture can be had from these bytes; ``pixels`` is what the header claims, 0 where unknown."""

    def __init__(self, outcome: Outcome, pixels: int = 0) -> None:
        """Keep both for the parent's message."""
        super().__init__(outcome, pixels)
        self.outcome = outcome
        self.pixels = pixels


# The classes are called directly: Image.open would import, and could be led to, formats nobody asked for.
_CLASSES: dict[str, type[ImageFile.ImageFile]] = {
    "AVIF": AvifImagePlugin.AvifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "PPM": PpmImagePlugin.PpmImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
}
FORMATS = (*_CLASSES, "HEIF")
_SIGNATURES = {
    "AVIF": rb"....ftypavi[fs]",
    "BMP": rb"BM",
    "GIF": rb"GIF8[79]a",
    "HEIF": rb"....ftyp(hei[cxms]|hev[cxms]|m[is]f1)",
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "PPM": rb"P[1-6][ \t\r\n#]",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "WEBP": rb"RIFF....WEBP",
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(data: bytes, max_pixels: int) -> Decoded:
    """Decode the first picture of a file.

    Raises:
        RefusedError: whatever the bytes are, nothing else.
    """
    kind = next((name for name, magic in _SIGNATURES.items() if re.match(magic, data, re.DOTALL)), "")
    if not kind:
        raise RefusedError(Outcome.NOT_A_PHOTO)
    try:
        image = _load(kind, data, max_pixels)
        kind = image.format or kind
        turn = _UPRIGHT.get(_orientation(image))
        image, grey = _to_srgb(image)
        if turn is not None:
            image = image.transpose(turn)
        return Decoded(kind, *image.size, grey, image.tobytes())
    except RefusedError:
        raise
    except Image.DecompressionBombError:
        raise RefusedError(Outcome.TOO_MANY_PIXELS) from None
    except MemoryError:
        raise RefusedError(Outcome.NO_MEMORY) from None
    except Exception as error:
        short = re.search("truncated|not enough image data|reached eof", str(error), re.IGNORECASE)
        if short or ends_early(kind, data):
            raise RefusedError(Outcome.TRUNCATED) from None
        raise RefusedError(Outcome.CORRUPT) from None


def _load(kind: str, data: bytes, max_pixels: int) -> Image.Image:
    """Open, check the size, then decode; refuse what lacks its end, even if the decoder would fill it up."""
    # Pillow raises above twice this; its WebP and GIF classes ask before they allocate.
    Image.MAX_IMAGE_PIXELS = (max_pixels + 1) // 2
    image = _open(kind, data)
    _check_size(image, max_pixels)
    tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else None
    if kind in ("AVIF", "HEIF", "JPEG", "TIFF") and ends_early(kind, data, tags):
        raise RefusedError(Outcome.TRUNCATED)
    image.load()
    _check_size(image, max_pixels)  # libheif learns the true size while it decodes
    if (kind == "JPEG" and _jpeg_filled(data, image)) or (kind == "PNG" and _png_filled(data, image)):
        raise RefusedError(Outcome.TRUNCATED)
    return image


def _check_size(image: Image.Image, max_pixels: int) -> None:
    if image.width * image.height > max_pixels:
        raise RefusedError(Outcome.TOO_MANY_PIXELS, image.width * image.height)


def _open(kind: str, data: bytes) -> ImageFile.ImageFile:
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # threads would take address space from the memory limit
    if kind != "HEIF":
        return _CLASSES[kind](io.BytesIO(data))
    if data[8:12] in (b"mif1", b"msf1"):  # brands that AVIF and HEIF share
        with contextlib.suppress(SyntaxError, ValueError):
            return AvifImagePlugin.AvifImageFile(io.BytesIO(data))
    import pillow_heif  # here, not above: it takes as long to import as all the rest

    pillow_heif.options.DECODE_THREADS = 1
    for part in ("THUMBNAILS", "DEPTH_IMAGES", "AUX_IMAGES"):
        setattr(pillow_heif.options, part, False)
    heif: type[ImageFile.ImageFile] = pillow_heif.HeifImageFile
    return heif(io.BytesIO(data))


def _jpeg_filled(data: bytes, image: Image.Image) -> bool:
    """Whether the picture data stop before the end marker: libjpeg fills up with mid grey and says nothing.

    Mid grey in the last corner may be the photo's own. Bytes put before the end marker tell: a decoder that had
    all it needed passes over them, one that did not makes pixels of them.
    """
    corner = image.getpixel((image.width - 1, image.height - 1))
    if any(value not in (127, 128) for value in (corner if isinstance(corner, tuple) else (corner,))):
        return False
    end = jpeg_end(data)
    longer = JpegImagePlugin.JpegImageFile(io.BytesIO(data[:end] + bytes(range(1, 200)) + data[end:]))
    return longer.tobytes() != image.tobytes()


def _png_filled(data: bytes, image: Image.Image) -> bool:
    """Whether the compressed stream holds fewer rows than the header says: Pillow leaves them black."""
    last = image.crop((0, max(0, image.height - 2), image.width, image.height)).tobytes()
    half = len(last) // 2
    return not (any(last[:half]) and any(last[half:])) and not png_holds_all(data)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # broken EXIF says nothing about the pixels
        return 1


def _to_srgb(image: Image.Image) -> tuple[Image.Image, bool]:
    """The picture in RGB, and whether the file stored no colour."""
    profile = image.info.get("icc_profile")
    image = _flat(image)
    grey = image.mode == "L" or (image.mode == "RGB" and _colourless(image))
    if isinstance(profile, bytes) or image.mode == "LAB":
        space, transform = _transform(profile or b"", image.mode)
        if transform is not None:
            image = transform.apply(image if image.mode == space else image.convert(space))
    if image.mode != "RGB":
        image = image.convert("RGB")
    return image, grey or _colourless(image)


def _flat(image: Image.Image) -> Image.Image:
    """Any mode → L, RGB, CMYK or LAB of 8 bits; what is transparent becomes white."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _eight_bits(image)
    if image.has_transparency_data:
        flat = image.convert("RGBA")
        alpha = flat.getchannel("A")
        white = Image.new("RGB", flat.size, "white")
        # Transparent everywhere is a file that misuses the channel, not an empty picture.
        white.paste(flat, mask=None if alpha.getextrema() == (0, 0) else alpha)
        return white.convert("L") if image.mode in ("1", "L", "LA", "La") else white
    if image.mode in ("L", "RGB", "CMYK", "LAB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """16 bits, 32 bits or floats → 8 bits. Pillow's own conversion would clip.

    White is 65535 for 16 bits; else the smallest of 1, 255, 65535 and the brightest value that holds them all.
    """
    sixteen = image.mode.startswith("I;16") or image.format in ("PNG", "PPM")
    tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else {}
    negative = tags.get(262) == 0  # TIFF's WhiteIsZero: Pillow inverts 8 bits only
    image = image.convert("F")
    _, top = cast("tuple[float, float]", image.getextrema())
    white = 65535.0 if sixteen else next((w for w in (1.0, 255.0, 65535.0) if top <= w), top)
    scale, shift = (-255 / white, 255.5) if negative else (255 / white, 0.5)
    return image.point(lambda value: value * scale + shift).convert("L")


def _colourless(image: Image.Image) -> bool:
    """True where R, G and B are equal everywhere; a few pixels usually settle it."""
    for sample in (image.resize((16, 16), Image.Resampling.NEAREST), image):
        raw = sample.tobytes()
        if not raw[::3] == raw[1::3] == raw[2::3]:
            return False
    return True


@functools.lru_cache(maxsize=16)  # one camera's profile comes a thousand times in a folder
def _transform(profile: bytes, mode: str) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """The mode a profile describes, and the way from there to sRGB; None: leave the colours as they are."""
    try:
        if mode == "LAB":
            given = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        else:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}[given.profile.xcolor_space.strip()]
        fits = space == mode or (space, mode) == ("RGB", "L")  # an RGB profile on a grey picture is common
        if not fits or (given.profile.profile_description or "").startswith("sRGB"):
            return mode, None
        return space, ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), space, "RGB")
    except MemoryError:
        raise
    except Exception:  # a broken profile is ignored
        return mode, None
