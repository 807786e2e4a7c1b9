"""What a photo's file tells, its source and custody, its working copy, and the block list, on the records."""

import io
import json
import struct
import sys
import threading
import zlib
from pathlib import Path

import pytest
from casework_help import CONSENT, found_form, roles
from django.db import connections
from PIL import Image

from kintrace.casework import blocking, photos, sources, worker
from kintrace.casework.agreements import withdraw_consent
from kintrace.casework.cards import read
from kintrace.casework.forms import PhotoForm, card_form
from kintrace.casework.people import Role
from kintrace.casework.photoqueue import RELEASE
from kintrace.casework.picturerecords import BlockedPictures, SamePicture
from kintrace.casework.pictures import Hashes
from kintrace.casework.records import Photo, Template
from kintrace.casework.registration import register
from kintrace.errors import DecisionError, Denied, FormError, GradeError, NotPossible
from kintrace.ledger import entries
from kintrace.vault import blob_ids

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from files import (
    LATITUDE,
    OWNER,
    SERIAL,
    TOWN,
    XMP,
    exif,
    full_jpeg,
    iptc,
    resources,
    saved,
    with_chunks,
    with_segments,
)
from site_help import client_for

DPO = Role.DATA_PROTECTION_OFFICER


@pytest.fixture
def kept(scope, found_card, add_photo, acquirer, pairs):
    """A photo that was checked."""
    photo = add_photo(found_card(), pairs[0][0])
    worker.run(acquirer)
    photo.refresh_from_db()
    return photo


def located(path):
    """A photo with a place, serial numbers and an owner in its metadata."""
    out = io.BytesIO()
    Image.open(path).convert("RGB").save(out, "JPEG", exif=exif())
    return out.getvalue()


def test_every_photo_is_checked_and_what_it_tells_is_told_in_words(scope, kept):
    told = sources.about(scope, kept.id)
    assert told["checked"]
    assert told["assessment"]["state"] == "usable"
    assert {"metadata", "credentials"} <= {each["topic"] for each in told["words"]}
    assert [step["what"] for step in told["custody"]] == ["received"]
    json.dumps(told)  # plain data
    hashes = Hashes.from_text(kept.unseal("hashes"))
    assert len(hashes.kept) >= 1
    assert len(hashes.faces) == 1
    assert hashes.meant == 0


def test_place_and_serial_numbers_are_for_those_only_who_may_see_the_original(scope, found_card, acquirer, pairs):
    data = located(pairs[0][0])
    card = found_card()
    photo, _ = photos.attach(scope, str(card.local), data, PhotoForm("p.jpg"))
    worker.run(acquirer)
    photo.refresh_from_db()
    secrets = (SERIAL.encode(), OWNER.encode(), b"Exif")
    assert all(each in data for each in secrets)
    for shown in (photos.picture(scope, photo.id), photos.picture(scope, photo.id, crop=True)):
        assert not any(each in shown for each in secrets[:2])
    told = json.dumps([sources.about(scope, photo.id), read(scope, str(card.local))])
    for each in (SERIAL, OWNER, TOWN, f"{LATITUDE:.3f}"):
        assert each not in told
    assert "records a place" in told
    assert photos.original(scope, photo.id) == data
    assert SERIAL in json.dumps(sources.private_of(scope, photo.id))
    officer = roles(scope, Role.FIELD_OFFICER)
    for verb in (photos.original, sources.private_of, photos.saved_page):
        with pytest.raises(Denied):
            verb(officer, photo.id)
    assert photos.picture(officer, photo.id) == photos.picture(scope, photo.id)


AUTHOR = "Author-Authorsson"
"""Told on the page, as captions are; not in a copy."""
FORMATS = {
    "JPEG": {"xmp": True}, "PNG": {"xmp": True}, "WEBP": {"xmp": True}, "TIFF": {}, "HEIF": {"xmp": True}, "AVIF": {"xmp": True},
    "MPO": {},
}  # fmt: skip


