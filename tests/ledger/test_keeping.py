"""Proofs that leave the house, checkpoints kept elsewhere, bursts of reading, and a ledger that does not go back in time."""

import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from kintrace.errors import LedgerError, LedgersPart
from kintrace.ledger import (
    Actor,
    Checkpoint,
    Event,
    Proof,
    add_checkpoint,
    burst_now,
    bursts,
    check_checkpoint,
    check_proof,
    checkpoint,
    checkpoints,
    deployment,
    dump,
    entries,
    export_checkpoint,
    keep_longer,
    load,
    prove,
    public_key,
    read_checkpoint,
    record,
    record_many,
    verify,
)
from kintrace.ledger.canonical import chain_of, content_of, framed, is_hash
from kintrace.ledger.models import Entry

from .conftest import ANNA, fill, unguarded

in_database = pytest.mark.django_db


def empty() -> None:
    """As a new deployment is."""
    with unguarded() as run:
        for table in ("ledger_entry", "ledger_head", "ledger_signedcheckpoint"):
            run(f"DELETE FROM {table}")


def test_parts_have_one_form() -> None:
    assert framed("a", "", "é") == b"1:a,0:,2:\xc3\xa9,"


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_different_parts_differ(one: list[str], other: list[str]) -> None:
    assert (framed(*one) == framed(*other)) == (one == other)


@in_database
def test_a_checkpoint_as_one_line(signing_key: bytes) -> None:
    with pytest.raises(LedgerError, match="empty"):
        checkpoint(signing_key)
    fill(3)
    made = checkpoint(signing_key)
    line = export_checkpoint(made)
    assert "\n" not in line
    assert read_checkpoint(line) == made
    assert (made.number, made.deployment, made.key) == (3, deployment(), public_key(signing_key).hex())
    assert check_checkpoint(made, public_key(signing_key))
    assert not check_checkpoint(made, public_key(secrets.token_bytes(32)))
    for forged in (
        replace(made, number=4),
        replace(made, chain="0" * 64),
        replace(made, at="2020-01-01T00:00:00.000000Z"),
        replace(made, deployment="other"),
        replace(made, signature="zz"),
        replace(made, key="00"),
    ):
        assert not check_checkpoint(forged, public_key(signing_key))
    assert not check_checkpoint(made, b"short")
    with pytest.raises(LedgerError, match="32 bytes"):
        checkpoint(b"short")


@pytest.mark.parametrize(
    "line", ["", "no", "[]", "{}", '{"kintrace":"proof"}', '{"kintrace":"checkpoint","number":1}', "null", "[" * 100000]
)
def test_what_is_no_checkpoint(line: str) -> None:
    with pytest.raises(LedgerError):
        read_checkpoint(line)
    with pytest.raises(LedgerError):
        Proof.from_json(line)


@in_database
def test_nothing_is_signed_twice(signing_key: bytes) -> None:
    fill(3)
    assert checkpoint(signing_key) == checkpoint(signing_key)
    fill(1)
    assert checkpoint(signing_key).number == 4
    assert [each.number for each in checkpoints()] == [3, 4]


@in_database
def test_a_checkpoint_is_put_back(signing_key: bytes) -> None:
    fill(3)
    made = checkpoint(signing_key)
    saved = list(dump())
    empty()
    load(saved)
    assert add_checkpoint(made, public_key(signing_key))
    assert not add_checkpoint(made, public_key(signing_key))
    assert checkpoints() == [made]
    with pytest.raises(LedgerError, match="not one of this ledger"):
        add_checkpoint(replace(made, number=2), public_key(signing_key))
    with pytest.raises(LedgerError, match="not one of this ledger"):
        add_checkpoint(made, public_key(secrets.token_bytes(32)))


