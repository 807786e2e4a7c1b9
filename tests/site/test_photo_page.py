"""The photo page: what each role may do there is what the verbs do; what a file says is text, and stays text."""

import hashlib
import html
import io
import sys
from pathlib import Path

import pytest
from casework_help import SETTLED, roles
from django.core.files.uploadedfile import SimpleUploadedFile
from matching_help import found, request, somebody
from PIL import Image
from site_help import client_for

from kintrace.casework import photos, sources, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role
from kintrace.casework.picturerecords import BlockedPictures, SamePicture
from kintrace.casework.records import Photo
from kintrace.casework.setup import add_office
from kintrace.casework.standings import content_of
from kintrace.ledger import entries
from kintrace.matching.engine import engine
from kintrace.matching.models import Candidate
from kintrace.matching.standing import search_from

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from files import LATITUDE, OWNER, SERIAL, TOWN, exif, full_jpeg, saved

ROLES = list(Role)
READERS = (Role.FIELD_OFFICER, Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.FORENSIC_OFFICER)
SCRIPT = "<script>alert(1)</script>"
FORMS = {
    "raise": {"reason": "Her sister showed the account."},
    "lower": {"reason": "The account is a copy."},
    "grade": {"grade": "B2", "reason": "A neighbour who knew her."},
    "source": {"url": "https://social.example/p/1"},
    "hand-over": {"reason": "Given by her aunt on a memory card."},
    "settle": {"belongs": "here", "reason": "Her mother showed the print."},
    "block": {"reason": "A picture of an agency of models."},
    "choose": {"number": "1"},
}
MAY = {
    "raise": {Role.CASEWORKER, Role.SENIOR_REVIEWER},
    "lower": {Role.CASEWORKER, Role.SENIOR_REVIEWER},
    "grade": {Role.FIELD_OFFICER, Role.CASEWORKER, Role.FORENSIC_OFFICER},
    "source": {Role.FIELD_OFFICER, Role.CASEWORKER, Role.FORENSIC_OFFICER},
    "hand-over": {Role.FIELD_OFFICER, Role.CASEWORKER, Role.FORENSIC_OFFICER},
    "settle": {Role.CASEWORKER, Role.SENIOR_REVIEWER},
    "block": {Role.DATA_PROTECTION_OFFICER},
    "choose": {Role.FIELD_OFFICER, Role.CASEWORKER, Role.FORENSIC_OFFICER},
}
"""Who may do what, written here again on purpose."""


def put(scope, card, data, name="p.jpg", **form):
    return photos.attach(scope, str(card.local), data, PhotoForm(name, **form))[0]


def state(photo):
    photo.refresh_from_db()
    return photo.assessment


def shown(client, photo, query=""):
    answer = client.get(f"/photo/{photo.id}{query}")
    assert answer.status_code == 200, answer.content.decode()
    return html.unescape(answer.content.decode())


def mirrored(path):
    return saved(Image.open(path).convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT), "JPEG", quality=80)


@pytest.fixture
def lead(scope, acquirer, pairs):
    """A photo from social media, looked into."""
    photo = put(scope, request(scope), pairs[0][0].read_bytes(), origin="social_media")
    worker.run(acquirer)
    assert state(photo) == "lead_only"
    return photo


@pytest.fixture
def twice(scope, acquirer, pairs):
    """One picture on two requests of one office whose names contradict."""
    cards = request(scope, "Amal Sayegh (invented)"), request(scope, "Olena Pryklad (invented)")
    kept = [put(scope, cards[0], pairs[0][0].read_bytes()), put(scope, cards[1], mirrored(pairs[0][0]))]
    worker.run(acquirer)
    assert [state(each) for each in kept] == ["quarantined", "quarantined"]
    return kept


def starting(act, scope, request_of_test):
    """A photo on which an act can be done."""
    if act == "settle":
        return request_of_test.getfixturevalue("twice")[0]
    photo = request_of_test.getfixturevalue("lead")
    if act == "lower":
        sources.raise_lead(scope, photo.id, "I know him.")
    return photo


