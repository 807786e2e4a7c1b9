"""From scores of known pairs to a likelihood ratio: the curve, its interval, its bounds, and bands that agree.

Curve: logistic regression on the score with both kinds of pair given equal weight, so that the fitted log odds are the log
likelihood ratio whatever the share of mated pairs was (Brümmer & du Preez, Computer Speech & Language 20, 2006; Morrison,
"Tutorial on logistic-regression calibration and fusion", Australian Journal of Forensic Sciences 45, 2013). On simulated
templates of people it was not fitted to, it cost 0.010 bits more than the best monotone curve would (700 people; 0.025 at 150);
pool-adjacent-violators cost 0.027 (0.048), the same smoothed 0.018 (0.039): ``python tests/evidence/measure.py curve``.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRID = np.round(np.linspace(-1, 1, 401), 3)
DRAWS = 200
SAMPLE = 400_000
"""Non-mated comparisons that the bootstrap draws from, at most."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Log10 likelihood ratios at the points of ``GRID``, (401,) each, rising."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Counts:
    """What the bounds of a band need."""

    mated: Floats
    """Comparisons of one person at each point of ``GRID``, (401,)."""
    nonmated: Floats
    people: NDArray[np.int64]
    """The people of the mated comparisons, each once."""
    strangers: NDArray[np.int64]


def histogram(scores: NDArray[Any], weights: Floats | None = None) -> Floats:
    """How many scores (n,), or how much weight, at each point of ``GRID``; each score at its nearest point."""
    place = np.clip(np.rint((scores + 1) * (len(GRID) - 1) / 2), 0, len(GRID) - 1).astype(np.int64)
    return np.bincount(place, weights=weights, minlength=len(GRID)).astype(np.float64)


def logistic(mated: Floats, nonmated: Floats) -> Floats:
    """Natural log likelihood ratio at every point of ``GRID``, rising.

    Newton's method on the two coefficients, with a weak pull of the slope to 0 so that separable data stay finite.

    Args:
        mated: (401,) mated scores at the points of ``GRID``; only their shares matter.
        nonmated: (401,) non-mated ones.
    """
    one, other = mated / max(mated.sum(), 1e-12), nonmated / max(nonmated.sum(), 1e-12)
    columns = np.stack([np.ones_like(GRID), GRID])
    pull = np.diag([0.0, 1e-6])

    def cost(theta: Floats) -> float:
        odds = theta @ columns
        wrong = one @ np.logaddexp(0, -odds) + other @ np.logaddexp(0, odds)
        return float(wrong + theta @ pull @ theta / 2)

    theta = np.array([0.0, 1.0])
    for _ in range(100):
        share = 1 / (1 + np.exp(-np.clip(theta @ columns, -500, 500)))
        slope = columns @ ((one + other) * share - one) + pull @ theta
        bend = (columns * ((one + other) * share * (1 - share))) @ columns.T + pull + 1e-12 * np.eye(2)
        step, now = np.linalg.solve(bend, slope), cost(theta)
        length = 1.0
        while length > 1e-8 and cost(theta - length * step) > now:
            length /= 2
        theta = theta - length * step
        if np.abs(length * step).max() < 1e-7:
            break
    return np.asarray(theta[0] + max(theta[1], 0.0) * GRID)


