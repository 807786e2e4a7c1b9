"""Reports: true counts, times and errors of an office; small groups are not told, nobody is ranked, exports are noted."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from matching_help import follow, found, only, request, somebody
from site_help import client_for

from kintrace.casework.people import Role, User
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.errors import Denied
from kintrace.ledger import entries
from kintrace.matching import figures
from kintrace.matching.conclusions import conclude
from kintrace.matching.disclosures import approve, ask, come_of, tell
from kintrace.matching.figures import Time, evidence_worth, groups, office_figures
from kintrace.matching.models import Candidate, ControlReview, Disclosure, Review
from kintrace.matching.report import office_errors, own_errors
from kintrace.site.charts import bands, bars, dots

TODAY = timezone.now().date()
YEAR = Time(TODAY - timedelta(days=365), TODAY)
S, C, F = Role.SENIOR_REVIEWER, Role.CASEWORKER, Role.FIELD_OFFICER


def told_case(scope: Scope, end: str = "contact_restored") -> Candidate:
    """A candidate that two people reviewed, concluded on, and told the family of."""
    request(scope)
    found(scope)
    follow()
    first, second, third, officer = (somebody("local", role) for role in (C, S, S, F))
    candidate = only()
    now = timezone.now()
    for seat, each in ((1, first), (2, second)):
        Review._all.create(
            candidate=candidate, round=1, seat=seat, reviewer_id=each.user, stage="with_context" if seat == 1 else "second",
            conclusion="potential_candidate", content=b"x", began_at=now,
        )  # fmt: skip
    Candidate._all.filter(id=candidate.id).update(state="reviews_agree", made_at=now - timedelta(days=3))
    Card._all.filter(id=candidate.request_id).update(opened_at=now - timedelta(days=10))
    conclude(second, candidate.id, ["names"], "all of it agrees")
    ask(officer, candidate.id, "yes")
    approve(third, candidate.id)
    tell(first, candidate.id, "She is well.", end)
    return candidate


def test_the_figures_are_what_was_done(scope: Scope) -> None:
    """Counted from the records: cards, reviews, what came of requests, and the days they took."""
    told_case(scope)
    reader = somebody("local", S)
    told = office_figures(reader, YEAR)
    assert sum(sum(kinds.values()) for kinds in told["opened"].values()) == 2
    assert told["decided"] == {"concluded": 1}
    assert told["statements"] == 2
    assert told["ends"] == {"contact_restored": 1}
    assert told["open_now"] == 0
    took = {each.what: each for each in told["took"]}
    assert (took["first_candidate"].count, round(took["first_candidate"].median or 0)) == (1, 7)
    assert round(took["decided"].median or 0) == 3
    assert round(took["family_told"].median or 0) == 10
    before = Time(TODAY - timedelta(days=900), TODAY - timedelta(days=500))
    assert office_figures(reader, before)["ends"] == {}
    worth = evidence_worth(reader)
    assert len(worth["concluded"]) == 1
    assert worth["concluded"][0] > 3
    assert worth["excluded"] == []


def test_a_family_told_counts_as_reached_once_it_is_known_what_came_of_it(scope: Scope) -> None:
    """Told in one month and in touch in another: each is counted when it was."""
    candidate = told_case(scope, "")
    reader = somebody("local", S)
    told = office_figures(reader, YEAR)
    assert (told["ends"], told["open_now"]) == ({}, 2)
    assert {each.what: each.count for each in told["took"]}["family_told"] == 1
    Disclosure._all.update(told_at=timezone.now() - timedelta(days=400))
    come_of(somebody("local", C), candidate.id, "contact_restored")
    told = office_figures(reader, YEAR)
    assert (told["ends"], told["open_now"]) == ({"contact_restored": 1}, 0)
    assert {each.what: each.count for each in told["took"]}["family_told"] == 0


def test_another_offices_figures_are_its_own(scope: Scope) -> None:
    """A head of office reads those of the own office."""
    from kintrace.casework.setup import add_office

    told_case(scope)
    add_office(scope, "north", "The north (invented)")
    told = office_figures(somebody("north", S), YEAR)
    assert told["opened"] == {}
    assert told["ends"] == {}
    assert told["decided"] == {}


def test_small_groups_are_not_told_nor_reckoned(scope: Scope) -> None:
    """Below five nothing; nor a part of a group that leaves fewer than five; nor one that the sum of all would give away."""
    for _ in range(6):
        request(scope, sex="female", date_of_birth="1990")
    for _ in range(2):
        request(scope, sex="male", date_of_birth="2020")
    rows = {row["group"]: row for row in groups(somebody("local", S), YEAR)["sex"]}
    assert rows["male"]["cards"] is None
    assert rows["female"]["cards"] is None  # 8 in all: 6 would give 2 away
    many = figures._rows(
        [("a", Counter(cards=30, candidates=28, ended=10)), ("b", Counter(cards=9, candidates=0, ended=9))]
    )
    assert [row["cards"] for row in many] == [30, 9]
    assert [row["candidates"] for row in many] == [None, 0]  # 28 of 30 tells of two
    assert [row["ended"] for row in many] == [10, 9]


def test_errors_of_the_office_together_and_each_their_own(scope: Scope) -> None:
    """Nobody's figures are shown to anybody else."""
    one, other, head = somebody("local", C, login="one"), somebody("local", C, login="other"), somebody("local", S)
    for reviewer, right in ((one, True), (one, False), (other, True)):
        ControlReview._all.create(
            reviewer=User.objects.get(id=reviewer.user), swapped=False, right=right, one_person=True,
            conclusion="potential_candidate" if right else "excluded", at=timezone.now(),
        )  # fmt: skip
    told = office_errors(head)
    assert told["reviewers"] == 2
    assert (told["together"]["one_person"]["judged"], told["together"]["one_person"]["wrong"]) == (3, 1)
    assert "one" not in str(told["together"].keys() - {"one_person"})
    assert own_errors(other)["one_person"]["wrong"] == 0
    page = client_for(scope, S).get("/reports").content.decode()
    assert ">other<" not in page
    with pytest.raises(Denied):
        office_errors(one)


