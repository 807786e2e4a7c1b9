"""DESIGN.md §5 rule 4: no “% match”; the ratio in words and numbers, look-alikes beside it; an empty list is a good answer."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kintrace.evidence import sentence
from kintrace.faces import active_packs
from kintrace.folder import calibration_for


def test_no_sentence_about_a_likeness_holds_a_percentage() -> None:
    calibration = calibration_for(active_packs("sface"))
    assert calibration is not None
    for score in np.linspace(-1, 1, 81):
        for quality in (5, 70, 95):
            words = sentence(calibration.weigh(float(score), quality, 100, gallery_size=5000))
            assert "%" not in words
            assert "percent" not in words.lower()
            assert "strangers would be expected" in words


@pytest.mark.slow
def test_search_never_fills_the_list_and_always_states_look_alikes(tmp_path: Path, lfw: Path, environment) -> None:
    people = sorted(path for path in (lfw / "images").iterdir() if len(list(path.iterdir())) == 1)[:60]
    folder = tmp_path / "photos"
    folder.mkdir()
    for person in people[:50]:
        photo = next(person.iterdir())
        (folder / photo.name).write_bytes(photo.read_bytes())
    strangers = [str(next(person.iterdir())) for person in people[50:]]
    ran = subprocess.run(
        [sys.executable, "-m", "kintrace", "search", *strangers, "--in", str(folder), "--face", "central", "--json"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    searches = json.loads(ran.stdout)["searches"]
    assert len(searches) == 10
    assert sum(not search["candidates"] for search in searches) >= 8
    for candidate in (candidate for search in searches for candidate in search["candidates"]):
        assert candidate["expected_lookalikes"] > 0
        assert not re.search(r"%|percent", candidate["words"])
