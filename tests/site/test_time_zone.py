"""Hours are shown in the installation's time zone, and every page says in which; what is kept stays in UTC. Days and numbers."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from django.utils.formats import number_format
from site_help import client_for

from kintrace.casework.people import Role
from kintrace.casework.records import Card, Fact
from kintrace.casework.scope import Scope
from kintrace.errors import KintraceError
from kintrace.ledger import entries
from kintrace.matching.figures import Time, office_figures
from kintrace.site import web
from kintrace.site.templatetags.kintrace import day

NIGHT = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
"""In Amman it is the first of April, half past one."""


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize(("zone", "hour"), [("UTC", "31 Mar 2026, 22:30"), ("Asia/Amman", "1 Apr 2026, 01:30")])
def test_pages_show_the_hours_of_the_zone_and_name_it(
    scope: Scope, settings: Any, request_card: Callable[..., Card], zone: str, hour: str
) -> None:
    settings.PAGE_ZONE = ZoneInfo(zone)
    card = request_card()
    Fact._all.filter(person=card.subject).update(made_at=NIGHT)
    worker = client_for(scope, Role.CASEWORKER)
    worker.post(f"/card/{card.id}/purpose", {"purpose": "tracing"})
    history = words(worker.get(f"/card/{card.id}/history"))
    assert hour in history
    assert f"Time zone: {zone}" in history
    assert {each.made_at for each in Fact._all.filter(person=card.subject)} == {NIGHT}, "it is kept as it was"
    draft = worker.post("/new", {"kind": "tracing_request"})["Location"]
    kept = words(worker.post(f"{draft}/keep", {"subject.full_name": "Amal (invented)"}))
    now = datetime.now(ZoneInfo(zone))
    assert any(f"at {each:%H:%M}." in kept for each in (now, now.replace(minute=(now.minute - 1) % 60))), kept


def test_where_utc_is_said_it_is_utc(scope: Scope, settings: Any) -> None:
    """The ledger is shown as it is written."""
    settings.PAGE_ZONE = ZoneInfo("Asia/Kathmandu")
    page = words(client_for(scope, Role.DATA_PROTECTION_OFFICER).get("/protection"))
    assert "When (UTC)" in page
    assert "Time zone: UTC" in page
    assert any(f"{each.at:%Y-%m-%d %H:%M:%S}" in page for each in entries(most=50))


def test_reports_count_by_months_in_utc_wherever_they_are_read(
    scope: Scope, settings: Any, request_card: Callable[..., Card]
) -> None:
    """So that two offices that read the same report see the same."""
    from django.utils import timezone

    Card._all.filter(id=request_card().id).update(opened_at=NIGHT)
    senior = Scope(scope.user, scope.office, scope.office_code, frozenset({Role.SENIOR_REVIEWER}), "oversight")
    with timezone.override("Asia/Amman"):
        told = office_figures(senior, Time(NIGHT.date().replace(day=1), NIGHT.date()))
    assert [month.month for month in told["opened"]] == [3]


@pytest.mark.parametrize("wrong", ["Amman", "../../etc/passwd", "Asia", "UTC+3"])
def test_what_is_no_zone_is_said_at_the_start(wrong: str) -> None:
    with pytest.raises(KintraceError, match=f"KINTRACE_TIME_ZONE is “{re.escape(wrong)}”: it is no time zone"):
        web._zone(wrong)


@pytest.mark.parametrize(("name", "value"), [
    ("KINTRACE_SECOND_FACTOR", "al"), ("KINTRACE_SECOND_FACTOR", "caseworker,senior"), ("KINTRACE_LANGUAGE", "xx"),
    ("KINTRACE_LIMITS", "maybe"), ("KINTRACE_ADDRESS", "garbage"), ("KINTRACE_DATABASE_URL", "nonsense"),
    ("KINTRACE_TIME_ZONE", "Mars/Base"),
])  # fmt: skip
def test_a_setting_that_cannot_be_used_is_said_and_nothing_is_begun(
    environment: dict[str, str], name: str, value: str
) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "kintrace", "candidate", "list"],
        env={**os.environ, **environment, name: value}, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 1
    assert name in told.stderr
    assert "Nothing was done." in told.stderr
    assert "Traceback" not in told.stderr


def test_every_role_may_be_named_for_a_second_factor() -> None:
    for role in Role.values():
        assert web._second_factor(role) == role
    assert web._second_factor("administrator, senior_reviewer") == "administrator, senior_reviewer"


def test_an_installation_chooses(environment: dict[str, str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from kintrace.site import settings as s; print(s.PAGE_ZONE, s.TIME_ZONE)"],
        env={**os.environ, **environment, "KINTRACE_TIME_ZONE": "Asia/Amman"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["Asia/Amman", "UTC"]


@pytest.mark.parametrize(("kept", "shown"), [
    ("1987-05-03", "3 May 1987"), ("1987-05", "May 1987"), ("1987", "1987"), ("1998..2004", "1998 – 2004"),
    ("2021-03..2021-04-02", "March 2021 – 2 April 2021"), ("7 as of 2024-12", "age 7 as of December 2024"),
    ("10-11 as of 2024", "age 10–11 as of 2024"), ("1998..soon", "1998..soon"), ("2021-13", "2021-13"),
    ("the summer", "the summer"),
])  # fmt: skip
def test_dates_are_written_as_people_write_them(kept: str, shown: str) -> None:
    with translation.override("en"):
        assert day(kept) == shown


def test_a_large_number_is_grouped_in_every_language(settings: Any) -> None:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert len(number_format(1_000_000, force_grouping=True)) == 9, language
