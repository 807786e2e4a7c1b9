"""Every face of a real photo is found: small, large, lying, grey, faded, or one of many."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kintrace.faces import Face, Finder, read
from kintrace.faces.find import SMALLEST_EYES
from kintrace.faces.yunet import overlap


def same_place(face: Face, points: np.ndarray, within: float = 0.25) -> bool:
    """Whether the face's landmarks lie at ``points``, to a part of the distance between the eyes."""
    eyes = np.linalg.norm(points[1] - points[0])
    return bool(np.linalg.norm(face.landmarks - points, axis=1).mean() <= within * eyes)


def turned(points: np.ndarray, quarters: int, width: int, height: int) -> np.ndarray:
    """Where points of a photo are once ``np.rot90`` turned it counter-clockwise."""
    for _ in range(quarters):
        points = np.stack([points[:, 1], width - 1 - points[:, 0]], axis=1)
        width, height = height, width
    return points


def test_every_photo_has_a_face_and_its_landmarks_are_in_order(portraits):
    assert len(portraits) == 60
    for portrait in portraits:
        right_eye, left_eye, nose, right_mouth, left_mouth = portrait.face.landmarks
        assert right_eye[0] < left_eye[0], portrait.path
        assert right_mouth[0] < left_mouth[0], portrait.path
        assert right_eye[1] < nose[1] < left_mouth[1], portrait.path
        assert 0.6 <= portrait.face.score <= 1
        assert portrait.face.turned == 0
        left, top, width, height = portrait.face.box
        low, high = portrait.face.landmarks.min(axis=0), portrait.face.landmarks.max(axis=0)
        assert (low >= [left, top]).all(), portrait.path
        assert (high <= [left + width, top + height]).all(), portrait.path


@pytest.mark.slow
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_photo_on_its_side_or_head_gives_the_same_face(finder, portraits, quarters):
    wrong = []
    for portrait in portraits:
        height, width = portrait.pixels.shape[:2]
        faces = finder.find(np.ascontiguousarray(np.rot90(portrait.pixels, quarters)))
        there = turned(portrait.face.landmarks, quarters, width, height)
        if not any(face.turned == 90 * quarters and same_place(face, there) for face in faces):
            wrong.append((portrait.path.name, [(face.turned, round(face.score, 2)) for face in faces]))
    print(f"turned by {90 * quarters}: {len(wrong)} of {len(portraits)} wrong {wrong}")
    assert not wrong


def faded(pixels):
    return np.round(110 + 0.15 * (pixels.astype(float) - 128)).astype(np.uint8)


def grey(pixels):
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def sepia(pixels):
    return np.clip(grey(pixels).astype(float) * [1.0, 0.85, 0.65], 0, 255).astype(np.uint8)


@pytest.mark.parametrize("change", [grey, faded, sepia, lambda pixels: faded(grey(pixels))])
def test_grey_and_faded_prints_give_the_same_face(finder, portraits, change):
    missed = [
        portrait.path.name
        for portrait in portraits
        if not any(same_place(face, portrait.face.landmarks) for face in finder.find(change(portrait.pixels)))
    ]
    print(missed)
    assert not missed


