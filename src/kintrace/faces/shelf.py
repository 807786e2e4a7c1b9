"""Bounds the memory that pictures decoded ahead of their use may take, whatever their size."""

import threading

from kintrace.errors import PhotoError
from kintrace.faces.face import Photo


class Shelf:
    """Where decoded pictures wait to be fetched: nobody decodes another while it is full, but for the one waited for."""

    def __init__(self, size: int) -> None:
        """Empty, and full above ``size`` bytes."""
        self._size, self._held, self._awaited = size, 0, -1
        self._closed = False
        self._change = threading.Condition()

    def room_for(self, number: int) -> None:
        """Wait until picture ``number`` may be decoded."""
        with self._change:
            self._change.wait_for(lambda: self._held <= self._size or number <= self._awaited or self._closed)

    def put(self, photo: Photo | PhotoError) -> None:
        """A picture is decoded, and waits."""
        with self._change:
            self._held += _size(photo)

    def await_next(self) -> None:
        """The next picture, in the order of numbers, is waited for."""
        with self._change:
            self._awaited += 1
            self._change.notify_all()

    def taken(self, photo: Photo | PhotoError) -> None:
        """A picture was fetched."""
        with self._change:
            self._held -= _size(photo)
            self._change.notify_all()

    def close(self) -> None:
        """Let everybody go who still waits."""
        with self._change:
            self._closed = True
            self._change.notify_all()


def _size(photo: Photo | PhotoError) -> int:
    return photo.pixels.nbytes if isinstance(photo, Photo) else 0
