"""Hostile files: huge, looping, malformed, with a script in a caption. Bounded time, no crash, and nothing is interpreted."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from files import XMP, chunk, exif, full_jpeg, full_png, iptc, photo, resources, saved, with_chunks, with_segments
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from signing import signed

from kintrace.provenance import inspect, private, sentences
from kintrace.provenance.exif import read_exif
from kintrace.provenance.iptc import read_iptc, read_resources
from kintrace.provenance.text import JOINERS, shown
from kintrace.provenance.xmp import read_xmp

SECONDS = 5.0
"""Of processor time for one hostile file, however busy the machine is; an ordinary photo takes a hundredth of that."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "HEIF", "AVIF", "BMP", "PPM")


def wholes() -> dict[str, bytes]:
    small = photo(side=96)
    without = ("GIF", "BMP", "PPM")
    made = {format: saved(small, format, **({} if format in without else {"exif": exif()})) for format in FORMATS}
    made |= {"full JPEG": full_jpeg(), "full PNG": full_png(), "signed": signed(saved(small, "JPEG"))}
    made["signed PNG"] = signed(saved(small, "PNG"), "image/png")
    return made


WHOLES = wholes()


def looked_into(data: bytes, most: float = SECONDS) -> None:
    start = time.process_time()
    facts = inspect(data, name="a.jpg")
    private(data)
    words = sentences(facts)
    assert time.process_time() - start < most
    assert words
    for each in words:
        assert len(each.text) < 2500
        assert all(character.isprintable() or character in JOINERS for character in each.text), each.text
    assert type(facts).from_dict(facts.as_dict()) == facts


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_files_changed_anywhere(data: st.DataObject) -> None:
    file = bytearray(WHOLES[data.draw(st.sampled_from(sorted(WHOLES)))])
    for _ in range(data.draw(st.integers(0, 8))):
        if not file:
            break
        at = data.draw(st.integers(0, len(file) - 1) | st.integers(0, min(len(file) - 1, 400)))
        match data.draw(st.sampled_from("setxcut")):
            case "s":
                file[at] = data.draw(st.integers(0, 255))
            case "e":
                file[at : at + 4] = struct.pack(
                    ">L", data.draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, len(file)]))
                )
            case "t":
                file[at:at] = data.draw(st.binary(max_size=40))
            case "x":
                del file[at : at + data.draw(st.integers(1, 60))]
            case "c":
                file[at : at + 8] = file[:8]
            case _:
                file = file[: at + 1]
    looked_into(bytes(file))


HEADS = [b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"Exif\0\0MM\0*", b"8BIM", b"\x1c\x02\x78"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(HEADS))
def test_blocks_of_anything(body: bytes, head: bytes) -> None:
    block = head + body
    read_exif(block)
    read_iptc(block)
    read_resources(block)
    read_xmp(block)
    heads = [(0xE1, b"Exif\0\0"), (0xE1, b"http://ns.adobe.com/xap/1.0/\0"), (0xED, b"Photoshop 3.0\0")]
    segments = [(code, head + block) for code, head in heads]
    looked_into(with_segments(WHOLES["JPEG"], *segments))


def test_directories_that_point_at_each_other() -> None:
    # Each entry of IFD 0 points to EXIF at the same place, which is IFD 0 again.
    entry = struct.pack("<HHLL", 0x8769, 4, 1, 8) + struct.pack("<HHLL", 0x8825, 4, 1, 8)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + entry + struct.pack("<L", 8)
    assert read_exif(block).damaged
    looked_into(saved(photo(), "JPEG", exif=b"Exif\0\0" + block))


def test_65535_entries_each_as_long_as_the_block() -> None:
    body = b"".join(struct.pack("<HHLL", 0x010E + number % 4, 2, 0xFFFF, 8) for number in range(65_535))
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 65_535) + body
    start = time.process_time()
    assert read_exif(block).damaged
    assert time.process_time() - start < 1
    looked_into(with_chunks(saved(photo(), "PNG"), (b"eXIf", block)))


def test_exif_of_twenty_megabytes() -> None:
    block = exif()[6:] + b"\0" * 20_000_000
    looked_into(with_chunks(saved(photo(), "PNG"), (b"eXIf", block)))


