"""``kintrace emblem publish``, ``serve``, ``check`` and ``withdraw``, run as a user runs them."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest
from emblem_dns import free_port, responder, stub

from kintrace.cli import main
from kintrace.emblem.dns import IHLE, Folder, host, records
from kintrace.emblem.items import Item

NAME = host("records.example.org")
TOKEN = Item("B", "token", b"\xd8\x3d" + b"t" * 400, "test")


def command(*words: object) -> subprocess.CompletedProcess[str]:
    """The command in this process, with all that its frame does: a process of its own takes a second to begin."""
    before = signal.getsignal(signal.SIGTERM)
    told, said = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(said):
        patch.setattr(sys, "argv", ["kintrace", "emblem", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
    signal.signal(signal.SIGTERM, before)
    return subprocess.CompletedProcess(words, int(ended.value.code or 0), told.getvalue(), said.getvalue())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Folder(tmp_path / "published").publish(NAME, records(NAME, [TOKEN]))
    return tmp_path / "published"


@pytest.fixture
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    words = ["emblem", "serve", "--published", str(folder), "--listen", "127.0.0.1:0", "--json"]
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
        done = command("serve", "--published", folder, "--listen", f"{place}:{port}")
    assert done.returncode == 1
    assert "cannot be listened on" in done.stderr
    assert "--listen" in done.stderr


def test_withdraw_takes_it_away_and_shows_that_it_is_gone(folder: Path) -> None:
    (folder / "example.org.zone").write_text(
        "example.org. 300 IN A 192.0.2.1\n"
    )  # it answers for the domain, as before
    with responder(folder) as served, stub(served.addresses[0]) as (resolver, _):
        place, port = served.addresses[0]
        words = ["withdraw", "records.example.org", "--published", folder, "--server", f"{place}:{port}"]
        words += ["--resolver", f"{resolver[0]}:{resolver[1]}", "--wait", 8]
        done = command(*words, "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 0, done.stderr
        assert told["gone"]
        assert len(told["asked"]) == 2
        assert [line.split()[:4] for line in told["lines"]] == [["records.example.org.", "300", "IN", "TYPE65297"]]
        query = dns.message.make_query(NAME, IHLE)
        assert dns.query.udp(query, place, 3, port).rcode() == dns.rcode.NXDOMAIN
        assert [each.name for each in folder.iterdir()] == ["example.org.zone"]
        again = command(*words)
        assert again.returncode == 0
        assert "There was nothing more to withdraw here." in again.stdout
        assert "is the name spelled right" in again.stderr  # this folder was given no word of what was issued
        assert again.stdout.count("✓") == 2


def test_a_resolver_that_is_not_there_does_not_show_that_an_emblem_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That no responder runs is an end of serving; that no resolver runs says nothing about what others see."""
    monkeypatch.setattr("kintrace.cli.emblemwithdraw.PATIENCE", 0.5)
    words = ["--server", f"127.0.0.1:{free_port()}", "--resolver", f"127.0.0.1:{free_port()}", "--wait", 0, "--json"]
    done = command("withdraw", "records.example.org", "--published", folder, *words)
    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert not told["gone"]
    assert [each["gone"] for each in told["asked"]] == [True, False]
    assert "No resolver answered" in told["asked"][1]["problem"]


