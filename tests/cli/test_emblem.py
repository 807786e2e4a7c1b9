"""``kintrace emblem``, from the keys to the check, as people type it."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from emblem_ct import Authority, CtLog, log_list
from emblem_make import VECTORS

from kintrace.cli import main
from kintrace.emblem import pkcs8

Run = Callable[..., tuple[int, str, str]]
WORDS = "a passphrase of several words"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: exit code, what it printed, what it told."""
    monkeypatch.setattr(pkcs8, "COST", 1 << 4)
    monkeypatch.setattr(pkcs8, "PARALLEL", 1)
    monkeypatch.setenv("KINTRACE_EMBLEM", str(tmp_path / "society"))
    monkeypatch.setenv("KINTRACE_EMBLEM_PASSPHRASE", WORDS)
    monkeypatch.setenv("COLUMNS", "300")

    def once(*words: Any, folder: str | None = None) -> tuple[int, str, str]:
        if folder:
            monkeypatch.setenv("KINTRACE_EMBLEM", str(tmp_path / folder))
        monkeypatch.setattr(sys, "argv", ["kintrace", "emblem", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, " ".join(told.err.split())

    return once


def authorise(run: Run, *scopes: str, folder: str) -> tuple[int, str, str]:
    today = datetime.now(UTC).date()
    return run(
        "authorise", "--authority", "Ministry of Defence", "--reference", "IHL 7/2026", "--given", today - timedelta(days=1),
        "--until", today + timedelta(days=300), *(word for scope in scopes for word in ("--scope", scope)),
        "--purpose", "protective", folder=folder,
    )  # fmt: skip


@pytest.mark.parametrize("profile", ["A", "B"])
def test_the_whole_way(run: Run, tmp_path: Path, profile: str) -> None:
    now = datetime.now(UTC)
    ca, log, tiles = Authority(when=now), CtLog("one"), CtLog("two", static=True)
    for folder, org in (("society", "society.example"), ("ministry", "ministry.example")):
        assert run("key", "new", "root", folder=folder)[0] == 0
        code, out, _ = run("key", "csr", "root", "--org", org, "--profile", "A", "--profile", "B")
        assert code == 0
        (tmp_path / f"{folder}.pem").write_bytes(ca.from_csr(out.encode(), [log, tiles]))
    evidence = ["--logs", log_list(tmp_path, log, tiles), "--crl", ca.crl_file(tmp_path)]

    assert run("key", "new", "signer", folder="society")[0] == 0
    keys = json.loads(run("key", "show", "--json")[1])
    assert [one["name"] for one in keys] == ["root", "signer"]

    issue = ["issue", "www.society.example", "--key", "signer", "--org", "society.example", "--profile", profile]
    code, out, told = run(*issue)
    assert (code, out) == (1, "")
    assert "No recorded authorisation" in told
    assert authorise(run, "*.society.example", folder="society")[0] == 0
    code, out, _ = run(*issue, "--out", tmp_path / "emblem.json")
    assert (code, "TEST" in out) == (0, False)
    code, out, told = run("endorse", "signer", "--key", "root", "--org", "society.example", "--profile", profile)
    assert code == 0
    assert "Without --chain" in told
    endorse = ["endorse", "signer", "--key", "root", "--org", "society.example", "--profile", profile]
    assert run(*endorse, "--chain", tmp_path / "ministry.pem")[0] == 1  # a certificate for another name
    asked = run("key", "csr", "root", "--org", "society.example", "--profile", profile)[1].encode()
    old = CtLog("one")
    (tmp_path / "old.pem").write_bytes(
        ca.from_csr(asked, [old], start=now - timedelta(days=91), end=now - timedelta(days=1))
    )
    code, _, told = run(*endorse, "--chain", tmp_path / "old.pem")
    assert (code, "The certificate ended on" in told) == (1, True)
    code, _, told = run(*endorse, "--chain", tmp_path / "society.pem", "--out", tmp_path / "internal.json")
    assert (code, "The certificate ends on 20" in told) == (0, True)

    field = "jwk" if profile == "A" else "cose_key"
    public = [json.dumps(one[field]) if profile == "A" else one[field] for one in keys]
    (tmp_path / "keys.txt").write_text("\n".join(public))
    files = [tmp_path / "emblem.json", tmp_path / "internal.json", tmp_path / "keys.txt"]
    code, out, _ = run("verify", *files, "--name", "www.society.example", *evidence, "--json")
    assert (code, json.loads(out)["level"]) == (10, "ORGANIZATIONAL")
    assert "no roots were given" in out
    for name, authority, level in (("ours", ca, "ORGANIZATIONAL"), ("others", Authority(when=now), "INVALID")):
        (tmp_path / f"{name}.pem").write_bytes(authority.certificate_.public_bytes(Encoding.PEM))
        roots = ["--roots", tmp_path / f"{name}.pem"]
        _, out, _ = run("verify", *files, "--name", "www.society.example", *evidence, *roots, "--json")
        assert json.loads(out)["level"] == level
        assert "no roots were given" not in out

    asked = tmp_path / "request.jws"
    code, _, told = run(
        "request",
        "--key",
        "root",
        "--org",
        "society.example",
        "--name",
        "www.society.example",
        "--note",
        "Ask for Ann.",
        "--out",
        asked,
    )
    assert code == 0
    kid = keys[0][f"kid_{profile.lower()}"]
    assert kid in told
    grant = [
        "endorse-request", asked, "--key", "root", "--org", "ministry.example", "--chain", tmp_path / "ministry.pem",
        "--profile", profile, "--yes", "--out", tmp_path / "given.json",
    ]  # fmt: skip
    assert run(*grant, folder="ministry")[0] == 1
    assert authorise(run, "society.example", folder="ministry")[0] == 0
    code, _, told = run(*grant)
    assert code == 0
    assert "Ask for Ann." in told
    assert kid in told
    code, _, told = run("receive", tmp_path / "internal.json", folder="society")
    assert (code, "within our own organisation" in told) == (1, True)
    code, out, _ = run("receive", tmp_path / "given.json")
    assert (code, "https://ministry.example endorses https://society.example" in out) == (0, True)

    files.append(tmp_path / "given.json")
    code, out, _ = run("verify", *files, "--name", "www.society.example", *evidence)
    assert code == 0, out
    for words in (
        "ENDORSED:",
        "https://society.example",
        "https://ministry.example",
        "www.society.example",
        "protective",
    ):
        assert words in out
    code, out, _ = run("verify", *files, "--name", "www.society.example")
    assert (code, "not checked" in out) == (12, True)
    (tmp_path / "ministry.jwk").write_text(
        json.dumps(json.loads(run("key", "show", "--json", folder="ministry")[1])[0]["jwk"])
    )
    code, out, _ = run(
        "verify", *files, "--name", "www.society.example", "--trust", tmp_path / "ministry.jwk", "--offline"
    )
    assert (code, "SIGNED-TRUSTED" in out) == (11, True)
    code, out, _ = run("verify", *files, "--name", "other.society.example", *evidence)
    assert (code, "INVALID" in out) == (13, True)
    later = (now + timedelta(days=8)).isoformat()
    assert run("verify", *files, "--at", later)[0] == 13

    assert run("reissue", folder="society") == (0, "Nothing is due.\n", "")
    code, out, _ = run("reissue", "--before", 8, "--dry-run", "--json")
    assert [one["kind"] for one in json.loads(out)] == ["emblem", "endorsement"]
    code, out, _ = run("reissue", "--before", 8)
    assert (code, out.count("→")) == (0, 2)
    told = json.loads(run("list", "--json")[1])
    assert [len(told[name]) for name in ("authorisations", "issued", "received")] == [1, 2, 1]
    assert "Ministry of Defence" in run("list")[1]
    code, _, said = run("list", "--out", tmp_path / "none.json", folder="society")
    assert (code, "There is no endorsement" in said, (tmp_path / "none.json").exists()) == (1, True, False)
    assert run("list", "--out", tmp_path / "again.json", folder="ministry")[0] == 0
    assert run("receive", tmp_path / "again.json", folder="society")[0] == 0


def test_test_mode_says_so(run: Run, tmp_path: Path) -> None:
    run("key", "new", "signer")
    file = tmp_path / "emblem.hex"
    code, out, _ = run("issue", "www.society.test", "--key", "signer", "--test", "--compat", "tag18")
    assert code == 0
    assert out.startswith("TEST: this is no emblem.")
    token = out.splitlines()[-1]
    assert token.startswith("d284")
    file.write_text(token + "\n" + json.loads(run("key", "show", "--json")[1])[0]["cose_key"])
    code, out, _ = run("verify", file, "--name", "www.society.test")
    assert code == 12
    assert out.startswith("TEST: this is no emblem.")
    assert json.loads(run("verify", file, "--name", "www.society.test", "--json")[1])["test"] is True
    assert run("reissue", "--dry-run")[1] == "Nothing is due.\n"
    assert run("reissue", "--before", 7)[1].startswith("TEST: this is no emblem.")
    code, _, told = run("issue", "www.society.example", "--key", "signer", "--test")
    assert (code, "must end in .test" in told) == (1, True)
    assert "TEST" in run("list")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["issue", "a.test", "--key", "absent", "--test"], "There is no key absent"),
        (["issue", "a.test", "--key", "signer", "--test", "--profile", "C"], "There is no profile C"),
        (["issue", "a.test", "--key", "signer", "--test", "--compat", "x"], "There is no --compat x"),
        (["issue", "a.test", "--key", "signer", "--test", "--purpose", "war"], "There is no purpose war"),
        (["issue", "*.a.test", "--key", "signer", "--test"], "profile B protects names only"),
        (["issue", "2001:db8::1", "--key", "signer", "--test"], "is an address, and profile B protects names only"),
        (["issue", "a", "--key", "signer", "--test"], "no fully qualified domain name"),
        (["issue", "ø" * 70 + ".test", "--key", "signer", "--test"], "cannot be a name in the DNS"),
        (["issue", "a.test", "--key", "signer", "--test", "--org", "https://a.test/x"], "no fully qualified"),
        (["issue", "a.test", "--key", "signer", "--test", "--org", "http://a.test"], "nothing after it"),
        (
            ["issue", "a.test", "--key", "signer", "--test", "--passphrase-file", "absent"],
            "(No such file or directory). No key",
        ),
        (["endorse", "signer", "--key", "signer", "--test", "--org", "a.test", "--chain", __file__], "fullchain.pem"),
        (["endorse", "signer", "--key", "signer", "--test"], "cannot endorse itself"),
        (["verify", "absent.txt"], "cannot be read"),
        (["verify", __file__, "--at", "tomorrow"], "is no time"),
        (["verify", __file__, "--trust", __file__], "holds no public key"),
        (["verify", __file__], "holds no token"),
        (["log-claim", __file__], "no chain of certificates"),
        (
            [
                "authorise",
                "--authority",
                "M",
                "--reference",
                "7",
                "--given",
                "x",
                "--until",
                "y",
                "--scope",
                "a.test",
                "--purpose",
                "protective",
            ],
            "is no day",
        ),
        (["endorse-request", __file__, "--key", "signer", "--org", "m.test", "--chain", __file__], "no request"),
        (["key", "new", "signer"], "already"),
        (["key", "show", "absent"], "There is no key absent"),
    ],
)
def test_mistakes_are_told_in_sentences(run: Run, words: list[str], said: str) -> None:
    run("key", "new", "signer")
    code, _, told = run(*words)
    assert code == 1
    assert said in told


