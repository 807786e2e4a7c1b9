"""What is read, how it looks, and what is refused by name."""

import hashlib
import io
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from photo_files import CORNERS, EVERY, LOSSLESS, LOSSY, encode, exif, quarters, textured
from PIL import Image, ImageCms

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
from kintrace.faces.read import Limits, Reader, read


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def corners(photo: Photo) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters."""
    height, width = photo.pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [tuple(int(value) for value in photo.pixels[place]) for place in places]


def near(photo: Photo, wanted: list[tuple[int, ...]], tolerance: int = 8) -> bool:
    return bool(np.abs(np.array(corners(photo)) - np.array(wanted)).max() <= tolerance)


GREYS = [round((299 * r + 587 * g + 114 * b) / 1000) for r, g, b in CORNERS]
GREY_CORNERS = [(grey,) * 3 for grey in GREYS]


# --- formats, modes, colours -----------------------------------------------------------------------------------


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
    photo = reader.read(encode(quarters().convert(mode), kind))
    if mode == "1":
        assert set(np.unique(photo.pixels)) <= ({0, 255} if kind in LOSSLESS else set(range(256)))
        assert photo.grey
    else:
        assert near(photo, GREY_CORNERS if mode == "LA" else list(CORNERS), 60 if mode == "PA" else 8)
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
    assert near(reader.read(encode(lab, "TIFF")), list(CORNERS))
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


# --- what is refused -------------------------------------------------------------------------------------------


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


def png(width: int, height: int, rows: bytes, depth: int = 8) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_a_decompression_bomb_is_refused_from_its_header(reader: Reader) -> None:
    started = time.perf_counter()
    with pytest.raises(TooManyPixels, match="10,000"):
        reader.read(png(100_000, 100_000, bytes(1000)))
    black = zlib.compressobj()
    rows = b"".join(black.compress(bytes(20_000 * 3 + 1)) for _ in range(20_000)) + black.flush()
    bomb = png(20_000, 20_000, b"").replace(zlib.compress(b""), rows)
    bomb = bomb[:33] + struct.pack(">I", len(rows)) + b"IDAT" + rows + bytes(4) + bomb[-12:]
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


def test_decoding_that_takes_too_long_is_stopped() -> None:
    large = encode(textured(50, 50).resize((7000, 7000)), "PNG", compress_level=1)
    with Reader(Limits(max_seconds=0.05)) as reader:
        started = time.perf_counter()
        with pytest.raises(TooSlow, match=r"0\.05 seconds"):
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
        try:
            photo = reader.read(data[:cut])
        except TruncatedPhoto:
            continue
        except PhotoError as error:
            assert cut < 64 or kind in ("TIFF", "HEIF", "AVIF"), f"{cut} of {len(data)}: {error}"
        else:
            assert cut > len(data) * 0.8, f"{cut} of {len(data)} bytes"
            assert (photo.pixels == whole.pixels).all(), f"{cut} of {len(data)} bytes"


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


# --- the children ----------------------------------------------------------------------------------------------


def children_of(process: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes with ps and /proc")


def decoders(process: int) -> list[int]:
    return [pid for pid in children_of(process) if b"kintrace.faces.child" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@linux_only
def test_a_child_killed_in_the_middle_is_replaced() -> None:
    before = set(decoders(os.getpid()))
    large = encode(textured(50, 50).resize((7000, 7000)), "PNG", compress_level=1)
    with Reader() as reader:
        reader.read(encode(quarters(), "PNG"))
        (child,) = set(decoders(os.getpid())) - before
        threading.Timer(0.1, os.kill, (child, signal.SIGKILL)).start()
        with pytest.raises(CorruptPhoto, match="stop"):
            reader.read(large)
        assert reader.read(encode(quarters(), "PNG")).format == "PNG"
        (child,) = set(decoders(os.getpid())) - before
        os.kill(child, signal.SIGKILL)  # between two photos: nobody notices
        time.sleep(0.1)
        assert reader.read(encode(quarters(), "PNG")).format == "PNG"
    assert set(decoders(os.getpid())) == before


@linux_only
def test_a_child_is_given_nothing_and_ends_with_its_parent() -> None:
    program = """
