"""Writing, reading and changing cards on the pages: nothing typed is lost, seen by others, or run."""

import html
import re
import struct
import zlib
from html.parser import HTMLParser
from io import BytesIO

import pytest
from casework_help import CONSENT
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from site_help import client_for

from kintrace.casework import drafts, facts, setup
from kintrace.casework.draftrecords import Draft
from kintrace.casework.forms import card_form
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Photo
from kintrace.casework.registration import register
from kintrace.ledger import entries
from kintrace.site import interview
from kintrace.site.partialdates import understood
from kintrace.vault import is_destroyed

EVIL = [
    "<script>alert(1)</script>",
    "'; DROP TABLE casework_card; --",
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}",
    "%s%(x)s",
]
REQUEST = {
    "subject.full_name": "Yusuf Haddad (invented)", "subject.full_name.script": "يوسف حداد",
    "subject.date_of_birth": "3 May 1987",
    "enquirer.full_name": "Rania Aziz (invented)", "enquirer.relationship": "mother", "subject.family.0.relation": "brother",
    "subject.family.0.name": "Omar Haddad", "card.priority.minor": "on", "consent.subject.tracing": "yes",
    "consent.subject.face_search": "yes", "consent.subject.capacity": "guardian",
}  # fmt: skip


@pytest.fixture
def officer(scope):
    return client_for(scope, Role.FIELD_OFFICER, Role.CASEWORKER, login="rana")


def begun(client, kind="tracing_request"):
    return client.post("/new", {"kind": kind})["Location"]


def opened(client, form=REQUEST, kind="tracing_request"):
    answer = client.post(begun(client, kind), form)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].removesuffix("/photos")


def read(client, address, purpose="tracing"):
    client.post(f"{address}/purpose", {"purpose": purpose})
    return html.unescape(client.get(address).content.decode())


def test_a_card_is_written_kept_as_typed_and_opened(scope, officer):
    address = begun(officer)
    kept = officer.post(
        f"{address}/keep", {"subject.full_name": "Yus", "other": "not of the form"}, headers={"HX-Request": "true"}
    )
    assert "Kept" in kept.content.decode()
    draft = Draft._all.get()
    assert b"Yus" not in bytes(draft.content)
    assert "Yus" in officer.get(address).content.decode()
    assert 'href="' + address in officer.get("/new").content.decode()
    done = officer.post(address, REQUEST)
    assert done.status_code == 302
    assert not Draft._all.exists()
    assert is_destroyed(draft.person_id), "the draft's key ended with it"
    shown = read(officer, done["Location"].removesuffix("/photos"))
    for words in ("Yusuf Haddad (invented)", "يوسف حداد", "3 May 1987", "Rania Aziz", "Omar Haddad", "a guardian"):
        assert words in shown, words


def test_what_cannot_be_used_is_said_beside_the_field_and_nothing_is_lost(officer):
    address = begun(officer)
    answer = officer.post(
        address, {**REQUEST, "subject.date_of_birth": "3/5/1987", "subject.last_contact_date": "2999"}
    )
    assert answer.status_code == 422
    shown = html.unescape(answer.content.decode())
    assert "Which is the day, which the month?" in shown
    assert "lies in the future" in shown
    assert "Yusuf Haddad (invented)" in shown
    assert "3/5/1987" in shown
    assert not Card._all.exists()
    assert "Omar Haddad" in officer.get(address).content.decode(), "kept for later, too"


