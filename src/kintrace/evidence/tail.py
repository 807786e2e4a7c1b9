"""How often strangers look this much alike: the false match rate of non-mated scores, empirical below and a formula above.

The formula is a generalised Pareto distribution over a high score (Pickands, Annals of Statistics 3, 1975), fitted by
probability-weighted moments (Hosking & Wallis, Technometrics 29, 1987). Its shape is one for all bands, as regional frequency
analysis does (Hosking & Wallis, "Regional Frequency Analysis", 1997), for one band's tail holds too few pairs to tell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SHARE = 0.002
"""The share of non-mated scores that the formula is fitted to; ``python tests/evidence/measure.py tail``."""
LEAST_EXCEEDANCES = 200
STEEPEST = 0.5
"""Greatest size of the shape."""


@dataclass(frozen=True)
class Tail:
    """False match rate of a band, by score."""

    scores: tuple[float, ...]
    """Rising; the body's grid."""
    log10_fmr: tuple[float, ...]
    """Log10 of the share of non-mated comparisons at or above each of ``scores``."""
    start: float
    """Score from which the tail's formula holds."""
    rate: float
    """FMR at ``start``."""
    shape: float
    scale: float
    least: float
    """The lowest rate that the number of comparisons supports."""

    def __post_init__(self) -> None:
        """Refuse what is no falling rate.

        Raises:
            ValueError: a part is missing, not finite, or rises.
        """
        grid = np.array([self.scores, self.log10_fmr], dtype=np.float64)
        numbers = np.array([self.start, self.rate, self.shape, self.scale, self.least], dtype=np.float64)
        if not (np.isfinite(grid).all() and np.isfinite(numbers).all() and grid.shape[1] > 0):
            raise ValueError("a tail's numbers are not all there")
        if (np.diff(grid[0]) <= 0).any() or (np.diff(grid[1]) > 0).any() or not 0 < self.least <= self.rate <= 1:
            raise ValueError("a tail's rate does not fall with the score")
        if self.scale <= 0 or abs(self.shape) > STEEPEST:
            raise ValueError("a tail's scale or shape is out of range")

    def fmr(self, score: float) -> float:
        """Share of non-mated comparisons expected to score at least this much; never 0."""
        return float(self.rates(score))

    def rates(self, scores: ArrayLike) -> Floats:
        """The same for many scores, (n,) to (n,)."""
        asked = np.asarray(scores, dtype=np.float64)
        over = np.maximum((asked - self.start) / self.scale, 0.0)
        if abs(self.shape) < 1e-6:
            beyond = np.exp(-over)
        else:
            beyond = np.power(np.maximum(1 + self.shape * over, 1e-300), -1 / self.shape)
        # The body is rounded in the file; it never falls below where the formula begins.
        body = np.maximum(np.power(10.0, np.interp(asked, self.scores, self.log10_fmr)), self.rate)
        return np.asarray(np.maximum(np.where(asked < self.start, body, self.rate * beyond), self.least))

    def score_at(self, rate: float) -> float:
        """The lowest score, to 0.001, at which strangers are expected no more often than this; 1 where there is none."""
        grid = np.linspace(-1, 1, 2001)
        low_enough = np.flatnonzero(self.rates(grid) <= rate)
        return float(grid[low_enough[0]]) if low_enough.size else 1.0


def excess(nonmated: Floats) -> tuple[float, Floats]:
    """The score from which the formula is to hold, and how far the scores (n,) at or above it exceed it, rising."""
    share = max(SHARE, min(0.1, LEAST_EXCEEDANCES / len(nonmated)))
    start = float(np.quantile(nonmated, 1 - share, method="higher"))
    return start, np.sort(nonmated[nonmated >= start] - start)


def shape_of(over: Floats) -> float:
    """Shape of the generalised Pareto distribution of rising excesses (n,): above 0 heavy, 0 exponential, below 0 ending."""
    count = len(over)
    if count < 2:
        return 0.0
    mean = float(over.mean())
    moment = float((over * (count - np.arange(1, count + 1)) / (count - 1)).mean())
    spread = mean - 2 * moment
    # Hosking and Wallis: k = mean / (mean - 2 moment) - 2, and shape = -k.
    return float(np.clip(2 - mean / spread, -STEEPEST, STEEPEST)) if spread > 1e-12 else 0.0


def pooled_shape(overs: list[Floats]) -> float:
    """One shape for the tails of several bands, each counting by its number of excesses.

    Foretold over seen on other simulated people, at a rate of 0.00001, 24 draws: 1.19 with standard error 1.12; with the shape
    halved 1.7, with an exponential tail 2.2 (``python tests/evidence/measure.py tail``).
    """
    return float(np.average([shape_of(over) for over in overs], weights=[len(over) for over in overs]))


def fit_tail(nonmated: Floats, grid: Floats, shape: float | None = None) -> Tail:
    """Fit the false match rate of non-mated scores (n,).

    Args:
        nonmated: the scores.
        grid: (g,) rising scores, at which the empirical rate is kept.
        shape: of the tail, where it is pooled over bands; None takes that of these scores alone.
    """
    count = len(nonmated)
    ordered = np.sort(nonmated)
    start, over = excess(nonmated)
    used = pooled_shape([over]) if shape is None else shape
    kept = grid[grid < start]
    body = (count - np.searchsorted(ordered, kept, side="left")) / count
    rate = len(over) / count
    return Tail(
        scores=(*np.round(kept, 4).tolist(), start),
        log10_fmr=tuple(np.round(np.log10([*body, rate]), 5).tolist()),
        start=start,
        rate=rate,
        shape=round(used, 4),
        # The mean of a generalised Pareto distribution is scale / (1 - shape).
        scale=max(float(over.mean()) * (1 - used), 1e-6),
        # Three comparisons without an alarm leave this much room (the rule of three, Hanley & Lippman-Hand 1983).
        least=min(float(f"{3 / count:.3g}"), rate),
    )
