"""The breach drill finds what leaks, in whatever encoding, and says nothing of what it found."""

import base64
import gzip
import json
import os
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintrace.casework import worker
from kintrace.casework.drill import breach_drill
from kintrace.casework.records import Template
from kintrace.casework.sought import Sought, text_encodings

NAME = "Svitlana Приклад (invented)"


@pytest.fixture
def known(scope, found_card, request_card, add_photo, acquirer, pairs):
    card = found_card(NAME)
    add_photo(card, pairs[0][0])
    request_card()
    worker.run(acquirer)
    return card


def test_a_deployment_leaks_nothing(scope, known):
    report = breach_drill(scope)
    assert report.found == []
    assert report.passed
    assert report.canaries == "found"
    assert report.values > 200
    assert report.files > 3


LEAKS = {
    "log": lambda name: f"error while saving {name}".encode(),
    "utf-16": lambda name: name.encode("utf-16-le"),
    "json": lambda name: json.dumps({"name": name}).encode(),
    "base64": lambda name: b"xx" + base64.b64encode(b"a" + name.encode() + b"tail"),
    "hex": lambda name: name.encode().hex().encode(),
    "url": lambda name: urllib.parse.quote(name).encode(),
    "gzip": lambda name: gzip.compress(name.encode() * 3),
}


@pytest.mark.parametrize("way", sorted(LEAKS))
def test_a_name_that_slipped_out_is_found(scope, known, settings, way):
    leak = settings.DATA / "leak.log"
    leak.write_bytes(os.urandom(333) * (way != "gzip") + LEAKS[way](NAME))
    try:
        report = breach_drill(scope)
    finally:
        leak.unlink()
    assert not report.passed
    assert {each["file"].split(" ")[0] for each in report.found} == {"data/leak.log"}
    assert "full_name" in {each["kind"] for each in report.found}
    assert "vitlana" not in json.dumps(report.found)


def test_a_template_and_a_photo_that_slipped_out_are_found(scope, known, settings, pairs):
    leak = settings.DATA / "cache.bin"
    vector = Template._all.get().unseal("vector")
    leak.write_bytes(b"..." + base64.b64encode(vector) + pairs[0][0].read_bytes())
    try:
        report = breach_drill(scope)
    finally:
        leak.unlink()
    assert {each["kind"] for each in report.found} == {"template", "photo"}


def test_the_copy_is_gone_and_never_held_the_root_key(scope, known, tmp_path, settings):
    breach_drill(scope, into=tmp_path / "copy")
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert files
    root = settings.ROOT_KEY_FILE.read_bytes()
    assert not any(root in path.read_bytes() for path in files)


@given(st.text(min_size=6, max_size=30), st.binary(max_size=40), st.integers(0, 60))
def test_what_is_planted_is_found_wherever_it_stands(tmp_path_factory, text, before, size):
    path = tmp_path_factory.getbasetemp() / "planted"
    for encoding, data in text_encodings(text):
        sought = Sought([("name", encoding, data)])
        path.write_bytes(before + data + bytes(size))
        assert len(data) < 6 or sought.in_file(path, "x")
