"""Photos as pages show them: where several faces are in one, each bears the number of the choice that means it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from kintrace.site import showing

GROUND = np.array(showing.ACCENT[::-1])
"""The colour of a number's ground, as red, green and blue."""


def photo(wide: int, high: int) -> bytes:
    """A grey one."""
    held = BytesIO()
    Image.new("RGB", (wide, high), (120, 120, 120)).save(held, "JPEG", quality=95)
    return held.getvalue()


def shown(data: bytes) -> np.ndarray:
    """Its pixels."""
    return np.asarray(Image.open(BytesIO(data))).astype(int)


def grounds(pixels: np.ndarray, x: float, y: float, near: int) -> int:
    """How many pixels near a place have the colour of the numbers' ground."""
    part = pixels[max(0, int(y) - near) : max(0, int(y)) + near, max(0, int(x) - near) : max(0, int(x)) + near]
    return int((np.abs(part - GROUND).max(axis=2) < 40).sum())


@pytest.mark.parametrize(("wide", "high"), [(2560, 1920), (640, 900), (220, 220)])
def test_each_of_several_faces_bears_its_number(wide: int, high: int) -> None:
    """Also at the edges of the photo, beyond them, and in small photos: a ground full of colour, with a number on it."""
    across, down = wide / 6, high / 6
    boxes = [(-0.1 * across, -0.1 * down, across, down), (2 * across, 2 * down, across, down),
             (5.9 * across, 4 * down, across, down), (3 * across, 5.9 * down, across, down)]  # fmt: skip
    made = shown(showing.whole(photo(wide, high), boxes))
    assert max(made.shape[:2]) == min(showing.LONGEST, max(wide, high))
    scale = made.shape[1] / wide
    size = max(14, max(made.shape[:2]) // 36)
    plain = shown(showing.whole(photo(wide, high), boxes[1:2]))
    for x, y, _wide, _high in boxes:
        left, top = min(x * scale, made.shape[1] - 1), min(y * scale, made.shape[0] - 1)
        assert grounds(made, left, top, 2 * size) > size * size // 2
    alone = grounds(plain, boxes[1][0] * scale, boxes[1][1] * scale, size)
    assert grounds(made, boxes[1][0] * scale, boxes[1][1] * scale, size) > alone + size * size // 3, (
        "one alone has no number"
    )


def test_the_numbers_are_those_of_the_choices() -> None:
    """The first face is 1, the second 2: changed about, the places have each other's number."""
    one, other = (100.0, 100.0, 80.0, 80.0), (300.0, 100.0, 80.0, 80.0)
    data = photo(480, 300)
    there, back = (shown(showing.whole(data, boxes))[70:130, :] for boxes in ([one, other], [other, one]))
    assert np.abs(there[:, 70:130] - back[:, 270:330]).mean() < 2, "number 1, wherever the face is"
    assert np.abs(there[:, 70:130] - there[:, 270:330]).max() > 100, "and 2 is not 1"