@pytest.mark.parametrize("act", list(FORMS))
def test_each_role_does_what_its_verb_lets_it_and_nothing_else(request, scope, act):
    photo = starting(act, scope, request)
    before = (state(photo), content_of(photo), photo.face)
    for role in ROLES:
        if role in MAY[act]:
            continue
        client = client_for(scope, role)
        assert client.post(f"/photo/{photo.id}/do/{act}", FORMS[act]).status_code in (403, 404), role
        photo.refresh_from_db()
        assert (photo.assessment, content_of(photo), photo.face) == before, role
        assert entries(most=1)[0].outcome == "refused"
    client = client_for(scope, sorted(MAY[act])[0], login="doer")
    answer = client.post(f"/photo/{photo.id}/do/{act}", FORMS[act], follow=True)
    assert answer.status_code == 200
    assert 'class="done' in answer.content.decode(), answer.content.decode()
    photo.refresh_from_db()
    assert (photo.assessment, content_of(photo), photo.face) != before


@pytest.mark.parametrize("role", READERS)
def test_the_page_offers_each_role_the_forms_it_may_send(scope, twice, lead_beside, role):
    client = client_for(scope, role)
    quarantined, raised = shown(client, twice[0]), shown(client, lead_beside)
    for act in ("settle", "grade", "source", "hand-over", "block"):
        assert (f"/do/{act}" in quarantined) == (role in MAY[act]), act
    assert ("/do/raise" in raised) == (role in MAY["raise"])
    assert "/do/raise" not in quarantined, "nothing is raised out of quarantine"
    assert "/do/lower" not in raised, "nobody raised it"


@pytest.fixture
def lead_beside(scope, acquirer, pairs):
    photo = put(scope, request(scope, "Third Name (invented)"), pairs[1][0].read_bytes(), origin="social_media")
    worker.run(acquirer)
    return photo


@pytest.mark.parametrize(("answer", "states"), SETTLED)
def test_a_picture_is_settled_on_the_page_as_by_the_command(scope, twice, answer, states):
    client = client_for(scope, Role.CASEWORKER, login="rana")
    page = shown(client, twice[0])
    assert f'value="{answer}"' in page
    assert "Olena" not in page
    told = client.post(f"/photo/{twice[0].id}/do/settle", {"belongs": answer, "reason": ""})
    assert told.status_code == 422, "a reason is needed"
    done = client.post(
        f"/photo/{twice[0].id}/do/settle", {"belongs": answer, "reason": "Her mother showed the print."}, follow=True
    )
    assert "It is recorded" in done.content.decode()
    assert tuple(state(each) for each in twice) == states
    if states[0] == "usable":
        page = shown(client, twice[0])
        assert "rana settled that it belongs here: Her mother showed the print." in page
        assert "/do/settle" not in page


def test_answers_that_the_verb_does_not_know_settle_nothing(scope, twice):
    client = client_for(scope, Role.CASEWORKER)
    for form in ({"belongs": "yes", "reason": "so"}, {"belongs": "", "reason": "so"}, {"reason": "so"}):
        assert client.post(f"/photo/{twice[0].id}/do/settle", form).status_code == 422
    odd = {"belongs": "here", "reason": "so", "other": "no id"}
    assert client.post(f"/photo/{twice[0].id}/do/settle", odd).status_code == 404
    assert client.post(f"/photo/{twice[0].id}/do/exonerate", {"reason": "so"}).status_code == 422
    assert state(twice[0]) == "quarantined"
    assert not SamePicture._all.exclude(answer="").exists()


def test_one_of_several_other_cards_is_settled_alone(scope, twice, acquirer, pairs):
    third = put(scope, request(scope, "Third Name (invented)"), pairs[0][0].read_bytes())
    worker.run(acquirer)
    client = client_for(scope, Role.CASEWORKER)
    assert f'<option value="{third.id}">' in shown(client, twice[0])
    form = {"belongs": "here", "reason": "The print.", "other": str(third.id)}
    client.post(f"/photo/{twice[0].id}/do/settle", form)
    assert state(twice[0]) == "quarantined", "the second card is still open"
    client.post(f"/photo/{twice[0].id}/do/settle", {**form, "other": str(twice[1].id)})
    assert state(twice[0]) == "usable"


