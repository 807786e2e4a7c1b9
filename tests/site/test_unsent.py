"""What was typed is not lost where a session ended meanwhile, or where something was wrong with it: it is sent again."""

import html
import re
import time
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from matching_help import FACE, follow, found, request, somebody
from site_forms import Page
from site_help import client_for

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role, User
from kintrace.casework.photos import attach
from kintrace.casework.scope import Scope
from kintrace.ledger import entries
from kintrace.matching import reviews
from kintrace.matching.models import Review
from kintrace.matching.seats import next_blind
from kintrace.site import unsent

PASSWORD = "a password that is long enough"
WHY = "The scar on the left cheek is the same;\n  the ears are not “quite” alike <b>& so on</b> — العربية"


@pytest.fixture(autouse=True)
def empty() -> None:
    cache.clear()


@pytest.fixture
def mara(scope: Scope) -> Client:
    """A caseworker with a password, signed in."""
    client_for(scope, Role.CASEWORKER, Role.SENIOR_REVIEWER, login="mara")
    user = User.objects.get(username="mara")
    user.set_password(PASSWORD)
    user.save()
    return signed_in(Client(enforce_csrf_checks=True))


def token(client: Client, path: str = "/account/login/") -> str:
    page = Page(client.get(path, follow=True).content.decode())
    return next(field.value for form in page.forms for field in form.fields if field.name == "csrfmiddlewaretoken")


def signed_in(client: Client, to: str = "/") -> Client:
    path = f"/account/login/?next={to}"
    sent = {"login": "mara", "password": PASSWORD, "csrfmiddlewaretoken": token(client, path), "next": to}
    assert client.post(path, sent)["Location"] == to
    return client


def idle(client: Client) -> None:
    session = client.session
    session["seen"] = int(time.time()) - 3600
    session.save()


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def again(client: Client) -> tuple[str, dict[str, Any]]:
    """The form of the page that keeps it, as a browser would send it."""
    page = Page(client.get("/unsent").content.decode())
    (form,) = [
        each for each in page.forms if each.action not in ("/unsent", "/language", "/office", "/account/logout/")
    ]
    assert page.runs == []
    return form.action, {each.name: each.value.removeprefix("\n") for each in form.fields}


