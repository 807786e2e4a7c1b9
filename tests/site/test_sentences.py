"""What the rooms say is on pages in the language of the reader: every sentence of the tables, and pages with real failures."""

import html
import re
import struct
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import catalogs
import pytest
import room_texts
from casework_help import found_form
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext
from matching_help import found, only, request, somebody
from site_help import client_for

from kintrace.casework import setup, sources, worker
from kintrace.casework.forms import PhotoForm, card_form
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.registration import register
from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.matching import joint
from kintrace.matching.engine import engine
from kintrace.matching.standing import search_from
from kintrace.site.door import told
from kintrace.site.saying import level
from kintrace.site.sentences import BARE, FREE, said

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from files import full_jpeg

PLACE = re.compile(r"%\((\w+)\)s")
MARKS = re.compile("[\u2066-\u2069]")
HELD = ("ar", "fr")
"""The languages that pages are walked in: one from each side."""


def texts() -> list[str]:
    return sorted({text for _where, text in room_texts.texts()})


@pytest.mark.parametrize("language", catalogs.languages())
def test_whatever_the_rooms_can_say_is_in_every_language(language: str) -> None:
    held = {each.id: each for each in catalogs.catalog(language) if each.id}
    for text in texts():
        each = held[(text, text)] if room_texts.counts(text) else held[text]
        forms = each.string if isinstance(each.string, tuple) else (each.string,)
        assert all(forms), text


@pytest.mark.parametrize("language", catalogs.languages())
def test_every_sentence_is_known_again_whatever_is_in_it(language: str) -> None:
    letters = re.compile(r"[^\W\d_]")
    with translation.override(language):
        for text in texts():
            values = {
                name: {"count": str(3 + number), "fraction": "2.5"}.get(name, f"Qx{number}w")
                for number, name in enumerate(PLACE.findall(text))
            }  # fmt: skip
            if values and len(letters.findall(PLACE.sub("", text))) < BARE:
                continue
            form = ngettext(text, text, int(values["count"])) if "count" in values else gettext(text)
            shown = MARKS.sub("", said(text % values if values else text)).replace("2,5", "2.5")
            assert shown == (form % values if values else form), text


def test_what_people_wrote_stays_and_is_kept_apart() -> None:
    with translation.override("ar"):
        assert said("ana raised it: male").count("male") == 1
        assert "\u2068C:/a b.jpg\u2069" in said("The file cannot be opened: C:/a b.jpg.")
        assert said("Nobody ever wrote this.") == "Nobody ever wrote this."
    with translation.override("en"):
        assert said("The fact “علي” is unknown.") == "The fact “\u2068علي\u2069” is unknown."
        assert said("The fact “Ali” is unknown.") == "The fact “Ali” is unknown."
    with translation.override("fr"):
        assert told(NotPossible("<b>", todo="Ask an administrator."))["todo"] == "Demandez à un administrateur."
        assert said("Use one of: male, female.") == "Utilisez l’un de ces mots : masculin, féminin."
        assert level("alike, very strong") == gettext("alike, very strong") != "alike, very strong"
    assert {"by", "reason"} <= FREE


@pytest.mark.parametrize(
    "unit", [" and ", " (", "): ", " and  (a): ", ". ", "; ", "” and “", " raised it: ", "the same letters; "]
)
def test_a_text_made_to_be_slow_is_not(unit: str) -> None:
    with translation.override("uk"):
        said("The file is empty.")
        before = time.monotonic()
        for size in (30, 300, 3000):
            assert said((("a" + unit) * size)[: size * 5] + "b differ.")
        assert time.monotonic() - before < 5


@pytest.mark.parametrize(("language", "count", "word"), [
    ("ru", 1, "года"), ("ru", 5, "лет"), ("uk", 22, "років"), ("ar", 2, "سنتين"), ("ar", 7, "سنوات"), ("ar", 11, "سنة"),
    ("fr", 1, "an "),
])  # fmt: skip
def test_numbers_have_their_plural_forms(language: str, count: int, word: str) -> None:
    with translation.override(language):
        years = (
            f"About {count} years lie between the photos, and this calibration does not know what years do to a face."
        )
        assert word in said(years)


@cache
def pieces(language: str) -> set[str]:
    """Of every text that has a translation its longest piece, if that cannot be a coincidence."""
    found = set()
    for each in catalogs.catalog(language):
        ids = each.id if isinstance(each.id, tuple) else (each.id,)
        forms = each.string if isinstance(each.string, tuple) else (each.string,)
        for text in filter(None, ids):
            piece = max(re.split(r"%\(\w+\)s", text), key=len).strip()
            if len(piece) > 11 and " " in piece and not any(piece in form for form in forms):
                found.add(piece)
    return found


def shown(answer: Any) -> str:
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", answer.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def assert_not_english(answer: Any, language: str) -> str:
    text = shown(answer)
    assert len(text) > 100 or answer.headers.get("Content-Language") == language
    left = [piece for piece in pieces(language) if piece in MARKS.sub("", text)]
    assert not left, (answer.request["PATH_INFO"], left)
    return text


def speaking(client: Client, language: str) -> Client:
    client.cookies["kintrace_language"] = language
    return client