def test_two_offices_settle_together_and_learn_nothing_of_each_other(scope, acquirer, pairs):
    add_office(roles(scope, Role.ADMINISTRATOR), "north", "North")
    there = somebody("north", Role.FIELD_OFFICER, Role.CASEWORKER)
    mine, theirs = request(scope, "Amal Sayegh (invented)", CONSENT_HERE), request(there, "Olena Pryklad (invented)")
    one, two = put(scope, mine, pairs[0][0].read_bytes()), put(there, theirs, mirrored(pairs[0][0]))
    worker.run(acquirer)
    here, north = client_for(scope, Role.CASEWORKER), client_for(there, Role.CASEWORKER)
    page = shown(north, two)
    assert "On another card." in page
    for secret in ("Amal", str(one.id), f"/local/{mine.local}", "office local"):
        assert secret not in page, secret
    assert north.get(f"/photo/{one.id}").status_code == 422
    assert north.post(f"/photo/{one.id}/do/settle", FORMS["settle"]).status_code == 422
    told = here.post(f"/photo/{one.id}/do/settle", FORMS["settle"], follow=True).content.decode()
    assert "until the other office has answered" in told
    assert state(one) == "quarantined"
    tile = "photo in quarantine: no search uses it"
    assert all(tile in client.get("/").content.decode() for client in (here, north))
    north.post(f"/photo/{two.id}/do/settle", {"belongs": "neither", "reason": "Sent by a stranger."})
    assert (state(one), state(two)) == ("usable", "quarantined")
    for client in (here, north):  # what was answered waits for nobody, though it stays out of every search
        assert tile not in client.get("/").content.decode()
        assert client.get("/photos").context["waiting"] == []


CONSENT_HERE = {
    "given_by": "invented", "capacity": "best_interest", "language": "en", "method": "paper",
    "purposes": {"tracing": True, "face_search": True},
}  # fmt: skip


def test_a_lead_is_raised_and_lowered_with_names_and_reasons(scope, lead):
    client = client_for(scope, Role.SENIOR_REVIEWER, login="sami")
    page = shown(client, lead)
    assert "a lead only" in page
    assert "10 times at most" in page
    client.post(f"/photo/{lead.id}/do/raise", FORMS["raise"])
    page = shown(client, lead)
    assert "sami raised it: Her sister showed the account." in page
    assert state(lead) == "usable"
    client.post(f"/photo/{lead.id}/do/lower", FORMS["lower"])
    page = shown(client, lead)
    assert state(lead) == "lead_only"
    assert "The account is a copy." in page, "the chain of custody keeps why"


def test_the_source_is_recorded_with_its_page_which_is_never_opened(scope, lead):
    page = f"<html>{SCRIPT}Somebody's page</html>".encode()
    client = client_for(scope, Role.FIELD_OFFICER, login="finn")
    client.post(
        f"/photo/{lead.id}/do/source",
        {
            "url": f"https://social.example/p/1?{SCRIPT}",
            "captured": "2026-11-24T10:30",
            "page": SimpleUploadedFile(f"../{SCRIPT}.html", page),
        },
    )
    answer = client.get(f"/photo/{lead.id}").content.decode()
    assert SCRIPT not in answer
    told = html.unescape(answer)
    for words in (hashlib.sha256(page).hexdigest(), "2026-11-24T10:30", f"https://social.example/p/1?{SCRIPT}", "html"):
        assert words in told, words
    assert 'href="https://social.example' not in answer, "nobody is led to the page by a click"
    assert photos.saved_page(scope, lead.id) == page
    lead.refresh_from_db()
    assert [each["by"] for each in content_of(lead)["custody"]][-1] == "finn"
    for wrong in ({"url": "javascript:alert(1)"}, {"captured": "soon"}, {}):
        assert client.post(f"/photo/{lead.id}/do/source", wrong).status_code == 422