@pytest.fixture
def sitting(scope: Scope, mara: Client, acquirer: Any, pairs: Any) -> uuid.UUID:
    """Of a pair whose faces Mara has judged; what she thinks of everything is to be said."""
    registers = somebody("local", Role.FIELD_OFFICER)
    cards = request(registers), found(registers, date_of_birth="1987-05-12")
    for card, path in zip(cards, pairs[0], strict=True):
        attach(registers, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    user = User.objects.get(username="mara")
    own = Scope(user.id, scope.office, scope.office_code, frozenset({Role.CASEWORKER, Role.SENIOR_REVIEWER}), "review")
    blind = next_blind(own, control_rate=0)
    assert blind is not None
    reviews.record_blind(own, blind.id, "potential_candidate", FACE)
    return blind.id


def test_a_statement_written_for_longer_than_the_session_is_not_lost(mara: Client, sitting: uuid.UUID) -> None:
    """Signed out, in again, looked at, sent: it is recorded as it was typed; nobody else is shown it meanwhile."""
    path = f"/review/{sitting}/statement"
    form = {"conclusion": "potential_candidate", "reason": WHY, "next": "1", "csrfmiddlewaretoken": token(mara, path)}
    before = Review._all.count()
    idle(mara)
    gone = mara.post(path, form)
    assert gone["Location"] == "/account/login/?next=/unsent"
    assert "signed out" in shown(mara.get(gone["Location"]))
    assert Review._all.count() == before
    signed_in(mara, "/unsent")
    assert WHY in shown(mara.get("/unsent"))
    assert "/unsent" in shown(mara.get("/")), "every page says that it waits"
    action, fields = again(mara)
    assert action == path
    assert fields["reason"] == WHY
    assert mara.post(action, fields).status_code == 302
    assert Review._all.count() == before + 1
    assert mara.get("/unsent")["Location"] == "/", "it waits no more"
    assert "/unsent" not in shown(mara.get("/"))


def test_it_is_for_nobody_else_and_not_for_ever(scope: Scope, mara: Client, sitting: uuid.UUID) -> None:
    """Another one who signs in at the same browser sees nothing of it; who throws it away is rid of it."""
    path = f"/review/{sitting}/statement"
    form = {"conclusion": "excluded", "reason": WHY, "csrfmiddlewaretoken": token(mara, path)}
    idle(mara)
    mara.post(path, form)
    client_for(scope, Role.CASEWORKER, login="other")
    mara.force_login(User.objects.get(username="other"))
    assert mara.get("/unsent")["Location"] == "/"
    assert "/unsent" not in shown(mara.get("/"))
    mara.logout()
    signed_in(mara)
    assert "/unsent" in shown(mara.get("/"))
    mara.post("/unsent", {"csrfmiddlewaretoken": token(mara, "/unsent")})
    assert mara.get("/unsent")["Location"] == "/"
    assert not any("scar" in str(each.facts) for each in entries(most=1000))


def test_what_is_refused_for_a_slip_can_be_mended(scope: Scope, mara: Client, sitting: uuid.UUID) -> None:
    path = f"/review/{sitting}/statement"
    form = {"conclusion": "perhaps", "reason": WHY, "csrfmiddlewaretoken": token(mara, path)}
    refused = mara.post(path, form)
    assert refused.status_code == 422
    assert "/unsent" in shown(refused)
    action, fields = again(mara)
    assert (action, fields["reason"]) == (path, WHY)
    sent = {"conclusion": "excluded", "reason": fields["reason"], "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]}
    assert mara.post(action, sent).status_code == 302
    assert mara.get("/unsent")["Location"] == "/"


def test_a_card_is_asked_about_first_and_then_it_is_sent(scope: Scope, mara: Client) -> None:
    """A new session knows no purpose yet; what was typed waits meanwhile, too."""
    card = request(somebody("local", Role.FIELD_OFFICER))
    mara.post(
        f"/card/{card.id}/purpose", {"purpose": "tracing", "csrfmiddlewaretoken": token(mara, f"/card/{card.id}")}
    )
    form = {"why": "The family moved and asked us to stop.", "csrfmiddlewaretoken": token(mara, f"/card/{card.id}")}
    idle(mara)
    assert mara.post(f"/card/{card.id}/do/close", form)["Location"] == "/account/login/?next=/unsent"
    signed_in(mara, "/unsent")
    action, fields = again(mara)
    asked = mara.post(action, fields)
    assert asked["Location"] == f"/card/{card.id}/purpose?next=/unsent"
    purpose = {"purpose": "tracing", "next": "/unsent", "csrfmiddlewaretoken": token(mara, asked["Location"])}
    assert mara.post(asked["Location"], purpose)["Location"] == "/unsent"
    action, fields = again(mara)
    mara.post(action, fields)
    card.refresh_from_db()
    assert card.status == "closed"
    assert mara.get("/unsent")["Location"] == "/"


def test_what_nobody_typed_and_what_is_secret_is_not_kept(scope: Scope, mara: Client) -> None:
    """A button that was pressed, a password, a stranger's form, more than any form holds, a form without its token."""
    user = User.objects.get(username="mara")
    for path, sent in (
        ("/new", {"kind": "tracing_request"}),
        (
            f"/administration/people/{user.id}/password",
            {"password": "several words of it", "why": "he forgot the old one"},
        ),
        ("/new", {"kind": "x " * unsent.MOST}),
    ):
        idle(mara)
        answer = mara.post(path, {**sent, "csrfmiddlewaretoken": token_of(mara)})
        assert answer["Location"].startswith("/account/login/?next=/"), path
        assert "unsent" not in answer["Location"], path
        signed_in(mara)
        assert not unsent.waits(user), path
    idle(mara)
    assert mara.post("/new", {"kind": "several words of it"}).status_code == 403
    assert not unsent.waits(user)
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post("/new", {"kind": "several words", "csrfmiddlewaretoken": token(stranger)})
    assert answer["Location"] == "/account/login/?next=/new"


def test_every_field_is_shown_with_its_label(mara: Client, scope: Scope) -> None:
    """Short answers too, and what was chosen, by the words of the form; what the page sent along by itself is not."""
    client_for(scope, Role.FIELD_OFFICER, login="rana")
    mara.force_login(User.objects.get(username="rana"))
    draft = mara.post("/new", {"kind": "tracing_request", "csrfmiddlewaretoken": token(mara, "/new")})["Location"]
    typed = {
        "subject.full_name": "Yusuf", "subject.full_name.script": "يوسف", "subject.sex": "male", "subject.height": "180",
        "subject.marks": "a scar", "subject.family.0.name": "Omar", "subject.family.0.relation": "brother",
        "card.priority.minor": "on", "consent.subject.face_search": "yes", "consent.subject.given_by": "Rania",
        "subject.date_of_birth.source_date": "2020", "why": "so", "turn": "1.2", "letters": "arabic", "enquirer.contact": "",
    }  # fmt: skip
    sent = {**typed, "csrfmiddlewaretoken": token(mara, draft)}
    idle(mara)
    mara.post(draft, sent)
    mara.force_login(User.objects.get(username="rana"))
    page = shown(mara.get("/unsent"))
    for label, name, value in (
        ("full name", "subject.full_name", "Yusuf"), ("full name (as they write it)", "subject.full_name.script", "يوسف"),
        ("height (cm)", "subject.height", "180"), ("marks", "subject.marks", "a scar"),
        ("family (Name)", "subject.family.0.name", "Omar"), ("family (Relation)", "subject.family.0.relation", "brother"),
        ("date of birth (As of)", "subject.date_of_birth.source_date", "2020"), ("Why", "why", "so"),
        ("Name of who consents", "consent.subject.given_by", "Rania"),
    ):  # fmt: skip
        assert re.search(
            rf">{re.escape(label)}</label><input [^>]*name=\"{re.escape(name)}\" value=\"{re.escape(value)}\"", page
        ), label
    for label, value in (("sex", "male"), ("priority", "child"), ("face search", "yes")):
        assert f">{label}</strong> <bdi>{value}</bdi>" in page, label
    assert ">arabic<" not in page
    action, fields = again(mara)
    assert action == draft
    assert {name: fields[name] for name in typed if name != "turn"} == {
        name: value for name, value in typed.items() if name != "turn"
    }


def test_one_short_word_is_not_lost_either(scope: Scope, mara: Client) -> None:
    card = request(somebody("local", Role.FIELD_OFFICER))
    form = {"why": "moved", "csrfmiddlewaretoken": token(mara, f"/card/{card.id}")}
    idle(mara)
    assert mara.post(f"/card/{card.id}/do/close", form)["Location"] == "/account/login/?next=/unsent"
    signed_in(mara, "/unsent")
    assert again(mara)[1]["why"] == "moved"
    page = mara.get("/unsent").content.decode()
    assert f'<a class="button" href="/card/{card.id}"' in page, "what it was about can be looked at"
    assert f"test.kintrace/local/{card.local}" in page


def test_where_it_is_not_known_who_sent_something_they_are_told_that_it_was_not_taken(
    scope: Scope, mara: Client
) -> None:
    """The session is gone altogether; not of what a page sends by itself."""
    card = request(somebody("local", Role.FIELD_OFFICER))
    form = {"why": "moved", "csrfmiddlewaretoken": token(mara, f"/card/{card.id}")}
    del mara.cookies[settings.SESSION_COOKIE_NAME]
    there = mara.post(f"/card/{card.id}/do/close", form, follow=True)
    assert "it was not taken" in there.content.decode()
    mara.post(f"/draft/{uuid.uuid4()}/keep", form)
    assert "it was not taken" not in mara.get("/account/login/").content.decode()


def token_of(client: Client) -> str:
    """The token as the cookie has it: reading a page would end the session of who is idle."""
    return client.cookies["csrftoken"].value