def test_a_resolver_that_refuses_does_not_show_that_an_emblem_is_gone(folder: Path, tmp_path: Path) -> None:
    """It answers to its own people only, say: a responder that refuses serves it no longer, a resolver tells nothing."""
    (tmp_path / "others").mkdir()
    with responder(folder) as served, responder(tmp_path / "others") as strangers:
        (place, port), (refusing, at) = served.addresses[0], strangers.addresses[0]
        words = ["withdraw", "records.example.org", "--published", folder, "--server", f"{place}:{port}", "--wait", 1]
        done = command(*words, "--resolver", f"{refusing}:{at}", "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 3
        assert not told["gone"]
        assert [each["gone"] for each in told["asked"]] == [True, False]
        assert "REFUSED" in told["asked"][1]["problem"]
        said = command(*words, "--resolver", f"{refusing}:{at}")
        assert said.returncode == 3
        assert "was not checked for records.example.org" in said.stderr


def test_withdraw_says_what_is_still_pasted_elsewhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator pasted the lines into a zone of his own and has not removed them."""
    monkeypatch.setattr("kintrace.cli.emblemwithdraw.PATIENCE", 0.5)
    with responder(folder) as pasted:
        place, port = pasted.addresses[0]
        words = ["--server", f"127.0.0.1:{free_port()}", "--resolver", f"{place}:{port}", "--wait", 0]
        done = command("withdraw", "records.example.org", "--published", tmp_path / "other", *words)
    assert done.returncode == 1
    assert "records.example.org. 300 IN TYPE65297 \\# 402 d83d7474" in done.stdout
    assert "still gives records.example.org" in done.stderr
    assert "nothing listens there" in done.stdout


@pytest.fixture(scope="module")
def society(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organisation that tries things out: two emblems without issuer, in test mode, of both profiles, for two names."""
    place = tmp_path_factory.mktemp("society")
    os.environ["KINTRACE_EMBLEM_PASSPHRASE"] = "several words to lock it"
    try:
        assert command("key", "new", "server", "--folder", place).returncode == 0
        for profile in ("A", "B"):
            words = ["records.society.test", "www.society.test", "--key", "server", "--test", "--profile", profile]
            done = command("issue", *words, "--folder", place)
            assert done.returncode == 0, done.stderr
    finally:
        del os.environ["KINTRACE_EMBLEM_PASSPHRASE"]
    return place


def test_publish_check_and_withdraw_by_command(society: Path, tmp_path: Path) -> None:
    assert command("publish", "other.test", "--folder", society).returncode == 1
    done = command("publish", "--folder", society, "--ttl", 60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("; TEST: this is no emblem.")
    assert sum("TYPE65297" in line for line in lines) == 4  # a token and a key at each of two names
    assert sum('IN TXT "adem-' in line for line in lines) == 4
    assert {line.split()[1] for line in lines if not line.startswith(";")} == {"60"}
    others = society / "published" / "society.test.zone"
    others.write_text("society.test. 300 IN A 192.0.2.1\n")  # it answers for the domain
    with responder(society / "published") as served, stub(served.addresses[0]) as (place, _):
        resolver = f"{place[0]}:{place[1]}"
        done = command("check", "WWW.society.test", "--resolver", resolver, "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 12, done.stderr
        assert told["level"] == "SIGNED"
        assert (told["name"], told["owner"]) == ("www.society.test", "www.society.test")
        assert {token["source"] for token in told["tokens"]} == {"IHLE, www.society.test", "TXT, www.society.test"}
        key = society / "keys" / "server.pub.pem"
        trusted = command("check", "www.society.test", "--resolver", resolver, "--trust", key)
        assert trusted.returncode == 11
        assert trusted.stdout.startswith("www.society.test\nTEST: this is no emblem.")
        # What would be INVALID is not published: the tokens do not name this server.
        zone = society / "published" / "www.society.test.zone"
        other = command(
            "publish", "other.society.test", "--from", zone, "--published", tmp_path / "other", "--address", "192.0.2.1"
        )
        assert other.returncode == 1
        assert "INVALID" in other.stderr
        assert not (tmp_path / "other").exists()
        # Published from files on another machine, with its address.
        copy = command(
            "publish",
            "www.society.test",
            "--from",
            zone,
            "--published",
            tmp_path / "copy",
            "--address",
            "192.0.2.1",
            "--json",
        )
        assert copy.returncode == 0, copy.stderr
        assert json.loads(copy.stdout)["names"][0]["test"] is True
        assert "IN A 192.0.2.1" in (tmp_path / "copy" / "www.society.test.zone").read_text()
        # Withdrawn for one name is withdrawn for both: it is one signature.
        server = f"{served.addresses[0][0]}:{served.addresses[0][1]}"
        done = command(
            "withdraw",
            "www.society.test",
            "--folder",
            society,
            "--server",
            server,
            "--resolver",
            resolver,
            "--wait",
            8,
            "--json",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert told["names"] == ["www.society.test", "records.society.test"]
        assert sorted(told["lines"]) == sorted(line for line in lines if not line.startswith(";"))
        assert len(told["asked"]) == 4
        assert command("check", "www.society.test", "--resolver", resolver).returncode == 1
    assert list((society / "published").iterdir()) == [others]
    due = command("reissue", "--before", 30, "--dry-run", "--json", "--folder", society)
    assert json.loads(due.stdout) == []
    again = command("publish", "--folder", society)
    assert again.returncode == 1
    assert "There is no emblem that holds." in again.stderr


def test_what_would_be_invalid_does_not_keep_the_others_from_being_published(tmp_path: Path) -> None:
    """An emblem that names an organisation without a commitment is for no zone; that one must not make all others end."""
    words = ["--key", "server", "--test", "--folder", tmp_path]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KINTRACE_EMBLEM_PASSPHRASE", "several words to lock it")
        assert command("key", "new", "server", "--folder", tmp_path).returncode == 0
        assert command("issue", "bad.test", "good.bad.test", *words, "--org", "bad.test").returncode == 0
        refused = command("publish", "--folder", tmp_path)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "INVALID" in refused.stderr
        assert command("issue", "good.test", *words).returncode == 0
        done = command("publish", "--folder", tmp_path, "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 3
        assert [each["name"] for each in told["names"]] == ["good.test"]
        assert len(told["refused"]) == 2
        assert "bad.test INVALID" in done.stderr
        assert [each.name for each in (tmp_path / "published").iterdir()] == ["good.test.zone"]
        # Whoever pastes is told that the older lines must go, once there are any.
        assert "Take away" not in command("publish", "good.test", "--folder", tmp_path).stderr
        assert command("issue", "good.test", *words, "--purpose", "indicative").returncode == 0
        again = command("publish", "good.test", "--folder", tmp_path)
        assert (again.returncode, "Take away the lines" in again.stderr) == (0, True)
    # Another folder than the one it was published in: that it is served no longer is not said.
    with responder(tmp_path / "published") as served:
        place, port = served.addresses[0]
        words = [
            "--folder",
            tmp_path,
            "--published",
            tmp_path / "elsewhere",
            "--server",
            f"{place}:{port}",
            "--wait",
            0,
        ]
        done = command("withdraw", "good.test", *words, "--resolver", f"{place}:{port}")
    assert done.returncode == 1
    assert f"It was not among what is published in {tmp_path / 'elsewhere'}." in " ".join(done.stdout.split())
    assert "still gives good.test" in done.stderr


def test_withdrawing_a_name_that_nobody_knows_says_so(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kintrace.cli.emblemwithdraw.PATIENCE", 0.5)
    words = ["--folder", society, "--server", f"127.0.0.1:{free_port()}", "--resolver", f"127.0.0.1:{free_port()}"]
    done = command("withdraw", "recrods.society.test", *words, "--wait", 0)
    assert "Nothing here knows an emblem of recrods.society.test" in done.stderr
    command("withdraw", "records.society.test", *words, "--wait", 0)
    done = command("withdraw", "records.society.test", *words, "--wait", 0)
    assert f"was withdrawn on {datetime.now(UTC):%Y-}" in done.stdout
    assert "Nothing here knows" not in done.stderr


def test_nothing_is_withdrawn_before_it_is_known_whom_to_ask(folder: Path) -> None:
    done = command("withdraw", "records.example.org", "--published", folder, "--resolver", "resolver.example.org")
    assert (done.returncode, "is not an address with a port" in done.stderr) == (1, True)
    assert [each.name for each in folder.iterdir()] == ["records.example.org.zone"]


def test_without_a_resolver_it_is_withdrawn_and_the_lines_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr("dns.resolver.Resolver.read_resolv_conf", none)
    words = ["--published", folder, "--server", f"127.0.0.1:{free_port()}", "--wait", 0]
    done = command("withdraw", "records.example.org", *words)
    assert done.returncode == 3, "what resolvers give is not known"
    assert "IN TYPE65297" in done.stdout
    assert "No resolver was asked." in done.stderr
    assert not list(folder.iterdir())


def test_the_lines_to_remove_are_told_before_anybody_waits(folder: Path, tmp_path: Path) -> None:
    """Who waits until resolvers have forgotten would else wait for what stands in a zone of his own, and not know it."""
    (tmp_path / "pasted").mkdir()
    shutil.copy(folder / "records.example.org.zone", tmp_path / "pasted")
    with responder(tmp_path / "pasted") as pasted:
        place, port = pasted.addresses[0]
        words = ["withdraw", "records.example.org", "--published", str(folder), "--server", f"127.0.0.1:{free_port()}"]
        process = subprocess.Popen(
            [sys.executable, "-m", "kintrace", "emblem", *words, "--resolver", f"{place}:{port}", "--wait", "600"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert process.stdout is not None
        read = [process.stdout.readline() for _ in range(4)]
        assert "IN TYPE65297" in read[3], read
        assert process.poll() is None
        (tmp_path / "pasted" / "records.example.org.zone").write_text("records.example.org. 300 IN A 192.0.2.1\n")
        told, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
        assert told.count("✓") == 2


def test_an_address_is_no_name(tmp_path: Path) -> None:
    for address in ("192.0.2.1", "2001:db8::1", "[2001:db8::1]"):
        for words in (["check", address], ["withdraw", address, "--folder", tmp_path]):
            done = command(*words)
            assert (done.returncode, "an emblem is found by a name" in " ".join(done.stderr.split())) == (1, True)


def test_check_of_a_name_without_an_emblem(tmp_path: Path) -> None:
    (tmp_path / "plain.test.zone").write_text("plain.test. 300 IN A 192.0.2.1\n")
    with responder(tmp_path) as served:
        place, port = served.addresses[0]
        done = command("check", "plain.test", "--resolver", f"{place}:{port}")
        unknown = command("check", "not.plain.test", "--resolver", f"{place}:{port}")
    assert done.returncode == 14
    assert "No emblem was found. That does not mean" in done.stdout
    assert unknown.returncode == 1
    assert "There is no name not.plain.test." in unknown.stderr
