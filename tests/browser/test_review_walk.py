"""A candidate's whole way by two reviewers in two browsers, judged by keyboard alone, until the family is told."""

from collections.abc import Callable

from conftest import Agency
from playwright.sync_api import Page, expect

PARTS = 12


def next_pair(page: Page) -> None:
    """On to the next real pair; known ones that come between are judged as well."""
    page.goto("/review")
    expect(page.locator("main button:focus")).to_have_count(1)  # the button has the focus, as soon as the page is there
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/*")


def judge_by_keys(page: Page) -> None:
    """The faces part by part, and all in all, without a pointer; then everything, and a statement."""
    while True:
        expect(page.locator("body")).not_to_contain_text("office")
        for part in range(PARTS):
            expect(page.locator("[data-part]").nth(part).locator("input:focus")).to_have_count(1)
            page.keyboard.press("1" if part < PARTS - 1 else "3")
        page.keyboard.press("1")
        assert page.locator("[data-part] input:checked").count() == PARTS + 1
        page.keyboard.press("ArrowDown")
        page.keyboard.type("the ears and the nose")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: address.endswith(("/statement", "/known")))
        if page.url.endswith("/statement"):
            break
        page.keyboard.press("Enter")  # the known pair is told; the next one
        page.wait_for_url(lambda address: address.rsplit("/", 1)[1] not in ("known", "statement"))
    expect(page.locator("main")).to_contain_text("Of the faces alone you said: potential candidate")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("names, birth and place agree")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # save, and stop here
    page.wait_for_url("**/statements")


def test_from_two_blind_reviews_to_a_family_that_is_told(own_agency: Agency, sign_in: Callable[..., Page]) -> None:
    """Blind, statement, second, agreed, concluded, asked, approved, told: each by who may, none by who may not."""
    first, second = sign_in(own_agency, "sami"), sign_in(own_agency, "jonas")
    next_pair(first)
    look_about(first)
    judge_by_keys(first)
    next_pair(second)
    judge_by_keys(second)
    second.goto("/conclusions?show=conclusions")
    second.locator("tr", has_not_text="amman/1").locator("a", has_text="Open").first.click()
    address = second.url.removeprefix(own_agency.address)
    for fact in ("names", "birth"):
        second.check(f"input[name=fact][value={fact}]")
    second.fill("#reason", "Names and birth agree, and so do the faces.")
    second.click("form >> text=Conclude")
    expect(second.locator("main")).to_contain_text("Nobody is told by this")
    asking = sign_in(own_agency, "lena")
    asking.goto(address)
    asking.check("input[name=answer][value=yes]")
    asking.click("text=Record the answer")
    expect(asking.locator(".conditions .met")).to_have_count(4)
    approving = sign_in(own_agency, "mona")
    approving.goto(address)
    approving.click("button:has-text('Approve that the family is told')")
    expect(approving.locator(".conditions .met")).to_have_count(5)
    first.goto(address)
    assert "You asked us to look for" in first.input_value("#words")
    first.fill("#words", first.input_value("#words") + "\nCome when it suits you.")
    first.select_option("#end", "contact_restored")
    first.click("text=The family was told so")
    expect(first.locator(".conditions .met")).to_have_count(6)
    expect(first.locator("main")).to_contain_text("Come when it suits you.")


def look_about(page: Page) -> None:
    """Both pictures move together; flip, grey, swipe and overlay do what they say."""
    shapes = [page.locator(".window img").nth(side) for side in (0, 1)]
    page.locator(".window").first.focus()
    page.keyboard.press("+")
    zoomed = [each.evaluate("one => one.style.transform") for each in shapes]
    assert zoomed[0] == zoomed[1]
    assert "scale(1.4)" in zoomed[0]
    page.keyboard.press("ArrowLeft")
    assert "translate(10%" in shapes[1].evaluate("one => one.style.transform")
    page.keyboard.press("0")
    page.click("[data-flip='1']")
    assert "scaleX(-1)" in shapes[1].evaluate("one => one.style.transform")
    assert "scaleX(1)" in shapes[0].evaluate("one => one.style.transform")
    page.click("[data-act=grey]")
    assert "grayscale" in shapes[0].evaluate("one => getComputedStyle(one).filter")
    page.select_option("#mode", "swipe")
    assert "inset" in page.locator(".window").nth(1).evaluate("one => getComputedStyle(one).clipPath")
    page.select_option("#mode", "overlay")
    assert page.locator(".window").nth(1).evaluate("one => getComputedStyle(one).opacity") == "0.5"
    page.select_option("#mode", "pair")
    sources = page.locator(".window img").first.get_attribute("src")
    several = page.locator("img[src*='/face/0/1']").count() > 0  # a known pair may have one photo of each
    page.locator(".window").first.focus()
    page.keyboard.press("n")
    assert (page.locator(".window img").first.get_attribute("src") != sources) == several
    page.locator("[data-part] input").first.focus()