@pytest.mark.parametrize("scope", ["*", "[::/0]", "0.0.0.0/0"])
def test_no_authority_allows_everything(run: Run, scope: str) -> None:
    code, _, told = authorise(run, scope, folder="society")
    assert (code, "No authority allows the emblem for every name" in told) == (1, True)
    assert json.loads(run("list", "--json")[1])["authorisations"] == []
    assert run("list")[1] == "Nothing is recorded, and no token holds.\n"


def test_names_of_any_script_and_addresses_as_people_write_them(run: Run, tmp_path: Path) -> None:
    run("key", "new", "signer", folder="society")
    assert authorise(run, "*.rødekors.example", "2001:db8::/32", "192.0.2.0/24", folder="society")[0] == 0
    recorded = json.loads(run("list", "--json")[1])["authorisations"][0]
    assert recorded["scope"] == ["*.xn--rdekors-q1a.example", "[2001:db8::/32]", "[192.0.2.0/24]"]
    file = tmp_path / "emblem.json"
    code, out, _ = run("issue", "arkiv.rødekors.example", "--key", "signer", "--out", file, "--json")
    assert (code, json.loads(out)[0]["assets"]) == (0, ["arkiv.xn--rdekors-q1a.example"])
    assert run("verify", file, "--name", "Arkiv.Rødekors.example")[0] == 12  # with its key: nothing else is needed
    words = ["issue", "2001:db8::1", "[192.0.2.1]", "--key", "signer", "--profile", "A", "--json", "--out", file]
    code, out, _ = run(*words)
    assert (code, json.loads(out)[0]["assets"]) == (0, ["[2001:db8::1]", "[::FFFF:192.0.2.1]"])
    assert run("verify", file, "--name", "192.0.2.1")[0] == 12
    assert run("verify", file, "--name", "192.0.2.2")[0] == 13


