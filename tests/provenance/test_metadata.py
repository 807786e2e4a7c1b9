"""What the metadata say, in every format, and what of it is private."""

import hashlib
import json
import struct

import numpy as np
import pytest
from files import (
    LATITUDE,
    LONGITUDE,
    OWNER,
    SERIAL,
    TOWN,
    XMP,
    chunk,
    exif,
    full_jpeg,
    full_png,
    iptc,
    photo,
    resources,
    saved,
    with_chunks,
    with_segments,
)
from PIL import Image

from kintrace.provenance import PhotoFacts, inspect, private, sentences
from kintrace.provenance.tables import MOZJPEG, scaled


def said(facts: PhotoFacts) -> dict[tuple[str, str], str]:
    found = (*facts.metadata.times, *facts.metadata.software, *facts.metadata.texts)
    return {(each.where, each.what): each.value for each in found}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_exif_of_every_format(format: str) -> None:
    data = saved(photo(), format, exif=exif())
    facts = inspect(data, name=f"photo.{format.lower()}")
    assert facts.file.format == format
    assert facts.file.agrees
    assert (facts.file.width, facts.file.height) == photo().size
    assert facts.metadata.camera == "Maker Model 3"
    assert facts.metadata.lens == "Lens 50"
    words = said(facts)
    assert words["EXIF", "taken"] == "2019:07:06 05:04:03 +02:00"
    assert words["EXIF", "software"] == "Firmware 1.2"
    assert words["EXIF", "comment"] == "a comment"
    assert facts.metadata.place
    assert facts.metadata.serial
    kept = private(data)
    assert (kept.latitude, kept.longitude) == (LATITUDE, LONGITUDE)
    assert {each.value for each in kept.serials} >= {SERIAL, f"L{SERIAL}", OWNER}
    assert kept.makers_note


def test_facts_and_words_hold_nothing_private() -> None:
    for data in (full_jpeg(), full_png()):
        facts = inspect(data)
        told = json.dumps(facts.as_dict()) + " ".join(
            each.text for each in sentences(facts) if each.topic != "metadata"
        )
        assert SERIAL not in " ".join(
            [facts.metadata.camera, facts.metadata.lens, *(each.value for each in facts.metadata.times)]
        )
        assert str(LATITUDE)[:6] not in told
        assert TOWN not in told


def test_everything_in_one_jpeg() -> None:
    facts = inspect(full_jpeg())
    assert facts.metadata.present == ("EXIF", "ICC", "IPTC", "XMP", "comments")
    words = said(facts)
    assert words["XMP", "CreatorTool"] == "Some Editor 7"
    assert words["XMP", "created"] == "2020-05-04T03:02:01"
    assert words["IPTC", "caption"] == f"By {OWNER}"
    assert words["IPTC", "taken"] == "20190706"
    assert [(step.action, step.program, step.when) for step in facts.metadata.edits] == [
        ("created", "Some Editor 7", ""),
        ("saved", "", "2021-01-01"),
    ]
    assert facts.metadata.source_type == "compositeWithTrainedAlgorithmicMedia"
    kept = private(full_jpeg())
    assert {(each.where, each.value) for each in kept.places} >= {
        ("IPTC", TOWN),
        ("XMP", TOWN),
        ("XMP", "46,13.66668N"),
    }
    assert PhotoFacts.from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


def test_texts_of_a_png() -> None:
    facts = inspect(full_png())
    words = said(facts)
    assert words["text", "Author"] == OWNER
    assert ("text", "Comment") not in words  # it is the camera's serial number
    assert facts.metadata.withheld == 1
    assert ("text", "Comment", SERIAL) in {(each.where, each.what, each.value) for each in private(full_png()).serials}
    assert words["XMP", "CreatorTool"] == "Some Editor 7"


PLACES_IN_WORDS = (
    "+46.2277+006.1369/", "+4613-00608/", "46.227778, 6.136944", "at 46.22777N 6.13694E, by the lake", "46°13'40\" N 6°8'13\" E",
    "46,13.66668N", "N46.2277 E6.1369", "geo:46.2,6.1", "https://maps.example/?q=46.227778,6.136944&z=3",
)  # fmt: skip
NO_PLACES = (
    "By the well, 2019-07-06", "+41-791234567", "f/2.8, 1/250 s, ISO 200", "1,250 people came", "Room 12.5 West", "V 12.3.4",
    "parameters: steps 20, seed 1234567890, size 512x512, CFG scale 7.5",
)  # fmt: skip


