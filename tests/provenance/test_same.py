"""The same picture again: by the whole, by a face in it, and on the list of false pictures."""

from datetime import date

import numpy as np
import pytest
from files import photo

from kintrace.errors import BlockListError
from kintrace.provenance import (
    SAME_FACE_CROP,
    SAME_PICTURE,
    BlockList,
    Decision,
    PictureHash,
    crop_hash,
    crop_probes,
    dihedral,
    pdq,
    same_picture,
)

WHY = Decision("Data protection officer", "a stock photo sent for nine missing people")


def pixels(number: int = 0) -> np.ndarray:
    return np.asarray(photo(number).convert("RGB"))


def test_the_same_picture_mirrored_adds_nothing() -> None:
    mirrored = np.ascontiguousarray(pixels()[:, ::-1])
    found = same_picture(dihedral(mirrored), pdq(pixels()))
    assert found is not None
    assert found.by == "whole"
    assert found.distance <= SAME_PICTURE
    assert "adds nothing" in found.words()
    assert same_picture(dihedral(pixels(1)), pdq(pixels())) is None


def test_a_face_cut_out_of_another_picture() -> None:
    face = pixels()[40:240, 60:260]
    nudged = pixels()[43:243, 58:258]
    probes = crop_probes(nudged)
    assert probes[0] == crop_hash(nudged)
    found = same_picture(dihedral(pixels(1)), pdq(pixels(2)), probes, crop_hash(face))
    assert found is not None
    assert found.by == "face"
    assert found.distance <= SAME_FACE_CROP
    assert same_picture((), None, crop_probes(pixels(1)[40:240, 60:260]), crop_hash(face)) is None


def test_probes_find_it_moved_better_than_the_crop_alone() -> None:
    known = crop_hash(pixels()[40:240, 60:260])
    moved = pixels()[46:246, 60:260]
    assert min(each.distance(known) for each in crop_probes(moved)) < crop_hash(moved).distance(known)


def test_plain_pictures_are_the_same_as_nothing() -> None:
    plain = np.full((100, 100, 3), 90, np.uint8)
    assert same_picture(dihedral(plain), pdq(plain)) is None


def test_the_block_list_finds_a_picture_turned() -> None:
    blocked = BlockList()
    blocked.add(pdq(pixels()), WHY, date(2026, 1, 2))
    assert len(blocked) == 1
    found = blocked.match(dihedral(np.ascontiguousarray(np.rot90(pixels()))), SAME_PICTURE)
    assert found is not None
    assert (found.by, found.reason, found.decided) == (WHY.by, WHY.reason, date(2026, 1, 2))
    assert blocked.match(dihedral(pixels(1)), SAME_PICTURE) is None
    assert blocked.remove(pdq(pixels())) == 1
    assert blocked.match(dihedral(pixels()), SAME_PICTURE) is None


def test_the_block_list_survives_packing_and_tells_its_size_only_roughly() -> None:
    blocked = BlockList()
    for number in range(3):
        blocked.add(pdq(pixels(number)), WHY, date(2026, 1, 2))
    again = BlockList.unpack(blocked.pack())
    assert list(again) == list(blocked)
    assert len(BlockList().pack()) == len(blocked.pack()) == 4096


SHORT = b'{"hash": "00", "quality": 90, "reason": "", "by": "", "decided": "2020-01-01"}'
KIND = b'{"kind": "kintrace block list 1", "entries": ['


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"nonsense", KIND + b"{}]}", KIND + SHORT + b"]}"])
def test_what_is_no_block_list(data: bytes) -> None:
    with pytest.raises(BlockListError):
        BlockList.unpack(data)


def test_a_plain_picture_cannot_be_blocked() -> None:
    with pytest.raises(BlockListError, match="too plain"):
        BlockList().add(PictureHash(b"\0" * 32, 10), WHY, date(2026, 1, 2))