def test_texts_that_grow_when_unpacked() -> None:
    bomb = zlib.compress(b"\0" * 300_000_000, 9)
    texts = [(b"zTXt", b"Comment%d\0\0" % number + bomb) for number in range(5)]
    looked_into(with_chunks(saved(photo(), "PNG"), *texts), most=10)
    looked_into(with_chunks(saved(photo(), "PNG"), (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)))


@pytest.mark.parametrize(
    "packet",
    [
        b"<a>" * 100_000,
        b"<r>" + b"<a/>" * 400_000 + b"</r>",
        b'<r xmlns:x="' + b"y" * 1_000_000 + b'"/>',
        b"<r " + b" ".join(b'a%d="1"' % number for number in range(50_000)) + b"/>",
        b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 1000 + b'">' + b'<!ENTITY b "&a;&a;&a;">' * 1 + b"]><a>&b;</a>",
        XMP * 300,
        XMP.decode().encode("utf-16"),
        b"\xff" * 1000,
    ],
)
def test_xmp_that_is_deep_wide_or_strange(packet: bytes) -> None:
    looked_into(with_chunks(saved(photo(), "PNG"), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)))


ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "utf-8-sig", "iso-8859-1")


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 12), st.integers(1, 12), st.sampled_from(ENCODINGS), st.sampled_from(["inner", "outer", "parameter"])
)
def test_entities_are_refused_however_they_are_nested(depth: int, wide: int, encoding: str, kind: str) -> None:
    """Of wide¹² times ten letters at most, none are made; no file or address that an entity names is opened."""
    inner = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * wide if number else "ten letters"}">' for number in range(depth)
    )
    outer = '<!ENTITY e0 SYSTEM "file:///etc/passwd">'
    parameter = '<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;'
    entities = {"inner": inner, "outer": outer, "parameter": parameter}[kind]
    last = depth - 1 if kind == "inner" else 0
    packet = (
        f"<!DOCTYPE a [{entities}]><a xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>&e{last};</dc:title></a>"
    )
    start = time.process_time()
    found = read_xmp(packet.encode(encoding))
    assert time.process_time() - start < 1
    assert found.damaged
    assert found.values == {}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_directories_that_point_anywhere_end(data: st.DataObject) -> None:
    """Pointers to directories, backwards, forwards, in circles and beyond the end, in either byte order."""
    order, head = data.draw(st.sampled_from([("<", b"II*\0"), (">", b"MM\0*")]))
    count, tags = data.draw(st.integers(1, 6)), (0x8769, 0x8825, 0xA005, 0x014A, 0x0201, 0x927C, 0x010E)
    size = 2 + 12 * 3 + 4
    offsets = st.sampled_from([8 + size * number for number in range(count)]) | st.integers(0, 2**32 - 1)
    block = head + struct.pack(order + "L", 8)
    for _ in range(count):
        block += struct.pack(order + "H", 3)
        for _ in range(3):
            tag, kind = data.draw(st.sampled_from(tags)), data.draw(st.sampled_from([2, 4, 7, 13, 0xFFFF]))
            many = data.draw(st.integers(0, 3) | st.just(0xFFFFFFFF))
            block += struct.pack(order + "HHLL", tag, kind, many, data.draw(offsets))
        block += struct.pack(order + "L", data.draw(offsets))
    start = time.process_time()
    read_exif(block)
    assert time.process_time() - start < 1
    looked_into(with_segments(WHOLES["JPEG"], (0xE1, b"Exif\0\0" + block)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 0xFFFF), st.binary(max_size=20)), max_size=8
    )
)
def test_lengths_of_iptc_that_are_not_true(sets: list[tuple[int, int, int, bytes]]) -> None:
    """Lengths beyond the end, of 0, and those that say the length has so many bytes of its own (from 0x8000 on)."""
    block = b"".join(struct.pack(">BBBH", 0x1C, *each[:3]) + each[3] for each in sets)
    for value in read_iptc(block).values():
        assert len(value) <= len(block)
    long = b"8BIM\x04\x04\0\0" + struct.pack(">L", 0xFFFFFFFF) + block
    assert all(len(body) <= len(block) for body in read_resources(long).values())
    looked_into(with_segments(WHOLES["JPEG"], (0xED, b"Photoshop 3.0\0" + long)))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([b"zTXt", b"iTXt", b"iCCP"]), st.integers(0, 40_000_000), st.integers(0, 9), st.integers(0, 60))
