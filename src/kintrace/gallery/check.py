"""What callers hand in, checked before anything changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kintrace.errors import GalleryError
from kintrace.gallery.fixed import Ints

UNIT = 1e-3
"""How far a length may be from 1: far above float32 rounding, far below what nobody has normalised."""


@dataclass(frozen=True)
class Checked:
    """Templates that may go in."""

    ids: Ints
    persons: Ints
    templates: NDArray[np.float32]


def templates(ids: ArrayLike, persons: ArrayLike, vectors: ArrayLike, dimension: int, kept: str) -> Checked:
    """Ids, persons and vectors that fit each other."""
    found = Checked(
        distinct(ids, kept),
        integers(persons, "person ids", kept),
        units(vectors, dimension, "template", kept),
    )
    counts = len(found.ids), len(found.persons), len(found.templates)
    if len(set(counts)) > 1:
        raise GalleryError(
            "There are {} ids, {} person ids and {} templates.".format(*counts),
            kept,
            "Give one id and one person id for each template.",
        )
    return found


def integers(values: ArrayLike, name: str, kept: str) -> Ints:
    """A list of 64-bit integers."""
    array = np.atleast_1d(np.asarray(values))
    too_large = array.dtype == np.uint64 and int(array.max(initial=0)) >= 2**63
    if array.size and (array.dtype.kind not in "iu" or too_large):
        raise GalleryError(
            f"The {name} are not 64-bit integers, but {array.dtype}.",
            kept,
            "Use the integer keys of the records; keep names and other keys beside the gallery.",
        )
    if array.ndim != 1:
        raise GalleryError(f"The {name} have shape {array.shape}.", kept, "Give them as one list.")
    return array.astype(np.int64)


def distinct(values: ArrayLike, kept: str) -> Ints:
    """Ids without repetition."""
    ids = integers(values, "ids", kept)
    rising = np.sort(ids)
    twice = rising[1:][rising[1:] == rising[:-1]]
    if len(twice):
        raise GalleryError(f"Id {twice[0]} is given more than once.", kept, "Give every id once.")
    return ids


def units(vectors: ArrayLike, dimension: int, name: str, kept: str) -> NDArray[np.float32]:
    """(n, dimension) vectors of length 1."""
    try:
        with np.errstate(over="ignore"):
            array = np.asarray(vectors, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise GalleryError(f"The {name}s are not an array of numbers ({error}).", kept) from error
    if not array.size:
        return np.empty((0, dimension), dtype=np.float32)
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2 or array.shape[1] != dimension:
        raise GalleryError(
            f"The {name}s have shape {array.shape}; this gallery holds templates of {dimension} numbers.",
            kept,
            "Templates of different model packs do not compare; use the gallery of this pack.",
        )
    lengths = np.sqrt(np.einsum("ij,ij->i", array, array))
    bad = np.flatnonzero(~(np.abs(lengths - 1) <= UNIT))  # so that NaN is bad, too
    if len(bad):
        first = int(bad[0])
        said = f"has length {lengths[first]:.4g}, not 1" if np.isfinite(lengths[first]) else "is not finite"
        raise GalleryError(
            f"{name.capitalize()} {first + 1} of {len(array)} {said}.", kept, "Divide each by its length."
        )
    return array
