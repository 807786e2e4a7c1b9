"""How often something may be asked: sign-in by account and by address, and what a program asks that draws a registry empty."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from site_help import client_for

from kintrace.casework.people import Role, User
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.ledger import entries
from kintrace.site import limits, web

PASSWORD = "four quiet words here"


@pytest.fixture
def officer(scope: Scope, settings: Any, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody with a password. A minute does not end in the middle of a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    monkeypatch.setattr(limits, "WINDOW", 10_000_000)
    user = User.objects.get(username="officer")
    user.set_password(PASSWORD)
    user.save()
    return user


def attempt(login: str, password: str, address: str = "10.0.0.1", **headers: str) -> Any:
    """Somebody new signs in, or tries."""
    return Client().post(
        "/account/login/", {"login": login, "password": password}, REMOTE_ADDR=address, headers=headers or None
    )  # fmt: skip


def test_an_account_is_not_guessed_at_from_many_addresses(officer: User) -> None:
    """After five wrong passwords the right one does not help either, from whatever address; another account still signs in."""
    for number in range(5):
        assert attempt("officer", "wrong", f"10.1.0.{number}").status_code == 200
    assert attempt("officer", PASSWORD, "10.1.0.99").status_code != 302
    other = User(username="other")
    other.set_password(PASSWORD)
    other.save()
    assert attempt("other", PASSWORD, "10.1.0.99").status_code == 302
    assert len(entries(action="web.sign_in", outcome="refused")) >= 5


def test_many_accounts_are_not_guessed_at_from_one_address(officer: User) -> None:
    """Nor by saying that one comes from elsewhere."""
    for number in range(10):
        attempt(f"nobody{number}", "wrong", **{"X-Forwarded-For": f"10.2.0.{number}"})
    assert attempt("officer", PASSWORD, **{"X-Forwarded-For": "10.2.0.99"}).status_code != 302
    assert attempt("officer", PASSWORD, "10.0.0.2").status_code == 302
    last = [attempt(f"nobody{number}", "wrong").status_code for number in range(30)][-1]
    assert last == 429
    answer = attempt("officer", PASSWORD)
    assert int(answer["Retry-After"]) > 0
    assert "refused for a minute" in answer.content.decode()


def test_sign_in_does_not_tell_who_has_an_account(officer: User) -> None:
    """The same answer for a name that is not there, word for word; and as much work, since passwords are hashed either way."""
    told = []
    for login in ("officer", "nobodyx"):
        text = attempt(login, "wrong").content.decode().replace(login, "NAME")
        told.append("\n".join(line for line in text.splitlines() if "csrf" not in line.lower()))
    assert told[0] == told[1]


def test_a_one_time_code_is_not_guessed(officer: User) -> None:
    """Of the second factor, after the right password."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=officer, type="totp", data={"secret": get_adapter().encrypt(secret)})
    client = Client()
    assert "authenticate" in client.post("/account/login/", {"login": "officer", "password": PASSWORD})["Location"]
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    right = {format_hotp_value(hotp_value(secret, each)) for each in yield_hotp_counters_from_time()}
    wrong = [each for each in (f"{number:06}" for number in range(50)) if each not in right]
    for code in wrong[:6]:
        assert client.post("/account/factors/authenticate/", {"code": code}).status_code == 200
    answer = client.post("/account/factors/authenticate/", {"code": min(right)})
    assert answer.status_code != 302
    assert client.get("/").status_code == 302, "not signed in"


def test_there_is_no_password_reset_to_flood(officer: User, client: Client) -> None:
    """An administrator gives a new one; no page sends mail, and nobody signs up."""
    answer = client.post("/account/password/reset/", {"email": "x@example.org"})
    assert "Kintrace sends no mail" in answer.content.decode(), "a page to read, whatever is sent to it"
    for path in ("password/reset/key/1-2/", "email/", "confirm-email/"):
        assert client.post(f"/account/{path}", {"email": "x@example.org"}).status_code == 404
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/signup/", form).status_code in (200, 403)
    assert not User.objects.filter(username="new").exists()


