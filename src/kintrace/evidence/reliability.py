"""Is a calibration honest? Cost of likelihood ratios, and the curves that show where they mislead.

Cllr: Brümmer & du Preez, "Application-independent evaluation of speaker detection", Computer Speech & Language 20 (2006),
equation 24. Pool-adjacent-violators: Ayer et al., Annals of Mathematical Statistics 26 (1955).
"""

import itertools

import numpy as np
from numpy.typing import NDArray

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


def reliability(mated: Floats, nonmated: Floats, bins: int = 12) -> tuple[Floats, Floats]:
    """Stated against observed log10 likelihood ratios, by bins of the stated one with equal numbers of mated comparisons.

    Args:
        mated: (m,) stated log10 likelihood ratios of comparisons of one person.
        nonmated: (n,) of comparisons of two.
        bins: how many, at most.

    Returns:
        (bins,) mean stated and (bins,) observed: share of mated over share of non-mated comparisons in the bin. Bins without
        either kind are left out.
    """
    edges = np.unique(
        np.quantile(
            np.concatenate([mated, np.quantile(nonmated, np.linspace(0, 1, 200))]),
            np.linspace(0, 1, bins + 1),
        )
    )
    stated, observed = [], []
    for low, high in itertools.pairwise(edges):
        last = high == edges[-1]
        one = (mated >= low) & ((mated < high) | (last & (mated == high)))
        other = (nonmated >= low) & ((nonmated < high) | (last & (nonmated == high)))
        if one.sum() >= 3 and other.sum() >= 3:
            stated.append(float(np.concatenate([mated[one], nonmated[other]]).mean()))
            observed.append(float(np.log10(one.mean() / other.mean())))
    return np.array(stated), np.array(observed)