def test_what_is_hardly_true_is_said_beside_the_field_and_kept(officer):
    """While it is typed, when the form is opened again, after it was sent off, and on the card as long as it stands."""
    address = begun(officer)
    odd = {**REQUEST, "subject.last_contact_date": "1980", "subject.height": "18"}
    kept = html.unescape(officer.post(f"{address}/keep", odd).content.decode())
    place = '<p id="f-subject-last_contact_date-d" hx-swap-oob="innerHTML">'
    assert f"{place}The last contact is before the birth.</p>" in kept
    form = html.unescape(officer.get(address).content.decode())
    assert "The last contact is before the birth.</p>" in form
    assert "The height is not from 30 to 250 cm.</p>" in form
    mended = officer.post(f"{address}/keep", {**odd, "subject.last_contact_date": "2022"}).content.decode()
    assert f"{place}</p>" in mended, "it is told no more"
    done = officer.post(address, odd)
    assert done.status_code == 302, "it is kept all the same"
    told = html.unescape(officer.get(done["Location"]).content.decode())
    (told,) = re.findall(r"please look again\. ([^<]*)<", told)
    for words in ("The last contact is before the birth.", "The height is not from 30 to 250 cm."):
        assert words in told
    card = done["Location"].removesuffix("/photos")
    edit = officer.get(f"{card}/edit")["Location"]
    form = {**odd, **shown_form(officer, edit), "why": "she said so"}
    officer.post(edit, {**form, "subject.occupation": "baker"})
    told = html.unescape(officer.get(card).content.decode())
    assert told.count("The last contact is before the birth.") == 1
    edit = officer.get(f"{card}/edit")["Location"]
    mended = {"subject.last_contact_date": "2022", "subject.height": "180"}
    officer.post(edit, {**form, **shown_form(officer, edit), "subject.occupation": "baker", **mended})
    assert "please look again" not in officer.get(card).content.decode()


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "uk", "ru"])
def test_a_date_that_cannot_be_read_is_told_with_examples_that_are_understood(officer, language):
    officer.cookies["kintrace_language"] = language
    answer = officer.post(begun(officer), {**REQUEST, "subject.last_contact_date": "last spring"})
    (told,) = re.findall(r'last_contact_date-e"><li>(.*?)</li>', html.unescape(answer.content.decode()))
    for example in ("1987", "1987-05", "1985..1990"):
        assert example in told
        assert understood(example) == example
    assert "as of" not in told


def test_a_draft_that_was_sent_off_leads_to_the_card(scope, officer):
    address = begun(officer)
    card = officer.post(address, REQUEST)["Location"].removesuffix("/photos")
    for again in (officer.get, lambda where: officer.post(where, {**REQUEST, "subject.occupation": "baker"})):
        assert again(address)["Location"] == card
        assert "sent off already" in officer.get(card).content.decode()
    assert Card._all.count() == 1
    assert "baker" in officer.get("/unsent").content.decode(), "what was new in it is not lost"
    edit = officer.get(f"{card}/edit")["Location"]
    officer.post(edit, {**REQUEST, "subject.occupation": "baker", "why": "she said so"})
    assert officer.get(edit)["Location"] == card
    other = client_for(scope, Role.FIELD_OFFICER)
    assert other.get(address).status_code == 422, "to nobody else"


def test_drafts_are_listed_with_the_name_typed_so_far(officer):
    names = {
        "Yusuf Haddad (invented)": {"subject.full_name": "Yusuf Haddad (invented)", "enquirer.full_name": "Rania"},
        "يوسف حداد": {"subject.full_name.script": "يوسف حداد"},
        "Omar Said": {"subject.given_name": "Omar", "subject.family_name": "Said"},
    }
    for typed in names.values():
        officer.post(f"{begun(officer)}/keep", typed)
    begun(officer)
    for page in ("/new", "/cards"):
        shown = html.unescape(officer.get(page).content.decode())
        for name in names:
            assert f"tracing request: <bdi>{name}</bdi>" in shown
        assert "Rania" not in shown
        assert "tracing request · " in shown


def test_of_very_many_drafts_the_newest_are_opened(officer, monkeypatch):
    monkeypatch.setattr(drafts, "OPENED", 1)
    for name in ("Omar", "Amina"):
        officer.post(f"{begun(officer)}/keep", {"subject.full_name": name})
    shown = officer.get("/new").content.decode()
    assert "Amina" in shown
    assert "Omar" not in shown
    assert shown.count("/draft/") == 2


