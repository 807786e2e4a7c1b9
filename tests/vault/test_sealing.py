"""A value opens for its person at its place, and nowhere else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from kintrace.errors import KeyDestroyed, KeyMissing, SealBroken
from kintrace.vault import Place, destroy, keyring, seal, seal_many, unseal, unseal_many

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
HERE = Place("fact", "17", "content")
Another = Callable[[], UUID]


def test_a_value_comes_back(person: UUID) -> None:
    sealed = seal(person, HERE, "Ахмад".encode())
    assert unseal(person, HERE, sealed).decode() == "Ахмад"
    assert unseal(person, HERE, memoryview(sealed)) == unseal(person, HERE, sealed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "moved",
    [
        Place("fact", "18", "content"),
        Place("fact", "17", "reason"),
        Place("photo", "17", "content"),
        Place("fac", "t17", "content"),
        Place('fact","17', "", "content"),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(person: UUID, moved: Place) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    with pytest.raises(SealBroken) as broken:
        unseal(person, moved, sealed)
    assert "Ahmad" not in str(broken.value)


def test_a_value_moved_to_another_person_does_not_open(person: UUID, another: Another) -> None:
    with pytest.raises(SealBroken):
        unseal(another(), HERE, seal(person, HERE, b"Ahmad"))


@pytest.mark.parametrize("at", [0, 3, 8, -1])
def test_a_changed_value_does_not_open(person: UUID, at: int) -> None:
    sealed = bytearray(seal(person, HERE, b"Ahmad"))
    sealed[at] ^= 1
    with pytest.raises(SealBroken):
        unseal(person, HERE, bytes(sealed))


@pytest.mark.parametrize("junk", [b"", b"\1", b"Ahmad", bytes(100)])
def test_what_was_never_sealed_does_not_open(person: UUID, junk: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(person, HERE, junk)


def test_equal_values_do_not_look_equal(person: UUID) -> None:
    assert seal(person, HERE, b"Ahmad") != seal(person, HERE, b"Ahmad")


def test_a_person_without_a_key_is_an_error(office: UUID) -> None:
    with pytest.raises(KeyMissing):
        seal(uuid4(), HERE, b"Ahmad")
    with pytest.raises(KeyMissing):
        list(unseal_many([(uuid4(), HERE, b"")]))


def test_many_values_keep_their_order_and_pass_over_the_erased(another: Another) -> None:
    people = [another() for _ in range(5)]
    values = [
        (people[number % 5], Place("fact", str(number), "content"), str(number).encode()) for number in range(1200)
    ]
    sealed = [(person, place, data) for (person, place, _), data in zip(values, seal_many(values), strict=True)]
    destroy([people[2]])
    opened = list(unseal_many(sealed))
    assert opened == [None if number % 5 == 2 else str(number).encode() for number in range(1200)]
    with pytest.raises(KeyDestroyed):
        list(seal_many(values))


def test_a_batch_costs_few_queries(office: UUID, another: Another, django_assert_num_queries: Any) -> None:
    people = [another() for _ in range(50)]
    keyring.forget()
    values = [(person, HERE, b"Ahmad") for person in people]
    with django_assert_num_queries(3, using="keyring"):  # generation, persons, their office
        sealed = list(seal_many(values))
    with django_assert_num_queries(1, using="keyring"):
        list(unseal_many([(person, HERE, data) for person, data in zip(people, sealed, strict=True)]))


def test_the_process_keeps_few_keys(another: Another, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "HELD", 3)
    people = [another() for _ in range(9)]
    values = [(person, HERE, b"Ahmad") for person in people]
    sealed = [(person, HERE, data) for person, data in zip(people, seal_many(values), strict=True)]
    assert list(unseal_many(sealed)) == [b"Ahmad"] * 9
    assert len(keyring.current()._people) == 3
