"""Files of several pictures: how many there are is told, since somebody else may be in the others."""

import io
import struct

import pytest
from files import chunk, photo, saved
from PIL import Image

from kintrace.provenance import Inspector, PhotoFacts, inspect, sentences
from kintrace.provenance.frames import MOST_FRAMES


def several(format: str, **options: object) -> bytes:
    first = photo().convert("RGB")
    out = io.BytesIO()
    if format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    first.save(out, format, save_all=True, append_images=[first.rotate(90), first.rotate(180)], **options)
    return out.getvalue()


def told(facts: PhotoFacts) -> str:
    return " ".join(each.text for each in sentences(facts) if each.topic == "file")


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF", "AVIF", "HEIF"])
def test_several_pictures_in_a_file_are_counted_and_told(format: str) -> None:
    facts = inspect(several(format))
    assert facts.file.frames == 3
    assert "The file holds 3 pictures; only the first is used." in told(facts)
    assert facts.as_dict()["file"]["frames"] == 3


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "HEIF", "AVIF", "BMP", "PPM"])
def test_of_one_picture_nothing_is_said(format: str) -> None:
    facts = inspect(saved(photo(), format))
    assert facts.file.frames == 1
    assert "pictures" not in told(facts)


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_of_one_picture_is_one(lossless: bool) -> None:
    assert inspect(saved(photo().convert("RGBA"), "WEBP", lossless=lossless)).file.frames == 1


def test_the_picture_that_stands_before_an_animation_counts() -> None:
    facts = inspect(several("PNG", default_image=True))
    assert facts.file.frames == 3
    with Image.open(io.BytesIO(several("PNG", default_image=True))) as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]


def test_pages_of_a_bigtiff() -> None:
    assert inspect(several("TIFF", big_tiff=True)).file.frames == 3


def test_pages_that_run_in_a_circle_or_point_outside_end() -> None:
    page = struct.pack("<H", 0)
    circle = b"II*\0" + struct.pack("<L", 8) + page + struct.pack("<L", 14) + page + struct.pack("<L", 8)
    assert inspect(circle).file.frames == 2
    outside = b"II*\0" + struct.pack("<L", 8) + page + struct.pack("<L", 0xFFFFFFFF)
    assert inspect(outside).file.frames == 1
    assert inspect(b"II+\0\x08\0\0\0" + b"\xff" * 8).file.frames == 0
    many = b"II*\0" + b"".join(struct.pack("<LH", 8 + 6 * number, 0) for number in range(MOST_FRAMES + 100))
    assert inspect(many).file.frames == MOST_FRAMES


def test_an_animation_that_claims_more_than_it_holds() -> None:
    data = several("PNG")
    at = data.index(b"acTL") - 4
    made = data[:at] + chunk(b"acTL", struct.pack(">LL", 0xFFFFFFFF, 0)) + data[at + 20 :]
    assert inspect(made).file.frames == 3


def test_facts_of_an_earlier_release_are_read_back_and_say_nothing_of_it() -> None:
    plain = inspect(several("GIF")).as_dict()
    del plain["file"]["frames"], plain["file"]["undecoded"]
    facts = PhotoFacts.from_dict(plain)
    assert (facts.file.frames, facts.file.undecoded) == (0, "")
    assert told(facts) == ""


def test_a_process_of_its_own_counts_them_too() -> None:
    with Inspector() as inspector:
        assert inspector.inspect(several("GIF")).file.frames == 3