def test_a_name_in_its_own_script_alone_stays_there(officer):
    """When it is changed: the Latin letters stay blank, and nothing is changed by that."""
    own = {**REQUEST, "subject.full_name": "", "subject.alternate_names.script": "أبو علي; حداد"}
    address = opened(officer, own)
    read(officer, address, "registration")
    edit = officer.get(f"{address}/edit")["Location"]
    form = html.unescape(officer.get(edit).content.decode())
    for name, script in (("full_name", "يوسف حداد"), ("alternate_names", "أبو علي; حداد")):
        assert f'name="subject.{name}" value=""' in form
        assert f'name="subject.{name}.script" value="{script}"' in form
    assert officer.post(edit, {**own, "why": "to look"})["Location"] == address
    assert entries(action="card.amend", most=1) == [], "nothing was changed"
    assert "أبو علي" in html.unescape(officer.get(address).content.decode())


def test_a_slip_is_not_offered_where_it_was_changed_again_meanwhile(officer, at_a_time):
    address, mine, form, colleague_says = at_a_time
    officer.post(mine, form)
    assert "Was that a slip?" in officer.get(address).content.decode()
    colleague_says(occupation="tailor")
    assert "Was that a slip?" not in officer.get(address).content.decode()
    assert officer.post(f"{address}/do/undo").status_code == 422


def test_a_child_does_not_consent_alone(officer):
    address = begun(officer)
    answer = officer.post(address, {**REQUEST, "subject.date_of_birth": "2020", "consent.subject.capacity": "self"})
    assert answer.status_code == 422
    assert "cannot consent alone" in html.unescape(answer.content.decode())


def test_a_draft_is_its_writers_alone(scope, officer):
    address = begun(officer)
    officer.post(f"{address}/keep", {"subject.full_name": "Yusuf Haddad"})
    other = client_for(scope, Role.FIELD_OFFICER)
    for answer in (other.get(address), other.post(f"{address}/keep", {}), other.post(f"{address}/discard")):
        assert answer.status_code == 422
        assert "Yusuf" not in answer.content.decode()
    assert officer.post(f"{address}/discard").status_code == 302
    assert not Draft._all.exists()


def test_changing_keeps_what_was_and_a_slip_is_put_back(officer):
    address = opened(officer)
    read(officer, address, "registration")
    edit = officer.get(f"{address}/edit")["Location"]
    form = html.unescape(officer.get(edit).content.decode())
    assert 'value="Yusuf Haddad (invented)"' in form
    changed = {**REQUEST, "subject.full_name": "Yousef Haddad", "subject.occupation": "baker",
               "enquirer.relationship": "aunt"}  # fmt: skip
    assert "reason" in html.unescape(officer.post(edit, changed).content.decode())
    assert officer.post(edit, {**changed, "why": "the family said so"})["Location"] == address
    shown = html.unescape(officer.get(address).content.decode())
    assert "Yousef Haddad" in shown
    assert "aunt" in shown
    assert "Was that a slip?" in shown
    assert "Was that a slip?" in html.unescape(officer.get(address).content.decode()), "after a reload, too"
    other = opened(officer)
    assert "Was that a slip?" not in read(officer, other), "it is asked on the card that was changed"
    assert officer.post(f"{other}/do/undo").status_code == 422
    done = officer.post(f"{address}/do/undo", follow=True).content.decode()
    assert "3 facts are as they were." in done
    assert "Was that a slip?" not in done
    shown = html.unescape(officer.get(address).content.decode())
    assert "Yusuf Haddad (invented)" in shown
    assert "baker" not in shown
    assert "mother" in shown
    assert "aunt" not in shown
    history = html.unescape(officer.get(f"{address}/history").content.decode())
    assert "the family said so" in history
    assert "put back after a slip" in history


