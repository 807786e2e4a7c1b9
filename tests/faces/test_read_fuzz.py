"""Whatever the bytes are: a photo or a named error; no crash, no hang, nothing else."""

import random
import struct
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from photo_files import EVERY, encode, exif, textured

from kintrace.errors import PhotoError
from kintrace.faces.decode import FORMATS
from kintrace.faces.read import Limits, Reader

LIMITS = Limits(max_bytes=1_000_000, max_pixels=1_000_000, max_seconds=5)
SEEDS = [encode(textured(33, 21), kind) for kind in EVERY] + [
    encode(textured(33, 21), "JPEG", progressive=True, exif=exif(6)),
    encode(textured(33, 21).convert("CMYK"), "JPEG"),
    encode(textured(33, 21).quantize(16), "PNG", transparency=3),
    encode(textured(33, 21).convert("RGBA"), "WEBP", lossless=False),
    encode(textured(33, 21), "TIFF", compression="tiff_lzw"),
    encode(textured(33, 21), "TIFF", compression="jpeg"),
    encode(textured(33, 21), "GIF", save_all=True, append_images=[textured(20, 20)]),
    encode(textured(33, 21), "AVIF", save_all=True, append_images=[textured(33, 21).rotate(90)]),
    b"P3 4 4 255 " + b"17 " * 48,
]
SIGNATURES = sorted({seed[:12] for seed in SEEDS})


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS) as reader:
        yield reader


def survives(reader: Reader, data: bytes) -> None:
    started = time.monotonic()
    ((_, result),) = reader.read_many([(0, data)])
    if isinstance(result, PhotoError):
        assert result.what
        assert result.todo
    else:
        assert result.pixels.dtype == np.uint8
        assert result.pixels.shape[2:] == (3,)
        assert 0 < result.pixels.size <= 3 * LIMITS.max_pixels
        assert result.format in FORMATS
    assert time.monotonic() - started < LIMITS.max_seconds + 10


def fuzz(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
    )


@given(head=st.sampled_from([b"", *SIGNATURES]), rest=st.binary(max_size=600))
@fuzz(600)
def test_any_bytes(reader: Reader, head: bytes, rest: bytes) -> None:
    survives(reader, head + rest)


@given(
    seed=st.integers(0, len(SEEDS) - 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
@fuzz(1000)
def test_flipped_bytes(reader: Reader, seed: int, flips: list[tuple[float, int]]) -> None:
    data = bytearray(SEEDS[seed])
    for where, value in flips:
        data[int(where * len(data))] = value
    survives(reader, bytes(data))


@given(
    seed=st.integers(0, len(SEEDS) - 1),
    where=st.integers(0, 300),
    number=st.sampled_from([0, 1, 2, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1]),
    form=st.sampled_from(["<H", ">H", "<I", ">I"]),
)
@fuzz(1200)
def test_numbers_in_headers(reader: Reader, seed: int, where: int, number: int, form: str) -> None:
    data = bytearray(SEEDS[seed])
    size = struct.calcsize(form)
    where = min(where, len(data) - size)
    data[where : where + size] = struct.pack(form, number & (2 ** (8 * size) - 1))
    survives(reader, bytes(data))


@given(
    first=st.integers(0, len(SEEDS) - 1),
    second=st.integers(0, len(SEEDS) - 1),
    cuts=st.tuples(*[st.floats(0, 1)] * 3),
)
@fuzz(800)
def test_cuts_and_splices(reader: Reader, first: int, second: int, cuts: tuple[float, float, float]) -> None:
    one, other = SEEDS[first], SEEDS[second]
    begin, end = sorted(int(cut * len(other)) for cut in cuts[1:])
    at = int(cuts[0] * len(one))
    survives(reader, one[:at] + other[begin:end] + one[at:])
    survives(reader, one[:at] + one[min(len(one), at + end - begin) :])


def test_large_files_full_of_one_byte_or_of_markers_do_not_hang(reader: Reader) -> None:
    noise = random.Random(1).randbytes(1000)
    for head in SIGNATURES:
        for filler in (b"\0", b"\xff", b"\xff\x01", b"\0\0\0\x01", b"#", noise):
            survives(reader, head + filler * (900_000 // len(filler)))
