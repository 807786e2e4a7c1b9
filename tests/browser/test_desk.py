"""Walks of those who look after an installation, and of one who searches it: in a browser, partly by keyboard alone."""

import json
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from conftest import Agency
from playwright.sync_api import Page, expect


def without_barriers(page: Page) -> None:
    """What axe-core finds against WCAG 2.2 AA: nothing."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    told = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found.response["violations"]]
    assert found.response["passes"], "axe-core looked at nothing"
    assert not told, told


def test_a_user_is_added_and_comes_in_with_the_first_password(
    shared_agency: Agency, sign_in: Callable[..., Page]
) -> None:
    """The administrator adds somebody, gives a role and a password; they must choose their own; then they are shut out."""
    admin = sign_in(shared_agency, "olga")
    for path in ("/administration", "/administration/offices", "/administration/people"):
        admin.goto(path)
        without_barriers(admin)
    admin.fill("#login", "nadia")
    admin.click("text=Add >> nth=-1")
    admin.select_option("#role", "caseworker")
    admin.click("button:text-is('Give')")
    admin.click("text=Make a first password")
    password = admin.locator(".secret code").inner_text()
    without_barriers(admin)
    theirs = admin.context.browser.new_page(base_url=shared_agency.address)  # type: ignore[union-attr]
    theirs.goto("/account/login/")
    theirs.fill("#id_login", "nadia")
    theirs.fill("#id_password", password)
    theirs.press("#id_password", "Enter")
    expect(theirs).to_have_url(f"{shared_agency.address}/account/password/change/")
    admin.click("text=Shut them out")
    theirs.goto("/")
    expect(theirs).to_have_url(f"{shared_agency.address}/account/login/?next=/")
    theirs.close()


def test_an_erasure_is_asked_for_done_and_proved(
    shared_agency: Agency, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    """The data protection officer types the number twice; the proof holds against the ledger's public key, by the command."""
    page = sign_in(shared_agency, "david")
    for path in ("/protection", "/protection/retention", "/protection/consents", "/protection/assessment"):
        page.goto(path)
        without_barriers(page)
    page.goto("/protection/erasing")
    page.fill("#card", "3")
    page.press("#card", "Enter")
    page.fill("#typed", "demo.kintrace/hamburg/3")
    page.click("text=Erase it for good")
    expect(page.locator(".done")).to_contain_text("hamburg/3")
    without_barriers(page)
    with page.expect_download() as given:
        page.click("text=Download the proof")
    given.value.save_as(tmp_path / "proof.json")
    key = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))["checkpoint"]["key"]
    told = shared_agency.kintrace(
        "david", "ledger", "check-proof", str(tmp_path / "proof.json"), "--public-key", key, "--json"
    )
    assert json.loads(told)["holds"]
    page.goto("/protection")
    page.click("text=Verify every entry")
    expect(page.locator(".done, .success").first).to_contain_text("sound")


def test_the_registry_is_searched_by_keyboard_in_another_script(agency: Agency, sign_in: Callable[..., Page]) -> None:
    """A case is asked for once; a name in Cyrillic finds the card written in Latin letters; the address holds no name."""
    page = sign_in(agency, "lena")
    page.goto("/registry")
    without_barriers(page)
    page.focus("#card")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.focus("#q_name")
    page.keyboard.type("Олена Шевчук")
    page.keyboard.press("Enter")
    expect(page.locator(".hits li").first).to_contain_text("Elena Schewtschuk")
    expect(page).to_have_url(f"{agency.address}/registry")
    without_barriers(page)


def test_reports_can_be_read_without_scripts(agency: Agency, sign_in: Callable[..., Page]) -> None:
    """Charts are pictures with words, tables beside them; nothing needs JavaScript."""
    page = sign_in(agency, "jonas", java_script_enabled=False)
    page.goto("/reports")
    expect(page.locator("svg.chart").first).to_be_visible()
    page.goto("/reports/groups")
    expect(page.locator("table").first).to_be_visible()
    page = sign_in(agency, "mona")
    for path in ("/reports", "/reports/groups"):
        page.goto(path)
        without_barriers(page)
