"""Warp a face so that its five landmarks lie where a model expects them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.faces.face import Pixels

Points = NDArray[np.float32]
PORTRAIT = np.array([[0.39, 0.42], [0.61, 0.42], [0.5, 0.55], [0.41, 0.675], [0.59, 0.675]], dtype=np.float32)


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """The (2, 3) matrix of the rotation, scale and shift that best brings ``source`` to ``target``, both (n, 2).

    Least squares without reflection: Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE PAMI 13 (1991), equations 40 to 43.
    """
    mean_source, mean_target = source.mean(axis=0), target.mean(axis=0)
    centred, aimed = source - mean_source, target - mean_target
    u, stretch, v = np.linalg.svd(aimed.T @ centred / len(source))
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(v)) or 1.0])
    rotation = (u * sign) @ v
    scale = float((stretch * sign).sum() / max(float(centred.var(axis=0).sum()), 1e-12))
    shift = mean_target - scale * rotation @ mean_source
    return np.hstack([scale * rotation, shift[:, None]])


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
