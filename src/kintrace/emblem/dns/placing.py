"""What we issued → the records of each name."""

from collections.abc import Iterable
from datetime import datetime

import dns.name
import dns.rrset

from kintrace.emblem.dns.records import IHLE, TTL, host, plain, records
from kintrace.emblem.items import Item
from kintrace.emblem.publishing import Sign
from kintrace.emblem.validation import verify
from kintrace.emblem.verdict import Level
from kintrace.errors import RecordError


def items_by_name(signs: Iterable[Sign]) -> dict[dns.name.Name, tuple[Item, ...]]:
    """The tokens and keys that each name is to bear, of both profiles where it has both."""
    found: dict[dns.name.Name, tuple[Item, ...]] = {}
    for sign in signs:
        for name in map(host, sign.names):
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *sign.items)))
    return found


def checked_records(
    name: dns.name.Name,
    items: Iterable[Item],
    at: datetime,
    *,
    identifier: str = "",
    ttl: int = TTL,
    number: int = IHLE,
) -> list[dns.rrset.RRset]:
    """The records of a name, after looking at them as a checker will: what would be INVALID is not published.

    Args:
        name: who bears it.
        items: tokens and keys.
        at: now, aware.
        identifier, ttl, number: as for :func:`records`.

    Raises:
        RecordError: a checker would call them INVALID, or they do not fit.
    """
    found = tuple(items)
    for profile in ("A", "B"):
        mine = [item for item in found if item.profile == profile]
        if not mine:
            continue
        verdict = verify(mine, at=at, name=plain(name), offline=True)
        if verdict.level is Level.INVALID:
            raise RecordError(
                f"A checker would call this emblem of {plain(name)} INVALID (profile {profile}): {verdict.why}",
                kept="Nothing was published.",
                todo="Mend that, or issue it anew: kintrace emblem issue",
            )
    return records(name, found, identifier=identifier, ttl=ttl, number=number)
