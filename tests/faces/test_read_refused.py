"""What is refused, by which name."""

import os
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from photo_files import EVERY, encode, exif, outcome, png, quarters, textured
from PIL import Image

from kintrace.errors import (
    CorruptPhoto,
    EmptyPhoto,
    NotAPhoto,
    PhotoError,
    TooManyBytes,
    TooManyPixels,
    TooSlow,
    TruncatedPhoto,
)
from kintrace.faces.face import Photo
from kintrace.faces.read import Limits, Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture(scope="module")
def large() -> bytes:
    """A PNG of 36 megapixels that takes a good part of a second to decode."""
    return encode(textured(50, 50).resize((6000, 6000)), "PNG", compress_level=1)


def test_an_empty_file_and_files_of_other_kinds(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(EmptyPhoto):
        reader.read(b"")
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(EmptyPhoto):
        reader.read(tmp_path / "empty.jpg")
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    for other in (b"x", b"hello\n" * 99, b"%PDF-1.7\n", b"PK\3\4" + bytes(99), b"8BPS\0\1" + bytes(99), eps):
        with pytest.raises(NotAPhoto, match="JPEG or PNG"):
            reader.read(other)


def test_a_file_with_too_many_bytes_is_not_read(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(TooManyBytes):
        reader.read(bytes(101), Limits(max_bytes=100))
    huge = tmp_path / "huge.jpg"
    with open(huge, "wb") as file:
        file.truncate(10**12)  # sparse: nobody could read it whole
    with pytest.raises(TooManyBytes, match="50 MB"):
        reader.read(huge)


def test_a_decompression_bomb_is_refused_from_its_header(reader: Reader) -> None:
    started = time.perf_counter()
    with pytest.raises(TooManyPixels, match="10,000"):
        reader.read(png(100_000, 100_000, bytes(1000)))
    bomb = png(20_000, 20_000, bytes(20_001 * 20_000), colour=0)
    assert len(bomb) < 2_000_000
    seconds_to_make = time.perf_counter() - started
    with pytest.raises(TooManyPixels, match="400"):
        reader.read(bomb)
    assert time.perf_counter() - started - seconds_to_make < 2


@pytest.mark.parametrize("kind", EVERY)
def test_the_limit_on_pixels_holds_for_every_format(reader: Reader, kind: str) -> None:
    data = encode(quarters(), kind)
    reader.read(data, Limits(max_pixels=64 * 48))
    with pytest.raises(TooManyPixels):
        reader.read(data, Limits(max_pixels=64 * 48 - 1))
    if kind in ("GIF", "WEBP", "AVIF", "TIFF"):
        data = encode(quarters(), kind, save_all=True, append_images=[quarters()] * 3)
        with pytest.raises(TooManyPixels):
            reader.read(data, Limits(max_pixels=64 * 48 - 1))


def test_a_gif_whose_frame_is_larger_than_its_screen(reader: Reader) -> None:
    data = bytearray(encode(quarters(), "GIF"))
    data[6:10] = struct.pack("<HH", 8, 8)
    with pytest.raises(TooManyPixels):
        reader.read(bytes(data), Limits(max_pixels=1000))


def test_decoding_that_takes_too_long_is_stopped(large: bytes) -> None:
    with Reader(Limits(max_seconds=0.03)) as reader:
        started = time.perf_counter()
        with pytest.raises(TooSlow, match=r"0\.03 seconds"):
            reader.read(large)
        assert time.perf_counter() - started < 10
        assert reader.read(encode(quarters(), "PNG"), Limits()).format == "PNG"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces a limit on address space")
def test_decoding_that_takes_too_much_memory_is_stopped(reader: Reader) -> None:
    large = encode(Image.new("RGB", (8000, 8000)), "PNG")
    with pytest.raises(CorruptPhoto, match="memory"):
        reader.read(large, Limits(max_memory=200_000_000))
    assert reader.read(encode(quarters(), "PNG")).format == "PNG"


def variants() -> Iterator[tuple[str, bytes]]:
    for kind in EVERY:
        yield kind, encode(textured(), kind)
    yield "JPEG", encode(textured(), "JPEG", progressive=True)
    yield "JPEG", encode(textured(), "JPEG", exif=exif(6), restart_marker_rows=1)
    yield "JPEG", encode(textured().convert("CMYK"), "JPEG")
    for compression in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits"):
        yield "TIFF", encode(textured(), "TIFF", compression=compression)
    yield "WEBP", encode(textured(), "WEBP", lossless=False)
    yield "PPM", b"P3 97 71 255\n" + b" ".join(b"%d" % value for value in textured().tobytes())


@pytest.mark.parametrize(
    ("kind", "data"), [pytest.param(*item, id=f"{n}-{item[0]}") for n, item in enumerate(variants())]
)
def test_a_cut_file_never_passes_for_a_whole_one(reader: Reader, kind: str, data: bytes) -> None:
    whole = reader.read(data)
    cuts = sorted({1, 2, 5, 13, 30, *range(20, len(data), max(1, len(data) // 60)), *range(len(data) - 20, len(data))})
    for cut in cuts:
        result = outcome(reader, data[:cut])
        if isinstance(result, Photo):  # of PPM in letters, the last number may lose a digit
            assert (result.pixels == whole.pixels).all() or (data[:2] == b"P3" and cut > len(data) - 3), cut
        elif cut > 64 and kind not in ("TIFF", "HEIF", "AVIF"):  # there, what is missing may be the way to the rest
            assert isinstance(result, TruncatedPhoto), cut


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_that_a_repair_tool_gave_an_end(reader: Reader, how: dict[str, bool]) -> None:
    data = encode(textured(), "JPEG", **how)
    cut = data[: len(data) // 2]
    for repaired in (cut + b"\xff\xd9", cut + bytes(5000), cut + b"\xff" * 5000):
        with pytest.raises(TruncatedPhoto):
            reader.read(repaired)


def test_a_photo_that_is_mid_grey_in_its_corner_is_whole(reader: Reader) -> None:
    grey = Image.new("RGB", (640, 480), (128, 128, 128))
    for image in (grey, grey.convert("L"), grey.convert("CMYK")):
        for how in ({}, {"progressive": True}, {"restart_marker_rows": 1}):
            assert reader.read(encode(image, "JPEG", **how)).pixels.shape == (480, 640, 3)


def test_a_black_png_is_whole_and_one_with_fewer_rows_than_it_says_is_not(reader: Reader) -> None:
    assert reader.read(encode(Image.new("RGB", (50, 50)), "PNG")).grey
    with pytest.raises(TruncatedPhoto):
        reader.read(png(64, 64, (b"\0" + b"\x80" * 192) * 40))


def test_only_files_are_opened_and_nothing_hangs(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(NotAPhoto, match="folder"):
        reader.read(tmp_path)
    for missing in (tmp_path / "none.jpg", tmp_path / "none.jpg" / "below", Path("nul\0byte"), tmp_path / ("x" * 5000)):
        with pytest.raises(PhotoError, match="cannot be opened"):
            reader.read(missing)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        for special in (tmp_path / "pipe.jpg", Path("/dev/zero"), Path("/dev/tty")):
            with pytest.raises(PhotoError):
                reader.read(special)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(reader: Reader, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(encode(quarters(), "JPEG"))
    secret.chmod(0)
    with pytest.raises(PhotoError, match="cannot be opened"):
        reader.read(secret)
