"""Data protection: the ledger, proofs of erasure, what expires, who agreed to what, and the impact assessment."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from matching_help import follow, found, request
from site_help import client_for

from kintrace.casework import protection
from kintrace.casework.cards import record_id
from kintrace.casework.erasure import erase
from kintrace.casework.listing import like
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Tombstone
from kintrace.casework.scope import Scope
from kintrace.casework.setup import add_office
from kintrace.errors import Denied, NotPossible
from kintrace.ledger import Proof, check_proof, entries, public_key
from kintrace.vault import secret

OFFICER = Role.DATA_PROTECTION_OFFICER
NAME = "Amal Sayegh (invented)"


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_ledger_is_narrowed_and_paged(scope: Scope, request_card: Callable[..., Card]) -> None:
    """By action, outcome, card and day; page by page without a gap; that one looked is an entry."""
    cards = [request_card(), request_card()]
    client = client_for(scope, OFFICER)
    only = client.get("/protection", {"action": "card", "card": str(cards[0].local)})
    assert [row["action"] for row in only.context["rows"]] == ["card.register"]
    one = client.get("/protection", {"action": "ledger.verify"})
    assert one.context["rows"] == []
    assert '<option value="ledger.verify" selected>' in text(one)
    assert client.get("/protection", {"outcome": "refused"}).context["rows"] == []
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    assert client.get("/protection", {"since": tomorrow}).context["rows"] == []
    with transaction.atomic():
        scope.note_many([("today.read", "", {})] * 60)
    first = client.get("/protection")
    numbers = [row["number"] for row in first.context["rows"]]
    older = [row["number"] for row in client.get("/protection?" + first.context["older"]).context["rows"]]
    assert older[0] == numbers[-1] - 1
    assert entries(action="ledger.read", most=1)[0].facts
    assert client.get("/protection", {"since": "soon"}).status_code == 422
    turned = client.get("/protection", {"since": "2026-03-01", "until": "2026-02-01"})
    assert "The first day is after the last." in text(turned)


def test_what_was_done_to_any_office_s_card_is_found_also_when_it_was_erased(
    scope: Scope, request_card: Callable[..., Card]
) -> None:
    """The ledger is read whole; a number that no card has is said on the form, which keeps what was typed."""
    card = request_card()
    add_office(scope, "north", "Another office")
    client = client_for(scope, OFFICER, office="north")
    for erased in (False, True):
        if erased:
            erase(scope, str(card.id))
        for typed in (f"local/{card.local}", record_id(card), str(card.id)):
            rows = client.get("/protection", {"card": typed}).context["rows"]
            assert [row["action"] for row in rows] == ["erase.done", "erase.begin"] * erased + ["card.register"]
    for typed in ("99", "nowhere/12"):
        answer = client.get("/protection", {"card": typed, "action": "card"})
        assert answer.status_code == 422
        assert f'value="{typed}"' in text(answer)
        assert "No card has this number" in text(answer)


def test_what_was_done_with_a_card_is_told_of_its_candidates_too(scope: Scope) -> None:
    """As the ledger itself tells: also once the card is erased, and to who asks by command."""
    card = request(scope)
    found(scope)
    follow()
    client = client_for(scope, OFFICER)
    for erased in (False, True):
        if erased:
            erase(scope, str(card.id))
        rows = client.get("/protection", {"card": f"local/{card.local}", "action": "candidate"}).context["rows"]
        assert rows[-1]["action"] == "candidate.proposed"
    assert not client.get("/protection", {"card": "local/1", "action": "photo"}).context["rows"]


def test_names_are_not_listed_to_who_reads_with_a_reason(scope: Scope, request_card: Callable[..., Card]) -> None:
    """The data protection officer sees that there are cards, and what they do without a case is done for oversight."""
    request_card(NAME)
    assert NAME in text(client_for(scope, Role.CASEWORKER).get("/cards"))
    answer = client_for(scope, OFFICER).get("/cards")
    assert NAME not in text(answer)
    assert [row["kind"] for row in answer.context["rows"]] == ["tracing_request"]
    assert "New card" not in text(answer)
    told = entries(action="card.list", most=2)
    assert [(each.purpose, each.facts["names"]) for each in told] == [("oversight", False), ("tracing", True)]
    with pytest.raises(Denied):
        like(replace(scope, roles=frozenset({OFFICER})), "tracing_request", {})


def test_the_ledger_is_verified_and_its_damage_told(scope: Scope) -> None:
    """Sound first; after a row was changed by hand, not, and the page says where."""
    from django.db import connection

    client = client_for(scope, OFFICER)
    assert "The ledger is sound" in text(client.post("/protection/verify", follow=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ) if connection.vendor == "sqlite" else None
        names = [row[0] for row in cursor.fetchall()] if connection.vendor == "sqlite" else []
        made = []
        for name in names:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
            made.append(cursor.fetchone()[0])
            cursor.execute(f"DROP TRIGGER {name}")
        if not names:
            pytest.skip("the triggers of PostgreSQL are tested in tests/ledger")
        cursor.execute("UPDATE ledger_entry SET outcome = 'empty' WHERE number = 1")
        for each in made:
            cursor.execute(each)
    said = text(client.post("/protection/verify", follow=True))
    assert "not what was written" in said
    assert "Entry 1 is not what was written" in said


def test_a_card_is_erased_only_when_its_whole_number_was_typed(scope: Scope, request_card: Callable[..., Card]) -> None:
    """Then only a tombstone is left, and a proof that anybody can check."""
    card = request_card(NAME)
    number = record_id(card)
    client = client_for(scope, OFFICER)
    asked = text(client.post("/protection/erasing", {"card": str(card.local)}))
    assert number in asked
    assert "Sayegh" not in asked
    wrong = client.post("/protection/erasing", {"card": str(card.id), "typed": str(card.local)})
    assert wrong.status_code == 422
    assert Card._all.filter(id=card.id).exists()
    done = client.post("/protection/erasing", {"card": str(card.id), "typed": number})
    assert not Card._all.filter(id=card.id).exists()
    assert Tombstone._all.get().person_record_id == number
    (row,) = done.context["erasures"]
    assert row["card"] == number
    given = client.post(f"/protection/proof/{row['entry']}")
    proof = Proof.from_json(text(given))
    assert check_proof(proof, public_key(secret("ledger-signing")))
    assert f"card:{card.id}" in proof.fields
    assert any(field.startswith("{") and json.loads(field)["number"] == card.local for field in proof.fields)


def test_retention_says_what_would_go_and_takes_nothing(scope: Scope, request_card: Callable[..., Card]) -> None:
    """Only the cards whose last day has passed; the calendar counts the rest by month."""
    gone, kept = request_card(), request_card()
    Card._all.filter(id=gone.id).update(expires=timezone.now().date() - timedelta(days=1))
    client = client_for(scope, OFFICER)
    page = client.post("/protection/retention")
    assert page.context["would"] == [record_id(gone)]
    assert Card._all.filter(id=gone.id).exists()
    assert page.context["calendar"]["expired"] == 1
    assert [(row["count"], row["month"].year) for row in page.context["months"]] == [(1, kept.expires.year)]


def test_the_consent_register_counts_and_shows_one_only_for_a_reason(
    scope: Scope, request_card: Callable[..., Card]
) -> None:
    """Counts by office, purpose and capacity; one card's consents with a reason, which is kept."""
    from kintrace.casework.cards import history

    card = request_card(NAME)
    client = client_for(scope, OFFICER)
    page = client.get("/protection/consents")
    told = page.context["register"]
    assert ("local", "tracing", 1, 0) in told["purposes"]
    assert told["capacities"] == [("local", "best_interest", 1)]
    assert told["without"] == {"local": 0}
    assert "Sayegh" not in text(page)
    assert client.post("/protection/consents", {"card": "1", "reason": " "}).status_code == 422
    shown = client.post("/protection/consents", {"card": str(card.local), "reason": "a complaint (invented)"})
    assert shown.context["one"]["subject"]["purposes"]["face_search"] is True
    assert "Sayegh" not in text(shown)
    assert any(row["value"] == "a complaint (invented)" for row in history(scope, str(card.id), reason="test"))