@pytest.mark.parametrize(("language", "shown"), [
    ("en", "3 May 1987"), ("fr", "3 mai 1987"), ("ar", "3 مايو، 1987"), ("uk", "03 травня 1987 р."),
])  # fmt: skip
def test_a_date_is_changed_as_the_page_writes_it_and_stays_where_nobody_touches_it(officer, language, shown):
    address = opened(officer)
    read(officer, address, "registration")
    officer.cookies["kintrace_language"] = language
    edit = officer.get(f"{address}/edit")["Location"]
    form = html.unescape(officer.get(edit).content.decode())
    assert f'value="{shown}"' in form
    assert 'value="1987-05-03"' not in form
    sent = {**REQUEST, "subject.date_of_birth": shown, "enquirer.relationship": re.search(
        r'name="enquirer.relationship" value="([^"]+)"', form)[1], "subject.family.0.relation": re.search(
        r'name="subject.family.0.relation" value="([^"]+)"', form)[1], "why": "to look"}  # fmt: skip
    assert officer.post(edit, sent)["Location"] == address
    assert entries(action="card.amend", most=1) == [], "nothing was changed"
    history = html.unescape(officer.get(f"{address}/history").content.decode())
    assert history.count(shown) == 1


def shown_form(client, address):
    """The form as a browser holds it: what is hidden in it and typed."""
    page = client.get(address).content.decode()
    return {name: html.unescape(value) for name, value in re.findall(r'name="(before)" value="([^"]*)"', page)}


@pytest.fixture
def at_a_time(scope, officer):
    """A card, the officer's form of it with a change of theirs, and how a colleague sends off a form of their own meanwhile."""
    address = opened(officer)
    read(officer, address, "registration")
    colleague = client_for(scope, Role.FIELD_OFFICER, Role.CASEWORKER, login="omar")
    read(colleague, address, "registration")
    mine = officer.get(f"{address}/edit")["Location"]
    form = {**REQUEST, **shown_form(officer, mine), "subject.occupation": "baker", "why": "she told more"}
    theirs = colleague.get(f"{address}/edit")["Location"]
    return (
        address,
        mine,
        form,
        lambda **changed: colleague.post(
            theirs, {**REQUEST, "why": "by telephone", **{f"subject.{name}": value for name, value in changed.items()}}
        ),
    )


def test_two_who_change_one_card_at_a_time_lose_nothing_of_either(officer, at_a_time):
    address, mine, form, colleague_says = at_a_time
    colleague_says(nationality="Syria", marks="a scar")
    assert officer.post(mine, form)["Location"] == address
    page = html.unescape(officer.get(address).content.decode())
    assert "baker" in page
    assert "Syria" in page, "what a colleague added is not taken back by a form that was opened before"
    assert "a scar" in page


def test_where_two_changed_one_field_the_second_is_asked(officer, at_a_time):
    address, mine, form, colleague_says = at_a_time
    colleague_says(occupation="tailor", marks="a scar")
    asked = officer.post(mine, form)
    assert asked.status_code == 422
    page = html.unescape(asked.content.decode())
    assert "the card says “tailor” now" in page
    assert ">baker</textarea>" in page, "nothing typed is lost"
    assert "a scar" in page, "what the colleague alone changed is in the form now"
    assert "tailor" in html.unescape(officer.get(address).content.decode()), "nothing was changed yet"
    again = {**form, **shown_form(officer, mine), "subject.marks": "a scar"}
    assert officer.post(mine, again)["Location"] == address
    page = html.unescape(officer.get(address).content.decode())
    assert "baker" in page
    assert "a scar" in page


def test_what_was_held_up_on_its_way_takes_nothing_back(officer):
    address = begun(officer)
    officer.post(f"{address}/keep", {"subject.full_name": "Yusuf Haddad", "turn": "7.2"})
    officer.post(f"{address}/keep", {"subject.full_name": "Yus", "turn": "7.1"})
    assert "Yusuf Haddad" in officer.get(address).content.decode()
    officer.post(f"{address}/keep", {"subject.full_name": "Yusuf", "turn": "8.1"})
    assert "Yusuf Haddad" not in officer.get(address).content.decode(), "another page's is a change of its own"


