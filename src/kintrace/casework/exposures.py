"""Whether photos whose hashes are near are one picture: both are opened, in memory only, and laid over each other.

Portraits of one sitting may have hashes as near as copies of one picture have. Where faces were cut out of both the faces decide;
else the whole pictures do, decoded in a process that may die. Where the file of one is gone, or cannot be read any more, or too
little can be compared, nobody can tell, and the hashes alone decide.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any
from uuid import UUID

from kintrace.casework.checks import Looked, opened_crop
from kintrace.casework.records import Photo, PhotoState
from kintrace.errors import KeyDestroyed, PhotoError
from kintrace.faces import read
from kintrace.provenance import SAME_EXPOSURE, Same, agreement, agreement_of_wholes, pieces, small
from kintrace.vault import get_blob


def one_picture(looked: Looked, near: Iterable[tuple[Photo, Same]]) -> dict[UUID, bool]:
    """Of photos with near hashes: whether each is the picture that was looked into.

    What was told of one before (``looked.told``) stands.

    Args:
        looked: what was found of a photo.
        near: photos of other people, each with how it was found.
    """
    shown = _Shown(looked)
    return {
        photo.id: looked.told[photo.id] if photo.id in looked.told else shown.is_in(photo, same) for photo, same in near
    }


class _Shown:
    """The photo that was looked into; its file is decoded once, and only where whole pictures are compared."""

    def __init__(self, looked: Looked) -> None:
        self._looked = looked

    def is_in(self, photo: Photo, same: Same) -> bool:
        """Whether another photo is the same picture; True where the hashes alone decide."""
        with suppress(KeyDestroyed, FileNotFoundError, PhotoError):
            if self._looked.face is not None and photo.crop and photo.state != PhotoState.HELD:
                other = small(opened_crop(get_blob(photo.person_id, photo.crop)))
                return _agree(agreement, self._looked.face, other)
            if same.by == "whole":
                whole = pieces(read(get_blob(photo.person_id, photo.blob)).pixels)
                return _agree(agreement_of_wholes, self._pieces, whole)
        return True

    @cached_property
    def _pieces(self) -> tuple[Any, ...]:
        return pieces(read(self._looked.data).pixels)


def _agree(laid_over: Callable[[Any, Any], float | None], one: Any, other: Any) -> bool:
    """Whether one agrees laid over the other, or the other over it: which of them came later makes no difference. True where
    too little can be compared."""
    return any((told := laid_over(*two)) is None or told >= SAME_EXPOSURE for two in ((one, other), (other, one)))
