"""Look into photo files in a process of its own: they come from anyone, and decoders are native code.

The process is given bytes and settings and answers JSON; it may take only so much time and memory, and is replaced when it
dies. It writes no file, and its environment holds nothing of ours.
"""

import contextlib
import json
import os
import struct
import subprocess  # the program is our own interpreter, without a shell
import sys
import threading
from dataclasses import replace
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import numpy as np

from kintrace.errors import CorruptPhoto, MissingPart, TooSlow
from kintrace.provenance.credentials import TrustList
from kintrace.provenance.facts import PhotoFacts, made, plain
from kintrace.provenance.inner import picture_hashes
from kintrace.provenance.inspecting import inspect, private
from kintrace.provenance.metadata import Private
from kintrace.provenance.picturehash import Pixels
from kintrace.provenance.thumbnails import SmallPicture, small_picture

_HEAD = struct.Struct("<LQQ")  # bytes of settings (JSON), of the file, and of pixels
_MOST_ANSWER = 4_000_000
OPEN_FILES = 64
"""Files the child may have open at once."""
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "HOME", "TMPDIR", "TEMP")
_SMALL = 512
K = TypeVar("K", PhotoFacts, Private, SmallPicture)
_PROGRAM = "from kintrace.provenance.apart import main; main()"


class Inspector:
    """:func:`~kintrace.provenance.inspect` in a child process. Several threads may use it; they take turns.

    A context manager; the child starts when it is first needed.
    """

    def __init__(
        self, trust: TrustList | None = None, *, max_seconds: float = 30.0, max_memory: int | None = 3_000_000_000
    ) -> None:
        """Start nothing yet.

        Args:
            trust: whose signatures the agency trusts.
            max_seconds: for one photo.
            max_memory: bytes of address space beyond what the child has when it starts; None: any. Linux only.
        """
        self._trust = trust
        self._seconds, self._memory = max_seconds, max_memory
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._drop()

    def inspect(self, data: bytes, *, name: str = "", pixels: Pixels | None = None) -> PhotoFacts:
        """As :func:`~kintrace.provenance.inspect`.

        Args:
            data: the file's bytes.
            name: what it claims to be.
            pixels: the picture, upright, where it was decoded already: it is hashed here, and not decoded again.

        Raises:
            TooSlow: it took longer than allowed.
            CorruptPhoto: it made the child stop.
            MissingPart: no child can be started.
        """
        small = b"" if pixels is None else _small(pixels)
        settings: dict[str, Any] = {"name": name[:500], "trust": self._trust.pem if self._trust else ""}
        if pixels is not None:
            settings["shape"] = _shape(pixels)
        facts = self._checked(PhotoFacts, settings, data, small)
        if pixels is None:
            return facts
        hashes, inner = picture_hashes(pixels)
        return replace(facts, hashes=hashes, inner=inner)

    def private(self, data: bytes) -> Private:
        """As :func:`~kintrace.provenance.private`.

        Raises:
            TooSlow, CorruptPhoto, MissingPart: as :meth:`inspect`.
        """
        return self._checked(Private, {"private": True}, data, b"")

    def small_picture(self, data: bytes, number: int) -> SmallPicture:
        """As :func:`~kintrace.provenance.thumbnails.small_picture`.

        Raises:
            TooSlow, CorruptPhoto, MissingPart: as :meth:`inspect`.
        """
        return self._checked(SmallPicture, {"small": number}, data, b"")

    def _checked(self, kind: type[K], settings: dict[str, Any], data: bytes, pixels: bytes) -> K:
        """The child's answer, which has handled hostile bytes, if it is one."""
        answer = self._ask(json.dumps({**settings, "memory": self._memory}).encode(), data, pixels)
        try:
            return made(kind, json.loads(answer))
        except ValueError as error:
            raise _stopped() from error

    def _ask(self, settings: bytes, data: bytes, pixels: bytes) -> bytes:
        with self._lock:
            child = self._child or self._start()
            late = threading.Event()

            def end() -> None:
                late.set()
                child.kill()

            timer = threading.Timer(self._seconds, end)
            timer.daemon = True
            timer.start()
            try:
                assert child.stdin
                assert child.stdout
                for part in (_HEAD.pack(len(settings), len(data), len(pixels)), settings, data, pixels):
                    child.stdin.write(part)
                child.stdin.flush()
                (length,) = struct.unpack("<L", _exactly(child.stdout, 4))
                if length > _MOST_ANSWER:
                    raise EOFError
                answer = _exactly(child.stdout, length)
            except BaseException as error:
                timer.cancel()
                self._drop()
                if late.is_set():
                    raise _too_slow(self._seconds) from None
                if isinstance(error, OSError | EOFError | struct.error):
                    raise _stopped() from error
                raise
            timer.cancel()
            if late.is_set():  # it answered at the last moment, and was ended
                self._drop()
            return answer

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        places = [str(Path(__file__).parents[2]), *(path for path in sys.path if path)]
        program = f"import sys; sys.path[:] = {places!r}; {_PROGRAM}"
        try:
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-B", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env=environment, cwd=Path(sys.executable).parent,
            )  # fmt: skip
        except OSError as error:
            raise MissingPart(
                f"Photo files cannot be looked into here: {error}.",
                "No photo was looked into.",
                "Run 'kintrace doctor', which says what is missing.",
            ) from error
        return self._child

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def main() -> None:
    """The child: answers requests on standard input until the parent hangs up."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get among the answers
    requests = sys.stdin.buffer
    _limit_files()
    while len(head := requests.read(_HEAD.size)) == _HEAD.size:
        lengths = _HEAD.unpack(head)
        raw, data, small = (requests.read(length) for length in lengths)
        settings = json.loads(raw)
        _limit_memory(settings["memory"])
        answer = json.dumps(plain(_found(data, small, settings))).encode()
        answers.write(struct.pack("<L", len(answer)) + answer)
        answers.flush()
    os._exit(0)


def _found(data: bytes, small: bytes, settings: dict[str, Any]) -> PhotoFacts | Private | SmallPicture:
    if "small" in settings:
        return small_picture(data, settings["small"])
    return private(data) if settings.get("private") else _inspected(data, small, settings)


def _inspected(data: bytes, small: bytes, settings: dict[str, Any]) -> PhotoFacts:
    pixels = np.frombuffer(small, np.uint8).reshape(settings["shape"]) if small else None
    trust = TrustList(settings["trust"]) if settings["trust"] else None
    return inspect(data, trust=trust, name=settings["name"], pixels=pixels)


def _limit_files() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        # Also the hard ones, which only root can raise again.
        for what, most in ((resource.RLIMIT_NOFILE, OPEN_FILES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
            resource.setrlimit(what, (most, most))


def _limit_memory(most: int | None) -> None:
    """Bound the addresses this process may still take, where the system can."""
    if most is None or not Path("/proc/self/statm").exists():
        return
    import resource

    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (now + most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    data = pipe.read(count)
    if len(data) != count:
        raise EOFError
    return data


def _step(pixels: Pixels) -> int:
    return max(1, ceil(int(max(pixels.shape[:2])) / _SMALL))


def _shape(pixels: Pixels) -> list[int]:
    step = _step(pixels)
    return [ceil(pixels.shape[0] / step), ceil(pixels.shape[1] / step), 3]


def _small(pixels: Pixels) -> bytes:
    """The picture, thinned to compare thumbnails with."""
    from PIL import Image

    rows, columns, _ = _shape(pixels)
    image = Image.fromarray(np.ascontiguousarray(pixels)).resize((columns, rows), Image.Resampling.BOX)
    return image.tobytes()


def _too_slow(seconds: float) -> TooSlow:
    return TooSlow(
        f"Looking into the file took longer than {seconds:g} seconds, and was stopped.",
        "Nothing was kept.",
        "If the computer is busy, try later; such files can also be made on purpose.",
    )


def _stopped() -> CorruptPhoto:
    return CorruptPhoto(
        "The file is damaged in a way that made the program that looks into it stop.",
        "Nothing was kept. Other photos are not affected.",
        "Ask for another copy. Do not open this one in other programs: such files can be made on purpose.",
    )
