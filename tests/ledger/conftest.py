"""Ledgers to tamper with."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from kintrace.ledger import Actor, Event, record_many, triggers

ANNA = Actor("7d3f6c2e-1111-4b6f-9a51-0a4a7f5f1c01", "caseworker", "2c0d58f4-0000-4f5e-8a57-6a2f0c9f0002")


@pytest.fixture
def signing_key() -> bytes:
    return secrets.token_bytes(32)


def fill(count: int) -> None:
    """Entries as work makes them."""
    with transaction.atomic():
        record_many(
            ANNA, [Event("card.read", f"card:{number}", "tracing", "done", {"n": number}) for number in range(count)]
        )


@contextmanager
def unguarded() -> Iterator[Callable[..., None]]:
    """The database as somebody has it who may change its tables."""
    with connection.cursor() as cursor:
        for statement in triggers.drop(connection.vendor):
            cursor.execute(statement)

        def run(sql: str, *parameters: Any) -> None:
            cursor.execute(sql, parameters)

        yield run
        for statement in triggers.create(connection.vendor):
            cursor.execute(statement)


def fetch(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
