"""The processes that decode: replaced when they die, ended when they are not needed, given nothing."""

import errno
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from photo_files import CORNERS, LOSSLESS, encode, near, quarters, textured
from PIL import Image

from kintrace.errors import (
    CorruptPhoto,
    PhotoError,
    TooManyPixels,
)
from kintrace.faces.child import OPEN_FILES
from kintrace.faces.read import Limits, Reader, read


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture(scope="module")
def large() -> bytes:
    """A PNG of 36 megapixels that takes a good part of a second to decode."""
    return encode(textured(50, 50).resize((6000, 6000)), "PNG", compress_level=1)


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes with ps and /proc")


def decoders() -> set[int]:
    """Process ids of this process's children that decode."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return {int(line.split()[0]) for line in found.stdout.splitlines() if "kintrace.faces.child" in line}


@linux_only
def test_a_child_killed_in_the_middle_is_replaced(large: bytes) -> None:
    before = decoders()
    with Reader() as reader:
        reader.read(encode(quarters(), "PNG"))
        (child,) = decoders() - before
        threading.Timer(0.05, os.kill, (child, signal.SIGKILL)).start()
        with pytest.raises(CorruptPhoto, match="stop"):
            reader.read(large)
        assert reader.read(encode(quarters(), "PNG")).format == "PNG"
        (child,) = decoders() - before
        os.kill(child, signal.SIGKILL)  # between two photos: nobody notices
        time.sleep(0.1)
        assert reader.read(encode(quarters(), "PNG")).format == "PNG"
    assert decoders() == before


@linux_only
def test_a_child_is_given_nothing_and_ends_with_its_parent() -> None:
    program = """