def full(path, format):
    """A photo of somebody in a format, with place, serial numbers and owner in all metadata it can hold."""
    picture = Image.open(path).convert("RGB")
    if format == "JPEG":
        segments = (
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
            (0xED, b"Photoshop 3.0\0" + resources({0x0404: iptc(author=AUTHOR, city=TOWN), 0x0425: SERIAL.encode()})),
            (0xFE, AUTHOR.encode()),
        )
        return with_segments(saved(picture, "JPEG", exif=exif(thumbnail=picture)), *segments) + SERIAL.encode()
    data = saved(picture, format, exif=exif(), **({"xmp": XMP} if FORMATS[format] and format != "PNG" else {}))
    if format == "PNG":
        texts = ((b"tEXt", b"Author\0" + AUTHOR.encode()), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP))
        packed = (b"zTXt", b"Comment\0\0" + zlib.compress(AUTHOR.encode()))
        data = with_chunks(data, *texts, packed, (b"seRl", SERIAL.encode())) + SERIAL.encode()
    return data


@pytest.mark.parametrize("format", FORMATS)
def test_no_place_or_serial_number_of_any_format_leaves_the_original(
    scope, found_card, acquirer, pairs, format, settings
):
    settings.SECOND_FACTOR = "none"
    data = full(pairs[0][0], format)
    hidden = [each.encode(code) for each in (SERIAL, OWNER, TOWN) for code in ("utf-8", "utf-16-le")]
    hidden += [struct.pack(order + "LLLL", 46, 1, 13, 1) for order in "<>"]  # degrees and minutes, as EXIF has them
    secrets = [*hidden, AUTHOR.encode(), b"Maker Model", b"ns.adobe.com"]
    assert sum(each in data for each in secrets) >= 3, "the place and the serial numbers are in the file"
    card = found_card()
    photo, _ = photos.attach(scope, str(card.local), data, PhotoForm(f"p.{format.lower()}"))
    worker.run(acquirer)
    photo.refresh_from_db()
    assert photo.state == "done"
    given = {
        "photo save": photos.picture(scope, photo.id),
        "photo save --crop": photos.picture(scope, photo.id, crop=True),
    }
    client = client_for(scope, Role.FIELD_OFFICER, Role.CASEWORKER)
    for query in ("", "?whole", "?whole&boxes", "?face=1", "?clear"):
        answer = client.get(f"/photo/{photo.id}/picture{query}")
        assert answer.status_code == 200, query
        given[query or "picture"] = answer.content
    for name, copy in given.items():
        assert not [each for each in secrets if each in copy], name
        assert not Image.open(io.BytesIO(copy)).getexif().get_ifd(0x8825), name
    for page in (f"/photo/{photo.id}", f"/card/{card.id}", f"/card/{card.id}/photos", "/photos"):
        shown = client.get(page).content
        assert not [each for each in hidden if each in shown], page
    private = sources.private_of(scope, photo.id)
    assert private["latitude"] == pytest.approx(LATITUDE, abs=1e-4)
    assert SERIAL in json.dumps(private["serials"])
    assert photos.original(scope, photo.id) == data


def test_a_format_that_must_be_decoded_gives_a_clean_copy_too(scope, found_card, pairs):
    out = io.BytesIO()
    Image.open(pairs[0][0]).convert("RGB").save(out, "TIFF", software=SERIAL)
    assert SERIAL.encode() in out.getvalue()
    photo, _ = photos.attach(scope, str(found_card().local), out.getvalue(), PhotoForm("p.tif"))
    copy = photos.picture(scope, photo.id)
    assert SERIAL.encode() not in copy
    assert Image.open(io.BytesIO(copy)).size == Image.open(pairs[0][0]).size


def test_templates_are_made_of_the_clean_copy_and_are_the_same(scope, found_card, acquirer, pairs):
    for data in (pairs[0][0].read_bytes(), located(pairs[0][0])):
        photos.attach(scope, str(found_card().local), data, PhotoForm("p.jpg"))
    given = []
    real = acquirer.acquire_many
    try:
        acquirer.acquire_many = lambda sources, **more: real(
            [given.append(data) or (key, data) for key, data in sources], **more
        )
        worker.run(acquirer)
    finally:
        acquirer.acquire_many = real
    assert len(given) == 2
    assert not any(SERIAL.encode() in each for each in given)


