"""What we issued → the records of each name, and away again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import dns.name
import dns.rrset

from kintrace.emblem.dns.published import Folder
from kintrace.emblem.dns.records import IHLE, TTL, host, plain, records
from kintrace.emblem.dns.zonefile import lines
from kintrace.emblem.items import Item
from kintrace.emblem.publishing import Sign, signs
from kintrace.emblem.state import Issued, State
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


def withdraw_everywhere(
    state: State, there: Folder, name: dns.name.Name, at: datetime
) -> tuple[list[dns.name.Name], list[str]]:
    """Withdraw the emblems of a name where they were issued, so that they are not issued anew, and where they are published.

    An emblem for several names is one signature, so it goes from all of them. Ended emblems are withdrawn, too.

    Args:
        state: ours; it may be empty, as on a machine that only serves.
        there: the folder of what is published.
        name: who bore it.
        at: now, aware.

    Returns:
        The names that are concerned, and the zone lines to remove wherever they were pasted; none where there was nothing.

    Raises:
        EmblemError: the state or the folder cannot be read or written.
    """

    def meant(one: Issued) -> bool:
        assets = [asset.rstrip(".").lower() for asset in one.token.assets]
        return one.token.kind == "emblem" and not one.withdrawn and not one.replaced_by and plain(name) in assets

    found: dict[str, None] = {}
    names = {name: None}
    if any(map(meant, state.read().issued)):
        with state.changing() as records_:
            ids = {one.id for one in records_.issued if meant(one)}
            for sign in signs(state, at):
                if sign.emblem.id in ids:
                    for each, items in items_by_name([sign]).items():
                        names[each] = None
                        found |= dict.fromkeys(lines(records(each, items)))
            records_.issued = [
                replace(one, withdrawn=at.isoformat()) if one.id in ids else one for one in records_.issued
            ]
    # What the folder has is what was pasted: with its own TTL, type number and identifier.
    served = [line for each in names for line in there.withdraw(each)]
    return list(names), served or list(found)
