"""What stands around every page: signing in and out, the menu, languages."""

from collections.abc import Callable

from conftest import Agency
from playwright.sync_api import Page, expect


def test_each_role_comes_in_and_sees_its_own_ways(agency: Agency, sign_in: Callable[..., Page]) -> None:
    """An administrator sees no way to cards; a caseworker no way to the ledger."""
    page = sign_in(agency, "olga")
    ways = page.locator("nav.main").inner_text()
    assert "Cards" not in ways
    page = sign_in(agency, "sami")
    assert "Administration" not in page.locator("nav.main").inner_text()
    page.click("text=Sign out")
    page.goto("/")
    expect(page).to_have_url(f"{agency.address}/account/login/?next=/")


def test_a_wrong_password_is_told_calmly_and_then_locked_out(own_agency: Agency, browser: object) -> None:
    """Five wrong passwords in a row shut the account's sign-in for some minutes, even for the right one."""
    page = browser.new_page(base_url=own_agency.address)  # type: ignore[attr-defined]
    for _ in range(6):
        page.goto("/account/login/")
        page.fill("#id_login", "sami")
        page.fill("#id_password", "not the password")
        page.click("form.panel button")
        expect(page.locator(".problem, h1")).not_to_have_count(0)
    page.goto("/account/login/")
    page.fill("#id_login", "sami")
    page.fill("#id_password", "for-the-demo-only")
    page.click("form.panel button")
    assert "/account/login" in page.url
    page.close()


def test_the_page_turns_round_in_arabic(agency: Agency, sign_in: Callable[..., Page]) -> None:
    """Choosing Arabic turns the page from right to left, and stays chosen."""
    page = sign_in(agency, "sami")
    page.select_option("#language", "ar")
    expect(page.locator("html[dir=rtl]")).to_have_count(1)
    page.goto("/about")
    expect(page.locator("html[lang=ar]")).to_have_count(1)


def test_on_a_phone_no_column_of_a_list_of_work_is_out_of_sight(agency: Agency, sign_in: Callable[..., Page]) -> None:
    """390 pixels wide, what comes next stands below the two cards, with its head; nothing is beyond the edge."""
    page = sign_in(agency, "sami", viewport={"width": 390, "height": 844})
    seen = []
    for path in ("/cards", "/candidates", "/conclusions"):
        page.goto(path)
        seen += page.eval_on_selector_all(
            ".stacked td:not(:empty)",
            "cells => cells.map(each => each.getBoundingClientRect()).map(box => [box.left, box.right])",
        )
    assert seen
    assert all(left >= 0 and right <= 390 for left, right in seen)
