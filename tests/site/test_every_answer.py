"""Every address of the URLconf, walked, not listed: headers of each answer, tokens of each form, redirects that stay here."""

import itertools
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from site_world import World, pages

from kintrace.casework.people import User
from kintrace.ledger import entries
from kintrace.site.pages import review

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OUTSIDE = (
    "https://elsewhere.example/", "//elsewhere.example", "\\\\elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example",
    "///elsewhere.example", "javascript:alert(1)", "data:text/html,x", "https:elsewhere.example", "http://testserver@elsewhere.example/",
    "http://testserver.elsewhere.example", " //elsewhere.example", "\x00//elsewhere.example",
    "/x\r\nLocation: //elsewhere.example",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "BEAT", 0.001)


def _guarded(answer: Any, where: Any) -> None:
    for name, value in HEADERS.items():
        assert answer.get(name) == value, (where, name, answer.get(name))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy, where
    assert "frame-ancestors 'none'" in policy, where
    assert "base-uri 'none'" in policy, where
    assert "unsafe" not in policy, where
    assert "*" not in policy, where
    assert "http" not in policy, where
    assert answer.get("Access-Control-Allow-Origin") is None, where
    if answer["Content-Type"].startswith("text/html"):
        shown = answer.content.decode()
        assert " style=" not in shown, where
        assert "<style" not in shown, where
        assert " onclick=" not in shown, where
        for each in shown.split("<script")[1:]:
            assert "src=" in each.partition(">")[0] or "application/json" in each.partition(">")[0], where
    assert answer.status_code != 500, where
    for cookie in answer.cookies.values():
        assert cookie["httponly"], (where, cookie.key)
        assert cookie["samesite"], (where, cookie.key)


def test_every_answer_carries_the_headers(world: World, client: Client) -> None:
    """To who may see it, to strangers, to nobody; what is read and what a blank form answers."""
    client.raise_request_exception = world.there.raise_request_exception = world.here.raise_request_exception = False
    for page in pages():
        for address in page.addresses(world.ids):
            for who in (client, world.there, world.here):
                _guarded(who.get(address), ("GET", address))
            if page.name not in ("account_logout", "account_change"):
                _guarded(world.here.post(address), ("POST", address))


def test_no_form_is_taken_without_its_token(world: World) -> None:
    """Another site sends it in somebody's name: whatever the address, 403, and nothing of the form was read."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(id=world.scope.user))
    client.get("/")
    before = len(entries(most=1_000_000))
    addresses = [address for page in pages() for address in page.addresses(world.ids)]
    for address, method in itertools.product(addresses, ("post", "put", "patch", "delete")):
        answer = getattr(client, method)(address, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403, (method, address)
        _guarded(answer, address)
    told = entries(most=1_000_000)[: len(entries(most=1_000_000)) - before]
    assert {each.action for each in told} == {"web.csrf"}
    assert client.get("/").status_code == 200, "still signed in"


def test_no_page_is_exempt_from_tokens() -> None:
    for page in pages():
        assert not getattr(page.view, "csrf_exempt", False), page.path


def test_no_page_leads_elsewhere(world: World, client: Client) -> None:
    """Whatever a link or a form says of where to go on."""
    client.raise_request_exception = world.there.raise_request_exception = False
    for page in pages():
        address = next(page.addresses(world.ids))
        told = dict.fromkeys(("next", "redirect_to", "url", "return", "back", "process"), "//elsewhere.example")
        for who in (client, world.there):
            _stays(who.get(address, told), address)
        _stays(client.post(address, told), address)
        cache.clear()


def test_the_way_back_from_an_error_is_a_page_of_ours(world: World) -> None:
    """Whoever was led here from another site is not led back to it."""
    for came, back in (("https://elsewhere.example/x", "/"), ("http://testserver/cards", "http://testserver/cards")):
        shown = world.here.get(f"/draft/{world.ids['draft']}", headers={"Referer": came})
        assert shown.status_code == 422
        assert f'href="{back}">Back' in shown.content.decode()


def test_what_sign_in_does_not_permit_is_said(world: World) -> None:
    """Somebody without a password and a second factor cannot say again who they are."""
    answer = world.there.get("/account/reauthenticate/")
    assert answer.status_code == 403
    assert "You may not do this here." in answer.content.decode()


def test_no_form_leads_elsewhere(world: World, settings: Any) -> None:
    """The forms that say where to go on, filled in as they should be."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    someone = User.objects.get(id=world.scope.user)
    someone.set_password("four quiet words here")
    someone.save()
    password, client = {"password": "four quiet words here"}, Client()
    for bad, word in itertools.product(OUTSIDE, ("next", "url")):
        steps = [
            ("/account/login/", {"login": someone.username, **password}), ("/language", {"language": "fr"}),
            (f"/card/{world.ids['card']}/purpose", {"purpose": "tracing"}), ("/account/reauthenticate/", password),
            ("/account/logout/", {}),
        ]  # fmt: skip
        for address, form in steps:
            for asked in ({}, {"query_params": {word: bad}}):
                answer = client.post(address, {**form, word: bad}, **asked)
                _stays(answer, (address, bad))
            assert answer.status_code == (422 if "\x00" in bad and "purpose" in address else 302), (address, bad)


def _stays(answer: Any, where: Any) -> None:
    assert answer.status_code != 500, where
    to = answer.get("Location", "/")
    assert to.startswith("/"), (where, to)
    assert not to.startswith(("//", "/\\", "/\t")), (where, to)
    if answer.get("Content-Type", "").startswith("text/html"):  # nor does a link or a form on the page
        for name in ("href", "action", "hx-get", "hx-post", "formaction", "src"):
            for bad in ("https:", "//else", "javascript:", "\\", "data:text"):
                assert f'{name}="{bad}'.encode() not in answer.content, (where, name, bad)
