"""The about page: whether the server bears the emblem, until when, and what the project's own checker sees from outside."""

import html
import re
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dns.rrset
import pytest
import room_texts
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from emblem_dns import free_port, responder, stub
from site_help import client_for

from kintrace.casework.people import Role
from kintrace.casework.scope import Scope
from kintrace.emblem.authorisation import Authorisation
from kintrace.emblem.dns import Folder, checked_records, host, items_by_name, records, withdraw_everywhere
from kintrace.emblem.issuing import Terms, issue
from kintrace.emblem.items import Profile
from kintrace.emblem.publishing import signs
from kintrace.emblem.state import State
from kintrace.site import ownemblem
from kintrace.site.sentences import said

NAME = "records.society.example.org"
PASSPHRASE = "several words to lock it"
ASKED: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if threading.current_thread() is threading.main_thread() and event in {"socket.connect", "socket.sendto"}:
        ASKED.append(event)


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Whom the pages asked by network; requests of the test client run in the test's own thread."""
    sys.addaudithook(_watch)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", ("127.0.0.1", 9))
    assert ASKED, "the watch does not work"
    return ASKED


@pytest.fixture
def emblem(settings: Any, tmp_path: Path) -> Iterator["Emblem"]:
    settings.EMBLEM_FOLDER, settings.EMBLEM_RESOLVER = tmp_path / "emblem", ""
    cache.clear()
    yield Emblem(tmp_path / "emblem")
    cache.clear()


class Emblem:
    """The server's own: a key, an authorisation, and a folder of what is published, where the server's address is, too."""

    def __init__(self, folder: Path) -> None:
        self.state, self.there = State(folder), Folder(folder / "published")
        self.state.keys.make("server", PASSPHRASE)
        self.key = self.state.keys.private("server", PASSPHRASE)
        given = Authorisation(
            "A1", "Ministry of Defence", "MoD 2026/17", (datetime.now(UTC) - timedelta(days=9)).date(),
            (datetime.now(UTC) + timedelta(days=90)).date(), ("*.example.org",), 1, datetime.now(UTC),
        )  # fmt: skip
        with self.state.changing() as written:
            written.authorisations.append(given)
        self.there.publish(host(NAME), [dns.rrset.from_text(host(NAME), 300, "IN", "A", "192.0.2.1")])

    def issue(
        self, name: str = NAME, *, days: float = 7, ago: float = 0, test: bool = False, profile: Profile = "B"
    ) -> str:
        """Issue one without a named organisation; when it ends, as the page writes it."""
        terms = Terms(datetime.now(UTC) - timedelta(days=ago), profile, timedelta(days=days), test=test)
        new = issue(self.state, lambda _: self.key, terms, key="server", assets=[name], issuer=None, purposes=1)
        return date_format(datetime.fromtimestamp(new.token.valid_until, UTC), "DATETIME_FORMAT")

    def publish(self) -> None:
        now = datetime.now(UTC)
        for name, items in items_by_name(signs(self.state, now)).items():
            self.there.publish(name, checked_records(name, items, now))


