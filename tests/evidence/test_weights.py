"""Every weight says where it is from, is used, and is on the page."""

import re
from pathlib import Path

import pytest

from kintrace.evidence import weights as module
from kintrace.evidence.weights import BASES, weights

ROOM = Path(module.__file__).parent


@pytest.mark.parametrize("name", weights())
def test_every_weight_has_its_source(name: str) -> None:
    entry = weights()[name]
    assert entry.basis in BASES
    if entry.basis == "published":
        assert re.search(r"(19|20)\d\d", entry.source), "a publication has a year"
    if entry.basis == "computed":
        assert "python tests/evidence/computed.py" in entry.source


@pytest.mark.parametrize("name", weights())
def test_every_weight_is_used(name: str) -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in ROOM.glob("*.py"))
    assert f'"{name}"' in code or f'"{name.split(".")[0]}.{{' in code


@pytest.mark.parametrize(
    "name", [name for name in weights() if name.startswith(("birth.", "places.home", "identifiers.same"))]
)
def test_shares_of_one_whole_add_up(name: str) -> None:
    value = weights()[name].value
    if (isinstance(value, dict) and {"same", "any"} <= set(value)) or name in ("places.home", "identifiers.same"):
        assert sum(value.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", ["whereabouts.soon", "whereabouts.later"])
def test_bands_add_up(name: str) -> None:
    assert sum(weights()[name].value) == pytest.approx(1)
    assert len(weights()[name].value) == len(weights()["whereabouts.bands"].value) + 1


def test_people_of_all_ages_add_up() -> None:
    assert sum(share for _, _, share in weights()["population.ages"].value) == pytest.approx(1)


def test_a_weight_without_a_source_is_refused(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "weights.toml").write_text('[sex.wrong]\nvalue = 0.1\nbasis = "estimate"\nsource = "so"\n')
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"sex\.wrong does not say where it is from"):
        weights.__wrapped__()