import os, pathlib, socket, subprocess, sys, time
os.environ["KINTRACE_SECRET"] = "s"
open_socket = socket.socket(); os.set_inheritable(open_socket.fileno(), True)
from kintrace.faces.read import Reader
reader = Reader()
try: reader.read(b"P5 1 1 255\\nx" )
finally: print(*(child.pid for child in reader._children), flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    files = [os.readlink(link) for link in Path(f"/proc/{child}/fd").iterdir()]
    assert sum("socket" in name for name in files) == 0
    assert sum("pipe" in name for name in files) <= 3  # requests, answers twice
    assert b"SECRET" not in Path(f"/proc/{child}/environ").read_bytes()
    modules = Path(f"/proc/{child}/maps").read_text()
    assert "cv2" not in modules
    assert "numpy" not in modules
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "zombie" in Path(f"/proc/{child}/status").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child outlives its parent")


def test_nothing_is_printed_whatever_the_file() -> None:
    program = """
import sys
from photo_files import *
from kintrace.errors import PhotoError
from kintrace.faces.read import read
for kind in EVERY:
    data = encode(textured(), kind)
    for broken in (data, data[:len(data) // 2], data[:60] + data[90:]):
        try: read(broken)
        except PhotoError: pass
"""
    run = subprocess.run(
        [sys.executable, "-W", "always::UserWarning", "-c", program],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_many_photos_keep_their_order_and_a_bad_one_stops_nothing(tmp_path: Path) -> None:
    expected: list[tuple[int, str]] = []
    sources: list[tuple[int, bytes | Path]] = []
    for number in range(60):
        size = random.Random(number).choice([(30, 20), (300, 200), (1200, 900)])
        data = encode(textured(40, 30).resize(size), EVERY[number % 6])
        if number % 7 == 3:
            data = data[: len(data) // 2]
        if number % 2:
            (tmp_path / str(number)).write_bytes(data)
        sources.append((number, tmp_path / str(number) if number % 2 else data))
        expected.append((number, "TruncatedPhoto" if number % 7 == 3 else "Photo"))
    for processes in (1, 3):
        with Reader(processes=processes) as reader:
            results = [(key, type(result).__name__) for key, result in reader.read_many(iter(sources))]
        assert results == expected


def test_many_photos_are_drawn_only_as_they_are_needed() -> None:
    drawn: list[int] = []

    def endless() -> Iterator[tuple[int, bytes]]:
        number = 0
        while True:
            drawn.append(number)
            yield number, encode(quarters(), "PNG")
            number += 1

    with Reader() as reader:
        photos = reader.read_many(endless())
        for _ in range(3):
            next(photos)
        photos.close()  # type: ignore[attr-defined]
    assert len(drawn) < 40


def test_many_threads_share_a_reader(reader: Reader) -> None:
    failures: list[str] = []

    def work(seed: int) -> None:
        colour = (seed * 20, 255 - seed * 20, 7)
        for kind in ("PNG", "BMP", "TIFF") * 5:
            photo = reader.read(encode(Image.new("RGB", (20 + seed, 9), colour), kind))
            if photo.pixels.shape[1] != 20 + seed or tuple(photo.pixels[0, 0]) != colour:
                failures.append(f"{seed} {kind}")

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_closed_reader_says_so_and_read_needs_none() -> None:
    reader = Reader()
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        reader.read(encode(quarters(), "PNG"))
    assert near(read(encode(quarters(), "PNG")), list(CORNERS), 0)
    with pytest.raises(TooManyPixels):
        read(encode(quarters(), "PNG"), Limits(max_pixels=10))
    assert len(LOSSY) == 3


def test_every_refusal_says_what_happened_what_was_kept_and_what_to_do(reader: Reader, tmp_path: Path) -> None:
    whole = encode(textured(), "JPEG")
    table = b"\xff\xdb" + whole.split(b"\xff\xdb")[1][:30]
    for source, limits in (
        (b"", None),
        (b"hello", None),
        (whole[:500], None),
        (whole.replace(table, table[:4] + b"\x7f" * 28), None),
        (whole, Limits(max_bytes=10)),
        (whole, Limits(max_pixels=10)),
        (tmp_path, None),
        (tmp_path / "none", None),
    ):
        with pytest.raises(PhotoError) as caught:
            reader.read(source, limits)
        assert caught.value.what.endswith(".")
        assert caught.value.kept.endswith(".")
        assert caught.value.todo.endswith(".")
        assert io.StringIO(str(caught.value)).readlines() == [str(caught.value)]
