"""Sealed files and sealed rows: nothing readable on the disk."""

import base64
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from kintrace.errors import KeyDestroyed, SealBroken
from kintrace.vault import blob_ids, delete_blob, destroy, get_blob, index_names, put_blob, sealed_models

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
PHOTO = b"\xff\xd8\xff\xe0" + b"a face that nobody may see " * 5000
Another = Callable[[], UUID]


def test_a_file_comes_back(vault: Path, person: UUID) -> None:
    blob = put_blob(person, PHOTO)
    assert get_blob(person, blob) == PHOTO
    assert list(blob_ids()) == [blob]
    (file,) = (path for path in (vault / "blobs").rglob("*") if path.is_file())
    assert file.relative_to(vault / "blobs") == Path(blob[:2]) / blob
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_is_deleted_once_and_again(person: UUID) -> None:
    blob = put_blob(person, PHOTO)
    for _ in range(2):
        delete_blob(blob)
        with pytest.raises(FileNotFoundError):
            get_blob(person, blob)
    assert list(blob_ids()) == []


@pytest.mark.parametrize("name", ["", "../../root.key", "ab", "A" * 32])
def test_only_ids_name_files(person: UUID, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        get_blob(person, name)


def test_a_file_renamed_or_of_another_person_does_not_open(vault: Path, person: UUID, another: Another) -> None:
    blob = put_blob(person, PHOTO)
    with pytest.raises(SealBroken):
        get_blob(another(), blob)
    (vault / "blobs" / blob[:2] / blob).rename(vault / "blobs" / blob[:2] / (blob[:2] + "0" * 30))
    with pytest.raises(SealBroken):
        get_blob(person, blob[:2] + "0" * 30)


def test_an_erased_persons_file_does_not_open(person: UUID) -> None:
    blob = put_blob(person, PHOTO)
    destroy([person])
    with pytest.raises(KeyDestroyed):
        get_blob(person, blob)


def test_a_row_seals_and_unseals(notes: type, person: UUID) -> None:
    note = notes(person_id=person)
    note.seal(name="Ахмад", remark=b"\x00\x01")
    note.save(force_insert=True)
    found = notes.objects.get()
    assert found.unseal_text("name") == "Ахмад"
    assert found.unseal("remark") == b"\x00\x01"
    assert "Ахмад".encode() not in bytes(found.name)
    found.seal(name=None)
    found.save()
    assert notes.objects.get().name is None
    assert notes.objects.get().unseal("remark") == b"\x00\x01"


def test_a_value_copied_to_another_row_field_or_person_does_not_open(
    notes: type, person: UUID, another: Another
) -> None:
    note = notes(person_id=person)
    note.seal(name="Ahmad")
    elsewhere = [
        (notes(person_id=person, name=note.name), "name"),
        (notes(id=note.id, person_id=person, remark=note.name), "remark"),
        (notes(id=note.id, person_id=another(), name=note.name), "name"),
    ]
    for row, field in elsewhere:
        with pytest.raises(SealBroken):
            row.unseal(field)


def test_a_value_in_clear_cannot_be_saved(notes: type, person: UUID) -> None:
    for clear in (b"Ahmad", "Ahmad", b"A long name in clear, longer than forty bytes"):
        with pytest.raises(TypeError) as refused:
            notes(person_id=person, name=clear).save(force_insert=True)
        assert "Ahmad" not in str(refused.value)
    with pytest.raises(TypeError):
        notes(person_id=person).seal(photo=b"not a sealed field")


def test_the_fields_of_a_model_are_known(notes: type) -> None:
    assert notes.sealed_fields() == ["name", "remark"]
    assert notes.blob_fields() == ["photo"]
    assert notes not in sealed_models()  # it is in no app
    assert all(model.sealed_fields() or model.blob_fields() for model in sealed_models())


@pytest.mark.skipif("sqlite" not in connection.settings_dict["ENGINE"], reason="looks into SQLite's files")
def test_nothing_readable_is_in_any_file(vault: Path, notes: type, person: UUID) -> None:
    from kintrace.vault.models import PersonKey

    secret_name = "Wilhelmina Okonkwo-Petrov"
    note = notes(person_id=person, photo=put_blob(person, PHOTO))
    note.seal(name=secret_name, remark=PHOTO[:3000])
    note.save(force_insert=True)
    index_names(person, {"name": [secret_name]})
    wrapped = bytes(PersonKey.objects.get(person=person).wrapped)
    files = [Path(connections[alias].settings_dict["NAME"]) for alias in ("default", "keyring")]
    everything = b"".join(_bytes(file) for file in files) + b"".join(
        path.read_bytes() for path in (vault / "blobs").rglob("*") if path.is_file()
    )
    assert note.id.hex.encode() in everything  # we do look where the row is
    assert wrapped in everything
    for clear in (secret_name.encode(), secret_name.encode("utf-16-le"), b"Wilhelmina", PHOTO[:40], PHOTO[100:140]):
        for form in (clear, base64.b64encode(clear)[:-4], clear.hex().encode()):
            assert form not in everything
    destroy([person])
    assert wrapped not in _bytes(files[1]), "the wrapped key is still in the keyring's file"
    assert wrapped[40:80] not in _bytes(files[1])


def _bytes(file: Path) -> bytes:
    """All of a SQLite database: the file, its write-ahead log as it is, before and after a checkpoint."""
    content = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))
    return content


def test_ids_of_rows_are_there_before_saving(notes: type) -> None:
    assert notes(person_id=uuid4()).pk is not None
