"""What stands around every answer: headers, tokens, idle sessions, redirects, the second factor."""

from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from site_help import client_for

from kintrace.casework.people import Role, User
from kintrace.casework.scope import Scope


def test_no_answer_is_kept_or_lets_others_in(scope: Scope) -> None:
    """Headers of a page of ours, of sign-in, of an error."""
    client = client_for(scope, Role.CASEWORKER)
    for answer in (client.get("/"), Client().get("/account/login/"), client.get("/nothing")):
        assert answer["Cache-Control"] == "no-store"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "<script>" not in answer.content.decode()
        assert " style=" not in answer.content.decode()


def test_a_form_without_its_token_changes_nothing(scope: Scope) -> None:
    """Another site cannot send a form in somebody's name."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="officer"))
    assert client.post("/office", {"place": "x"}).status_code == 403
    assert client.post("/account/logout/").status_code == 403


def test_language_leads_nowhere_else(client: Client, scope: Scope) -> None:
    """The page to go back to is one of ours."""
    for bad in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere.example"):
        assert client.post("/language", {"language": "fr", "next": bad})["Location"] == "/"
    assert client.post("/language", {"language": "fr", "next": "/about"})["Location"] == "/about"
    answer = client.post("/account/login/?next=https://elsewhere.example/", {"login": "x", "password": "y"})
    assert answer.status_code == 200


def test_who_does_nothing_is_signed_out(scope: Scope, settings: Any) -> None:
    """After the minutes of the setting."""
    client = client_for(scope, Role.CASEWORKER)
    assert client.get("/").status_code == 200
    session = client.session
    session["seen"] -= settings.IDLE_MINUTES * 60 + 1
    session.save()
    assert client.get("/").status_code == 302


def test_signing_in_begins_a_new_session(scope: Scope, client: Client) -> None:
    """A session that somebody else prepared is not the one that is signed in."""
    user = User.objects.get(username="officer")
    user.set_password("four quiet words here")
    user.save()
    client.get("/account/login/")
    client.cookies["kintrace"] = "prepared0by0somebody0else0123456"
    client.post("/account/login/", {"login": "officer", "password": "four quiet words here"})
    assert client.cookies["kintrace"].value != "prepared0by0somebody0else0123456"
    assert client.get("/").status_code == 200


def test_a_role_that_needs_a_second_factor_gets_nowhere_without(scope: Scope, settings: Any) -> None:
    """They are sent to set one up; a role not named goes on."""
    settings.SECOND_FACTOR = "administrator"
    assert client_for(scope, Role.ADMINISTRATOR).get("/")["Location"].startswith("/account/factors/")
    assert client_for(scope, Role.CASEWORKER).get("/").status_code == 200


def test_a_password_somebody_else_gave_is_changed_first(scope: Scope) -> None:
    """Until then no page opens."""
    from kintrace.casework.setup import set_password

    client = client_for(scope, Role.CASEWORKER, login="newcomer")
    set_password(scope, "newcomer", "four quiet words here")
    client.force_login(User.objects.get(username="newcomer"))
    assert client.get("/")["Location"] == "/account/password/change/"
    client.post(
        "/account/password/change/",
        {
            "oldpassword": "four quiet words here",
            "password1": "five other words of mine",
            "password2": "five other words of mine",
        },
    )
    assert client.get("/").status_code == 200


def test_second_factors_are_sealed(scope: Scope) -> None:
    """What is stored of a one-time code's secret does not show it."""
    from allauth.mfa.adapter import get_adapter

    sealed = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in sealed
    assert get_adapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_machines_learn_counts_and_no_more(scope: Scope, client: Client) -> None:
    """Health for anybody; metrics for this machine only."""
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert b"kintrace_cards 0.0" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.1.1.1").status_code == 404


def test_a_password_is_kept_as_argon2id_and_an_older_one_anew(scope: Scope, client: Client) -> None:
    """What an earlier release kept opens once more, and is kept with the numbers of this one then."""
    words = "four quiet words here"
    user = User.objects.get(username="officer")
    user.password = Argon2PasswordHasher().encode(words, "salt-of-earlier-times")
    user.save()
    assert "m=102400,t=2,p=8" in user.password
    assert client.post("/account/login/", {"login": "officer", "password": words}).status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$v=19$m=65536,t=2,p=2$")
    assert user.check_password(words)
