"""A whole day: a mother asks in Arabic for a boy whom another office registered in German two years before; people find out that
the two cards may be acted on as of one person; he is asked; they speak; then she takes everything back."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import Agency
from PIL import Image
from playwright.sync_api import Page, expect
from test_review_walk import judge_by_keys, next_pair

VOLUNTEER = 26
CONSENT = {
    "capacity": "best_interest", "given_by": "the youth office (invented)", "language": "de",
    "purposes": {"tracing": True, "face_search": True, "share_office:*": True},
}  # fmt: skip
BOY = {
    "kind": "found_person",
    "found": {
        "full_name": "Jusuf Hadad (erfunden)", "date_of_birth": "2014-03-09", "sex": "male", "place_of_birth": "Haleb",
        "found_kind": "unaccompanied_child", "found_date": "2024-11-20", "found_place": "Hamburg", "occupation": "Schüler",
        "current_location": "Jugendhaus 4 (erfunden)", "agrees_to_be_found": "not_asked",
        "family": [{"relation": "mother", "name": "Rania Asis"}],
    },
    "consent": CONSENT,
}  # fmt: skip


def portrait(portraits: Path, number: int, folder: Path) -> str:
    """A photo of the volunteer as a family may bring it."""
    to = folder / f"{number}.jpg"
    with Image.open(portraits / f"s{VOLUNTEER}" / f"{number}.pgm") as found:
        found.resize((368, 448), Image.Resampling.LANCZOS).save(to, quality=92)
    return str(to)


def registered_two_years_ago(agency: Agency, folder: Path, photos: list[str]) -> str:
    """The other office's card, by the command line; the day it was opened is set back in the database."""
    form = folder / "boy.json"
    form.write_text(json.dumps({**BOY, "photos": photos}), encoding="utf-8")
    made = json.loads(agency.kintrace("lena", "card", "new", "--from", str(form), "--json"))
    with sqlite3.connect(agency.folder / "records.sqlite3", timeout=30) as records:
        records.execute("UPDATE casework_card SET opened_at = datetime(opened_at, '-2 years')")
    return str(made["id"])


def mother_asks(page: Page, photos: list[str]) -> str:
    """The officer writes the card with Arabic names, and adds two photos; its address."""
    page.goto("/new")
    page.locator("main form .main-act").first.click()
    page.fill("[name='enquirer.full_name.script']", "رانيا عزيز")
    page.locator(".two .latin").first.click()
    expect(page.locator("[name='enquirer.full_name']")).to_have_value("Ranya Aziz", timeout=20_000)
    page.fill("[name='enquirer.full_name']", "Rania Aziz")  # a proposal, to be put right
    page.fill("[name='enquirer.relationship']", "mother")
    page.fill("[name='subject.full_name.script']", "يوسف حداد")
    page.fill("[name='subject.full_name']", "Yusuf Haddad")
    page.fill("[name='subject.date_of_birth']", "٩ مارس ٢٠١٤")
    page.select_option("[name='subject.sex']", "male")
    page.fill("[name='subject.place_of_birth']", "حلب")
    page.fill("[name='subject.mother_maiden_name']", "Rania Aziz")
    expect(page.locator("#kept .saved")).to_be_visible()
    written = page.url
    page.goto("/")  # the telephone rings, somebody goes elsewhere at once
    page.goto(written)
    expect(page.locator("[name='subject.date_of_birth']")).to_have_value("٩ مارس ٢٠١٤")
    for name in ("tracing", "share_office:*"):
        page.check(f"[name='consent.enquirer.{name}'][value=yes]")
    for name in ("tracing", "face_search", "share_office:*"):
        page.check(f"[name='consent.subject.{name}'][value=yes]")
    page.select_option("[name='consent.subject.capacity']", "guardian")
    page.click(".send .main-act")
    page.wait_for_url("**/photos")
    page.set_input_files("#files", photos)
    expect(page.locator("#uploads .good")).to_have_count(2)
    expect(page.locator("#photo-list img")).to_have_count(2, timeout=60_000)
    return page.url.removesuffix("/photos")


def seen_by(page: Page, times: int = 60) -> None:
    """Wait until the standing search has proposed the pair."""
    for _ in range(times):
        page.goto("/candidates")
        if page.locator("tbody tr").count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("no candidate was proposed")


