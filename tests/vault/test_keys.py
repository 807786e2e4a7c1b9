"""Keys are made once, moved, and destroyed for good, in every process."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.db.utils import IntegrityError

from kintrace.errors import KeyDestroyed, KeyMissing, SealBroken
from kintrace.vault import (
    Place,
    check,
    destroy,
    find_names,
    index_names,
    is_destroyed,
    keyring,
    living,
    move_person,
    new_office_key,
    new_person_key,
    new_person_keys,
    seal,
    secret,
    unseal,
)

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
HERE = Place("fact", "17", "content")
Another = Callable[[], UUID]


def test_a_key_that_exists_is_kept(person: UUID, office: UUID) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    new_office_key(office)
    new_person_key(person, office)
    assert unseal(person, HERE, sealed) == b"Ahmad"


def test_a_person_needs_an_office_with_a_key(vault: Path) -> None:
    with pytest.raises(KeyMissing):
        new_person_key(uuid4(), uuid4())


def test_many_keys_at_once(office: UUID) -> None:
    people = [uuid4() for _ in range(1203)]
    new_person_keys([(person, office) for person in people] * 2)
    assert living([*people, uuid4()]) == set(people)


def test_a_moved_person_reads_on_without_the_former_office(person: UUID, office: UUID) -> None:
    from kintrace.vault.models import OfficeKey

    sealed, elsewhere = seal(person, HERE, b"Ahmad"), uuid4()
    with pytest.raises(KeyMissing):
        move_person(person, elsewhere)
    new_office_key(elsewhere)
    move_person(person, elsewhere)
    move_person(person, elsewhere)
    OfficeKey.objects.filter(office=office).delete()
    keyring.forget()
    assert unseal(person, HERE, sealed) == b"Ahmad"


def test_a_wrapped_key_under_another_person_does_not_open(person: UUID, another: Another) -> None:
    from kintrace.vault.models import PersonKey

    other = another()
    PersonKey.objects.filter(person=other).update(wrapped=PersonKey.objects.get(person=person).wrapped)
    with pytest.raises(SealBroken):
        seal(other, HERE, b"Ahmad")


def test_a_destroyed_key_is_gone_for_good(person: UUID, another: Another, office: UUID) -> None:
    from kintrace.vault.models import PersonKey

    other = another()
    sealed, others = seal(person, HERE, b"Ahmad"), seal(other, HERE, b"Leyla")
    assert not is_destroyed(person)
    assert destroy([person, person, uuid4()]) == 1
    assert destroy([person]) == 0
    assert is_destroyed(person)
    assert living([person, other]) == {other}
    for act in (
        lambda: unseal(person, HERE, sealed),
        lambda: seal(person, HERE, b"Ahmad"),
        lambda: new_person_key(person, office),
        lambda: move_person(person, office),
        lambda: index_names(person, {"name": ["ahmad"]}),
    ):
        with pytest.raises(KeyDestroyed):
            act()
    row = PersonKey.objects.get(person=person)
    assert bytes(row.wrapped) == b""
    assert row.destroyed_at is not None
    assert unseal(other, HERE, others) == b"Leyla"


def test_none_of_a_batch_is_made_where_one_was_erased(person: UUID, office: UUID) -> None:
    destroy([person])
    fresh = uuid4()
    with pytest.raises(KeyDestroyed):
        new_person_keys([(fresh, office), (person, office)])
    assert living([fresh]) == set()


def test_erasure_takes_the_names_from_the_index(person: UUID, another: Another) -> None:
    other = another()
    for each in (person, other):
        index_names(each, {"name": ["ahmad"]})
    destroy([person])
    assert find_names({"name": ["ahmad"]}) == {other: 1}


def test_erasure_is_one_transaction(person: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    index_names(person, {"name": ["ahmad"]})

    def fail() -> None:
        raise IntegrityError

    monkeypatch.setattr("kintrace.vault.keys.renew", fail)
    with pytest.raises(IntegrityError):
        destroy([person])
    assert not is_destroyed(person)
    assert find_names({"name": ["ahmad"]}) == {person: 1}


def test_thousands_are_destroyed_in_batches(office: UUID) -> None:
    people = [uuid4() for _ in range(1100)]
    new_person_keys([(person, office) for person in people])
    assert destroy(people) == 1100
    assert living(people) == set()


def test_a_key_another_process_destroyed_is_not_used_from_memory(person: UUID) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    held = keyring._held  # what another process would have in memory
    assert person in held._people
    destroy([person])
    keyring._held = held
    with pytest.raises(KeyDestroyed):
        unseal(person, HERE, sealed)
    assert person not in keyring._held._people


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_key_destroyed_in_a_real_other_process_is_not_used(person: UUID) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            connections.close_all()
            os._exit(0 if destroy([person]) == 1 else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert person in keyring._held._people
    with pytest.raises(KeyDestroyed):
        unseal(person, HERE, sealed)


def test_a_secret_is_made_once(vault: Path) -> None:
    first = secret("blind-index")
    keyring.forget()
    assert len(first) == 32
    assert secret("blind-index") == first
    assert secret("other") != first


def test_a_sound_keyring_has_nothing_to_report(person: UUID, another: Another) -> None:
    index_names(person, {"name": ["ahmad"]})
    destroy([another()])
    seen: list[tuple[int, int]] = []
    assert check(lambda done, total: seen.append((done, total))) == []
    assert seen == [(2, 2)]


def test_what_is_broken_is_reported(vault: Path, person: UUID, another: Another, settings: object) -> None:
    from kintrace.vault import make_root_key
    from kintrace.vault.models import NameToken, OfficeKey, PersonKey

    other = another()
    secret("blind-index")
    PersonKey.objects.filter(person=other).update(wrapped=PersonKey.objects.get(person=person).wrapped)
    NameToken.objects.create(person=uuid4(), kind="name", token=bytes(16))
    assert [
        f"1 key of a person does not open: {other}.",
        "The blind index has 1 entries of persons without a key.",
    ] == check()
    PersonKey.objects.filter(person=other).update(office=uuid4())
    assert check()[0] == f"1 person's office has no key: {other}."
    make_root_key(vault / "other.key")
    settings.ROOT_KEY_FILE = vault / "other.key"  # type: ignore[attr-defined]
    problems = check()
    assert problems[0] == "1 secret does not open: blind-index."
    assert problems[1] == f"1 key of an office does not open: {OfficeKey.objects.get().office}."
    settings.ROOT_KEY_FILE = vault / "none.key"  # type: ignore[attr-defined]
    assert "cannot be read" in check()[0]


def test_secrets_are_not_in_errors_or_descriptions(vault: Path, person: UUID) -> None:
    import json

    from kintrace.vault import RootSource

    text = (vault / "root.key").read_text()
    value = json.loads(text)["key"][0]["keyData"]["value"]
    assert value not in repr(RootSource(text=text))
    assert value not in repr(keyring._held.__dict__)
    assert "linux" not in sys.platform or (vault / "root.key").stat().st_mode & 0o777 == 0o600
