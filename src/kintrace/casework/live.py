"""The gallery of this process, kept true to the database by its change log before each search."""

import threading
import uuid
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from kintrace.casework.people import Deployment
from kintrace.casework.records import NOT_QUARANTINED, Change, Template
from kintrace.casework.templates import opened
from kintrace.gallery import Gallery, LocalGallery, Neighbour

BATCH = 2000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Near:
    """A person near a probe, by the template that is nearest."""

    person: UUID
    template: UUID
    score: float


class LiveGallery:
    """Templates of one pack set, of every office; each search is filtered inside by the ids its scope allows.

    The numbers that the gallery knows templates and people by are this process's own.
    """

    def __init__(self, pack: str, dimension: int, gallery: Gallery | None = None, *, quarantined: bool = False) -> None:
        """Empty; the first search fills it.

        Args:
            pack: the set of model packs whose templates it holds.
            dimension: their length.
            gallery: the engine.
            quarantined: hold the templates of photos in quarantine instead: to look for false fronts, never for people.
        """
        self.pack = pack
        self.dimension = dimension
        self._quarantined = quarantined
        self._taking_part = ~NOT_QUARANTINED if quarantined else NOT_QUARANTINED
        self._gallery: Gallery = gallery or LocalGallery(dimension)
        self._lock = threading.Lock()
        self._epoch: UUID | None = None
        self._seen = 0
        self._numbers: dict[UUID, int] = {}
        self._templates: dict[int, UUID] = {}
        self._owners: dict[int, UUID] = {}
        self._people: dict[UUID, int] = {}
        self._persons: dict[int, UUID] = {}

    def __len__(self) -> int:
        """How many templates it holds."""
        return len(self._gallery)

    def catch_up(self, progress: Progress | None = None) -> None:
        """Take in what changed since the last time; everything, where the records were put back from a backup."""
        with self._lock:
            epoch = Deployment._all.values_list("epoch", flat=True).get()
            newest = Change._all.order_by("-number").values_list("number", flat=True).first() or 0
            if epoch != self._epoch:
                self._start_over(epoch)
                # Read the number first: what comes after it is read again, which does no harm.
                ids = Template._all.filter(self._taking_part, pack=self.pack).values_list("id", flat=True)
                self._take_in(list(ids), progress)
                self._seen = newest
                return
            # Of several changes of one template the last holds: one in quarantine goes, and may come back. What goes from other
            # galleries may have come to those of the quarantine.
            changes = dict(
                Change._all.filter(number__gt=self._seen, number__lte=newest)
                .order_by("number")
                .values_list("template", "gone")
            )
            self._forget([template for template, left in changes.items() if self._quarantined or left])
            self._take_in([template for template, left in changes.items() if self._quarantined or not left], progress)
            self._seen = newest

    def search(
        self,
        probes: NDArray[np.float32],
        allowed: "QuerySet[Template] | Set[UUID]",
        k: int = 20,
        *,
        reduce: str = "max",
    ) -> list[list[Near]]:
        """The k nearest people to each probe among the templates allowed.

        Args:
            probes: (n, dimension) unit vectors.
            allowed: the templates that may be compared at all, from a scope; or the people whose templates may.
            k: how many people at most.
            reduce: how several templates of one person become one score: "max" or "mean".
        """
        self.catch_up()
        if isinstance(allowed, Set):
            # A copy, for another thread may take in more meanwhile.
            only = [number for number, person in list(self._owners.items()) if person in allowed]
        else:
            ids = allowed.filter(pack=self.pack).values_list("id", flat=True)
            only = [self._numbers[each] for each in ids.iterator() if each in self._numbers]
        found = self._gallery.search(probes, k, only=only, reduce="mean" if reduce == "mean" else "max")
        return self._told(found)

    def people(self, allowed: Set[UUID]) -> int:
        """How many of the people allowed have a template in it, as of the last search."""
        return len(set(self._owners.values()) & allowed)

    def near_identical(self, probes: NDArray[np.float32], at_least: float) -> list[list[Near]]:
        """Everybody in the registry with a template that scores ``at_least`` against a probe, each by the nearest.

        For the background job alone, which keeps what is of one source (:mod:`.nearfaces`): no scope limits it.
        """
        self.catch_up()
        return self._told(self._gallery.search(probes, None, at_least=at_least))

    def _told(self, found: Sequence[Sequence[Neighbour]]) -> list[list[Near]]:
        """What the gallery found, by the numbers of the records; not who is gone meanwhile."""
        return [
            [
                Near(self._persons[each.person], template, each.score)
                for each in row
                if (template := self._templates.get(each.id)) is not None
            ]
            for row in found
        ]

    def _start_over(self, epoch: UUID) -> None:
        self._gallery.clear()
        for table in (self._numbers, self._templates, self._owners, self._people, self._persons):
            table.clear()
        self._epoch, self._seen = epoch, 0

    def _forget(self, templates: Iterable[UUID]) -> None:
        numbers = [self._numbers.pop(each) for each in templates if each in self._numbers]
        self._gallery.remove(numbers, missing_ok=True)
        for number in numbers:
            self._templates.pop(number)
            self._owners.pop(number)

    def _take_in(self, templates: Sequence[UUID], progress: Progress | None) -> None:
        new = [each for each in templates if each not in self._numbers]
        for start in range(0, len(new), BATCH):
            rows = Template._all.filter(self._taking_part, id__in=new[start : start + BATCH], pack=self.pack)
            held = list(opened(rows))
            if held:
                numbers = [self._number(row.id, row.person_id) for row, _ in held]
                people = [self._person(row.person_id) for row, _ in held]
                self._gallery.add(numbers, people, np.stack([vector for _, vector in held]))
            if progress:
                progress(min(start + BATCH, len(new)), len(new))

    def _number(self, template: uuid.UUID, person: uuid.UUID) -> int:
        number = self._next = getattr(self, "_next", 0) + 1
        self._numbers[template], self._templates[number], self._owners[number] = number, template, person
        return number

    def _person(self, person: uuid.UUID) -> int:
        number = self._people.setdefault(person, len(self._people))
        self._persons[number] = person
        return number
