"""Which pages there are to look at, and by whom; for the checks of every page and for the screenshots."""

from collections.abc import Iterator

from playwright.sync_api import Page

PAGES = {
    "rana": ("/", "/cards", "/new", "/photos", "/about"),
    "sami": ("/registry", "/candidates", "/statements", "/conclusions"),
    "mona": ("/reports",),
    "vera": ("/dead",),
    "david": ("/protection", "/protection/erasing", "/protection/retention", "/protection/consents", "/protection/assessment",
              "/protection/blocklist"),
    "olga": ("/administration", "/administration/people", "/administration/offices", "/account/factors/", "/account/sessions/",
             "/account/password/change/", "/account/password/reset/"),
}  # fmt: skip
"""Pages without a number in their address, by who may see them."""


def cards_pages(page: Page) -> dict[str, str]:
    """Pages of the first request's card, a form of a new card and one of changes: name to address; by who may change cards."""
    page.goto("/cards")
    page.locator("main tbody tr", has_text="request").first.locator("a").first.click()
    if "/purpose" in page.url:
        page.click("main form.panel button")
    card = page.url
    page.goto(card + "/edit")
    change = page.url
    page.goto("/new")
    page.locator("main form .main-act").first.click()
    form = page.url
    page.goto(card)
    photo = page.locator(".photo-tile").first.get_attribute("href") or ""
    return {
        "card": card, "card-history": card + "/history", "card-photos": card + "/photos",
        "card-consent": card + "/consent/subject",
        "card-withdraw": card + "/consent/subject/withdraw?purpose=all", "card-form": form, "card-change": change, "photo": photo,
    }  # fmt: skip


def candidates_pages(page: Page) -> Iterator[tuple[str, str]]:
    """Pages of two cards that may be of one person: names and addresses, one by one; by who may review. A seat is taken."""
    for name, words in (("candidate", ""), ("candidate-known", "amman/2")):
        page.goto("/candidates")
        rows = page.locator("main tbody tr", has_text=words)
        (rows.first if words else rows.last).locator("a").click()
        yield name, page.url
    yield "review", "/review"
    page.goto("/review")
    page.click("main form .main-act")
    page.wait_for_url("**/review/*")
    yield "blind-review", page.url
    page.goto("/conclusions")
    page.locator("main tbody a").first.click()
    yield "conclusion", page.url
