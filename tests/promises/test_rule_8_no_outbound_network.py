"""DESIGN.md §5 rule 8: no outbound network by default; no face leaves the machine to anyone's cloud."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def namespaced() -> list[str]:
    """A command that runs another without any network, where the system allows it."""
    for way in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*way, "true"], capture_output=True).returncode == 0:
            return way
    return []


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "agency"), [("openvino", "--agency"), ("onnxruntime", "--no-agency")])
def test_the_demo_reaches_nothing(tmp_path: Path, engine: str, agency: str) -> None:
    note = tmp_path / "attempts"
    note.touch()
    ran = subprocess.run(
        [*namespaced(), sys.executable, str(HERE / "no_network.py"), str(note), "demo", agency,
         "--out", str(tmp_path / "demo")],
        capture_output=True, text=True, timeout=500,
        env={**os.environ, "KINTRACE_ENGINE": engine, "KINTRACE_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert note.read_text() == ""
    page = (tmp_path / "demo" / "index.html").read_text(encoding="utf-8")
    assert "http:" not in page
    assert "https:" not in page
    assert "Candidate 1" in page


@pytest.mark.slow
def test_the_records_reach_nothing(tmp_path: Path, lfw_photos: list[Path]) -> None:
    rows = ["kind,full_name,enquirer.full_name,consent.capacity,consent.tracing,consent.face_search,photos"]
    for number, kind in enumerate(("tracing_request", "found_person")):
        asks = "Karim (invented)" if number == 0 else ""
        shutil.copy(lfw_photos[number], tmp_path / f"{number}.jpg")
        rows.append(f"{kind},Amal (invented),{asks},best_interest,yes,yes,{number}.jpg#largest")
    (tmp_path / "cards.csv").write_text("\n".join(rows), encoding="utf-8")
    note = tmp_path / "attempts"
    note.touch()
    environment = {**os.environ, "KINTRACE_HOME": str(tmp_path / "home"), "KINTRACE_DATA": str(tmp_path / "data")}
    for words in (
        ["init"], ["import", str(tmp_path)], ["card", "search", "1", "--nearest"], ["backup", str(tmp_path / "backup")],
        ["breach-drill"], ["card", "erase", "2", "--yes"], ["doctor"],
    ):  # fmt: skip
        ran = subprocess.run(
            [*namespaced(), sys.executable, str(HERE / "no_network.py"), str(note), *words],
            capture_output=True, text=True, timeout=300, env=environment,
        )  # fmt: skip
        assert ran.returncode == 0, (words, ran.stdout, ran.stderr)
        assert note.read_text() == "", words


def test_the_prohibition_is_one(tmp_path: Path) -> None:
    note = tmp_path / "attempts"
    code = (
        f"import sys; sys.path.insert(0, {str(HERE)!r}); import no_network, socket; no_network.forbid({str(note)!r})\n"
        "try: socket.create_connection(('127.0.0.1', 9))\nexcept OSError as e: print(e)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "forbidden" in ran.stdout
    assert "socket.getaddrinfo" in note.read_text()


def test_the_telemetry_of_openvino_is_not_installed() -> None:
    assert importlib.util.find_spec("openvino_telemetry") is None
    lock = (HERE.parents[1] / "requirements.lock").read_text()
    assert "\nopenvino-telemetry" not in lock