@pytest.mark.parametrize(
    "data", [b"no photo", b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0" + b"\xff" * 70_000, full_jpeg()[:900]]
)
def test_hostile_and_broken_files_are_checked_without_harm(scope, found_card, acquirer, data):
    photo, _ = photos.attach(scope, str(found_card().local), data, PhotoForm("p.jpg"))
    worker.run(acquirer)
    photo.refresh_from_db()
    assert photo.checked == RELEASE
    assert photo.state == "refused"
    assert sources.about(scope, photo.id)["assessment"]["state"] == "usable"  # nothing was said against it
    assert worker.waiting() == 0


def test_a_file_that_stops_the_program_that_looks_into_it_is_said(
    scope, found_card, add_photo, acquirer, pairs, monkeypatch
):
    from kintrace.errors import CorruptPhoto
    from kintrace.provenance import Inspector

    def stops(*_, **__):
        raise CorruptPhoto("It stopped.")

    monkeypatch.setattr(Inspector, "inspect", stops)
    photo = add_photo(found_card(), pairs[0][0])
    worker.run(acquirer)
    told = sources.about(scope, photo.id)
    assert any(each["text"] == "It stopped." for each in told["words"])
    assert told["state"] == "done"
    photo.refresh_from_db()
    assert Hashes.from_text(photo.unseal("hashes")).kept  # the picture itself was decoded, and is found again


def test_the_source_of_a_web_photo_is_sealed_with_its_page(scope, kept):
    page = b"<html><script>alert(1)</script>Somebody's page</html>"
    told = sources.record_source(
        scope,
        kept.id,
        url="https://social.example/p/1",
        captured="2026-11-24T10:30+02:00",
        page=page,
        page_name="p.mhtml",
    )
    assert told["state"] == "usable"
    source = sources.about(scope, kept.id)["source"]
    assert source["captured"] == "2026-11-24T10:30+02:00"
    assert source["page_bytes"] == len(page)
    assert len(source["page_sha256"]) == 64
    assert photos.saved_page(scope, kept.id) == page
    kept.refresh_from_db()
    first = kept.page
    sources.record_source(scope, kept.id, page=page + b"!")
    assert first not in set(blob_ids())
    kept.refresh_from_db()
    photos.withdraw(scope, kept.id)
    assert not {kept.blob, kept.crop, kept.page} & set(blob_ids())
    for bad in ({}, {"url": "javascript:alert(1)"}, {"captured": "yesterday"}):
        with pytest.raises((FormError, NotPossible)):
            sources.record_source(scope, kept.id, **bad)


def test_custody_is_a_chain_with_names_and_reasons(scope, kept):
    sources.hand_over(scope, kept.id, "Handed over on paper by her aunt.")
    sources.grade_source(scope, kept.id, "b2", "Her aunt has known her from birth.")
    steps = sources.about(scope, kept.id)["custody"]
    assert [(step["by"], step["what"]) for step in steps] == [
        ("officer", "received"), ("officer", "Handed over on paper by her aunt."), ("officer", "graded B2"),
    ]  # fmt: skip
    assert steps[2]["why"] == "Her aunt has known her from birth."
    assert sources.about(scope, kept.id)["grade"] == "B2"
    for grade, why, error in (("Z9", "so", GradeError), ("B2", " ", DecisionError)):
        with pytest.raises(error):
            sources.grade_source(scope, kept.id, grade, why)
    with pytest.raises(NotPossible, match="usable as it is"):
        sources.raise_lead(scope, kept.id, "so")


def test_consent_to_face_search_withdrawn_takes_the_hashes_of_faces(scope, kept):
    withdraw_consent(scope, str(kept.person.card.local), "face_search")
    kept.refresh_from_db()
    hashes = Hashes.from_text(kept.unseal("hashes"))
    assert hashes.kept
    assert hashes.faces == ()


def test_two_workers_find_one_picture_on_two_cards(scope, request_card, acquirer, pairs):
    """Whoever comes second sees what the first wrote: never do both miss the other."""
    from kintrace.faces import Acquirer, active_packs

    names = [
        f"{given} {family} (invented)"
        for given in ("Amal", "Olena")
        for family in ("Sayegh", "Pryklad", "Okafor", "Lopez")
    ]
    cards = [request_card(name) for name in names]
    for card in cards:
        photos.attach(scope, str(card.local), pairs[0][0].read_bytes(), PhotoForm("p.jpg"))

    def work():
        with Acquirer(active_packs("sface"), threads=1) as own:
            while worker.run(own, most=1):
                pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Photo._all.values_list("assessment", flat=True)) == {"quarantined"}
    assert SamePicture._all.count() == 8 * 7


