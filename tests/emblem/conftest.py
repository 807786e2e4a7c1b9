"""A society and an authority with all they need, made once."""

from pathlib import Path

import pytest
from emblem_make import VECTORS, World, make_world

from kintrace.emblem import pkcs8


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Test data of other implementations, which lie in ``shared/`` beside the project."""
    assert (VECTORS / "README.md").is_file(), f"the test data of the emblem are not at {VECTORS}"
    return VECTORS


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """For tests that leave it as it is."""
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def own_world(tmp_path: Path) -> World:
    """For tests that change it."""
    return make_world(tmp_path)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are sealed with less work: their strength is not what is tested."""
    monkeypatch.setattr(pkcs8, "COST", 1 << 4)
    monkeypatch.setattr(pkcs8, "PARALLEL", 1)
