"""Records made by an earlier release are brought to this one's form, and nothing of them is lost."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from casework_help import found_form, request_form
from deployments import Deployment, databases

ROOT = Path(__file__).parents[2]
RELEASES = {"before photos could say the largest face": "e157a53", "before photos were checked": "be61a9e"}
"""Commits of earlier releases: their own program, out of the history, makes the records."""


BEFORE_NEAR_FACES = "fcdf965"
"""The last one that compared all faces whenever somebody looked for one face on many cards."""


@contextmanager
def released(commit, tmp_path, environment):
    """A data folder made by an earlier release: how to run its command, and the same folder for this release."""
    source = tmp_path / "release"
    source.mkdir()
    packed = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True)
    if packed.returncode:
        pytest.skip("this copy of the project has no history, so no earlier release to make records with")
    subprocess.run(["tar", "-x", "-C", str(source)], input=packed.stdout, check=True)
    with databases(environment) as environment:
        before = {**environment, "PYTHONPATH": str(source / "src"), "KINTRACE_DATA": str(tmp_path / "data"),
                  "KINTRACE_USER": "officer"}  # fmt: skip

        def run(*arguments):
            done = subprocess.run(
                [sys.executable, "-m", "kintrace", *arguments], env=before, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        where = subprocess.run([sys.executable, "-c", "import kintrace; print(kintrace.__file__)"], env=before, text=True,
                               capture_output=True).stdout  # fmt: skip
        assert where.startswith(str(source)), "the earlier release did not run"
        run("init", "--domain", "test.kintrace")
        yield run, Deployment({**before, "PYTHONPATH": os.environ.get("PYTHONPATH", "")})


@pytest.fixture(params=RELEASES.values(), ids=RELEASES)
def old(request, tmp_path, environment, lfw_photos):
    """A data folder made and filled by an earlier release."""
    with released(request.param, tmp_path, environment) as (run, now):
        photos = [{"path": str(lfw_photos[0]), "face": 1}, {"path": str(lfw_photos[1]), "origin": "social_media"}]
        for form in (request_form("Олена Приклад (invented)"), found_form("Olena Pryklad (invented)", photos=photos)):
            (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
            run("card", "new", "--from", str(tmp_path / "form.json"))
        yield now, run("card", "show", "1", "--json")


@pytest.mark.slow
def test_records_of_an_earlier_release_are_brought_to_this_one(old):
    deployment, shown = old
    refused = deployment.run("card", "show", "1")
    assert refused.returncode == 1
    assert "kintrace migrate" in " ".join(refused.stderr.split())
    deployment.kintrace("migrate")
    before, now = json.loads(shown), deployment.json("card", "show", "1", "--json")
    assert {name: now[name] for name in before} == before  # a later release may tell more, and never less
    faces = [each["face"] for each in deployment.json("card", "show", "2", "--json")["subject"]["photos"]]
    assert faces == ["1", ""]
    assert "already" in deployment.kintrace("migrate")
    ids = [each["id"] for each in deployment.json("card", "show", "2", "--json")["subject"]["photos"]]
    unlooked = [deployment.json("photo", "show", each, "--json") for each in ids]
    assert [(each["checked"], each["assessment"]["state"]) for each in unlooked] == [
        (False, "usable"),
        (False, "lead_only"),
    ]
    deployment.kintrace("worker", "--once")
    after = [deployment.json("photo", "show", each, "--json") for each in ids]
    assert [(each["checked"], each["assessment"]["state"]) for each in after] == [(True, "usable"), (True, "lead_only")]
    assert [each["state"] for each in after] == [each["state"] for each in unlooked]
    assert all(each["words"] for each in after)
    deployment.kintrace("doctor")
    deployment.kintrace("ledger", "verify")


@pytest.mark.slow
def test_faces_of_an_earlier_release_are_compared_once_by_the_worker(tmp_path, environment, lfw_photos):
    with released(BEFORE_NEAR_FACES, tmp_path, environment) as (run, now):
        for name in ("Amal Sayegh (invented)", "Amal Sayigh (invented)"):
            form = {**request_form(name), "photos": [{"path": str(lfw_photos[0]), "face": 1}]}
            (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
            run("card", "new", "--from", str(tmp_path / "form.json"))
        before = json.loads(run("photo", "groups", "--json"))["groups"]
        assert [len(group["cards"]) for group in before] == [2]
        now.kintrace("migrate")
        assert now.json("photo", "groups", "--json") == {"groups": [], "not_compared": 2}
        said = now.run("photo", "groups").stderr
        assert "2 photos were not compared yet" in " ".join(said.split())
        now.kintrace("worker", "--once")
        assert now.json("photo", "groups", "--json") == {"groups": before, "not_compared": 0}
        now.kintrace("doctor")
