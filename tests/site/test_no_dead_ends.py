"""Who cannot get in is told what to do: no mail is sent, so such pages say whom to ask. What a role may do has a way to it."""

import html
import re
import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from matching_help import request
from site_help import client_for

from kintrace.casework import worker
from kintrace.casework.cards import record_id
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role, User
from kintrace.casework.photos import attach

PASSWORD = "a password that is long enough"


@pytest.fixture
def lena(scope):
    cache.clear()  # of tries in other tests
    client_for(scope, Role.CASEWORKER, login="lena")
    user = User.objects.get(username="lena")
    user.set_password(PASSWORD)
    user.save()
    return user


def said(answer):
    return html.unescape(answer.content.decode())


def links(answer):
    """Where a page leads to."""
    return {html.unescape(each) for each in re.findall(r'<a\b[^>]* href="([^"]*)"', answer.content.decode())}


def sign_in(client, password=PASSWORD, login="lena"):
    return client.post("/account/login/", {"login": login, "password": password}, follow=True)


def test_the_way_for_a_lost_password_says_whom_to_ask(scope):
    client = Client()
    assert "/account/password/reset/" in said(client.get("/account/login/"))
    for answer in (
        client.get("/account/password/reset/"),
        client.post("/account/password/reset/", {"email": "a@b.example"}),
    ):
        assert answer.status_code == 200
        assert "ask an administrator of your office" in said(answer)
        assert "recovery codes" in said(answer)


def test_a_wrong_password_does_not_tell_whether_the_name_exists(lena):
    told = [said(sign_in(Client(), "not the password", login)) for login in ("lena", "nobody-here")]
    for each in told:
        assert "The login name or the password is not right." in each


def test_after_too_many_wrong_passwords_it_says_for_how_long_and_what_to_do(lena):
    for _ in range(6):
        told = said(sign_in(Client(), "not the password"))
    assert "shut for up to five minutes" in told
    assert "administrator" in told
    assert "shut for up to five minutes" in said(sign_in(Client())), "also for the right one"


def test_too_many_tries_from_one_place_are_said_in_words(lena):
    answers = [sign_in(Client(), "not the password", f"guess-{number}") for number in range(35)]
    assert "Too many wrong passwords" in said(answers[15])
    assert answers[-1].status_code == 429
    assert "refused for a minute" in said(answers[-1])


def test_who_is_shut_out_or_has_no_role_is_told_so(lena):
    User.objects.filter(id=lena.id).update(is_active=False)
    told = said(sign_in(Client()))
    assert "administrator" in told
    User.objects.filter(id=lena.id).update(is_active=True)
    lena.memberships.all().delete()
    assert "Ask an administrator to give you one." in said(sign_in(Client()))


def test_a_first_password_and_a_missing_second_factor_say_why_nothing_opens(lena, settings):
    User.objects.filter(id=lena.id).update(password_given=True)
    client = Client()
    assert "choose a password of your own" in said(sign_in(client))
    settings.SECOND_FACTOR = "all"
    new = "another password, long enough"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    told = said(client.get("/cards", follow=True))
    assert "set up a second factor" in told
    assert "choose a password of your own" not in told


def test_who_was_signed_out_for_doing_nothing_is_told(lena):
    client = Client()
    sign_in(client)
    session = client.session
    session["seen"] = int(time.time()) - 3600
    session.save()
    assert "nothing was done for 30 minutes" in said(client.get("/cards", follow=True))
    assert "nothing was done" not in said(client.get("/account/login/")), "once"


def test_without_a_password_a_second_factor_can_be_set_up_late_in_a_session(lena, settings):
    """Who signs in by the directory has no password to be asked for again."""
    settings.SECOND_FACTOR = "all"
    User.objects.filter(id=lena.id).update(password="!")
    client = Client()
    client.force_login(User.objects.get(id=lena.id), backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "socialaccount", "at": time.time() - 3600}]
    session.save()
    answer = client.get("/account/factors/totp/activate/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain == []
    assert "Activate Authenticator App" in said(answer)


def test_who_may_block_a_false_picture_finds_the_way_to_it(scope, acquirer, pairs):
    """A data protection officer sees no photo; from the menu to the list, by a file, and from a card by its photo."""
    card = request(scope)
    photo = attach(scope, str(card.local), pairs[0][0].read_bytes(), PhotoForm("a.jpg"))[0]
    worker.run(acquirer)
    officer = client_for(scope, Role.DATA_PROTECTION_OFFICER)
    assert links(officer.get("/")) >= {"/protection"}
    assert links(officer.get("/protection")) >= {"/protection/blocklist"}
    shown = said(officer.get("/protection/blocklist"))
    assert "The list is empty." in shown
    page = officer.post(f"/card/{card.id}", {"reason": "a complaint (invented)"}, follow=True)
    if "/purpose" in page.request["PATH_INFO"]:
        officer.post(f"/card/{card.id}/purpose", {"purpose": "protection"})
        page = officer.post(f"/card/{card.id}", {"reason": "a complaint (invented)"})
    assert f"/photo/{photo.id}" not in links(page), "a door that is closed to them"
    (way,) = [each for each in links(page) if each.startswith("/protection/blocklist?photo=")]
    assert record_id(card) in said(officer.get(way))
    told = said(officer.post(way, {"photo": str(photo.id), "reason": "Of an agency of models."}, follow=True))
    assert "1 photo is quarantined" in told
    assert "Of an agency of models." in told
    photo.refresh_from_db()
    assert photo.assessment == "quarantined"


def test_a_picture_is_put_on_the_block_list_by_a_file_and_taken_off_for_a_reason(scope, pairs):
    officer = client_for(scope, Role.DATA_PROTECTION_OFFICER)

    def sent(data, reason="Sent for nine people."):
        file = SimpleUploadedFile("a.jpg", data)
        return officer.post("/protection/blocklist", {"picture": file, "reason": reason}, follow=True)

    assert sent(pairs[0][0].read_bytes(), " ").status_code == 422
    assert "cannot be read as a picture" in said(sent(b"no picture" * 99))
    assert "No picture was chosen" in said(officer.post("/protection/blocklist", {"reason": "x"}))
    assert "0 photos are quarantined" in said(sent(pairs[0][0].read_bytes()))
    (entry,) = re.findall(r'name="entry" value="(\w+)"', said(officer.get("/protection/blocklist")))
    assert officer.post("/protection/blocklist", {"entry": entry, "reason": ""}).status_code == 422
    gone = said(officer.post("/protection/blocklist", {"entry": entry, "reason": "It was the wrong one."}, follow=True))
    assert "The list is empty." in gone
    others = client_for(scope, Role.CASEWORKER, Role.ADMINISTRATOR)
    assert others.get("/protection/blocklist").status_code == 403
