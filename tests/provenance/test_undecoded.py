"""A photo that is not decoded: why, and never that it is no photo."""

import struct
import zlib

import pytest
from files import photo, saved, with_chunks

from kintrace.provenance import PhotoFacts, inspect, sentences


def vast_png() -> bytes:
    made = bytearray(saved(photo(), "PNG"))
    made[16:24] = struct.pack(">LL", 100_000, 100_000)
    made[29:33] = struct.pack(">L", zlib.crc32(bytes(made[12:29])))
    return bytes(made)


def vast_jpeg() -> bytes:
    made = bytearray(saved(photo(), "JPEG"))
    at = made.index(b"\xff\xc0")
    made[at + 5 : at + 9] = b"\xff" * 4
    return bytes(made)


def much_text() -> bytes:
    packed = zlib.compress(b"a" * 30_000_000)
    return with_chunks(saved(photo(), "PNG"), (b"zTXt", b"Comment\0\0" + packed))


def much_text_unpacked() -> bytes:
    return with_chunks(saved(photo(), "PNG"), *[(b"tEXt", b"Comment\0" + b"a" * 30_000_000)] * 3)


def cut(format: str, size: int | None = None) -> bytes:
    data = saved(photo(), format)
    return data[: size or len(data) // 2]


@pytest.mark.parametrize(
    ("data", "why", "words"),
    [
        (vast_png(), "too_many_pixels", "it has 100,000 × 100,000 pixels"),
        (vast_jpeg(), "too_many_pixels", "it has 65,535 × 65,535 pixels"),
        (much_text(), "too_much_text", "more text than Kintrace unpacks"),
        (much_text_unpacked(), "too_much_text", "more text than Kintrace unpacks"),
        (cut("JPEG"), "cut_off", "the file is cut off"),
        (cut("JPEG", 30), "cut_off", "the file is cut off"),
        (cut("PNG"), "cut_off", "the file is cut off"),
        (cut("WEBP"), "cut_off", "the file is cut off"),
        (cut("GIF"), "cut_off", "the file is cut off"),
        (cut("TIFF"), "cut_off", "the file is cut off"),
        (cut("AVIF"), "damaged", "It is AVIF by its first bytes, but its picture could not be decoded."),
        (b"\xff\xd8" + b"\xff\xe5\0\2" * 100_000, "too_many_parts", "more parts than any program writes"),
    ],
)  # fmt: skip
def test_why_it_was_not_decoded(data: bytes, why: str, words: str) -> None:
    facts = inspect(data)
    assert facts.hashes == ()
    assert facts.file.undecoded == why
    told = " ".join(each.text for each in sentences(facts) if each.topic == "file")
    assert words in told
    assert "not those of a photo" not in told
    assert PhotoFacts.from_dict(facts.as_dict()) == facts


def test_facts_of_an_earlier_release_do_not_tell_why() -> None:
    plain = inspect(cut("JPEG", 30)).as_dict()
    del plain["file"]["frames"], plain["file"]["undecoded"]
    told = sentences(PhotoFacts.from_dict(plain))
    assert told[0].text == "It is JPEG by its first bytes, but its picture could not be decoded."


def test_of_a_decoded_photo_nothing_is_said() -> None:
    facts = inspect(saved(photo(), "PNG"))
    assert facts.file.undecoded == ""
    assert not any("decoded" in each.text for each in sentences(facts))


def test_of_an_empty_file_it_is_said_that_it_is_empty_and_no_more() -> None:
    assert [(each.topic, each.text) for each in sentences(inspect(b"", name="a.jpg"))] == [
        ("file", "The file is empty.")
    ]
