"""Who cannot get in is told what to do: no mail is sent, so each such page says whom to ask."""

import html
import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client
from site_help import client_for

from kintrace.casework.people import Role, User

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
