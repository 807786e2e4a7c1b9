"""The picture inside a picture: a photo on the screen of a phone, or with a border around it.

Rows and columns in which nothing happens are taken for screen or border; what is left is the longest run of the others. It
need not be right: it gives one more picture to look for, and a plain sky that is cut away does no harm.
"""

import numpy as np
from numpy.typing import NDArray

from kintrace.provenance.picturehash import LEAST_SIDE, PictureHash, Pixels, dihedral

PLAIN = 6.0
"""Levels of 255 by which the tones of a row may vary (standard deviation) and it still counts as plain."""
LEAST_SHARE, MOST_SHARE = 0.1, 0.97
"""Of the area: what is left is looked for only where it is smaller than the whole, but not a mere scrap."""
_LEAST_PIXELS = 32
_STEPS = 3
_GAP = 0.01  # of the side: plain rows inside the picture that do not end it


def inner(image: Pixels) -> Pixels | None:
    """What is inside borders or a screen; None where there is nothing of the kind.

    Args:
        image: (height, width, 3) or (height, width), 0…255.
    """
    part = image
    for _ in range(_STEPS):  # a border inside a screen, and a screen with two columns
        before = part.shape
        rows = _longest(_busy(part))
        part = part[rows]
        if not part.size:
            return None
        columns = _longest(_busy(np.swapaxes(part, 0, 1)))
        part = part[:, columns]
        if part.shape == before or min(part.shape[:2]) < _LEAST_PIXELS:
            break
    share = part.shape[0] * part.shape[1] / (image.shape[0] * image.shape[1])
    if min(part.shape[:2]) < _LEAST_PIXELS or not LEAST_SHARE <= share <= MOST_SHARE:
        return None
    return np.ascontiguousarray(part)


def picture_hashes(image: Pixels) -> tuple[tuple[PictureHash, ...], tuple[PictureHash, ...]]:
    """The eight hashes of a picture, and the eight of what is inside its borders; the latter empty where there are none.

    Args:
        image: as in :func:`inner`, upright.

    Raises:
        ValueError: the array is not a picture.
    """
    whole = dihedral(image)
    part = inner(image) if min(image.shape[:2]) >= LEAST_SIDE else None
    return whole, dihedral(part) if part is not None else ()


def _busy(image: Pixels) -> NDArray[np.bool_]:
    """Rows in which something happens: (height,). A few hundred pixels of each are enough to tell."""
    step = max(1, image.shape[1] // 400)
    sample = image[:, ::step].astype(np.float32)
    if sample.ndim == 3:
        sample = sample.mean(axis=2)
    return np.asarray(sample.std(axis=1) > PLAIN)


def _longest(busy: NDArray[np.bool_]) -> slice:
    """The longest run of busy rows; short gaps do not end it."""
    places = np.flatnonzero(busy)
    if not len(places):
        return slice(0, 0)
    gap = max(1, round(len(busy) * _GAP))
    breaks = np.flatnonzero(np.diff(places) > gap)
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(places) - 1]])
    best = int(np.argmax(places[ends] - places[starts]))
    return slice(int(places[starts[best]]), int(places[ends[best]]) + 1)
