"""What years do to a likeness: a band's curve made wider where the photos lie years apart, above all in a child who grew.

No photos with ages were at hand to measure it on, so it is an estimate (``ageing`` in weights.toml), and never makes evidence
stronger. Scores of one person and of two are taken to be normal with one spread, as the logistic curve implies; their means
follow from where the curve crosses 0 and from the middle of the strangers' scores. Years then take a share of the distance
between the means away from the one person's scores, and spread them: a high score loses little, and a low one speaks against no
more.
A calibration that has bands for ranges of years (:class:`~kintrace.evidence.Condition`) is used as it is.
"""

from dataclasses import dataclass
from functools import cache
from math import exp, inf, log, log10

import numpy as np

from kintrace.evidence.calibration import Band
from kintrace.evidence.weights import weight

RATES, SPREAD = weight("ageing.rates"), weight("ageing.spread")


def lost(younger: float, older: float) -> float:
    """Share of what sets one person's photos apart from strangers' that is lost between two ages, 0 to 1."""
    years = sum(rate * max(min(older, end) - max(younger, start), 0.0) for start, end, rate in RATES)
    return 1 - exp(-years)


@dataclass(frozen=True)
class Aged:
    """A log10 ratio after years."""

    log10_lr: float
    low: float
    high: float


def aged(band: Band, score: float, log10_lr: float, interval: tuple[float, float], share: float) -> Aged:
    """A band's ratio, made wider.

    Args:
        band: it was weighed in.
        score: of the comparison.
        log10_lr: as the band states it.
        interval: as the band states it.
        share: lost between the two ages.

    Returns:
        A ratio nearer to 0 or the same, within an interval that holds the band's own ratio and that of half as much again lost.
    """
    value = _weaker(log10_lr, _ratio(band, score, share))
    more = _weaker(log10_lr, _ratio(band, score, min(1.5 * share, 0.95)))
    ends = (value, more, log10_lr, *interval)
    return Aged(value, min(ends), max(ends))


def _weaker(stated: float, after: float) -> float:
    return max(min(stated, after), 0.0) if stated > 0 else min(max(stated, after), 0.0)


def _ratio(band: Band, score: float, share: float) -> float:
    """Log10 ratio of a normal that has moved and spread against the strangers'; rising in the score."""
    middle, distance, variance = _shape(band.scores, band.log10_lr, band.tail.scores, band.tail.log10_fmr)
    if share < 1e-6 or distance <= 0:
        return inf if score > middle + distance / 2 else -inf
    wide = variance + (SPREAD * share * distance) ** 2
    mean = middle + distance * (1 - share)
    # Left of its lowest point the parabola would rise again.
    at = max(score, (middle * wide - mean * variance) / (wide - variance))
    natural: float = (at - middle) ** 2 / (2 * variance) - (at - mean) ** 2 / (2 * wide) - log(wide / variance) / 2
    return natural / log(10)


@cache
def _shape(
    scores: tuple[float, ...], ratios: tuple[float, ...], body: tuple[float, ...], rates: tuple[float, ...]
) -> tuple[float, float, float]:
    """Middle of strangers' scores, distance of one person's from it, and the variance of both."""
    middle = float(np.interp(-log10(0.5), [-each for each in rates], body))
    crossing = float(np.interp(0.0, ratios, scores))
    distance = 2 * (crossing - middle)
    above = [place for place, ratio in enumerate(ratios) if abs(ratio) < 3]
    first, last = (above[0], above[-1]) if len(above) > 1 else (0, len(scores) - 1)
    slope = (ratios[last] - ratios[first]) * log(10) / (scores[last] - scores[first])
    return middle, distance, distance / slope if slope > 0 and distance > 0 else 1.0
