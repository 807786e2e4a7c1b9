"""Reports for a head of office: what was opened, reviewed and reached, how long it took, and what the evidence was worth here.

Success is contact restored or a fate clarified, never a count of candidates (DESIGN.md §5 rule 14). Nothing ranks colleagues, and
a group of fewer than five people is not told, nor is what it could be reckoned from.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import TruncMonth

from kintrace.casework.dates import span
from kintrace.casework.facts import opened_many
from kintrace.casework.people import Office
from kintrace.casework.records import Card, CardKind, Fact
from kintrace.casework.scope import Scope
from kintrace.errors import FormError, KintraceError
from kintrace.matching import joint
from kintrace.matching.candidates import visible
from kintrace.matching.disclosures import ENDS
from kintrace.matching.models import Candidate, Disclosure, Review, State

LEAST = 5
"""Fewer people than this are not told as a group."""
SAMPLED = 1000
"""Cards whose sex and birth are unsealed for the groups, the newest of the time."""
PAIRS = 200
"""Candidates of each kind whose evidence is unsealed, the newest."""
BANDS = ((0, "0–17"), (18, "18–39"), (40, "40–59"), (60, "60+"))
DECIDED = (State.AGREED, State.EXCLUDED, State.INCONCLUSIVE, State.CONCLUDED)
DAY = 86400.0


@dataclass(frozen=True)
class Time:
    """First and last day of a report."""

    since: date
    until: date

    @property
    def ends(self) -> tuple[datetime, datetime]:
        """The moments from and to before."""
        first = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        last = datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC)
        return first, last + timedelta(days=1)


@dataclass(frozen=True)
class Took:
    """How many days something took."""

    what: str
    count: int
    median: float | None
    least: float | None
    most: float | None


def office_figures(scope: Scope, time: Time) -> dict[str, Any]:
    """The figures of the scope's office in a time.

    Returns:
        ``opened`` (month to kind to count), ``decided`` (candidates by state), ``statements`` (made by reviewers), ``ends``
        (requests by what came of them, once that is recorded), ``open_now``, ``took`` (a list of :class:`Took`).

    Raises:
        Denied: the scope reads no reports.
    """
    scope.require("report.read")
    first, last = time.ends
    mine = Card._all.filter(office=scope.office)
    opened: dict[date, dict[str, int]] = {}
    rows = mine.filter(opened_at__gte=first, opened_at__lt=last).annotate(month=TruncMonth("opened_at", tzinfo=UTC))
    for month, kind, count in rows.values_list("month", "kind").annotate(Count("id")).order_by("month", "kind"):
        opened.setdefault(month.date(), {})[kind] = count
    reviews = Review._all.filter(candidate__in=visible(scope).values("id"), at__gte=first, at__lt=last)
    decided = Candidate._all.filter(id__in=reviews.values("candidate"), state__in=DECIDED)
    told, ended = _in(scope, time, "told_at"), _in(scope, time, "ended_at")
    with transaction.atomic():
        scope.note("report.read", since=time.since.isoformat(), until=time.until.isoformat())
    return {
        "opened": opened,
        "decided": dict(decided.values_list("state").annotate(Count("id")).order_by("state")),
        "statements": reviews.count(),
        "ends": {end: count for end, count in _ends(ended).items() if end in ENDS},
        "open_now": mine.filter(closed_at=None).exclude(status__in=ENDS).count(),
        "took": _times(scope, time, told),
    }


def _in(scope: Scope, time: Time, step: str) -> "QuerySet[Disclosure]":
    """Of this office's requests, what was done in a time: that the family was told, or that it was recorded what came of it."""
    first, last = time.ends
    acts = Disclosure._all.filter(conclusion__candidate__request__office=scope.office)
    return acts.filter(**{f"{step}__gte": first, f"{step}__lt": last})


def _ends(ended: "QuerySet[Disclosure]") -> dict[str, int]:
    return dict(ended.values_list("conclusion__candidate__request__status").annotate(Count("id")))


def _times(scope: Scope, time: Time, told: "QuerySet[Disclosure]") -> list[Took]:
    first, last = time.ends
    candidates = visible(scope).filter(made_at__gte=first, made_at__lt=last)
    earliest = Card._all.filter(
        office=scope.office, kind=CardKind.TRACING_REQUEST, candidates__in=candidates.values("id")
    )
    found = earliest.annotate(found=Min("candidates__made_at")).values_list("opened_at", "found")
    reviewed = candidates.filter(state__in=DECIDED).annotate(done=Max("reviews__at")).exclude(done=None)
    families = told.values_list("conclusion__candidate__request__opened_at", "told_at")
    return [
        _took("first_candidate", found),
        _took("decided", reviewed.values_list("made_at", "done")),
        _took("family_told", families),
    ]


def _took(what: str, spans: Iterable[tuple[datetime, datetime]]) -> Took:
    days = [max(0.0, (end - begin).total_seconds() / DAY) for begin, end in spans]
    if not days:
        return Took(what, 0, None, None, None)
    return Took(what, len(days), statistics.median(days), min(days), max(days))


