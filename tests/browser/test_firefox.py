"""The work of a day in Firefox: all pages are made for any browser, and this one is not Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PASSWORD, Agency
from firefox import FIREFOX, Firefox, opened
from PIL import Image

pytestmark = pytest.mark.skipif(
    not FIREFOX and os.environ.get("BROWSER") != "required", reason="NOT RUN: Firefox is not installed"
)


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    """A window; errors of scripts, and anything that the page's policy refused, fail the test."""
    with opened(tmp_path) as found:
        yield found
        assert found.problems() == []


def sign_in(firefox: Firefox, agency: Agency, login: str) -> None:
    """By the form."""
    firefox.goto(f"{agency.address}/account/login/")
    firefox.type("#id_login", login)
    firefox.type("#id_password", PASSWORD)
    firefox.click("form.panel button")
    firefox.wait(lambda: "/account/login" not in firefox.address, "being signed in")


def look(firefox: Firefox, name: str) -> None:
    """A page as a whole: it is drawn, and nothing is wider than the window."""
    wide = firefox.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, f"{firefox.address} is {wide} pixels too wide"
    with Image.open(firefox.picture(name)) as picture:
        assert picture.width >= 1200
        assert len(picture.convert("L").getcolors() or []) > 20, "an empty picture"


def test_a_card_is_registered_with_a_photo_and_opened(own_agency: Agency, firefox: Firefox, portraits: Path) -> None:
    """Names in two scripts, a draft kept as it is typed, photos with progress, the card, its history."""
    sign_in(firefox, own_agency, "rana")
    assert "Today" in firefox.text("nav.main")
    look(firefox, "today")
    firefox.goto(f"{own_agency.address}/new")
    firefox.click("main form .main-act")
    firefox.type("[name='enquirer.full_name']", "Rania Aziz (invented)")
    firefox.type("[name='enquirer.relationship']", "mother")
    firefox.type("[name='subject.full_name.script']", "Олена Шевчук")
    firefox.click(".two:has([name='subject.full_name.script']) .latin")
    field = "return document.querySelector(\"[name='subject.full_name']\").value"
    firefox.wait(lambda: firefox.run(field) == "Olena Shevchuk", "Latin letters")
    firefox.find("#kept .saved")
    for each in ("enquirer.tracing", "subject.tracing", "subject.face_search"):
        firefox.click(f"[name='consent.{each}'][value=yes]")
    look(firefox, "form")
    firefox.click(".send .main-act")
    firefox.wait(lambda: firefox.address.endswith("/photos"), "the card")
    photo = firefox.picture("x").with_name("portrait.png")
    with Image.open(portraits / "s31" / "1.pgm") as found:
        found.resize((368, 448)).save(photo)
    firefox.type("#files", str(photo))
    firefox.find("#uploads .good")
    firefox.find("#photo-list img")
    firefox.goto(firefox.address.removesuffix("/photos"))
    assert "Olena Shevchuk" in firefox.text("h1")
    assert "Rania Aziz" in firefox.text(".graph")
    loaded = "return [...document.images].every((each) => each.complete && each.naturalWidth > 0)"
    firefox.wait(lambda: firefox.run(loaded), "the pictures")
    look(firefox, "card")
    firefox.goto(f"{firefox.address}/history")
    assert "Олена Шевчук" in firefox.text("tbody")
    look(firefox, "history")


def test_a_pair_is_reviewed_blind_with_the_viewer(own_agency: Agency, firefox: Firefox) -> None:
    """The candidates; both faces with zoom, flip and overlay; the parts judged by keys alone."""
    sign_in(firefox, own_agency, "sami")
    firefox.goto(f"{own_agency.address}/candidates")
    look(firefox, "candidates")
    firefox.goto(f"{own_agency.address}/review")
    firefox.press("\ue007")  # Enter: the button has the focus
    firefox.wait(lambda: "/review/" in firefox.address, "a pair")
    firefox.find("#bench .tools")
    faces = "return [...document.querySelectorAll('.stage .window img')].map((each) => each.naturalWidth)"
    firefox.wait(lambda: min(firefox.run(faces)) > 40, "both faces")
    firefox.click(".tools [data-act=in]")
    assert "scale(1.4)" in firefox.run("return document.querySelector('.stage .window img').style.transform")
    firefox.run("""const mode = document.getElementById('mode');
        mode.value = 'overlay'; mode.dispatchEvent(new Event('change', { bubbles: true }));""")
    assert firefox.run("return document.querySelectorAll('.stage .window')[1].style.opacity")
    look(firefox, "overlay")
    firefox.click(".tools [data-act=reset]")
    firefox.run("document.querySelector('[data-part] input').focus()")
    firefox.press("1231")
    judged = "return [...document.querySelectorAll('[data-part] input:checked')].map((each) => each.value)"
    assert firefox.run(judged) == ["similar", "different", "not_comparable", "similar"]
    look(firefox, "review")
