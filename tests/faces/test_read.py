"""What is read, and how it looks then."""

import hashlib
import io
import random
import struct
from collections.abc import Iterator

import numpy as np
import pillow_heif
import pytest
from photo_files import (
    CORNERS,
    EVERY,
    GREY_CORNERS,
    GREYS,
    LOSSLESS,
    encode,
    exif,
    near,
    png,
    quarters,
)
from PIL import Image, ImageCms

from kintrace.faces.read import Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.mark.parametrize("kind", EVERY)
def test_every_format_gives_its_colours_and_its_name(reader: Reader, kind: str) -> None:
    data = encode(quarters(), kind)
    photo = reader.read(data)
    assert (photo.format, photo.grey, photo.pixels.shape) == (kind, False, (48, 64, 3))
    assert photo.pixels.dtype == np.uint8
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert near(photo, list(CORNERS), 0 if kind in LOSSLESS else 8)


@pytest.mark.parametrize("kind", EVERY)
def test_a_grey_picture_is_grey_in_every_format(reader: Reader, kind: str) -> None:
    photo = reader.read(encode(quarters().convert("L"), kind))
    assert photo.grey
    assert near(photo, GREY_CORNERS, 3)
    assert (photo.pixels[..., 0] == photo.pixels[..., 2]).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM"])