def test_a_whole_day(
    empty_agency: Agency, sign_in: Callable[..., Page], portraits: Path, tmp_path: Path, browser: Any
) -> None:
    """From a mother's card to contact restored, and to nothing left where she takes it back."""
    photos = [portrait(portraits, number, tmp_path) for number in (1, 3, 7, 8)]
    boy = registered_two_years_ago(empty_agency, tmp_path, photos[:2])
    officer = sign_in(empty_agency, "rana", language="ar")
    expect(officer.locator("html[dir=rtl]")).to_have_count(1)
    card = mother_asks(officer, photos[2:])
    first, second, third = (sign_in(empty_agency, login) for login in ("sami", "jonas", "mona"))
    seen_by(first)
    assert "Jugendhaus" not in first.content()
    for reviewer in (first, second, third):  # of a child three must agree
        next_pair(reviewer)
        judge_by_keys(reviewer)
    second.goto("/conclusions?show=conclusions")
    second.locator("tbody a", has_text="Open").first.click()
    address = second.url.removeprefix(empty_agency.address)
    for fact in ("names", "birth"):
        second.check(f"input[name=fact][value={fact}]")
    second.fill("#reason", "Names, birth and mother agree, and so do the faces.")
    second.click("form >> text=Conclude")
    asking = sign_in(empty_agency, "lena")
    asking.goto(address)
    asking.check("input[name=answer][value=yes]")
    expect(asking.locator("input[name=capacity][value=self]")).to_have_count(0)  # a child does not answer alone
    asking.check("input[name=capacity][value=best_interest]")
    asking.fill("#by-whom", "the youth office (invented)")
    asking.click("text=Record the answer")
    third.goto(address)
    third.click("button:has-text('Approve that the family is told')")
    first.goto(address)
    first.select_option("#end", "contact_restored")
    first.click("text=The family was told so")
    expect(first.locator(".conditions .met")).to_have_count(6)
    asking.goto(f"/card/{boy}")
    asking.click("main button.main-act")
    expect(asking.locator("main")).to_contain_text("contact restored", ignore_case=True)

    officer.goto(f"{card}/consent/enquirer/withdraw?purpose=all")
    officer.click("button[name=sure]")
    officer.wait_for_url("**/cards")
    expect(officer.locator("main tbody tr")).to_have_count(0)
    officer.goto(card)
    assert "Yusuf" not in officer.content()
    for page in (first, asking):
        page.goto("/candidates")
        expect(page.locator("main tbody tr")).to_have_count(0)
    asking.goto(f"/card/{boy}")
    expect(asking.locator("main")).to_contain_text("Jusuf Hadad")
    with sqlite3.connect(empty_agency.folder / "records.sqlite3") as records:
        assert records.execute("SELECT count(*) FROM casework_tombstone").fetchone()[0] == 1
        assert records.execute("SELECT count(*) FROM matching_candidate").fetchone()[0] == 0
    assert "sound" in empty_agency.kintrace("olga", "doctor").lower()


def test_reading_and_registering_without_javascript(
    empty_agency: Agency, sign_in: Callable[..., Page], portraits: Path, tmp_path: Path
) -> None:
    """Plain forms do: sign-in, a card, its photos, reading it, its history."""
    page = sign_in(empty_agency, "rana", java_script_enabled=False)
    page.goto("/new")
    page.locator("main form .main-act").nth(1).click()
    expect(page.locator(".lead .scripted")).to_be_hidden()
    expect(page.locator("#kept .scripted")).to_be_hidden()
    expect(page.get_by_text("Nothing is kept before you send it off.")).to_be_visible()
    page.fill("[name='subject.full_name']", "Omar Said (invented)")
    page.select_option("[name='subject.found_kind']", "patient")
    page.check("[name='consent.subject.tracing'][value=yes]")
    page.click(".send .main-act")
    page.wait_for_url("**/photos")
    page.set_input_files("#files", [portrait(portraits, 1, tmp_path), portrait(portraits, 2, tmp_path)])
    page.click("text=Add the photos")
    expect(page.locator(".done")).to_have_count(2)
    page.click("text=To the card")
    expect(page.locator("h1")).to_contain_text("Omar Said (invented)")
    page.click("main a:has-text('History')")
    expect(page.locator("tbody")).to_contain_text("Omar Said (invented)")
    page.select_option("#language", "fr")
    page.locator("noscript button, form[action='/language'] button").first.click()
    expect(page.locator("html[lang=fr]")).to_have_count(1)
