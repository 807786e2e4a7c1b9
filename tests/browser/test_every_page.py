"""Every page, in English and Arabic: nothing stands in anybody's way (axe-core), nothing overflows, no raw key or id is shown, no
sentence was left in English."""

import re
from collections.abc import Callable

import pytest
from conftest import Agency
from pages_shown import PAGES, candidates_pages, cards_pages
from playwright.sync_api import Page
from test_desk import without_barriers

RAW = re.compile(r"[a-z]+_[a-z_]+|Traceback|Exception|\{\{|\{%|%\([a-z]+\)s|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}")


DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


FOREIGN = """() => {
  const own = "bdi, code, kbd, option, script, style, textarea, [lang]:not(html), [dir=ltr]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, words = /[A-Za-z]{2,}([ ,]+[A-Za-z]{2,}){2}/;
    if (words.test(node.nodeValue) && !node.parentElement.closest(own)) found.push(node.nodeValue.trim());
  }
  return found;
}"""
"""Three Latin words in a row that stand outside of what people wrote: a sentence that was left in English."""


def looked_at(page: Page, address: str) -> None:
    """No barrier, nothing wider than the window, no key of ours where people read."""
    page.goto(address)
    assert page.locator("h1").count() == 1, address
    without_barriers(page)
    assert too_wide(page) <= 1, f"{address} is {too_wide(page)} pixels too wide"
    # The ledger's own words stand in code: they are what is proved, and the same in every language.
    told = page.locator("main").evaluate(
        "main => { main.querySelectorAll('code').forEach(each => each.remove()); return main.innerText; }"
    )
    shown = [each for each in RAW.findall(told) if "invented" not in each]
    assert not shown, (address, shown)
    if page.locator("html").get_attribute("lang") == "ar":
        assert page.evaluate(FOREIGN) == [], address


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("login", PAGES)
def test_pages_of(agency: Agency, sign_in: Callable[..., Page], login: str, language: str) -> None:
    """Pages of a role; on a phone they are no wider than that."""
    page = sign_in(agency, login, language=language)
    for address in PAGES[login]:
        looked_at(page, address)
        page.set_viewport_size(PHONE)
        assert too_wide(page) <= 1, f"{address} is {too_wide(page)} pixels too wide for a phone"
        page.set_viewport_size(DESK)


@pytest.mark.parametrize(
    ("language", "size"), [("en", (1280, 720)), ("ar", (1280, 720)), ("en", (390, 844)), ("en", (640, 360))]
)
def test_pages_of_a_card(
    shared_agency: Agency, sign_in: Callable[..., Page], language: str, size: tuple[int, int]
) -> None:
    """A card, its forms and photos; on a phone, and at twice the size, too."""
    width, height = size
    page = sign_in(shared_agency, "rana", viewport={"width": width, "height": height})
    every = cards_pages(page)
    with page.expect_navigation():
        page.select_option("#language", "fr" if language == "en" else language)
    if language == "en":
        with page.expect_navigation():
            page.select_option("#language", language)
    for address in every.values():
        looked_at(page, address)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_of_a_candidate(shared_agency: Agency, sign_in: Callable[..., Page], language: str) -> None:
    """What speaks for and against one person, a blind review, a conclusion."""
    page = sign_in(shared_agency, "sami", language=language)
    names = []
    for name, address in candidates_pages(page):
        looked_at(page, address)
        names.append(name)
    assert len(names) == 5
