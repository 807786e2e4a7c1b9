"""Walking along the chain, entry by entry, to the first that is not right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.db import DatabaseError

from kintrace.ledger.canonical import FIELDS, chain_of, content_of, instant
from kintrace.ledger.models import Entry

CHUNK = 2000
_COLUMNS = ("number", *FIELDS, "content", "chain")

Kind = Literal["altered", "removed", "reordered", "inserted", "truncated", "checkpoint"]


@dataclass(frozen=True)
class Fault:
    """The first thing found wrong."""

    number: int
    kind: Kind
    explanation: str


@dataclass(frozen=True)
class Row:
    """An entry as it lies in the database, whatever somebody made of it."""

    number: Any
    fields: tuple[str, ...] | None
    """None where they cannot be read as an entry's."""
    content: Any
    chain: Any

    def content_at(self, number: int) -> str:
        """The hash that its fields would have under a number."""
        return content_of(number, self.fields) if self.fields is not None else ""

    def belongs(self, number: int, before: str) -> bool:
        """Whether its fields follow from a chain, under a number, to its own chain."""
        return self.chain == chain_of(before, self.content_at(number))

    def follows(self, number: int, before: str) -> bool:
        """Whether it is right in its place."""
        return self.number == number and self.content == self.content_at(number) and self.belongs(number, before)


def rows(after: int | None = 0) -> Iterator[Row]:
    """Entries in the order of their numbers, those after a number or all; none read twice, however long the walk."""
    last: Any = after
    while True:
        rest = Entry._all.order_by("number")
        if last is not None:
            rest = rest.filter(number__gt=last)
        try:
            chunk = list(rest.values_list(*_COLUMNS)[:CHUNK])
        except (ValueError, TypeError, DatabaseError):
            chunk = _one_by_one(_numbers(rest))
        if not chunk:
            return
        for values in chunk:
            yield _row(values)
        last = chunk[-1][0]


def _numbers(rest: Any) -> list[Any]:
    """The numbers of a chunk; one that is no number and cannot even be read ends it, as None."""
    numbers: list[Any] = []
    for place in range(CHUNK):
        try:
            numbers += rest.values_list("number", flat=True)[place : place + 1]
        except (ValueError, TypeError, DatabaseError):
            return [*numbers, None]
        if len(numbers) <= place:
            break
    return numbers


def _one_by_one(numbers: list[Any]) -> list[tuple[Any, ...]]:
    """A chunk in which something cannot even be read: what cannot is left blank."""
    chunk: list[tuple[Any, ...]] = []
    for number in numbers:
        try:
            chunk.append(Entry._all.values_list(*_COLUMNS).get(number=number))
        except (ValueError, TypeError, DatabaseError, Entry.DoesNotExist):
            chunk.append((number, *(None for _ in _COLUMNS[1:])))
    return chunk


def _row(values: tuple[Any, ...]) -> Row:
    number, at, *rest, content, chain = values
    try:
        fields = (instant(at), *rest)
    except (ValueError, TypeError, AttributeError, OverflowError):
        fields = ("", None)
    readable = all(type(each) is str for each in fields)
    return Row(number, fields if readable else None, content, chain)


def walk(
    after: int, chain: str, good: Callable[[int, str], Fault | None], *, everything: bool = True
) -> tuple[int, str, Row | None, Fault | None]:
    """Go along the chain while it is right.

    Args:
        after: the number to start after.
        chain: the chain there.
        good: told each number and chain that is right; what it returns ends the walk.
        everything: also look for numbers below 1.

    Returns:
        The last number that is right, the chain there, the row that is not if one was met, and what ``good`` returned.
    """
    number = after
    for row in rows(None if everything and after == 0 else after):
        if not row.follows(number + 1, chain):
            return number, chain, row, None
        number, chain = number + 1, row.chain
        fault = good(number, chain)
        if fault:
            return number, chain, None, fault
    return number, chain, None, None