@in_database
@pytest.mark.parametrize("number", [1, 2, 5, 6, 9])
def test_an_entry_is_proved(number: int, signing_key: bytes) -> None:
    fill(5)
    first = checkpoint(signing_key)
    fill(4)
    checkpoint(signing_key)
    proof = Proof.from_json(prove(number).as_json())
    assert proof == prove(number)
    assert check_proof(proof, public_key(signing_key))
    assert (proof.checkpoint == first) == (number <= 5)
    # Of the other entries it holds their hashes and nothing else.
    text = proof.as_json()
    for other in entries(most=1000):
        assert (other.salt in text) == (other.number == number)
        assert (f'"{other.record}"' in text) == (other.record == Entry._all.get(number=number).record)
    assert all(is_hash(each) for each in proof.following)


@in_database
def test_a_forged_proof(signing_key: bytes) -> None:
    fill(6)
    checkpoint(signing_key)
    proof, key = prove(3), public_key(signing_key)
    other = Checkpoint(**{**vars(proof.checkpoint), "number": 7})
    fields = list(proof.fields)
    forged = [replace(proof, number=number) for number in (0, -1, 2, 4, True)]
    for place in range(len(fields)):
        forged.append(replace(proof, fields=(*fields[:place], fields[place] + "x", *fields[place + 1 :])))
    forged += [
        replace(proof, fields=(fields[1], fields[0], *fields[2:])),
        replace(proof, fields=tuple(fields[:-1])),
        replace(proof, before="0" * 64),
        replace(proof, before="short"),
        replace(proof, following=proof.following[1:]),
        replace(proof, following=(*proof.following, "0" * 64)),
        replace(proof, following=tuple(reversed(proof.following))),
        replace(proof, checkpoint=other),
        replace(proof, checkpoint=replace(proof.checkpoint, chain="0" * 64)),
        replace(prove(4), number=3),
    ]
    # An entry that never was, in a chain of its own, with the true checkpoint's signature.
    own = chain_of("0" * 64, content_of(6, fields))
    forged.append(Proof(6, proof.fields, "0" * 64, (), replace(proof.checkpoint, chain=own)))
    assert check_proof(proof, key)
    assert not any(check_proof(each, key) for each in forged)
    assert not check_proof(proof, public_key(secrets.token_bytes(32)))
    parts = json.loads(proof.as_json())
    for name, value in (("number", "3"), ("following", [1]), ("fields", {}), ("before", None), ("checkpoint", {})):
        with pytest.raises(LedgerError):
            Proof.from_json(json.dumps({**parts, name: value}))


@in_database
def test_what_cannot_be_proved(signing_key: bytes) -> None:
    fill(2)
    checkpoint(signing_key)
    fill(1)
    with pytest.raises(LedgerError, match="not covered by a checkpoint"):
        prove(3)
    with pytest.raises(LedgerError, match="no entry 9"):
        prove(9)


def reads(who: str, start: datetime, seconds: float, records: list[str], **event: Any) -> None:
    """Reads by one user, so many seconds apart."""
    for number, name in enumerate(records):
        with patch("kintrace.ledger.writing.datetime") as clock:
            clock.now.return_value = start + timedelta(seconds=seconds * number)
            record_many(
                Actor(who, "caseworker", "here"),
                [Event(event.get("action", "card.read"), name, "", event.get("outcome", "done"))],
            )


@in_database
def test_bursts_are_found() -> None:
    start = datetime.now(UTC) - timedelta(days=1)
    cards = [f"card:{number}" for number in range(100)]
    reads("steady", start, 20, cards)  # 30 in ten minutes
    reads("again", start, 1, ["card:1"] * 100)  # one record, often
    reads("writer", start, 1, cards, action="card.amend")
    reads("refused", start, 1, cards, outcome="refused")
    reads("auditor", start, 1, cards, action="ledger.read")
    reads("thief", start, 1, cards)
    reads("seeker", start + timedelta(hours=1), 1, [""] * 61, action="search", outcome="empty")
    reads("twice", start, 1, cards[:61])
    reads("twice", start + timedelta(hours=2), 1, cards[:70], action="card.export")
    found = bursts(start - timedelta(minutes=1))
    assert [(burst.who, burst.records) for burst in found] == [
        ("thief", 100),
        ("twice", 61),
        ("seeker", 61),
        ("twice", 70),
    ]
    assert found[0].first == start
    assert found[0].last == start + timedelta(seconds=99)
    assert [burst.who for burst in bursts(start + timedelta(minutes=30))] == ["seeker", "twice"]
    assert [burst.who for burst in bursts(start, window_minutes=1, most=59)] == ["thief", "twice", "seeker", "twice"]
    assert not bursts(start, most=100)
    # A steady reader is in one long burst where less is allowed for.
    long = [burst for burst in bursts(start, most=20) if burst.who == "steady"]
    assert [(burst.records, burst.last - burst.first) for burst in long] == [(100, timedelta(seconds=1980))]


