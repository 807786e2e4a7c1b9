"""Sealing and unsealing values under a person's key, bound to the place they belong to."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import tink

from kintrace.errors import SealBroken
from kintrace.vault.keyring import BATCH, batches, opening
from kintrace.vault.keys import destroyed, missing
from kintrace.vault.place import Place, associated


def seal(person: UUID, place: Place, data: bytes) -> bytes:
    """Encrypt a value under a person's key. It opens only for the same person at the same place.

    Raises:
        KeyDestroyed: the person was erased.
        KeyMissing: the person has no key.
    """
    return next(seal_many([(person, place, data)]))


def unseal(person: UUID, place: Place, sealed: bytes) -> bytes:
    """What :func:`seal` sealed.

    Raises:
        KeyDestroyed: the person was erased.
        KeyMissing: the person has no key.
        SealBroken: it was changed, or it belongs to another person or place.
    """
    data = next(unseal_many([(person, place, sealed)]))
    if data is None:
        raise destroyed(person)
    return data


def seal_many(values: Iterable[tuple[UUID, Place, bytes]]) -> Iterator[bytes]:
    """Many values, each as :func:`seal` does, in the order given; keys are fetched some hundreds at a time."""
    for part in batches(values, BATCH):
        people = {person for person, _, _ in part}
        keys = opening(lambda opened, people=people: opened.people(people))  # type: ignore[misc]
        for person, place, data in part:
            if person not in keys:
                raise missing(person)
            if (key := keys[person]) is None:
                raise destroyed(person)
            yield bytes(key.encrypt(data, associated(person, place)))


def unseal_many(values: Iterable[tuple[UUID, Place, bytes]]) -> Iterator[bytes | None]:
    """Many values, each as :func:`unseal` does, in the order given; None for a person who was erased."""
    for part in batches(values, BATCH):
        people = {person for person, _, _ in part}
        keys = opening(lambda opened, people=people: opened.people(people))  # type: ignore[misc]
        for person, place, sealed in part:
            if person not in keys:
                raise missing(person)
            key = keys[person]
            if key is None:
                yield None
                continue
            try:
                data = bytes(key.decrypt(bytes(sealed), associated(person, place)))
            except tink.TinkError:
                raise SealBroken(
                    f"A sealed value does not open: {place.table}, row {place.row}, field {place.field}.",
                    kept="It was left as it is.",
                    todo="It was changed, or moved from another place: take the row from a backup.",
                ) from None
            yield data
