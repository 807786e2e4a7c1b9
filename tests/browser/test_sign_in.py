"""Second factors as people use them: an authenticator app, recovery codes, a passkey, and the list of one's own sessions."""

import base64
import hmac
import re
import shutil
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Agency, served
from playwright.sync_api import Browser, Page, expect

from kintrace.site.demo import PASSWORD


@pytest.fixture(scope="module")
def guarded(filled: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    """An agency where every role needs a second factor; each test is somebody else's."""
    data, environment = filled
    place = tmp_path_factory.mktemp("guarded") / "agency"
    shutil.copytree(data, place)
    with served(place, {**environment, "KINTRACE_SECOND_FACTOR": "all"}) as found:
        yield found


def one_time_code(secret: str, at: float) -> str:
    """RFC 6238, as an authenticator app computes it: independent of the library that checks it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def password(page: Page, login: str) -> None:
    """The first step."""
    page.goto("/account/login/")
    page.fill("#id_login", login)
    page.fill("#id_password", PASSWORD)
    page.click("form.panel button")
    page.wait_for_load_state()


def test_an_app_is_set_up_asked_for_and_its_recovery_codes_work(guarded: Agency, browser: Browser) -> None:
    """Nothing opens before there is a second factor; wrong codes are refused; a recovery code works once."""
    page = browser.new_page(base_url=guarded.address)
    password(page, "sami")
    expect(page).to_have_url(re.compile("/account/factors/"))
    page.goto("/account/factors/totp/activate/")
    if "reauthenticate" in page.url:
        page.fill("input[type=password]", PASSWORD)
        page.click("main button")
    secret = page.locator("#authenticator_secret, input[name=secret], code").first
    told = secret.input_value() if secret.evaluate("each => each.tagName") == "INPUT" else secret.inner_text()
    page.fill("#id_code", one_time_code(told, time.time()))
    page.click("main button")
    page.wait_for_load_state()
    page.goto("/account/factors/recovery-codes/")
    codes = re.findall(r"\b[0-9a-f]{8}\b|\b\d{8}\b", page.locator("main").inner_text() + page.content())
    assert codes, page.locator("main").inner_text()
    page.goto("/")
    expect(page.locator("nav.main")).to_contain_text("Today")
    page.context.clear_cookies()

    password(page, "sami")
    expect(page.locator("#id_code")).to_be_visible()
    page.fill("#id_code", "000000")
    page.click("main button")
    expect(page.locator("#id_code")).to_be_visible()
    page.goto("/")
    expect(page).to_have_url(re.compile("/account/"))
    page.context.clear_cookies()
    password(page, "sami")
    page.fill("#id_code", codes[0])
    page.click("main button")
    expect(page.locator("nav.main")).to_contain_text("Today")
    page.context.clear_cookies()
    password(page, "sami")
    page.fill("#id_code", codes[0])
    page.click("main button")
    expect(page.locator("#id_code")).to_be_visible()
    page.close()


def test_a_passkey_signs_in_alone(guarded: Agency, browser: Browser) -> None:
    """Chromium's own virtual authenticator stands for a phone or a key."""
    page = browser.new_page(base_url=guarded.address)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    password(page, "mona")
    page.goto("/account/factors/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("input[type=password]", PASSWORD)
        page.click("main button")
    page.fill("#id_name", "a test's key")
    if page.locator("#id_passwordless").count():
        page.check("#id_passwordless")
    page.click("main button")
    expect(page).not_to_have_url(re.compile("webauthn/add"))
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.click("#passkey_login")
    expect(page.locator("nav.main")).to_contain_text("Today")
    page.close()


def test_one_sees_and_ends_ones_own_sessions(own_agency: Agency, browser: Browser) -> None:
    """What was signed in elsewhere is listed, and ended from here."""
    here, there = (browser.new_context(base_url=own_agency.address).new_page() for _ in range(2))
    for page in (here, there):
        password(page, "sami")
    here.goto("/account/sessions/")
    assert here.locator("tbody tr").count() >= 2  # and those of tests before, in the folder this one was copied from
    here.click("main form button")
    there.goto("/")
    expect(there).to_have_url(re.compile("/account/login"))
    here.goto("/")
    expect(here.locator("nav.main")).to_contain_text("Today")
    for page in (here, there):
        page.context.close()
