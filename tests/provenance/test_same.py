"""The same picture again: by the whole, by a face in it, and on the list of false pictures."""

from datetime import date

import numpy as np
import pytest
from files import photo, saved
from PIL import Image

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
    inspect,
    pdq,
    same_picture,
)
from kintrace.provenance.inner import inner, picture_hashes

WHY = Decision("Data protection officer", "a stock photo sent for nine missing people")


def pixels(number: int = 0) -> np.ndarray:
    return np.asarray(photo(number).convert("RGB"))


def test_the_same_picture_mirrored_adds_nothing() -> None:
    mirrored = np.ascontiguousarray(pixels()[:, ::-1])
    found = same_picture(dihedral(mirrored), [pdq(pixels())])
    assert found is not None
    assert found.by == "whole"
    assert found.distance <= SAME_PICTURE
    assert "adds nothing" in found.words()
    assert same_picture(dihedral(pixels(1)), [pdq(pixels())]) is None


def test_a_face_cut_out_of_another_picture() -> None:
    face = pixels()[40:240, 60:260]
    nudged = pixels()[43:243, 58:258]
    probes = crop_probes(nudged)
    assert probes[0] == crop_hash(nudged)
    found = same_picture(dihedral(pixels(1)), [pdq(pixels(2))], probes, crop_hash(face))
    assert found is not None
    assert found.by == "face"
    assert found.distance <= SAME_FACE_CROP
    assert same_picture((), (), crop_probes(pixels(1)[40:240, 60:260]), crop_hash(face)) is None


@pytest.mark.parametrize("light", [0, 30, 245, 255])
def test_a_picture_on_a_screen_or_with_a_border(light: int) -> None:
    screen = np.full((1200, 700, 3), light, np.uint8)
    screen[:60] = 255 - light
    screen[300 : 300 + 620, 40 : 40 + 620] = np.asarray(photo().convert("RGB").resize((620, 620)))
    for one, other in ((screen, pixels()), (pixels(), screen)):
        found = same_picture(sum(picture_hashes(one), ()), [hashes[0] for hashes in picture_hashes(other) if hashes])
        assert found is not None
        assert found.by == "whole"
    part = inner(screen)
    assert part is not None
    assert abs(part.shape[0] - 620) <= 6
    assert abs(part.shape[1] - 620) <= 6


def test_a_picture_without_a_border_has_nothing_inside() -> None:
    for number in range(3):
        assert inner(pixels(number)) is None
    for strange in (np.zeros((40, 40, 3), np.uint8), np.zeros((6, 3000), np.uint8), pixels()[:20, :20]):
        assert inner(strange) is None


def test_facts_hold_both() -> None:
    bordered = np.pad(pixels(), ((40, 40), (40, 40), (0, 0)), constant_values=255)
    facts = inspect(saved(Image.fromarray(bordered), "PNG"))
    assert len(facts.probes) == 16
    assert len(facts.kept) == 2
    plain = inspect(saved(photo(), "PNG"))
    assert (len(plain.probes), len(plain.kept)) == (8, 1)
    assert same_picture(facts.probes, plain.kept) is not None
    assert same_picture(plain.probes, facts.kept) is not None


def test_probes_find_it_moved_better_than_the_crop_alone() -> None:
    known = crop_hash(pixels()[40:240, 60:260])
    moved = pixels()[46:246, 60:260]
    assert min(each.distance(known) for each in crop_probes(moved)) < crop_hash(moved).distance(known)


def test_plain_pictures_are_the_same_as_nothing() -> None:
    plain = np.full((100, 100, 3), 90, np.uint8)
    assert same_picture(dihedral(plain), [pdq(plain)]) is None


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
