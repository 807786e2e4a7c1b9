"""DESIGN.md §5 rule 13: what happened is in the ledger, in the transaction in which it happened, and nothing personal is."""

import re
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.errors import LedgerError, NotForLedger
from kintrace.ledger import (
    Actor,
    Event,
    deployment,
    entries,
    missing_triggers,
    record,
    record_many,
    to_json_lines,
    verify,
)
from kintrace.ledger.canonical import details_text
from kintrace.ledger.models import Entry, Head, SignedCheckpoint

from .conftest import ANNA, fetch, fill

NAMES = [
    "Мария Ковальчук",
    "ФРАНКО",
    "محمد",
    "שרה",
    "王小明",
    "さくら",
    "김철수",
    "Γιώργος",
    "გიორგი",
    "Արամ",
    "सीता",
    "สมชาย",
    "አበበ",
    "Zoë",
    "Nguyễn",
    "O'Brien",
    "Anna Maria",
    "Smith, John",
    "Šárka",
    "Anna\u200bKovalchuk",
    "Anna\nKovalchuk",
    "anna@example.org",
    "Аnna",  # its first letter is Cyrillic
    "𝐀𝐧𝐧𝐚",
]


@pytest.mark.django_db
def test_numbers_from_one_without_gaps() -> None:
    fill(5)
    with transaction.atomic():
        last = record(ANNA, "search", outcome="empty", details={"candidates": 0, "model": "sface"})
    assert [entry.number for entry in entries()] == [6, 5, 4, 3, 2, 1]
    assert (last.outcome, last.facts) == ("empty", {"candidates": 0, "model": "sface"})
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction() -> None:
    with pytest.raises(LedgerError, match="outside the transaction"):
        record(ANNA, "card.read")
    with pytest.raises(LedgerError, match="outside the transaction"):
        record_many(ANNA, [])


@pytest.mark.django_db(transaction=True)
def test_undone_work_leaves_no_entry_and_no_gap() -> None:
    fill(3)
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        record(ANNA, "card.amend")
        record(ANNA, "card.amend")
        raise ZeroDivisionError
    with transaction.atomic():
        assert record(ANNA, "card.read").number == 4
    assert verify().entries == 4


@pytest.mark.django_db(transaction=True)
def test_many_writers_keep_one_chain() -> None:
    failures: list[BaseException] = []
    together = threading.Barrier(8)

    def work() -> None:
        try:
            together.wait()
            for number in range(50):
                with transaction.atomic():
                    record(ANNA, "card.read", f"card:{number}")
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(Entry._all.values_list("number", flat=True)) == list(range(1, 401))
    verdict = verify()
    assert verdict.ok
    assert verdict.entries == 400


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "details",
    [
        lambda name: {"name": name},
        lambda name: {name: 1},
        lambda name: {"found": [1, {"by": name}]},
        lambda name: {"found": {"by": {name: True}}},
    ],
)
def test_no_name_in_details(name: str, details) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotForLedger) as refusal:
        details_text(details(name))
    assert name not in str(refusal.value)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_no_name_anywhere_else(name: str) -> None:
    for actor in (Actor(name, "r", "o"), Actor("u", name, "o"), Actor("u", "r", name)):
        with pytest.raises(NotForLedger):
            record(actor, "card.read")
    for event in (Event(name), Event("a", name), Event("a", "", name), Event("a", "", "", name)):
        with pytest.raises(LedgerError):
            record_many(ANNA, [event])
    assert not entries()


@pytest.mark.parametrize(
    "details",
    [
        {"x": "a" * 65},
        {"x": float("nan")},
        {"x": 2**60},
        {"x": b"raw"},
        {"x": object()},
        {1: 1},
        {"x": [[[["deep"]]]]},
        {"x": ["a" * 60] * 100},
    ],
)
def test_details_are_small_and_plain(details) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotForLedger):
        details_text(details)


@given(st.text())
@settings(max_examples=300)
def test_what_gets_in_is_a_word(text: str) -> None:
    try:
        details_text({"x": text})
    except NotForLedger:
        assert len(text) > 64 or not re.fullmatch(r"[A-Za-z0-9_.:/+-]*", text, re.ASCII) or text.endswith("\n")
    else:
        assert len(text) <= 64
        assert re.fullmatch(r"[A-Za-z0-9_.:/+-]*", text, re.ASCII)


