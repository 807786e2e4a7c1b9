"""Reading entries: newest first, and as lines of JSON."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from kintrace.ledger.canonical import FIELDS, instant
from kintrace.ledger.models import Entry


def entries(
    *,
    who: str | None = None,
    office: str | None = None,
    action: str | None = None,
    record: str | None = None,
    records: Collection[str] | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    most: int = 100,
) -> list[Entry]:
    """Entries, newest first. The caller records that the ledger was read.

    Args:
        who: of this user only.
        office: of this office only.
        action: those whose action begins so.
        record: on this record only.
        records: on these records only.
        outcome: with this outcome only.
        since: from this moment.
        until: to before this moment.
        before: numbers below this; for the next page give the number of the last entry of this one.
        most: a page's length.
    """
    wanted = {
        "who": who,
        "office": office,
        "action__startswith": action,
        "record": record,
        "record__in": records,
        "outcome": outcome,
        "at__gte": since,
        "at__lt": until,
        "number__lt": before,
    }
    found = Entry._all.filter(**{name: value for name, value in wanted.items() if value is not None})
    return list(found.order_by("-number")[:most])


def as_dict(entry: Entry) -> dict[str, Any]:
    """An entry as plain data: what is hashed of it, as it is hashed, and its hashes."""
    fields = {name: getattr(entry, name) for name in FIELDS}
    return {"number": entry.number, **fields, "at": instant(entry.at), "content": entry.content, "chain": entry.chain}


def to_json_lines(found: Iterable[Entry | dict[str, Any]]) -> Iterator[str]:
    """Entries, or what :func:`kintrace.ledger.dump` gives, one line of JSON each; the lines end with a newline."""
    for entry in found:
        yield json.dumps(entry if isinstance(entry, dict) else as_dict(entry), separators=(",", ":")) + "\n"
