"""Photos from the officer's hand to the gallery, and out of it again."""

import io
import threading

import pytest
from casework_help import CONSENT, found_form, roles
from django.db import connections
from PIL import Image

from kintrace.casework import cards, erasure, photos, registration, worker
from kintrace.casework.agreements import withdraw_consent
from kintrace.casework.facesearch import search_card
from kintrace.casework.forms import PhotoForm, card_form
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Role
from kintrace.casework.records import Change, Photo, Template
from kintrace.errors import Denied, EmptyPhoto, NotPossible
from kintrace.ledger import entries
from kintrace.vault import Place, unseal_many


@pytest.fixture
def gallery(acquirer):
    return LiveGallery(acquirer.pack, acquirer.encoder.dimensions)


def test_a_photo_is_kept_sealed_and_comes_back(scope, found_card, add_photo, acquirer, pairs, settings):
    card = found_card()
    photo = add_photo(card, pairs[0][0])
    data = pairs[0][0].read_bytes()
    held = b"".join(path.read_bytes() for path in (settings.DATA / "blobs").rglob("*") if path.is_file())
    assert data[:64] not in held
    assert photos.picture(scope, photo.id) == data
    worker.run(acquirer)
    crop = photos.picture(scope, photo.id, crop=True)
    assert crop[:2] == b"\xff\xd8"
    assert [entry.action for entry in entries(action="photo.read")] == ["photo.read"] * 2


def test_the_same_file_of_a_person_is_kept_once(scope, found_card, pairs):
    card = found_card()
    data = pairs[0][0].read_bytes()
    _, first = photos.attach(scope, str(card.local), data, PhotoForm("a.jpg"))
    _, second = photos.attach(scope, str(card.local), data, PhotoForm("b.jpg"))
    assert (first, second) == (True, False)
    assert Photo._all.count() == 1


def test_search_from_a_card_finds_the_other_photo_of_the_person(
    scope, request_card, found_card, add_photo, acquirer, pairs, gallery
):
    asked = request_card()
    add_photo(asked, pairs[0][0])
    found = [found_card(f"Person {n} (invented)") for n in range(6)]
    for card, pair in zip(found, pairs[:6], strict=True):
        add_photo(card, pair[1])
    worker.run(acquirer)
    leads = search_card(scope, str(asked.local), gallery, None).leads
    assert leads[0].card.id == found[0].id
    assert len(leads) == 6
    assert {lead.card.kind for lead in leads} == {"found_person"}


def test_a_withdrawn_template_is_gone_from_the_very_next_search(
    scope, request_card, found_card, add_photo, acquirer, pairs, gallery
):
    asked, one, other = request_card(), found_card("One (invented)"), found_card("Other (invented)")
    for card, path in ((asked, pairs[0][0]), (one, pairs[0][1]), (other, pairs[1][1])):
        add_photo(card, path)
    worker.run(acquirer)
    assert [lead.card.id for lead in search_card(scope, str(asked.local), gallery, None).leads] == [one.id, other.id]
    withdraw_consent(scope, str(one.local), "face_search")
    assert [lead.card.id for lead in search_card(scope, str(asked.local), gallery, None).leads] == [other.id]
    assert len(gallery) == 2
    erasure.erase(scope, str(other.local))
    assert search_card(scope, str(asked.local), gallery, None).leads == []
    assert len(gallery) == 1


def test_who_did_not_agree_is_never_compared(scope, request_card, add_photo, acquirer, pairs, gallery):
    asked = request_card()
    refusing = registration.register(scope, card_form(found_form(consent={**CONSENT, "purposes": {"tracing": True}})))
    silent = registration.register(scope, card_form({**found_form(), "consent": None}))
    for card, path in ((asked, pairs[0][0]), (refusing, pairs[0][1]), (silent, pairs[0][1])):
        add_photo(card, path)
    worker.run(acquirer)
    assert search_card(scope, str(asked.local), gallery, None).leads == []
    assert Template._all.count() == 1


def test_search_needs_a_card_that_may_be_searched_from(scope, request_card, add_photo, acquirer, gallery, pairs):
    card = request_card(consent={**CONSENT, "purposes": {"tracing": True}})
    with pytest.raises(NotPossible, match="Consent"):
        search_card(scope, str(card.local), gallery, None)
    with pytest.raises(NotPossible, match="no photo"):
        search_card(scope, str(request_card().local), gallery, None)
    with pytest.raises(Denied):
        search_card(roles(scope, Role.FIELD_OFFICER), str(card.local), gallery, None)


def test_a_new_process_has_what_the_old_one_had(scope, found_card, add_photo, acquirer, pairs, gallery):
    for pair in pairs[:3]:
        add_photo(found_card(), pair[0])
    worker.run(acquirer)
    gallery.catch_up()
    fresh = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    fresh.catch_up()
    probe = acquirer.acquire(pairs[1][1]).samples[0].template.vector[None]
    allowed = Template._all.all()
    assert fresh.search(probe, allowed) == gallery.search(probe, allowed)
    assert len(fresh) == len(gallery) == 3


def test_two_workers_neither_lose_nor_double_a_photo(scope, found_card, add_photo, acquirer, lfw_photos, monkeypatch):
    monkeypatch.setattr(worker, "TAKE", 3)
    card = found_card()
    for path in lfw_photos[:24]:
        add_photo(card, path)
    from kintrace.faces import Acquirer, active_packs

    def work():
        with Acquirer(active_packs("sface"), threads=1) as own:
            worker.run(own)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not Photo._all.filter(state="waiting").exists()
    done = Photo._all.filter(state="done")
    assert Template._all.count() == done.count() > 10
    assert Change._all.filter(gone=False).count() == done.count()


