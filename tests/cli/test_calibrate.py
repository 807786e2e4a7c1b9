"""``kintrace calibrate``: from photos of known people to a file that searches use, and how honest it is on others."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kintrace.evidence import Calibration


@pytest.mark.slow
def test_a_calibration_of_ones_own_is_made_checked_and_used(environment, lfw: Path, tmp_path: Path) -> None:
    several = [path for path in sorted((lfw / "images").iterdir()) if len(list(path.iterdir())) >= 3][:110]
    rows = ["image,subject,role"]
    for person in several:
        first, *rest = sorted(person.iterdir())[:4]
        rows.append(f"images/{person.name}/{first.name},{person.name},gallery")
        rows += [f"images/{person.name}/{photo.name},{person.name},probe" for photo in rest]
    protocol = tmp_path / "known.csv"
    protocol.write_text("\n".join(rows) + "\n")
    ran = subprocess.run(
        [sys.executable, "-m", "kintrace", "calibrate", str(protocol), "--images", str(lfw), "--json"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    check = json.loads(ran.stdout)
    assert check["cllr_min"] <= check["cllr"] < 0.25
    place = Path(environment["KINTRACE_HOME"]) / "calibrations" / "calibration-sface.json"
    assert check["file"] == str(place)
    made = Calibration.load(place)
    assert made.pack == "sface"
    assert made.command.startswith("kintrace calibrate")
    assert str(tmp_path) not in place.read_text()
    assert made.source["people"] >= 25

    photos = sorted(several[0].iterdir())[:2]
    compared = subprocess.run(
        [sys.executable, "-m", "kintrace", "compare", *map(str, photos), "--face", "central", "--json"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    told = json.loads(compared.stdout)
    assert 10 ** told["log10_lr"] <= 110  # no more than the people it was made from can support

    place.write_text(place.read_text().replace('"pack": "sface"', '"pack": "other"'))
    refused = subprocess.run(
        [sys.executable, "-m", "kintrace", "compare", *map(str, photos), "--face", "central"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "changed" in refused.stderr
