"""Photos, consent and imports from the command line."""

import csv
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from casework_help import found_form

pytestmark = pytest.mark.slow


@pytest.fixture
def card(deployment, tmp_path) -> str:
    """A found person who agreed to nothing yet."""
    import json

    form = found_form()
    form.pop("consent")
    (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
    deployment.kintrace("card", "new", "--from", str(tmp_path / "form.json"))
    return "1"


def test_consent_decides_what_becomes_of_a_photo(deployment, card, pairs, tmp_path):
    kept = deployment.json("photo", "add", card, str(pairs[0][0]), "--taken", "2019", "--origin", "authority", "--json")
    assert set(kept) == {"photos", "already_there", "refused"}
    assert kept["photos"][0]["state"] == "held"
    agreed = deployment.json(
        "consent", "record", card, "--purpose", "tracing=yes", "--purpose", "face_search=yes",
        "--capacity", "best_interest", "--given-by", "Nour (invented)", "--json",
    )  # fmt: skip
    assert agreed["purposes"] == {"face_search": True, "tracing": True}
    shown = deployment.json("card", "show", card, "--json")["subject"]["photos"]
    assert [(each["state"], each["taken"], each["origin"]) for each in shown] == [("done", "2019", "authority")]
    again = deployment.json("photo", "add", card, str(pairs[0][0]), "--json")
    assert (again["already_there"], len(again["photos"])) == (1, 1)

    photo, copy = shown[0]["id"], tmp_path / "copy.jpg"
    assert deployment.run("photo", "save", photo, str(copy), told="n\n").returncode == 130
    assert not copy.exists()
    saved = deployment.run("photo", "save", photo, str(copy), told="y\n")
    assert "not encrypted" in " ".join(saved.stderr.split())
    assert copy.read_bytes() == pairs[0][0].read_bytes()
    assert os.name != "posix" or copy.stat().st_mode & 0o077 == 0
    refused = deployment.run("photo", "save", photo, str(copy), "--yes")
    assert "there already" in " ".join(refused.stderr.split())
    deployment.kintrace("photo", "withdraw", photo, "--yes")
    assert deployment.json("card", "show", card, "--json")["subject"]["photos"] == []

    assert deployment.run("consent", "record", card, "--purpose", "face_search=perhaps").returncode == 1
    assert deployment.run("consent", "record", card).returncode == 1
    assert deployment.run("consent", "withdraw", card, "tracing", told="no\n").returncode == 1
    assert deployment.json("consent", "withdraw", card, "tracing", "--yes", "--json") == {"followed": "erased"}
    assert deployment.tombstones() == 1


def test_a_photo_with_several_faces_waits_for_a_choice(deployment, card, pairs, tmp_path):
    import numpy as np
    from PIL import Image

    two = tmp_path / "two.png"
    Image.fromarray(np.hstack([np.asarray(Image.open(pair[0]).convert("RGB")) for pair in pairs[:2]])).save(two)
    deployment.kintrace("consent", "record", card, "--purpose", "tracing=yes", "--purpose", "face_search=yes")
    (tmp_path / "no.jpg").write_text("no photo")
    ran = deployment.run("photo", "add", card, str(two), str(tmp_path / "no.jpg"), str(tmp_path / "absent.jpg"))
    assert ran.returncode == 3, ran.stderr
    assert "photo choose" in ran.stdout
    assert "cannot be read as a picture" in ran.stdout
    assert "absent.jpg" in ran.stderr
    photos = deployment.json("card", "show", card, "--json")["subject"]["photos"]
    chosen = next(each for each in photos if each["state"] == "choose")
    assert len(chosen["faces"]) == 2
    assert deployment.json("photo", "choose", chosen["id"], "2", "--json")["state"] == "done"


@pytest.fixture
def rows(tmp_path: Path, pairs) -> Path:
    """Three cards to import: a request and the person found, and a row that cannot be used."""
    folder = tmp_path / "rows"
    folder.mkdir()
    shutil.copy(pairs[0][0], folder / "one.jpg")
    shutil.copy(pairs[0][1], folder / "two.jpg")
    with (folder / "cards.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["kind", "full_name", "date_of_birth", "enquirer.full_name", "consent.capacity",
                        "consent.tracing", "consent.face_search", "photos"])  # fmt: skip
        agreed = ["best_interest", "yes", "yes"]
        table.writerow(["tracing_request", "Amal (invented)", "1987", "Karim (invented)", *agreed, "one.jpg"])
        table.writerow(["found_person", "A. (invented)", "", "", *agreed, "two.jpg;absent.jpg"])
        table.writerow(["found_person", "Quetzal (invented)", "some day", "", *agreed, ""])
    return folder


def test_an_import_twice_makes_nothing_new(deployment, rows):
    import json

    first = deployment.run("import", str(rows), "--json")
    assert first.returncode == 3, first.stderr
    told = json.loads(first.stdout)
    assert set(told) == {
        "cards", "photos", "known_cards", "known_photos", "photos_worked_on", "photo_states", "refused", "seconds",
    }  # fmt: skip
    assert (told["cards"], told["photos"], told["photo_states"]) == (2, 2, {"done": 2})
    assert sorted(each["where"] for each in told["refused"]) == ["cards.csv row 3, photo absent.jpg", "cards.csv row 4"]
    assert "Quetzal" not in first.stdout + first.stderr
    again = json.loads(deployment.run("import", str(rows), "--json").stdout)
    assert (again["cards"], again["photos"], again["known_cards"], again["known_photos"]) == (0, 0, 2, 2)
    assert len(deployment.json("card", "list", "--json")["cards"]) == 2
    assert deployment.json("card", "search", "1", "--json")["candidates"][0]["card"] == "test.kintrace/local/2"


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_ends_cleanly(deployment, rows, how):
    deployment.run("import", str(rows), "--no-faces")
    command = [sys.executable, "-m", "kintrace", "worker"]
    with subprocess.Popen(
        command, env=deployment.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr
        assert "Working" in running.stderr.readline()
        running.send_signal(how)
        told, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "worked on" in told
    assert deployment.sql("SELECT count(*) FROM casework_photo WHERE lease IS NOT NULL") == [(0,)]
    deployment.kintrace("worker", "--once")
    assert deployment.sql("SELECT state FROM casework_photo") == [("done",), ("done",)]