def test_what_was_issued_and_could_not_be_written_is_told(run: Run, tmp_path: Path) -> None:
    run("key", "new", "signer")
    (tmp_path / "file").write_text("no folder")
    code, _, told = run("issue", "a.test", "--key", "signer", "--test", "--out", tmp_path / "file" / "x")
    assert (code, "It was issued all the same, as T1" in told, "kintrace emblem publish" in told) == (1, True, True)
    assert len(json.loads(run("list", "--json")[1])["issued"]) == 1


@pytest.mark.parametrize("before", ["nan", "inf", "-1"])
def test_no_time_is_no_number_of_days(run: Run, before: str) -> None:
    code, _, told = run("reissue", "--before", before)
    assert (code, "Invalid value for '--before'" in told) == (2, True)


def test_a_wrong_passphrase(run: Run, tmp_path: Path) -> None:
    run("key", "new", "signer")
    file = tmp_path / "passphrase"
    file.write_text("another passphrase\n")
    code, _, told = run("issue", "a.test", "--key", "signer", "--test", "--passphrase-file", file)
    assert (code, "does not open" in told) == (1, True)
    file.write_text(WORDS + "\n")
    assert run("issue", "a.test", "--key", "signer", "--test", "--passphrase-file", file)[0] == 0


def test_log_claims(run: Run, tmp_path: Path) -> None:
    folder = VECTORS / "ct_certs"
    for name in ("auth.felixlinker.de", "emblem.felixlinker.de"):
        code, out, _ = run("log-claim", folder / f"{name}.fullchain.pem", "--profile", "A")
        assert (code, json.loads(out)) == (0, json.loads((folder / f"{name}.logs.json").read_text()))
    ca, log, tiles = Authority(), CtLog("one"), CtLog("two", static=True)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(ca.certificate(["a.test"], [log, tiles]))
    listed = log_list(tmp_path, log, tiles)
    assert run("log-claim", chain, "--logs", listed)[0] == 0
    other = CtLog("one")
    other.id, other.spki = log.id, log.spki
    other.key = CtLog("x").key  # a log that lies about who it is
    chain.write_bytes(ca.certificate(["a.test"], [other]))
    code, _, told = run("log-claim", chain, "--logs", listed)
    assert (code, "did not sign" in told) == (1, True)
    chain.write_bytes(ca.certificate(["a.test"], [CtLog("strange")]))
    assert "is not in the list" in run("log-claim", chain, "--logs", listed)[2]


def test_a_key_alone_is_no_bad_emblem(run: Run) -> None:
    code, out, _ = run("verify", VECTORS / "cwt" / "adem_proto_example.zone")
    assert (code, out) == (14, "No emblem was found. That does not mean that the server is not protected.\n")


def test_live_answers_from_the_command_line(run: Run) -> None:
    file = VECTORS / "jws_live_txt" / "emblem.felixlinker.de.txt"
    code, out, _ = run("verify", file, "--at", "2026-06-17T00:10:00Z", "--name", "[2a01:4f9:c010:d8e4::1]", "--json")
    told = json.loads(out)
    assert (code, told["level"], told["issuer"]) == (12, "SIGNED", "https://emblem.felixlinker.de")
    assert told["assets"] == ["[2a01:4f9:c010:d8e4::1]"]
    assert told["not_checked"]
