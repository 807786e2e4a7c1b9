"""Find every face of a photo, large or small, upright or lying, and place its five landmarks well.

First a coarse search over a pyramid: the whole photo at 160 pixels, then at 320, 640 and on in tiles, until the scale is
fine enough for the smallest face worth finding. Then each face is looked at again, twice, in an upright crop of fixed size
and in its mirror image: this places landmarks far better than the coarse search and drops most of what is no face.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.faces.align import similarity
from kintrace.faces.face import Face, Pixels
from kintrace.faces.yunet import Boxes, YuNet, overlap

SMALLEST_EYES = 24  # pixels between the eyes of the smallest face searched for
NEEDED_EYES = 12  # pixels between the eyes that the detector needs
COARSEST, TILE = 160, 640
LOOK = 160  # side of the second look's crop, pixels
COARSE_SCORE = 0.5
LEAST_EYES = 8  # pixels between the eyes below which nothing useful can be said of a face
FACE_SCORE = 0.6  # mean of the two second looks; see tests/faces/test_not_a_face.py
UPRIGHT_SCORE = (
    0.9  # below this the photo may be lying: upside-down faces score 0.80 to 0.89 here, upright ones 0.88 up
)
STEADY, OVERSHOOT, MOST_LOOKS = 4.0, 1.5, 4
"""Degrees of turn between two looks that end looking, by how much to overshoot, and the most looks. On 60 photos of lfw-dev
turned by 25 degrees the score against the photo itself rose from 0.85 to 0.96; upright ones took 1.03 looks (tests/faces)."""
MIRRORED = [1, 0, 2, 4, 3]
# Where the landmarks of a frontal face lie around the middle of the second look's crop, in its pixels.
LOOK_AT = np.array([[-17.7, -18.3], [17.5, -18.5], [0.0, 1.7], [-14.5, 22.4], [14.7, 22.2]], np.float32) + LOOK / 2


class Finder:
    """A face finder; for one thread at a time."""

    def __init__(self, *, engine: str | None = None, threads: int = 0) -> None:
        self._detect = YuNet(engine=engine, threads=threads)

    def find(self, pixels: Pixels) -> list[Face]:
        """Every face of a photo, the largest first.

        Args:
            pixels: (height, width, 3) uint8 RGB.
        """
        faces = self._any_way_up(pixels) or self._any_way_up(restored(pixels))
        return sorted(faces, key=lambda face: -face.box[2] * face.box[3])

    def _any_way_up(self, pixels: Pixels) -> list[Face]:
        """The faces as the photo stands, or lying on its side or upside down if they look better so."""
        faces = self._upright(pixels, turned=0)
        if _best(faces) >= UPRIGHT_SCORE:
            return faces
        return max([faces, *(self._upright(pixels, turned) for turned in (90, 180, 270))], key=_best)

    def _upright(self, pixels: Pixels, turned: int) -> list[Face]:
        """The faces that stand upright once the photo is turned clockwise by ``turned`` degrees."""
        height, width = pixels.shape[:2]
        view = np.rot90(pixels, -turned // 90)
        faces: list[Face] = []
        for row in self._coarse(np.ascontiguousarray(view)):
            landmarks = _turned_back(row[4:14].reshape(5, 2), turned, width, height)
            face = self._second_look(pixels, landmarks)
            # A face that looking again followed from one way up to another is seen better the other way up.
            if face is not None and round(_tilt(face.landmarks) / 90) % 4 * 90 == turned:
                faces.append(replace(face, turned=turned))
        return _distinct(faces)

    def _coarse(self, pixels: Pixels) -> Boxes:
        """Raw boxes over the pyramid, overlaps merged, in pixels of the photo."""
        longest = max(pixels.shape[:2])
        found, side = [], COARSEST
        while True:
            scale = side / longest
            found.append(self._level(pixels, scale))
            if scale * SMALLEST_EYES >= NEEDED_EYES:
                break
            side *= 2
        boxes = np.concatenate(found)
        if len(boxes):
            kept = cv2.dnn.NMSBoxes(boxes[:, :4].tolist(), boxes[:, 14].tolist(), COARSE_SCORE, 0.3)
            boxes = boxes[np.asarray(kept, dtype=int).ravel()]
        return boxes

    def _level(self, pixels: Pixels, scale: float) -> Boxes:
        """One level of the pyramid, in tiles that overlap by more than the largest face this level is for."""
        height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(pixels, (width, height), interpolation=way)
        canvas = min(TILE, -(-max(height, width) // 32) * 32)
        found = []
        for top in _starts(height, canvas):
            for left in _starts(width, canvas):
                piece = small[top : top + canvas, left : left + canvas]
                tile = np.zeros((1, canvas, canvas, 3), np.uint8)
                tile[0, : piece.shape[0], : piece.shape[1]] = piece
                boxes = self._detect(tile, COARSE_SCORE)[0]
                boxes[:, [0, 4, 6, 8, 10, 12]] += left
                boxes[:, [1, 5, 7, 9, 11, 13]] += top
                found.append(boxes)
        boxes = np.concatenate(found)
        boxes[:, :14] /= scale
        return boxes

    def _second_look(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Face | None:
        """The face near these landmarks, seen again until its tilt is steady; None where the detector sees none.

        The detector's landmarks follow only about half of a head's tilt, so each look overshoots what it turned by.
        """
        face = self._look(pixels, landmarks)
        for _ in range(MOST_LOOKS - 1):
            if face is None:
                break
            turn = (_tilt(face.landmarks) - _tilt(landmarks) + 180) % 360 - 180
            if abs(turn) < STEADY:
                break
            middle, angle = face.landmarks.mean(axis=0), np.radians(-OVERSHOOT * turn)
            rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            landmarks = ((face.landmarks - middle) @ rotation.T + middle).astype(np.float32)
            again = self._look(pixels, landmarks)
            if again is None:
                break
            face = again
        return face

    def _look(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Face | None:
        """The face near these landmarks, seen upright and mirrored; None where the detector sees none."""
        if float(np.ptp(landmarks, axis=0).max()) < 2:
            return None
        matrix = similarity(landmarks, LOOK_AT)
        crop = cv2.warpAffine(pixels, matrix, (LOOK, LOOK), flags=cv2.INTER_LINEAR)
        looks = self._detect(np.stack([crop, crop[:, ::-1]]), COARSE_SCORE)
        seen, boxes, score = [], [], 0.0
        for mirrored, rows in enumerate(looks):
            if not len(rows):
                continue
            points = rows[:, 4:14].reshape(-1, 5, 2)
            nearest = int(np.argmin(np.linalg.norm(points.mean(axis=1) - LOOK / 2, axis=1)))
            if np.linalg.norm(points[nearest].mean(axis=0) - LOOK / 2) > LOOK / 8:
                continue
            place, box = points[nearest].copy(), rows[nearest, :4].copy()
            if mirrored:
                place[:, 0] = LOOK - 1 - place[:, 0]
                place = place[MIRRORED]
                box[0] = LOOK - 1 - box[0] - box[2]
            seen.append(place)
            boxes.append(box)
            score += float(rows[nearest, 14]) / 2
        if score < FACE_SCORE:
            return None
        back = cv2.invertAffineTransform(matrix)
        left, top, width, height = np.mean(boxes, axis=0)
        corners = np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])
        corners = corners @ back[:, :2].T + back[:, 2]
        low, high = corners.min(axis=0), corners.max(axis=0)
        placed = np.mean(seen, axis=0) @ back[:, :2].T + back[:, 2]
        if np.linalg.norm(placed[1] - placed[0]) < LEAST_EYES:
            return None
        return Face(
            box=(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])),
            landmarks=placed.astype(np.float32),
            score=score,
        )


def _tilt(landmarks: NDArray[np.float32]) -> float:
    """By how many degrees these landmarks must be turned to stand upright."""
    matrix = similarity(landmarks, LOOK_AT)
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def restored(pixels: Pixels) -> Pixels:
    """A faded, glaring or grainy print as the detector likes it: smoothed a little, its contrast stretched to the full range.

    Only for finding faces; measures and templates are made from the photo as it is.
    """
    smooth = cv2.GaussianBlur(pixels, (0, 0), max(0.8, max(pixels.shape[:2]) / 400))
    dark, bright = np.percentile(smooth[::4, ::4], (0.5, 99.5))
    stretched = (smooth.astype(np.float32) - dark) * (255.0 / max(float(bright - dark), 8.0))
    return np.asarray(np.clip(stretched, 0, 255), dtype=np.uint8)


def _best(faces: list[Face]) -> float:
    """The highest score of any face; 0 where there is none."""
    return max((face.score for face in faces), default=0.0)


def _starts(length: int, canvas: int) -> list[int]:
    """Where tiles begin, so that they cover ``length`` and overlap by at least a fifth."""
    if length <= canvas:
        return [0]
    count = -(-(length - canvas) // int(canvas * 0.8)) + 1
    return [round(i * (length - canvas) / (count - 1)) for i in range(count)]


def _turned_back(points: NDArray[np.float32], turned: int, width: int, height: int) -> NDArray[np.float32]:
    """Points of the photo turned clockwise by ``turned`` degrees, as points of the photo (width × height) itself."""
    x, y = points[:, 0], points[:, 1]
    if turned == 90:
        x, y = y, height - 1 - x
    elif turned == 180:
        x, y = width - 1 - x, height - 1 - y
    elif turned == 270:
        x, y = width - 1 - y, x
    return np.stack([x, y], axis=1)


def _distinct(faces: list[Face]) -> list[Face]:
    """Without the lesser of any two that overlap by a third."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        boxes = np.array([other.box for other in kept], dtype=np.float32).reshape(-1, 4)
        if not (overlap(boxes, np.array(face.box, dtype=np.float32)) > 0.33).any():
            kept.append(face)
    return kept
