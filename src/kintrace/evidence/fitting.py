"""Fit a calibration from comparison scores of known pairs.

Likelihood ratio: logistic regression on the score with both kinds of pair given equal weight, so that the fitted log odds are
the log likelihood ratio (Brümmer & du Preez 2006; Morrison, "Tutorial on logistic-regression calibration and fusion", 2013).
Tail: a generalised Pareto distribution by probability-weighted moments (Hosking & Wallis, Technometrics 29, 1987).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.errors import CalibrationError
from kintrace.evidence.calibration import Band, Calibration, Tail

BANDS = (("poor", 0.0, 65.0), ("fair", 65.0, 85.0), ("good", 85.0, 100.1))
"""Name, and range of the lower of the two faces' overall quality."""
GRID = np.round(np.linspace(-1, 1, 401), 3)
LEAST_MATED, LEAST_PEOPLE = 60, 25
"""Below these a band has too little data of its own."""
TAIL_SHARE = 0.002
"""The share of non-mated scores that the tail's formula is fitted to."""
DRAWS = 200
SAMPLE = 400_000
"""Non-mated comparisons that the bootstrap draws from, at most."""


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


def fit(
    pairs: Comparisons,
    *,
    pack: str,
    weights: Mapping[str, float],
    made: str,
    command: str,
    source: Mapping[str, Any],
    seed: int = 1,
) -> Calibration:
    """Fit every band.

    Raises:
        CalibrationError: there are too few comparisons for any band.
    """
    found: list[Band | None] = []
    for name, low, high in BANDS:
        inside = (pairs.quality >= low) & (pairs.quality < high)
        part = Comparisons(pairs.score[inside], pairs.quality[inside], pairs.first[inside], pairs.second[inside])
        found.append(_band(part, name, (low, high), seed))
    known = [number for number, band in enumerate(found) if band]
    if not known:
        raise CalibrationError(
            f"There are too few photos: a band of quality needs {LEAST_MATED} comparisons of one person and "
            f"{LEAST_PEOPLE} people with two photos.",
            todo="Add photos of people of whom you have two or more.",
        )
    bands = []
    for number, (name, low, high) in enumerate(BANDS):
        own = found[number]
        if own is None:
            nearest = min(known, key=lambda other: abs(other - number))
            lender = found[nearest]
            assert lender is not None
            own = replace(lender, name=name, quality=(low, high), borrowed=True)
        bands.append(own)
    return Calibration(pack, dict(weights), made, command, dict(source), tuple(bands))


def _band(pairs: Comparisons, name: str, quality: tuple[float, float], seed: int) -> Band | None:
    mated = pairs.first == pairs.second
    people = len(np.unique(pairs.first[mated]))
    if mated.sum() < LEAST_MATED or people < LEAST_PEOPLE or (~mated).sum() < 1000:
        return None
    one, other = pairs.score[mated].astype(np.float64), pairs.score[~mated].astype(np.float64)
    middle = logistic(_histogram(one), _histogram(other))
    rng = np.random.default_rng(seed)
    curves = np.array([_drawn(pairs, mated, rng) for _ in range(DRAWS)])
    low, high = np.quantile(curves, (0.025, 0.975), axis=0) / np.log(10)
    strangers = len(np.unique(np.concatenate([pairs.first[~mated], pairs.second[~mated]])))
    return Band(
        name=name,
        quality=quality,
        age_gap=None,
        mated=int(mated.sum()),
        nonmated=int((~mated).sum()),
        people=people,
        borrowed=False,
        scores=tuple(GRID.tolist()),
        log10_lr=_rounded(middle / np.log(10)),
        low=_rounded(low),
        high=_rounded(high),
        # One more comparison that contradicts would bring a ratio beyond the number of people seen back to about that
        # number, so none beyond it is stated; comparisons of one person are not independent, people are.
        bounds=(-round(float(np.log10(people)), 4), round(float(np.log10(strangers)), 4)),
        tail=tail(other),
    )


