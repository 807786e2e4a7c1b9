"""Whether every key opens, and no rotation is half done: what ``kintrace doctor`` asks of the vault."""

from collections.abc import Callable, Iterable
from uuid import UUID

import tink

from kintrace.errors import KeyMissing, KintraceError
from kintrace.vault.keyring import BATCH, KEYRING, Opened, forget, office_name, person_name, secret_name
from kintrace.vault.keysets import size, unwrap
from kintrace.vault.models import NameToken, OfficeKey, PersonKey, Rotation, Secret
from kintrace.vault.root import RootSource


def check(progress: Callable[[int, int], None] | None = None) -> list[str]:
    """Open every key in the keyring.

    Args:
        progress: called with how many persons' keys were opened, and of how many.

    Returns:
        What is wrong, one sentence each; empty where all is sound. It names ids, never a key.
    """
    forget()
    opened = Opened(None)
    try:
        opened.root()
    except KintraceError as problem:
        return [str(problem)]
    broken_offices, many = _offices(opened)
    return [
        *_secrets(opened),
        *_told(broken_offices, "key of an office does not open", "keys of offices do not open"),
        *_people(opened, set(broken_offices), progress),
        *_leftovers(many),
    ]


def _secrets(opened: Opened) -> list[str]:
    broken = []
    for row in Secret.objects.using(KEYRING).order_by("name"):
        try:
            opened.root().decrypt(bytes(row.wrapped), secret_name(row.name).encode())
        except tink.TinkError:
            broken.append(row.name)
    return _told(broken, "secret does not open", "secrets do not open")


def _offices(opened: Opened) -> tuple[list[UUID], int]:
    """Offices whose key does not open, and how many hold older keys without a rotation under way."""
    broken, many = [], 0
    for row in OfficeKey.objects.using(KEYRING).order_by("office"):
        try:
            keyset = unwrap(row.wrapped, opened.root(), office_name(row.office))
            many += size(keyset) > 1 and row.turned_at is None
        except tink.TinkError:
            broken.append(row.office)
    return broken, many


def _people(opened: Opened, closed: set[UUID], progress: Callable[[int, int], None] | None) -> list[str]:
    rows = PersonKey.objects.using(KEYRING)
    total = rows.count()
    broken, orphans, undead = [], [], []
    for done, row in enumerate(rows.order_by("person").iterator(chunk_size=BATCH), 1):
        if row.destroyed_at is not None:
            undead += [row.person] if row.wrapped else []
        elif row.office not in closed:
            try:
                unwrap(row.wrapped, opened.office(row.office), person_name(row.person))
            except KeyMissing:
                orphans.append(row.person)
            except tink.TinkError:
                broken.append(row.person)
        if progress and (done % BATCH == 0 or done == total):
            progress(done, total)
    return [
        *_told(broken, "key of a person does not open", "keys of persons do not open"),
        *_told(orphans, "person's office has no key", "persons' offices have no key"),
        *_told(undead, "destroyed key is still there", "destroyed keys are still there"),
    ]


def _leftovers(many: int) -> list[str]:
    """Half-finished rotations, and fingerprints of names whose persons were erased."""
    told = []
    for row in Rotation.objects.using(KEYRING).order_by("name"):
        level = row.name.split(":")[0]
        told.append(
            f"A rotation of level “{level}” begun {row.started_at:%Y-%m-%d %H:%M} UTC is not finished: run it again."
        )
    turned = PersonKey.objects.using(KEYRING).filter(turned_at__isnull=False).count()
    turned += OfficeKey.objects.using(KEYRING).filter(turned_at__isnull=False).count()
    if turned + many:
        told.append(f"Keysets with older keys beside the newest: {turned + many}; rotate again to drop them.")
    keyset = RootSource.configured().keyset()
    if keyset is not None and size(keyset) > 1:
        told.append("The root keyset holds older keys beside the newest: rotate the root again to drop them.")
    living = PersonKey.objects.using(KEYRING).filter(destroyed_at=None).values("person")
    stray = NameToken.objects.using(KEYRING).exclude(person__in=living).count()
    return told + ([f"The blind index has {stray} entries of persons without a key."] if stray else [])


def _told(found: Iterable[object], one: str, several: str) -> list[str]:
    names = [str(each) for each in found]
    if not names:
        return []
    return [f"{len(names)} {one if len(names) == 1 else several}: {', '.join(names[:3])}{'…' if names[3:] else ''}."]
