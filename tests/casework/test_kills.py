"""Killed at random, in the middle of anything: nothing is lost, doubled, or readable that should not be.

A few kills run in CI. ``KINTRACE_KILLS=60 pytest tests/casework/test_kills.py`` runs so many of each kind.
"""

import csv
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from casework_help import CONSENT
from deployments import Deployment

KILLS = int(os.environ.get("KINTRACE_KILLS", "3"))
SCRIPT = Path(__file__).parents[1] / "kill_me.py"
PEOPLE = 24

pytestmark = pytest.mark.slow


@pytest.fixture
def rows(tmp_path: Path, lfw_photos: list[Path]) -> Path:
    """A folder to import: cards about invented people, each with a photo."""
    folder = tmp_path / "rows"
    folder.mkdir()
    with (folder / "cards.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["kind", "full_name", "consent.capacity", "consent.tracing", "consent.face_search", "photos"])
        for number in range(PEOPLE):
            photo = lfw_photos[number * 7]
            (folder / photo.name).write_bytes(photo.read_bytes())
            name = f"Person {number} (invented)"
            table.writerow(["found_person", name, CONSENT["capacity"], "yes", "yes", photo.name])
    return folder


def killed(deployment: Deployment, what: str, folder: Path, longest: float, seed: int) -> bool:
    """Run, and kill after a random while; whether it was still at work."""
    command = [sys.executable, str(SCRIPT), what, str(folder)]
    with subprocess.Popen(command, env=deployment.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "go\n"
        time.sleep(random.Random(seed).uniform(0, longest))
        process.kill()
        return "end" not in process.stdout.read()


def to_the_end(deployment: Deployment, *words: str) -> str:
    """Run without a kill; what was printed."""
    done = deployment.run(*words, script=SCRIPT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mended(deployment: Deployment) -> dict[str, list[dict]]:
    """End what a kill may leave, see that nothing is wrong then, and give everybody's photos by the name on their card."""
    told = json.loads(to_the_end(deployment, "mend", "."))
    assert told["problems"] == []
    return told["cards"]


def imported(deployment: Deployment, rows: Path) -> None:
    """Import to the end, without a kill."""
    to_the_end(deployment, "import", str(rows))


def test_killed_imports_lose_and_double_nothing(deployment, rows):
    hits = sum(killed(deployment, "import", rows, 1.0, seed) for seed in range(KILLS))
    mended(deployment)
    imported(deployment, rows)
    held = mended(deployment)
    assert sorted(held) == sorted(f"Person {number} (invented)" for number in range(PEOPLE))
    assert all(len(photos) == 1 for photos in held.values())
    imported(deployment, rows)
    assert mended(deployment) == held
    print(f"{hits} of {KILLS} kills hit the import at work")


def test_killed_erasures_leave_each_person_whole_or_gone(deployment, rows):
    imported(deployment, rows)
    for seed in range(KILLS):
        killed(deployment, "erase", rows, 0.5, seed)
        held = mended(deployment)
        assert all(len(photos) == 1 for photos in held.values())
        assert len(held) + deployment.tombstones() == PEOPLE
        if not held:
            break


def test_killed_rotations_lose_nothing(deployment, rows):
    imported(deployment, rows)
    before = mended(deployment)
    for seed in range(KILLS):
        killed(deployment, "rotate", rows, 2.0, seed)
    to_the_end(deployment, "rotate-once", ".")
    assert mended(deployment) == before


def test_killed_backups_leave_only_whole_backups(deployment, rows, tmp_path):
    imported(deployment, rows)
    before = mended(deployment)
    place = tmp_path / "backups"
    for seed in range(KILLS):
        killed(deployment, "backup", place, 1.5, seed)
    deployment.kintrace("backup", str(place))
    assert not list(place.rglob("*.part"))
    files = sorted(path for path in place.glob("*") if path.is_file())
    for file in {files[0], files[-1]}:
        deployment.kintrace("restore", str(file), "--yes")
        assert mended(deployment) == before
