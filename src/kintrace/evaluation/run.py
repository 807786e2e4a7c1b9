"""Run a protocol: acquire its photos, compare, and gather the figures and the page's material."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kintrace.errors import FaceError, PhotoError
from kintrace.evaluation.degrade import Degradation
from kintrace.evaluation.figures import (
    AGES,
    GAPS,
    band,
    figures,
)
from kintrace.evaluation.honesty import check
from kintrace.evaluation.metrics import Searches
from kintrace.evaluation.protocol import Protocol, Row
from kintrace.evidence import Calibration, Comparisons
from kintrace.faces import (
    USABLE,
    Acquirer,
    Acquisition,
    Choice,
    Photo,
    Reader,
    Sample,
    mean_vector,
)
from kintrace.gallery import Reduce

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Acquired:
    """The sample of each row of a protocol; None where none could be acquired."""

    rows: tuple[Row, ...]
    samples: tuple[Sample | None, ...]
    seconds_per_image: float
    pack: str


def acquire_rows(
    rows: Sequence[Row],
    acquirer: Acquirer,
    *,
    choice: Choice = "central",
    degradations: Sequence[Degradation] = (),
    progress: Progress = lambda done, of: None,
) -> Acquired:
    """The face meant by each row, as a sample.

    Args:
        rows: of a protocol.
        acquirer: makes the templates.
        choice: which face is meant where a photo has several.
        degradations: what to do to each photo first, in order.
        progress: called with photos done, and how many there are.
    """
    began = time.perf_counter()
    samples: list[Sample | None] = []
    for acquisition in _acquisitions(rows, acquirer, degradations):
        try:
            sample = acquisition.choose(choice)
        except (PhotoError, FaceError):
            sample = None
        # What search keeps out of candidates counts as a failure to acquire here.
        samples.append(sample if sample is not None and sample.quality.overall >= USABLE else None)
        progress(len(samples), len(rows))
    seconds = (time.perf_counter() - began) / max(len(rows), 1)
    return Acquired(tuple(rows), tuple(samples), seconds, acquirer.pack)


def _acquisitions(
    rows: Sequence[Row], acquirer: Acquirer, degradations: Sequence[Degradation]
) -> Iterator[Acquisition]:
    if not degradations:
        yield from acquirer.acquire_many((number, row.path) for number, row in enumerate(rows))
        return
    with Reader() as reader:
        for number, photo in reader.read_many((number, row.path) for number, row in enumerate(rows)):
            if isinstance(photo, PhotoError):
                yield Acquisition(number, error=photo)
                continue
            pixels = photo.pixels
            for degradation in degradations:
                pixels = degradation.apply(pixels, seed=int(str(number)))
            yield acquirer.acquire_photo(Photo(pixels, photo.format, photo.sha256, photo.grey), number)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One protocol, run."""

    protocol: Protocol
    figures: dict[str, object]
    searches: Searches
    quality: NDArray[np.float64]
    """(mated,) of each mated pair, the lower of the two photos; NaN where one has no face."""
    gallery: Acquired
    probes: Acquired
    """Mated probes first, then non-mated ones."""


def evaluate(
    protocol: Protocol,
    acquirer: Acquirer,
    *,
    choice: Choice = "central",
    degradations: Sequence[Degradation] = (),
    reduction: Reduce = "max",
    gallery: Acquired | None = None,
    calibration: Calibration | None = None,
    progress: Progress = lambda done, of: None,
) -> Evaluation:
    """Run every search of a protocol.

    Args:
        protocol: who is in the gallery, and who is searched for.
        acquirer: makes the templates.
        choice: which face is meant where a photo has several.
        degradations: what to do to the photos searched for; the gallery's stay as they are.
        reduction: how several photos of one gallery person become one score.
        gallery: the gallery's samples, where they were acquired before.
        calibration: checked against the scores, where there is one; fair only on people it was not fitted to.
        progress: called with photos done, and how many there are.
    """
    searched = [*protocol.mated, *protocol.nonmated]
    total = len(searched) + (0 if gallery else len(protocol.gallery))
    if gallery is None:
        gallery = acquire_rows(
            protocol.gallery, acquirer, choice=choice, progress=lambda done, _: progress(done, total)
        )
    begun = total - len(searched)
    probes = acquire_rows(
        searched,
        acquirer,
        choice=choice,
        degradations=degradations,
        progress=lambda done, _: progress(begun + done, total),
    )
    people = list(dict.fromkeys(row.subject for row in protocol.gallery))
    column = {person: number for number, person in enumerate(people)}
    scores = _scores(probes, gallery, column, acquirer.encoder.dimensions, reduction)
    mated, nonmated = protocol.mated, protocol.nonmated
    searches = Searches.from_scores(
        scores[: len(mated)],
        np.array([column[row.subject] for row in mated], dtype=np.int64),
        scores[len(mated) :],
        mated_subject=[row.subject for row in mated],
        nonmated_subject=[row.subject for row in nonmated],
    )
    quality = _pair_quality(protocol, gallery, probes)
    failed = {
        "gallery": sum(sample is None for sample in gallery.samples),
        "probe": sum(sample is None for sample in probes.samples[: len(mated)]),
        "nonmated": sum(sample is None for sample in probes.samples[len(mated) :]),
    }
    made = gallery.seconds_per_image * len(gallery.rows) + probes.seconds_per_image * len(probes.rows)
    found = figures(
        searches,
        pack=acquirer.pack,
        seconds_per_image=round(made / max(len(gallery.rows) + len(probes.rows), 1), 5),
        failed=failed,
        quality=quality,
        labels=_labels(protocol),
    )
    if calibration is not None:
        found["calibration"] = check(calibration, _comparisons(protocol, gallery, probes, scores))
    return Evaluation(protocol, found, searches, quality, gallery, probes)