def test_the_page_and_its_tables(scope: Scope) -> None:
    """Charts are inline, without a style that the page's policy refuses; an export is in the ledger."""
    told_case(scope)
    client = client_for(scope, S)
    page = client.get("/reports").content.decode()
    assert '<svg class="chart"' in page
    assert "style=" not in page
    assert "contact restored" in page
    wanted = {
        "opened": "Month,Tracing requests,Found people", "times": "From opening a request to telling the family,1",
        "results": "Tracing requests,contact restored,1", "groups": "<5",
        "errors": "All reviewers of this office together,Two photos of one person,0,0", "worth": "9,,1,0",
    }  # fmt: skip
    for table, words in wanted.items():
        answer = client.post(f"/reports/export/{table}")
        assert answer["Content-Type"].startswith("text/csv")
        assert words in answer.content.decode(), table
    assert entries(action="report.export", most=10)[0].facts["table"] == "worth"
    assert client.post("/reports/export/everything").status_code == 422
    assert client.get("/reports?since=soon").status_code == 422
    assert client.get("/reports?since=2030-01-01&until=2020-01-01").status_code == 422
    assert client.get("/reports/groups").status_code == 200


def test_a_table_that_is_taken_out_is_in_the_words_of_the_page(scope: Scope) -> None:
    """Headings and rows, in the page's language; no key of the program."""
    told_case(scope)
    client = client_for(scope, S)
    key = re.compile(r"[a-z0-9]+_[a-z0-9_]+")
    tables = ("opened", "results", "times", "groups", "errors", "worth")
    english = {table: client.post(f"/reports/export/{table}").content.decode("utf-8-sig") for table in tables}
    client.cookies["kintrace_language"] = "fr"
    for table, text in english.items():
        assert not key.search(text), (table, text)
        french = client.post(f"/reports/export/{table}").content.decode("utf-8-sig")
        assert len(french.splitlines()) == len(text.splitlines()) > 1, table
        head, *rows = csv.reader(french.splitlines())
        assert all(len(row) <= len(head) for row in rows), table
    assert "Mois,Demandes de recherche," in client.post("/reports/export/opened").content.decode("utf-8-sig")


def test_a_reviewer_sees_their_own_and_not_the_offices(scope: Scope, request_card: Callable[..., Card]) -> None:
    """And takes no table out."""
    client = client_for(scope, C)
    page: Any = client.get("/reports")
    assert "How you did on known pairs" in page.content.decode()
    assert "Cards opened" not in page.content.decode()
    assert client.post("/reports/export/opened").status_code == 403
    assert client.get("/reports/groups").status_code == 403
    assert client_for(scope, F).get("/reports").status_code == 403


def test_charts_hold_what_they_are_given() -> None:
    """The longest bar fills its space, none is longer; dots beyond the ends are at the ends."""
    drawn = bars([("May", {"a": 4, "b": 0}), ("June", {"a": 2, "b": 8})], ("a", "b"))
    wide = [part["wide"] for row in drawn["rows"] for part in row["parts"]]
    assert max(wide) == drawn["wide"] - drawn["left"] - 60
    assert [part["count"] for row in drawn["rows"] for part in row["parts"]] == [4, 0, 2, 8]
    assert bars([], ("a",))["rows"] == []
    (row,) = dots([("pairs", [-40.0, 3.0, 99.0])])["rows"]
    xs = [dot["x"] for dot in row["dots"]]
    ticks = [tick["x"] for tick in dots([])["ticks"]]
    assert (xs[0], xs[2]) == (ticks[0], ticks[-1])
    assert ticks[0] < xs[1] < ticks[-1]


def test_what_is_drawn_stands_in_a_table_too() -> None:
    """Each ratio is in one band, at the ends as well; a band holds its lower end."""
    told = bands([[-40.0, -3.0, -0.1, 0.0, 8.9, 9.0, 99.0], []])
    assert [band["counts"][0] for band in told] == [1, 2, 1, 0, 1, 2]
    assert {band["counts"][1] for band in told} == {0}
    assert [(band["low"], band["high"]) for band in told][:2] == [(None, -3), (-3, 0)]
