"""The parent's side of a child process that decodes (:mod:`kintrace.faces.child`).

What comes from a child is a fixed header and raw pixels, and is checked: it has handled hostile bytes.
"""

import contextlib
import importlib.util
import os
import subprocess  # the program is our own interpreter, without a shell
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from kintrace.errors import MissingPart
from kintrace.faces.child import ANSWER, READY, REQUEST
from kintrace.faces.decode import FORMATS, Outcome
from kintrace.faces.face import Pixels

_START_SECONDS = 120.0
_PIPE_BYTES = 1 << 20
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # what an interpreter may need to start at all
# Puts empty packages where ours are, so that their __init__ (OpenCV, OpenVINO, …) do not run in the child.
_PROGRAM = """
import sys, types
faces, *sys.path[len(sys.path):] = sys.argv[1:]
for name, path in (("kintrace", None), ("kintrace.faces", faces)):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [path]
from kintrace.faces.child import main
main()
"""


class Answer(NamedTuple):
    """A child's answer; ``pixels`` is None unless the outcome is DECODED."""

    outcome: Outcome
    format: str
    grey: bool
    pixels: Pixels | None
    claimed: int
    """Pixels the file's header claims, where they were too many; 0 where unknown."""


class ChildDied(Exception):
    """The child ended, or answered what no child of ours would; it is not to be asked again."""


class ChildLate(Exception):
    """The child did not answer in time, and was ended."""


class Child:
    """One child process. Not thread-safe: one request at a time."""

    def __init__(self) -> None:
        """Start it, without waiting for it.

        Raises:
            MissingPart: it cannot be started.
        """
        places = dict.fromkeys(map(_place, ("PIL", "pillow_heif", "_pillow_heif")))
        command = [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, str(Path(__file__).parent), *places]
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd=Path(sys.executable).parent,  # not the user's: a memory stick must stay removable
            )
        except OSError as error:
            raise _cannot_start(str(error)) from error
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin, self._process.stdout
        _widen(self._to.fileno())
        _widen(self._from.fileno())
        self._ready = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, data: bytes, *, max_pixels: int, max_memory: int | None, max_seconds: float) -> Answer:
        """Have a file decoded.

        Raises:
            ChildDied, ChildLate: no answer can be had; close the child.
            MissingPart: the child never came to life.
        """
        try:
            if not self._ready:
                with _Deadline(self._process, _START_SECONDS):
                    self._ready = bool(self._receive(len(READY)) == READY)
        except (ChildDied, OSError) as error:
            raise _cannot_start("the process for decoding ended at once") from error
        deadline = _Deadline(self._process, max_seconds)
        try:
            with deadline:
                for part in (REQUEST.pack(len(data), max_pixels, max_memory or 0, max_seconds), data):
                    self._send(part)
                answer = self._answer(max_pixels)
        except (ChildDied, OSError) as error:
            raise (ChildLate if deadline.passed else ChildDied) from error
        if deadline.passed:
            raise ChildLate
        return answer

    def kill(self) -> None:
        """End it at once, from any thread; who holds it still has to close it."""
        self._process.kill()

    def close(self) -> None:
        """End it, and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):
                pipe.close()

    def _send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._to.fileno(), rest) :]

    def _receive(self, size: int, into: memoryview | None = None) -> bytes | memoryview:
        buffer = memoryview(bytearray(size)) if into is None else into
        rest = buffer
        while rest:
            count = self._from.readinto(rest)  # type: ignore[attr-defined]
            if not count:
                raise ChildDied
            rest = rest[count:]
        return buffer

    def _answer(self, max_pixels: int) -> Answer:
        code, width, height, grey, name, claimed = ANSWER.unpack(self._receive(ANSWER.size))
        form = name.rstrip(b"\0").decode("ascii", "replace")
        if code not in tuple(Outcome):
            raise ChildDied
        if code != Outcome.DECODED:
            return Answer(Outcome(code), "", False, None, claimed)
        if form not in FORMATS or not 0 < width * height <= max_pixels:
            raise ChildDied
        pixels = np.empty((height, width, 3), np.uint8)
        self._receive(pixels.nbytes, pixels.data.cast("B"))
        return Answer(Outcome.DECODED, form, grey, pixels, 0)


class _Deadline:
    """Kills the process if the block takes longer; portable, where select() on a pipe is not."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._lock = threading.Lock()
        self._over = False
        self.passed = False
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with self._lock:
            self._over = True
        self._timer.cancel()

    def _pass(self) -> None:
        with self._lock:
            if not self._over:
                self.passed = True
                self._process.kill()


def _place(module: str) -> str:
    """The folder a module is imported from."""
    found = importlib.util.find_spec(module)
    if not found or not found.origin:
        raise _cannot_start(f"the package {module} is not installed")
    file = Path(found.origin)
    return str(file.parent.parent if file.name.startswith("__init__.") else file.parent)


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where the system can (Linux): fewer turns between parent and child."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _cannot_start(why: str) -> MissingPart:
    return MissingPart(
        f"Photos cannot be decoded here: {why}.",
        "No photo was read.",
        "Run 'kintrace doctor', which says what is missing.",
    )
