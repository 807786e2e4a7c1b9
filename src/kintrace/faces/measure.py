"""Measures of a face picture, one number each, named after ISO/IEC 29794-5 where a measure is one of its own."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.faces.align import similarity, warp
from kintrace.faces.face import Face, Pixels

SIZE = 112
# Five points of a frontal face in that picture (the same as most face models use), and of a head in millimetres.
FLAT = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float32,
)
HEAD = np.array([[-32.0, -34.0, 30.0], [32.0, -34.0, 30.0], [0.0, 0.0, 0.0], [-25.0, 32.0, 26.0], [25.0, 32.0, 26.0]])
PITCH_AT_REST = -6.7  # degrees that HEAD reads for the median frontal photo of lfw-dev
_rows, _columns = np.mgrid[:SIZE, :SIZE]
OVAL = ((_columns - 55.9) / 36.0) ** 2 + ((_rows - 70.0) / 46.0) ** 2 <= 1.0
"""(112, 112): which pixels of the aligned picture belong to the face's inner part."""
INSIDE = np.argwhere(OVAL)[:, ::-1]
CORNERS = np.array([[0, 0], [SIZE - 1, 0], [0, SIZE - 1], [SIZE - 1, SIZE - 1]])
HALVES = (OVAL & (_columns < SIZE // 2), OVAL & (_columns >= SIZE // 2))


def measures(pixels: Pixels, face: Face) -> dict[str, float]:
    """Every measure of one face; units in docs/quality.md.

    Args:
        pixels: the whole photo.
        face: a face found in it.
    """
    aligned = warp(pixels, face.landmarks, FLAT, SIZE)
    light = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    inside = light[OVAL]
    yaw, pitch, roll = head_pose(face)
    return {
        "inter_eye_distance": face.inter_eye_distance,
        "head_pose_yaw": yaw,
        "head_pose_pitch": pitch,
        "head_pose_roll": (roll + face.turned + 180) % 360 - 180,
        "sharpness": _sharpness(light),
        "under_exposure": float((inside <= 25).mean()),
        "over_exposure": float((inside >= 247).mean()),
        "illumination_uniformity": _uniformity(light),
        "dynamic_range": _entropy(inside),
        "face_completeness": _completeness(pixels, face),
        "colourfulness": _colourfulness(aligned),
        "noise": _noise(light),
        "detector_score": face.score,
    }


def head_pose(face: Face) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees, 0 for a frontal, upright face.

    Positive are: turned to the person's own left, raised, and tilted clockwise as one looks at the picture.

    Scaled orthography over a mean head of five points: the landmarks, centred, are fitted by least squares to the head's
    points times a 2×3 matrix whose rows, made orthonormal, are the first two rows of the rotation.
    """
    flat = face.landmarks - face.landmarks.mean(axis=0)
    head = HEAD - HEAD.mean(axis=0)
    fitted = np.linalg.lstsq(head, flat.astype(np.float64), rcond=None)[0].T
    u, _, v = np.linalg.svd(fitted, full_matrices=False)
    first, second = u @ v
    third = np.cross(first, second)
    yaw = np.degrees(np.arcsin(np.clip(-first[2], -1, 1)))
    pitch = np.degrees(np.arctan2(second[2], third[2]))
    roll = np.degrees(np.arctan2(second[0], second[1]))
    return float(yaw), float(pitch) - PITCH_AT_REST, float(roll)


def _sharpness(light: NDArray[np.uint8]) -> float:
    """Energy that a slight blur takes away, as a share of the picture's contrast; 0 is flat or blurred."""
    picture = light.astype(np.float32)
    lost = picture - cv2.GaussianBlur(picture, (0, 0), 1.5)
    return float(lost[OVAL].std() / (picture[OVAL].std() + 4.0))


def _noise(light: NDArray[np.uint8]) -> float:
    """Standard deviation of noise, in grey levels (Immerkær, "Fast Noise Variance Estimation", 1996)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    answer = cv2.filter2D(light.astype(np.float32), -1, kernel)
    return float(np.abs(answer[OVAL]).mean() * np.sqrt(np.pi / 2) / 6)


def _uniformity(light: NDArray[np.uint8]) -> float:
    """Shared part of the brightness histograms of the face's two halves, 0…1 (ISO/IEC 29794-5)."""
    parts = [np.bincount(light[half] >> 3, minlength=32) / half.sum() for half in HALVES]
    return float(np.minimum(*parts).sum())


def _colourfulness(aligned: Pixels) -> float:
    """Mean range between the strongest and the weakest channel, 0 (grey) to 1."""
    red, green, blue = cv2.split(aligned)
    spread = cv2.max(cv2.max(red, green), blue) - cv2.min(cv2.min(red, green), blue)
    return float(spread[OVAL].mean() / 255)


def _entropy(inside: NDArray[np.uint8]) -> float:
    """Entropy of the brightness histogram, bits, 0…8 (ISO/IEC 29794-5)."""
    share = np.bincount(inside, minlength=256) / inside.size
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def _completeness(pixels: Pixels, face: Face) -> float:
    """Share of the face's inner part that lies inside the photo, 0…1."""
    matrix = cv2.invertAffineTransform(similarity(face.landmarks, FLAT))
    height, width = pixels.shape[:2]

    def within(points: NDArray[np.int64]) -> NDArray[np.bool_]:
        places = points @ matrix[:, :2].T + matrix[:, 2]
        return np.asarray(((places >= -0.5) & (places <= [width - 0.5, height - 0.5])).all(axis=1))

    if within(CORNERS).all():
        return 1.0
    return float(within(INSIDE).mean())