def curve(score: NDArray[Any], first: NDArray[np.int64], second: NDArray[np.int64], seed: int) -> Curve:
    """The curve of a band, with a 95 % interval.

    The interval is a bootstrap over people: each is drawn as often as chance has it, and a pair counts as often as both its
    people were drawn (Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007); for pairs share people, and
    drawing pairs would make the interval far too narrow.

    Args:
        score: (n,) of the comparisons.
        first: (n,) person in one photo.
        second: (n,) in the other; equal for mated pairs.
        seed: of the draws.
    """
    mated = first == second
    value = logistic(histogram(score[mated]), histogram(score[~mated])) / np.log(10)
    rng = np.random.default_rng(seed)
    strangers = np.flatnonzero(~mated)
    if len(strangers) > SAMPLE:
        strangers = rng.choice(strangers, SAMPLE, replace=False)
    rows = np.concatenate([np.flatnonzero(mated), strangers])
    people, numbers = np.unique(np.concatenate([first[rows], second[rows]]), return_inverse=True)
    one, other = numbers[: len(rows)], numbers[len(rows) :]
    scores, same, count = score[rows], one == other, len(people)
    drawn = []
    for _ in range(DRAWS):
        times = rng.multinomial(count, np.full(count, 1 / count)).astype(np.float64)
        weight = np.where(same, times[one], times[one] * times[other])
        if weight[same].any() and weight[~same].any():
            drawn.append(
                logistic(histogram(scores[same], weight[same]), histogram(scores[~same], weight[~same])) / np.log(10)
            )
    # The draws use a sample of the strangers, so only how far they spread is taken from them.
    low, middle, high = np.quantile(drawn, (0.025, 0.5, 0.975), axis=0)
    return Curve(value, *(np.maximum.accumulate(value + side - middle) for side in (low, high)))


def agreed(worse: Curve, better: Curve) -> Curve:
    """The curve of a worse band, held so that it is stronger than a better band's only as far as its interval bears out.

    Poor photos of one person score lower, so a middling score may in truth speak louder for poor photos than for good ones.
    But by chance it may, too; where the worse band's cautious end is no stronger than the better band, the better band rules.
    Minimum and maximum of rising curves rise.
    """
    value = np.minimum(np.maximum(worse.value, 0), np.maximum(np.maximum(better.value, 0), np.maximum(worse.low, 0)))
    value += np.maximum(np.minimum(worse.value, 0), np.minimum(np.minimum(better.value, 0), np.minimum(worse.high, 0)))
    return replace(worse, value=value, low=np.minimum(worse.low, value), high=np.maximum(worse.high, value))


def bounds(bands: list[tuple[Counts, Curve]]) -> tuple[float, float]:
    """Least and greatest log10 likelihood ratio that the comparisons of these bands support together.

    The empirical lower and upper bound of Vergeer et al. ("Numerical likelihood ratios outputted by LR systems are often based
    on extrapolation: when to stop extrapolating?", Science & Justice 56, 2016): a ratio is stated only as far as decisions by it
    would be better than decisions without it, had the data held one more comparison of each kind that misleads as much as it
    could. Here it is one more *person*, all of whose comparisons mislead, since comparisons of one person are not independent.
    """
    ratios = np.concatenate([band.value for _, band in bands])
    order = np.argsort(ratios, kind="stable")
    ratios = ratios[order]
    one = np.concatenate([counts.mated for counts, _ in bands])[order]
    other = np.concatenate([counts.nonmated for counts, _ in bands])[order]
    person = 1 / len(np.unique(np.concatenate([counts.people for counts, _ in bands])))
    # Two people share each comparison of strangers, so each of n answers for one in n of them. Where nobody is mistaken, the
    # greatest ratio is then the number of strangers, and the least is one over the number of people seen twice.
    stranger = 1 / len(np.unique(np.concatenate([counts.strangers for counts, _ in bands])))
    asked = np.arange(0.01, 7.01, 0.01)

    def share(weights: Floats, below: Floats) -> Floats:
        """Share of the weights at ratios below each of those asked."""
        sums = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
        return np.asarray(sums[np.searchsorted(ratios, below, side="left")])

    def missed(at: Floats) -> Floats:
        return (share(one, at) + person) / (1 + person)

    def alarms(at: Floats) -> Floats:
        return (1 - share(other, at) + stranger) / (1 + stranger)

    def furthest(useful: NDArray[np.bool_]) -> float:
        return float(asked[np.argmin(useful) - 1]) if useful[0] and not useful.all() else float(useful[0]) * asked[-1]

    upper = furthest(missed(asked) + 10**asked * alarms(asked) < 1)
    lower = furthest(10**asked * missed(-asked) + alarms(-asked) < 1)
    return -round(lower, 2), round(upper, 2)