def test_three_equal_channels_are_grey(reader: Reader, kind: str) -> None:
    assert reader.read(encode(quarters().convert("L").convert("RGB"), kind)).grey
    one_red_pixel = quarters().convert("L").convert("RGB")
    one_red_pixel.putpixel((3, 3), (255, 0, 0))
    assert not reader.read(encode(one_red_pixel, kind)).grey


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_stands_upright_whatever_way_the_camera_was_held(reader: Reader, kind: str, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters().transpose(undo[orientation]) if orientation > 1 else quarters()
    photo = reader.read(encode(stored, kind, exif=exif(orientation)))
    assert photo.pixels.shape == (48, 64, 3)
    assert near(photo, list(CORNERS))


@pytest.mark.parametrize("mode", ["P", "1", "LA", "RGBA", "PA"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
def test_other_modes(reader: Reader, kind: str, mode: str) -> None:
    if (mode == "PA" and kind in ("PNG", "TIFF")) or (mode in ("P", "1", "PA", "LA") and kind in ("HEIF",)):
        pytest.skip("not written by Pillow")
    stored = quarters().quantize(8).convert(mode) if mode in ("P", "PA") else quarters().convert(mode)
    photo = reader.read(encode(stored, kind))
    if mode == "1":
        assert set(np.unique(photo.pixels)) <= ({0, 255} if kind in LOSSLESS else set(range(256)))
        assert photo.grey
    else:
        assert near(photo, GREY_CORNERS if mode == "LA" else list(CORNERS), 8)
        assert photo.grey == (mode == "LA")


def test_a_two_colour_bitmap(reader: Reader) -> None:
    for kind in ("BMP", "PPM", "GIF"):
        photo = reader.read(encode(quarters().convert("L").point(lambda v: 255 * (v > 100), "1"), kind))
        assert near(photo, [(255 * (grey > 100),) * 3 for grey in GREYS], 0)
        assert photo.grey


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_what_is_transparent_becomes_white(reader: Reader, kind: str) -> None:
    image = quarters().convert("RGBA")
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, 0, 32, 24))
    alpha.paste(128, (32, 24, 64, 48))
    image.putalpha(alpha)
    half = tuple((value + 255) // 2 for value in CORNERS[3])
    assert near(reader.read(encode(image, kind)), [(255, 255, 255), CORNERS[1], CORNERS[2], half])


def test_transparent_colours_of_palettes_and_of_plain_pictures(reader: Reader) -> None:
    flat = quarters().quantize(4)
    index = flat.getpixel((5, 5))
    for kind in ("PNG", "GIF"):
        photo = reader.read(encode(flat, kind, transparency=index))
        assert near(photo, [(255, 255, 255), *CORNERS[1:]], 1)
    photo = reader.read(encode(quarters(), "PNG", transparency=CORNERS[0]))
    assert near(photo, [(255, 255, 255), *CORNERS[1:]], 0)
    photo = reader.read(encode(quarters().convert("L"), "PNG", transparency=GREYS[0]))
    assert near(photo, [(255, 255, 255), *GREY_CORNERS[1:]], 0)


def test_a_picture_transparent_everywhere_is_shown_all_the_same(reader: Reader) -> None:
    image = quarters()
    image.putalpha(0)
    assert near(reader.read(encode(image, "PNG")), list(CORNERS), 0)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
@pytest.mark.parametrize("mode", ["I;16", "I;16B"])
def test_sixteen_bits_of_grey_are_scaled_not_clipped(reader: Reader, kind: str, mode: str) -> None:
    values = np.array([[0, 128 * 257], [64 * 257, 65535]], np.uint16).repeat(8, 0).repeat(8, 1)
    image = Image.frombytes(mode, (16, 16), values.astype(">u2" if mode == "I;16B" else "<u2").tobytes())
    if (kind, mode) == ("PPM", "I;16B"):
        pytest.skip("not written by Pillow")
    photo = reader.read(encode(image, kind))
    assert near(photo, [(value,) * 3 for value in (0, 128, 64, 255)], 1)
    assert photo.grey


def test_sixteen_bits_of_colour(reader: Reader) -> None:
    pixels = np.array(quarters(), np.uint16) * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    assert near(reader.read(png(64, 48, rows, depth=16)), list(CORNERS), 0)
    ppm = b"P6 64 48 65535\n" + pixels.astype(">u2").tobytes()
    assert near(reader.read(ppm), list(CORNERS), 0)


@pytest.mark.parametrize(("mode", "scale"), [("F", 1 / 255), ("F", 1.0), ("F", 257.0), ("I", 1), ("I", 257)])
def test_tiffs_of_floats_and_of_32_bits(reader: Reader, mode: str, scale: float) -> None:
    values = np.array([[0, 128], [64, 255]]).repeat(8, 0).repeat(8, 1) * scale
    image = Image.fromarray(values.astype(np.float32 if mode == "F" else np.int32))
    assert near(reader.read(encode(image, "TIFF")), [(value,) * 3 for value in (0, 128, 64, 255)], 1)


def test_a_tiff_whose_zero_is_white(reader: Reader) -> None:
    values = np.array([[0, 128 * 257], [64 * 257, 65535]], np.uint16).repeat(8, 0).repeat(8, 1)
    data = encode(Image.fromarray(values), "TIFF")
    entry = struct.pack("<HHIHxx", 262, 3, 1, 1)
    assert data.count(entry) == 1
    negative = data.replace(entry, struct.pack("<HHIHxx", 262, 3, 1, 0))
    assert near(reader.read(negative), [(value,) * 3 for value in (255, 127, 191, 0)], 1)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_also_as_adobe_inverts_it(reader: Reader, kind: str) -> None:
    photo = reader.read(encode(quarters().convert("CMYK"), kind))
    assert near(photo, list(CORNERS))
    assert not photo.grey


def test_lab_and_ycbcr_tiffs(reader: Reader) -> None:
    lab = ImageCms.profileToProfile(
        quarters(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert near(reader.read(encode(lab, "TIFF")), list(CORNERS), 10)
    assert near(reader.read(encode(quarters().convert("YCbCr"), "TIFF")), list(CORNERS))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
def test_a_colour_profile_is_applied(reader: Reader, kind: str) -> None:
    swapped = swapped_profile()
    photo = reader.read(encode(quarters(), kind, icc_profile=swapped))
    wanted = [(blue, green, red) for red, green, blue in CORNERS]
    assert near(photo, wanted, 12)
    assert not photo.grey
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(reader.read(encode(quarters(), kind, icc_profile=srgb)), list(CORNERS))


@pytest.mark.parametrize("profile", [b"", b"x", b"not a profile" * 50, bytes(500)])
def test_a_broken_profile_is_ignored(reader: Reader, profile: bytes) -> None:
    for kind in ("JPEG", "PNG", "TIFF"):
        assert near(reader.read(encode(quarters(), kind, icc_profile=profile)), list(CORNERS))
    cut = swapped_profile()[:200]
    assert near(reader.read(encode(quarters(), "PNG", icc_profile=cut)), list(CORNERS), 0)


def test_a_colour_profile_on_a_grey_picture_leaves_it_grey(reader: Reader) -> None:
    for kind in ("JPEG", "PNG"):
        photo = reader.read(encode(quarters().convert("L"), kind, icc_profile=swapped_profile()))
        assert photo.grey
        assert near(photo, GREY_CORNERS, 3)


def test_broken_exif_is_ignored(reader: Reader) -> None:
    for garbage in (b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*" + bytes(range(256))):
        assert near(reader.read(encode(quarters(), "JPEG", exif=garbage)), list(CORNERS))


def test_the_first_frame_of_many(reader: Reader) -> None:
    others = [Image.new("RGB", (64, 48), colour) for colour in ("black", "white")]
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "AVIF"):
        data = encode(quarters(), kind, save_all=True, append_images=others)
        assert near(reader.read(data), list(CORNERS)), kind
    data = encode(quarters(), "MPO", save_all=True, append_images=others)
    photo = reader.read(data)
    assert photo.format == "JPEG"
    assert near(photo, list(CORNERS))


def swapped_profile() -> bytes:
    """A profile of the sRGB kind whose red and blue primaries have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(int(struct.unpack_from(">I", profile, 128)[0])):
        at = 132 + 12 * number
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(name, name)
        if name == b"desc":  # it is no sRGB any more
            offset, size = struct.unpack_from(">II", profile, at + 4)
            text = profile[offset : offset + size].replace(b"s\0R\0G\0B", b"m\0i\0n\0e")
            profile[offset : offset + size] = text
    return bytes(profile)


def test_ten_bits_and_tiles_of_phones(reader: Reader) -> None:
    pixels = np.array(quarters(640, 480), np.uint16) * 257
    deep = pillow_heif.from_bytes("RGB;16", (640, 480), pixels.tobytes())
    tiled = pillow_heif.from_pillow(quarters(640, 480))
    for image, how in ((deep, {}), (tiled, {"tile_size": 256})):
        buffer = io.BytesIO()
        image.save(buffer, quality=95, **how)
        photo = reader.read(buffer.getvalue())
        assert photo.pixels.shape == (480, 640, 3)
        assert near(photo, list(CORNERS))


def test_what_a_phone_puts_behind_the_picture_does_no_harm(reader: Reader) -> None:
    film = random.Random(5).randbytes(300_000) + b"\xff\xda"
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP"):
        assert near(reader.read(encode(quarters(), kind) + film), list(CORNERS)), kind