def test_custody_and_grade_are_told_with_who_and_why(scope, lead):
    client = client_for(scope, Role.CASEWORKER, login="rana")
    client.post(f"/photo/{lead.id}/do/hand-over", {"reason": SCRIPT})
    client.post(f"/photo/{lead.id}/do/grade", {"grade": "D4", "reason": "He sent three that were not of her."})
    answer = client.get(f"/photo/{lead.id}").content.decode()
    assert SCRIPT not in answer
    told = html.unescape(answer)
    for words in (SCRIPT, "rana", "D4:", "graded D4", "He sent three that were not of her."):
        assert words in told, words
    assert client.post(f"/photo/{lead.id}/do/grade", {"grade": "Z9", "reason": "so"}).status_code == 422
    assert client.post(f"/photo/{lead.id}/do/grade", {"grade": "B2", "reason": " "}).status_code == 422


def test_a_blocked_picture_is_asked_about_in_its_own_words(scope, lead):
    client = client_for(scope, Role.DATA_PROTECTION_OFFICER, Role.CASEWORKER)
    told = client.post(f"/photo/{lead.id}/do/block", FORMS["block"], follow=True).content.decode()
    assert "on the block list" in told
    assert BlockedPictures._all.count() == 1
    assert state(lead) == "quarantined"
    page = shown(client, lead)
    assert "Does the picture show the person of this card?" in page
    assert 'value="there"' not in page
    client.post(f"/photo/{lead.id}/do/settle", {"belongs": "here", "reason": "It is she; the agency used her picture."})
    assert state(lead) == "lead_only", "settled, and still from social media"


def test_place_and_serial_numbers_are_on_the_page_for_those_allowed_who_ask(scope, acquirer, pairs):
    photo = put(scope, request(scope), saved(Image.open(pairs[0][0]).convert("RGB"), "JPEG", exif=exif()))
    worker.run(acquirer)
    secrets = (SERIAL, OWNER, f"{LATITUDE:.4f}"[:6])
    for role in READERS:
        client = client_for(scope, role)
        page = shown(client, photo)
        assert not [each for each in secrets if each in page], role
        assert "It records a place" in page
        assert ("?private" in page) == (role != Role.FIELD_OFFICER)
        answer = client.get(f"/photo/{photo.id}?private")
        told = html.unescape(answer.content.decode())
        if role == Role.FIELD_OFFICER:
            assert answer.status_code == 404
            assert SERIAL not in told
        else:
            assert all(each in told for each in secrets), role
            assert "photo.original" in {each.action for each in entries(most=3)}


def test_a_small_picture_that_differs_is_looked_at_by_those_allowed(scope, acquirer, pairs):
    """Beside place and serial numbers, drawn anew; where it shows the same there is nothing to look at."""
    picture = Image.open(pairs[0][0]).convert("RGB")
    before = Image.open(pairs[0][1]).convert("RGB").resize(picture.size)
    card = request(scope)
    cut = put(scope, card, saved(picture, "JPEG", exif=exif(thumbnail=before)))
    same = put(scope, card, saved(picture, "JPEG", quality=90, exif=exif(thumbnail=picture)))
    worker.run(acquirer)
    client = client_for(scope, Role.CASEWORKER)
    assert "picture?small=0" not in shown(client, cut)
    assert f"/photo/{cut.id}/picture?small=0" in client.get(f"/photo/{cut.id}?private").content.decode()
    assert "?small" not in client.get(f"/photo/{same.id}?private").content.decode()
    answer = client.get(f"/photo/{cut.id}/picture?small=0")
    assert answer.headers["Cache-Control"] == "no-store"
    assert SERIAL.encode() not in answer.content
    assert max(Image.open(io.BytesIO(answer.content)).size) <= 160
    assert client.get(f"/photo/{cut.id}/picture?small=7").status_code == 422
    assert client_for(scope, Role.FIELD_OFFICER).get(f"/photo/{cut.id}/picture?small=0").status_code == 404
    noted = [each for each in entries(most=9) if each.action == "photo.original" and each.outcome == "done"]
    assert noted[0].facts["part"] == "thumbnail"