@pytest.mark.parametrize("caption", PLACES_IN_WORDS)
def test_a_place_in_a_caption_stays_with_the_original(caption: str) -> None:
    for data in (
        with_chunks(saved(photo(), "PNG"), (b"iTXt", b"Comment\0\0\0\0\0" + caption.encode())),
        with_segments(saved(photo(), "JPEG"), (0xFE, caption.encode())),
        with_segments(saved(photo(), "JPEG"), (0xED, b"Photoshop 3.0\0" + resources({0x0404: iptc(caption=caption)}))),
    ):
        facts = inspect(data)
        told = json.dumps(facts.as_dict(), ensure_ascii=False) + " ".join(each.text for each in sentences(facts))
        assert caption not in told
        assert (facts.metadata.place, facts.metadata.withheld, facts.metadata.texts) == (True, 1, ())
        assert any("only with the original" in each.text for each in sentences(facts))
        assert [each.value for each in private(data).places] == [caption]


@pytest.mark.parametrize("caption", NO_PLACES)
def test_what_is_no_place_is_shown(caption: str) -> None:
    facts = inspect(with_segments(saved(photo(), "JPEG"), (0xFE, caption.encode())))
    assert [each.value for each in facts.metadata.texts] == [caption]
    assert (facts.metadata.place, facts.metadata.withheld) == (False, 0)


def test_exif_that_a_program_turned_into_texts_of_a_png() -> None:
    texts = {b"exif:GPSLatitude": b"46/1,13/1,40/1", b"exif:BodySerialNumber": SERIAL.encode(), b"exif:Make": b"Maker"}
    data = with_chunks(saved(photo(), "PNG"), *((b"tEXt", name + b"\0" + value) for name, value in texts.items()))
    facts = inspect(data)
    assert said(facts) == {("text", "exif:Make"): "Maker"}
    assert facts.metadata.place
    assert facts.metadata.serial
    kept = private(data)
    assert [each.value for each in (*kept.places, *kept.serials)] == ["46/1,13/1,40/1", SERIAL]


