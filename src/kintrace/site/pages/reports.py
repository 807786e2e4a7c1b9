"""Reports for a head of office, and to each reviewer how they did on known pairs."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kintrace.errors import FormError
from kintrace.matching import figures
from kintrace.matching.figures import Time
from kintrace.matching.report import office_errors, own_errors
from kintrace.site import charts
from kintrace.site.door import Asked, asked_for, door
from kintrace.site.templatetags.kintrace import say
from kintrace.site.words import WORDS

KINDS = ("tracing_request", "found_person")
TABLES = ("opened", "results", "times", "groups", "errors", "worth")
PAIRS = {"one_person": gettext_lazy("Two photos of one person"), "two_people": gettext_lazy("Photos of two people")}
TOOK = {
    "first_candidate": gettext_lazy("From opening a request to its first candidate"),
    "decided": gettext_lazy("From a candidate to its last review"),
    "family_told": gettext_lazy("From opening a request to telling the family"),
}


@door("report.read", "review.first", methods=("GET", "HEAD"))
def reports(request: Asked) -> HttpResponse:
    """The office's figures for those who read reports; each reviewer's own for themselves."""
    scope = request.scope
    told: dict[str, Any] = {"own": _rates(own_errors(scope)) if scope.may("review.first") else None}
    if scope.may("report.read"):
        time = _time(request.GET)
        found = figures.office_figures(scope, time)
        worth = figures.evidence_worth(scope)
        months = [(date_format(month, "M Y"), counts) for month, counts in found["opened"].items()]
        errors = office_errors(scope)
        told |= {
            "time": time, "figures": found, "opened": charts.bars(months, KINDS), "worth": worth,
            "dots": charts.dots([(str(WORDS["concluded"]), worth["concluded"]), (str(WORDS["excluded"]), worth["excluded"])]),
            "bands": charts.bands([worth["concluded"], worth["excluded"]]),
            "errors": errors, "together": _rates(errors["together"]), "chain": _rates(errors["chain"]), "office": True,
            "export": scope.may("report.export"), "period": request.GET.urlencode(), "tables": TABLES, "lasted": TOOK,
        }  # fmt: skip
    return render(request, "kintrace/reports.html", told)


@door("report.read", methods=("GET", "HEAD"))
def grouped(request: Asked) -> HttpResponse:
    """Groups side by side: a page of its own, since sex and birth are unsealed for it."""
    time = _time(request.GET)
    found = figures.groups(request.scope, time)
    return render(request, "kintrace/groups.html", {
        "time": time, "groups": found, "least": figures.LEAST, "export": request.scope.may("report.export"),
        "period": request.GET.urlencode(),
    })  # fmt: skip


@door("report.export", methods=("POST",))
def export(request: Asked, table: str) -> HttpResponse:
    """A table as CSV; that it was taken out is in the ledger."""
    scope = request.scope
    scope.require("report.read")
    name = asked_for(table, TABLES, "table")
    time = _time(request.GET)
    rows = _table(request, name, time)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    with transaction.atomic():
        scope.note("report.export", table=name, rows=len(rows) - 1)
    headers = {"Content-Disposition": f'attachment; filename="kintrace-{name}-{time.since}-{time.until}.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _table(request: Asked, name: str, time: Time) -> list[list[Any]]:
    """A table's heading and rows, in the words that the page has for them."""
    if name == "groups":
        found = figures.groups(request.scope, time)
        head = [
            _("Groups side by side"),
            _("Group"),
            _("Cards"),
            _("With a candidate"),
            _("Contact, or fate clarified"),
        ]
        by = {"sex": _("By sex"), "age": _("By age when the card was opened"), "office": _("By office")}
        return [head, *([words, _text(say(row["group"])), *(_cell(row[part]) for part in ("cards", "candidates", "ended"))]
                        for part_of, words in by.items() for row in found[part_of])]  # fmt: skip
    if name == "errors":
        return _errors(request)
    if name == "worth":
        worth = figures.evidence_worth(request.scope)
        head = [_("Noughts, from"), _("Noughts, to"), *(capfirst(say(word)) for word in ("concluded", "excluded"))]
        return [head, *([_text_of(band["low"]), _text_of(band["high"]), *band["counts"]]
                        for band in charts.bands([worth["concluded"], worth["excluded"]]))]  # fmt: skip
    told = figures.office_figures(request.scope, time)
    if name == "opened":
        return [[_("Month"), capfirst(_("tracing requests")), capfirst(_("found people"))]] + [
            [month.strftime("%Y-%m"), *(counts.get(kind, 0) for kind in KINDS)]
            for month, counts in told["opened"].items()
        ]
    if name == "times":
        head = [_("How long it took"), _("How many"), _("Median, days"), _("Least, days"), _("Most, days")]
        return [head, *([str(TOOK[each.what]), each.count, *(_days(value) for value in (each.median, each.least, each.most))]
                        for each in told["took"])]  # fmt: skip
    asked = capfirst(_("tracing requests"))
    return [[_("What"), _("How it ended"), _("How many")],
            *([_("Candidates reviewed"), say(state), count] for state, count in told["decided"].items()),
            *([asked, say(end), count] for end, count in told["ends"].items())]  # fmt: skip


def _errors(request: Asked) -> list[list[Any]]:
    """How often reviewers of the office err on known pairs, with the interval, in 100; nobody is named."""
    told = office_errors(request.scope)
    who = {
        "together": _("All reviewers of this office together"),
        "chain": _("Two reviewers on the same pair, both wrong"),
    }
    rows: list[list[Any]] = [
        [_("Who"), _("Known pairs"), _("Judged"), _("Wrong"), _("Wrong in 100, from"), _("Wrong in 100, to")]
    ]
    for part, words in who.items():
        for pairs, label in PAIRS.items():
            rate = told[part][pairs]
            ends = (f"{100 * end:.1f}" for end in rate["interval"] or ())
            rows.append([words, str(label), rate["judged"], rate["wrong"], *ends])
    return rows


def _text_of(end: float | None) -> str:
    return "" if end is None else f"{end:g}"


def _cell(value: int | None) -> str:
    return f"<{figures.LEAST}" if value is None else str(value)


def _text(words: str) -> str:
    """Words as a cell that no spreadsheet takes for a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _time(given: QueryDict) -> Time:
    today = timezone.now().date()
    try:
        until = date.fromisoformat(given["until"]) if given.get("until") else today
        since = date.fromisoformat(given["since"]) if given.get("since") else until - timedelta(days=365)
    except ValueError as problem:
        raise FormError("This is not a day.", "Nothing was shown.", "Write it as 2026-11-23.") from problem
    if since > until or (until - since).days > 20 * 366 or until.year > today.year + 1:
        raise FormError("This is no time to report on.", "Nothing was shown.", "Choose a first and a last day.")
    return Time(since, until)


def _rates(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Error rates in words: of pairs of one person and of two, how many were judged wrong, and what that may mean."""
    rows = []
    for name, label in PAIRS.items():
        rate = told[name]
        low, high = rate["interval"] or (0, 0)
        rows.append(
            {"label": label, **rate, "low": round(100 * low), "high": round(100 * high), "known": bool(rate["judged"])}
        )
    return rows