def evidence_worth(scope: Scope) -> dict[str, list[float]]:
    """What all evidence together said of pairs concluded on, and of pairs excluded: log10 likelihood ratios.

    Of this office's candidates, the newest of each kind. What does not open any more is left out.
    """
    scope.require("report.read")
    mine = visible(scope)
    kinds = (("concluded", State.CONCLUDED), ("excluded", State.EXCLUDED))
    return {name: _ratios(mine.filter(state=state).order_by("-changed_at")[:PAIRS]) for name, state in kinds}


def _ratios(candidates: Iterable[Candidate]) -> list[float]:
    found = []
    for each in candidates:
        try:
            content = joint.unseal(joint.key_of(each), f"candidate:{each.id}", bytes(each.content))
        except KintraceError:  # one of the two was erased just now
            continue
        found.append(sum(fact["log10_lr"] for fact in content["evidence"]["facts"]))
    return sorted(found)


def groups(scope: Scope, time: Time) -> dict[str, Any]:
    """Groups side by side: of cards opened in a time, how many led to a candidate, and to contact or a clarified fate.

    Returns:
        ``sex``, ``age`` and ``office``: lists of rows with ``group``, ``cards``, ``candidates``, ``ended``; a count that would
        tell of fewer than five people is None. ``sampled``: how many cards were looked at for sex and age, of ``cards``.
    """
    scope.require("report.read")
    first, last = time.ends
    inside = Card._all.filter(opened_at__gte=first, opened_at__lt=last)
    mine = inside.filter(office=scope.office)
    newest = list(mine.order_by("-opened_at")[:SAMPLED])
    facts = opened_many(
        Fact._all.filter(
            person__in=mine.order_by("-opened_at").values("subject")[:SAMPLED], superseded_at=None,
            name__in=("sex", "date_of_birth"),
        )
    )  # fmt: skip
    paired = _paired(newest)
    sex: dict[str, Counter[str]] = {}
    age: dict[str, Counter[str]] = {}
    for card in newest:
        known = facts.get(card.subject_id, {})
        told = str(known["sex"].value) if "sex" in known else "unknown"
        for table, group in ((sex, told), (age, _band(known, card.opened_at.date()))):
            counts = table.setdefault(group, Counter())
            counts["cards"] += 1
            counts["candidates"] += card.id in paired
            counts["ended"] += card.status in ENDS
    with transaction.atomic():
        scope.note("report.read", groups=True, since=time.since.isoformat(), until=time.until.isoformat())
    order = [name for _, name in BANDS]
    return {
        "sex": _rows(sorted(sex.items())),
        "age": _rows(sorted(age.items(), key=lambda row: order.index(row[0]) if row[0] in order else len(order))),
        "office": _rows(_offices(inside)),
        "sampled": len(newest),
        "cards": mine.count(),
    }


def _paired(cards: Sequence[Card]) -> set[Any]:
    found: set[Any] = set()
    for start in range(0, len(cards), 500):
        part = [card.id for card in cards[start : start + 500]]
        found.update(Candidate._all.filter(request__in=part).values_list("request", flat=True))
        found.update(Candidate._all.filter(found__in=part).values_list("found", flat=True))
    return found


def _offices(inside: "QuerySet[Card]") -> list[tuple[str, Counter[str]]]:
    cards = dict(inside.values_list("office").annotate(Count("id")))
    ended = dict(inside.filter(status__in=ENDS).values_list("office").annotate(Count("id")))
    asked = dict(inside.values_list("office").annotate(Count("candidates__request", distinct=True)))
    other = dict(inside.values_list("office").annotate(Count("candidates_for__found", distinct=True)))
    return [
        (each.name, Counter(cards=cards.get(each.id, 0), ended=ended.get(each.id, 0),
                            candidates=asked.get(each.id, 0) + other.get(each.id, 0)))
        for each in Office._all.order_by("code")
    ]  # fmt: skip


def _band(known: Any, on: date) -> str:
    """The age at opening, in bands; in the middle of what a birth date allows."""
    try:
        days = span(str(known["date_of_birth"].value))
    except (KeyError, FormError):
        return "unknown"
    middle = days.first + (days.last - days.first) / 2
    years = (on - middle).days / 365.25
    return next((name for least, name in reversed(BANDS) if years >= least), "unknown")


def _rows(table: Iterable[tuple[str, Counter[str]]]) -> list[dict[str, Any]]:
    """Rows in which no count tells of fewer than five people: neither those who are in it, nor those who are not."""
    rows = []
    for group, counts in table:
        cards = counts["cards"]
        row: dict[str, Any] = {"group": group, "cards": cards if cards >= LEAST else None}
        for name in ("candidates", "ended"):
            count = counts[name]
            small = cards < LEAST or 0 < count < LEAST or 0 < cards - count < LEAST
            row[name] = None if small else count
        rows.append(row)
    hidden, shown = ([row for row in rows if (row["cards"] is None) is gone] for gone in (True, False))
    if len(hidden) == 1 and shown:  # else it could be reckoned from the sum of all, which is told
        least = min(shown, key=lambda row: row["cards"])
        least |= {"cards": None, "candidates": None, "ended": None}
    return rows
