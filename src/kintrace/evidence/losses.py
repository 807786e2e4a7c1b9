"""Is a calibration honest? Cost of likelihood ratios, and the curves that show where they mislead.

Cllr: Brümmer & du Preez, "Application-independent evaluation of speaker detection", Computer Speech & Language 20 (2006),
equation 24. Pool-adjacent-violators: Ayer et al., Annals of Mathematical Statistics 26 (1955). Interval of a ratio of shares:
Katz et al., Biometrics 34 (1978); of a count: Byar's approximation (Breslow & Day, IARC Scientific Publications 82, 1987).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kintrace.evidence.calibration import Calibration

Floats = NDArray[np.float64]


def cllr(mated: Floats, nonmated: Floats) -> float:
    """Cost of natural-log likelihood ratios, in bits: 0 is perfect, 1 says nothing, above 1 misleads.

    Args:
        mated: (m,) log likelihood ratios of comparisons of one person.
        nonmated: (n,) of comparisons of two.
    """
    one = np.logaddexp(0.0, -mated).mean()
    other = np.logaddexp(0.0, nonmated).mean()
    return float((one + other) / (2 * np.log(2)))


def cllr_min(mated: Floats, nonmated: Floats) -> float:
    """The cost that the best monotone recalibration of these very ratios would have: what calibration cannot mend."""
    scores = np.concatenate([mated, nonmated])
    labels = np.concatenate([np.ones(len(mated)), np.zeros(len(nonmated))])
    weights = np.concatenate([np.full(len(mated), 1 / len(mated)), np.full(len(nonmated), 1 / len(nonmated))])
    order = np.argsort(scores, kind="stable")
    share = np.clip(isotonic(labels[order], weights[order]), 1e-12, 1 - 1e-12)
    ratios = np.log(share / (1 - share))
    is_mated = labels[order] == 1
    return cllr(ratios[is_mated], ratios[~is_mated])


def calibration_loss(mated: Floats, nonmated: Floats) -> float:
    """What calibration could have saved and did not, in bits: :func:`cllr` less :func:`cllr_min`; not below 0."""
    return cllr(mated, nonmated) - cllr_min(mated, nonmated)


def isotonic(values: Floats, weights: Floats) -> Floats:
    """The rising sequence nearest to ``values`` in weighted squares (pool adjacent violators), (n,)."""
    level: list[float] = []
    weight: list[float] = []
    count: list[int] = []
    for value, each in zip(values.tolist(), weights.tolist(), strict=True):
        level.append(value)
        weight.append(each)
        count.append(1)
        while len(level) > 1 and level[-2] >= level[-1]:
            total = weight[-2] + weight[-1]
            level[-2] = (level[-2] * weight[-2] + level[-1] * weight[-1]) / total
            weight[-2] = total
            count[-2] += count[-1]
            del level[-1], weight[-1], count[-1]
    return np.repeat(level, count)


@dataclass(frozen=True)
class Bin:
    """Comparisons whose stated ratios are near each other; log10 likelihood ratios."""

    stated: float
    """The ratio that the stated ones imply for the bin."""
    observed: float
    """Share of mated over share of non-mated comparisons in it."""
    interval: tuple[float, float]
    """95 % interval of ``observed``, as if comparisons were independent: too narrow where many share a person."""
    mated: int
    nonmated: int


def binned(mated: Floats, nonmated: Floats, most: int = 12) -> tuple[Bin, ...]:
    """Stated against observed ratios, in bins of the stated one. Bins with fewer than three of either kind are left out.

    Over a bin, ratios that hold make the share of mated comparisons their mean over non-mated ones times the share of those; so
    that mean, not the mean of logarithms, is what the observed ratio is held against.

    Args:
        mated: (m,) stated log10 likelihood ratios of comparisons of one person.
        nonmated: (n,) of comparisons of two.
        most: how many bins at most.
    """
    spread = np.concatenate([mated, np.quantile(nonmated, np.linspace(0, 1, 200))])
    edges = np.unique(np.quantile(spread, np.linspace(0, 1, most + 1)))
    made = []
    for low, high in itertools.pairwise(edges):
        last = high == edges[-1]
        one, other = ((side >= low) & ((side < high) | (last & (side == high))) for side in (mated, nonmated))
        m, n = int(one.sum()), int(other.sum())
        if m < 3 or n < 3:
            continue
        observed = float(np.log10((m / len(mated)) / (n / len(nonmated))))
        error = 1.96 / np.log(10) * np.sqrt(1 / m - 1 / len(mated) + 1 / n - 1 / len(nonmated))
        stated = float(np.log10(np.power(10.0, nonmated[other]).mean()))
        made.append(Bin(stated, observed, (float(observed - error), float(observed + error)), m, n))
    return tuple(made)


def reliability(mated: Floats, nonmated: Floats, bins: int = 12) -> tuple[Floats, Floats]:
    """The curve of :func:`binned`: (bins,) stated and (bins,) observed log10 likelihood ratios.

    Args:
        mated: (m,) stated log10 likelihood ratios of comparisons of one person.
        nonmated: (n,) of comparisons of two.
        bins: how many, at most.
    """
    made = binned(mated, nonmated, bins)
    return np.array([each.stated for each in made]), np.array([each.observed for each in made])


@dataclass(frozen=True)
class LookAlikeRow:
    """Look-alikes at or above a score, in one band, among comparisons the calibration was not fitted to."""

    band: str
    rate: float
    """The share of strangers at which the score was chosen."""
    score: float
    comparisons: int
    expected: float
    observed: int
    interval: tuple[float, float]
    """95 % interval of the number that ``observed`` is one draw of, as if comparisons were independent: too narrow."""


def look_alikes(
    calibration: Calibration,
    nonmated: ArrayLike,
    quality: ArrayLike,
    rates: Sequence[float] = (1e-2, 1e-3, 1e-4, 1e-5),
) -> tuple[LookAlikeRow, ...]:
    """Expected against observed look-alikes, at the scores at which each band expects these shares of strangers.

    Args:
        calibration: that says what to expect.
        nonmated: (n,) scores of strangers.
        quality: (n,) lower quality of each pair.
        rates: where fewer than three are expected, a row is left out.
    """
    scores, worse = np.asarray(nonmated, dtype=np.float64), np.asarray(quality, dtype=np.float64)
    rows = []
    for band in calibration.bands:
        ordered = np.sort(scores[(worse >= band.quality[0]) & (worse < band.quality[1])])
        for rate in rates:
            if rate * len(ordered) < 3:
                continue
            score = band.tail.score_at(rate)
            observed = len(ordered) - int(np.searchsorted(ordered, score, side="left"))
            expected = band.tail.fmr(score) * len(ordered)
            rows.append(LookAlikeRow(band.name, rate, score, len(ordered), expected, observed, _byar(observed)))
    return tuple(rows)


def _byar(count: int) -> tuple[float, float]:
    """95 % interval of the mean of a Poisson count."""
    above = count + 1
    low = count * (1 - 1 / (9 * count) - 1.96 / (3 * count**0.5)) ** 3 if count else 0.0
    return low, above * (1 - 1 / (9 * above) + 1.96 / (3 * above**0.5)) ** 3