def test_a_photo_that_ends_its_worker_three_times_is_set_aside(scope, found_card, add_photo, pairs):
    photo = add_photo(found_card(), pairs[0][0])
    for _ in range(worker.TRIES):
        assert [each.id for each in worker.take(5)] == [photo.id]
        Photo._all.update(lease=None)  # as when the lease of a dead worker has run out
    assert worker.take(5) == []
    photo.refresh_from_db()
    assert photo.state == "refused"


@pytest.mark.parametrize(
    ("data", "state"), [(b"not a photo at all", "refused"), (b"\xff\xd8\xff\xe0 and then nothing", "refused")]
)
def test_what_cannot_be_read_is_kept_and_said(scope, found_card, acquirer, data, state):
    card = found_card()
    photos.attach(scope, str(card.local), data, PhotoForm("a.jpg"))
    worker.run(acquirer)
    (told,) = cards.read(scope, str(card.local))["subject"]["photos"]
    assert told["state"] == state
    assert told["problem"]
    with pytest.raises(EmptyPhoto):
        photos.attach(scope, str(card.local), b"", PhotoForm("b.jpg"))


@pytest.fixture
def two_people(pairs):
    """A picture of two people side by side, the second one larger."""
    one, other = (Image.open(pair[0]).convert("RGB") for pair in pairs[2:4])
    width, height = other.size
    picture = Image.new("RGB", (one.width + 2 * width, 2 * height))
    picture.paste(one, (0, 0))
    picture.paste(other.resize((2 * width, 2 * height)), (one.width, 0))
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def test_models_added_later_get_templates_of_the_photos_that_are_there(
    scope, request_card, found_card, add_photo, acquirer, pairs, gallery
):
    asked = request_card()
    add_photo(asked, pairs[0][0])
    add_photo(found_card(), pairs[0][1])
    worker.run(acquirer)
    Template._all.exclude(person=asked.subject).update(pack="models of before")
    found = search_card(scope, str(asked.local), gallery, None)
    assert (found.compared, found.unprepared, found.leads) == (0, 1, [])
    assert worker.run(acquirer) == 1
    found = search_card(scope, str(asked.local), gallery, None)
    assert (found.compared, found.unprepared, len(found.leads)) == (1, 0, 1)
    assert worker.run(acquirer) == 0


def test_which_face_is_meant_may_be_said_before(scope, found_card, acquirer, two_people):
    vectors = {}
    for which in ("1", "2", "largest", "central"):
        card = found_card(f"{which} (invented)")
        photo, _ = photos.attach(scope, str(card.local), two_people, PhotoForm("two.png", face=which))
        worker.run(acquirer)
        vectors[which] = photos_vector(Template._all.get(photo=photo))
    assert vectors["1"] == vectors["largest"] != vectors["2"]


def photos_vector(template):
    place = Place(Template._meta.db_table, str(template.id), "vector")
    return next(iter(unseal_many([(template.person_id, place, bytes(template.vector))])))


def test_several_faces_wait_for_somebody_to_say_which(scope, found_card, acquirer, two_people):
    card = found_card()
    photo, _ = photos.attach(scope, str(card.local), two_people, PhotoForm("two.png"))
    worker.run(acquirer)
    photo.refresh_from_db()
    assert photo.state == "choose"
    assert Template._all.count() == 0
    with pytest.raises(NotPossible, match="no number 9"):
        photos.choose_face(scope, photo.id, 9)
    photo.refresh_from_db()
    assert photo.state == "choose"
    photos.choose_face(scope, photo.id, 2)
    worker.run(acquirer)
    photo.refresh_from_db()
    assert photo.state == "done"
    assert Template._all.count() == 1


def test_a_withdrawn_photo_leaves_nothing(scope, found_card, add_photo, acquirer, pairs, gallery, settings):
    card = found_card()
    photo = add_photo(card, pairs[0][0])
    worker.run(acquirer)
    gallery.catch_up()
    before = {path for path in (settings.DATA / "blobs").rglob("*") if path.is_file()}
    photo.refresh_from_db()
    photos.withdraw(scope, photo.id)
    gallery.catch_up()
    assert len(gallery) == 0
    assert not Photo._all.exists()
    after = {path for path in (settings.DATA / "blobs").rglob("*") if path.is_file()}
    assert {path.name.split(".")[0] for path in before - after} >= {photo.blob, photo.crop}


def test_photos_of_the_dead_are_for_forensic_officers(scope, found_card, add_photo, pairs):
    """Others who may read the card learn that there are photos, and see none; amending the card to the living shows them."""
    from matching_help import somebody

    from kintrace.casework import cards, dead
    from kintrace.casework.people import Role

    forensic, caseworker = somebody("local", Role.FORENSIC_OFFICER), somebody("local", Role.CASEWORKER)
    card = found_card()
    photo = add_photo(card, pairs[0][0])
    assert photos.picture(caseworker, photo.id)
    assert dead.listed(forensic) == []
    cards.amend(scope, str(card.local), {"found_kind": "deceased_unidentified"}, why="the mortuary's list")
    assert [each["id"] for each in dead.listed(forensic)] == [str(card.id)]
    assert len(dead.one(forensic, str(card.id))["subject"]["photos"]) == 1
    assert photos.picture(forensic, photo.id)
    with pytest.raises(NotPossible):
        photos.picture(caseworker, photo.id)
    told = cards.read(caseworker, str(card.local))["subject"]
    assert told["photos"] == []
    assert told["photos_withheld"] == 1
    for closed in (lambda: dead.listed(caseworker), lambda: dead.one(caseworker, str(card.id))):
        with pytest.raises(Denied):
            closed()
    cards.amend(scope, str(card.local), {"found_kind": "patient"}, why="a slip")
    assert dead.listed(forensic) == []
    assert photos.picture(caseworker, photo.id)
