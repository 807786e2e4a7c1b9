"""What the tests of emblems in the DNS share."""

from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[4] / "shared" / "emblem" / "vectors"


@pytest.fixture(scope="session")
def emblem_vectors() -> Path:
    """Test data of other implementations, which lie in ``shared/`` beside the project."""
    assert (VECTORS / "README.md").is_file(), f"the vectors are not at {VECTORS}"
    return VECTORS
