"""Photo files made for tests: with metadata of every kind, signed, altered, hostile."""

import io
import struct
import zlib

import numpy as np
from drawn import portraits
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

Pixels = NDArray[np.uint8]

SERIAL, OWNER, TOWN = "SN-48151623", "Owner-Ownersson", "Secretville"
LATITUDE, LONGITUDE = 46.227778, 6.136944
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmp:CreatorTool="Some Editor 7" xmp:CreateDate="2020-05-04T03:02:01" aux:SerialNumber="{SERIAL}"
 exif:GPSLatitude="46,13.66668N" photoshop:City="{TOWN}"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">A &lt;script&gt;alert(1)&lt;/script&gt;
day</rdf:li></rdf:Alt></dc:description> <xmpMM:History><rdf:Seq><rdf:li stEvt:action="created" stEvt:softwareAgent="Some
Editor 7"/>
<rdf:li><rdf:Description><stEvt:action>saved</stEvt:action><stEvt:when>2021-01-01</stEvt:when></rdf:Description></rdf:li>
</rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta> <?xpacket end="w"?>""".encode()


def photo(number: int = 0, side: int = 320) -> Image.Image:
    """A picture without people."""
    image = Image.fromarray(portraits(number + 1)[number])
    image.thumbnail((side, side))
    return image


def exif(*, thumbnail: Image.Image | None = None, orientation: int = 1, **text: str) -> bytes:
    """A block of EXIF with a camera, times, a place and serial numbers; and a thumbnail, where one is given."""
    made = Image.Exif()
    made[0x010F], made[0x0110] = text.get("make", "Maker"), text.get("model", "Maker Model 3")
    made[0x0112] = orientation
    made[0x0131], made[0x0132] = text.get("software", "Firmware 1.2"), "2019:07:06 05:04:03"
    made[0x010E] = text.get("description", "A description")
    inner = made.get_ifd(0x8769)
    inner[0x9003], inner[0x9011] = "2019:07:06 05:04:03", "+02:00"
    inner[0xA431], inner[0xA430], inner[0xA434] = SERIAL, OWNER, "Lens 50"
    inner[0xA435] = f"L{SERIAL}"
    inner[0x927C] = b"MakerNote\0" + SERIAL.encode()
    inner[0x9286] = text.get("comment", "").encode() if "comment" in text else b"ASCII\0\0\0a comment"
    gps = made.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(46), IFDRational(13), IFDRational(40))
    gps[3], gps[4] = "E", (IFDRational(6), IFDRational(8), IFDRational(13))
    block = made.tobytes()
    return block if thumbnail is None else with_thumbnail(block, thumbnail)


def with_thumbnail(block: bytes, picture: Image.Image) -> bytes:
    """EXIF with a second directory that holds a small JPEG, as cameras write it."""
    small = picture.convert("RGB")
    small.thumbnail((160, 160))
    jpeg = saved(small, "JPEG", quality=80)
    body = block.removeprefix(b"Exif\0\0")
    order = "<" if body[:2] == b"II" else ">"
    body += b"\0" * (len(body) % 2)
    at = len(body)
    directory = struct.pack(order + "H", 2)
    directory += struct.pack(order + "HHLL", 0x0201, 4, 1, at + 2 + 24 + 4)
    directory += struct.pack(order + "HHLL", 0x0202, 4, 1, len(jpeg)) + struct.pack(order + "L", 0)
    (first,) = struct.unpack_from(order + "L", body, 4)
    (count,) = struct.unpack_from(order + "H", body, first)
    after = first + 2 + 12 * count
    body = body[:after] + struct.pack(order + "L", at) + body[after + 4 :]
    return b"Exif\0\0" + body + directory + jpeg


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    """A picture's bytes."""
    out = io.BytesIO()
    if format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image.save(out, format, **options)
    return out.getvalue()


def iptc(**fields: str) -> bytes:
    """IPTC data sets: ``caption="…"``."""
    from kintrace.provenance.iptc import FIELDS

    numbers = {name: number for number, name in FIELDS.items()}
    out = b""
    for name, value in fields.items():
        raw = value.encode()
        out += struct.pack(">BBBH", 0x1C, 2, numbers[name.replace("_", " ")], len(raw)) + raw
    return out


def resources(found: dict[int, bytes]) -> bytes:
    """Photoshop's resources."""
    out = b""
    for number, body in found.items():
        out += (
            b"8BIM"
            + struct.pack(">H", number)
            + b"\0\0"
            + struct.pack(">L", len(body))
            + body
            + b"\0" * (len(body) % 2)
        )
    return out


def with_segments(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """A JPEG with more segments at its beginning: marker's second byte and body."""
    put = b"".join(bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body for code, body in segments)
    return jpeg[:2] + put + jpeg[2:]


def full_jpeg(**options: object) -> bytes:
    """A JPEG that holds everything that must not reach a working copy, in every place it can stand."""
    image = photo()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(image, "JPEG", quality=90, exif=exif(thumbnail=image, **options), icc_profile=with_serial(profile))
    fields = iptc(caption=f"By {OWNER}", city=TOWN, author=OWNER, created_on="20190706")
    data = with_segments(
        data,
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        (0xED, b"Photoshop 3.0\0" + resources({0x0404: fields, 0x0425: SERIAL.encode()})),
        (0xFE, f"comment by {OWNER}, {SERIAL}".encode()),
        (0xE5, SERIAL.encode()),
    )
    return data + saved(image, "JPEG", exif=exif()) + SERIAL.encode()


def with_serial(profile: bytes) -> bytes:
    """A colour profile in which, as in those of screens, a serial number stands: in a tag of its own, at the end."""
    (count,) = struct.unpack_from(">L", profile, 128)
    table, body = profile[132 : 132 + 12 * count], profile[132 + 12 * count :]
    moved = b"".join(
        name + struct.pack(">LL", start + 12, length)
        for name, start, length in (struct.unpack_from(">4sLL", table, 12 * number) for number in range(count))
    )
    value = b"text\0\0\0\0" + SERIAL.encode()
    moved += b"dmnd" + struct.pack(">LL", len(profile) + 12, len(value))
    made = profile[:128] + struct.pack(">L", count + 1) + moved + body + value
    return struct.pack(">L", len(made)) + made[4:]


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def with_chunks(png: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with more chunks behind its header."""
    return png[:33] + b"".join(chunk(name, body) for name, body in chunks) + png[33:]


def full_png() -> bytes:
    """The same, of PNG."""
    data = saved(photo(), "PNG", exif=exif())
    hexadecimal = exif().hex().encode()
    raw = b"\nexif\n" + str(len(exif())).rjust(8).encode() + b"\n" + hexadecimal
    return (
        with_chunks(
            data,
            (b"tEXt", b"Author\0" + OWNER.encode()),
            (b"zTXt", b"Comment\0\0" + zlib.compress(SERIAL.encode())),
            (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
            (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw)),
            (b"seRl", SERIAL.encode()),
        )
        + SERIAL.encode()
    )
