"""Photo files → upright pictures in sRGB, decoded in child processes, within limits.

A photo comes from anyone; decoders are large and written in C. So the bytes are decoded in a process that knows
nothing, may take only so much time and memory, and is replaced when it dies. What is read, and what each error
means to the person who chose the file: docs/photos.md.
"""

import atexit
import hashlib
import os
import stat
import threading
import weakref
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from kintrace.errors import (
    CorruptPhoto,
    EmptyPhoto,
    NotAPhoto,
    PhotoError,
    TooManyBytes,
    TooManyPixels,
    TooSlow,
    TruncatedPhoto,
)
from kintrace.faces.decode import Outcome
from kintrace.faces.face import Photo
from kintrace.faces.sandbox import Answer, Child, ChildDied, ChildLate
from kintrace.faces.shelf import Shelf

K = TypeVar("K", bound=Hashable)

_AHEAD = 16  # photos decoded before anyone asks for them, but none more
_AHEAD_BYTES = 200_000_000  # while those that wait are larger than this together
_NOTHING = "Nothing was kept."


@dataclass(frozen=True)
class Limits:
    """What a photo may cost. Larger ones are refused by name, and the next one is read."""

    max_bytes: int = 50_000_000
    """Of the file."""
    max_pixels: int = 80_000_000
    """Width × height, as the file's header claims and as it decodes."""
    max_seconds: float = 20.0
    """For decoding one photo."""
    max_memory: int | None = 3_000_000_000
    """Bytes of address space of a decoding process; None: any. Windows and macOS do not enforce it."""


_DEFAULTS = Limits()


class Reader:
    """Reads photos in up to ``processes`` child processes, started when needed and ended when it is closed.

    May be used by several threads at once. A context manager; one that is never closed ends its children when it
    is collected or the program exits.
    """

    def __init__(self, limits: Limits = _DEFAULTS, processes: int = 1) -> None:
        """Start nothing yet."""
        self.limits = limits
        self.processes = max(1, processes)
        self._slots = threading.BoundedSemaphore(self.processes)
        self._idle: list[Child] = []
        self._children: set[Child] = set()
        self._closed = False
        self._end = weakref.finalize(self, _end_all, self._children)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the children, also those at work."""
        self._closed = True
        for child in list(self._children):
            child.kill()
        while self._idle:
            self._drop(self._idle.pop())

    def read(self, source: bytes | Path, limits: Limits | None = None) -> Photo:
        """Read one photo: its bytes, or the file at a path.

        Raises:
            PhotoError: whatever the bytes or the path are; see docs/photos.md.
            MissingPart: this installation cannot decode photos at all.
            ValueError: the reader is closed.
        """
        limits = limits or self.limits
        data = source if isinstance(source, bytes) else load(source, limits.max_bytes)
        if not data:
            raise EmptyPhoto("The file is empty.", _NOTHING, "Copy the photo again from where it came from.")
        if len(data) > limits.max_bytes:
            raise _too_many_bytes(limits.max_bytes)
        answer = self._ask(data, limits)
        if answer.pixels is None:
            raise _refusal(answer, limits)
        return Photo(answer.pixels, answer.format, hashlib.sha256(data).hexdigest(), answer.grey)

    def read_many(self, sources: Iterable[tuple[K, bytes | Path]]) -> Iterator[tuple[K, Photo | PhotoError]]:
        """Read photos in their order, decoding ahead while the caller works on the last one.

        What cannot be read comes as its error, in its place. ``sources`` is drawn from as it is needed.
        """
        waiting: deque[tuple[K, Future[Photo | PhotoError]]] = deque()
        threads = ThreadPoolExecutor(self.processes, "kintrace-read")
        shelf = Shelf(_AHEAD_BYTES)

        def fetch() -> tuple[K, Photo | PhotoError]:
            key, future = waiting.popleft()
            shelf.await_next()
            photo = future.result()
            shelf.taken(photo)
            return key, photo

        try:
            for number, (key, source) in enumerate(sources):
                waiting.append((key, threads.submit(self._try, source, number, shelf)))
                while len(waiting) > _AHEAD:
                    yield fetch()
            while waiting:
                yield fetch()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            shelf.close()

    def _try(self, source: bytes | Path, number: int, shelf: Shelf) -> Photo | PhotoError:
        shelf.room_for(number)
        try:
            photo: Photo | PhotoError = self.read(source)
        except PhotoError as error:
            photo = error
        shelf.put(photo)
        return photo

    def _ask(self, data: bytes, limits: Limits) -> Answer:
        with self._slots:
            child = self._take()
            try:
                answer = child.ask(
                    data,
                    max_pixels=limits.max_pixels,
                    max_memory=limits.max_memory,
                    max_seconds=limits.max_seconds,
                )
            except BaseException as error:  # Ctrl-C too: the child may be in the middle of an answer
                self._drop(child)
                if self._closed:
                    raise _closed() from error
                if isinstance(error, ChildLate):
                    raise _too_slow(limits.max_seconds) from None
                if isinstance(error, ChildDied):
                    raise _died() from None
                raise
            self._idle.append(child)
            return answer

    def _take(self) -> Child:
        """A child that lives: the one used last, or a new one."""
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                return child
            self._drop(child)
        child = Child()
        self._children.add(child)
        if self._closed:  # also when that happened a moment ago: nobody else would end the new child
            self._drop(child)
            raise _closed()
        return child

    def _drop(self, child: Child) -> None:
        self._children.discard(child)
        child.close()


def read(source: bytes | Path, limits: Limits = _DEFAULTS) -> Photo:
    """Read one photo with a child process shared by the whole program; see :meth:`Reader.read`."""
    with _shared_lock:
        reader = _shared.get(os.getpid())  # a fork must not share its parent's pipes
        if reader is None:
            _shared.clear()
            reader = _shared[os.getpid()] = Reader()
            atexit.register(reader.close)
    return reader.read(source, limits)


_shared: dict[int, Reader] = {}
_shared_lock = threading.Lock()


def _end_all(children: set[Child]) -> None:
    while children:
        children.pop().close()


def load(path: Path, max_bytes: int = _DEFAULTS.max_bytes) -> bytes:
    """The bytes of a regular file; a folder, a pipe or a device is never opened, and what is too large is never read.

    Raises:
        NotAPhoto: it is no regular file.
        TooManyBytes: it is larger than allowed.
        PhotoError: it cannot be opened.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise NotAPhoto("This is a folder, a pipe or a device, not a file.", _NOTHING, "Choose a photo file.")
        with open(path, "rb", opener=_open_at_once) as file:
            if os.fstat(file.fileno()).st_size > max_bytes:
                raise _too_many_bytes(max_bytes)
            return file.read(max_bytes + 1)  # one more, to notice a file that grows
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PhotoError(
            f"The file cannot be opened: {why}.",
            "It was left as it is.",
            "Check that it is still there, that the disk or stick is connected, and that you may read it.",
        ) from error


