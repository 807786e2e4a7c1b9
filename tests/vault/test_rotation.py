"""Every level of keys is renewed while everybody goes on reading, and a run that was killed goes on where it was."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from kintrace.errors import KeyMissing, RootKeyError, SealBroken
from kintrace.vault import (
    Place,
    blob_ids,
    check,
    destroy,
    get_blob,
    keyring,
    new_office_key,
    new_person_key,
    new_person_keys,
    put_blob,
    rotate_office,
    rotate_person_keys,
    rotate_root,
    seal,
    secret,
    unseal,
)

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
HERE = Place("fact", "17", "content")
Another = Callable[[], UUID]


class Stop(Exception):
    """Raised where a run is to break off."""


def stop(*_: int) -> None:
    raise Stop


def _keys(vault: Path) -> int:
    return len(json.loads((vault / "root.key").read_text())["key"])


def _everything() -> dict[str, bytes]:
    from kintrace.vault.models import OfficeKey, PersonKey

    rows = {str(row.pk): bytes(row.wrapped) for row in OfficeKey.objects.all()}
    return rows | {str(row.pk): bytes(row.wrapped) for row in PersonKey.objects.all()}


def test_a_new_root_key_replaces_the_old_one(vault: Path, person: UUID, office: UUID) -> None:
    sealed, index, before = seal(person, HERE, b"Ahmad"), secret("blind-index"), (vault / "root.key").read_text()
    wrapped = _everything()
    rotate_root()
    assert _keys(vault) == 1
    assert (vault / "root.key").read_text() != before
    assert (vault / "root.key").stat().st_mode & 0o777 == 0o600
    assert _everything()[str(office)] != wrapped[str(office)]
    assert unseal(person, HERE, sealed) == b"Ahmad"
    assert secret("blind-index") == index
    assert check() == []
    (vault / "root.key").write_text(before)
    keyring.forget()
    with pytest.raises(SealBroken):
        unseal(person, HERE, sealed)


def test_a_root_rotation_broken_off_goes_on(vault: Path, person: UUID) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    with pytest.raises(Stop):
        rotate_root(progress=stop)
    assert _keys(vault) == 2
    assert any("not finished" in problem for problem in check())
    assert unseal(person, HERE, sealed) == b"Ahmad"
    rotate_root()
    assert _keys(vault) == 1
    assert unseal(person, HERE, sealed) == b"Ahmad"
    assert check() == []


def test_a_process_that_holds_the_old_root_key_reads_and_writes_on(vault: Path, person: UUID) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    stale = keyring._held
    made: list[UUID] = []

    def meanwhile(*_: int) -> None:
        keyring._held = stale  # as in a process that has read nothing since
        made.append(uuid4())
        new_office_key(made[-1])
        assert unseal(person, HERE, sealed) == b"Ahmad"

    rotate_root(progress=meanwhile)
    rotate_office(progress=meanwhile)
    assert made
    new_person_keys([(uuid4(), office) for office in made])
    assert check() == []


def test_no_root_key_is_dropped_that_something_is_still_under(
    vault: Path, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kintrace.vault import rotation

    sealed, wrap_all, calls = seal(person, HERE, b"Ahmad"), rotation._wrap_all, []

    def missing_the_first_time(*given: Any) -> None:
        calls.append(given)
        if len(calls) > 1:
            wrap_all(*given)

    monkeypatch.setattr(rotation, "_wrap_all", missing_the_first_time)
    rotate_root()
    assert len(calls) == 2
    assert unseal(person, HERE, sealed) == b"Ahmad"
    assert check() == []


def test_a_root_key_that_cannot_be_read_stops_the_rotation(vault: Path, person: UUID) -> None:
    (vault / "root.key").chmod(0o644)
    with pytest.raises(RootKeyError):
        rotate_root()


def test_an_office_gets_a_new_key_and_the_others_keep_theirs(person: UUID, office: UUID) -> None:
    elsewhere, stranger = uuid4(), uuid4()
    new_office_key(elsewhere)
    new_person_key(stranger, elsewhere)
    sealed, before = seal(person, HERE, b"Ahmad"), _everything()
    seen: list[tuple[int, int]] = []
    rotate_office(office, lambda done, total: seen.append((done, total)))
    after = _everything()
    assert {key for key in before if before[key] != after[key]} == {str(office), str(person)}
    assert seen == [(1, 1)]
    assert unseal(person, HERE, sealed) == b"Ahmad"
    assert check() == []
    with pytest.raises(KeyMissing):
        rotate_office(uuid4())


def test_an_office_rotation_broken_off_goes_on(office: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    from kintrace.vault.models import OfficeKey, Rotation

    monkeypatch.setattr("kintrace.vault.rotation.BATCH", 10)
    people = [uuid4() for _ in range(35)]
    new_person_keys([(person, office) for person in people])
    erased = people.pop()
    destroy([erased])
    sealed = {person: seal(person, HERE, b"Ahmad") for person in people}
    with pytest.raises(Stop):
        rotate_office(progress=stop)
    assert OfficeKey.objects.get().turned_at is not None
    keyring.forget()
    assert all(unseal(person, HERE, sealed[person]) == b"Ahmad" for person in people)
    made_at = OfficeKey.objects.get().made_at
    seen: list[int] = []
    rotate_office(progress=lambda done, total: seen.append(done))
    assert seen == [10, 20, 30, 34]
    assert OfficeKey.objects.get().made_at == made_at  # the same new key, not one more
    assert not Rotation.objects.exists()
    keyring.forget()
    assert all(unseal(person, HERE, sealed[person]) == b"Ahmad" for person in people)
    assert check() == []


def _note(notes: Any, person: UUID, name: str) -> Any:
    note = notes(person_id=person, photo=put_blob(person, name.encode()))
    note.seal(name=name)
    note.save(force_insert=True)
    return note


def _reads(notes: Any, note: Any, name: str) -> bool:
    found = notes.objects.get(pk=note.pk)
    return found.unseal_text("name") == name and get_blob(found.person_id, found.photo) == name.encode()


def test_a_person_gets_a_new_key_and_everything_is_sealed_anew(notes: Any, person: UUID, another: Another) -> None:
    from kintrace.vault.models import PersonKey

    other = another()
    note, others = _note(notes, person, "Ahmad"), _note(notes, other, "Leyla")
    former = bytes(PersonKey.objects.get(person=person).wrapped)
    rotate_person_keys([person], settle=0)
    fresh = notes.objects.get(pk=note.pk)
    assert bytes(fresh.name) != bytes(note.name)
    assert fresh.photo != note.photo
    assert sorted(blob_ids()) == sorted([fresh.photo, others.photo])
    assert _reads(notes, note, "Ahmad")
    assert bytes(notes.objects.get(pk=others.pk).name) == bytes(others.name)
    with pytest.raises(SealBroken):
        note.unseal("name")  # the former ciphertext, as in an older backup
    assert check() == []
    PersonKey.objects.filter(person=person).update(wrapped=former)
    keyring.forget()
    with pytest.raises(SealBroken):
        fresh.unseal("name")


def test_everybodys_rotation_broken_off_goes_on(notes: Any, another: Another, monkeypatch: pytest.MonkeyPatch) -> None:
    from kintrace.vault.models import PersonKey, Rotation

    monkeypatch.setattr("kintrace.vault.people.PEOPLE", 2)
    kept = {another(): name for name in ("Ahmad", "Leyla", "Oksana", "Tomas", "Amina")}
    made = {person: _note(notes, person, name) for person, name in kept.items()}
    erased = another()
    _note(notes, erased, "Erased")
    destroy([erased])
    for steps in range(1, 7):
        count = iter(range(steps))

        def breaking(*_: int, count: Any = count) -> None:
            if next(count, None) is None:
                raise Stop

        try:
            rotate_person_keys(progress=breaking, settle=0)
        except Stop:
            assert any("not finished" in problem for problem in check())
        assert all(_reads(notes, made[person], name) for person, name in kept.items())
    rotate_person_keys(settle=0)
    assert all(_reads(notes, made[person], name) for person, name in kept.items())
    assert not Rotation.objects.exists()
    assert not PersonKey.objects.filter(turned_at__isnull=False).exists()
    assert check() == []


def test_what_was_sealed_before_and_saved_late_is_not_lost(notes: Any, person: UUID) -> None:
    late = notes(person_id=person, photo=put_blob(person, b"Late"))
    late.seal(name="Late")
    note = _note(notes, person, "Ahmad")

    def meanwhile(done: int, total: int) -> None:
        if done == 1:  # sealed under the older key, and saved only now
            late.save(force_insert=True)
            note.save()  # a whole row as it was read before

    rotate_person_keys(progress=meanwhile, settle=0)
    assert _reads(notes, late, "Late")
    assert _reads(notes, note, "Ahmad")
    assert check() == []


def test_a_value_that_does_not_open_costs_nobody_a_key(notes: Any, person: UUID, another: Another) -> None:
    other = another()
    good, fine = _note(notes, person, "Ahmad"), _note(notes, other, "Leyla")
    bad = _note(notes, person, "Bad")
    notes.objects.filter(pk=bad.pk).update(name=bytes(fine.name))
    with pytest.raises(SealBroken, match="Of 1 persons"):
        rotate_person_keys(settle=0)
    assert _reads(notes, good, "Ahmad")
    assert _reads(notes, fine, "Leyla")
    assert check()
    notes.objects.filter(pk=bad.pk).update(name=bytes(bad.name))  # taken from a backup: the older key is still there
    rotate_person_keys(settle=0)
    assert _reads(notes, bad, "Bad")
    assert check() == []


def test_a_person_erased_meanwhile_stays_erased(notes: Any, person: UUID, another: Another) -> None:
    from kintrace.vault.models import PersonKey

    other = another()
    _note(notes, person, "Ahmad")
    note = _note(notes, other, "Leyla")
    rotate_person_keys(progress=lambda *_: destroy([person]), settle=0)
    assert bytes(PersonKey.objects.get(person=person).wrapped) == b""
    assert _reads(notes, note, "Leyla")
    assert check() == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_every_statement(tmp_path: Path) -> None:
    here = Path(__file__).parent
    environment = {
        **os.environ,
        "KINTRACE_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "vault_settings",
        "PYTHONPATH": str(here),
    }
    for name in ("KINTRACE_DATABASE_URL", "KINTRACE_ROOT_KEY_FILE"):
        environment.pop(name, None)
    run = subprocess.run(
        [sys.executable, str(here / "kill_rotations.py")], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["kills"] >= 50