def _drawn(pairs: Comparisons, mated: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """One bootstrap curve, people drawn with replacement; a pair counts as often as both its people were drawn."""
    size = int(max(pairs.first.max(), pairs.second.max())) + 1
    times = rng.multinomial(size, np.full(size, 1 / size)).astype(np.float64)
    strangers = np.flatnonzero(~mated)
    if len(strangers) > SAMPLE:
        strangers = rng.choice(strangers, SAMPLE, replace=False)
    return logistic(
        _histogram(pairs.score[mated], times[pairs.first[mated]]),
        _histogram(pairs.score[strangers], times[pairs.first[strangers]] * times[pairs.second[strangers]]),
    )


def _histogram(scores: NDArray[Any], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Shares of scores at the points of ``GRID``; each score to its nearest point."""
    place = np.clip(np.rint((scores + 1) * (len(GRID) - 1) / 2), 0, len(GRID) - 1).astype(np.int64)
    counts = np.bincount(place, weights=weights, minlength=len(GRID)).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1e-12))


def logistic(mated: NDArray[np.float64], nonmated: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural log likelihood ratio at every point of ``GRID``, rising.

    Newton's method on the two coefficients, with a weak pull of the slope to 0 so that separable data stay finite.

    Args:
        mated: (401,) shares of mated scores at the points of ``GRID``.
        nonmated: (401,) of non-mated ones.
    """
    columns = np.stack([np.ones_like(GRID), GRID])
    pull = np.diag([0.0, 1e-6])

    def cost(theta: NDArray[np.float64]) -> float:
        odds = theta @ columns
        wrong = mated @ np.logaddexp(0, -odds) + nonmated @ np.logaddexp(0, odds)
        return float(wrong + theta @ pull @ theta / 2)

    theta = np.array([0.0, 1.0])
    for _ in range(100):
        share = 1 / (1 + np.exp(-np.clip(theta @ columns, -500, 500)))
        slope = columns @ ((mated + nonmated) * share - mated) + pull @ theta
        bend = (columns * ((mated + nonmated) * share * (1 - share))) @ columns.T + pull + 1e-12 * np.eye(2)
        step, now = np.linalg.solve(bend, slope), cost(theta)
        length = 1.0
        while length > 1e-8 and cost(theta - length * step) > now:
            length /= 2
        theta = theta - length * step
        if np.abs(length * step).max() < 1e-7:
            break
    return np.asarray(theta[0] + max(theta[1], 0.0) * GRID)


def tail(nonmated: NDArray[np.float64]) -> Tail:
    """The false match rate of non-mated scores (n,): empirical up to a high score, a fitted formula beyond."""
    count = len(nonmated)
    share = max(TAIL_SHARE, min(0.1, 200 / count))
    start = float(np.quantile(nonmated, 1 - share))
    over = np.sort(nonmated[nonmated > start] - start)
    mean = float(over.mean())
    ranks = np.arange(1, len(over) + 1)
    moment = float((over * (len(over) - ranks) / (len(over) - 1)).mean())
    spread = mean - 2 * moment
    # Hosking and Wallis: k = mean / (mean - 2 moment) - 2, scale = 2 mean moment / (mean - 2 moment); shape = -k.
    shape = float(np.clip(2 - mean / spread, -0.5, 0.5)) if spread > 1e-12 else 0.0
    scale = mean * (1 - shape)
    grid = GRID[(start > GRID)][::4]
    ordered = np.sort(nonmated)
    body = (count - np.searchsorted(ordered, grid, side="left")) / count
    return Tail(
        scores=(*grid.tolist(), round(start, 5)),
        log10_fmr=_rounded(np.log10(np.maximum([*body, share], 1 / count))),
        start=round(start, 5),
        rate=float(f"{len(over) / count:.4g}"),
        shape=round(shape, 4),
        scale=round(scale, 5),
        # Three comparisons without an alarm leave this much room (the rule of three, Hanley & Lippman-Hand 1983).
        least=float(f"{3 / count:.3g}"),
    )


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.round(values, 4).tolist())
