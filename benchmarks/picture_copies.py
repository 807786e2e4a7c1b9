"""Copies of photos as people make them, and what the registry keeps of a photo: for ``picture_hash.py``."""

import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from kintrace.evaluation.degrade import degrade
from kintrace.faces import Finder, portrait
from kintrace.provenance import (
    PictureHash,
    agreement,
    agreement_of_wholes,
    crop_hash,
    crop_probes,
    picture_hashes,
    pieces,
    small,
)

Pixels = np.ndarray


def screenshot(pixels: Pixels) -> Pixels:
    """On a phone's screen of 1080 × 2340, with a light page around it and dark bars."""
    screen = np.full((2340, 1080, 3), 255, np.uint8)
    screen[:80], screen[80:240], screen[-160:] = 30, 245, 20
    height = min(1700, round(pixels.shape[0] * 1080 / pixels.shape[1]))
    screen[400 : 400 + height] = cv2.resize(pixels, (1080, height), interpolation=cv2.INTER_CUBIC)
    return screen


def cut(pixels: Pixels) -> Pixels:
    """A tenth of width and height gone: a twentieth at each side."""
    down, across = (side // 20 for side in pixels.shape[:2])
    return np.ascontiguousarray(pixels[down : pixels.shape[0] - down, across : pixels.shape[1] - across])


def corner(pixels: Pixels) -> Pixels:
    """A tenth of width and height gone, all of it at the left and at the top."""
    return np.ascontiguousarray(pixels[pixels.shape[0] // 10 :, pixels.shape[1] // 10 :])


def border(pixels: Pixels) -> Pixels:
    """A white border of a tenth of the side."""
    wide = pixels.shape[0] // 10
    return np.pad(pixels, ((wide, wide), (wide, wide), (0, 0)), constant_values=255)


def caption(pixels: Pixels) -> Pixels:
    """White letters on a dark band over the lowest eighth."""
    written = pixels.copy()
    high = pixels.shape[0] // 8
    written[-high:] = 25
    place = (high // 4, pixels.shape[0] - high // 4)
    cv2.putText(written, "SEEN 12 MAY", place, cv2.FONT_HERSHEY_SIMPLEX, high / 45, (255,) * 3, max(1, high // 20))
    return written


ALTERED: dict[str, Callable[[Pixels], Pixels]] = {
    "JPEG 40": lambda p: degrade(p, "jpeg", 40),
    "half size": lambda p: degrade(p, "downscale", 0.5),
    "10 % crop": cut,
    "10 % crop at a corner": corner,
    "mirror": lambda p: np.ascontiguousarray(p[:, ::-1]),
    "border": border,
    "messenger (0.8 of the size, JPEG 70)": lambda p: degrade(degrade(p, "downscale", 0.8), "jpeg", 70),
    "screenshot": screenshot,
    "caption": caption,
    "brighter by 30 %": lambda p: degrade(p, "bright", 1.3),
    "darker by 30 %": lambda p: degrade(p, "dark", 0.7),
}


class Seen:
    """A photo's hashes, to be kept and to search with."""

    def __init__(self, pixels: Pixels, finder: Finder) -> None:
        """Hash the picture and the face nearest its middle."""
        whole, inner = picture_hashes(pixels)
        self.whole, self.kept = [*whole, *inner], [*whole[:1], *inner[:1]]
        faces = finder.find(pixels)
        middle = np.array(pixels.shape[1::-1]) / 2
        face = min(faces, key=lambda each: float(np.hypot(*(each.landmarks[:2].mean(0) - middle))), default=None)
        self.crop: list[PictureHash] = []
        self.probes: list[PictureHash] = []
        self.parts = pieces(pixels)
        self.face: np.ndarray | None = None
        if face is not None:
            crop = portrait(pixels, face.landmarks)
            self.crop, self.probes = [crop_hash(crop)], crop_probes(crop)
            self.face = small(crop)

    def agrees(self, other: "Seen", *, faces: bool = True) -> float:
        """How well it agrees with another, pixel by pixel, as the registry compares them; 1 where nobody can tell.

        Args:
            other: what it is laid over.
            faces: whether a face was looked for; without, the whole pictures are compared.
        """
        if faces and self.face is not None and other.face is not None:
            told = agreement(self.face, other.face)
        else:
            told = agreement_of_wholes(self.parts, other.parts)
        return 1.0 if told is None else told


def distance(probes: list[PictureHash], known: list[PictureHash]) -> int:
    """Bits between the nearest two; 256 where there is nothing to compare."""
    return min((one.distance(other) for one in probes for other in known), default=256)


def read(path: Path) -> Pixels:
    """A photo's pixels, R, G, B."""
    return np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])


def half(person: str) -> int:
    """0: to choose on; 1: to report on."""
    return zlib.crc32(person.encode()) % 2
