"""A small client of Firefox's own remote protocol, Marionette: length-prefixed JSON on loopback; nothing is downloaded."""

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id: https://www.w3.org/TR/webdriver2/#elements."""
QUIET = {
    "marionette.port": 0, "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.reportingpolicy.firstRun": False,
    "browser.aboutwelcome.enabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "services.settings.server": "", "extensions.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False, "browser.safebrowsing.phishing.enabled": False,
}  # fmt: skip


class Firefox:
    """One window of Firefox. What a command refuses raises RuntimeError with Firefox's words."""

    def __init__(self, port: int, folder: Path) -> None:
        self._wire, self._number, self._folder = socket.create_connection(("127.0.0.1", port), 120), 0, folder
        self._read()  # it introduces itself
        self.ask("WebDriver:NewSession", strictFileInteractability=False)
        self.ask("WebDriver:SetWindowRect", width=1280, height=900)

    def ask(self, command: str, **parameters: Any) -> Any:
        """A command, and its answer."""
        self._number += 1
        told = json.dumps([0, self._number, command, parameters]).encode()
        self._wire.sendall(b"%d:%s" % (len(told), told))
        _kind, _number, problem, found = self._read()
        if problem:
            raise RuntimeError(f"{command}: {problem['error']}: {problem['message']}")
        return found["value"] if isinstance(found, dict) and set(found) == {"value"} else found

    def _read(self) -> Any:
        size = b""
        while (one := self._wire.recv(1)) != b":":
            assert one, "Firefox ended"
            size += one
        data = b""
        while len(data) < int(size):
            data += self._wire.recv(int(size) - len(data))
        return json.loads(data)

    def goto(self, address: str) -> None:
        """Open an address; waits until it is loaded."""
        self.ask("WebDriver:Navigate", url=address)

    @property
    def address(self) -> str:
        """Of the page that is open."""
        return str(self.ask("WebDriver:GetCurrentURL"))

    def run(self, script: str, *arguments: Any) -> Any:
        """JavaScript in the page; what it returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments), sandbox=None)

    def find(self, selector: str) -> str:
        """The id of the first element that a CSS selector finds; waits for it."""
        found = self.wait(lambda: self.ask("WebDriver:FindElements", using="css selector", value=selector), selector)
        return str(found[0][ELEMENT])

    def click(self, selector: str) -> None:
        """Press an element, once it is there."""
        self.ask("WebDriver:ElementClick", id=self.find(selector))

    def type(self, selector: str, text: str) -> None:
        """Write into a field; a file's path into a field of files."""
        self.ask("WebDriver:ElementSendKeys", id=self.find(selector), text=text)

    def press(self, keys: str) -> None:
        """Keys, one after another, wherever the focus is."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("WebDriver:PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}])

    def text(self, selector: str = "main") -> str:
        """What people read there."""
        return str(self.ask("WebDriver:GetElementText", id=self.find(selector)))

    def wait(self, done: Callable[[], Any], what: str, seconds: float = 60) -> Any:
        """Until something is so."""
        end = time.monotonic() + seconds
        while not (found := done()):
            assert time.monotonic() < end, f"waited in vain at {self.address} for {what}"
            time.sleep(0.1)
        return found

    def picture(self, name: str) -> Path:
        """The whole page, as a PNG."""
        to = self._folder / f"{name}.png"
        to.write_bytes(base64.b64decode(self.ask("WebDriver:TakeScreenshot", full=True)))
        return to

    def problems(self) -> list[str]:
        """What stands in the browser's console: errors of scripts, and what the page's policy refused."""
        self.ask("Marionette:SetContext", value="chrome")
        try:
            return list(self.ask("WebDriver:ExecuteScript", sandbox=None, args=[], script="""
                return Services.console.getMessageArray().filter((each) => each instanceof Ci.nsIScriptError
                    && /^http:..(localhost|127)/.test(each.sourceName)).map((each) => each.errorMessage);"""))  # fmt: skip
        finally:
            self.ask("Marionette:SetContext", value="content")

    def quit(self) -> None:
        """End it."""
        self.ask("Marionette:Quit", flags=["eForceQuit"])
        self._wire.close()


@contextmanager
def opened(folder: Path) -> Iterator[Firefox]:
    """A Firefox without a window, in a profile of its own."""
    assert FIREFOX, "Firefox is not installed: apt-get install firefox-esr"
    profile = folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in QUIET.items())
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    process = subprocess.Popen(
        [FIREFOX, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", str(profile)],
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port = profile / "MarionetteActivePort"
        end = time.monotonic() + 120
        while not (port.exists() and port.read_text().strip()):
            assert process.poll() is None, "Firefox ended as it began"
            assert time.monotonic() < end, "Firefox did not begin"
            time.sleep(0.1)
        firefox = Firefox(int(port.read_text()), folder)
        yield firefox
        firefox.quit()
    finally:
        process.terminate()
        process.wait(60)