@pytest.fixture
def officer(scope):
    return roles(scope, DPO)


def test_a_blocked_picture_is_quarantined_wherever_it_is_and_comes(scope, officer, kept, found_card, acquirer, pairs):
    with pytest.raises(Denied):
        blocking.block_photo(roles(scope, Role.CASEWORKER), kept.id, "A stock photo.")
    told = blocking.block_photo(officer, kept.id, "A stock photo.")
    assert told["quarantined"] == 1
    kept.refresh_from_db()
    assert kept.assessment == "quarantined"
    photos.withdraw(scope, kept.id)
    picture = Image.open(pairs[0][0]).convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    again, _ = photos.attach(scope, str(found_card().local), out.getvalue(), PhotoForm("p.jpg"))
    worker.run(acquirer)
    again.refresh_from_db()
    assert again.assessment == "quarantined"
    assert any("block list" in each for each in sources.about(scope, again.id)["assessment"]["reasons"])
    (entry,) = blocking.blocked_pictures(officer)
    assert (entry["entry"], entry["reason"], entry["by"]) == (told["entry"], "A stock photo.", "officer")
    with pytest.raises(Denied):
        blocking.blocked_pictures(roles(scope, Role.CASEWORKER))
    blocking.unblock(officer, told["entry"], "It was another photo.")
    assert blocking.blocked_pictures(officer) == []
    again.refresh_from_db()
    assert again.assessment == "quarantined"  # until a person settles it
    from kintrace.casework.quarantine import settle_picture

    settle_picture(scope, again.id, "here", "It is hers after all.")
    again.refresh_from_db()
    assert again.assessment == "usable"
    assert {each.action for each in entries(most=200)} >= {"blocklist.add", "blocklist.remove", "blocklist.read"}


def test_the_block_list_is_sealed_and_of_a_length_that_tells_little(scope, officer, kept):
    from kintrace.casework.standings import facts_of

    blocking.block_photo(officer, kept.id, "A stock photo.")
    sealed = bytes(BlockedPictures._all.get().content)
    bits = facts_of(kept).hash.bits
    assert bits not in sealed
    assert bits.hex().encode() not in sealed
    assert (len(sealed) - 28) % 4096 == 0


def test_a_photo_on_the_list_gives_no_template_to_a_search(scope, officer, kept, acquirer):
    from kintrace.casework.live import LiveGallery

    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    gallery.catch_up()
    assert len(gallery) == 1
    blocking.block_photo(officer, kept.id, "A stock photo.")
    gallery.catch_up()
    assert len(gallery) == 0
    assert Template._all.count() == 1
    assert scope.templates().count() == 0
    from kintrace.casework.quarantine import settle_picture

    settle_picture(scope, kept.id, "here", "It is hers.")
    gallery.catch_up()
    assert len(gallery) == 1


def test_without_consent_no_face_is_looked_for_but_the_file_is(scope, acquirer, pairs):
    card = register(scope, card_form(found_form(consent={**CONSENT, "purposes": {"tracing": True}})))
    photo, _ = photos.attach(scope, str(card.local), pairs[0][0].read_bytes(), PhotoForm("p.jpg"))
    assert worker.waiting() == 1
    assert worker.run(acquirer) == 1
    photo.refresh_from_db()
    assert (photo.state, photo.checked) == ("held", RELEASE)
    held = Hashes.from_text(photo.unseal("hashes"))
    assert held.kept
    assert held.faces == ()
    assert Template._all.count() == 0
