"""Warp a face so that its five landmarks lie where a model expects them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.faces.face import Pixels

Points = NDArray[np.float32]
PORTRAIT = np.array([[0.39, 0.42], [0.61, 0.42], [0.5, 0.55], [0.41, 0.675], [0.59, 0.675]], dtype=np.float32)


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """The (2, 3) matrix of the rotation, scale and shift that best brings ``source`` to ``target``, both (n, 2).

    Least squares without reflection. With the points as complex numbers the best turn and scale is one factor, the inner
    product of the centred points over the length of the source (the two-dimensional case of Umeyama, IEEE PAMI 13, 1991).
    """
    one, other = _complex(source), _complex(target)
    middle, aim = one.mean(), other.mean()
    factor = np.vdot(one - middle, other - aim) / max(float(np.vdot(one - middle, one - middle).real), 1e-12)
    shift = aim - factor * middle
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])


def _complex(points: Points) -> NDArray[np.complex128]:
    return np.asarray(points[:, 0] + 1j * points[:, 1], dtype=np.complex128)


def warp(pixels: Pixels, landmarks: Points, target: Points, size: int, beyond: int = 0) -> Pixels:
    """The (size, size, 3) face with its landmarks at ``target``; of grey level ``beyond`` where the photo ends.

    A face larger than the target is shrunk by area first, so that fine detail does not alias.
    """
    matrix = similarity(landmarks, target)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.5:
        pixels, matrix = _shrunk(pixels, landmarks, target, scale)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(beyond,) * 3), dtype=np.uint8
    )


def portrait(pixels: Pixels, landmarks: Points, side: int = 200) -> Pixels:
    """The face, upright, with some of what surrounds it, for people to look at: (side, side, 3)."""
    return warp(pixels, landmarks, PORTRAIT * side, side, beyond=235)


def _shrunk(pixels: Pixels, landmarks: Points, target: Points, scale: float) -> tuple[Pixels, NDArray[np.float64]]:
    """The neighbourhood of the face, shrunk to twice the target's resolution, and the matrix from there."""
    reach = 3.0 * float(np.ptp(landmarks, axis=0).max())
    middle = landmarks.mean(axis=0)
    left, top = np.maximum(np.floor(middle - reach), 0).astype(int)
    right, bottom = np.ceil(middle + reach).astype(int)
    piece = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    shrink = 2 * scale
    width, height = (max(1, round(side * shrink)) for side in (piece.shape[1], piece.shape[0]))
    small = cv2.resize(piece, (width, height), interpolation=cv2.INTER_AREA)
    factor = np.array([width / piece.shape[1], height / piece.shape[0]])
    moved = (landmarks - [left, top] + 0.5) * factor - 0.5
    return np.asarray(small, dtype=np.uint8), similarity(moved.astype(np.float32), target)
