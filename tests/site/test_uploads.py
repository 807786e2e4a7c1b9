"""Files that somebody uploads who means harm: each gets a clear answer, nothing of it is kept, and the server goes on."""

import html
import io
import os
import signal
import struct
import subprocess
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from site_forms import Page
from site_help import client_for

from kintrace.casework import worker
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Photo
from kintrace.casework.scope import Scope
from kintrace.faces import Limits
from kintrace.site.pages.photos import MOST
from kintrace.site.uploads import LARGEST

SCRIPT = b"<html><body><script>alert(document.domain)</script></body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
NAMES = (
    "../../../../etc/cron.d/x.jpg", "..\\..\\windows\\x.jpg", "<img src=x onerror=alert(1)>.jpg", "photo\u202egpj.exe",
    "a\x00.jpg",
    "x" * 900 + ".jpg", "'; DROP TABLE x;--.jpg", ".htaccess", "con.jpg", "{{7*7}}.jpg", "\r\nSet-Cookie: x=1.jpg",
)  # fmt: skip


def picture(width: int = 64, height: int = 48, kind: str = "PNG") -> bytes:
    """A photo of nobody, no two sizes of which are the same file."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind)
    return out.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A few hundred bytes that claim to be 10 GB of pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header, rows = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def card(scope: Scope, found_card: Callable[..., Card]) -> Card:
    """A card to add photos to."""
    return found_card()


@pytest.fixture
def client(scope: Scope, card: Card) -> Client:
    """A field officer who works on it, in a browser that takes errors of the server as they come."""
    client = client_for(scope, Role.FIELD_OFFICER, Role.CASEWORKER)
    client.post(f"/card/{card.id}/purpose", {"purpose": "tracing"})
    client.raise_request_exception = False
    return client


def send(client: Client, card: Card, *files: Any, alone: bool = True) -> Any:
    """As the script of the page sends one file, or the form all together."""
    headers = {"X-One-By-One": "1"} if alone else {}
    return client.post(f"/card/{card.id}/photos", {"origin": "family", "photos": files}, headers=headers, follow=True)


def file(data: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    """As a browser sends it."""
    return SimpleUploadedFile(name, data, kind)


def blobs() -> set[Path]:
    """The sealed files there are."""
    return {each for each in (django_settings.DATA / "blobs").rglob("*") if each.is_file()}


def refused(answer: Any, *words: str) -> None:
    """The answer names what is wrong, runs nothing, and nothing was kept."""
    assert answer.status_code in (200, 400), answer.status_code
    text = html.unescape(answer.content.decode())
    assert any(each in text for each in words), text[-2000:]
    assert not Page(answer.content.decode()).runs
    assert not Photo._all.exists()
    assert not blobs()


def test_what_is_no_photo_is_refused(client: Client, card: Card) -> None:
    """By its bytes: what it is called, and what it says it is, count for nothing."""
    photo = picture(97, 71, "JPEG")
    for data in (SCRIPT, SVG, b"", b"\0" * 100, b"PK\x03\x04" + b"\0" * 60, b"%PDF-1.7\n" + SCRIPT, b"GIF89a" + SCRIPT,
                 b"\xff\xd8\xff\xe0" + SCRIPT, b"RIFF\xff\xff\xff\xffWEBP" + SCRIPT, photo[:20]):  # fmt: skip
        for name, kind in (("photo.jpg", "image/jpeg"), ("x.svg", "image/svg+xml"), ("x.html", "text/html")):
            refused(send(client, card, file(data, name, kind)), "no photo", "not a photo", "empty", "ends", "damaged",
                    "decoded", "No photo", "cannot", "picture")  # fmt: skip
    refused(send(client, card, file(photo[: len(photo) // 2])), "ends before")


def test_what_would_swell_is_refused_before_it_does(client: Client, card: Card) -> None:
    """A picture of a few bytes that claims billions of pixels; a file over the limit; more at once than is taken at all."""
    refused(send(client, card, file(bomb())), "pixels")
    refused(send(client, card, file(b"\xff\xd8\xff" + bytes(Limits().max_bytes))), "larger than")
    for alone in (True, False):
        refused(send(client, card, file(bytes(LARGEST + 1)), alone=alone), "Send fewer photos at once")
    answer = send(client, card, *(file(b"x", f"{number}.jpg") for number in range(10_000)))
    assert answer.status_code == 400
    refused(answer, "More files were sent at once than are taken.")
    fields = {"origin": "family", **{f"x{number}": "1" for number in range(3000)}}
    answer = client.post(f"/card/{card.id}/photos", fields)
    assert answer.status_code == 400
    refused(answer, "More fields were sent than any form has.")
    answer = client.post(f"/card/{card.id}/photos", {"origin": "x" * 3_000_000})
    assert answer.status_code == 400
    refused(answer, "More was typed than any form takes.")
    for broken in (b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=", b"--x\r\n" * 5000):
        sent = client.post(f"/card/{card.id}/photos", broken, content_type="multipart/form-data; boundary=x")
        assert sent.status_code in (200, 302, 400, 403)
        refused(client.get(f"/card/{card.id}/photos"), "Photos on card")
    assert client.get("/").status_code == 200


def test_of_more_photos_than_are_taken_it_is_said(client: Client, card: Card) -> None:
    """The first are kept; nobody thinks that all are."""
    files = [file(picture(64 + number)) for number in range(MOST + 2)]
    answer = send(client, card, *files, alone=False)
    assert Photo._all.count() == MOST
    assert "Send the rest by themselves" in answer.content.decode()


def test_no_name_of_a_file_does_anything(client: Client, card: Card) -> None:
    """It is said back as text, kept nowhere, and no file is called so."""

    def named(name: str, data: bytes, alone: bool) -> Any:
        """Sent as it is: a client of ours would tidy the name up."""
        head = f'--x\r\nContent-Disposition: form-data; name="photos"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
        body = head.encode() + data + b"\r\n--x--\r\n"
        headers = {"X-One-By-One": "1"} if alone else {}
        to, kind = f"/card/{card.id}/photos", "multipart/form-data; boundary=x"
        return client.post(to, body, content_type=kind, headers=headers, follow=True)

    assert named("x" * 5000, picture(), True).status_code == 400
    for number, name in enumerate(NAMES):
        for alone in (True, False):
            answer = named(name, picture(80 + 2 * number + alone), alone)
            assert answer.status_code == 200, name
            page = Page(answer.content.decode())
            assert not page.runs, name
            assert not page.turned, name
            assert "x" * 100 not in answer.content.decode()
            assert "Set-Cookie" not in answer.headers
    outside = [each for each in blobs() if not all(part.isalnum() or part in "-_." for part in each.name)]
    assert not outside
    assert Photo._all.exists()
    assert all(b"etc" not in bytes(photo.content) for photo in Photo._all.all())


def polyglot(path: Path) -> bytes:
    """A real photo that is a page, too: in its comment, its metadata, and after its end."""
    photo = path.read_bytes()
    comment = b"\xff\xfe" + (len(SCRIPT) + 2).to_bytes(2, "big") + SCRIPT
    tags = Image.Exif()
    tags[0x010E] = SCRIPT.decode()
    tags[0x8298] = "zq7-owner"
    out = io.BytesIO()
    Image.open(io.BytesIO(photo)).save(out, "JPEG", exif=tags, quality=95)
    made = out.getvalue()
    return made[:2] + comment + made[2:] + SCRIPT


def test_what_is_served_is_a_fresh_picture(client: Client, card: Card, acquirer: Any, pairs: Any) -> None:
    """Nothing of a file comes back but its pixels, and browsers are told that it is a picture and nothing else."""
    data = polyglot(pairs[0][0])
    assert data.count(b"<script>") == 3
    send(client, card, file(data, "page.html", "text/html"))
    worker.run(acquirer)
    photo = Photo._all.get()
    for asked in ("", "?whole", "?whole&boxes", "?face=1", "?whole&clear", "?face=1&clear"):
        answer = client.get(f"/photo/{photo.id}/picture{asked}", headers={"Accept": "text/html"})
        assert answer.status_code == 200, asked
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
        assert (
            "sandbox" in answer["Content-Security-Policy"] or "default-src 'none'" in answer["Content-Security-Policy"]
        )
        assert answer.get("ETag") is None
        assert answer.get("Last-Modified") is None
        shown = answer.content
        assert shown[:3] == b"\xff\xd8\xff"
        assert shown[-2:] == b"\xff\xd9"
        for word in (
            b"script",
            b"zq7",
            b"Exif",
            b"http",
            b"Photoshop",
            b"photo.jpg",
            b"page.html",
            str(photo.id).encode(),
        ):
            assert word not in shown, (asked, word)
        assert not Image.open(io.BytesIO(shown)).getexif()
        assert "exif" not in Image.open(io.BytesIO(shown)).info


def decoders() -> set[int]:
    """Process ids of this process's children that decode."""
    told = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )  # fmt: skip
    return {int(line.split()[0]) for line in told.stdout.splitlines() if "kintrace.faces.child" in line}


def test_a_decoder_that_is_killed_takes_nothing_with_it(client: Client, card: Card) -> None:
    """Between photos nobody notices; in the middle of one it is said, nothing of that one is kept, and the next is read."""
    send(client, card, file(picture()))
    Photo._all.all().delete()
    kept = blobs()
    for child in decoders():
        os.kill(child, signal.SIGKILL)
    assert "kept" in send(client, card, file(picture(70))).content.decode()
    Photo._all.all().delete()
    kept = blobs()
    large = picture(6000, 6000)
    ends = threading.Event()

    def kill() -> None:
        while not ends.wait(0.03):
            for child in decoders():
                os.kill(child, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        answer = send(client, card, file(large, "large.png"))
    finally:
        ends.set()
        killer.join()
    assert answer.status_code == 200
    assert "large.png" in answer.content.decode()
    assert 'class="tag bad"' in answer.content.decode()
    assert not Photo._all.exists()
    assert blobs() == kept
    assert 'class="tag good"' in send(client, card, file(picture(72))).content.decode()
