"""Two pictures laid over each other: are they one exposure, saved twice, or two exposures that look alike?

Hashes of two portraits of one sitting, made seconds apart, may be as near as those of one picture saved twice: a hash sees large
shapes only. Their pixels tell more. One picture laid over its copy agrees everywhere, but for what compression, sizes and light
did to all of it; between two exposures a mouth, an eyelid or a fold has moved, and there they disagree. So it counts how well the
pictures agree where they agree worst.

It is looked at only where the hashes are near, and can only take back what they say. What it gets wrong is in
docs/provenance.md: ``python benchmarks/picture_hash.py``.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.provenance.inner import inner
from kintrace.provenance.picturehash import LEAST_SIDE, Pixels, dihedral

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]

SAME_EXPOSURE = 0.945
"""Agreement from which two pictures are one exposure. Just above the highest (0.940) of two different portraits of one sitting
among half of the people of the AT&T faces (``python benchmarks/picture_hash.py --alarms-only``)."""
SIDE = 160
"""Pixels of the longer side of what is compared: finer detail does not survive a messenger."""
_WORST = 6  # percent of the places, those that agree worst: a few may differ (dust, a date printed over the picture)
_BLUR = 1.2  # pixels: what is finer belongs to the compression, not to the picture
_NEAR = 4.0  # pixels around a place that are compared together (standard deviation of a Gaussian)
_NOISE = 80.0  # variance, at a contrast of 50, below which differences are noise
_CONTRAST = 50.0
_EDGE = 10  # pixels at each edge that are left out
_FEWEST = 500  # pixels that can be compared, at least
_LEAST_SHARE = 0.3
_DARKEST, _LIGHTEST = 6, 249  # what is beyond was cut off by the light
_BEYOND = 235  # grey that a cut-out face has where its photo ends


def small(image: Pixels) -> Grey:
    """A picture as :func:`agreement` takes it: grey, its longer side ``SIDE`` pixels.

    Args:
        image: (height, width, 3) sRGB or (height, width) grey.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    scale = SIDE / max(grey.shape)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(
        cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), dtype=np.uint8
    )


def pieces(image: Pixels) -> tuple[Grey, ...]:
    """A picture, and what is inside its border or screen if it has one, each as :func:`small` gives it."""
    part = inner(image) if min(image.shape[:2]) >= LEAST_SIDE else None
    return (small(image),) if part is None else (small(image), small(part))


def turned(image: Grey, turn: int) -> Grey:
    """A picture mirrored or turned, in the order of :func:`~kintrace.provenance.dihedral`'s eight."""
    ways = (
        lambda each: each, lambda each: np.rot90(each), lambda each: np.rot90(each, 2), lambda each: np.rot90(each, 3),
        np.flipud, np.fliplr, np.transpose, lambda each: np.rot90(np.transpose(each), 2),
    )  # fmt: skip
    return np.ascontiguousarray(ways[turn](image))