def test_details_in_one_form() -> None:
    person = uuid4()
    assert (
        details_text({"b": 1.5, "a": [True, None, "x"], "id": person})
        == f'{{"a":[true,null,"x"],"b":1.5,"id":"{person}"}}'
    )
    assert details_text(None) == details_text({}) == "{}"
    assert details_text({"x": {"b", "a"}}) == '{"x":["a","b"]}'


@pytest.mark.django_db
def test_an_outcome_is_one_of_four() -> None:
    with pytest.raises(LedgerError, match="done, refused, empty, failed"):
        record(ANNA, "card.read", outcome="perhaps")
    with pytest.raises(LedgerError):
        record(Actor("", "r", "o"), "card.read")


@pytest.mark.django_db
def test_the_database_refuses_to_change_entries(signing_key: bytes) -> None:
    from kintrace.ledger import checkpoint

    fill(3)
    checkpoint(signing_key)
    assert missing_triggers() == []
    attempts = [
        "UPDATE ledger_entry SET who = 'x' WHERE number = 2",
        "DELETE FROM ledger_entry WHERE number = 3",
        "DELETE FROM ledger_entry",
        "INSERT INTO ledger_entry SELECT 9, at, who, role, office, action, record, purpose, outcome, details, salt, content, "
        "chain FROM ledger_entry WHERE number = 1",
        "UPDATE ledger_head SET number = 1",
        "UPDATE ledger_head SET deployment = 'other'",
        "DELETE FROM ledger_head",
        "UPDATE ledger_signedcheckpoint SET chain = 'x'",
        "DELETE FROM ledger_signedcheckpoint",
    ]
    if connection.vendor == "postgresql":
        attempts += [f"TRUNCATE {table}" for table in ("ledger_entry", "ledger_head", "ledger_signedcheckpoint")]
    else:
        attempts += [
            "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE number = 2",
            "REPLACE INTO ledger_head SELECT id, deployment, 0, chain FROM ledger_head",
            "REPLACE INTO ledger_signedcheckpoint SELECT * FROM ledger_signedcheckpoint",
            "UPDATE OR REPLACE ledger_entry SET number = 1 WHERE number = 2",
        ]
    for sql in attempts:
        with pytest.raises(DatabaseError, match=r"append-only|no gaps"), transaction.atomic():
            fetch(sql)
    for model in (Entry, Head, SignedCheckpoint):
        with pytest.raises(DatabaseError), transaction.atomic():
            model._all.all().delete()
    assert verify().ok


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_emptied_between_tests_and_guarded_again(turn: int) -> None:
    assert not entries()
    assert missing_triggers() == []
    fill(turn)


@pytest.mark.django_db
def test_a_ledger_without_its_head_takes_no_entry() -> None:
    from .conftest import unguarded

    fill(2)
    with unguarded() as run:
        run("DELETE FROM ledger_head")
    with pytest.raises(LedgerError, match="where it ends is gone"):
        record(ANNA, "card.read")


@pytest.mark.django_db
def test_entries_are_found_newest_first_in_pages() -> None:
    boris = Actor("boris", "data_protection_officer", "here")
    start = datetime.now(UTC)
    fill(4)
    record(boris, "ledger.read", "card:1", purpose="audit")
    record(boris, "ledger.export")
    assert [each.number for each in entries(most=4)] == [6, 5, 4, 3]
    assert [each.number for each in entries(most=4, before=3)] == [2, 1]
    assert [each.number for each in entries(who="boris")] == [6, 5]
    assert [each.number for each in entries(action="ledger.")] == [6, 5]
    assert [each.number for each in entries(record="card:1")] == [5, 2]
    assert [each.number for each in entries(office="here", action="ledger.r")] == [5]
    assert len(entries(since=start, until=datetime.now(UTC) + timedelta(seconds=1))) == 6
    assert entries(until=start) == []
    lines = list(to_json_lines(entries(who="boris")))
    assert len(lines) == 2
    assert all(line.endswith("\n") and line.isascii() for line in lines)


@pytest.mark.django_db
def test_one_deployment_one_id() -> None:
    assert deployment() == deployment()