@pytest.mark.slow
def test_a_group_photo_of_a_hundred_and_twenty(finder, lfw_photos: list[Path]):
    """Cells of 300×300; from photo to photo the faces grow from 24 pixels between the eyes to what fits the cell."""
    page = np.full((3600, 3000, 3), 170, np.uint8)
    expected = []
    for number, path in enumerate(lfw_photos[7 :: len(lfw_photos) // 120][:120]):
        pixels = read(path).pixels
        face = min(finder.find(pixels), key=lambda face: abs(face.landmarks.mean(axis=0) - 75).sum())
        smallest = min(SMALLEST_EYES / face.inter_eye_distance, 1.9)
        scale = np.linspace(smallest, 1.9, 120)[number]
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = 300 * (number // 10), 300 * (number % 10)
        page[top : top + small.shape[0], left : left + small.shape[1]] = small
        expected.append((face.landmarks + 0.5) * scale - 0.5 + [left, top])
    faces = finder.find(page)
    eyes = [float(np.linalg.norm(points[1] - points[0])) for points in expected]
    missed = [
        round(eyes[number], 1)
        for number, points in enumerate(expected)
        if not any(same_place(face, points) for face in faces)
    ]
    print(f"montage: {120 - len(missed)} of 120 found, {len(faces)} faces in all; eyes of the missed {missed} px")
    assert sum(length < 26 for length in eyes) >= 10
    assert len(missed) <= 6
    assert_distinct(faces)
    assert_by_size(faces)


def assert_distinct(faces: list[Face]) -> None:
    boxes = np.array([face.box for face in faces], np.float32)
    for number, box in enumerate(boxes):
        assert overlap(np.delete(boxes, number, axis=0), box).max(initial=0) <= 0.34


def assert_by_size(faces: list[Face]) -> None:
    areas = [face.box[2] * face.box[3] for face in faces]
    assert areas == sorted(areas, reverse=True)


def test_faces_of_two_sizes_come_in_order_of_size_and_once_each(finder, portraits):
    for one, other in zip(portraits[:10], portraits[10:20], strict=True):
        large = cv2.resize(one.pixels, None, fx=2, fy=2)
        page = np.zeros((300, 450, 3), np.uint8)
        page[:, 150:] = large
        page[:150, :150] = other.pixels
        faces = finder.find(page)
        assert same_place(faces[0], (one.face.landmarks + 0.5) * 2 - 0.5 + [150, 0], 0.3)
        assert sum(same_place(face, other.face.landmarks) for face in faces) == 1
        assert_distinct(faces)
        assert_by_size(faces)


@pytest.mark.parametrize("side", [200, 1200])
def test_a_close_up_that_fills_the_frame(finder, portraits, side):
    """Cropped to the face's box, at two resolutions."""
    missed = []
    for portrait in portraits:
        left, top, width, height = (round(value) for value in portrait.face.box)
        left, top = max(left, 0), max(top, 0)
        close = portrait.pixels[top : top + height, left : left + width]
        scale = side / max(close.shape[:2])
        close = cv2.resize(close, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        there = (portrait.face.landmarks - [left, top] + 0.5) * scale - 0.5
        faces = finder.find(close)
        if not any(same_place(face, there, 0.3) for face in faces):
            missed.append((portrait.path.name, [(face.turned, round(face.score, 2)) for face in faces]))
    print(f"close-ups of {side}: {missed}")
    assert not missed


def test_pictures_of_odd_shapes_without_faces(finder: Finder):
    for shape in ((1, 1), (1, 700), (700, 1), (7, 5), (33, 300)):
        for value in (0, 128, 255):
            assert finder.find(np.full((*shape, 3), value, np.uint8)) == []


def test_both_engines_find_the_same_faces(portraits, finder):
    other = Finder(engine="onnxruntime")
    for portrait in portraits[:10]:
        again = other.find(portrait.pixels)
        assert len(again) == len(portrait.faces)
        for one, two in zip(portrait.faces, again, strict=True):
            assert abs(one.landmarks - two.landmarks).max() < 0.05
            assert one.score == pytest.approx(two.score, abs=1e-3)


@pytest.mark.parametrize("degrees", [-25, 12, 25, 40])
def test_landmarks_follow_a_tilted_head(portraits, finder, degrees):
    errors = []
    for portrait in portraits[:25]:
        height, width = portrait.pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
        tilted = cv2.warpAffine(portrait.pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
        there = portrait.face.landmarks @ matrix[:, :2].T + matrix[:, 2]
        face = min(finder.find(tilted), key=lambda face: np.abs(face.landmarks - there).sum())
        errors.append(np.linalg.norm(face.landmarks - there, axis=1).mean() / portrait.face.inter_eye_distance)
    print(f"tilted by {degrees}: landmarks off by {np.median(errors):.3f} of the inter-eye distance")
    assert np.median(errors) < 0.12
