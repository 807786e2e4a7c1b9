"""Search a collection for a person: who in it may be the same, in order, each with how strong the evidence is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from kintrace import home
from kintrace.errors import CalibrationError
from kintrace.evidence import Calibration, FaceEvidence
from kintrace.faces import Pack, Sample, mean_vector, set_name
from kintrace.folder.collection import Collection, Reference
from kintrace.gallery import LocalGallery

LOOK_ALIKES = 0.1
"""A face is a candidate where fewer strangers than this are expected to look as much alike in the whole collection: in ten
searches for people who are not in it, about one would show somebody. Callers may set another."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A person of the collection who may be the one sought."""

    rank: int
    score: float
    reference: Reference
    evidence: FaceEvidence | None
    """None where the packs in use have no calibration: the order stands, its strength is not stated."""


@dataclass(frozen=True, eq=False)
class Search:
    """What one search found: candidates, strongest first, or honestly none."""

    probe: tuple[Sample, ...]
    people: int
    """How many people, or faces where people are not told apart, were searched."""
    candidates: tuple[Candidate, ...]
    weaker: int
    """Faces beyond the candidates that were nearest, and left out because such a likeness is common among strangers."""


def calibration_for(packs: Sequence[Pack]) -> Calibration | None:
    """The calibration of packs used together: an agency's own in Kintrace's home, or else the one that came with a pack.

    Raises:
        CalibrationError: a file is there and damaged, or was made with other packs.
    """
    place = calibration_place(packs)
    if place is None:
        return None
    state = place.stat()
    name, calibration = set_name(list(packs)), _read(place, state.st_mtime_ns, state.st_size)
    if calibration.pack != name:
        raise CalibrationError(
            f"{place} is a calibration of “{calibration.pack}”, not of “{name}”.",
            todo="Make it anew: kintrace calibrate.",
        )
    return calibration


def calibration_place(packs: Sequence[Pack]) -> Path | None:
    """Where the calibration of packs used together is; None where there is none."""
    file = f"calibration-{set_name(list(packs))}.json"
    places = [folder / file for folder in (home() / "calibrations", *(pack.folder for pack in packs))]
    return next((place for place in places if place.exists()), None)


@lru_cache(maxsize=4)
def _read(place: Path, changed: int, size: int) -> Calibration:
    return Calibration.load(place)


class Searcher:
    """A collection, ready to be searched many times."""

    def __init__(
        self,
        collection: Collection,
        dimension: int,
        calibration: Calibration | None,
        *,
        by_folder: bool = False,
    ) -> None:
        """Put every usable face into a gallery.

        Args:
            collection: the photos, acquired.
            dimension: of the templates.
            calibration: what scores mean; None states no strength.
            by_folder: all photos of one sub-folder show one person, who is listed once.
        """
        self._references = collection.references
        self._calibration = calibration
        numbers = range(len(self._references))
        people = list(numbers)
        if by_folder:
            folders: dict[str, int] = {}
            people = [folders.setdefault(str(r.path.parent), len(folders)) for r in self._references]
        self.people = len(set(people))
        self._gallery = LocalGallery(dimension)
        if self._references:
            templates = np.array([reference.sample.template.vector for reference in self._references])
            self._gallery.add(list(numbers), people, templates)

    def search(self, probe: Sequence[Sample], *, top: int = 20, look_alikes: float | None = LOOK_ALIKES) -> Search:
        """Search for one person.

        Args:
            probe: samples of the person sought, one per photo; several are averaged into one template.
            top: how many candidates at most.
            look_alikes: see :data:`LOOK_ALIKES`; None lists the nearest, however weak.
        """
        if not self._references:
            return Search(tuple(probe), 0, (), 0)
        vector = mean_vector(np.array([sample.template.vector for sample in probe]))
        quality = max(sample.quality.overall for sample in probe)
        nearest = self._gallery.search(vector[None], top)[0]
        candidates: list[Candidate] = []
        for neighbour in nearest:
            reference = self._references[neighbour.id]
            evidence = None
            if self._calibration is not None:
                evidence = self._calibration.weigh(
                    neighbour.score, quality, reference.sample.quality.overall, gallery_size=self.people
                )
                common = evidence.expected_lookalikes
                if look_alikes is not None and (common is None or common >= look_alikes):
                    continue
            candidates.append(Candidate(len(candidates) + 1, neighbour.score, reference, evidence))
        candidates.sort(key=_strength)
        ranked = tuple(
            Candidate(rank, each.score, each.reference, each.evidence) for rank, each in enumerate(candidates, 1)
        )
        return Search(tuple(probe), self.people, ranked, len(nearest) - len(ranked))


def _strength(candidate: Candidate) -> tuple[float, float]:
    """Strongest first: by likelihood ratio where it is known, then by score."""
    evidence = candidate.evidence
    return (-evidence.log10_lr if evidence else 0.0, -candidate.score)
