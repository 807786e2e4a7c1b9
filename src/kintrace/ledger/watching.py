"""Bursts of reading: one person opening more records in a few minutes than anybody works through."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Case, Count, Max, Min, Q, Value, When

from kintrace.ledger.canonical import Actor
from kintrace.ledger.models import Entry
from kintrace.ledger.writing import locked_head, record

FLAG = "ledger.burst"

# Reading the ledger itself is no reading of personal data. An empty search is: it tells who is not there.
_EACH = "registry.search"
"""Searches for one case, each of which counts by itself: whom they showed differs."""
_READS = (
    (Q(action__endswith=".read") | Q(action__endswith=".export") | Q(action="search") | Q(action=_EACH))
    & ~Q(action__startswith="ledger.")
    & Q(outcome__in=("done", "empty"))
)


@dataclass(frozen=True)
class Burst:
    """More records read by one person, within minutes, than allowed for."""

    who: str
    first: datetime
    last: datetime
    records: int
    """Different records read from first to last; a search on no record counts by itself."""


def bursts(since: datetime, *, window_minutes: int = 10, most: int = 60) -> list[Burst]:
    """Who read personal data of more than ``most`` records within ``window_minutes``, since a moment; earliest first.

    A time in which every window is too full is one burst, however long.
    """
    reads = Entry._all.filter(_READS, at__gte=since).order_by("who", "at", "number")
    name = Case(When(action=_EACH, then=Value("")), default="record")
    rows = reads.annotate(name=name).values_list("who", "at", "name", "number").iterator(chunk_size=2000)
    window = timedelta(minutes=window_minutes)
    found = [burst for who, own in groupby(rows, key=lambda row: row[0]) for burst in _of_one(who, own, window, most)]
    return sorted(found, key=lambda burst: (burst.first, burst.who))


def burst_now(user: str, *, window_minutes: int = 10, most: int = 60) -> Burst | None:
    """Whether a user is in a burst at this moment; call it when a read was recorded.

    The first time in a window this also writes an entry ``ledger.burst``, in the caller's transaction if one is open.
    """
    now = datetime.now(UTC)
    recent = Entry._all.filter(who=user, at__gte=now - timedelta(minutes=window_minutes))
    reads = recent.filter(_READS)
    counts = reads.aggregate(
        named=Count("record", distinct=True, filter=~Q(record="") & ~Q(action=_EACH)),
        unnamed=Count("number", filter=Q(record="") | Q(action=_EACH)),
        first=Min("at"),
        last=Max("at"),
    )
    records = counts["named"] + counts["unnamed"]
    if records <= most:
        return None
    if not recent.filter(action=FLAG).exists():
        with transaction.atomic():
            locked_head()
            if not recent.filter(action=FLAG).exists():  # another of the same user's reads may have been first
                latest = reads.latest("at", "number")
                actor = Actor(user, latest.role, latest.office)
                record(actor, FLAG, details={"records": records, "minutes": window_minutes})
    return Burst(user, counts["first"], counts["last"], records)


def _of_one(who: str, rows: Iterable[tuple[str, datetime, str, int]], window: timedelta, most: int) -> Iterator[Burst]:
    inside: deque[tuple[datetime, str]] = deque()
    counts: Counter[str] = Counter()
    first = last = None
    seen: set[str] = set()
    for _, at, name, number in rows:
        inside.append((at, name or f"#{number}"))
        counts[inside[-1][1]] += 1
        while inside[0][0] <= at - window:
            gone = inside.popleft()[1]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if len(counts) > most:
            if first is None:
                first = inside[0][0]
                seen = set()
            seen |= counts.keys()
            last = at
        elif first is not None and last is not None:
            yield Burst(who, first, last, len(seen))
            first = last = None
    if first is not None and last is not None:
        yield Burst(who, first, last, len(seen))
