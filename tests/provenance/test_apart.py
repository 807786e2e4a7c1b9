"""Files are looked into in a process of their own, which may die without harm."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from files import exif, full_jpeg, photo, saved
from signing import authority, signed

from kintrace.errors import CorruptPhoto, TooSlow
from kintrace.provenance import Inspector, TrustList, inspect, private
from kintrace.provenance.apart import OPEN_FILES


def test_the_same_facts_as_in_this_process() -> None:
    trust = TrustList.read(authority().pem)
    with Inspector(trust) as inspector:
        for data in (full_jpeg(), signed(saved(photo(), "JPEG")), b"no photo", b""):
            assert inspector.inspect(data, name="a.jpg") == inspect(data, trust=trust, name="a.jpg")
            assert inspector.private(data) == private(data)


def test_pixels_that_were_decoded_already_are_not_decoded_again() -> None:
    image = photo(side=512)
    data = saved(image, "JPEG", exif=exif(thumbnail=image))
    pixels = np.asarray(image.convert("RGB"))
    large = np.asarray(image.convert("RGB").resize((image.width * 3, image.height * 3)))
    with Inspector() as inspector:
        assert inspector.inspect(data, pixels=pixels).hashes == inspect(data, pixels=pixels).hashes
        found = inspector.inspect(data, pixels=large)
        assert found.hashes == inspect(data, pixels=large).hashes
        assert found.thumbnails[0].compared == "same"
        assert (found.file.width, found.file.height) == image.size


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="looks at the process by /proc")
def test_the_child_can_neither_open_many_files_nor_write_one() -> None:
    with Inspector() as inspector:
        assert inspector.inspect(signed(saved(photo(), "JPEG"))).hashes
        assert inspector._child is not None
        limits = Path(f"/proc/{inspector._child.pid}/limits").read_text()
    for name, most in (("Max open files", OPEN_FILES), ("Max file size", 0), ("Max core file size", 0)):
        (line,) = [each for each in limits.splitlines() if each.startswith(name)]
        assert line.removeprefix(name).split()[:2] == [str(most)] * 2, line


def test_a_child_that_died_is_replaced() -> None:
    with Inspector() as inspector:
        inspector.inspect(saved(photo(), "JPEG"))
        assert inspector._child is not None
        inspector._child.kill()
        with pytest.raises(CorruptPhoto, match="stop"):
            inspector.inspect(saved(photo(), "JPEG"))
        assert inspector.inspect(saved(photo(), "JPEG")).hashes


def test_too_slow_is_stopped() -> None:
    with Inspector(max_seconds=0.05) as inspector:
        with pytest.raises(TooSlow):
            inspector.inspect(saved(photo(), "JPEG"))
        inspector._seconds = 60
        assert inspector.inspect(saved(photo(), "JPEG")).hashes


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not bound memory")
def test_too_much_memory_is_refused_and_the_next_file_is_read() -> None:
    large = saved(photo().resize((9000, 8000)), "PNG", compress_level=1)
    with Inspector(max_memory=100_000_000) as inspector:
        try:
            found = inspector.inspect(large)
            assert found.hashes == ()
            assert "The picture cannot be decoded." in found.problems
        except CorruptPhoto:
            pass
        assert inspector.inspect(saved(photo(), "PNG")).hashes


def test_threads_take_turns() -> None:
    data = [saved(photo(number), "JPEG") for number in range(3)]
    wanted = [inspect(each).hash for each in data]
    wrong: list[int] = []
    with Inspector() as inspector:

        def work(number: int) -> None:
            for _ in range(5):
                if inspector.inspect(data[number]).hash != wanted[number]:
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_it_ends_with_its_parent_and_knows_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINTRACE_SECRET", "x")
    inspector = Inspector()
    inspector.inspect(b"x")
    assert inspector._child is not None
    pid = inspector._child.pid
    environment = Path(f"/proc/{pid}/environ")
    if environment.exists():
        assert b"KINTRACE" not in environment.read_bytes()
    inspector.close()
    with pytest.raises(OSError):  # noqa: PT011
        os.kill(pid, 0)