@pytest.mark.parametrize("language", HELD)
def test_what_is_wrong_in_a_form_or_a_file_is_said_in_the_language_of_the_page(scope: Scope, language: str) -> None:
    client = speaking(client_for(scope, Role.FIELD_OFFICER, Role.CASEWORKER), language)
    address = client.post("/new", {"kind": "tracing_request"})["Location"]
    typed = {
        "subject.full_name": "Yusuf <b> (invented)", "enquirer.full_name": "Rania (invented)",
        "subject.date_of_birth": "someday", "subject.last_contact_date": "2999",
        "subject.separation_date": "3/5/1987", "consent.subject.tracing": "yes",
        "consent.subject.capacity": "self",
    }  # fmt: skip
    page = client.post(address, typed)
    assert page.status_code == 422
    assert_not_english(page, language)
    child = {**typed, "subject.date_of_birth": "2020", "subject.last_contact_date": "", "subject.separation_date": ""}
    page = client.post(address, child)
    assert page.status_code == 422
    text = assert_not_english(page, language)
    with translation.override(language):
        assert gettext("This person may be under 18, so cannot consent alone.") in text
    assert b"Yusuf <b>" not in page.content
    made = client.post(address, {**child, "subject.date_of_birth": "1970"})
    card = made["Location"].removesuffix("/photos")
    for name, data in (
        ("empty.jpg", b""),
        ("نص.jpg", b"no photo" * 50),
        ("<b>.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 9) * 40),
    ):
        file = SimpleUploadedFile(name, data)
        kept = client.post(f"{card}/photos", {"photos": [file], "origin": "family"}, headers={"X-One-By-One": "1"})
        assert b"<b>" not in kept.content.replace(b"<bdi>", b"")
        assert_not_english(kept, language)
    client.post(f"{card}/purpose", {"purpose": "tracing"})
    for path in (card, "/card/00000000-0000-4000-8000-000000000000", "/administration", f"{card}/consents/subject"):
        assert_not_english(client.get(path), language)
    for path, sent in (
        (f"{card}/edit", {}),
        (f"{card}/do/close", {"reason": ""}),
        (f"{card}/do/dates", {"review_due": "x"}),
    ):
        answer = client.post(path, sent, follow=True)
        assert_not_english(answer, language)


@pytest.mark.parametrize("language", HELD)
def test_what_is_told_of_a_photo_is_told_in_the_language_of_the_page(
    scope: Scope, acquirer: Any, language: str
) -> None:
    card = register(scope, card_form(found_form()))
    kept = [
        attach(scope, str(card.local), data, PhotoForm("a.jpg", origin=origin))[0]
        for data, origin in (
            (full_jpeg(), "social_media"),
            (full_jpeg(software="Adobe Photoshop") + bytes(99), "family"),
        )
    ]
    worker.run(acquirer)
    client = speaking(client_for(scope, Role.CASEWORKER, Role.FIELD_OFFICER, Role.SENIOR_REVIEWER), language)
    sources.grade_source(scope, kept[1].id, "E5", "as Omar said")
    sources.raise_lead(scope, kept[1].id, "Seen the print. It is whole.")
    for each in kept:
        text = assert_not_english(client.get(f"/photo/{each.id}"), language)
        assert "EXIF" in text
    assert "as Omar said" not in text or "officer" in text
    assert "Seen the print." in text
    assert_not_english(client.get(f"/card/{card.id}/photos"), language)
    refused = client.post(f"/photo/{kept[0].id}/do/grade", {"grade": "Z9", "reason": "why"})
    assert refused.status_code == 422
    assert_not_english(refused, language)
    assert_not_english(client.post(f"/photo/{kept[0].id}/do/settle", {"belongs": "?", "reason": "why"}), language)
    assert_not_english(client.post(f"/photo/{kept[0].id}/do/choose", {"number": "9"}), language)


@pytest.mark.parametrize("language", HELD)
def test_evidence_and_its_cautions_are_in_the_language_of_the_page(
    scope: Scope, acquirer: Any, pairs: Any, language: str
) -> None:
    setup.add_office(scope, "north", "North")
    there = somebody("north", Role.FIELD_OFFICER, Role.CASEWORKER)
    asked = request(scope, marks="scar on the left cheek", height="170 cm", last_contact="Homs", last_contact_date="2013-02",
                    family=[{"relation": "brother", "name": "Omar Qasimov"}])  # fmt: skip
    other = found(there, "Amal Qasimov (invented)", date_of_birth="1987-12-05", marks="scar, cheek", height="172 cm",
                  found_place="Aleppo", found_date="2014-01-03",
                  family=[{"relation": "frère", "name": "Omar Qasimov"}])  # fmt: skip
    for owner, card, photos, taken in ((scope, asked, pairs[0], "1999"), (there, other, pairs[0][::-1], "2019")):
        for path in photos[:1]:
            attach(owner, str(card.local), path.read_bytes(), PhotoForm("photo.jpg", taken=taken))
    worker.run(acquirer)
    search_from(scope, str(asked.id), engine())
    pair = only()
    content = joint.unseal(joint.key_of(pair), f"candidate:{pair.id}", bytes(pair.content))
    assert content["evidence"]["cautions"]
    client = speaking(client_for(scope, Role.CASEWORKER, Role.SENIOR_REVIEWER), language)
    closed = client.get(f"/candidate/{pair.id}")
    assert_not_english(closed, language)
    client.post(f"/candidate/{pair.id}/look")
    page = client.get(f"/candidate/{pair.id}")
    text = assert_not_english(page, language)
    assert "Qasimov" in text
    assert "brother Omar" not in MARKS.sub("", text)
    assert_not_english(client.get(f"/candidate/{pair.id}?without=nonsense"), language)
    assert_not_english(client.post(f"/conclusion/{pair.id}", {"act": "conclude", "reason": ""}), language)