def _open_at_once(path: str, flags: int) -> int:
    # The path may have become a pipe since it was looked at; opening one would wait for a writer.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _too_many_bytes(most: int) -> TooManyBytes:
    return TooManyBytes(
        f"The file is larger than {most / 1e6:,.3g} MB, the most that is allowed.",
        "It was not read.",
        "Save the photo smaller, as JPEG, or have the limit on bytes raised.",
    )


def _too_slow(seconds: float) -> TooSlow:
    return TooSlow(
        f"Opening the photo took longer than {seconds:g} seconds, and was stopped.",
        _NOTHING,
        "Save the photo smaller, as JPEG, and try again; if the computer is busy, try later.",
    )


def _died() -> CorruptPhoto:
    return CorruptPhoto(
        "The photo is damaged in a way that made the program that opens it stop.",
        f"{_NOTHING} Other photos are not affected.",
        "Ask for another copy. Do not open this one in other programs: such files can be made on purpose.",
    )


def _closed() -> ValueError:
    return ValueError("this Reader is closed")


def _refusal(answer: Answer, limits: Limits) -> PhotoError:
    match answer.outcome:
        case Outcome.NOT_A_PHOTO:
            return NotAPhoto(
                "The file is not a picture of a kind Kintrace reads.",
                _NOTHING,
                "Save the photo as JPEG or PNG. From a PDF or a video, take out the picture first.",
            )
        case Outcome.TRUNCATED:
            return TruncatedPhoto(
                "The file ends before the picture does: a part of the photo is missing.",
                _NOTHING,
                "Copy or download it again from where it came from; the rest is not in this file.",
            )
        case Outcome.TOO_MANY_PIXELS:
            claims = f"Its header claims {answer.claimed / 1e6:,.0f}. " if answer.claimed else ""
            return TooManyPixels(
                f"The picture has more than {limits.max_pixels / 1e6:,.3g} megapixels, the most that is allowed.",
                f"{claims}It was not opened.",
                "Save the photo smaller, or have the limit on pixels raised.",
            )
        case Outcome.NO_MEMORY:
            return CorruptPhoto(
                "Opening the photo would have taken more memory than is allowed.",
                _NOTHING,
                "Save the photo smaller, as JPEG. If it is not a large photo, the file is damaged.",
            )
        case _:
            return CorruptPhoto(
                "The file says it is a picture, but is damaged and cannot be opened.",
                _NOTHING,
                "Ask for another copy, or open it in another program and save it as JPEG.",
            )
