"""Fit a calibration from comparison scores of known pairs: every band by itself, then all held to agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.errors import CalibrationError
from kintrace.evidence.calibration import Band, Calibration
from kintrace.evidence.ratio import GRID, Counts, Curve, agreed, bounds, curve, histogram
from kintrace.evidence.tail import excess, fit_tail, pooled_shape

Range = tuple[float, float]


@dataclass(frozen=True)
class Condition:
    """Which comparisons a band holds for: from the first number of a range up to, but not including, the second."""

    name: str
    quality: Range
    """Of the lower of the two faces' overall quality."""
    age_gap: Range | None = None
    """Years between the two photos; None holds for any."""


BANDS = (Condition("poor", (0.0, 65.0)), Condition("fair", (65.0, 85.0)), Condition("good", (85.0, 100.1)))
"""Worst first."""
LEAST_MATED, LEAST_PEOPLE, LEAST_NONMATED = 60, 25, 1000
"""Below these a band has too little data of its own."""


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Known pairs; every array is (n,)."""

    score: NDArray[np.float32]
    quality: NDArray[np.float32]
    """The lower of the two faces' overall quality, 0…100."""
    first: NDArray[np.int64]
    """Number of the person in one photo."""
    second: NDArray[np.int64]
    """Of the person in the other: equal for a mated pair."""
    age_gap: NDArray[np.float32] | None = None
    """Years between the two photos, NaN where unknown; None where nobody knows any."""

    def __post_init__(self) -> None:
        """Refuse what cannot be scores of pairs.

        Raises:
            CalibrationError: arrays of different lengths, or a score or quality that is no number or out of range.
        """
        arrays: list[NDArray[Any]] = [self.score, self.quality, self.first, self.second]
        arrays += [] if self.age_gap is None else [self.age_gap]
        if any(array.shape != (len(self.score),) for array in arrays):
            raise CalibrationError("Scores, qualities and people are not equally many.")
        # NaN compares false, so it is refused too.
        if self.score.size and not (
            np.abs(self.score).max() <= 1.001 and 0 <= self.quality.min() <= self.quality.max() <= 100
        ):
            raise CalibrationError(
                "There are scores outside −1…1 or qualities outside 0…100.",
                kept="Nothing was calibrated.",
                todo="Check the model pack: kintrace models verify.",
            )

    def within(self, condition: Condition) -> "Comparisons":
        """Those a band holds for."""
        inside = (self.quality >= condition.quality[0]) & (self.quality < condition.quality[1])
        if condition.age_gap is not None:
            if self.age_gap is None:
                raise CalibrationError("A band by age gap needs the years between the photos of each pair.")
            inside &= (self.age_gap >= condition.age_gap[0]) & (self.age_gap < condition.age_gap[1])
        gap = None if self.age_gap is None else self.age_gap[inside]
        return Comparisons(self.score[inside], self.quality[inside], self.first[inside], self.second[inside], gap)


@dataclass(frozen=True, eq=False)
class _Part:
    """A band while it is made."""

    pairs: Comparisons
    counts: Counts
    curve: Curve
    over: NDArray[np.float64]
    """How far its highest non-mated scores exceed the start of its tail."""


def fit(
    pairs: Comparisons,
    *,
    pack: str,
    weights: Mapping[str, float],
    made: str,
    command: str,
    source: Mapping[str, Any],
    seed: int = 1,
    conditions: Sequence[Condition] = BANDS,
) -> Calibration:
    """Fit every band.

    Args:
        pairs: all comparisons; non-mated ones may be many millions, and only summaries of them are kept.
        pack: name of the set of packs.
        weights: share of each pack in the score.
        made: when, as ``YYYY-MM-DD``.
        command: what reproduces it.
        source: what it was made from.
        seed: of the bootstrap.
        conditions: of the bands, worst quality first; those with one range of age gaps are made to agree.

    Raises:
        CalibrationError: there are too few comparisons for any band.
    """
    bands: list[Band] = []
    for gap in dict.fromkeys(condition.age_gap for condition in conditions):
        bands += _group([condition for condition in conditions if condition.age_gap == gap], pairs, seed)
    return Calibration(pack, dict(weights), made, command, dict(source), tuple(bands))