import os, pathlib, socket, subprocess, sys, time
os.environ["KINTRACE_SECRET"] = "s"
open_socket = socket.socket(); os.set_inheritable(open_socket.fileno(), True)
from kintrace.faces.child import OPEN_FILES
from kintrace.faces.read import Reader
reader = Reader()
try: reader.read(b"P5 1 1 255\\nx" )
finally: print(*(child.pid for child in reader._children), flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    files = [os.readlink(link) for link in Path(f"/proc/{child}/fd").iterdir()]
    assert sum("socket" in name for name in files) == 0
    assert sum("pipe" in name for name in files) <= 3  # requests, answers twice
    assert b"SECRET" not in Path(f"/proc/{child}/environ").read_bytes()
    modules = Path(f"/proc/{child}/maps").read_text()
    assert "cv2" not in modules
    assert "numpy" not in modules
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "zombie" in Path(f"/proc/{child}/status").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child outlives its parent")


@linux_only
def test_a_child_can_neither_open_many_files_nor_write_one() -> None:
    """The limits of the real child, after a photo; and what comes of trying in a process with just those limits."""
    before = decoders()
    with Reader() as reader:
        reader.read(encode(quarters(), "PNG"))
        (child,) = decoders() - before
        limits = Path(f"/proc/{child}/limits").read_text()
    for name, most in (("Max open files", OPEN_FILES), ("Max file size", 0), ("Max core file size", 0)):
        (line,) = [each for each in limits.splitlines() if each.startswith(name)]
        assert line.removeprefix(name).split()[:2] == [str(most)] * 2, line
    program = """
import os, sys
from kintrace.faces.child import _limit
file = open(os.path.join(sys.argv[1], "written"), "wb", buffering=0)
_limit(0, 60)
held = []
try:
    while len(held) < 1000: held.append(open(os.devnull, "rb"))
except OSError as problem: print(problem.errno, len(held))
try: file.write(bytes(1_000_000))
except OSError as problem: print(problem.errno)
"""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
        assert (Path(folder) / "written").stat().st_size == 0
    opening, many, writing = map(int, told.stdout.split())
    assert opening == errno.EMFILE
    assert many < OPEN_FILES
    assert writing == errno.EFBIG


def test_nothing_is_printed_whatever_the_file() -> None:
    program = """
import sys
from photo_files import *
from kintrace.errors import PhotoError
from kintrace.faces.child import OPEN_FILES
from kintrace.faces.read import read
for kind in EVERY:
    data = encode(textured(), kind)
    for broken in (data, data[:len(data) // 2], data[:60] + data[90:]):
        try: read(broken)
        except PhotoError: pass
"""
    run = subprocess.run(
        [sys.executable, "-W", "always::UserWarning", "-c", program],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_many_photos_keep_their_order_and_a_bad_one_stops_nothing(tmp_path: Path) -> None:
    expected: list[tuple[int, str]] = []
    sources: list[tuple[int, bytes | Path]] = []
    for number in range(40):
        size = random.Random(number).choice([(30, 20), (300, 200), (900, 700)])
        data = encode(textured(40, 30).resize(size), (*LOSSLESS, "JPEG")[number % 7])
        if number % 5 == 3:
            data = data[: len(data) // 2]
        if number % 2:
            (tmp_path / str(number)).write_bytes(data)
        sources.append((number, tmp_path / str(number) if number % 2 else data))
        expected.append((number, "TruncatedPhoto" if number % 5 == 3 else "Photo"))
    for processes in (1, 3):
        with Reader(processes=processes) as reader:
            results = [(key, type(result).__name__) for key, result in reader.read_many(iter(sources))]
        assert results == expected


def test_many_photos_are_drawn_only_as_they_are_needed() -> None:
    drawn: list[int] = []

    def endless() -> Iterator[tuple[int, bytes]]:
        number = 0
        while True:
            drawn.append(number)
            yield number, encode(quarters(), "PNG")
            number += 1

    with Reader() as reader:
        photos = reader.read_many(endless())
        for _ in range(3):
            next(photos)
        photos.close()  # type: ignore[attr-defined]
    assert len(drawn) < 40


def test_many_threads_share_a_reader(reader: Reader) -> None:
    failures: list[str] = []

    def work(seed: int) -> None:
        colour = (seed * 20, 255 - seed * 20, 7)
        for kind in ("PNG", "BMP", "TIFF") * 5:
            photo = reader.read(encode(Image.new("RGB", (20 + seed, 9), colour), kind))
            if photo.pixels.shape[1] != 20 + seed or tuple(photo.pixels[0, 0]) != colour:
                failures.append(f"{seed} {kind}")

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_closed_reader_says_so_and_read_needs_none() -> None:
    reader = Reader()
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        reader.read(encode(quarters(), "PNG"))
    assert near(read(encode(quarters(), "PNG")), list(CORNERS), 0)
    with pytest.raises(TooManyPixels):
        read(encode(quarters(), "PNG"), Limits(max_pixels=10))


def test_every_refusal_says_what_happened_what_was_kept_and_what_to_do(reader: Reader, tmp_path: Path) -> None:
    whole = encode(textured(), "JPEG")
    table = b"\xff\xdb" + whole.split(b"\xff\xdb")[1][:30]
    for source, limits in (
        (b"", None),
        (b"hello", None),
        (whole[:500], None),
        (whole.replace(table, table[:4] + b"\x7f" * 28), None),
        (whole, Limits(max_bytes=10)),
        (whole, Limits(max_pixels=10)),
        (tmp_path, None),
        (tmp_path / "none", None),
    ):
        with pytest.raises(PhotoError) as caught:
            reader.read(source, limits)
        assert caught.value.what.endswith(".")
        assert caught.value.kept.endswith(".")
        assert caught.value.todo.endswith(".")
        assert io.StringIO(str(caught.value)).readlines() == [str(caught.value)]


def test_large_pictures_are_not_decoded_far_ahead(monkeypatch):
    """While nobody fetches, pictures of 3 MB are decoded until 10 MB wait; and all of them come in the end."""
    monkeypatch.setattr(sys.modules[Reader.__module__], "_AHEAD_BYTES", 10_000_000)
    data = encode(Image.new("RGB", (1000, 1000), "grey"), "PNG")
    with Reader(processes=2) as reader:
        decoded: list[int] = []
        ask = reader._ask
        monkeypatch.setattr(reader, "_ask", lambda *args: decoded.append(1) or ask(*args))
        photos = reader.read_many((number, data) for number in range(30))
        keys = [next(photos)[0]]
        time.sleep(1)
        assert 3 <= len(decoded) <= 1 + 4 + reader.processes
        keys += [key for key, _ in photos]
    assert keys == list(range(30))
