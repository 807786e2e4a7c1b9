"""What was done to the chain, told from what it left behind.

That something is wrong, and from which number on, is certain. What kind it is, is a judgement: whoever can write to the
database can make one kind look like another. docs/ledger.md lists what is told from what.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models

from kintrace.ledger.canonical import start_of
from kintrace.ledger.models import Entry, Head
from kintrace.ledger.walking import Fault, Row, rows

FAR = 100_000
"""How many entries away a moved one is looked for."""


def judge(number: int, before: str, row: Row, head: Head | None) -> Fault:
    """Why the chain is broken at a row.

    Args:
        number: the number that should come.
        before: the chain up to there, which is right.
        row: what came instead.
        head: the end of the chain as its own row tells it.
    """
    if type(row.number) is not int or row.number < number:
        where = row.number if type(row.number) is int else number
        return Fault(where, "inserted", f"There is an entry with a number the ledger never gave: {row.number!r:.40}.")
    if row.number == number and _was_before(number, row):
        return Fault(number - 1, "inserted", f"What was written as {number - 1} now stands as {number}.")
    if head is not None and number > head.number:
        return Fault(number, "inserted", f"The ledger ends with entry {head.number}; entries were put after it.")
    if row.number > number:
        moved = _seek(number, before, row.number)
        if moved is not None:
            return Fault(number, "reordered", f"Entry {number} now stands as {moved.number}.")
        return Fault(number, "removed", f"Entry {number} is gone: {row.number} comes after {number - 1}.")
    if row.fields is None:
        return Fault(number, "altered", f"Entry {number} cannot be read.")
    if row.content != row.content_at(number):
        return _changed_or_moved(number, before, row)
    return _other_chain(number, before, row, head)


def _changed_or_moved(number: int, before: str, row: Row) -> Fault:
    """The row's fields do not give its hash."""
    altered = Fault(number, "altered", f"Entry {number} is not what was written.")
    if row.belongs(number, before):
        return Fault(number, "altered", f"The hash of entry {number} was changed; its fields were not.")
    own = _own_number(row, number)
    if own is None:
        twin = next((other for other in _rows(number + 1) if other.content == row.content_at(other.number)), None)
        if twin is not None:
            return Fault(number, "reordered", f"Entry {number} holds what was written as {twin.number}.")
        return _forged(number, before, row) or altered
    if own < number:
        held = Entry._all.filter(number=own).values_list("content", flat=True).first()
        if held == row.content:
            return Fault(number, "inserted", f"Entry {number} is a copy of {own}.")
        return Fault(own, "inserted", f"What was written as {own} now stands as {number}: entries were put before it.")
    moved = _seek(number, before, number + 1)
    if moved is not None:
        return Fault(number, "reordered", f"Entry {number} now stands as {moved.number}, and {own} in its place.")
    return Fault(number, "removed", f"Entry {number} is gone: what was written as {own} stands in its place.")


def _other_chain(number: int, before: str, row: Row, head: Head | None) -> Fault:
    """The row agrees with itself, and does not follow from the one before."""
    forged = _forged(number, before, row)
    if forged:
        return forged
    if head is not None and _count() == head.number - 1:
        return Fault(number, "removed", f"Entry {number} is gone, and those after it were given new numbers.")
    return Fault(number, "altered", f"Entry {number} does not follow from the one before it.")


def _forged(number: int, before: str, row: Row) -> Fault | None:
    """Where the true entry stands further on: this one was put before it, or the two changed places."""
    moved = _seek(number, before, number + 1)
    if moved is None:
        return None
    # Where two changed places, what follows the true entry stands where it always did, or is this very row.
    second = next(_rows(number + 1))
    if any(other.belongs(number + 1, moved.chain) for other in (row, second)):
        return Fault(number, "reordered", f"Entry {number} now stands as {moved.number}.")
    return Fault(number, "inserted", f"Entry {number} was put there: the true one now stands as {moved.number}.")


def _was_before(number: int, row: Row) -> bool:
    """Whether the row was written one number earlier, so that what stands there now was put in with a right chain."""
    chains: dict[int, Any] = dict(Entry._all.filter(number__in=(number - 2, number - 1)).values_list("number", "chain"))
    head = Head._all.filter(id=1).first()
    if head is not None:
        chains[0] = start_of(head.deployment)
    earlier = chains.get(number - 2)
    return isinstance(earlier, str) and row.belongs(number - 1, earlier) and row.chain != chains.get(number - 1)


def _own_number(row: Row, near: int) -> int | None:
    """The number under which a row's fields give its hash."""
    highest = Entry._all.aggregate(models.Max("number"))["number__max"]
    for distance in range(1, min(FAR, highest + 2)):
        for number in (near + distance, near - distance):
            if number > 0 and row.content == row.content_at(number):
                return number
    return None


def _seek(number: int, before: str, start: int) -> Row | None:
    """The row, from a number on, that was written under ``number``."""
    return next((row for row in _rows(start) if row.belongs(number, before)), None)


def _rows(start: int) -> Iterator[Row]:
    for count, row in enumerate(rows(start - 1)):
        if count >= FAR or type(row.number) is not int:
            return
        yield row


def _count() -> int:
    return int(Entry._all.count())
