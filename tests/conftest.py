"""What many tests need: the shared photos, and an environment that leaves the user's own Kintrace alone."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(autouse=True, scope="session")
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the model packs and caches of whoever runs it."""
    os.environ["KINTRACE_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.pop("KINTRACE_PACKS", None)
    os.environ.pop("KINTRACE_ENGINE", None)


@pytest.fixture(scope="session")
def lfw() -> Path:
    """The development half of Labeled Faces in the Wild, which lies in ``shared/`` beside the project."""
    place = SHARED / "faces" / "lfw-dev"
    assert (place / "protocol.csv").is_file(), f"the test photos are not at {place}"
    return place


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """For commands run as a user runs them: an empty home of Kintrace's own."""
    return {**os.environ, "KINTRACE_HOME": str(tmp_path / "home")}


@pytest.fixture(scope="session")
def lfw_photos(lfw: Path) -> list[Path]:
    """All its photos, sorted."""
    photos = sorted(lfw.glob("images/*/*.jpg"))
    assert len(photos) > 3000, f"photos are missing from {lfw}"
    return photos
