"""How old the keys are, and how many: what an administrator is told, without any key being opened."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Min

from kintrace.vault.keyring import KEYRING
from kintrace.vault.models import OfficeKey, PersonKey, Rotation
from kintrace.vault.root import RootSource


@dataclass(frozen=True)
class KeyAges:
    """Since when the present keys are in use, in UTC."""

    root: datetime | None
    """When the root key's file was written; None where a setting or a service holds it, which knows better."""
    root_in: str
    """``file``, ``setting`` or ``service``."""
    offices: dict[UUID, datetime]
    persons: int
    """People who have a key."""
    oldest_person: datetime | None
    destroyed: int
    """Keys destroyed by erasure."""
    unfinished: tuple[str, ...]
    """Levels of rotations that were begun and not ended: ``root``, ``office``, ``person``."""


def key_ages() -> KeyAges:
    """The ages of all keys."""
    source = RootSource.configured()
    root = None
    if source.file is not None and source.file.is_file():
        root = datetime.fromtimestamp(source.file.stat().st_mtime, UTC)
    alive = PersonKey.objects.using(KEYRING).filter(destroyed_at=None)
    begun = Rotation.objects.using(KEYRING).values_list("name", flat=True)
    return KeyAges(
        root=root,
        root_in="file" if source.file else "service" if source.uri else "setting",
        offices=dict(OfficeKey.objects.using(KEYRING).values_list("office", "made_at")),
        persons=alive.count(),
        oldest_person=alive.aggregate(first=Min("made_at"))["first"],
        destroyed=PersonKey.objects.using(KEYRING).exclude(destroyed_at=None).count(),
        unfinished=tuple(sorted({name.split(":")[0] for name in begun})),
    )
