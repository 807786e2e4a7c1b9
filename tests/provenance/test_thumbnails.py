"""Small pictures in a file, compared with the picture."""

import base64
import io
import struct

import numpy as np
import pillow_heif
import pytest
from files import exif, photo, resources, saved, with_segments
from PIL import Image, ImageEnhance

from kintrace.provenance import Inspector, Thumbnail, inspect
from kintrace.provenance.boxes import small_first


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


def heif(picture: Image.Image, side: int = 0) -> bytes:
    """A HEIF, with a thumbnail of a side where one is asked for."""
    made = pillow_heif.from_pillow(picture)
    made.info["thumbnails"] = [side] if side else []
    out = io.BytesIO()
    made.save(out, quality=85)
    return out.getvalue()


def extent(data: bytes, item: int) -> tuple[int, int, int]:
    """Of a picture in a HEIF as libheif writes it: where the file says where it is; where that is, and how long."""
    at = data.index(b"iloc") + 12 + 18 * (item - 1)
    number, _, base, _, offset, length = struct.unpack_from(">HHLHLL", data, at)
    assert number == item
    return at + 4, base + offset, length


def with_thumbnail_of(data: bytes, other: bytes) -> bytes:
    """A HEIF with the picture of another, of the thumbnail's size, in the thumbnail's place; it lies behind all else."""
    place, *_ = extent(data, 2)
    _, at, length = extent(other, 1)
    changed = bytearray(data)
    struct.pack_into(">LHLL", changed, place, 0, 1, len(data) + 8, length)
    return bytes(changed) + struct.pack(">L4s", length + 8, b"mdat") + other[at : at + length]


def test_the_thumbnail_of_a_heif_is_compared() -> None:
    picture, other = photo().resize((320, 240)), photo(1).resize((320, 240))
    assert inspect(heif(picture)).thumbnails == ()
    same = heif(picture, 160)
    (found,) = inspect(same).thumbnails
    assert (found.where, found.compared, found.width, found.height) == ("HEIF", "same", 160, 120)
    (found,) = inspect(with_thumbnail_of(same, heif(other.resize((160, 120))))).thumbnails
    assert (found.where, found.compared) == ("HEIF", "differs")
    facts = inspect(same)
    assert facts.hash == inspect(heif(picture)).hash  # the picture is looked for, not the thumbnail


def test_a_heif_that_is_cut_or_points_anywhere_has_a_thumbnail_or_none() -> None:
    data = heif(photo().resize((320, 240)), 160)
    for cut in range(0, 800, 7):
        small_first(data[:cut])
    place = data.index(b"thmb")
    for at in (place - 4, place + 4, place + 6, place + 8, data.index(b"pitm") + 8, data.index(b"meta") - 4):
        for value in (b"\0\0", b"\0\1", b"\0\2", b"\xff\xff"):
            changed = data[:at] + value + data[at + 2 :]
            small_first(changed)
            assert len(inspect(changed).thumbnails) <= 1


def test_it_is_drawn_anew_upright_in_a_process_of_its_own() -> None:
    """What is looked at is the picture and nothing else of the file; what is not there or no picture gives none."""
    small = photo()
    small.thumbnail((160, 120))
    turned = small.transpose(Image.Transpose.ROTATE_90)
    data = saved(photo(1), "JPEG", exif=exif(thumbnail=turned, orientation=6))
    with Inspector() as inspector:
        found = inspector.small_picture(data, 0)
        drawn = base64.b64decode(found.jpeg)
        assert found.where == "EXIF"
        assert b"Exif" not in drawn
        seen = np.asarray(Image.open(io.BytesIO(drawn)).convert("L"), float)
        assert seen.shape == (small.height, small.width)
        assert np.abs(seen - np.asarray(small.convert("L"), float)).mean() < 8
        for number in (1, -1, 10**6):
            assert inspector.small_picture(data, number).jpeg == ""
        assert inspector.small_picture(b"\xff\xd8 nothing", 0).jpeg == ""
