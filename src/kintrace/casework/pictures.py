"""The picture hashes of this process, of the whole registry, kept true to the database by its change log before each search."""

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kintrace.casework.people import Deployment
from kintrace.casework.picturerecords import PictureChange
from kintrace.casework.records import Photo
from kintrace.provenance import SAME_FACE_CROP, SAME_PICTURE, PictureHash, PictureIndex, Same
from kintrace.vault import Place, unseal_many

BATCH = 2000


@dataclass(frozen=True)
class Hashes:
    """What is kept of one photo, by which the same picture is found again."""

    kept: tuple[PictureHash, ...] = ()
    """Of the picture, and of what is inside its border."""
    faces: tuple[PictureHash, ...] = ()
    """Of each face, the largest first."""
    meant: int | None = None
    """Which of the faces is the person, from 0; None where it is not known or no face was looked for."""

    @property
    def face(self) -> PictureHash | None:
        """The person's face."""
        return self.faces[self.meant] if self.meant is not None else None

    def as_text(self) -> str:
        """To be sealed."""
        told = {name: [[each.hex, each.quality] for each in getattr(self, name)] for name in ("kept", "faces")}
        return json.dumps({**told, "meant": self.meant})

    @classmethod
    def from_text(cls, text: str | bytes) -> "Hashes":
        """Back from :meth:`as_text`."""
        told = json.loads(text)
        return cls(_hashes(told["kept"]), _hashes(told["faces"]), told["meant"])


def _hashes(rows: Iterable[Any]) -> tuple[PictureHash, ...]:
    return tuple(PictureHash(bytes.fromhex(bits), int(quality)) for bits, quality in rows)


class LivePictures:
    """Hashes of all photos in memory. Several threads may use it."""

    def __init__(self) -> None:
        """Empty; the first search fills it."""
        self._whole: PictureIndex[tuple[UUID, int]] = PictureIndex()
        self._face: PictureIndex[tuple[UUID, int]] = PictureIndex()
        self._lock = threading.Lock()
        self._epoch: UUID | None = None
        self._seen = 0

    def __len__(self) -> int:
        """How many hashes it holds."""
        return len(self._whole) + len(self._face)

    def catch_up(self) -> None:
        """Take in what changed since the last time; everything, where the records were put back from a backup.

        In a transaction call it before that transaction writes hashes of its own: they might be taken back.
        """
        with self._lock:
            epoch = Deployment._all.values_list("epoch", flat=True).get()
            newest = PictureChange._all.order_by("-number").values_list("number", flat=True).first() or 0
            if epoch != self._epoch:
                self._whole.clear()
                self._face.clear()
                self._take_in(list(Photo._all.exclude(hashes=None).values_list("id", flat=True)))
                self._epoch, self._seen = epoch, newest
            elif newest > self._seen:
                rows = PictureChange._all.filter(number__gt=self._seen, number__lte=newest)
                changed = list(dict.fromkeys(rows.values_list("photo", flat=True)))
                for index in (self._whole, self._face):
                    index.remove((photo, part) for photo in changed for part in (0, 1))
                self._take_in(changed)
                self._seen = newest

    def search(self, probes: Sequence[PictureHash], face_probes: Sequence[PictureHash] = ()) -> dict[UUID, Same]:
        """Photos with the same picture, each with how it was found; those of one's own person are among them.

        Args:
            probes: of the whole picture and its inside, mirrored and turned (``PhotoFacts.probes``).
            face_probes: of the person's face in it (``crop_probes``).
        """
        self.catch_up()
        found: dict[UUID, Same] = {}
        for face in self._face.search(face_probes, SAME_FACE_CROP):
            found.setdefault(face.id[0], Same(face.distance, "face"))
        whole: dict[UUID, Same] = {}
        for each in self._whole.search(probes, SAME_PICTURE):
            whole.setdefault(each.id[0], Same(each.distance, "whole"))
        return found | whole

    def _take_in(self, photos: Sequence[UUID]) -> None:
        for start in range(0, len(photos), BATCH):
            rows = list(Photo._all.filter(id__in=photos[start : start + BATCH]).exclude(hashes=None).only(
                "id", "person_id", "hashes"
            ))  # fmt: skip
            table = Photo._meta.db_table
            sealed = [(row.person_id, Place(table, str(row.id), "hashes"), bytes(row.hashes)) for row in rows]
            for row, data in zip(rows, unseal_many(sealed), strict=True):
                if data is None:  # its person is being erased
                    continue
                held = Hashes.from_text(data)
                self._whole.add(((row.id, part), hash) for part, hash in enumerate(held.kept[:2]))
                if held.face is not None:
                    self._face.add([((row.id, 0), held.face)])


def announce_pictures(photos: Iterable[UUID]) -> None:
    """Write photos whose hashes changed or are gone to the change log; after an entry to the ledger, as ``announce``."""
    PictureChange._all.bulk_create([PictureChange(photo=photo) for photo in photos])


def drop_face_hashes(person: UUID) -> None:
    """Forget the hashes of the faces in a person's photos; those of the whole pictures stay. Inside a transaction."""
    for photo in Photo._all.select_for_update().filter(person=person).exclude(hashes=None):
        held = Hashes.from_text(photo.unseal("hashes"))
        if held.faces:
            photo.seal(hashes=Hashes(held.kept).as_text())
            photo.save(update_fields=["hashes"])
            announce_pictures([photo.id])


_own = LivePictures()


def pictures() -> LivePictures:
    """This process's."""
    return _own
