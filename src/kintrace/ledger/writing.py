"""Writing entries: in the transaction of what they record, one after another."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from kintrace.errors import LedgerError
from kintrace.ledger.canonical import (
    FIELDS,
    LONGEST,
    OUTCOMES,
    Actor,
    Event,
    chain_of,
    content_of,
    details_text,
    instant,
    start_of,
    word,
)
from kintrace.ledger.models import Entry, Head


def record(
    actor: Actor,
    action: str,
    record: str = "",
    *,
    purpose: str = "",
    outcome: str = "done",
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Write one entry. The ledger's lock is held from here until the transaction ends.

    Args:
        actor: who does it.
        action: what, as a short word such as ``card.read``.
        record: on which record, such as ``card:UUID``; never a name.
        purpose: what for: a word or an id.
        outcome: ``done``, ``refused``, ``empty`` or ``failed``.
        details: numbers, booleans, ids and words from the program; lists and mappings of them.

    Raises:
        LedgerError: no transaction is open, or the ledger is damaged.
        NotForLedger: something could name a person, or is free text.
    """
    return record_many(actor, [Event(action, record, purpose, outcome, details)])[0]


def record_many(actor: Actor, events: Iterable[Event]) -> list[Entry]:
    """Write several entries of one actor at once. See :func:`record`."""
    drafts = [_draft(actor, event) for event in events]
    if not drafts:
        _in_transaction()
        return []
    head = locked_head()
    number, chain = head.number, head.chain
    for draft in drafts:
        number += 1
        draft.number = number
        draft.at = datetime.now(UTC)
        draft.content = content_of(number, fields_of(draft))
        draft.chain = chain = chain_of(chain, draft.content)
    Entry._all.bulk_create(drafts, batch_size=500)
    Head._all.filter(id=1).update(number=number, chain=chain)
    return drafts


def fields_of(entry: Entry) -> list[str]:
    """An entry's fields as they are hashed."""
    return [instant(entry.at), *(getattr(entry, name) for name in FIELDS[1:])]


def deployment() -> str:
    """The random id of this ledger, with which its chain starts."""
    with transaction.atomic():
        return str(locked_head().deployment)


def locked_head() -> Head:
    """The head of the chain, locked until the transaction ends; made where the ledger is new.

    Raises:
        LedgerError: no transaction is open, or entries are there and their head is not.
    """
    _in_transaction()
    rows = Head._all.select_for_update().filter(id=1)
    head = rows.first()
    # On PostgreSQL the first entry of another may come between two questions: its head came with it.
    if head is None and Entry._all.exists() and (head := rows.all().first()) is None:
        raise LedgerError(
            "The ledger holds entries, and the row that says where it ends is gone.",
            "Nothing was recorded, so nothing was done.",
            "Somebody changed the database by hand. Run: kintrace ledger verify",
        )
    if head is None:
        fresh = str(uuid4())
        # On PostgreSQL two may come here at once: the second waits, and finds the row of the first.
        Head._all.bulk_create([Head(id=1, deployment=fresh, chain=start_of(fresh))], ignore_conflicts=True)
        head = Head._all.select_for_update().get(id=1)
    return head


def _in_transaction() -> None:
    if not connection.in_atomic_block:
        raise LedgerError(
            "An entry was to be written outside the transaction of what it records.",
            "Nothing was recorded.",
            "This is a fault in the program: please report it.",
        )


def _draft(actor: Actor, event: Event) -> Entry:
    given = {
        "who": actor.user,
        "role": actor.role,
        "office": actor.office,
        "action": event.action,
        "record": event.record,
        "purpose": event.purpose,
    }
    fields = {name: word(value, name, LONGEST[name]) for name, value in given.items()}
    outcome = word(event.outcome, "outcome")
    if not fields["who"] or not fields["action"] or outcome not in OUTCOMES:
        raise LedgerError(
            "An entry needs who and what, and one of the outcomes " + ", ".join(OUTCOMES) + ".",
            "Nothing was recorded, so nothing was done.",
            "This is a fault in the program: please report it.",
        )
    return Entry(**fields, outcome=outcome, details=details_text(event.details), salt=secrets.token_hex(16))