def test_changing_a_password_is_no_way_to_guess_it(officer: User) -> None:
    """A session that was left open does not tell the password."""
    client = Client()
    client.force_login(officer)
    form = {"password1": "five other words of mine", "password2": "five other words of mine"}
    told = [client.post("/account/password/change/", {"oldpassword": f"no{number}", **form}) for number in range(6)]
    assert told[-1].status_code == 429
    assert told[-1]["Retry-After"]
    assert client.post("/account/password/change/", {"oldpassword": PASSWORD, **form}).status_code == 429


@pytest.mark.parametrize("kind", ["page", "picture", "search", "upload", "change"])
def test_what_only_a_program_asks_so_often_is_refused(
    officer: User, scope: Scope, settings: Any, found_card: Callable[..., Card], kind: str
) -> None:
    """Each kind by itself, each person by themselves; once in the ledger; other kinds go on, and so does signing out."""
    card = found_card()
    settings.LIMITS = {kind: 3}
    one, other = client_for(scope, *Role), client_for(scope, *Role)
    for client in (one, other):
        client.post(f"/card/{card.id}/purpose", {"purpose": "tracing"})
    photo = SimpleUploadedFile("x.jpg", b"x")
    asked: dict[str, Callable[[Client], Any]] = {
        "page": lambda client: client.get("/cards"),
        "picture": lambda client: client.get(f"/photo/{uuid.UUID(int=7)}/picture"),
        "search": lambda client: client.post("/registry", {"q_name": "Amal"}),
        "upload": lambda client: client.post(f"/card/{card.id}/photos", {"photos": photo}),
        "change": lambda client: client.post("/office", {"place": ""}),
    }
    done = 1 if kind == "change" else 0  # the purpose
    assert 429 not in {asked[kind](one).status_code for _ in range(3 - done)}
    answer = asked[kind](one)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert "too often" in answer.content.decode()
    part = one.get("/cards", headers={"HX-Request": "true"}) if kind == "page" else None
    assert part is None or part["HX-Retarget"] == "#problems"
    for _ in range(5):
        asked[kind](one)
    told = entries(action="web.limit")
    assert [(each.who, each.outcome, each.facts) for each in told] == [
        (one.session["_auth_user_id"], "refused", {"kind": kind})
    ]  # fmt: skip
    assert asked[kind](other).status_code != 429
    for name, ask in asked.items():
        assert name == kind or ask(one).status_code != 429
    assert one.post("/account/logout/").status_code == 302


def test_an_address_is_limited_before_anybody_signs_in(officer: User, settings: Any) -> None:
    settings.LIMITS = {"stranger": 5}
    told = [Client().get("/account/login/", REMOTE_ADDR="10.3.0.1").status_code for _ in range(7)]
    assert told == [200] * 5 + [429] * 2
    assert Client().get("/account/login/", REMOTE_ADDR="10.3.0.2").status_code == 200
    assert Client().get("/healthz", REMOTE_ADDR="10.3.0.1").status_code == 200


def test_forms_without_tokens_do_not_fill_the_ledger(officer: User, settings: Any) -> None:
    """Each is an entry: they, too, end after some."""
    settings.LIMITS = {"stranger": 5}
    client = Client(enforce_csrf_checks=True)
    told = [client.post("/language", {"language": "fr"}, REMOTE_ADDR="10.4.0.1").status_code for _ in range(20)]
    assert told == [403] * 5 + [429] * 15
    assert len(entries(action="web.csrf")) == 5
    assert len(entries(action="web.limit")) == 1


def test_an_installation_chooses(environment: dict[str, str]) -> None:
    """By its environment; what is written wrongly is said at the start."""
    assert web._limits(None) == web.USUAL_LIMITS
    assert web._limits("search=5, upload=9") == {**web.USUAL_LIMITS, "search": 5, "upload": 9}
    assert web._limits("none") == {}
    wrong = {**os.environ, **environment, "KINTRACE_LIMITS": "search=lots"}
    told = subprocess.run(
        [sys.executable, "-c", "import kintrace.site.settings"], env=wrong,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "KINTRACE_LIMITS is “search=lots”: each must be one of page" in told.stderr
