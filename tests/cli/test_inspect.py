"""``kintrace photo inspect``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from deployments import Deployment

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from files import LATITUDE, OWNER, SERIAL, TOWN, exif, full_jpeg, photo, saved
from signing import authority, signed

from kintrace.provenance import PhotoFacts


def run(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    return Deployment(environment).run("photo", "inspect", *map(str, arguments))


TOLD = (
    "Its name says PNG, but it is JPEG",
    "Maker Model 3",
    "2019:07:06 05:04:03 +02:00",
    "libjpeg",
    "holds a serial number",
    "records a place",
    "“AI-generated”",
    "more bytes",
    "no content credentials",
    "None of this shows",
)


def test_everything_in_words(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "photo.png"
    file.write_bytes(full_jpeg())
    ran = run(environment, file)
    assert ran.returncode == 0, ran.stderr
    for words in TOLD:
        assert words in ran.stdout, words
    assert str(LATITUDE)[:6] not in ran.stdout
    assert TOWN not in ran.stdout
    told = run(environment, file, "--private")
    assert f"+{LATITUDE:.6f}" in told.stdout
    assert SERIAL in told.stdout
    assert TOWN in told.stdout


def test_as_json(tmp_path: Path, environment: dict[str, str]) -> None:
    file, trust = tmp_path / "photo.jpg", tmp_path / "trust.pem"
    file.write_bytes(signed(saved(photo(), "JPEG", exif=exif())))
    trust.write_bytes(authority().pem)
    ran = run(environment, file, "--json", "--private", "--trust", trust)
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    facts = PhotoFacts.from_dict(document)
    assert facts.credentials.state == "trusted"
    assert document["private"]["latitude"] == LATITUDE
    assert ["EXIF", "owner", OWNER] in document["private"]["serials"]
    assert {each["topic"] for each in document["words"]} >= {"metadata", "compression", "credentials"}
    without = json.loads(run(environment, file, "--json").stdout)
    assert without["credentials"]["state"] == "untrusted"
    assert "private" not in without
    assert SERIAL not in json.dumps(without)


def test_no_markup_and_no_escape_codes_reach_the_terminal(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(
        saved(photo(), "JPEG", exif=exif(description="[bold red]\x1b[31mred\x1b]0;title\x07[/bold red][link=x]y"))
    )
    ran = run(environment, file)
    assert ran.returncode == 0, ran.stderr
    assert "\x1b" not in ran.stdout
    assert "\x07" not in ran.stdout
    assert "[bold red]" in ran.stdout


@pytest.mark.parametrize("content", [b"no photo", b"%PDF-1.7"])
def test_what_is_no_photo(tmp_path: Path, environment: dict[str, str], content: bytes) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    ran = run(environment, file)
    assert ran.returncode == 0, ran.stderr
    assert "not those of a photo" in ran.stdout


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"")
    ran = run(environment, file)
    assert ran.returncode == 0, ran.stderr
    assert "The file is empty." in ran.stdout
    assert "content credentials" not in ran.stdout


def test_several_pictures_are_told(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "photo.gif"
    first = photo().convert("RGB")
    file.write_bytes(saved(first, "GIF", save_all=True, append_images=[first.rotate(90)]))
    assert "The file holds 2 pictures" in " ".join(run(environment, file).stdout.split())
    document = json.loads(run(environment, file, "--json").stdout)
    assert (document["file"]["frames"], document["file"]["undecoded"]) == (2, "")


def test_errors_are_sentences(tmp_path: Path, environment: dict[str, str]) -> None:
    ran = run(environment, tmp_path / "nowhere.jpg")
    assert ran.returncode == 1
    said = " ".join(ran.stderr.split())
    assert "cannot be opened" in said
    assert "Check the path." in said
    assert "kept" not in said
    os.mkfifo(tmp_path / "pipe.jpg")
    for strange in (Path("/dev/zero"), tmp_path / "pipe.jpg", tmp_path):  # without end, or never begun
        ran = run(environment, strange)
        assert ran.returncode == 1
        assert "not a file" in " ".join(ran.stderr.split())
    file = tmp_path / "photo.jpg"
    file.write_bytes(saved(photo(), "JPEG"))
    ran = run(environment, file, "--trust", file)
    assert ran.returncode == 1
    assert "no certificate" in " ".join(ran.stderr.split())
