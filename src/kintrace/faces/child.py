"""The child process that decodes: its whole life, and the frames it exchanges with its parent.

The parent's side is :mod:`kintrace.faces.sandbox`. A child imports what decoding needs and nothing else of
Kintrace, so that it starts in a tenth of a second. It is given the bytes of photos: no path, no key, no record.
"""

import contextlib
import os
import signal
import struct
import sys
import warnings
from typing import IO

from kintrace.faces.decode import Outcome, RefusedError, decode

READY = b"K"
"""What a child sends once, when it can take requests."""
REQUEST = struct.Struct("<QQQd")
"""Bytes that follow, most pixels, most memory in bytes (0: any), seconds of processor time."""
ANSWER = struct.Struct("<BII?8sQ")
"""Outcome, width, height, grey, format, pixels claimed; then height × width × 3 bytes if it was decoded."""
OPEN_FILES = 32
"""Files open at once: three pipes, and what loading a part of a library takes."""


def main() -> None:
    """Serve on standard input and output."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes our input
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get among the answers
    with contextlib.suppress(OSError):  # the parent is gone
        serve(sys.stdin.buffer, answers)
    os._exit(0)  # nothing to tidy up, and what hostile bytes left behind is not to be run


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the parent hangs up."""
    warnings.simplefilter("ignore")
    answers.write(READY)
    answers.flush()
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        length, max_pixels, memory, seconds = REQUEST.unpack(head)
        _limit(memory, seconds)
        for part in _answer(requests, length, max_pixels):
            answers.write(part)
        answers.flush()


def _answer(requests: IO[bytes], length: int, max_pixels: int) -> tuple[bytes, bytes]:
    try:
        picture = decode(requests.read(length), max_pixels)
        name = picture.format.encode("ascii")
        head = ANSWER.pack(Outcome.DECODED, picture.width, picture.height, picture.grey, name, 0)
        return head, picture.data
    except RefusedError as refused:
        return ANSWER.pack(refused.outcome, 0, 0, False, b"", refused.pixels), b""


def _limit(memory: int, seconds: float) -> None:
    """Bound what this process may take. Windows has no such bounds; there the parent's clock remains."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = int(used.ru_utime + used.ru_stime + seconds) + 2  # for a child whose parent died meanwhile
    for what, soft in (
        (resource.RLIMIT_AS, memory or resource.RLIM_INFINITY),
        (resource.RLIMIT_CPU, processor),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows the names but not every bound
            resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))
    for what, most in (
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),  # nothing is written to disk
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))  # also the hard one, which only root can raise again