def words(client: Client) -> str:
    """What the page says of the emblem, without markup."""
    page = client.get("/about").content.decode()
    panel = page[page.index("The digital emblem") : page.index("What runs here")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", panel))


def look(client: Client, name: str = NAME) -> str:
    """Press the button, and what the page says after that."""
    assert client.post("/about", {"name": name})["Location"] == "/about"
    return words(client)


def test_up_then_withdrawn_then_gone(scope: Scope, settings: Any, emblem: Emblem) -> None:
    """Up is only what was seen from outside, by the real checker, through a resolver; withdrawn is told until it is gone."""
    admin, officer = client_for(scope, Role.ADMINISTRATOR), client_for(scope, Role.FIELD_OFFICER)
    assert "bears no digital emblem" in words(officer)
    end = emblem.issue()
    emblem.publish()
    before = words(officer)
    assert f"{NAME} issued" in before
    assert f"Valid until {end} (UTC)" in before
    assert "seen from outside, was not checked" in before
    assert "Check" not in before, "who does not manage the server asks nobody"
    assert officer.post("/about", {"name": NAME}).status_code == 404

    with responder(emblem.there.path) as served, stub(served.addresses[0]) as (resolver, queries):
        settings.EMBLEM_RESOLVER = f"{resolver[0]}:{resolver[1]}"
        up = look(admin)
        assert queries, "nothing went through the resolver"
        assert f"{NAME} up" in up
        assert "leads to a key of this server" in up
        assert "SIGNED-TRUSTED" in up
        assert f"What is seen holds until {end} (UTC)" in up
        assert f"{NAME} up" in words(officer), "everybody sees what was found"

        # Withdrawn, but somebody's zone still has the lines: said, until they are gone.
        kept = emblem.there.get(host(NAME))
        assert kept is not None
        withdraw_everywhere(emblem.state, emblem.there, host(NAME), datetime.now(UTC))
        emblem.there.publish(host(NAME), kept.emblem())
        served.reload()
        still = look(admin)
        assert f"{NAME} withdrawn" in still
        assert "Withdrawn on" in still
        assert "it is still seen" in still
        emblem.there.withdraw(host(NAME))
        served.reload()
        gone = look(admin)
        assert f"{NAME} withdrawn" in gone
        assert "no emblem is seen" in gone
        assert "still seen" not in gone


def test_not_served_and_not_ours_is_not_up(scope: Scope, settings: Any, emblem: Emblem, tmp_path: Path) -> None:
    """Issued is not up: nothing at the name, or an emblem that leads to somebody else's key."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    emblem.issue()
    with responder(emblem.there.path) as served, stub(served.addresses[0]) as (resolver, _):
        settings.EMBLEM_RESOLVER = f"{resolver[0]}:{resolver[1]}"
        none = look(admin)
        assert f"{NAME} not up" in none
        assert "no emblem is seen" in none

        other = Emblem(tmp_path / "other")
        other.issue()
        emblem.there.publish(
            host(NAME), checked_records(host(NAME), signs(other.state, datetime.now(UTC))[0].items, datetime.now(UTC))
        )
        served.reload()
        others = look(admin)
        assert f"{NAME} not up" in others
        assert "leads to no key of this server" in others

        broken = [replace(item, data=item.data[:-1] + bytes([item.data[-1] ^ 1])) if item.kind == "token" else item
                  for item in signs(emblem.state, datetime.now(UTC))[0].items]  # fmt: skip
        emblem.there.withdraw(host(NAME))
        emblem.there.publish(host(NAME), records(host(NAME), broken))
        served.reload()
        invalid = look(admin)
        assert f"{NAME} not up" in invalid
        assert "is not valid" in invalid


def test_what_was_seen_is_up_no_longer_than_it_holds(
    scope: Scope, settings: Any, emblem: Emblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says it ended, not that there is none; what was seen before is not called up."""
    officer = client_for(scope, Role.FIELD_OFFICER)
    emblem.issue(days=2, ago=3)
    ended = words(officer)
    assert f"{NAME} ended" in ended
    assert "was not issued anew" in ended
    assert "bears no" not in ended
    emblem.issue()
    now = datetime.now(UTC)
    for end, up in ((now - timedelta(seconds=1), False), (now + timedelta(hours=1), True)):
        cache.set(ownemblem._key(NAME), ownemblem.Seen(now, "ours", "SIGNED-TRUSTED", end), timeout=None)
        assert (f"{NAME} up" in words(officer)) is up


def test_resolver_unreachable_says_that_nothing_is_known(
    scope: Scope, settings: Any, emblem: Emblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing could be found out: the page says neither up nor down."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    emblem.issue()
    settings.EMBLEM_RESOLVER = f"127.0.0.1:{free_port()}"
    monkeypatch.setattr(ownemblem, "PATIENCE", 0.5)
    said = look(admin)
    assert f"{NAME} issued" in said
    assert "nothing could be found out" in said
    assert "No resolver answered" in said


def test_for_trying_out_it_says_that_it_protects_nothing(scope: Scope, settings: Any, emblem: Emblem) -> None:
    """However well it is seen."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    emblem.issue("tracing.society.test", test=True)
    emblem.publish()
    with responder(emblem.there.path) as served, stub(served.addresses[0]) as (resolver, _):
        settings.EMBLEM_RESOLVER = f"{resolver[0]}:{resolver[1]}"
        for said in (words(admin), look(admin, "tracing.society.test")):
            assert "for trying out: protects nothing" in said
        assert "SIGNED-TRUSTED" in said


def test_without_a_resolver_nothing_is_asked(scope: Scope, emblem: Emblem, asked: list[str]) -> None:
    """Rule 8: reading the page, and even pressing the button, sends no packet where the installation names no resolver."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    emblem.issue()
    asked.clear()
    said = words(admin)
    assert "No resolver is set, so nothing is asked" in said
    refused = admin.post("/about", {"name": NAME})
    assert refused.status_code == 422
    assert "No resolver is set" in refused.content.decode()
    assert asked == []


def test_reading_the_page_asks_nobody_even_with_a_resolver(
    scope: Scope, settings: Any, emblem: Emblem, asked: list[str]
) -> None:
    """And no name is asked about but our own."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    emblem.issue()
    settings.EMBLEM_RESOLVER = f"127.0.0.1:{free_port()}"
    asked.clear()
    assert "Valid until" in words(admin)
    assert admin.post("/about", {"name": "elsewhere.example.org"}).status_code == 422
    assert asked == []


def test_a_folder_that_cannot_be_read_is_not_called_no_emblem(scope: Scope, emblem: Emblem) -> None:
    """Not known is not none."""
    officer = client_for(scope, Role.FIELD_OFFICER)
    emblem.issue()
    emblem.state.file.write_text("{")
    said = words(officer)
    assert "is not known" in said
    assert "bears no" not in said


def test_both_profiles_of_a_name_are_told_as_one(scope: Scope, emblem: Emblem) -> None:
    """With the end that comes first."""
    officer = client_for(scope, Role.FIELD_OFFICER)
    emblem.issue(profile="B", days=7)
    emblem.issue(profile="A", days=2)
    said = words(officer)
    assert said.count("Valid until") == 1
    first = min(one.token.valid_until for one in emblem.state.read().issued)
    assert f"Valid until {date_format(datetime.fromtimestamp(first, UTC), 'DATETIME_FORMAT')} (UTC)" in said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_what_is_told_of_the_emblem_is_in_the_language_of_the_page(
    scope: Scope, settings: Any, emblem: Emblem, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """What the checker says, why nothing could be found out, and that the folder cannot be read; names in it stay."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    admin.cookies["kintrace_language"] = language

    def shown() -> str:
        page = html.unescape(re.sub(r"<[^>]*>", " ", admin.get("/about").content.decode()))
        return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069]", "", page))

    def told(form: str, **values: str) -> str:
        with translation.override(language):
            return re.sub("[\u2066-\u2069]", "", gettext(form) % values if values else gettext(form))

    emblem.issue()
    emblem.publish()
    with responder(emblem.there.path) as served, stub(served.addresses[0]) as (resolver, _):
        settings.EMBLEM_RESOLVER = f"{resolver[0]}:{resolver[1]}"
        assert admin.post("/about", {"name": NAME}).status_code == 302
    assert told("Who issued it cannot be checked: the emblem names no organisation.") in shown()
    settings.EMBLEM_RESOLVER = f"127.0.0.1:{free_port()}"
    monkeypatch.setattr(ownemblem, "PATIENCE", 0.5)
    assert admin.post("/about", {"name": NAME}).status_code == 302
    assert told("No resolver answered in time about %(value)s.", value=NAME) in shown()
    emblem.state.file.write_text("{")
    assert told("%(file)s is damaged (%(problem)s).", file="X", problem="Y").split("X")[1].split("(")[0] in shown()


@pytest.mark.parametrize("sentence", [
    "No resolver answered in time about records.example.org.",
    "The commitment of https://example.org to its key was not checked: no list of logs was given.",
    "The emblem goes beyond what its organisation's endorsement allows: it allows emblems that live at most 60 seconds.",
])  # fmt: skip
def test_a_sentence_of_the_emblem_is_one_the_catalogs_know(sentence: str) -> None:
    """So that whoever translates finds all of it there."""
    forms = [re.escape(text) for _, text in room_texts.texts()]
    known = [each for each in forms if re.fullmatch(re.sub(r"%\\\(\w+\\\)s", ".+", each), sentence)]
    assert known, said(sentence)
