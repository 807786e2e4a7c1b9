"""The ledger out of the database and back: for backups, and so that restoring one does not take the ledger back in time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import transaction

from kintrace.errors import LedgerError, LedgersPart
from kintrace.ledger.canonical import FIELDS, chain_of, content_of, moment, start_of
from kintrace.ledger.models import Entry, Head
from kintrace.ledger.reading import as_dict
from kintrace.ledger.writing import locked_head

CHUNK = 1000


def dump() -> Iterator[dict[str, Any]]:
    """All entries, oldest first, as plain data, each with the deployment's id. Others may write meanwhile."""
    head = Head._all.filter(id=1).first()
    last = 0
    while True:
        rows = list(Entry._all.filter(number__gt=last).order_by("number")[:CHUNK])
        if not rows:
            return
        for row in rows:
            yield {"deployment": head.deployment if head else "", **as_dict(row)}
        last = rows[-1].number


def load(saved: Iterable[dict[str, Any]]) -> int:
    """Put entries that :func:`dump` gave into an empty ledger, or after the entries that they begin with.

    The chain is checked on the way; one transaction.

    Returns:
        How many entries were added.

    Raises:
        LedgersPart: they do not begin with the ledger's entries, or stop short of its end.
        LedgerError: they are damaged.
    """
    return _merge(saved, shorter=False)


def keep_longer(saved: Iterable[dict[str, Any]]) -> int:
    """After a restore: of the ledger in the database and a saved one, keep the longer.

    Returns:
        How many entries were added; 0 where the database's is the longer.

    Raises:
        LedgersPart: neither is the beginning of the other. Names the first number where they part; nothing is changed.
        LedgerError: the saved entries are damaged.
    """
    return _merge(saved, shorter=True)


def _merge(saved: Iterable[dict[str, Any]], *, shorter: bool) -> int:
    rest = iter(saved)
    added = 0
    with transaction.atomic():
        head = locked_head()
        position, chain = 0, start_of(head.deployment)
        while rows := list(islice(rest, CHUNK)):
            if position == head.number == 0:
                # An empty ledger becomes the saved one, and goes on under its name.
                head.deployment = str(rows[0].get("deployment", ""))
                chain = start_of(head.deployment)
            fresh = []
            for row in rows:
                position += 1
                entry = _entry(row, position, chain, head.deployment)
                chain = entry.chain
                if position > head.number:
                    fresh.append(entry)
            held = Entry._all.filter(number__gt=position - len(rows), number__lte=min(position, head.number))
            _compare(rows, position - len(rows), dict(held.values_list("number", "chain")), head)
            Entry._all.bulk_create(fresh, batch_size=500)
            added += len(fresh)
        if position < head.number and not shorter:
            raise _parting(position + 1, "The entries to load end before the ledger does.")
        if added:
            Head._all.filter(id=1).update(deployment=head.deployment, number=position, chain=chain)
    return added


def _compare(rows: list[dict[str, Any]], before: int, held: dict[int, str], head: Head) -> None:
    """Refuse saved entries that are not those of the database, and a database whose end is not its head's."""
    for number, row in enumerate(rows, before + 1):
        if number <= head.number and held.get(number) != row["chain"]:
            raise _parting(number, "The saved ledger and the one in the database part.")
        if number == head.number and head.chain != row["chain"]:
            raise _parting(number, "The saved ledger and the one in the database part.")


def _entry(row: dict[str, Any], number: int, before: str, deployment: str) -> Entry:
    """The entry that plain data describe, once they are known to follow from what is before them."""
    if row.get("deployment") != deployment:
        raise _parting(number, "The saved entries are those of another deployment's ledger.")
    try:
        fields = [row[name] for name in FIELDS]
        if not all(isinstance(each, str) for each in fields) or row["number"] != number:
            raise ValueError("not an entry")
        content = content_of(number, fields)
        if row["content"] != content or row["chain"] != chain_of(before, content):
            raise ValueError("not the next entry")
        values = dict(zip(FIELDS, fields, strict=True))
        return Entry(**{**values, "at": moment(row["at"])}, number=number, content=content, chain=row["chain"])
    except (KeyError, ValueError, TypeError) as error:
        raise LedgerError(
            f"The saved ledger is damaged: entry {number} is not what was written.",
            "The ledger in the database was left as it was.",
            "Use another backup.",
        ) from error


def _parting(number: int, what: str) -> LedgersPart:
    error = LedgersPart(
        f"{what} The first entry that differs is {number}.",
        "The ledger in the database was left as it was.",
        "Keep both, and ask who could change either: kintrace ledger verify",
    )
    error.number = number
    return error
