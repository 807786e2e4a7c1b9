"""What the background job finds out of a photo's file: facts, and picture hashes of the whole and of each face."""

import atexit
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import cv2
import numpy as np

from kintrace.casework.pictures import Hashes
from kintrace.casework.trusting import trusted_pem
from kintrace.errors import PhotoError
from kintrace.provenance import (
    Inspector,
    PhotoFacts,
    PictureHash,
    TrustList,
    crop_hash,
    crop_probes,
    picture_hashes,
    small,
)

MOST_FACES = 20
"""Faces of one photo that are hashed, the largest."""


@dataclass(frozen=True)
class Looked:
    """What was found."""

    facts: PhotoFacts | None
    """None where the file could not be looked into."""
    problem: str
    """Why not."""
    hashes: Hashes
    probes: tuple[PictureHash, ...]
    """To look for the same picture with."""
    face_probes: tuple[PictureHash, ...]
    """To look for the person's face, cut from the same picture, with."""
    data: bytes = field(default=b"", repr=False)
    """The file."""
    face: Any = None
    """The person's face, grey and small, to be laid over others; None where none was cut out."""
    trust: int = 0
    """Version of the trust list by which its content credentials were judged."""
    told: Mapping[UUID, bool] = field(default_factory=dict)
    """Photos with near hashes that were laid over this one already: whether they are the same picture."""


def look(data: bytes, name: str, pixels: Any = None, crops: Sequence[Any] = (), meant: int | None = None) -> Looked:
    """Look into a photo file, in a process that may die.

    Args:
        data: the file's bytes.
        name: what it claims to be.
        pixels: the picture, upright, where it was decoded already, (height, width, 3): hashed where that process gave no hash.
        crops: its faces, upright, as ``kintrace.faces.portrait`` cuts them, the largest first.
        meant: which of them is the person, from 0.
    """
    facts, problem, trust = None, "", 0
    try:
        inspector, trust = _inspector()
        facts = inspector.inspect(data, name=name)
    except PhotoError as error:
        problem = error.what
    whole, kept = (facts.probes, facts.kept) if facts else ((), ())
    if not kept and pixels is not None:
        turns, inner = picture_hashes(pixels)
        whole, kept = turns + inner, turns[:1] + inner[:1]
    chosen = crops[:MOST_FACES]
    if meant is not None and meant >= len(chosen):  # a small face in a crowd
        chosen, meant = [*chosen, crops[meant]], len(chosen)
    faces = tuple(crop_hash(each) for each in chosen)
    face_probes = tuple(crop_probes(chosen[meant])) if meant is not None else ()
    face = small(chosen[meant]) if meant is not None else None
    return Looked(facts, problem, Hashes(kept, faces, meant), whole, face_probes, data, face, trust)


def opened_crop(data: bytes) -> Any:
    """A face that was cut from a photo before, as Kintrace itself saved it: (side, side, 3)."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None  # it is our own, and whole: its seal opened
    return np.ascontiguousarray(pixels[..., ::-1])


_held: dict[int, tuple[str, Inspector]] = {}
_lock = threading.Lock()


def _inspector() -> tuple[Inspector, int]:
    """One for the whole process, with the trust list as it is now; and the list's version."""
    version, pem = trusted_pem()
    with _lock:
        held = _held.get(os.getpid())  # a fork must not share its parent's pipes
        if held is None or held[0] != pem:
            made = Inspector(TrustList(pem) if pem else None)
            atexit.register(made.close)
            if held is not None:
                held[1].close()
            held = _held[os.getpid()] = (pem, made)
        return held[1], version
