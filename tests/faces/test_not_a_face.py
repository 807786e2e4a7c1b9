"""Animals, things and backgrounds give no face, or one whose quality keeps it out of candidates."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import sklearn.datasets

from kintrace.faces import USABLE, Acquirer, Finder, Photo, Sample, read

SKIMAGE = Path(skimage.data.__file__).parent
SKLEARN = Path(sklearn.datasets.__file__).parent / "images"
PEOPLE = {"astronaut.png", "camera.png"}
HALF_A_FACE = {"Charles_Bronson_0001.jpg"}  # half a woman's face at the edge, found only once it is cut out
PHOTOS = sorted(
    path
    for path in (*SKIMAGE.iterdir(), *SKLEARN.iterdir())
    if path.suffix in (".png", ".jpg", ".gif") and path.name not in PEOPLE
)


def seen(acquirer: Acquirer, pixels: np.ndarray) -> list[Sample]:
    photo = Photo(np.ascontiguousarray(pixels), "PNG", "", False)
    return list(acquirer.acquire_photo(photo).samples)


def told(samples: list[Sample]) -> list[tuple[float, float]]:
    return [(sample.quality.overall, round(sample.face.score, 2)) for sample in samples]


def test_there_are_enough_photos_and_they_show_what_they_should():
    names = {path.name for path in PHOTOS}
    assert {"chelsea.png", "coffee.png", "rocket.jpg", "coins.png", "horse.png", "china.jpg", "flower.jpg"} <= names
    assert len(names) >= 25


@pytest.mark.slow
def test_animals_and_things_are_kept_out(acquirer: Acquirer):
    """Coins bear the heads of emperors; a few faint samples are no wonder, usable ones would be."""
    usable = {}
    for path in PHOTOS:
        samples = seen(acquirer, read(path).pixels)
        if samples:
            print(path.name, told(samples))
        if any(sample.quality.overall >= USABLE for sample in samples):
            usable[path.name] = told(samples)
    assert usable == {}


def test_people_are_not_kept_out(acquirer: Acquirer):
    (sample,) = seen(acquirer, read(SKIMAGE / "astronaut.png").pixels)
    print("astronaut", told([sample]))
    assert sample.quality.overall >= USABLE


def background(pixels: np.ndarray, boxes: list[tuple[float, ...]], side: int) -> list[np.ndarray]:
    """Square parts of a photo that overlap none of the boxes, side by side."""
    height, width = pixels.shape[:2]
    parts = []
    for top in range(0, height - side + 1, side):
        for left in range(0, width - side + 1, side):
            apart = all(left + side <= x or left >= x + w or top + side <= y or top >= y + h for x, y, w, h in boxes)
            if apart:
                parts.append(pixels[top : top + side, left : left + side])
    return parts


@pytest.mark.slow
@pytest.mark.parametrize(("side", "step"), [(30, 150), (44, 30)])
def test_backgrounds_are_kept_out(lfw_photos: list[Path], finder: Finder, acquirer: Acquirer, side: int, step: int):
    looked, found, usable = 0, [], []
    for path in lfw_photos[::step]:
        if path.name in HALF_A_FACE:
            continue
        pixels = read(path).pixels
        for number, part in enumerate(background(pixels, [face.box for face in finder.find(pixels)], side)):
            looked += 1
            samples = seen(acquirer, part)
            found += told(samples)
            usable += [(path.name, number, *told([s])) for s in samples if s.quality.overall >= USABLE]
    print(f"{looked} parts of {side} pixels: {len(found)} samples {sorted(found)[-10:]}; usable {usable}")
    assert looked >= 150
    assert usable == []