def test_the_impact_assessment_tells_what_is_measured(scope: Scope, request_card: Callable[..., Card]) -> None:
    """Figures of this installation on the page and in a PDF made without a network."""
    import shutil
    import subprocess

    request_card(NAME)
    client = client_for(scope, OFFICER)
    page = text(client.get("/protection/assessment"))
    assert "tracing request" in page
    assert "never yet" in page
    assert "Sayegh" not in page
    answer = client.post("/protection/assessment")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert entries(action="protection.report", most=1)
    client.cookies["kintrace_language"] = "ar"
    assert client.post("/protection/assessment").content.startswith(b"%PDF-")
    if reader := shutil.which("pdftotext"):
        plain = subprocess.run(
            [reader, "-", "-"], input=answer.content, capture_output=True, check=True
        ).stdout.decode()
        assert "Data protection impact assessment" in plain


def test_others_may_not_ask(scope: Scope, request_card: Callable[..., Card]) -> None:
    """The verbs themselves refuse, not only the pages."""
    from casework_help import roles

    card = request_card()
    worker = roles(scope, Role.CASEWORKER)
    for verb in (
        lambda: protection.read_ledger(worker, protection.Asked()),
        lambda: protection.verify_ledger(worker),
        lambda: protection.proof(worker, 1),
        lambda: protection.to_erase(worker, str(card.id)),
        lambda: protection.retention_calendar(worker),
        lambda: protection.consent_register(worker),
        lambda: protection.measured(worker),
        lambda: protection.erasures(worker),
    ):
        with pytest.raises(Denied):
            verb()
    with pytest.raises(NotPossible):
        protection.consents_on_card(worker, str(card.id), "")
