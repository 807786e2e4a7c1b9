"""Keys of offices and persons: made, moved, destroyed."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connections, transaction
from django.utils import timezone

from kintrace.errors import KeyDestroyed, KeyMissing
from kintrace.vault.keyring import BATCH, KEYRING, Opened, batches, changing, office_name, person_name, renew
from kintrace.vault.keysets import new_keyset, unwrap, wrap
from kintrace.vault.models import NameToken, OfficeKey, PersonKey


def new_office_key(office: UUID) -> None:
    """Make an office's key; one that exists is kept."""
    with changing() as opened:
        if not OfficeKey.objects.using(KEYRING).filter(office=office).exists():
            wrapped = wrap(new_keyset(), opened.root(), office_name(office))
            OfficeKey.objects.using(KEYRING).create(office=office, wrapped=wrapped)


def new_person_key(person: UUID, office: UUID) -> None:
    """Make a person's key under an office's; one that exists is kept.

    Raises:
        KeyDestroyed: the person was erased; their id is never used again.
        KeyMissing: the office has no key.
    """
    new_person_keys([(person, office)])


def new_person_keys(pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Make many persons' keys, each given with its office; those that exist are kept.

    Raises:
        KeyDestroyed: one of the persons was erased; of the 500 around them none was made.
        KeyMissing: an office has no key.
    """
    rows = PersonKey.objects.using(KEYRING)
    for part in batches(dict(pairs).items(), BATCH):
        with changing() as opened:
            known = dict(rows.filter(person__in=[person for person, _ in part]).values_list("person", "destroyed_at"))
            for person, destroyed_at in known.items():
                if destroyed_at is not None:
                    raise destroyed(person)
            rows.bulk_create(
                PersonKey(
                    person=person,
                    office=office,
                    wrapped=wrap(new_keyset(), opened.office(office), person_name(person)),
                )
                for person, office in part
                if person not in known
            )


def move_person(person: UUID, office: UUID) -> None:
    """Wrap a person's key under another office's; what is sealed under it stays as it is.

    Raises:
        KeyDestroyed: the person was erased.
        KeyMissing: the person or the office has no key.
    """
    with changing() as opened:
        row = held(person)
        if row.office != office:
            row.wrapped = rewrapped(row, opened, office)
            row.office = office
            row.save(using=KEYRING, update_fields=["wrapped", "office"])


def rewrapped(row: PersonKey, opened: Opened, office: UUID) -> bytes:
    """A person's keyset under the newest key of an office."""
    keyset = unwrap(row.wrapped, opened.office(row.office), person_name(row.person))
    return wrap(keyset, opened.office(office), person_name(row.person))


def held(person: UUID) -> PersonKey:
    """The row of a living person's key, locked. Only inside a transaction on the keyring.

    Raises:
        KeyDestroyed: the person was erased.
        KeyMissing: the person has none.
    """
    row = PersonKey.objects.using(KEYRING).select_for_update().filter(person=person).first()
    if row is None:
        raise missing(person)
    if row.destroyed_at is not None:
        raise destroyed(person)
    return row


def destroy(persons: Iterable[UUID]) -> int:
    """Destroy persons' keys and their entries in the blind index, for good; done twice, it does nothing more.

    Everything sealed under them is unreadable from then on, in every process and in every older copy of the records.

    Returns:
        How many keys were destroyed by this call.
    """
    count = 0
    for part in batches(dict.fromkeys(persons), BATCH):
        with changing():
            NameToken.objects.using(KEYRING).filter(person__in=part).delete()
            rows = PersonKey.objects.using(KEYRING).filter(person__in=part, destroyed_at=None)
            # Overwritten first, so that in SQLite's file the bytes themselves are gone (with secure_delete, the rest too).
            rows.update(wrapped=bytes(200))
            done = rows.update(wrapped=b"", turned_at=None, destroyed_at=timezone.now())
            if done:
                renew()
                transaction.on_commit(_checkpoint, using=KEYRING)
            count += done
    return count


def is_destroyed(person: UUID) -> bool:
    """Whether the person had a key that was destroyed."""
    return PersonKey.objects.using(KEYRING).filter(person=person, destroyed_at__isnull=False).exists()


def living(persons: Iterable[UUID]) -> set[UUID]:
    """Those of the persons who have a key."""
    rows = PersonKey.objects.using(KEYRING).filter(destroyed_at=None)
    found: set[UUID] = set()
    for part in batches(persons, BATCH):
        found.update(rows.filter(person__in=part).values_list("person", flat=True))
    return found


def destroyed(person: UUID) -> KeyDestroyed:
    """The error for a person who was erased."""
    return KeyDestroyed(f"The person {person} was erased: the key was destroyed.", todo="Nothing can bring it back.")


def missing(person: UUID) -> KeyMissing:
    """The error for a person the keyring does not know."""
    return KeyMissing(
        f"The person {person} has no key in the keyring.",
        todo="If the keyring is older than the records, restore a newer one; run “kintrace doctor”.",
    )


def _checkpoint() -> None:
    """On SQLite, empty the write-ahead log, which still holds the pages as they were."""
    connection = connections[KEYRING]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            wait = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute(
                "PRAGMA busy_timeout=1000"
            )  # a long reader must not hold up an erasure; the next one does it
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout={int(wait)}")
