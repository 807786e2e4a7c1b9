"""The keyring opened: unwrapped keys in memory, forgotten as soon as any process destroys or rotates one."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar
from uuid import UUID

import tink
from django.db import transaction
from tink import aead

from kintrace.errors import KeyMissing, SealBroken
from kintrace.vault.keysets import unwrap
from kintrace.vault.models import Generation, OfficeKey, PersonKey, Secret
from kintrace.vault.root import RootSource

KEYRING = "keyring"
"""Django's alias of the database."""
HELD = 2000
"""How many persons' keys a process keeps unwrapped."""
BATCH = 500
"""How many keys one query fetches, and one transaction changes."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Opened:
    """Keys unwrapped so far, all of one generation of the keyring."""

    def __init__(self, token: int | None) -> None:
        self.token = token
        self._root: aead.Aead | None = None
        self._offices: dict[UUID, aead.Aead] = {}
        self._people: OrderedDict[UUID, aead.Aead] = OrderedDict()
        self._secrets: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def root(self) -> aead.Aead:
        """The root key."""
        if self._root is None:
            self._root = RootSource.configured().aead()
        return self._root

    def office(self, office: UUID) -> aead.Aead:
        """An office's key.

        Raises:
            KeyMissing: the office has none.
            tink.TinkError: it does not open.
        """
        key = self._offices.get(office)
        if key is None:
            row = OfficeKey.objects.using(KEYRING).filter(office=office).first()
            if row is None:
                raise KeyMissing(f"The office {office} has no key in the keyring.", todo="Run “kintrace doctor”.")
            key = unwrap(row.wrapped, self.root(), office_name(office)).primitive(aead.Aead)
            self._offices[office] = key
        return key

    def people(self, persons: Collection[UUID]) -> dict[UUID, aead.Aead | None]:
        """Keys of persons; None for a destroyed one, no entry for a person who never had one.

        Raises:
            tink.TinkError: one does not open.
        """
        keys: dict[UUID, aead.Aead | None] = {}
        with self._lock:
            for person in persons:
                if person in self._people:
                    self._people.move_to_end(person)
                    keys[person] = self._people[person]
        rows = PersonKey.objects.using(KEYRING)
        for part in batches([person for person in persons if person not in keys], BATCH):
            for row in rows.filter(person__in=part):
                keys[row.person] = None
                if row.destroyed_at is None:
                    key = unwrap(row.wrapped, self.office(row.office), person_name(row.person)).primitive(aead.Aead)
                    keys[row.person] = key
                    with self._lock:
                        self._people[row.person] = key
                        if len(self._people) > HELD:
                            self._people.popitem(last=False)
        return keys

    def secret(self, name: str) -> bytes | None:
        """A secret of the deployment; None where it was not made yet.

        Raises:
            tink.TinkError: it does not open.
        """
        if name not in self._secrets:
            row = Secret.objects.using(KEYRING).filter(name=name).first()
            if row is None:
                return None
            self._secrets[name] = bytes(self.root().decrypt(bytes(row.wrapped), secret_name(name).encode()))
        return self._secrets[name]


_held = Opened(None)


def current() -> Opened:
    """The keys held by this process, if the keyring is still as it was; else none. Costs one small query."""
    return _of(Generation.objects.using(KEYRING).values_list("token", flat=True).filter(id=1).first())


def forget() -> None:
    """Forget all unwrapped keys."""
    global _held
    _held = Opened(None)


def _of(token: int | None) -> Opened:
    global _held
    held = _held
    if token is None or held.token != token:
        # A new object and not a cleared one: a thread that still fetches keys of the older generation keeps them to itself.
        held = _held = Opened(token)
    return held


def opening(action: Callable[[Opened], _Result]) -> _Result:
    """Do something with the open keyring.

    Raises:
        SealBroken: a wrapped key does not open, even after everything held was forgotten and read anew: a rotation may
            have changed the keys after we looked at the generation.
    """
    try:
        return action(current())
    except tink.TinkError:
        forget()
    try:
        return action(current())
    except tink.TinkError:
        raise _broken() from None


@contextmanager
def changing() -> Iterator[Opened]:
    """A transaction on the keyring that no other change of it can overlap; readers are not held up.

    What is wrapped inside is wrapped by the keys that hold: a rotation is either over, or has not begun.
    """
    with transaction.atomic(using=KEYRING):
        Generation.objects.using(KEYRING).get_or_create(id=1, defaults={"token": secrets.randbits(62)})
        token = Generation.objects.using(KEYRING).select_for_update().get(id=1).token
        try:
            yield _of(token)
        except tink.TinkError:
            forget()
            raise _broken() from None


def renew() -> None:
    """Make every process forget its unwrapped keys, as of this transaction's end. Only inside :func:`changing`."""
    Generation.objects.using(KEYRING).filter(id=1).update(token=secrets.randbits(62))


def secret(name: str) -> bytes:
    """A secret of the deployment, 32 bytes, made at its first use.

    Raises:
        SealBroken: the root key is not the one that wrapped it.
    """
    found = opening(lambda opened: opened.secret(name))
    if found is None:
        with changing() as opened:
            found = opened.secret(name)
            if found is None:
                found = secrets.token_bytes(32)
                wrapped = opened.root().encrypt(found, secret_name(name).encode())
                Secret.objects.using(KEYRING).create(name=name, wrapped=wrapped)
    return found


def secret_name(name: str) -> str:
    """What a secret is wrapped as."""
    return f"secret:{name}"


def office_name(office: UUID) -> str:
    """What an office's key is wrapped as."""
    return f"office:{office}"


def person_name(person: UUID) -> str:
    """What a person's key is wrapped as."""
    return f"person:{person}"


def batches(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """The items in lists of at most ``size``."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def _broken() -> SealBroken:
    return SealBroken(
        "A key in the keyring does not open.",
        kept="Nothing was changed.",
        todo="The root key is not the one the keyring was made with, or the keyring is damaged: run “kintrace doctor”.",
    )