def test_what_is_written_in_a_file_is_shown_as_text_and_nothing_of_it_runs(scope, acquirer):
    hostile = full_jpeg(description=SCRIPT, software='"><img src=x onerror=alert(1)>', model="{{ 7|add:7 }}\u202egnp")
    photo = put(scope, request(scope), hostile, name=f"a.{SCRIPT}")
    worker.run(acquirer)
    client = client_for(scope, Role.CASEWORKER)
    for query in ("", "?private"):
        answer = client.get(f"/photo/{photo.id}{query}")
        page = answer.content.decode()
        assert SCRIPT not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert SCRIPT in html.unescape(page), "it is text, and stays what it is"
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy or "default-src 'self'" in policy
        assert "unsafe-inline" not in policy
    assert TOWN not in html.unescape(client.get(f"/photo/{photo.id}").content.decode())
    assert Photo._all.count() == 1


def test_a_person_says_on_the_page_that_two_photos_are_two_pictures(scope, twice):
    client = client_for(scope, Role.SENIOR_REVIEWER)
    one, two = twice
    page = shown(client, one)
    assert f'action="/photo/{one.id}/do/two"' in page
    form = {"other": str(two.id), "reason": ""}
    assert client.post(f"/photo/{one.id}/do/two", form).status_code == 422
    assert state(one) == "quarantined"
    client.post(f"/photo/{one.id}/do/two", {**form, "reason": "Two portraits of one sitting."})
    assert (state(one), state(two)) == ("usable", "usable")
    page = shown(client, two)
    assert "said to be two pictures" in page
    assert "Two portraits of one sitting." in page
    client.post(f"/photo/{two.id}/do/one", {"other": str(one.id), "reason": "They are one."})
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    assert client.post(f"/photo/{one.id}/do/two", {"other": "x", "reason": "so"}).status_code == 404


def test_who_may_not_settle_does_not_say_either(scope, twice):
    client = client_for(scope, Role.FIELD_OFFICER)
    assert "/do/two" not in shown(client, twice[0])
    assert client.post(f"/photo/{twice[0].id}/do/two", {"other": str(twice[1].id), "reason": "so"}).status_code in (
        403,
        404,
    )
    assert state(twice[0]) == "quarantined"


def test_the_page_of_a_candidate_leads_there(scope, acquirer, pairs):
    asked, other = request(scope, date_of_birth="1987-05-12"), found(scope, date_of_birth="1987-05-12")
    one, two = put(scope, asked, pairs[0][0].read_bytes()), put(scope, other, mirrored(pairs[0][0]))
    worker.run(acquirer)
    search_from(scope, str(asked.id), engine())
    pair = Candidate._all.get()
    client = client_for(scope, Role.CASEWORKER, Role.SENIOR_REVIEWER)
    client.post(f"/candidate/{pair.id}/look")
    page = client.get(f"/candidate/{pair.id}").content.decode()
    assert "one and the same picture" in page
    assert f'href="/photo/{one.id}#same"' in page
    client.post(f"/photo/{one.id}/do/two", {"other": str(two.id), "reason": "Two portraits of one sitting."})
    assert "a person said that they are two" in client.get(f"/candidate/{pair.id}").content.decode()


def test_where_no_face_was_found_it_says_what_helps(scope, request_card, acquirer, tmp_path):
    """On the photo's page and among the card's photos; with a face there is other advice, or none."""
    card = request_card()
    Image.new("L", (400, 400), 128).save(tmp_path / "plain.png")
    photo = put(scope, card, (tmp_path / "plain.png").read_bytes())
    worker.run(acquirer)
    assert Photo._all.get(id=photo.id).state == "no_face"
    client = client_for(scope, Role.FIELD_OFFICER)
    client.post(f"/card/{card.id}/purpose", {"purpose": "tracing"})
    for page in (f"/photo/{photo.id}", f"/card/{card.id}/photos"):
        assert "What helps: the whole face from the front" in client.get(page).content.decode(), page
