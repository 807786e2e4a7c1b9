"""Is it the same picture again? By the whole picture, mirrored and turned, too; and by each face in it.

The hash of a face survives what is done to the rest of the picture: cutting, borders, a screen around it. The crop is the
face as :func:`kintrace.faces.portrait` gives it: upright, by its landmarks. A landmark found a pixel off moves the crop, so a
search tries the crop moved and scaled a little, too, and mirrored: ``python benchmarks/picture_hash.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kintrace.provenance.picturehash import BITS, PictureHash, Pixels, dihedral, pdq

SAME_PICTURE = 40
"""Bits of 256 that the hashes of whole pictures may differ in and still be of one picture."""
SAME_FACE_CROP = 29
"""The same for crops of a face. Both: half of what lies between the nearest different photos of one person, on half of lfw-dev's
people (``python benchmarks/picture_hash.py``)."""
_MOVES = ((1.0, 0, 0), (0.94, 0, 0), (1.06, 0, 0), (1.0, 1, 0), (1.0, -1, 0), (1.0, 0, 1), (1.0, 0, -1))
_STEP = 0.02
_MIRRORED = 5  # of dihedral's eight: left to right


def crop_hash(crop: Pixels) -> PictureHash:
    """The hash that is kept of a face.

    Args:
        crop: (side, side, 3), the face upright as ``kintrace.faces.portrait`` gives it.

    Raises:
        ValueError: the array is not a picture.
    """
    return pdq(crop)


def crop_probes(crop: Pixels) -> list[PictureHash]:
    """The hashes to search for a face with: the crop itself first, mirrored, and moved and scaled a little each way.

    Args:
        crop: as in :func:`crop_hash`.

    Raises:
        ValueError: the array is not a picture.
    """
    probes = []
    side = crop.shape[0]
    padded = np.pad(crop, [(side // 10, side // 10)] * 2 + [(0, 0)] * (crop.ndim - 2), mode="edge")
    for scale, right, down in _MOVES:
        half = side * scale / 2
        middle = padded.shape[0] / 2
        left, top = round(middle + right * _STEP * side - half), round(middle + down * _STEP * side - half)
        moved = np.ascontiguousarray(padded[top : top + round(2 * half), left : left + round(2 * half)])
        hashes = dihedral(moved)
        probes += [hashes[0], hashes[_MIRRORED]]
    return probes


@dataclass(frozen=True)
class Same:
    """Two photos are one picture."""

    distance: int
    """Bits of 256 that differ."""
    by: Literal["whole", "face"]

    def words(self) -> str:
        """What that means for a comparison of the two."""
        what = "The two photos are" if self.by == "whole" else "The faces in the two photos are from"
        return (
            f"{what} one and the same picture ({self.distance} of 256 bits of their hashes differ). It is the same photo twice, "
            "not the same person photographed twice, so the likeness of the faces adds nothing."
        )


def same_picture(
    one: Sequence[PictureHash],
    other: Sequence[PictureHash],
    one_face: Sequence[PictureHash] = (),
    other_face: PictureHash | None = None,
) -> Same | None:
    """Whether two photos are one picture; None where nothing says so.

    Args:
        one: what to search for a photo with (``PhotoFacts.probes``).
        other: what is kept of another (``PhotoFacts.kept``).
        one_face: probes of the face in the first (:func:`crop_probes`).
        other_face: the hash of the face in the other (:func:`crop_hash`).
    """
    whole = _nearest(one, other)
    if whole <= SAME_PICTURE:
        return Same(whole, "whole")
    face = _nearest(one_face, [other_face] if other_face is not None else [])
    return Same(face, "face") if face <= SAME_FACE_CROP else None


def _nearest(probes: Sequence[PictureHash], known: Sequence[PictureHash]) -> int:
    """Bits between the nearest two that are telling; more than there are where there are no such two."""
    return min(
        (one.distance(other) for one in probes for other in known if one.telling and other.telling), default=BITS + 1
    )
