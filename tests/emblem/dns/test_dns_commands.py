"""``kintrace emblem serve`` and ``withdraw``, run as a user runs them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rcode
import pytest
from emblem_dns import free_port, responder, stub

from kintrace.emblem.dns import IHLE, Folder, host, records
from kintrace.emblem.items import Item

NAME = host("records.example.org")
TOKEN = Item("B", "token", b"\xd8\x3d" + b"t" * 400, "test")


def command(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kintrace", "emblem", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Folder(tmp_path / "published").publish(NAME, records(NAME, [TOKEN]))
    return tmp_path / "published"


@pytest.fixture
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    words = ["emblem", "serve", "--folder", str(folder), "--listen", "127.0.0.1:0", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "kintrace", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    text = ""
    while not text.endswith("}\n"):
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        text += line
    place, port = json.loads(text)["listening"][0]
    yield process, (place, port)
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_and_stop_by_signal(serving: tuple[subprocess.Popen[str], tuple[str, int]], number: int) -> None:
    process, (place, port) = serving
    query = dns.message.make_query(NAME, IHLE, use_edns=0)
    assert dns.query.udp(query, place, 3, port).answer[0][0].data == TOKEN.data
    assert dns.query.tcp(query, place, 3, port).answer[0][0].data == TOKEN.data
    process.send_signal(number)
    told, said = process.communicate(timeout=10)
    assert process.returncode == 0, said
    assert said.splitlines() == ["records.example.org is served.", "Stopped."]
    assert told == ""


def test_a_port_in_use(folder: Path) -> None:
    with responder(folder) as served:
        place, port = served.addresses[0]
        done = command("serve", "--folder", folder, "--listen", f"{place}:{port}")
    assert done.returncode == 1
    assert "cannot be listened on" in done.stderr
    assert "--listen" in done.stderr


def test_withdraw_takes_it_away_and_shows_that_it_is_gone(
    serving: tuple[subprocess.Popen[str], tuple[str, int]], folder: Path
) -> None:
    _, (place, port) = serving
    with stub((place, port)) as (resolver, _):
        words = ["withdraw", "records.example.org", "--folder", folder, "--server", f"{place}:{port}"]
        words += ["--resolver", f"{resolver[0]}:{resolver[1]}", "--wait", 8]
        done = command(*words, "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 0, done.stderr
        assert told["gone"]
        assert len(told["asked"]) == 2
        assert [line.split()[:4] for line in told["lines"]] == [["records.example.org.", "300", "IN", "TYPE65297"]]
        query = dns.message.make_query(NAME, IHLE)
        assert dns.query.udp(query, place, 3, port).rcode() == dns.rcode.REFUSED
        assert not list(folder.iterdir())
        again = command(*words)
        assert again.returncode == 0
        assert "The folder has no emblem of this name." in again.stdout
        assert again.stdout.count("✓") == 2


def test_withdraw_says_what_is_still_pasted_elsewhere(folder: Path, tmp_path: Path) -> None:
    """The operator pasted the lines into a zone of his own and has not removed them."""
    with responder(folder) as pasted:
        place, port = pasted.addresses[0]
        words = ["--server", f"127.0.0.1:{free_port()}", "--resolver", f"{place}:{port}", "--wait", 0]
        done = command("withdraw", "records.example.org", "--folder", tmp_path / "other", *words)
    assert done.returncode == 1
    assert "records.example.org. 300 IN TYPE65297 \\# 402 d83d7474" in done.stdout
    assert "still gives it" in done.stderr
    assert "nothing listens there" in done.stdout
