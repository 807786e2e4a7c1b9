"""PDQ: the same bits as Meta's own implementation, and what they are good for."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from drawn import Pixels, patterns, portraits
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kintrace.provenance import PictureHash, dihedral, pdq

RECORDED = json.loads((Path(__file__).parent / "vectors/pdq.json").read_text(encoding="utf-8"))["pictures"]
MOST = 2
"""Bits that may differ where another machine rounds otherwise. Where it was written, none did."""
REGULAR, MOST_REGULAR = {"slope", "board"}, 40
"""Drawings so regular that most of their frequencies are 0 but for rounding; 32 bits of 256 differed at most."""


@pytest.fixture(scope="module")
def pictures(lfw: Path) -> dict[str, Pixels]:
    found = {**patterns(), **{f"sample {number}": picture for number, picture in enumerate(portraits())}}
    for name in RECORDED:
        if name not in found:
            found[name] = np.asarray(Image.open(lfw / "images" / name).convert("RGB"))
    return found


def test_the_same_bits_as_the_reference(pictures: dict[str, Pixels]) -> None:
    assert len(RECORDED) >= 70
    same = 0
    for name, told in RECORDED.items():
        picture = pictures[name]
        if hashlib.sha256(picture.tobytes()).hexdigest() != told["pixels"]:
            continue  # another JPEG decoder, another picture
        same += 1
        hashes = dihedral(picture)
        for mine, theirs in zip(hashes, told["hashes"], strict=True):
            most = MOST_REGULAR if name in REGULAR else MOST
            assert mine.distance(PictureHash(bytes.fromhex(theirs), 0)) <= most, name
        assert abs(hashes[0].quality - told["quality"]) <= 1
        assert pdq(picture) == hashes[0]
    assert same >= 19  # those that are drawn, and scikit-image's


def test_the_turns_are_those_of_the_turned_picture() -> None:
    picture = portraits(1)[0]
    turned = [np.rot90(picture, times) for times in range(4)]
    turned += [picture[::-1], picture[:, ::-1], picture.transpose(1, 0, 2), np.rot90(picture, 2).transpose(1, 0, 2)]
    hashes = dihedral(picture)
    assert len({each.bits for each in hashes}) == 8
    met = set()
    for each in turned:
        distances = [pdq(np.ascontiguousarray(each)).distance(one) for one in hashes]
        assert sorted(distances)[0] <= 20 < 60 < sorted(distances)[1]
        met.add(np.argmin(distances))
    assert len(met) == 8


def test_two_pictures_differ_in_half_their_bits() -> None:
    hashes = [pdq(picture) for picture in portraits()]
    for number, one in enumerate(hashes):
        assert one.distance(one) == 0
        assert all(80 < one.distance(other) < 176 for other in hashes[:number])


def test_plain_pictures_are_not_telling() -> None:
    assert not pdq(np.full((300, 300, 3), 128, np.uint8)).telling
    assert not pdq(np.zeros((4, 4000, 3), np.uint8)).telling
    assert pdq(portraits(1)[0]).telling


def test_a_header_cannot_make_it_large() -> None:
    assert len(pdq(np.zeros((5, 3_000_000), np.uint8)).bits) == 32


@pytest.mark.parametrize("shape", [(10, 10, 4), (10,), (10, 10, 1)])
def test_what_is_not_a_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        pdq(np.zeros(shape, np.uint8))


@settings(max_examples=60, deadline=None)
# A picture smaller than the 64 by 64 that PDQ makes of it may have coefficients that equal their median: seen at 8 by 5.
@given(st.integers(64, 200), st.integers(64, 200), st.integers(0, 2**32 - 1))
def test_half_the_bits_are_set_whatever_the_shape(height: int, width: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    for each in dihedral(picture):
        assert int.from_bytes(each.bits).bit_count() == 128