@pytest.mark.parametrize("kind", ["tracing_request", "found_person"])
def test_nothing_that_is_typed_runs(officer, kind):
    for evil in EVIL:
        form = {"consent.subject.tracing": "yes"}
        for section in interview.SECTIONS[kind]:
            for fact in section.facts:
                if fact not in (*interview.CHOICES, *interview.DATES, "priority"):
                    form[f"{section.part}.{fact}"] = evil
                    form[f"{section.part}.{fact}.script"] = evil
        form |= {"subject.family.0.relation": evil, "subject.family.0.name": evil}
        form |= {"found_person": {"subject.found_kind": "patient"}}.get(kind, {})
        address = opened(officer, form, kind)
        officer.post(f"{address}/purpose", {"purpose": "tracing"})
        pages = (address, f"{address}/history", "/cards", f"{address}/consent/subject", f"{address}/photos")
        for page in pages:
            shown = officer.get(page).content.decode()
            assert "<script>alert" not in shown, page
            assert "<img src=x" not in shown, page
        assert evil in html.unescape(officer.get(address).content.decode()), "it is text, and stays what it is"
    assert Card._all.count() == len(EVIL)


def test_another_offices_card_is_not_there(scope, officer):
    setup.add_office(scope, "there", "Another office")
    address = opened(officer)
    stranger = client_for(scope, *Role, office="there")
    absent = "/card/00000000-0000-0000-0000-000000000007"
    for page in ("", "/purpose", "/edit", "/photos", "/history", "/consent/subject", "/candidates"):
        one, other = stranger.get(address + page), stranger.get(absent + page)
        assert one.status_code == other.status_code
        assert "Yusuf" not in one.content.decode()
    stranger.post(f"{address}/purpose", {"purpose": "tracing"})
    assert stranger.get(address).status_code in (302, 404)
    assert "Yusuf" not in html.unescape(stranger.get("/cards").content.decode())


def test_a_purpose_is_asked_once_per_case(scope, officer):
    address = opened(officer)
    assert officer.get(address).status_code == 200, "who registered it said so by registering"
    colleague = client_for(scope, Role.CASEWORKER)
    assert colleague.get(address)["Location"].startswith(f"{address}/purpose")
    assert colleague.post(f"{address}/purpose", {"purpose": "curiosity"}).status_code == 422
    asked = colleague.post(f"{address}/purpose", {"purpose": "tracing", "next": "https://elsewhere.example"})
    assert asked["Location"] == address
    assert colleague.get(address).status_code == 200
    assert colleague.get(f"{address}/history").status_code == 200
    assert entries(action="card.read", most=1)[0].purpose == "tracing"


def test_a_card_like_one_that_is_being_written_is_pointed_out(officer):
    opened(officer)
    address = begun(officer)
    typed = {"subject.full_name": "Jousef Haddad (invented)", "subject.date_of_birth": "1987"}
    kept = html.unescape(officer.post(f"{address}/keep", typed).content.decode())
    assert "There may be a card of this person already" in kept
    assert "Yusuf Haddad (invented)" in kept
    other = {"subject.full_name": "Samir Haddad (invented)", "subject.date_of_birth": "1890", "subject.sex": "male"}
    assert "There may be a card" not in officer.post(f"{address}/keep", other).content.decode(), "a family name alone"


def test_consent_is_recorded_and_withdrawn_only_when_sure(officer):
    address = opened(officer)
    read(officer, address)
    page = f"{address}/consent/subject"
    assert "Do you agree?" in officer.get(page).content.decode()
    officer.post(
        page,
        {
            "consent.subject.tracing": "yes",
            "consent.subject.share_office:*": "yes",
            "consent.subject.capacity": "guardian",
        },
    )
    assert "sharing with offices (all)" in html.unescape(officer.get(address).content.decode())
    asked = officer.post(f"{page}/withdraw", {"purpose": "all"})
    assert "cannot be undone" in html.unescape(asked.content.decode())
    assert Card._all.count() == 1
    assert officer.post(f"{page}/withdraw", {"purpose": "all", "sure": "1"})["Location"] == "/cards"
    assert not Card._all.exists()


