"""The command as a user runs it: in a process of its own, on real photos."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from deployments import Deployment

pytestmark = pytest.mark.slow


def kintrace(environment: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    return Deployment(environment).run(*map(str, words))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, lfw: Path) -> Path:
    """Thirty photos, one of them of the person sought below, one of a wall, and two that are no photos."""
    place = tmp_path_factory.mktemp("photos")
    people = [path for path in sorted((lfw / "images").iterdir()) if len(list(path.iterdir())) == 1]
    for path in people[:30]:
        shutil.copy(next(path.iterdir()), place)
    shutil.copy(lfw / "images/Aaron_Eckhart/Aaron_Eckhart_0001.jpg", place / "first.jpg")
    (place / "broken.jpg").write_bytes((place / "first.jpg").read_bytes()[:1500])
    (place / "notes.png").write_text("no photo")
    (place / "readme.txt").write_text("left alone")
    return place


@pytest.fixture(scope="module")
def pair(lfw: Path) -> tuple[Path, Path]:
    """Two photos of one person."""
    person = next(path for path in sorted((lfw / "images").iterdir()) if len(list(path.iterdir())) >= 2)
    one, other, *_ = sorted(person.iterdir())
    return one, other


def test_search_lists_the_person_and_what_was_refused(folder: Path, environment, pair, tmp_path: Path) -> None:
    shutil.copy(pair[0], folder / "mate.jpg")
    ran = kintrace(
        environment, "search", pair[1], "--in", folder, "--face", "central", "--json", "--report", tmp_path / "r.html"
    )
    assert ran.returncode == 3, ran.stderr  # done, but two photos could not be used
    result = json.loads(ran.stdout)
    assert set(result) == {"pack", "collection", "searches", "refused_probes"}
    assert result["pack"] == "sface"
    refused = {Path(entry["photo"]).name: entry["error"] for entry in result["collection"]["refused"]}
    assert refused == {"broken.jpg": "TruncatedPhoto", "notes.png": "NotAPhoto"}
    first = result["searches"][0]["candidates"][0]
    assert Path(first["photo"]).name == "mate.jpg"
    assert set(first) == {
        "rank", "photo", "face", "box", "quality", "score", "log10_lr", "interval", "expected_lookalikes", "words", "cautions",
    }  # fmt: skip
    assert first["log10_lr"] > 2
    assert first["expected_lookalikes"] < 0.1
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "mate.jpg" in page
    assert (tmp_path / "r.html").stat().st_mode & 0o077 == 0

    again = json.loads(kintrace(environment, "search", pair[1], "--in", folder, "--face", "central", "--json").stdout)
    assert again["collection"]["from_cache"] == again["collection"]["photos"] - 2
    assert again["searches"] == result["searches"]

    (folder / "mate.jpg").unlink()
    gone = json.loads(kintrace(environment, "search", pair[1], "--in", folder, "--face", "central", "--json").stdout)
    assert "mate.jpg" not in json.dumps(gone["searches"])


def test_a_photo_with_several_faces_needs_a_choice(folder: Path, environment, lfw: Path, tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image

    photos = sorted(folder.glob("*_0001.jpg"))[:2]
    two = tmp_path / "two.png"
    Image.fromarray(np.hstack([np.asarray(Image.open(path).convert("RGB")) for path in photos])).save(two)
    ran = kintrace(environment, "compare", two, photos[0])
    assert ran.returncode == 1
    assert "faces" in ran.stderr
    assert "--face" in ran.stderr
    assert kintrace(environment, "compare", two, photos[0], "--face", "1", "--other-face", "central").returncode == 0
    assert "no number 9" in kintrace(environment, "compare", two, photos[0], "--face", "9").stderr
    assert kintrace(environment, "compare", two, photos[0], "--face", "nose").returncode == 1


def test_compare_says_it_in_a_sentence(environment, pair) -> None:
    ran = kintrace(environment, "compare", *pair, "--face", "central", "--gallery-size", "5000")
    assert ran.returncode == 0, ran.stderr
    assert "support to the view that these are the same person" in " ".join(ran.stdout.split())
    assert "5,000 people" in " ".join(ran.stdout.split())
    assert "%" not in ran.stdout
    table = json.loads(kintrace(environment, "compare", *pair, "--face", "central", "--json").stdout)
    assert {"pack", "score", "gallery_size", "log10_lr", "interval", "expected_lookalikes", "words", "photos"} <= set(
        table
    )


def test_errors_are_sentences(environment, tmp_path: Path) -> None:
    for words, told in (
        (["search", "absent.jpg", "--in", str(tmp_path)], "absent.jpg"),
        (["search", __file__, "--in", str(tmp_path)], "not a picture"),
        (["evaluate", "absent.csv"], "absent.csv"),
        (["models", "add", "../nowhere"], "pack.toml"),
        (["models", "remove", "sface"], "comes with Kintrace"),
        (["compare", "a.jpg", "b.jpg", "--packs", "nobody"], "nobody"),
    ):
        ran = kintrace(environment, *words)
        assert ran.returncode == 1, (words, ran.stdout, ran.stderr)
        assert told in " ".join(ran.stderr.split()), (words, ran.stderr)
        assert "Traceback" not in ran.stderr
    assert kintrace(environment, "search").returncode == 2


def test_doctor_and_models(environment) -> None:
    ran = kintrace(environment, "doctor", "--json")
    assert ran.returncode == 0, ran.stdout
    assert all(check["sound"] for check in json.loads(ran.stdout)["checks"])
    packs = json.loads(kintrace(environment, "models", "list", "--json").stdout)
    assert [pack["name"] for pack in packs["packs"]] == ["sface"]
    assert packs["calibrated"]
    assert kintrace(environment, "models", "verify").returncode == 0


def test_evaluate_prints_the_keys_that_were_promised(environment, lfw: Path, tmp_path: Path) -> None:
    lines = (lfw / "protocol.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    probes = [row for row in rows if row[2] == "probe"][:12]
    names = {row[1] for row in probes}
    chosen = probes + [row for row in rows if row[2] == "gallery" and row[1] in names]
    chosen += [row for row in rows if row[2] == "nonmated"][:12]
    protocol = tmp_path / "small.csv"
    protocol.write_text("\n".join([lines[0], *(",".join(row) for row in chosen)]) + "\n")
    ran = kintrace(
        environment, "evaluate", protocol, "--images", lfw, "--json", "--out", tmp_path / "out", "--degrade", "blur:2"
    )
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout)
    promised = {
        "gallery", "mated", "nonmated", "failure_to_acquire", "rank1", "rank20", "rank50", "fnir_at_fpir", "fmr_fnmr",
        "seconds_per_image", "pack",
    }  # fmt: skip
    assert promised <= set(figures)
    assert set(figures["fnir_at_fpir"]) == {"0.1", "0.01"}
    assert set(figures["fmr_fnmr"]) == {"0.001"}
    assert figures["failure_to_acquire"] == {"gallery": 0, "probe": 0, "nonmated": 0}
    assert figures["rank1"] > 0.8
    assert "blur:2" in figures["degraded"]
    assert json.loads((tmp_path / "out" / "figures.json").read_text()) == figures
    assert "<svg" in (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_leaves_nothing_half_written(environment, lfw: Path, tmp_path: Path) -> None:
    report = tmp_path / "page.html"
    probe = next((lfw / "images/Aaron_Eckhart").iterdir())
    running = subprocess.Popen(
        [sys.executable, "-m", "kintrace", "search", probe, "--in", lfw / "images", "--face", "central", "--report", report],
        env=environment, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a shell's `&` has it ignored
    )  # fmt: skip
    cache = Path(environment["KINTRACE_HOME"]) / "cache" / "cache.sqlite"
    deadline = time.monotonic() + 120
    while not cache.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130, told
    assert "Stopped" in told
    assert list(tmp_path.glob("*page*")) == []
