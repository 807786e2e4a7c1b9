"""Small pictures in a file, compared with the picture."""

import numpy as np
import pytest
from files import exif, photo, resources, saved, with_segments
from PIL import Image, ImageEnhance

from kintrace.provenance import Thumbnail, inspect


def seen(picture: Image.Image, small: Image.Image, **options: object) -> Thumbnail:
    (found,) = inspect(saved(picture, "JPEG", exif=exif(thumbnail=small, **options))).thumbnails
    return found


def barred(picture: Image.Image) -> Image.Image:
    """160 × 120 with black bars, as cameras make them of every shape."""
    small = picture.copy()
    small.thumbnail((160, 120))
    bars = Image.new("RGB", (160, 120))
    bars.paste(small, ((160 - small.width) // 2, (120 - small.height) // 2))
    return bars


@pytest.mark.parametrize("number", range(3))
def test_the_same_picture(number: int) -> None:
    whole = photo(number)
    for small in (whole, barred(whole), ImageEnhance.Brightness(whole).enhance(0.7)):
        found = seen(whole, small)
        assert found.compared == "same", found
        assert found.where == "EXIF"


@pytest.mark.parametrize("number", range(3))
def test_another_picture(number: int) -> None:
    assert seen(photo(number), photo(number + 1)).compared == "differs"


def test_something_was_put_into_the_picture_afterwards() -> None:
    before = photo()
    after = before.copy()
    after.paste(photo(1).resize((90, 90)), (100, 60))
    assert seen(after, before).compared == "differs"


def test_cut_afterwards() -> None:
    before = photo()
    width, height = before.size
    assert seen(before.crop((width // 3, 0, width, height * 2 // 3)), before).compared == "differs"


def test_turned_with_or_without_its_thumbnail() -> None:
    lying = photo().transpose(Image.Transpose.ROTATE_90)
    assert seen(lying, lying, orientation=6).compared == "same"
    assert seen(lying, lying.transpose(Image.Transpose.ROTATE_270), orientation=6).compared == "same"


def test_plain_and_broken_ones_are_not_compared() -> None:
    assert seen(photo(), Image.new("RGB", (160, 120), "grey")).compared == "not comparable"
    block = exif(thumbnail=photo())
    broken = block[: block.index(b"\xff\xd8") + 40] + b"\0" * (len(block) - block.index(b"\xff\xd8") - 40)
    (found,) = inspect(saved(photo(), "JPEG", exif=broken)).thumbnails
    assert (found.compared, found.width) == ("not comparable", 0)


def test_photoshops_own() -> None:
    small = saved(photo(1).resize((128, 128)), "JPEG")
    data = with_segments(saved(photo(), "JPEG"), (0xED, b"Photoshop 3.0\0" + resources({0x040C: b"\0" * 28 + small})))
    (found,) = inspect(data).thumbnails
    assert (found.where, found.compared, found.width) == ("Photoshop", "differs", 128)


def test_a_vast_thumbnail_is_not_decoded() -> None:
    block = exif(thumbnail=photo())
    start = block.index(b"\xff\xc0")
    vast = bytearray(block)
    vast[start + 5 : start + 9] = b"\xff\xff\xff\xff"  # height and width in its header
    (found,) = inspect(saved(photo(), "JPEG", exif=bytes(vast))).thumbnails
    assert found.compared == "not comparable"


def test_differences_are_of_the_worst_place() -> None:
    from kintrace.provenance.thumbnails import DIFFERS, difference

    one = np.asarray(photo().convert("RGB"))
    other = one.copy()
    other[40:100, 40:100] = np.asarray(photo(1).convert("RGB"))[120:180, 120:180]
    same = difference(one, one)
    assert same is not None
    assert same < 0.01
    found = difference(one, other)
    assert found is not None
    assert found > DIFFERS
