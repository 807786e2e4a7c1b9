"""Sign-in by the agency's own directory in a browser: the page's policy lets one go there, and the cookies let one come back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Agency, served
from oidc_provider import Directory, open_directory
from playwright.sync_api import Browser, expect
from test_desk import without_barriers


@pytest.fixture
def directory() -> Iterator[Directory]:
    """One that answers on loopback."""
    with open_directory() as found:
        yield found


@pytest.fixture
def joined(filled: tuple[Path, dict[str, str]], tmp_path: Path, directory: Directory) -> Iterator[Agency]:
    """An agency that takes the directory's word."""
    data, environment = filled
    shutil.copytree(data, tmp_path / "agency")
    with served(tmp_path / "agency", {**environment, "KINTRACE_OIDC": directory.setting}) as found:
        yield found


def test_one_goes_to_the_directory_and_comes_back_signed_in(
    joined: Agency, directory: Directory, browser: Browser
) -> None:
    """Whom the directory knows and the agency does not is told whom to ask; who has an account is in."""
    page = browser.new_page(base_url=joined.address)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    directory.sits_down("stranger")
    page.goto("/account/login/")
    without_barriers(page)
    page.click("text=Sign in with The agency")
    expect(page.locator("h1")).to_have_text("You have no account here")
    without_barriers(page)
    page.click("text=Back to sign-in")
    directory.sits_down("sami")
    page.goto("/candidates")
    page.click("text=Sign in with The agency")
    expect(page.locator("nav.main")).to_contain_text("Candidates")
    expect(page).to_have_url(f"{joined.address}/candidates")
    assert not refused
    page.close()
