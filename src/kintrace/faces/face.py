"""What the room hands out: a photo, a face in it, its quality, its template."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An upright picture: (height, width, 3), sRGB, 0…255."""

Vector = NDArray[np.float32]
"""A template's numbers: (dimensions,), of length 1."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo, upright and in sRGB."""

    pixels: Pixels
    format: str
    """As the bytes say, not the file's name: "JPEG", "PNG", "HEIF", …"""
    sha256: str
    """Hex digest of the file's bytes."""
    grey: bool
    """True where the file stored no colour (one channel, or three equal ones)."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face found in a photo; coordinates are pixels of the upright photo."""

    box: tuple[float, float, float, float]
    """Left, top, width, height."""
    landmarks: NDArray[np.float32]
    """(5, 2): right eye, left eye, nose tip, right and left corner of the mouth; right is the person's own."""
    score: float
    """The detector's confidence, 0…1."""
    turned: int = 0
    """Degrees (0, 90, 180, 270), clockwise, by which the photo had to be turned for this face to stand upright."""

    @property
    def inter_eye_distance(self) -> float:
        """Distance between the eye centres, in pixels of the photo."""
        return float(np.linalg.norm(self.landmarks[1] - self.landmarks[0]))


@dataclass(frozen=True)
class Quality:
    """How well a face can be compared.

    ``overall`` is 0 (unusable) to 100, fitted to predict recognition error. ``measures`` holds each component by its name
    (see docs/quality.md for the unit of each); ``advice`` holds one sentence per low measure, for a photographer.
    """

    overall: float
    measures: dict[str, float] = field(default_factory=dict)
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Template:
    """A face's numbers, and the model packs they came from."""

    pack: str
    """Name of the pack set, e.g. "sface" or "sface+faceplugin"; only equal names compare."""
    vector: Vector
    """(dimensions,) float32, of length 1; the inner product of two is the comparison score, −1…1."""
