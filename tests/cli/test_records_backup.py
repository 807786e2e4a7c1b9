"""Backup and restore, rotation, the doctor and the drill, from the command line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from casework_help import found_form
from deployments import Deployment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def forms(pairs, tmp_path_factory) -> list[Path]:
    """Forms of two found persons, with photos."""
    folder = tmp_path_factory.mktemp("forms")
    for number in range(2):
        shutil.copy(pairs[number][0], folder / f"{number}.jpg")
        form = found_form(f"Person {number} (invented)", photos=[f"{number}.jpg"])
        (folder / f"{number}.json").write_text(json.dumps(form), encoding="utf-8")
    return sorted(folder.glob("*.json"))


_FILLED: list[Path] = []
"""The data folder with the two on it, once it was made: on SQLite later tests copy it."""


@pytest.fixture
def cards(deployment, forms, tmp_path_factory) -> None:
    """The two found persons, their photos worked on."""
    data = Path(deployment.environment["KINTRACE_DATA"])
    if _FILLED:
        shutil.rmtree(data)
        shutil.copytree(_FILLED[0], data)
        return
    for form in forms:
        deployment.kintrace("card", "new", "--from", str(form), "--no-wait")
    deployment.kintrace("worker", "--once")
    if "KINTRACE_DATABASE_URL" not in deployment.environment:
        _FILLED.append(shutil.copytree(data, tmp_path_factory.mktemp("filled") / "data"))


def test_a_backup_comes_back_and_the_erased_stay_erased(deployment, cards, tmp_path):
    place = tmp_path / "backups"
    made = deployment.json("backup", str(place), "--json")
    assert {"records", "keyring", "rows", "photos", "photos_gone", "keyrings_pruned"} == set(made)
    before = deployment.json("card", "show", "2", "--json")
    deployment.kintrace("card", "erase", "1", "--yes")
    deployment.kintrace("card", "edit", "2", "--set", "occupation=baker", "--why", "x")
    assert deployment.run("restore", made["records"], told="n\n").returncode == 130
    assert "occupation" in deployment.json("card", "show", "2", "--json")["subject"]["facts"]
    assert deployment.json("restore", made["records"], "--yes", "--json") == {"erased_again": 1}
    assert deployment.json("card", "show", "2", "--json") == before
    assert deployment.run("card", "show", "1").returncode == 1
    assert deployment.tombstones() == 1
    assert deployment.json("doctor", "--json")["records"] == []
    (tmp_path / "damaged").write_bytes(Path(made["records"]).read_bytes()[:-100])
    for wrong in (tmp_path / "damaged", tmp_path / "absent"):
        assert deployment.run("restore", str(wrong), "--yes").returncode == 1
    assert deployment.json("card", "show", "2", "--json") == before


def test_a_backup_comes_back_on_a_new_machine(deployment, cards, tmp_path):
    if "KINTRACE_DATABASE_URL" in deployment.environment:
        pytest.skip("the databases of a new machine are made by whoever runs PostgreSQL")
    made = deployment.json("backup", str(tmp_path / "backups"), "--json")
    before = deployment.json("card", "show", "2", "--json")
    root = Path(deployment.environment["KINTRACE_DATA"]) / "root.key"
    environment = {
        **deployment.environment, "KINTRACE_DATA": str(tmp_path / "new"), "KINTRACE_ROOT_KEY_FILE": str(root),
    }  # fmt: skip

    kintrace = Deployment(environment).run
    back = kintrace("restore", made["records"], "--keyring", made["keyring"])
    assert back.returncode == 0, back.stderr
    assert json.loads(kintrace("card", "show", "2", "--json").stdout) == before

    for left in (tmp_path / "new" / "keyring").iterdir():  # only the keyring is lost
        left.unlink()
    lost = kintrace("card", "show", "2")
    assert lost.returncode == 1
    assert "keyring is missing" in lost.stderr
    back = kintrace("restore", made["records"], "--keyring", made["keyring"], "--yes")
    assert back.returncode == 0, back.stderr
    assert json.loads(kintrace("card", "show", "2", "--json").stdout) == before


def test_keys_are_rotated(deployment, cards, tmp_path):
    before = deployment.json("card", "show", "1", "--json")
    for words in (["office"], ["office", "--of", "local"], ["root", "--yes"]):
        told = deployment.json("keys", "rotate", *words, "--json")
        of = "local" if "--of" in words else None
        assert told == {"level": words[0], "office": of, "rotated": True, "root_key": None, "setting": None}
    assert deployment.run("keys", "rotate", "sun").returncode == 1
    assert deployment.run("keys", "rotate", "persons", "--of", "local").returncode == 1
    new = tmp_path / "new.key"
    deployment.kintrace("keys", "new-root", str(new))
    assert deployment.run("keys", "new-root", str(new)).returncode == 1
    told = deployment.kintrace("keys", "rotate", "root", "--yes", "--to", str(new))
    assert "KINTRACE_ROOT_KEY_FILE" in told
    assert deployment.run("card", "show", "1").returncode == 1  # still with the former root key
    deployment.environment["KINTRACE_ROOT_KEY_FILE"] = str(new)
    assert deployment.json("card", "show", "1", "--json") == before
    assert deployment.json("doctor", "--json")["records"] == []


def test_the_doctor_mends_what_a_kill_leaves(deployment, cards):
    assert deployment.json("doctor", "--json")["records"] == []
    script = (
        "import django; django.setup()\n"
        "from kintrace.casework.records import Card\n"
        "from kintrace.vault import destroy\n"
        "destroy([Card._all.get(local=1).subject_id])\n"
    )
    environment = {**deployment.environment, "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    ill = deployment.run("doctor", "--json")
    assert ill.returncode == 1
    assert any("erasure was begun" in each["what"] for each in json.loads(ill.stdout)["records"])
    assert json.loads(deployment.kintrace("doctor", "--mend", "--json"))["records"] == []
    assert deployment.tombstones() == 1


def test_the_drill_finds_nothing_and_finds_what_somebody_left_open(deployment, cards, tmp_path):
    report = deployment.json("breach-drill", "--json")
    assert {"passed", "found", "files", "bytes", "people", "values", "skipped", "canaries", "in_clear"} == set(report)
    assert (report["passed"], report["found"], report["canaries"], report["people"]) == (True, [], "found", 2)
    assert {"casework_card", "matching_candidate", "matching_share", "ledger_entry", "vault_personkey"} <= set(
        report["in_clear"]
    )
    assert "content" not in report["in_clear"]["matching_candidate"]["columns"]
    told = deployment.kintrace("breach-drill")
    assert "Nothing known of anybody was found" in told
    assert "invented" not in told
    left = Path(deployment.environment["KINTRACE_DATA"]) / "notes.txt"
    left.write_text("Person 1 (invented) was here", encoding="utf-16")
    open_ = deployment.run("breach-drill")
    assert open_.returncode == 1
    assert "notes.txt" in open_.stderr
    assert "Person 1" not in open_.stdout + open_.stderr
    assert deployment.run("breach-drill", "--into", str(left.parent / "copy")).returncode == 1
