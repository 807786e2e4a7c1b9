"""JPEG quantisation tables, and the programs they point to.

A table says how coarsely each frequency was stored; it is chosen by the program that saved the file last. Only tables with a
public source are known here:

- the example tables of ITU-T T.81 (1992), annex K, scaled to a quality of 1…100 as the Independent JPEG Group's library does it
  (libjpeg, ``jpeg_quality_scaling`` and ``jpeg_add_quant_table``). libjpeg, libjpeg-turbo and mozjpeg's old setting are part of
  Android, of browsers, of most programs and of most messengers: it says that the file was saved by one of these, not by which;
- the table that MozJPEG (libjpeg-turbo made to save smaller files, of web sites and the programs that prepare photos for them)
  uses for luma and chroma unless told otherwise: measured, from what libvips 8.18 writes with it at each quality from 1 to 100;
- the tables of Adobe Photoshop's settings as the Pillow project recorded them (``PIL.JpegPresets``).

Every other table, and that is those of most cameras, is "not known", which says nothing against a photo.
"""

import hashlib
from functools import lru_cache
from typing import Any, NamedTuple

from kintrace.provenance.jpeg import Coding

# ITU-T T.81, tables K.1 and K.2, row by row.
LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80,
    62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,
    112, 100, 103, 99,
)  # fmt: skip
CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99,
    99, *(99,) * 32,
)  # fmt: skip
MOZJPEG = (
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75, 16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106,
    156, 25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238, 56, 53, 91, 106, 131, 169, 226, 311, 85, 75, 135,
    156, 189, 238, 311, 418,
)  # fmt: skip


class Known(NamedTuple):
    """What tables point to."""

    family: str
    """``libjpeg``, ``mozjpeg``, ``photoshop``, or empty: not known."""
    setting: str
    """Its quality, such as ``87`` or ``web_high``."""


UNKNOWN = Known("", "")


def known(coding: Coding) -> Known:
    """The family of programs that a JPEG's tables point to, and at which setting."""
    return _all().get(coding.tables[:2], UNKNOWN)


def digest(coding: Coding) -> str:
    """Sixteen hexadecimal digits that are equal for equal tables: to compare photos said to be of one camera."""
    flat = b"|".join(bytes(str(table), "ascii") for table in coding.tables)
    return hashlib.sha256(flat).hexdigest()[:16] if coding.tables else ""


def scaled(table: tuple[int, ...], quality: int) -> tuple[int, ...]:
    """One of the example tables at a quality of 1…100, as libjpeg scales it (values of one byte)."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((value * percent + 50) // 100, 1), 255) for value in table)


@lru_cache(maxsize=1)
def _all() -> dict[tuple[tuple[int, ...], ...], Known]:
    from PIL import JpegPresets

    found: dict[tuple[tuple[int, ...], ...], Known] = {}
    for name, preset in JpegPresets.presets.items():
        stored: Any = preset["quantization"]
        tables = tuple(tuple(int(value) for value in table) for table in stored)
        found[tables] = found[tables[:1]] = Known("photoshop", name)
    for quality in range(1, 101):
        tables = (scaled(MOZJPEG, quality),) * 2
        found[tables] = found[tables[:1]] = Known("mozjpeg", str(quality))
    for quality in range(1, 101):  # last: at the coarsest and the finest qualities tables of others are these, too
        tables = (scaled(LUMA, quality), scaled(CHROMA, quality))
        found[tables] = found[tables[:1]] = Known("libjpeg", str(quality))
    return found
