"""Check a name: find what it bears, and verify it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kintrace.emblem.dns.discovery import TIMEOUT, Discovery, discover
from kintrace.emblem.dns.records import SEEN
from kintrace.emblem.dns.resolver import Server
from kintrace.emblem.items import Item
from kintrace.emblem.keys import PublicKey
from kintrace.emblem.logs import Logs
from kintrace.emblem.revocation import Revocations
from kintrace.emblem.roots import Roots
from kintrace.emblem.validation import verify
from kintrace.emblem.verdict import Verdict


@dataclass(frozen=True)
class Checked:
    """What was found at a name, and what it is worth: the strongest verdict, and those on other sets of tokens."""

    found: Discovery
    verdict: Verdict
    others: tuple[Verdict, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The verdict, and where it comes from."""
        return {
            "name": self.found.name, "owner": self.found.owner, **self.verdict.as_json(), "notes": list(self.found.notes),
            "other_sets": [other.as_json() for other in self.others],
        }  # fmt: skip


def check(
    name: str,
    *,
    at: datetime,
    servers: Sequence[Server] | None = None,
    trusted_keys: Sequence[PublicKey] = (),
    logs: Logs | None = None,
    crl: Revocations | None = None,
    roots: Roots | None = None,
    offline: bool = False,
    timeout: float = TIMEOUT,
    numbers: Sequence[int] = SEEN,
) -> Checked:
    """Find and verify the emblem of a name. Of the name's owner nobody is asked: only the resolver, and the logs.

    Args:
        name: of the server.
        at: the time to check for, aware.
        servers: resolvers; those of this machine by default.
        trusted_keys, logs, crl, roots, offline: as for :func:`kintrace.emblem.verify`.
        timeout: seconds for the resolver.
        numbers: types that count as IHLE.

    Raises:
        RecordError, DiscoveryError: as for :func:`discover`.
    """
    found = discover(name, servers, timeout, numbers)
    verdicts = [
        verify(
            items, at=at, name=found.name, trusted_keys=trusted_keys, logs=logs, crl=crl, roots=roots, offline=offline,
            addresses=found.addresses,
        )
        for items in _sets(found)
    ]  # fmt: skip
    verdicts.sort(key=lambda verdict: (verdict.level.rank, verdict.trusted is not None), reverse=True)
    return Checked(found, verdicts[0], tuple(verdicts[1:]))


def _sets(found: Discovery) -> list[tuple[Item, ...]]:
    """Profile B's set with each of profile A's: the profiles are verified apart, and the sets of TXT are not to be mixed."""
    ihle = tuple(item for each in found.sets if each.label == "IHLE" for item in each.items)
    return [(*ihle, *each.items) for each in found.sets if each.label != "IHLE"] or [ihle]
