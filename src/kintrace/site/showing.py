"""Photos as pages show them: upright JPEGs of a bounded size without metadata, decoded in a process that may die."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from kintrace.errors import NotPossible
from kintrace.faces import read

LONGEST = 1280
SIDE = 240


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
    for number, (x, y, wide, tall) in enumerate(boxes, 1):
        one, other = (round(x * scale), round(y * scale)), (round((x + wide) * scale), round((y + tall) * scale))
        for colour, thick in (((255, 255, 255), 5), ((173, 92, 11), 2)):
            cv2.rectangle(made, one, other, colour, thick)
        if len(boxes) > 1:
            cv2.putText(made, str(number), (one[0] + 4, one[1] + 26), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 6)
            cv2.putText(made, str(number), (one[0] + 4, one[1] + 26), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (173, 92, 11), 2)
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
