"""The installation from the command line: made once, users and offices, who may do what, and which data folder."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from casework_help import found_form
from deployments import Deployment

pytestmark = pytest.mark.slow


def as_user(deployment, login: str, *words: str) -> subprocess.CompletedProcess[str]:
    return deployment.as_user(login).run(*words)


def test_there_is_one_installation_in_a_folder(deployment, tmp_path):
    again = deployment.run("init")
    assert again.returncode == 1
    assert "already" in again.stderr
    data = Path(deployment.environment["KINTRACE_DATA"])
    if os.name == "posix":
        assert data.stat().st_mode & 0o077 == 0
        assert (data / "root.key").stat().st_mode & 0o077 == 0
    key = json.loads((data / "root.key").read_text())["key"][0]["keyData"]["value"]
    for words in (["init"], ["doctor"], ["user", "list"], ["office", "list"], ["ledger", "show"]):
        ran = deployment.run(*words)
        assert key not in ran.stdout + ran.stderr
    assert "installation" in deployment.run("--data", str(data), "init", "--office", "other").stderr
    if "KINTRACE_DATABASE_URL" not in deployment.environment:
        elsewhere = tmp_path / "elsewhere"
        for words in (["--data", str(elsewhere), "card", "list"], ["card", "list", "--data", str(elsewhere)]):
            ran = deployment.run(*words)
            assert ran.returncode == 1
            assert "There is no installation" in ran.stderr
        assert not elsewhere.exists()
        elsewhere.mkdir()
        assert deployment.run("card", "list", "--data", str(elsewhere)).returncode == 1
        assert list(elsewhere.iterdir()) == []  # asking made no database
        told = json.loads(deployment.kintrace("--data", str(elsewhere), "init", "--json"))
        assert set(told) == {"data", "domain", "office", "user", "root_key"}
        assert told["root_key"] == str(elsewhere / "root.key")


def test_init_refuses_what_would_spoil_record_ids(environment, tmp_path):
    environment = {**environment, "KINTRACE_DATA": str(tmp_path / "data")}
    for words in (["--domain", "a/b"], ["--domain", "a b"], ["--office", "a/b"], ["--office", "Ä"]):
        ran = Deployment(environment).run("init", *words)
        assert ran.returncode == 1, words
        assert "Nothing was made" in ran.stderr
    assert not (tmp_path / "data").exists()


def test_roles_say_who_may_do_what(deployment, tmp_path):
    stranger = as_user(deployment, "bo", "card", "list")
    assert stranger.returncode == 1
    assert "not one of a user here" in " ".join(stranger.stderr.split())
    assert deployment.json("user", "add", "bo", "--json")["login"] == "bo"
    assert "no role" in as_user(deployment, "bo", "card", "list").stderr
    assert deployment.json("user", "role", "bo", "field_officer", "--json") == {
        "login": "bo", "office": "local", "role": "field_officer", "bureau": "", "held": True,
    }  # fmt: skip
    (tmp_path / "form.json").write_text(json.dumps(found_form()), encoding="utf-8")
    assert as_user(deployment, "bo", "card", "new", "--from", str(tmp_path / "form.json")).returncode == 0
    for words in (
        ["card", "erase", "1", "--yes"], ["card", "close", "1", "--why", "x"], ["card", "search", "1"],
        ["retention", "--really"], ["ledger", "show"], ["user", "add", "cy"], ["user", "list"], ["keys", "rotate", "office"],
    ):  # fmt: skip
        ran = as_user(deployment, "bo", *words)
        assert ran.returncode == 1, words
        assert "You may not do this here" in ran.stderr, (words, ran.stderr)
    refused = deployment.json("ledger", "show", "--who", "bo", "--json")["entries"]
    assert sum(each["outcome"] == "refused" for each in refused) >= 8

    added = deployment.json("office", "add", "north", "The northern office (invented)", "--json")
    assert added.pop("id")
    assert added == {"code": "north", "name": "The northern office (invented)"}
    apart = deployment.json("office", "apart", "local", "north", "--json")
    assert apart == {"offices": ["local", "north"], "apart": True}
    assert deployment.json("bureau", "add", "river", "The river route (invented)", "--json")["code"] == "river"
    deployment.kintrace("user", "role", "bo", "caseworker", "--in", "north")
    several = as_user(deployment, "bo", "card", "list")
    assert "several offices (local, north)" in " ".join(several.stderr.split())
    foreign = as_user(deployment, "bo", "--data", deployment.environment["KINTRACE_DATA"], "card", "show", "local/1",
                      "--office", "north")  # fmt: skip
    absent = as_user(deployment, "bo", "card", "show", "77", "--office", "north")
    assert foreign.returncode == 1
    assert (foreign.stdout, foreign.stderr) == (absent.stdout, absent.stderr)

    rows = {each["login"]: each for each in deployment.json("user", "list", "--json")["users"]}
    assert rows["bo"].pop("id")
    assert rows["bo"] == {
        "login": "bo", "active": True, "password": False, "password_given": False, "last_login": None, "roles": [
            {"office": "local", "role": "field_officer", "bureau": None},
            {"office": "north", "role": "caseworker", "bureau": None},
        ],
    }  # fmt: skip
    assert deployment.json("user", "disable", "bo", "--json") == {"login": "bo", "active": False}
    assert as_user(deployment, "bo", "card", "list", "--office", "local").returncode == 1
    deployment.kintrace("user", "disable", "bo", "--enable")
    assert as_user(deployment, "bo", "card", "list", "--office", "local").returncode == 0
    last = deployment.run("user", "disable", "officer")
    assert last.returncode == 1
    assert "Nobody could manage users" in " ".join(last.stderr.split())


def test_the_ledger_is_shown_signed_proved_and_checked(deployment, tmp_path):
    deployment.kintrace("card", "list")
    marks, proof = tmp_path / "marks.txt", tmp_path / "proof.json"
    mark = deployment.json("ledger", "checkpoint", "--out", str(marks), "--json")
    deployment.kintrace("card", "list")
    deployment.kintrace("ledger", "checkpoint", "--out", str(marks))
    assert len(marks.read_text().splitlines()) == 2
    verdict = deployment.json("ledger", "verify", "--checkpoints", str(marks), "--public-key", mark["key"], "--json")
    assert set(verdict) == {"sound", "entries", "first_bad", "kind", "explanation", "checkpoints_given"}
    assert (verdict["sound"], verdict["checkpoints_given"]) == (True, 2)
    deployment.kintrace("ledger", "prove", "2", "--out", str(proof))
    checked = deployment.json("ledger", "check-proof", str(proof), "--public-key", mark["key"], "--json")
    assert checked["holds"]
    proof.write_text(proof.read_text().replace("card.list", "card.read"))
    assert deployment.run("ledger", "check-proof", str(proof), "--public-key", mark["key"]).returncode == 1
    assert deployment.json("ledger", "bursts", "--json") == {"bursts": []}
    first = deployment.json("ledger", "show", "--json", "--most", "1")["entries"][0]
    assert {"number", "at", "who", "role", "office", "action", "record", "purpose", "outcome", "login"} <= set(first)
