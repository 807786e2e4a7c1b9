"""``make screenshots``: a picture of every page in English and Arabic, from the demonstration agency.

All go to ``screenshots/`` (or the folder named); those that the documentation shows are drawn anew in ``docs/pictures/``, small.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kintrace_test_settings")
sys.path.append(str(Path(__file__).parents[1]))

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

django.setup()

from conftest import CHROMIUM, PASSWORD, Agency, served  # noqa: E402
from pages_shown import PAGES, candidates_pages, cards_pages  # noqa: E402

DOCS = Path(__file__).parents[2] / "docs" / "pictures"
SHOWN = {
    "card-of-a-child": "en", "card-of-a-child-ar": "ar", "card-photos": "en", "blind-review": "en", "blind-review-ar": "ar",
    "candidate-known": "en",
}  # fmt: skip
"""Pictures of the documentation."""
TALLEST = 1400
"""Pixels of a picture there: what a reader sees without getting lost."""
LARGEST = 150_000
"""Bytes of one."""


def shot(page: Page, address: str, to: Path) -> None:
    """One page, whole, with all of its pictures."""
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=to, full_page=True)


def walk(browser: Browser, agency: Agency, language: str, folder: Path) -> None:
    """Every page in a language."""

    def keep(name: str) -> Path:
        return folder / f"{name}-{language}.png"

    for login, addresses in PAGES.items():
        context = browser.new_context(base_url=agency.address, locale=language, viewport={"width": 1280, "height": 720})
        page = context.new_page()
        shot(page, "/account/login/", keep("sign-in"))
        page.fill("#id_login", login)
        page.fill("#id_password", PASSWORD)
        page.click("form.panel button")
        page.wait_for_load_state()
        for address in addresses:
            shot(page, address, keep(address.strip("/").replace("/", "-") or f"today-{login}"))
        if login in MORE:
            MORE[login](page, agency, keep)
        context.close()


def _officer(page: Page, agency: Agency, keep: Callable[[str], Path]) -> None:
    language = page.locator("html").get_attribute("lang") or "en"

    def speak(code: str) -> None:
        page.context.add_cookies([{"name": "kintrace_language", "value": code, "url": agency.address}])

    speak("en")  # the pages are found by what stands on them
    every = cards_pages(page)
    speak(language)
    for name, address in every.items():
        shot(page, address, keep(name))
    page.goto("/cards")
    page.locator("main tbody tr").last.locator("a").click()
    if "/purpose" in page.url:
        page.click("main form.panel button")
    shot(page, page.url, keep("card-of-a-child"))


def _caseworker(page: Page, agency: Agency, keep: Callable[[str], Path]) -> None:
    shot(page, "/", keep("today"))
    for name, address in candidates_pages(page):
        shot(page, address, keep(name))


MORE = {"rana": _officer, "sami": _caseworker}


def reduced(picture: Path, to: Path) -> None:
    """A picture for the documentation: no taller than somebody reads, few colours, few bytes."""
    with Image.open(picture) as found:
        cut = found.convert("RGB").crop((0, 0, found.width, min(found.height, TALLEST)))
    for colours in (256, 128, 64, 32):
        cut.quantize(colours, dither=Image.Dither.NONE).save(to, optimize=True)
        if to.stat().st_size <= LARGEST:
            return


def main(folder: Path) -> None:
    """Fill, serve, look; then the documentation's."""
    folder.mkdir(parents=True, exist_ok=True)
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINTRACE", "DJANGO"))}
        environment = {**kept, "KINTRACE_HOME": f"{place}/home", "KINTRACE_SECOND_FACTOR": "none"}
        subprocess.run([sys.executable, "-m", "kintrace", "demo", "--out", f"{place}/out"], env=environment, check=True)
        with served(Path(place) / "out" / "agency", environment) as agency, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for language in ("en", "ar"):
                walk(browser, agency, language, folder)
            browser.close()
    for name, language in SHOWN.items():
        reduced(folder / f"{name.removesuffix('-ar')}-{language}.png", DOCS / f"{name}.png")
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}/, {len(SHOWN)} of them in docs/pictures/")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
