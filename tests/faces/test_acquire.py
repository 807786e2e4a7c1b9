"""The whole way of many photos: in order, one bad file stops nothing, and no face is chosen silently."""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from photo_files import encode
from PIL import Image

from kintrace.errors import (
    CorruptPhoto,
    EmptyPhoto,
    NoFace,
    NotAPhoto,
    PhotoError,
    SeveralFaces,
    TruncatedPhoto,
)
from kintrace.faces import Acquirer, Limits, active_packs


@pytest.fixture(scope="module")
def two_faces(portraits) -> bytes:
    """A small face on the left edge, a large one in the middle, both whole."""
    page = np.full((320, 620, 3), 150, np.uint8)
    page[:300, 160:460] = cv2.resize(portraits[0].pixels, (300, 300))
    page[:150, :150] = portraits[1].pixels
    return encode(Image.fromarray(page), "PNG")


def test_a_bad_file_stops_nothing_and_order_and_keys_are_kept(acquirer, portraits, tmp_path: Path):
    good = portraits[0].path.read_bytes()
    text = tmp_path / "notes.jpg"
    text.write_text("not a photo")
    blank = encode(Image.new("RGB", (200, 200), "white"), "PNG")
    sources = [
        ("one", portraits[0].path),
        (2, b""),
        (("three",), good[: len(good) // 2]),
        ("four", text),
        ("five", tmp_path / "absent.jpg"),
        ("six", tmp_path),
        ("seven", good[:200] + bytes(len(good) - 202) + b"\xff\xd9"),
        ("eight", blank),
        ("one", good),
        *((number, portraits[number].path) for number in range(10, 22)),
    ]
    done = list(acquirer.acquire_many(iter(sources)))
    assert [acquisition.key for acquisition in done] == [key for key, _ in sources]
    errors = [type(acquisition.error) for acquisition in done[1:6]]
    assert errors == [EmptyPhoto, TruncatedPhoto, NotAPhoto, PhotoError, NotAPhoto]
    assert isinstance(done[6].error, CorruptPhoto | TruncatedPhoto)
    assert done[7].error is None
    assert done[7].samples == ()
    for acquisition in [done[0], *done[8:]]:
        assert acquisition.error is None
        assert acquisition.samples
        assert acquisition.size == (150, 150)
        assert len(acquisition.sha256) == 64
        assert acquisition.photo is None
    np.testing.assert_allclose(done[0].samples[0].template.vector, done[8].samples[0].template.vector, atol=1e-4)


def test_one_by_one_gives_what_many_give(acquirer, portraits):
    """What the model sees does not depend on which photos are near."""
    paths = [portrait.path for portrait in portraits[:11]]
    together = list(acquirer.acquire_many((path, path) for path in paths))
    for path, many in zip(paths, together, strict=True):
        one = acquirer.acquire(path)
        assert one.sha256 == many.sha256
        assert len(one.samples) == len(many.samples)
        for single, shared in zip(one.samples, many.samples, strict=True):
            assert (single.face.landmarks == shared.face.landmarks).all()
            np.testing.assert_allclose(single.template.vector, shared.template.vector, atol=1e-4)
            assert single.quality.overall == pytest.approx(shared.quality.overall, abs=0.2)


def test_no_sources_no_acquisitions(acquirer):
    assert list(acquirer.acquire_many([])) == []


def test_an_error_is_raised_only_when_a_face_is_asked_for(acquirer):
    acquisition = acquirer.acquire(b"hello")
    assert isinstance(acquisition.error, NotAPhoto)
    with pytest.raises(NotAPhoto):
        acquisition.choose("largest")


def test_which_of_several_faces_is_never_chosen_silently(acquirer, two_faces):
    acquisition = acquirer.acquire(two_faces)
    large, small = acquisition.samples
    assert large.face.box[2] > small.face.box[2]
    for call in (acquisition.choose, lambda: acquisition.choose("only")):
        with pytest.raises(SeveralFaces, match="2 faces"):
            call()
    assert acquisition.choose("largest") is large
    assert acquisition.choose("central") is large
    assert acquisition.choose(1) is large
    assert acquisition.choose(2) is small
    for number in (0, -1, 3, 99):
        with pytest.raises(NoFace, match="1 to 2"):
            acquisition.choose(number)


def test_central_may_be_smaller_than_largest(acquirer, portraits):
    page = np.full((300, 900, 3), 150, np.uint8)
    page[:, 600:] = cv2.resize(portraits[0].pixels, (300, 300))
    page[60:240, 360:540] = cv2.resize(portraits[1].pixels, (180, 180))
    acquisition = acquirer.acquire(encode(Image.fromarray(page), "PNG"))
    assert acquisition.choose("largest").face.box[0] > 600
    assert 360 < acquisition.choose("central").face.box[0] < 540


def test_one_face_is_the_only_one(acquirer, portraits):
    single = next(portrait for portrait in portraits if len(portrait.faces) == 1)
    acquisition = acquirer.acquire(single.path)
    assert all(acquisition.choose(choice) is acquisition.samples[0] for choice in ("only", "largest", "central", 1))


def test_no_face_says_so(acquirer):
    acquisition = acquirer.acquire(encode(Image.new("RGB", (90, 70), "grey"), "JPEG"))
    for choice in ("only", "largest", "central", 1):
        with pytest.raises(NoFace, match="No face"):
            acquisition.choose(choice)


def test_the_picture_is_kept_only_where_it_was_asked_for(acquirer, portraits):
    path = portraits[0].path
    assert acquirer.acquire(path).photo is None
    kept = acquirer.acquire(path, keep=True).photo
    assert kept is not None
    assert (kept.pixels == portraits[0].pixels).all()
    photo = acquirer.acquire_photo(portraits[0].photo, "key", keep=True)
    assert photo.key == "key"
    assert photo.photo is portraits[0].photo


def test_limits_are_the_acquirers(portraits):
    with Acquirer(active_packs("sface"), limits=Limits(max_pixels=1000)) as strict:
        assert "megapixels" in str(strict.acquire(portraits[0].path).error)


@pytest.mark.slow
def test_big_pictures_do_not_pile_up(acquirer, portraits):
    """Of twelve megapixels, three may wait for the model, not eight; beside them are those the reader drew ahead."""
    page = np.full((3000, 4000, 3), 150, np.uint8)
    page[:3000, :3000] = cv2.resize(portraits[0].pixels, (3000, 3000))
    data = encode(Image.fromarray(page), "JPEG", quality=80)
    drawn: list[int] = []

    def endless() -> Iterator[tuple[int, bytes]]:
        while True:
            drawn.append(len(drawn))
            yield drawn[-1], data

    photos = acquirer.acquire_many(endless())
    first = next(photos)
    print(f"{len(drawn)} big photos were drawn before the first came out")
    photos.close()
    assert first.key == 0
    assert len(first.samples) >= 1
    assert len(drawn) <= 16 + 4 * (os.cpu_count() or 1) + 4
