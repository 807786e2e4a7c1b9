"""Does the small picture inside a file show what the picture shows?

Cameras and programs put a small copy of the picture into the file. Programs that change the picture and do not make the copy anew
leave the old one behind. The two are compared as luma of at most 64 × 64, after the best change of brightness and contrast is
taken out; what counts is the cell of the picture that differs most.
"""

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kintrace.provenance.facts import Thumbnail
from kintrace.provenance.parts import Parts, read_parts
from kintrace.provenance.picture import MOST_THUMBNAIL, decoded, upright
from kintrace.provenance.picturehash import Pixels

Grey = NDArray[np.float64]

DIFFERS = 0.12
"""Mean difference of a cell, of the range from black to white, above which the two show something different.
``python benchmarks/altered_photos.py`` gives what it finds, and how often it is wrong, on photos altered on purpose."""
MOST = 8
_SIDE, _CELL = 64, 8
_SHOWN = 1024
_PLAIN = 3.0  # levels of 255: a picture of one grey shows nothing to compare


def thumbnails(parts: Parts, picture: Pixels | None) -> tuple[Thumbnail, ...]:
    """Every small picture in a file, compared with the picture.

    Args:
        parts: the file taken apart.
        picture: upright, (height, width, 3), of any size; None where it could not be decoded.
    """
    orientation = parts.exif.number("orientation")
    found = []
    for where, data in parts.thumbnails[:MOST]:
        small = decoded(data, "HEIF" if where == "HEIF" else "JPEG", MOST_THUMBNAIL)
        if small is None:
            found.append(Thumbnail(where, 0, 0, "not comparable", 0.0))
            continue
        # Some programs turn the picture and leave its thumbnail lying, or the other way round.
        ways = [small] if orientation < 2 else [upright(small, orientation), small]
        seen = [difference(way, picture) for way in ways] if picture is not None else []
        known = [each for each in seen if each is not None]
        height, width = small.shape[:2]
        if not known:
            found.append(Thumbnail(where, width, height, "not comparable", 0.0))
        else:
            found.append(
                Thumbnail(where, width, height, "differs" if min(known) > DIFFERS else "same", round(min(known), 3))
            )
    return tuple(found)


@dataclass(frozen=True)
class SmallPicture:
    """A small picture of a file, drawn anew: nothing else that stood in the file is in it."""

    where: str
    jpeg: str
    """Base64; empty where it cannot be drawn."""


def small_picture(data: bytes, number: int) -> SmallPicture:
    """One of the small pictures of a file, upright, to be looked at. Never raises.

    Args:
        data: the file's bytes.
        number: from 0, as :func:`thumbnails` counts them.
    """
    parts = read_parts(data)
    if not 0 <= number < len(parts.thumbnails[:MOST]):
        return SmallPicture("", "")
    where, held = parts.thumbnails[number]
    pixels = decoded(held, "HEIF" if where == "HEIF" else "JPEG", MOST_THUMBNAIL)
    if pixels is None:
        return SmallPicture(where, "")
    image = Image.fromarray(pixels if where == "HEIF" else upright(pixels, parts.exif.number("orientation")))
    image.thumbnail((_SHOWN, _SHOWN))
    image.save(drawn := io.BytesIO(), "JPEG", quality=90)
    return SmallPicture(where, base64.b64encode(drawn.getvalue()).decode())


def difference(small: Pixels, picture: Pixels) -> float | None:
    """How much the cell differs that differs most, 0…1; None where one of them is all but plain, or too thin."""
    height, width = picture.shape[:2]
    values = []
    for way in _without_bars(small, width / height):
        rows, columns = _shape(way)
        if min(rows, columns) < _CELL:
            continue
        one, other = _grey(way, rows, columns), _grey(picture, rows, columns)
        if one.std() < _PLAIN or other.std() < _PLAIN:
            continue
        values.append(_worst_cell(np.abs(other - _fitted(one, other))) / 255)
    return min(values) if values else None


def _without_bars(small: Pixels, shape: float) -> Iterator[Pixels]:
    """The thumbnail; and, where its shape is not the picture's, its middle of that shape: cameras put bars beside it."""
    yield small
    height, width = small.shape[:2]
    if abs(width / height / shape - 1) > 0.02:
        rows, columns = min(height, round(width / shape)), min(width, round(height * shape))
        top, left = (height - rows) // 2, (width - columns) // 2
        middle = small[top : top + rows, left : left + columns]
        if middle.size:
            yield middle


def _shape(picture: Pixels) -> tuple[int, int]:
    height, width = picture.shape[:2]
    most = max(height, width)
    return round(_SIDE * height / most), round(_SIDE * width / most)


def _grey(picture: Pixels, rows: int, columns: int) -> Grey:
    image = Image.fromarray(np.ascontiguousarray(picture)).convert("L").resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.float64)


def _fitted(one: Grey, other: Grey) -> Grey:
    """``one`` with its tones changed so that it is nearest to ``other``, but never turned round: brighter stays brighter.

    The mean of ``other`` for each of 32 tones of ``one``, made rising by pooling neighbours that fall (isotonic regression).
    """
    place = np.clip((one / 8).astype(int), 0, 31).reshape(-1)
    weight = np.bincount(place, minlength=32)
    known = np.flatnonzero(weight)
    sums = np.bincount(place, weights=other.reshape(-1), minlength=32)
    tones = np.bincount(place, weights=one.reshape(-1), minlength=32)[known] / weight[known]
    pools: list[tuple[float, int, int]] = []  # mean, weight, tones
    for number in known:
        pool = (float(sums[number] / weight[number]), int(weight[number]), 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, many, wide = pools.pop()
            pool = ((mean * many + pool[0] * pool[1]) / (many + pool[1]), many + pool[1], wide + pool[2])
        pools.append(pool)
    rising = np.repeat([mean for mean, _, _ in pools], [wide for _, _, wide in pools])
    return np.asarray(np.interp(one, tones, rising))


def _worst_cell(residual: Grey) -> float:
    sums = np.zeros((residual.shape[0] + 1, residual.shape[1] + 1))
    sums[1:, 1:] = residual.cumsum(0).cumsum(1)
    cells = sums[_CELL:, _CELL:] - sums[:-_CELL, _CELL:] - sums[_CELL:, :-_CELL] + sums[:-_CELL, :-_CELL]
    return float(cells.max()) / _CELL**2
