"""A vault of the test's own: a root key, a folder for files, an office."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kintrace.vault import make_root_key, new_office_key, new_person_key


@pytest.fixture
def vault(transactional_db: None, settings: object, tmp_path: Path) -> Iterator[Path]:
    """The folder of an empty vault with a root key in ``root.key``."""
    from kintrace.vault import keyring

    folder = tmp_path / "vault"
    folder.mkdir()
    settings.ROOT_KEY, settings.ROOT_KEY_URI, settings.ROOT_KEY_FILE = "", "", folder / "root.key"  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        "blobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": str(folder / "blobs"),
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    }
    make_root_key(folder / "root.key")
    keyring.forget()
    yield folder
    keyring.forget()


@pytest.fixture
def office(vault: Path) -> UUID:
    office = uuid4()
    new_office_key(office)
    return office


@pytest.fixture
def person(office: UUID) -> UUID:
    return _person(office)


@pytest.fixture
def another(office: UUID) -> Callable[[], UUID]:
    """Makes one more person of the office."""
    return lambda: _person(office)


def _person(office: UUID) -> UUID:
    person = uuid4()
    new_person_key(person, office)
    return person


@pytest.fixture
def notes(vault: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    """The table of notes about persons, as one the rotation knows."""
    import vault_sample

    vault_sample.make_table()
    monkeypatch.setattr("kintrace.vault.people.sealed_models", lambda: [vault_sample.Note])
    yield vault_sample.Note
    vault_sample.drop_table()
