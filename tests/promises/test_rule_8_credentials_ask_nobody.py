"""DESIGN.md §5 rule 8, of content credentials: nothing is fetched, though a file asks for it."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from files import photo, saved
from signing import authority, signed
from test_rule_8_no_outbound_network import HERE, namespaced


def test_inspecting_a_photo_reaches_nothing(tmp_path: Path, environment: dict[str, str]) -> None:
    note, file, trust = tmp_path / "attempts", tmp_path / "photo.jpg", tmp_path / "trust.pem"
    note.touch()
    trust.write_bytes(authority().pem)
    for remote, state, elsewhere in (("", "trusted", False), ("http://192.0.2.1/manifest.c2pa", "absent", True)):
        file.write_bytes(signed(saved(photo(), "JPEG"), remote=remote))
        ran = subprocess.run(
            [*namespaced(), sys.executable, str(HERE / "no_network.py"), str(note),
             "photo", "inspect", str(file), "--trust", str(trust), "--json"],
            capture_output=True, text=True, timeout=60, env=environment,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert note.read_text() == ""
        found = json.loads(ran.stdout)["credentials"]
        assert (found["state"], found["elsewhere"]) == (state, elsewhere)


def test_the_settings_that_forbid_it_are_the_ones_used() -> None:
    from kintrace.provenance.credentials import OFFLINE

    assert OFFLINE["verify"]["remote_manifest_fetch"] is False
    assert OFFLINE["verify"]["ocsp_fetch"] is False
    assert OFFLINE["core"]["allowed_network_hosts"] == []