def agreement(one: Grey, other: Grey) -> float | None:
    """How well two pictures agree where they agree worst: up to 1, of one exposure above ``SAME_EXPOSURE``.

    The other may be mirrored, and moved, scaled and turned a little; it is laid over the first.

    Args:
        one: as :func:`small` gives it.
        other: the same; brought to the size of the first.

    Returns:
        None where too little can be compared to tell.
    """
    if min(one.shape) < 4 * _EDGE:
        return None
    if other.shape != one.shape:
        other = np.asarray(cv2.resize(other, one.shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    if min(float(_usable(each).mean()) for each in (one, other)) < _LEAST_SHARE:
        return None
    laid = _laid(one, other)
    if laid is None:
        return 0.0
    over, counts = laid
    first, second = (_even(each, counts) for each in (one, over))
    likeness, weight = _locally(first, second, counts)
    counts = counts & (weight > 0.6)
    counts[:_EDGE], counts[-_EDGE:], counts[:, :_EDGE], counts[:, -_EDGE:] = False, False, False, False
    if int(counts.sum()) < _FEWEST:
        return None
    return float(np.percentile(likeness[counts], _WORST))


def agreement_of_wholes(one: Sequence[Grey], other: Sequence[Grey]) -> float | None:
    """The same of whole pictures (:func:`pieces`), which may have a border or a screen around them, and be mirrored or turned.

    Of their parts and turns the two are compared whose hashes are nearest.
    """
    known = [(part, dihedral(part)[0]) for part in other]
    tried = ((part, turn, hash) for part in one for turn, hash in enumerate(dihedral(part)))
    pairs = [(hash.distance(its), part, turn, whole) for part, turn, hash in tried for whole, its in known]
    _, part, turn, whole = min(pairs, key=lambda pair: pair[0])
    return agreement(turned(part, turn), whole)


def _laid(one: Grey, other: Grey) -> tuple[Grey, NDArray[np.bool_]] | None:
    """The other picture laid over the first, and where both can be compared; None where it does not lie on it."""
    best: tuple[float, Grey, NDArray[np.bool_]] | None = None
    usable = _usable(one)
    for way in (other, np.ascontiguousarray(other[:, ::-1])):
        found = _over(one, usable, way)
        if found is None:
            continue
        over, counts = found
        alike = float(np.corrcoef(one[counts].astype(np.float32), over[counts].astype(np.float32))[0, 1])
        if best is None or alike > best[0]:
            best = (alike, over, counts)
    return best[1:] if best is not None else None


def _over(one: Grey, usable: Grey, other: Grey) -> tuple[Grey, NDArray[np.bool_]] | None:
    """Found roughly on a quarter of the size, then exactly (ECC: Evangelidis and Psarakis, IEEE PAMI 30, 2008)."""
    place = np.eye(2, 3, dtype=np.float32)
    for scale, kind, steps, blur in ((0.25, cv2.MOTION_EUCLIDEAN, 30, 3), (1.0, cv2.MOTION_AFFINE, 80, 7)):
        first, second = (_scaled(each, scale, cv2.INTER_AREA) for each in (one, other))
        mask = _scaled(usable, scale, cv2.INTER_NEAREST)
        start = place.copy()
        start[:, 2] *= scale
        ends = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, steps, 1e-5)
        try:
            _, found = cv2.findTransformECC(first, second, start, kind, ends, mask, blur)
        except cv2.error:  # it does not lie on it; from afar it may, and near it then decides
            if scale == 1.0:
                return None
            continue
        place = np.asarray(found, dtype=np.float32)
        place[:, 2] /= scale
    size = (one.shape[1], one.shape[0])
    over = cv2.warpAffine(other, place, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    there = cv2.warpAffine(_usable(other), place, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    counts = np.asarray((there > 0) & (usable > 0), dtype=np.bool_)
    if counts.mean() < _LEAST_SHARE:
        return None
    return np.asarray(over, dtype=np.uint8), counts


def _scaled(image: Grey, scale: float, how: int) -> Grey:
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=how), dtype=np.uint8)


def _usable(image: Grey) -> Grey:
    """1 where a picture can be compared: not where it ends, nor where light or dark was cut off; (height, width)."""
    grey = image.astype(np.float32)
    mean = cv2.blur(grey, (7, 7))
    plain = cv2.blur(grey * grey, (7, 7)) - mean * mean < 3
    beyond = plain & (np.abs(mean - _BEYOND) < 4)
    out = (beyond | (image <= _DARKEST) | (image >= _LIGHTEST)).astype(np.uint8)
    return np.asarray(cv2.dilate(out, np.ones((7, 7), np.uint8)) == 0, dtype=np.uint8)


def _even(image: Grey, counts: NDArray[np.bool_]) -> Floats:
    """A picture without the finest detail, at one brightness and contrast, so that light and exposure do not matter."""
    soft = _soft(image.astype(np.float32), _BLUR)
    seen = soft[counts]
    return np.asarray((soft - seen.mean()) * (_CONTRAST / max(float(seen.std()), 1.0)), dtype=np.float32)


def _locally(one: Floats, other: Floats, counts: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The correlation around each place (SSIM's term of structure), and how much of its surroundings counts."""
    mask = counts.astype(np.float32)
    weight = _soft(mask, _NEAR) + 1e-6

    def around(values: Floats) -> Floats:
        return np.asarray(_soft(values * mask, _NEAR) / weight, dtype=np.float32)

    first, second = around(one), around(other)
    spread = np.maximum(around(one * one) - first * first, 0) * np.maximum(around(other * other) - second * second, 0)
    common = around(one * other) - first * second
    return np.asarray((common + _NOISE) / (np.sqrt(spread) + _NOISE), dtype=np.float32), weight


def _soft(values: Floats, reach: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), reach), dtype=np.float32)