@pytest.mark.django_db(transaction=True)
def test_a_burst_is_flagged_once_in_a_window() -> None:
    with transaction.atomic():
        for number in range(60):
            record(ANNA, "card.read", f"card:{number}")
            record(ANNA, "card.read", "card:0")
    assert burst_now(ANNA.user) is None
    with transaction.atomic():
        record(ANNA, "card.read", "card:60")
        burst = burst_now(ANNA.user)
    assert burst is not None
    assert (burst.who, burst.records) == (ANNA.user, 61)
    with transaction.atomic():
        record(ANNA, "card.read", "card:61")
    again = burst_now(ANNA.user)
    assert again is not None
    assert again.records == 62
    flags = entries(action="ledger.burst")
    assert [(flag.who, flag.role, flag.office, flag.facts) for flag in flags] == [
        (ANNA.user, ANNA.role, ANNA.office, {"records": 61, "minutes": 10})
    ]
    assert burst_now("somebody else") is None


@in_database
def test_a_saved_ledger_goes_into_an_empty_one(signing_key: bytes) -> None:
    fill(2100)
    name = deployment()
    saved = [json.loads(json.dumps(each)) for each in dump()]
    assert len(saved) == 2100
    empty()
    assert load(iter(saved)) == 2100
    assert deployment() == name
    assert list(dump()) == saved
    assert load(saved) == 0
    with transaction.atomic():
        assert record(ANNA, "backup.restore").number == 2101
    assert verify().ok
    with pytest.raises(LedgersPart, match="end before the ledger"):
        load(saved)


@in_database
@pytest.mark.parametrize("held", [0, 1, 7, 1000, 1001, 2099])
def test_the_longer_is_kept(held: int) -> None:
    fill(2100)
    saved = list(dump())
    empty()
    load(saved[:held])
    assert keep_longer(saved) == 2100 - held
    assert keep_longer(saved[:held]) == 0
    assert keep_longer([]) == 0
    assert list(dump()) == saved
    assert verify().ok


@in_database
@pytest.mark.parametrize("parting", [1, 5, 1000, 1001, 1300])
def test_ledgers_that_part(parting: int) -> None:
    fill(parting)
    begun = list(dump())
    fill(4)
    saved = list(dump())
    empty()
    load(begun)
    fill(3)
    before = list(dump())
    for way in (keep_longer, load):
        with pytest.raises(LedgersPart, match=rf"{parting + 1}\b") as refusal, transaction.atomic():
            way(saved)
        assert refusal.value.number == parting + 1
    assert list(dump()) == before


@in_database
def test_another_deployments_ledger() -> None:
    fill(3)
    saved = list(dump())
    empty()
    fill(3)
    with pytest.raises(LedgersPart) as refusal:
        keep_longer(saved)
    assert refusal.value.number == 1


@in_database
@pytest.mark.parametrize(
    "damage",
    [
        {"who": "x"},
        {"chain": "0" * 64},
        {"content": "0" * 64},
        {"number": 9},
        {"number": "4"},
        {"details": {}},
        {"at": "2026-01-01"},
        {"salt": None},
    ],
)
def test_damaged_entries_are_not_taken(damage: dict[str, Any]) -> None:
    fill(6)
    saved = list(dump())
    saved[3] |= damage
    empty()
    for way in (keep_longer, load):
        with pytest.raises(LedgerError, match="entry 4"), transaction.atomic():
            way(saved)
    assert not entries()
    del saved[3]
    with pytest.raises(LedgerError, match="entry 4"), transaction.atomic():
        load(saved)