def _group(conditions: Sequence[Condition], pairs: Comparisons, seed: int) -> list[Band]:
    """Bands of one range of age gaps, worst first."""
    found = [_part(pairs.within(condition), seed) for condition in conditions]
    parts = {number: part for number, part in enumerate(found) if part}
    if not parts:
        raise CalibrationError(
            f"There are too few photos: a band of quality needs {LEAST_MATED} comparisons of one person and "
            f"{LEAST_PEOPLE} people with two photos.",
            todo="Add photos of people of whom you have two or more.",
        )
    shape = pooled_shape([part.over for part in parts.values()])
    agreeing: dict[int, Curve] = {}
    for number in sorted(parts, reverse=True):
        own = parts[number].curve
        agreeing[number] = agreed(own, next(reversed(agreeing.values()))) if agreeing else own
    made: dict[int, Band] = {}
    for number in sorted(parts, reverse=True):
        # A band's bounds rest on it and all worse ones: theirs are the harder comparisons, weighed by their own curves.
        limits = bounds([(parts[other].counts, agreeing[other]) for other in parts if other <= number])
        if made:
            wider = next(reversed(made.values())).bounds
            limits = (max(limits[0], wider[0]), min(limits[1], wider[1]))
        made[number] = _band(conditions[number], parts[number], agreeing[number], limits, shape)
    return [
        made[number] if number in made else _borrowed(condition, made, number)
        for number, condition in enumerate(conditions)
    ]


def _borrowed(condition: Condition, made: Mapping[int, Band], number: int) -> Band:
    """A band with too little of its own: its nearest neighbour's numbers, the worse one's of two."""
    lender = made[min(sorted(made), key=lambda other: abs(other - number))]
    return replace(lender, name=condition.name, quality=condition.quality, borrowed=True)


def _part(pairs: Comparisons, seed: int) -> _Part | None:
    mated = pairs.first == pairs.second
    people = np.unique(pairs.first[mated])
    if mated.sum() < LEAST_MATED or len(people) < LEAST_PEOPLE or (~mated).sum() < LEAST_NONMATED:
        return None
    counts = Counts(
        mated=histogram(pairs.score[mated]),
        nonmated=histogram(pairs.score[~mated]),
        people=people,
        strangers=np.unique(np.concatenate([pairs.first[~mated], pairs.second[~mated]])),
    )
    return _Part(pairs, counts, curve(pairs.score, pairs.first, pairs.second, seed), excess(_strangers(pairs))[1])


def _strangers(pairs: Comparisons) -> NDArray[np.float64]:
    return np.asarray(pairs.score[pairs.first != pairs.second], dtype=np.float64)


def _band(condition: Condition, part: _Part, agreeing: Curve, limits: Range, shape: float) -> Band:
    # The curve ends where the scores end: what lies beyond was never seen, and keeps the last value.
    seen = slice(
        max(int(np.searchsorted(GRID, part.pairs.score.min(), side="right")) - 1, 0),
        int(np.searchsorted(GRID, part.pairs.score.max(), side="left")) + 1,
    )
    grid = GRID[seen]
    return Band(
        name=condition.name,
        quality=condition.quality,
        age_gap=condition.age_gap,
        mated=int(part.counts.mated.sum()),
        nonmated=int(part.counts.nonmated.sum()),
        people=len(part.counts.people),
        borrowed=False,
        scores=tuple(grid.tolist()),
        log10_lr=_rounded(agreeing.value[seen]),
        low=_rounded(agreeing.low[seen]),
        high=_rounded(agreeing.high[seen]),
        bounds=limits,
        tail=fit_tail(_strangers(part.pairs), grid[::4], shape),
    )


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.round(values, 4).tolist())
