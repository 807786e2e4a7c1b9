"""Whoever can change the database's tables can change the ledger, and cannot hide that."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kintrace.errors import LedgerError
from kintrace.ledger import Verdict, checkpoint, public_key, record, verify
from kintrace.ledger.canonical import FIELDS, chain_of, content_of, start_of
from kintrace.ledger.models import Entry, Head
from kintrace.ledger.writing import fields_of

from .conftest import ANNA, fetch, fill, unguarded

LENGTH = 12
Run = Callable[..., None]
COLUMNS = "at, who, role, office, action, record, purpose, outcome, details, salt, content, chain"
OTHER = {
    "at": "2020-01-01 00:00:00.000001+00:00",
    "who": "somebody",
    "role": "administrator",
    "office": "elsewhere",
    "action": "card.erase",
    "record": "card:other",
    "purpose": "other",
    "outcome": "refused",
    "details": '{"n":99}',
    "salt": "0" * 32,
    "content": "1" * 64,
    "chain": "2" * 64,
}


def tampered(change: Callable[[Run], None], length: int = LENGTH, **kept: Any) -> Verdict:
    """What is found after a change to a ledger of some length. All of it is undone."""
    with transaction.atomic():
        fill(length)
        with unguarded() as run:
            change(run)
        verdict = verify(**kept)
        transaction.set_rollback(True)
    return verdict


def shift(run: Run, start: int, by: int) -> None:
    """New numbers for all from one on, by way of numbers that are free."""
    run("UPDATE ledger_entry SET number = number + 100000 WHERE number >= %s", start)
    run("UPDATE ledger_entry SET number = number - 100000 + %s WHERE number >= 100000", by)


def swap(run: Run, one: int, other: int) -> None:
    run("UPDATE ledger_entry SET number = 100000 WHERE number = %s", one)
    run("UPDATE ledger_entry SET number = %s WHERE number = %s", one, other)
    run("UPDATE ledger_entry SET number = %s WHERE number = 100000", other)


def forge(run: Run, number: int, *, right: bool) -> None:
    """An entry that never was; with the hashes it would have, if ``right``."""
    run(f"INSERT INTO ledger_entry SELECT %s, {COLUMNS} FROM ledger_entry WHERE number = %s", number, number + 1)
    run("UPDATE ledger_entry SET who = 'nobody' WHERE number = %s", number)
    if right:
        rehash(run, number, chained=True)


def rehash(run: Run, start: int, *, chained: bool, end: int | None = None) -> None:
    """Contents that agree with the fields again, and with ``chained`` a chain that agrees with them."""
    end = start if end is None else end
    before = Entry._all.get(number=start - 1).chain if start > 1 else start_of(Head._all.get().deployment)
    for entry in Entry._all.filter(number__gte=start, number__lte=end).order_by("number"):
        content = content_of(entry.number, fields_of(entry))
        run("UPDATE ledger_entry SET content = %s WHERE number = %s", content, entry.number)
        if chained:
            before = chain_of(before, content)
            run("UPDATE ledger_entry SET chain = %s WHERE number = %s", before, entry.number)


places = st.integers(1, LENGTH)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
in_database = pytest.mark.django_db(transaction=True)


@in_database
@given(places, st.sampled_from([*FIELDS, "content", "chain"]), st.booleans())
@settings(quick, max_examples=60)
def test_altered(place: int, field: str, rehashed: bool) -> None:
    def change(run: Run) -> None:
        run(f"UPDATE ledger_entry SET {field} = %s WHERE number = %s", OTHER[field], place)
        if rehashed and field not in ("content", "chain"):
            rehash(run, place, chained=False)

    verdict = tampered(change)
    assert (verdict.ok, verdict.kind, verdict.first_bad, verdict.entries) == (False, "altered", place, place - 1)


@in_database
@given(places)
@quick
def test_altered_with_a_chain_made_new_up_to_the_end(place: int) -> None:
    """The head row still knows how the ledger ended."""

    def change(run: Run) -> None:
        run("UPDATE ledger_entry SET who = 'x' WHERE number = %s", place)
        rehash(run, place, chained=True, end=LENGTH)

    verdict = tampered(change)
    assert (verdict.kind, verdict.first_bad) == ("altered", LENGTH)


@in_database
@given(st.integers(1, LENGTH - 1), st.booleans(), st.booleans())
@quick
def test_removed(place: int, renumbered: bool, rehashed: bool) -> None:
    def change(run: Run) -> None:
        run("DELETE FROM ledger_entry WHERE number = %s", place)
        if renumbered:
            shift(run, place, -1)
            if rehashed:
                rehash(run, place, chained=False, end=LENGTH)

    verdict = tampered(change)
    assert (verdict.kind, verdict.first_bad) == ("removed", place)


@in_database
@given(places, places, st.sampled_from(["numbers", "hashes", "fields"]))
@settings(quick, max_examples=60)
def test_reordered(one: int, other: int, how: str) -> None:
    if one == other:
        return
    first = min(one, other)

    def change(run: Run) -> None:
        swap(run, one, other)
        if how == "hashes":
            rehash(run, one, chained=False)
            rehash(run, other, chained=False)
        if how == "fields":
            hashes = {n: fetch("SELECT content, chain FROM ledger_entry WHERE number = %s", n)[0] for n in (one, other)}
            for here, there in ((one, other), (other, one)):
                run("UPDATE ledger_entry SET content = %s, chain = %s WHERE number = %s", *hashes[there], here)

    verdict = tampered(change)
    assert (verdict.kind, verdict.first_bad) == ("reordered", first)


@in_database
@given(places, st.booleans(), st.booleans(), st.booleans())
@settings(quick, max_examples=60)
def test_inserted(place: int, right: bool, rehashed: bool, head: bool) -> None:
    def change(run: Run) -> None:
        shift(run, place, 1)
        forge(run, place, right=right)
        if rehashed:
            rehash(run, place + 1, chained=False, end=LENGTH + 1)
        if head:
            run("UPDATE ledger_head SET number = %s", LENGTH + 1)

    verdict = tampered(change)
    assert (verdict.kind, verdict.first_bad) == ("inserted", place)


@in_database
@pytest.mark.parametrize("number", [0, -5, LENGTH + 1, LENGTH + 7])
@pytest.mark.parametrize("right", [True, False])
def test_inserted_outside(number: int, right: bool) -> None:
    def change(run: Run) -> None:
        run(f"INSERT INTO ledger_entry SELECT %s, {COLUMNS} FROM ledger_entry WHERE number = 1", number)
        if right and number == LENGTH + 1:
            rehash(run, number, chained=True)

    verdict = tampered(change)
    assert (verdict.kind, verdict.first_bad) == ("inserted", min(number, LENGTH + 1))


@in_database
@given(places, st.booleans())
@quick
def test_a_copy_inserted(place: int, head: bool) -> None:
    def change(run: Run) -> None:
        shift(run, place + 1, 1)
        run(f"INSERT INTO ledger_entry SELECT %s, {COLUMNS} FROM ledger_entry WHERE number = %s", place + 1, place)
        if head:
            run("UPDATE ledger_head SET number = %s", LENGTH + 1)

    verdict = tampered(change)
    assert (verdict.kind, verdict.first_bad) == ("inserted", place + 1)


@in_database
@given(places)
@quick
def test_truncated(place: int) -> None:
    verdict = tampered(lambda run: run("DELETE FROM ledger_entry WHERE number >= %s", place))
    assert (verdict.kind, verdict.first_bad, verdict.entries) == ("truncated", place, place - 1)


def cut(run: Run, end: int) -> None:
    """The end taken off, and no trace in the database."""
    run("DELETE FROM ledger_entry WHERE number > %s", end)
    chain = fetch("SELECT chain FROM ledger_entry WHERE number = %s", end)[0][0]
    run("UPDATE ledger_head SET number = %s, chain = %s", end, chain)
    run("DELETE FROM ledger_signedcheckpoint")


@in_database
def test_truncated_with_its_head_only_a_checkpoint_tells(signing_key: bytes) -> None:
    fill(LENGTH)
    kept = checkpoint(signing_key)
    with unguarded() as run:
        cut(run, 7)
    assert verify().ok
    verdict = verify(checkpoints=[kept])
    assert (verdict.kind, verdict.first_bad) == ("truncated", 8)


@in_database
def test_the_checkpoints_stored_here_tell_too(signing_key: bytes) -> None:
    fill(LENGTH)
    checkpoint(signing_key)
    with unguarded() as run:
        run("DELETE FROM ledger_entry WHERE number > 7")
        run("UPDATE ledger_head SET number = 7, chain = (SELECT chain FROM ledger_entry WHERE number = 7)")
    verdict = verify()
    assert (verdict.kind, verdict.first_bad) == ("truncated", 8)


@in_database
@given(st.integers(1, 2 * LENGTH))
@quick
def test_a_ledger_written_anew_only_a_checkpoint_tells(place: int) -> None:
    signing_key = secrets.token_bytes(32)
    with transaction.atomic():
        fill(LENGTH)
        first = checkpoint(signing_key)
        fill(LENGTH)
        second = checkpoint(signing_key)
        with unguarded() as run:
            run("UPDATE ledger_entry SET who = 'x' WHERE number = %s", place)
            rehash(run, place, chained=True, end=2 * LENGTH)
            end = Entry._all.get(number=2 * LENGTH).chain
            run("UPDATE ledger_head SET chain = %s", end)
            run("DELETE FROM ledger_signedcheckpoint")
        assert verify().ok
        verdict = verify(checkpoints=[second, first], public_key=public_key(signing_key))
        transaction.set_rollback(True)
    assert (verdict.kind, verdict.first_bad) == ("checkpoint", LENGTH if place <= LENGTH else 2 * LENGTH)


@in_database
def test_checkpoints_signed_by_another_key(signing_key: bytes) -> None:
    fill(LENGTH)
    checkpoint(secrets.token_bytes(32))
    assert verify().ok
    verdict = verify(public_key=public_key(signing_key))
    assert (verdict.kind, verdict.first_bad) == ("checkpoint", LENGTH)
    kept = checkpoint(signing_key)  # nothing is signed twice
    assert kept.key != public_key(signing_key).hex()
    assert verify(public_key=[public_key(signing_key), bytes.fromhex(kept.key)]).ok


@in_database
def test_nothing_false_is_signed(signing_key: bytes) -> None:
    fill(5)
    checkpoint(signing_key)
    fill(5)
    with unguarded() as run:
        run("UPDATE ledger_entry SET who = 'x' WHERE number = 8")
    with pytest.raises(LedgerError, match="entry 8"):
        checkpoint(signing_key)


@in_database
def test_a_ledger_without_its_head() -> None:
    verdict = tampered(lambda run: run("DELETE FROM ledger_head"))
    assert (verdict.ok, verdict.kind) == (False, "truncated")
    assert "gone" in verdict.explanation


@in_database
def test_a_head_set_back_or_renamed() -> None:
    back = tampered(lambda run: run("UPDATE ledger_head SET number = 5, chain = 'x'"))
    assert (back.kind, back.first_bad) == ("inserted", 6)
    renamed = tampered(lambda run: run("UPDATE ledger_head SET deployment = 'x'"))
    assert (renamed.kind, renamed.first_bad) == ("altered", 1)


@in_database
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL refuses values of another type itself")
@pytest.mark.parametrize("junk", ["not a date", "2026-99-99 00:00:00", 5, b"\xff\xfe"])
@pytest.mark.parametrize("column", ["at", "who", "details", "content"])
def test_junk_in_a_column(column: str, junk: Any) -> None:
    verdict = tampered(lambda run: run(f"UPDATE ledger_entry SET {column} = %s WHERE number = 4", junk))
    assert (verdict.kind, verdict.first_bad) == ("altered", 4)


@in_database
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL refuses values of another type itself")
@pytest.mark.parametrize("junk", ["abc", 4.5, "CAST(X'ff' AS TEXT)"])
def test_junk_for_a_number(junk: Any) -> None:
    value = junk if str(junk).startswith("CAST") else repr(junk)
    verdict = tampered(lambda run: run(f"UPDATE ledger_entry SET number = {value} WHERE number = 4"))
    assert not verdict.ok
    assert verdict.first_bad == 4


@in_database
def test_a_sound_ledger_is_sound_while_others_write() -> None:
    """New entries that come while the walk goes on are no fault."""
    fill(2500)

    def more(_done: int, _total: int) -> None:
        if Entry._all.count() < 6000:
            with transaction.atomic():
                record(ANNA, "card.read")

    verdict = verify(more)
    assert verdict.ok
    assert verdict.entries >= 2500


@in_database
def test_an_empty_ledger_is_sound() -> None:
    assert verify() == Verdict(True, 0, None, None, "0 entries, each following from the one before.")
