"""How far a figure may be from the truth: intervals at 95 %.

Photos of one person succeed and fail together, so the person, not the photo, is what is drawn again (ISO/IEC
19795-1 asks for as much). The gallery is not drawn again: the intervals are for other people searched for in
this collection.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.evaluation.metrics import LOWEST, Searches

Z = 1.959964
"""The normal distribution's 97.5 % quantile."""
OUTSIDE = 0.05
Interval = list[float]
"""Lower and upper bound, or empty where there is nothing to estimate from."""


def wilson(rate: float, count: float) -> Interval:
    """The score interval of Wilson (1927) for a rate seen over ``count`` independent people."""
    if not count or math.isnan(rate):
        return []
    centre = (rate + Z**2 / (2 * count)) / (1 + Z**2 / count)
    half = Z / (1 + Z**2 / count) * math.sqrt(rate * (1 - rate) / count + Z**2 / (4 * count**2))
    return [max(0.0, min(rate, centre - half)), min(1.0, max(rate, centre + half))]


def intervals(
    searches: Searches,
    ranks: tuple[int, ...],
    fpirs: tuple[float, ...],
    fmrs: tuple[float, ...],
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """Percentile bootstrap by subject for the headline figures, keyed as `figures` keys them.

    FNIR draws the non-mated people again too, and sets the threshold anew each time. FNMR keeps its
    threshold, which rests on far more comparisons than there are mated pairs. A rate of exactly 0 or 1 gives
    the bootstrap nothing to
    draw: its open side is the exact binomial bound for that many people.
    """
    rng = np.random.default_rng(seed)
    mated, nonmated = searches.mated_subject, searches.nonmated_subject
    order = np.argsort(-searches.alarm, kind="stable")
    falling, owner = searches.alarm[order], nonmated[order]
    by_rank: list[list[float]] = [[] for _ in ranks]
    by_fpir: list[list[float]] = [[] for _ in fpirs]
    by_fmr: list[list[float]] = [[] for _ in fmrs]
    ranked = [searches.rank <= min(rank, searches.gallery) for rank in ranks]
    unmatched = [searches.missed(searches.threshold_at_fmr(fmr)) for fmr in fmrs]
    for _ in range(draws if mated.size else 0):
        weight = _draw(mated, rng)
        for hits, drawn in zip(ranked + unmatched, by_rank + by_fmr, strict=True):
            drawn.append(float(weight @ hits))
        if not nonmated.size:
            continue
        reached = np.cumsum(_draw(owner, rng))
        for fpir, drawn in zip(fpirs, by_fpir, strict=True):
            over = int(np.searchsorted(reached, fpir + 1e-9, side="right"))
            limit = falling[over] if over < falling.size else np.float32(LOWEST)
            drawn.append(float(weight @ (searches.mate <= limit)))
    people = np.unique(mated).size
    points = [searches.found_within(rank) for rank in ranks]
    missed = [searches.fnir(searches.threshold_at_fpir(fpir)) for fpir in fpirs]
    unlike = [searches.fnmr(searches.threshold_at_fmr(fmr)) for fmr in fmrs]
    return {
        **{f"rank{r}": _bounds(d, p, people) for r, d, p in zip(ranks, by_rank, points, strict=True)},
        "fnir_at_fpir": {f"{f:g}": _bounds(d, p, people) for f, d, p in zip(fpirs, by_fpir, missed, strict=True)},
        "fmr_fnmr": {f"{f:g}": _bounds(d, p, people) for f, d, p in zip(fmrs, by_fmr, unlike, strict=True)},
    }


def _draw(subject: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """A weight per search: how often its person was drawn, over the searches of all drawn."""
    names, index = np.unique(subject, return_inverse=True)
    times = np.bincount(rng.integers(names.size, size=names.size), minlength=names.size)[index]
    return np.asarray(times / times.sum(), dtype=np.float64)


def _bounds(drawn: list[float], point: float, people: int) -> Interval:
    if not drawn or math.isnan(point):
        return []
    low, high = np.quantile(drawn, [OUTSIDE / 2, 1 - OUTSIDE / 2])
    exact = (OUTSIDE / 2) ** (1 / people)
    if point == 0:
        high = max(high, 1 - exact)
    if point == 1:
        low = min(low, exact)
    return [float(min(low, point)), float(min(1.0, max(high, point)))]