def test_chunks_that_grow_when_unpacked(name: bytes, size: int, level: int, cut: int) -> None:
    """Of a chunk that is a hundred or a thousand times as large unpacked, a bounded part is; also where it is cut off."""
    head = {b"zTXt": b"Comment\0\0", b"iTXt": b"Title\0\1\0\0\0", b"iCCP": b"profile\0\0"}[name]
    packed = zlib.compress(b"A" * size, max(level, 1))
    looked_into(with_chunks(saved(photo(side=96), "PNG"), (name, head + packed[: len(packed) - cut])))


def test_a_million_segments_chunks_and_blocks() -> None:
    looked_into(b"\xff\xd8" + b"\xff\xe5\0\2" * 1_000_000)
    looked_into(WHOLES["PNG"][:33] + chunk(b"aaAa", b"") * 500_000)
    looked_into(b"RIFF\xff\xff\xff\x7fWEBP" + b"abcd\0\0\0\0" * 500_000)
    looked_into(b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\1a\0" * 500_000)
    looked_into(b"\0\0\0\x14ftypheic\0\0\0\0heic" + b"\0\0\0\x08free" * 500_000)
    looked_into(b"\xff\xd8\xff" + b"\xff" * 5_000_000)
    many = resources({0x0404: iptc(caption="x")}) * 100_000
    read_resources(many)
    read_iptc(iptc(caption="x") * 1_000_000)


def test_pictures_that_claim_to_be_vast() -> None:
    vast = bytearray(WHOLES["PNG"])
    vast[16:24] = b"\0\1\0\0\0\1\0\0"
    vast[29:33] = struct.pack(">L", zlib.crc32(bytes(vast[12:29])))
    facts = inspect(bytes(vast))
    assert facts.hashes == ()
    assert "The picture cannot be decoded." in facts.problems
    looked_into(bytes(vast))


SCRIPTS = (
    "<script>alert(1)</script>", "{{7*7}}", "\x1b[31mred\x1b]0;title\x07", "a\u202egnp.exe", "=cmd|' /C calc'!A0", "%s%n",
    "a\0b\r\nc",
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_captions_are_never_interpreted(script: str) -> None:
    made = Image.Exif()
    made[0x010E] = script if script.isascii() else "-"
    data = with_segments(
        saved(photo(), "JPEG", exif=made.tobytes()),
        (0xED, b"Photoshop 3.0\0" + resources({0x0404: iptc(caption=script, author=script)})),
        (0xFE, script.encode()),
    )
    looked_into(data)
    values = [each.value for each in inspect(data).metadata.texts]
    assert values
    for value in values:
        assert value in ("-", shown(script))
        assert not set(value) & set("\x1b\x07\0\r\n\u202e")
    if script.isprintable() and "\u202e" not in script:
        assert shown(script) == script  # markup stays as it was written: whoever puts it on a page escapes it


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2000) | st.binary(max_size=2000), st.integers(2, 400))
def test_shown_texts_are_one_short_line(text: str | bytes, longest: int) -> None:
    found = shown(text, longest)
    assert len(found) <= longest
    assert found == " ".join(found.split())
    assert shown(found, longest) == found


def test_scripts_that_need_joiners_keep_them() -> None:
    persian = "می\u200cخواهم"
    assert shown(persian) == persian
    assert shown("क्\u200dष") == "क्\u200dष"
    assert shown("a\ufeff\u2060\u00ad\u2066b") == "ab"


def test_bytes_of_a_picture_stay_out_of_the_facts() -> None:
    rng = np.random.default_rng(1)
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (50, 50, 3), dtype=np.uint8)).save(out, "PNG")
    assert len(str(inspect(out.getvalue()).as_dict())) < 6000
