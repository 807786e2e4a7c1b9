"""What many tests need: the shared photos, and an environment that leaves the user's own Kintrace alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A slow machine is no fault of the program: nothing here asserts a time.
settings.register_profile("kintrace", deadline=None)
settings.load_profile("kintrace")

pytest_plugins = ("casework_fixtures",)
SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(autouse=True, scope="session")
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the model packs and caches of whoever runs it."""
    os.environ["KINTRACE_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.pop("KINTRACE_PACKS", None)
    os.environ.pop("KINTRACE_ENGINE", None)


@pytest.fixture(autouse=True, scope="session")
def _ledger_flush() -> Iterator[None]:
    """Between tests with transactions of their own Django empties all tables, which the ledger's triggers refuse: for that
    moment, and only in tests, they are dropped. Nothing in ``src`` can do so but the migration undone. Django's own content types
    and permissions, which Kintrace's roles do not use, are not made anew each time."""
    from django.core.management.commands import flush as flushing
    from django.db.backends.base.operations import BaseDatabaseOperations

    from kintrace.ledger import triggers

    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded(self: Any, statements: list[str]) -> None:
        ledger = any(triggers.ENTRIES in statement for statement in statements)
        drop, create = triggers.drop(self.connection.vendor), triggers.create(self.connection.vendor)
        flush(self, [*drop, *statements, *create] if ledger else statements)

    BaseDatabaseOperations.execute_sql_flush = unguarded
    told, flushing.emit_post_migrate_signal = flushing.emit_post_migrate_signal, lambda *_, **__: None
    yield
    flushing.emit_post_migrate_signal = told
    BaseDatabaseOperations.execute_sql_flush = flush


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
