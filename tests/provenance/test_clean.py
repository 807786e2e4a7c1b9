"""A working copy shows the same picture and holds no place, no serial number, no name and nothing behind its end."""

import io
import struct

import numpy as np
import pytest
from files import (
    OWNER,
    SERIAL,
    TOWN,
    XMP,
    exif,
    full_jpeg,
    full_png,
    photo,
    saved,
    with_segments,
    with_serial,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from signing import signed

from kintrace.errors import CorruptPhoto
from kintrace.faces import read
from kintrace.provenance import inspect, private, real_format, working_copy

SECRET = (SERIAL, OWNER, TOWN, "Maker", "Some Editor", "46,13", "GPS", "http://ns.adobe.com", "2019", "Firmware")


def holds_nothing(data: bytes) -> None:
    for word in SECRET:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert word.encode(encoding) not in data, word
    facts, kept = inspect(data), private(data)
    assert set(facts.metadata.present) <= {"ICC", "EXIF"}
    assert (facts.metadata.place, facts.metadata.serial, kept.makers_note) == (False, False, False)
    assert facts.metadata.texts == facts.metadata.times == facts.thumbnails == kept.serials == kept.places == ()
    assert kept.latitude is None
    assert facts.file.trailing == 0


def webp() -> bytes:
    return saved(photo(), "WEBP", quality=90, exif=exif(), xmp=XMP, icc_profile=with_serial(SRGB)) + SERIAL.encode()


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
MAKERS = {
    "JPEG": full_jpeg,
    "PNG": full_png,
    "WEBP": webp,
    "TIFF": lambda: saved(photo(), "TIFF", exif=exif(), icc_profile=with_serial(SRGB)),
    "HEIF": lambda: saved(photo(), "HEIF", exif=exif(), xmp=XMP),
    "AVIF": lambda: saved(photo(), "AVIF", exif=exif(), xmp=XMP),
    "GIF": lambda: saved(photo(), "GIF", comment=SERIAL.encode()),
    "BMP": lambda: saved(photo(), "BMP") + SERIAL.encode(),
}


@pytest.mark.parametrize("format", MAKERS)
def test_the_same_picture_and_nothing_else(format: str) -> None:
    data = MAKERS[format]()
    assert format == "BMP" or any(word.encode() in data for word in SECRET)
    copy = working_copy(data)
    holds_nothing(copy)
    lossless = format in ("JPEG", "PNG", "WEBP")
    assert real_format(copy) == (format if lossless else "PNG")
    one, other = read(data), read(copy)
    assert one.pixels.shape == other.pixels.shape
    # HEIF, AVIF and TIFF are decoded without their colour profile, and in another program than the reader's.
    most = 0 if format != "TIFF" else 3
    assert np.abs(one.pixels.astype(int) - other.pixels).max() <= most


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_it_stays_upright(format: str, orientation: int) -> None:
    data = saved(photo(), format, exif=exif(orientation=orientation))
    copy = working_copy(data)
    assert SERIAL.encode() not in copy
    one, other = read(data).pixels, read(copy).pixels
    assert one.shape == other.shape
    assert np.array_equal(one, other)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_colours_stay(format: str) -> None:
    # A profile whose red and blue are exchanged: if it were lost, one would see it.
    profile = with_serial(SRGB.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ"))
    profile = profile.replace(b"sRGB", b"xRGB").replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be"))
    data = saved(photo(), format, icc_profile=profile, **({"lossless": True} if format == "WEBP" else {}))
    copy = working_copy(data)
    assert SERIAL.encode() not in copy
    assert "ICC" in inspect(copy).metadata.present
    difference = np.abs(read(data).pixels.astype(int) - read(copy).pixels)
    assert difference.max() <= 1
    assert np.abs(read(data).pixels.astype(int) - read(saved(photo(), format)).pixels).max() > 20


def test_progressive_cmyk_and_restarts() -> None:
    for image, options in (
        (photo(), {"progressive": True}),
        (photo().convert("CMYK"), {}),
        (photo(), {"restart_marker_blocks": 4}),
        (photo().convert("L"), {}),
    ):
        data = saved(image, "JPEG", exif=exif(), **options)
        copy = working_copy(data)
        assert SERIAL.encode() not in copy
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), np.asarray(Image.open(io.BytesIO(copy))))


def test_credentials_and_the_second_picture_of_a_phone_go_too() -> None:
    data = signed(saved(photo(), "JPEG")) + saved(photo(1), "JPEG", exif=exif())
    copy = working_copy(data)
    assert b"c2pa" not in copy
    assert SERIAL.encode() not in copy
    assert inspect(copy).credentials.state == "absent"


def test_animations_become_their_first_picture() -> None:
    frames = [photo(number).resize((200, 200)) for number in range(3)]
    for format in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], format, save_all=True, append_images=frames[1:])
        copy = working_copy(data)
        assert real_format(copy) == "PNG"
        assert getattr(Image.open(io.BytesIO(copy)), "n_frames", 1) == 1


def test_pixels_that_were_decoded_already() -> None:
    pixels = np.asarray(photo().convert("RGB"))
    copy = working_copy(b"whatever", pixels)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(copy))), pixels)


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"%PDF-1.4"]
)
def test_what_holds_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptPhoto):
        working_copy(data)


HEADS = ["", "Exif\0\0", "JFIF\0", "Adobe", "ICC_PROFILE\0", "Photoshop 3.0\0", "MPF\0", "JP"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0xE0, 0xEF) | st.just(0xFE), st.binary(max_size=60), st.sampled_from(HEADS)), max_size=6
    )
)
def test_whatever_segments_a_jpeg_has(segments: list[tuple[int, bytes, str]]) -> None:
    body = [(code, head.encode() + filling + SERIAL.encode()) for code, filling, head in segments]
    data = with_segments(saved(photo(), "JPEG"), *body)
    assert SERIAL.encode() not in working_copy(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files_give_a_copy_or_are_refused(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
    file = bytearray(MAKERS[format]())
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, min(len(file) - 1, 3000)))] = data.draw(st.integers(0, 255))
    try:
        copy = working_copy(bytes(file))
    except CorruptPhoto:
        return
    assert b"Exif\0\0MM" not in copy or len(copy) < len(file)
    assert SERIAL.encode() not in copy


def test_a_profile_that_lies_about_its_tags_is_left_out() -> None:
    lying = bytearray(SRGB)
    struct.pack_into(">L", lying, 128, 0xFFFFFFFF)
    data = saved(photo(), "PNG", icc_profile=bytes(lying))
    assert read(working_copy(data)).pixels.shape == read(data).pixels.shape
