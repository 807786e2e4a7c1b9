"""``make screenshots``: a picture of every page in English and Arabic, from the demonstration agency."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from conftest import CHROMIUM, PASSWORD, Agency, served
from pages_shown import PAGES, cards_pages
from playwright.sync_api import Page, sync_playwright

OUT = Path("screenshots")


def shot(page: Page, address: str, name: str, language: str) -> None:
    """One page, whole."""
    page.goto(address)
    page.wait_for_timeout(300)
    page.screenshot(path=OUT / f"{name}-{language}.png", full_page=True)


def walk(agency: Agency, language: str) -> None:
    """Every page in a language."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for login, addresses in PAGES.items():
            context = browser.new_context(
                base_url=agency.address, locale=language, viewport={"width": 1280, "height": 720}
            )
            page = context.new_page()
            shot(page, "/account/login/", "sign-in", language)
            page.fill("#id_login", login)
            page.fill("#id_password", PASSWORD)
            page.click("form.panel button")
            page.wait_for_load_state()
            for address in addresses:
                shot(page, address, address.strip("/").replace("/", "-") or "today", language)
            if login == "rana" and language == "en":
                for name, address in cards_pages(page).items():
                    for each in ("en", "ar"):
                        cookie = {"name": "kintrace_language", "value": each, "url": agency.address}
                        context.add_cookies([cookie])
                        shot(page, address, name, each)
            if login == "sami":
                page.goto("/candidates")
                page.locator("main tbody a").last.click()
                shot(page, page.url, "candidate", language)
                page.goto("/review")
                page.keyboard.press("Enter")
                page.wait_for_timeout(800)
                shot(page, page.url, "blind-review", language)
                page.goto("/conclusions")
                page.locator("main tbody a").first.click()
                shot(page, page.url, "conclusion", language)
            context.close()
        browser.close()


def main() -> None:
    """Fill, serve, look."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINTRACE", "DJANGO"))}
        environment = {**kept, "KINTRACE_HOME": f"{place}/home", "KINTRACE_SECOND_FACTOR": "none"}
        subprocess.run([sys.executable, "-m", "kintrace", "demo", "--out", f"{place}/out"], env=environment, check=True)
        with served(Path(place) / "out" / "agency", environment) as agency:
            for language in ("en", "ar"):
                walk(agency, language)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}/")


if __name__ == "__main__":
    main()
