"""The page of an evaluation: one HTML file with everything in it, for somebody who runs an agency.

It asks nothing of any other machine: no script, no font, no image from outside, and a policy in its head that
would stop one. Whatever comes from a file (names, groups, notes) is escaped.
"""

from html import escape
from importlib.resources import files
from string import Template

from kintrace.evaluation import sections
from kintrace.evaluation.report import Report

PARTS = (
    sections.headline,
    sections.thresholds,
    sections.ranks,
    sections.scores,
    sections.quality,
    sections.groups,
    sections.degraded,
    sections.calibration,
    sections.worst,
    sections.details,
)


def render(report: Report) -> str:
    """The page, as one HTML document to be written in UTF-8, without reference to anything outside it."""
    room = files("kintrace.evaluation")
    numbers = report.figures
    shown = any(case.probe.pixels is not None for case in (*report.misses, *report.alarms))
    return Template(room.joinpath("page.html").read_text("utf-8")).substitute(
        lang=escape(report.lang),
        dir="rtl" if report.right_to_left else "ltr",
        title=escape(report.title),
        lead=f"We searched a collection of {_count(numbers['gallery'], 'person', 'people')}: "
        f"{_count(numbers['mated'], 'time', 'times')} for somebody who is in it and "
        f"{_count(numbers['nonmated'], 'time', 'times')} for somebody who is not. This is what went wrong.",
        keep="This page holds photos of people. Keep it as you keep the photos." if shown else "",
        css=room.joinpath("page.css").read_text("utf-8"),
        body="\n".join(part for make in PARTS if (part := make(report))),
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
