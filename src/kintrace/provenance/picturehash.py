"""PDQ: 256 bits that stay nearly the same when a picture is saved again, shrunk or made brighter.

Written from the published algorithm: Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019),
in the ThreatExchange repository under hashing/. Luma, a tent filter (two box filters in each direction), 64 × 64 samples, the
16 × 16 lowest frequencies of its cosine transform without the constant, and for each whether it is above the median.

The filters and the sampling are linear and act on rows and columns apart. So each direction is one (64, length) matrix, with few
numbers in a row that are not 0; the picture between the two box filters is never made.
``tests/provenance/test_picturehash.py`` holds the result to recorded output of the reference implementation.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

BITS = 256
LEAST_SIDE = 5
"""Pictures with a shorter side have no hash; the reference gives all zeros at quality 0."""
MOST_SIDE = 20_000
"""Of pictures with a longer side only every second (third, …) pixel is looked at, so that no header can claim much memory."""
LEAST_QUALITY = 50
"""Below it a picture is too plain for its hash to mean anything (the reference's advice)."""

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_TURNS = 8
_STRIPS = 8
_FREQUENCIES = np.arange(1, 17)[:, None] * (2 * np.arange(64) + 1)[None, :]
_COSINES: Floats = (np.sqrt(2 / 64) * np.cos(np.pi / 128 * _FREQUENCIES)).astype(np.float32)
_ODD = (np.arange(16) % 2).astype(bool)
# The sign of each frequency in a mirrored or turned picture: mirrored top to bottom, and left to right.
_DOWN = np.where(_ODD, 1, -1)[:, None].astype(np.float32)
_ACROSS = np.where(_ODD, 1, -1)[None, :].astype(np.float32)


@dataclass(frozen=True)
class PictureHash:
    """What PDQ says of one picture."""

    bits: bytes
    """32 bytes, the highest frequency's bit first, as the reference prints them in hexadecimal."""
    quality: int
    """0 (nothing to see) to 100."""

    @property
    def hex(self) -> str:
        """64 hexadecimal digits."""
        return self.bits.hex()

    @property
    def telling(self) -> bool:
        """Whether the picture holds enough for its hash to be compared."""
        return self.quality >= LEAST_QUALITY

    def distance(self, other: "PictureHash") -> int:
        """In how many of 256 bits two hashes differ; two pictures of chance in about 128."""
        return (int.from_bytes(self.bits) ^ int.from_bytes(other.bits)).bit_count()


def pdq(image: Pixels) -> PictureHash:
    """The hash of a picture.

    Args:
        image: (height, width, 3) sRGB or (height, width) grey, 0…255.

    Raises:
        ValueError: the array is not a picture.
    """
    waves, quality = _waves(image)
    return PictureHash(_bits(waves), quality)


def dihedral(image: Pixels) -> tuple[PictureHash, ...]:
    """The hashes of a picture and of its mirrorings and quarter turns, from one look at its pixels.

    In the reference's order: as it is; turned by 90, 180 and 270 degrees; mirrored top to bottom, left to right, at one diagonal
    and at the other. To find a picture that somebody mirrored, search for all eight.

    Args:
        image: as in :func:`pdq`.

    Returns:
        Eight hashes of one quality.

    Raises:
        ValueError: the array is not a picture.
    """
    waves, quality = _waves(image)
    turned = (
        waves,
        (waves * _ACROSS).T,
        waves * _DOWN * _ACROSS,
        (waves * _DOWN).T,
        waves * _DOWN,
        waves * _ACROSS,
        waves.T,
        (waves * _DOWN * _ACROSS).T,
    )
    return tuple(PictureHash(_bits(each), quality) for each in turned)


def _waves(image: Pixels) -> tuple[Floats, int]:
    """The (16, 16) lowest frequencies of a picture, and its quality."""
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise ValueError(f"expected (height, width, 3) or (height, width) uint8, got {image.shape} {image.dtype}")
    if min(image.shape[:2]) < LEAST_SIDE:
        return np.zeros((16, 16), np.float32), 0
    image = image[tuple(slice(None, None, ceil(side / MOST_SIDE)) for side in image.shape[:2])]
    small = _small(image)
    return np.asarray(_COSINES @ small @ _COSINES.T, dtype=np.float32), _quality(small)


def _small(image: Pixels) -> Floats:
    """The (64, 64) luma of a picture, blurred and sampled."""
    height, width = image.shape[:2]
    flat = image.reshape(height, -1)
    rows = np.empty((64, flat.shape[1]), dtype=np.float32)
    for top in range(0, 64, 64 // _STRIPS):
        # A strip at a time: the picture in floats would be four times as large as in bytes.
        outs = slice(top, top + 64 // _STRIPS)
        low, high, weights = _strip(height, top)
        rows[outs] = weights @ flat[low:high].astype(np.float32)
    luma = rows.reshape(64, width, 3) @ _LUMA if image.ndim == 3 else rows
    return np.asarray(luma @ _samples(width).T, dtype=np.float32)


def _strip(length: int, top: int) -> tuple[int, int, Floats]:
    """The first and last row that eight samples need, and their weights (8, rows)."""
    reach = 2 * (_window(length) // 2 + 1)
    middle = [_place(length, out) for out in (top, top + 64 // _STRIPS - 1)]
    low, high = max(0, middle[0] - reach), min(length, middle[1] + reach + 1)
    return low, high, _samples(length)[top : top + 64 // _STRIPS, low:high]


def _place(length: int, out: int) -> int:
    return int((out + 0.5) * length / 64)


def _window(length: int) -> int:
    """Width of a box filter: half a sample's share, rounded up."""
    return ceil(length / 128)


@lru_cache(maxsize=8)
def _samples(length: int) -> Floats:
    """What 64 samples along a side of this length take of each of its pixels: (64, length), rows of sum 1."""
    weights = np.zeros((64, length))
    for out in range(64):
        first = _box(length, _place(length, out))
        for place in first:
            second = _box(length, place)
            weights[out, second.start : second.stop] += 1 / (len(first) * len(second))
    return np.asarray(weights, dtype=np.float32)


def _box(length: int, place: int) -> range:
    """The pixels under a box filter; an even box reaches one further to the right, and what is beyond the edge is left out."""
    window = _window(length)
    half = (window + 2) // 2
    return range(max(0, place - window + half), min(length, place + half))


def _quality(small: Floats) -> int:
    """How much happens in a picture: the sum of steps between neighbours that are large enough to see."""
    steps = sum(int(np.abs(np.trunc(np.diff(small, axis=axis) * 100 / 255)).sum()) for axis in (0, 1))
    return min(100, steps // 90)


def _bits(waves: Floats) -> bytes:
    flat = waves.reshape(-1)
    median = np.partition(flat, BITS // 2 - 1)[BITS // 2 - 1]
    return np.packbits((flat > median)[::-1]).tobytes()