RDF = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:unknown="http://a.example/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"{more}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>"""
SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def with_xmp(inner: str = "", more: str = "") -> bytes:
    packet = RDF.format(inner=inner, more=more).encode()
    return with_segments(saved(photo(), "JPEG"), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))


@pytest.mark.parametrize(
    "inner",
    [
        f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{SOURCES}trainedAlgorithmicMedia"/>',
        f"<Iptc4xmpExt:DigitalSourceType>{SOURCES}trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>",
    ],
)
def test_a_source_type_as_an_address_or_as_a_text(inner: str) -> None:
    assert inspect(with_xmp(inner)).metadata.source_type == "trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    "inner",
    [
        "<exif:GPSAltitude>431/1</exif:GPSAltitude>",
        "<exif:GPSDestLatitude>46,13.66668N</exif:GPSDestLatitude>",
        "<Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li Iptc4xmpExt:ProvinceState='Somewhere'/></rdf:Bag>"
        "</Iptc4xmpExt:LocationCreated>",
        "<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li><rdf:Description Iptc4xmpExt:CountryCode='XX'/></rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:LocationShown>",
        "<unknown:latitude>46.2</unknown:latitude>".replace("latitude", "GeoLatitude"),
    ],
)
def test_places_of_any_schema(inner: str) -> None:
    facts = inspect(with_xmp(inner))
    assert facts.metadata.place
    assert facts.metadata.texts == ()
    assert len(private(with_xmp(inner)).places) == 1


def test_who_is_in_the_picture_by_its_metadata() -> None:
    people = "".join(f"<rdf:li mwg-rs:Name='Person {number}'/>" for number in (1, 2))
    data = with_xmp(
        "<dc:subject><rdf:Bag><rdf:li>wedding</rdf:li><rdf:li>2011</rdf:li></rdf:Bag></dc:subject>"
        f"<mwg-rs:RegionList><rdf:Bag>{people}</rdf:Bag></mwg-rs:RegionList>"
        "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>One</rdf:li><rdf:li xml:lang='fr'>Un</rdf:li></rdf:Alt></dc:title>"
    )
    words = said(inspect(data))
    assert words["XMP", "keywords"] == "wedding; 2011"
    assert words["XMP", "people shown"] == "Person 1; Person 2"
    assert words["XMP", "title"] == "One"
    sets = struct.pack(">BBBH", 0x1C, 2, 25, 3)
    many = with_segments(
        saved(photo(), "JPEG"), (0xED, b"Photoshop 3.0\0" + resources({0x0404: sets + b"one" + sets + b"two"}))
    )
    assert said(inspect(many))["IPTC", "keywords"] == "one; two"


def test_xmp_that_is_longer_than_a_segment() -> None:
    """Its rest stands in segments of its own, each with its place in the whole; in any order, and some of another packet."""
    name = b"0123456789ABCDEF0123456789ABCDEF"
    inner = f"<exif:GPSLatitude>46,13.66668N</exif:GPSLatitude><dc:title>{'t' * 99_000}</dc:title>"
    rest = RDF.format(more="", inner=inner).encode()
    head = b"http://ns.adobe.com/xmp/extension/\0"

    def part(at: int, name: bytes = name) -> tuple[int, bytes]:
        return 0xE1, head + name + struct.pack(">LL", len(rest), at) + rest[at : at + 60_000]

    first = RDF.format(more=f' xmpNote:HasExtendedXMP="{name.decode()}"', inner="").encode()
    packet = (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + first)
    data = with_segments(saved(photo(), "JPEG"), packet, part(60_000), part(0, name[::-1]), part(0))
    assert inspect(data).metadata.place
    assert [each.value for each in private(data).places] == ["46,13.66668N"]
    cut = with_segments(saved(photo(), "JPEG"), packet, part(60_000))
    assert any("XMP is damaged" in each for each in inspect(cut).problems)
    alone = with_segments(saved(photo(), "JPEG"), part(0))
    assert inspect(alone).metadata.place is False


def test_the_time_by_gps_is_that_of_greenwich_and_the_place_that_was_aimed_at_is_private() -> None:
    from PIL import Image
    from PIL.TiffImagePlugin import IFDRational

    made = Image.Exif()
    gps = made.get_ifd(0x8825)
    gps[7], gps[29] = (IFDRational(9), IFDRational(5), IFDRational(7)), "2019:07:06"
    data = saved(photo(), "JPEG", exif=made.tobytes())
    assert said(inspect(data))["EXIF", "date by GPS"] == "2019:07:06 09:05:07 UTC"
    assert not inspect(data).metadata.place
    gps[7] = (IFDRational(99), IFDRational(5), IFDRational(7))
    assert said(inspect(saved(photo(), "JPEG", exif=made.tobytes())))["EXIF", "date by GPS"] == "2019:07:06"
    gps[19], gps[20], gps[21], gps[22] = "S", (46.0, 30.0, 0.0), "W", (6.0, 0.0, 0.0)
    gps[28] = b"ASCII\0\0\0" + TOWN.encode()
    data = saved(photo(), "JPEG", exif=made.tobytes())
    assert inspect(data).metadata.place
    assert TOWN not in str(inspect(data))
    assert [(each.what, each.value) for each in private(data).places] == [
        ("area", TOWN), ("what it shows", "-46.500000, -6.000000"),
    ]  # fmt: skip


def test_exif_as_imagemagick_writes_it() -> None:
    raw = b"\nexif\n  99\n" + exif().hex().encode()
    data = with_chunks(saved(photo(), "PNG"), (b"tEXt", b"Raw profile type exif\0" + raw))
    assert inspect(data).metadata.camera == "Maker Model 3"


@pytest.mark.parametrize(
    ("name", "claimed", "agrees"),
    [
        ("a.jpg", "JPEG", True),
        ("a.JPEG", "JPEG", True),
        ("image/png", "PNG", False),
        ("a.heic", "HEIF", False),
        ("", "", True),
    ],
)
def test_the_name_and_what_it_is(name: str, claimed: str, agrees: bool) -> None:
    facts = inspect(saved(photo(), "JPEG"), name=name)
    assert (facts.file.format, facts.file.claimed, facts.file.agrees) == ("JPEG", claimed, agrees)
    assert any("Its name says" in each.text for each in sentences(facts)) == (not agrees)


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04abc", "ZIP"),
        (b"<html><script>", "HTML"),
        (b"MZ\x90", "Windows program"),
        (b"bmp and mz", ""),
    ],
)
def test_what_is_no_photo(data: bytes, format: str) -> None:
    facts = inspect(data, name="holiday.jpg")
    assert facts.file.format == format
    assert facts.hashes == ()
    assert not facts.file.agrees
    assert any("not those of a photo" in each.text for each in sentences(facts))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize(("tail", "kind"), [(b"PK\x03\x04 more", "ZIP"), (b"whatever this is", "")])
def test_data_behind_the_end(format: str, tail: bytes, kind: str) -> None:
    data = saved(photo(), format)
    assert inspect(data).file.trailing == 0
    assert inspect(data + b"\0" * 100).file.trailing == 0  # some cameras fill up
    found = inspect(data + tail).file
    assert (found.trailing, found.trailing_kind) == (len(tail), kind)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "I;16"])
def test_data_behind_the_end_of_netpbm(mode: str) -> None:
    grey = np.asarray(photo().convert("L"), np.uint16) * 256
    picture = Image.fromarray(grey) if mode == "I;16" else photo().convert(mode)
    data = saved(picture, "PPM")
    data = data[:3] + b"# made by a program\n" + data[3:]
    facts = inspect(data)
    assert facts.hashes
    assert said(facts) == {("text", "comment"): "made by a program"}
    assert facts.file.trailing == 0
    found = inspect(data + b"PK\x03\x04 more").file
    assert (found.trailing, found.trailing_kind) == (9, "ZIP")
    assert inspect(data[:-5]).file.trailing == 0
    assert inspect(b"P6 99999999 99999999 255\n" + data).file.trailing == 0
    assert inspect(b"P6 " + b"#\n" * 1000 + data).file.trailing == 0


def test_compression_of_known_programs() -> None:
    for quality in (1, 30, 50, 75, 87, 92, 100):
        found = inspect(saved(photo(), "JPEG", quality=quality)).compression
        assert found is not None
        assert (found.family, found.setting) == ("libjpeg", str(quality))
    for preset in ("web_low", "web_high", "medium", "maximum"):
        found = inspect(saved(photo(), "JPEG", quality=preset)).compression
        assert found is not None
        assert (found.family, found.setting) == ("photoshop", preset)
    grey = inspect(saved(photo().convert("L"), "JPEG", quality=80)).compression
    assert grey is not None
    assert (grey.family, grey.setting) == ("libjpeg", "80")


def test_compression_of_mozjpeg() -> None:
    """As libvips 8.18, built with it, wrote it: the digest is of its luma tables at qualities 1 to 100, one after the other."""
    tables = [scaled(MOZJPEG, quality) for quality in range(1, 101)]
    digest = hashlib.sha256(b"".join(map(bytes, tables))).hexdigest()
    assert digest == "3e81405ab62499648941d2c002e7519a8417ad9a85bb37a5d82b8dd545165336"
    for quality in (30, 75, 90):
        for mode, count in (("RGB", 2), ("L", 1)):
            data = saved(photo().convert(mode), "JPEG", qtables=[list(tables[quality - 1])] * count)
            facts = inspect(data)
            assert facts.compression is not None
            assert (facts.compression.family, facts.compression.setting) == ("mozjpeg", str(quality))
            assert any("not what took the photo" in each.text for each in sentences(facts))
    finest = inspect(saved(photo(), "JPEG", qtables=[[1] * 64] * 2)).compression
    assert finest is not None
    assert (finest.family, finest.setting) == ("libjpeg", "100")  # nobody can tell these two apart


def test_compression_that_is_not_known() -> None:
    tables = [[value % 50 + 3 for value in range(64)], [value % 40 + 5 for value in range(64)]]
    facts = inspect(saved(photo(), "JPEG", qtables=tables, subsampling=0, progressive=True))
    assert facts.compression is not None
    assert (facts.compression.family, facts.compression.sampling, facts.compression.progressive) == ("", "4:4:4", True)
    assert any("says nothing against the photo" in each.text for each in sentences(facts))
    same = inspect(saved(photo(1), "JPEG", qtables=tables, subsampling=0)).compression
    assert same is not None
    assert same.tables == facts.compression.tables


def marks(data: bytes) -> list[tuple[str, bool]]:
    return [(mark.kind, mark.says_so) for mark in inspect(data).marks]


def test_screenshots() -> None:
    unicode = b"UNICODE\0" + "Screenshot".encode("utf-16-le")
    for comment in (b"ASCII\0\0\0Screenshot", unicode):
        made = exif(comment=comment.decode("latin-1"), make="", model="")
        assert ("screenshot", True) in marks(saved(photo(), "JPEG", exif=made))
    assert ("screenshot", True) in marks(with_chunks(saved(photo(), "PNG"), (b"tEXt", b"Software\0gnome-screenshot")))
    android = exif(software="Android RQ3A.210805.001.A1", make="", model="")
    assert ("screenshot", True) in marks(saved(photo(), "PNG", exif=android))
    assert marks(saved(photo().resize((1080, 2340)), "PNG")) == [("screenshot", False)]
    told = f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{SOURCES}screenCapture"/>'
    assert marks(with_xmp(told)) == [("screenshot", True)]
    assert marks(saved(photo(), "JPEG", exif=exif())) == []


def test_networks_and_messengers() -> None:
    line = resources({0x0404: iptc(instructions="FBMD01000a")})
    facebook = with_segments(saved(photo(), "JPEG"), (0xED, b"Photoshop 3.0\0" + line))
    assert ("social network", True) in marks(facebook)
    telegram = saved(photo().resize((1280, 960)), "JPEG", quality=87)
    assert marks(telegram) == [("messenger", False)]
    assert "Telegram Desktop" in inspect(telegram).marks[0].words
    assert marks(saved(photo().resize((1600, 1200)), "JPEG", quality=80)) == [("messenger", False)]
    # A camera's file of that size, and one of a size nobody makes, fit nothing.
    assert marks(saved(photo().resize((1280, 960)), "JPEG", quality=87, exif=exif())) == []
    assert marks(saved(photo().resize((1284, 963)), "JPEG", quality=87)) == []


def test_what_says_it_was_generated_or_edited() -> None:
    assert ("generated", True) in marks(full_jpeg())
    assert ("edited", True) in marks(full_jpeg())
    parameters = with_chunks(saved(photo(), "PNG"), (b"tEXt", b"parameters\0a person, 20 steps"))
    assert marks(parameters) == [("generated", False)]
    named = with_chunks(saved(photo(), "PNG"), (b"tEXt", b"Software\0Stable Diffusion web UI"))
    assert marks(named) == [("generated", True)]
    for mark in inspect(full_jpeg()).marks:
        assert mark.source


def test_smaller_than_the_camera_recorded() -> None:
    from PIL import Image

    made = Image.Exif()
    inner = made.get_ifd(0x8769)
    inner[0xA002], inner[0xA003] = 4032, 3024
    assert marks(saved(photo(), "JPEG", exif=made.tobytes())) == [("edited", True)]
    inner[0xA002], inner[0xA003] = reversed(photo().size)  # turned since: nothing was cut
    assert marks(saved(photo(), "JPEG", exif=made.tobytes())) == []


def test_pixels_that_were_decoded_already_are_used() -> None:
    import numpy as np

    from kintrace.provenance import dihedral

    other = np.asarray(photo(1).convert("RGB"))
    facts = inspect(saved(photo(), "JPEG"), pixels=other)
    assert facts.hashes == dihedral(other)
    assert (facts.file.width, facts.file.height) == photo().size


def test_orientation_is_taken_out_before_hashing() -> None:
    import numpy as np

    from kintrace.provenance import pdq

    lying = photo().transpose(method=4)  # turned by 270 degrees, as Pillow counts
    facts = inspect(saved(lying, "PNG", exif=exif(orientation=8)))
    assert facts.hash is not None
    assert facts.hash.distance(pdq(np.asarray(photo().convert("RGB")))) == 0


def test_an_xmp_packet_with_a_document_type_is_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    for packet in (bomb, XMP.replace(b"<x:xmpmeta", b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x:xmpmeta", 1)):
        facts = inspect(with_segments(saved(photo(), "JPEG"), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)))
        assert any("XMP" in problem for problem in facts.problems)
        assert facts.metadata.software == ()


def test_a_chunk_behind_the_end_is_not_read() -> None:
    data = saved(photo(), "PNG") + chunk(b"tEXt", b"Author\0Somebody")
    assert inspect(data).metadata.texts == ()