def bomb() -> bytes:
    """A PNG of a few kilobytes that claims to be 30,000 by 30,000."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 5_000_000))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(("name", "data"), [
    ("empty.jpg", b""), ("text.jpg", b"not a photo at all" * 50), ("picture.svg", SVG),
    ("page.jpg", b"<!doctype html><script>1</script>"),
    ("bomb.png", bomb()), ("cut.jpg", b"\xff\xd8\xff\xe0" + bytes(200)), ("zip.jpg", b"PK\x03\x04" + bytes(500)),
])  # fmt: skip
def test_what_is_no_photo_is_refused_and_not_kept(officer, name, data):
    address = opened(officer)
    file = SimpleUploadedFile(name, data, content_type="image/jpeg")
    answer = officer.post(f"{address}/photos", {"photos": [file], "origin": "family"}, headers={"X-One-By-One": "1"})
    assert answer.status_code == 200
    assert "tag bad" in answer.content.decode() or not data
    assert not Photo._all.exists()


def test_a_photo_is_kept_and_shown_without_what_the_file_tells(officer):
    address = opened(officer)
    out = BytesIO()
    picture = Image.new("RGB", (400, 300), "white")
    exif = picture.getexif()
    exif[0x010E] = "a secret caption"
    picture.save(out, "JPEG", exif=exif)
    many = [SimpleUploadedFile(f"{number}.jpg", out.getvalue() + bytes(number)) for number in range(2)]
    officer.post(f"{address}/photos", {"photos": many, "origin": "family", "taken": "May 2019"})
    assert Photo._all.count() == 2
    photo = Photo._all.first()
    shown = officer.get(f"/photo/{photo.id}/picture?whole")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"] == "no-store"
    assert b"secret caption" not in shown.content
    assert Image.open(BytesIO(shown.content)).size == (400, 300)
    assert officer.get(f"/photo/{photo.id}").status_code == 200
    officer.post(f"/photo/{photo.id}/do/withdraw")
    assert Photo._all.count() == 1


@pytest.mark.parametrize(("typed", "kept"), [
    ("3 May 1987", "1987-05-03"), ("03.05.1987", "1987-05-03"), ("May 1987", "1987-05"), ("05.1987", "1987-05"), ("1987", "1987"),
    ("٣ مايو ١٩٨٧", "1987-05-03"), ("3 травня 1987", "1987-05-03"), ("3 мая 1987", "1987-05-03"), ("3 mai 1987", "1987-05-03"),
    ("3 de mayo de 1987", "1987-05-03"), ("May 3, 1987", "1987-05-03"), ("25/12/1987", "1987-12-25"),
    ("7 as of 2020-01", "7 as of 2020-01"),
    ("1985..1990", "1985..1990"), ("12/25/1987", "1987-12-25"), ("1985-1990", "1985..1990"), ("1er mai 1987", "1987-05-01"),
    ("aged 7 in 2024", "7 as of 2024"), ("7 years old in May 2024", "7 as of 2024-05"), ("7 ans en 2024", "7 as of 2024"),
    ("7 ans au 3 mai 2024", "7 as of 2024-05-03"), ("7 años en 2024", "7 as of 2024"), ("٧ سنوات في ٢٠٢٤", "7 as of 2024"),
    ("بعمر 7 في 2024", "7 as of 2024"), ("7 років у 2024", "7 as of 2024"), ("5-7 років станом на 2024 рік", "5-7 as of 2024"),
    ("7 лет в 2024 году", "7 as of 2024"), ("5–7 лет на май 2024", "5-7 as of 2024-05"),
    ("7 лет на 03.05.2024", "7 as of 2024-05-03"),
    ("7 as of soon", "7 as of soon"), ("seven", "seven"), ("7 años en mayo de 2024", "7 as of 2024-05"),
    ("7–9 ans au 3 mai 2024", "7-9 as of 2024-05-03"), ("7 лет на май 2024", "7 as of 2024-05"),
    ("1985–1990", "1985..1990"), ("May 1985 .. 1990", "1985-05..1990"), ("1987-05", "1987-05"),
    ("7 dogs in 2024", "7 dogs in 2024"), ("1985..", "1985.."),
])  # fmt: skip
def test_dates_are_understood_as_people_write_them(typed, kept):
    from kintrace.site.partialdates import understood

    assert understood(typed) == kept


def test_letters_are_proposed_both_ways(officer):
    """For a keyboard that has only one of them; what cannot be proposed stays as it was."""
    field = {"field": "subject.full_name", "subject.full_name": "Olena Haddad", "subject.full_name.script": ""}
    page = html.unescape(officer.post("/latin", {**field, "into": "1", "letters": "ukrainian"}).content.decode())
    assert 'name="subject.full_name.script" value="Олена Гаддад"' in page
    page = html.unescape(officer.post("/latin", {**field, "into": "1", "letters": "arabic"}).content.decode())
    assert "حداد" in page
    kept = {**field, "subject.full_name": "", "subject.full_name.script": "Олена"}
    assert "Олена" in officer.post("/latin", {**kept, "into": "1", "letters": "arabic"}).content.decode()
    assert 'value="Olena"' in officer.post("/latin", kept).content.decode()
    assert officer.post("/latin", {**field, "into": "1", "letters": "runes"}).status_code == 422
    for evil in EVIL:
        answer = officer.post("/latin", {**field, "subject.full_name": evil, "into": "1", "letters": "russian"})
        assert "<script" not in answer.content.decode()
        assert "<img" not in answer.content.decode()


class Fields(HTMLParser):
    """The fields of a page as a browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.sent, self._text, self._select = {}, "", ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        name = has.get("name") or ""
        if tag == "input" and (has.get("type") not in ("checkbox", "radio") or "checked" in has):
            self.sent[name] = has.get("value") or ""
        self._text = name if tag == "textarea" else self._text
        self._select = name if tag == "select" else self._select
        if tag == "option" and "selected" in has:
            self.sent[self._select] = has.get("value") or ""

    def handle_endtag(self, tag):
        self._text = "" if tag == "textarea" else self._text

    def handle_data(self, data):
        if self._text:
            self.sent[self._text] = data