def _comparisons(protocol: Protocol, gallery: Acquired, probes: Acquired, scores: NDArray[np.float32]) -> Comparisons:
    """Every score of a run as a pair of people, with the lower quality of the two."""
    best = _best_quality(gallery)
    people = list(dict.fromkeys(row.subject for row in protocol.gallery))
    number = {person: place for place, person in enumerate(dict.fromkeys([*people, *(r.subject for r in probes.rows)]))}
    quality = np.array([np.nan if sample is None else sample.quality.overall for sample in probes.samples])
    lower = np.minimum(quality[:, None], np.array([best.get(person, np.nan) for person in people])[None])
    first = np.repeat([number[row.subject] for row in probes.rows], len(people))
    second = np.tile([number[person] for person in people], len(probes.rows))
    made = np.isfinite(scores.ravel()) & np.isfinite(lower.ravel())
    return Comparisons(scores.ravel()[made], lower.ravel()[made].astype(np.float32), first[made], second[made])


def _best_quality(gallery: Acquired) -> dict[str, float]:
    """Of each person's photos in the gallery."""
    best: dict[str, float] = {}
    for row, sample in zip(gallery.rows, gallery.samples, strict=True):
        if sample is not None:
            best[row.subject] = max(best.get(row.subject, 0.0), sample.quality.overall)
    return best


def _scores(
    probes: Acquired, gallery: Acquired, column: dict[str, int], dimensions: int, reduction: Reduce
) -> NDArray[np.float32]:
    """(probes, gallery people) float32; −inf where there is no template."""
    owned: dict[int, list[NDArray[np.float32]]] = {}
    for row, sample in zip(gallery.rows, gallery.samples, strict=True):
        if sample is not None:
            owned.setdefault(column[row.subject], []).append(sample.template.vector)
    blank = np.zeros(dimensions, np.float32)
    vectors = np.array([blank if s is None else s.template.vector for s in probes.samples]).reshape(-1, dimensions)
    scores = np.full((len(vectors), len(column)), -np.inf, dtype=np.float32)
    for person, held in owned.items():
        references = mean_vector(np.array(held))[None] if reduction == "mean" else np.array(held)
        scores[:, person] = (vectors @ references.T).max(axis=1)
    scores[[sample is None for sample in probes.samples]] = -np.inf
    return scores


def _pair_quality(protocol: Protocol, gallery: Acquired, probes: Acquired) -> NDArray[np.float64]:
    best = _best_quality(gallery)
    return np.array(
        [
            np.nan if sample is None else min(sample.quality.overall, best.get(row.subject, np.nan))
            for row, sample in zip(protocol.mated, probes.samples, strict=False)
        ]
    )


def _labels(protocol: Protocol) -> dict[str, tuple[list[str], list[str]]]:
    """Groupings the protocol gives: by group, by age in the photo, and by years between the two photos."""
    ages: dict[str, list[float]] = {}
    for row in protocol.gallery:
        if row.age is not None:
            ages.setdefault(row.subject, []).append(row.age)

    def gap(row: Row) -> str:
        known = ages.get(row.subject)
        if row.age is None or not known:
            return ""
        return band(min(abs(row.age - age) for age in known), GAPS)

    return {
        "group": ([row.group for row in protocol.mated], [row.group for row in protocol.nonmated]),
        "age": ([band(r.age, AGES) for r in protocol.mated], [band(r.age, AGES) for r in protocol.nonmated]),
        "years between photos": ([gap(row) for row in protocol.mated], []),
    }
