"""Photos as pages show them: upright JPEGs of a bounded size without metadata, decoded in a process that may die."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from kintrace.errors import NotPossible
from kintrace.faces import read

LONGEST = 1280
SIDE = 240
WHITE, ACCENT = (255, 255, 255), (173, 92, 11)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def whole(data: bytes, boxes: Sequence[Sequence[float]] = (), longest: int = LONGEST) -> bytes:
    """A photo, with numbered boxes drawn around faces where there are any.

    Args:
        data: the working copy.
        boxes: x, y, width and height of each face, in pixels of the photo.
        longest: pixels of the longer side at most.

    Raises:
        PhotoError: it cannot be read.
    """
    pixels = np.ascontiguousarray(read(data).pixels[..., ::-1])
    scale = min(1.0, longest / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    made = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    for x, y, wide, tall in boxes:
        one, other = (round(x * scale), round(y * scale)), (round((x + wide) * scale), round((y + tall) * scale))
        for colour, thick in ((WHITE, 5), (ACCENT, 2)):
            cv2.rectangle(made, one, other, colour, thick)
    if len(boxes) > 1:  # after all boxes, so that none crosses a number
        for number, (x, y, wide, _tall) in enumerate(boxes, 1):
            _numbered(made, number, round(x * scale), round(y * scale), round(wide * scale))
    return _jpeg(made)


def face(data: bytes, box: Sequence[float]) -> bytes:
    """One face of a photo with something around it, as a square.

    Raises:
        PhotoError: it cannot be read.
    """
    pixels = read(data).pixels
    x, y, wide, tall = box
    half = max(wide, tall) * 0.8
    top, left = max(0, round(y + tall / 2 - half)), max(0, round(x + wide / 2 - half))
    part = pixels[top : round(y + tall / 2 + half), left : round(x + wide / 2 + half)]
    if not part.size:
        raise NotPossible("There is no such face.")
    return _jpeg(cv2.resize(np.ascontiguousarray(part[..., ::-1]), (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def _numbered(pixels: Any, number: int, x: int, y: int, box: int) -> None:
    """A number on a ground of its own at the corner of a box of some width, whole within the picture: large enough where a page
    shows the picture at half its size, and no larger than leaves the face of a small box to be seen."""
    high, wide = pixels.shape[:2]
    size = max(14, min(max(high, wide) // 40, box // 3))
    thick = max(2, size // 10)
    (long, tall), _below = cv2.getTextSize(str(number), FONT, size / 22, thick)
    room = size // 3
    left = max(0, min(x - room, wide - long - 2 * room))
    top = max(0, min(y - tall // 2 - room, high - tall - 2 * room))
    one, other = (left, top), (left + long + 2 * room, top + tall + 2 * room)
    cv2.rectangle(pixels, one, other, ACCENT, cv2.FILLED)
    cv2.rectangle(pixels, one, other, WHITE, 1)
    cv2.putText(pixels, str(number), (left + room, top + room + tall), FONT, size / 22, WHITE, thick, cv2.LINE_AA)


def checked(data: bytes) -> None:
    """That bytes are a photo that can be read, before they are kept.

    Raises:
        PhotoError: they are not.
    """
    read(data)


def _jpeg(pixels: Any) -> bytes:
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert done
    return bytes(data)