def test_a_change_takes_nothing_from_what_nobody_touched(scope, officer):
    """How other facts are known, how they are written, and the tenth relative: as a card by another office may have them."""
    known = {"source": "birth certificate", "source_date": "2019-04", "certainty": "documented"}
    sought = {
        "full_name": "Yusuf Haddad (invented)", "nationality": {"value": "Syrian", **known}, "sex": {"value": "male", **known},
        "place_of_birth": {"value": "Aleppo", "original_script": "حلب", **known},
        "marks": {"value": "scar on the chin", **known},
        "family": [{"relation": "brother", "name": f"Brother{number} Haddad (invented)"} for number in range(10)],
    }  # fmt: skip
    asks = {"full_name": "Rania Aziz (invented)", "relationship": "mother", "consent": CONSENT}
    card = register(
        scope, card_form({"kind": "tracing_request", "sought": sought, "enquirer": asks, "consent": CONSENT})
    )
    address = f"/card/{card.id}"
    read(officer, address, "registration")
    before = facts.known(card.subject)
    edit = officer.get(f"{address}/edit")["Location"]
    sent = Fields(officer.get(edit).content.decode()).sent
    assert sent["subject.place_of_birth.source"] == "birth certificate"
    answer = officer.post(edit, {**sent, "subject.occupation": "baker", "why": "she told more"})
    assert answer.status_code == 302, re.findall(r"errorlist.{300}", html.unescape(answer.content.decode()), re.S)
    after = facts.known(card.subject)
    assert after.pop("occupation").value == "baker"
    assert after == before
