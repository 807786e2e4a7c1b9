"""The page shows everything, asks nothing of any other machine, and believes no name."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from kintrace.evaluation.charts import LookAlikes, Reliability
from kintrace.evaluation.figures import figures
from kintrace.evaluation.metrics import Searches
from kintrace.evaluation.page import render
from kintrace.evaluation.report import Case, Picture, Report

NASTY = '</td><script src="//evil.example/x.js">alert(1)</script>'
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Collects what a browser would load, and checks that tags close."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.loads, self.open, self.text = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "srcset", "data", "action", "poster", "background"}:
                self.loads.append(value)
            assert not name.startswith("on")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def searches():
    rng = np.random.default_rng(3)
    mated = rng.normal(0.05, 0.1, (60, 40)).astype(np.float32)
    mate = rng.integers(0, 40, 60)
    mated[np.arange(60), mate] = rng.normal(0.6, 0.15, 60)
    return Searches.from_scores(mated, mate, rng.normal(0.05, 0.1, (120, 40)).astype(np.float32))


@pytest.fixture(scope="module")
def html(searches):
    labels = {NASTY: ([NASTY, "b"] * 30, [NASTY, "b"] * 60)}
    quality = np.linspace(0, 100, 60)
    found = figures(searches, pack=NASTY, seconds_per_image=0.02, quality=quality, labels=labels, draws=50)
    photo = np.full((300, 200, 3), 90, np.uint8)
    picture = Picture(NASTY, photo, 40.0, 0.2)
    grid = np.linspace(-2.0, 4.0, 7)
    return render(
        Report(
            found,
            searches,
            title=NASTY,
            quality=quality,
            misses=[Case(picture, Picture("b"), picture, 12)],
            alarms=[Case(picture, None, picture)],
            reliability=Reliability(grid, grid + 0.1),
            look_alikes=LookAlikes(10**grid, 10**grid),
            degraded=[(NASTY, found)],
            notes=[NASTY],
            lang="ar",
            right_to_left=True,
        )
    )


def test_nothing_is_asked_of_any_other_machine(html):
    page = Page(html)
    assert not page.open
    assert page.loads
    assert all(load.startswith(("data:image/jpeg;base64,", "#")) for load in page.loads)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    # Names are text and may say anything; outside them there is no address at all.
    bare = re.sub(r"//evil\.example|data:image/jpeg;base64,[^\"]*", "", html)
    assert not re.search(r"https?:|//\w|@import", bare)
    assert all(inside.startswith("#") for inside in re.findall(r"url\(([^)]*)\)", bare))
    assert "default-src 'none'" in html


def test_names_are_escaped(html):
    page = Page(html)
    assert "<script" not in html
    assert "".join(page.text).count(NASTY) >= 6


def test_it_shows_every_figure(html):
    assert html.count("<svg") == 6
    assert html.count("<img") == 4
    for words in (
        "DET",
        "CMC",
        "EDC",
        "By ",
        "worst misses",
        "worst false alarms",
        "look-alikes",
        "quality 40",
    ):
        assert words in html
    assert 'dir="rtl"' in html
    assert 'lang="ar"' in html


def test_the_words_of_the_house(html):
    text = " ".join(Page(html).text).lower()
    assert "identified" not in text
    assert "%" not in text
    assert "match" not in text.replace("cumulative match characteristic", "")


def test_its_css_knows_no_left_and_right(html):
    css = re.search(r"<style>(.*?)</style>", html, re.DOTALL).group(1)
    assert not re.search(r"(margin|padding|border|text-align|float)[-: ]+(left|right)|[{; ](left|right|width)\s*:", css)


def test_a_report_of_figures_alone(searches):
    page = Page(render(Report(figures(searches, pack="sface", draws=20), searches)))
    assert page.tags.count("svg") == 3
    assert "img" not in page.tags


def test_searches_of_one_sort_only():
    none = np.empty((0, 2), np.float32)
    some = np.array([[0.5, 0.1], [0.2, np.nan]], np.float32)
    for searches in (
        Searches.from_scores(some, [0, 1], none),
        Searches.from_scores(none, [], some),
        Searches.from_scores(np.full((1, 1), np.nan), [0], np.full((1, 1), np.nan)),
    ):
        quality = np.full(searches.mate.size, np.nan)
        html = render(Report(figures(searches, pack="p", quality=quality, draws=5), searches, quality=quality))
        assert not Page(html).open


def test_the_same_figures_make_the_same_page(searches):
    found = figures(searches, pack="sface", draws=20)
    assert render(Report(found, searches)) == render(Report(found, searches))
