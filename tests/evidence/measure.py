"""The measurements behind the choices of the room ``evidence``, on simulated people: ``python measure.py curve|tail|whole``.

``curve``: bits lost beyond the best monotone curve, on other people, by each way to make a curve. ``tail``: foretold over seen
rate of look-alikes, by each way to choose the tail's shape. ``whole``: a calibration from end to end on other people.
"""

import sys

import numpy as np
from simulated_people import comparisons

from kintrace.evidence import Comparisons, cllr, cllr_min, fit, look_alikes
from kintrace.evidence.losses import isotonic
from kintrace.evidence.ratio import GRID, histogram, logistic
from kintrace.evidence.tail import SHARE, excess, pooled_shape, shape_of

QUALITY = ((0, 65), (65, 85), (85, 101))


def parts(pairs: Comparisons):
    """Mated and non-mated scores of each band."""
    same = pairs.first == pairs.second
    for low, high in QUALITY:
        inside = (pairs.quality >= low) & (pairs.quality < high)
        yield pairs.score[inside & same], pairs.score[inside & ~same]


def pav(mated: np.ndarray, nonmated: np.ndarray) -> np.ndarray:
    """Natural log ratios by pool-adjacent-violators on the grid."""
    weight = mated + nonmated
    some = weight > 0
    share = np.clip(isotonic(mated[some] / weight[some], weight[some]), 1e-9, 1 - 1e-9)
    return np.interp(GRID, GRID[some], np.log(share / (1 - share)))


def smooth(curve: np.ndarray, width: float, most: float) -> np.ndarray:
    """A curve, held within ``most`` and smoothed by a normal kernel."""
    kernel = np.exp(-0.5 * (np.arange(-40, 41) * 0.005 / width) ** 2)
    return np.convolve(np.pad(np.clip(curve, -most, most), 40, mode="edge"), kernel / kernel.sum(), "valid")


def measure_curves() -> None:
    lost: dict[tuple[int, str], list[float]] = {}
    for people in (150, 700):
        for seed in (1, 2, 3):
            most = np.log(people)
            tests = parts(comparisons(seed + 50, 700))
            for (one, other), (fresh_one, fresh_other) in zip(parts(comparisons(seed, people)), tests, strict=True):
                m, n = (side / side.sum() for side in map(histogram, (one, other)))
                fresh_m, fresh_n = (side / side.sum() for side in map(histogram, (fresh_one, fresh_other)))

                def cost(ratio: np.ndarray, a: np.ndarray = fresh_m, b: np.ndarray = fresh_n) -> float:
                    return (a @ np.logaddexp(0, -ratio) + b @ np.logaddexp(0, ratio)) / (2 * np.log(2))

                best = cost(pav(fresh_m, fresh_n))
                ways = {"logistic": logistic(m, n), "PAV": pav(m, n), "PAV smoothed": smooth(pav(m, n), 0.04, most)}
                for name, ratio in ways.items():
                    lost.setdefault((people, name), []).append(cost(np.clip(ratio, -most, most)) - best)
    for (people, name), bits in lost.items():
        print(f"{people} people, {name}: {np.mean(bits):.4f} bits lost, at most {max(bits):.4f}")


def measure_tails() -> None:
    off: dict[tuple[str, float], list[float]] = {}
    for seed in range(200, 224):
        known = [other.astype(np.float64) for _, other in parts(comparisons(seed, 450))]
        fresh = [other for _, other in parts(comparisons(seed + 500, 800))]
        found = [excess(scores) for scores in known]
        pooled = pooled_shape([over for _, over in found])
        for name, fixed in {"own": None, "pooled": pooled, "halved": pooled / 2, "exponential": 0.0}.items():
            for rate in (1e-4, 1e-5):
                foretold = 0.0
                for (start, over), scores, other in zip(found, known, fresh, strict=True):
                    shape = shape_of(over) if fixed is None else fixed
                    z = max((np.quantile(other, 1 - rate) - start) / (over.mean() * (1 - shape)), 0)
                    beyond = np.exp(-z) if abs(shape) < 1e-6 else max(1 + shape * z, 1e-30) ** (-1 / shape)
                    foretold += len(over) / len(scores) * beyond * len(other)
                off.setdefault((name, rate), []).append(np.log(foretold / (rate * sum(map(len, fresh)))))
    print(f"tail of the highest {SHARE}: foretold over seen, its standard error as a factor, and the usual size of one")
    for (name, rate), logs in off.items():
        error = np.exp(np.std(logs) / len(logs) ** 0.5)
        print(f"shape {name}, at {rate:g}: {np.exp(np.mean(logs)):.2f} (x{error:.2f}), one x{np.exp(np.std(logs)):.2f}")


def measure_whole() -> None:
    for people in (150, 300, 700):
        known, fresh = comparisons(1, people), comparisons(60, 700)
        made = fit(known, pack="t", weights={"t": 1.0}, made="d", command="c", source={})
        strangers = fresh.first != fresh.second
        for band in made.bands:
            inside = (fresh.quality >= band.quality[0]) & (fresh.quality < band.quality[1])
            one, other = (band.log10_ratios(fresh.score[inside & side]) for side in (~strangers, strangers))
            costs = [each(one * np.log(10), other[::20] * np.log(10)) for each in (cllr, cllr_min)]
            print(
                f"{people} people, {band.name}: bounds {band.bounds}, Cllr {costs[0]:.4f}, Cllr_min {costs[1]:.4f}",
                end=";",
            )
            print(
                *(
                    f" LR ≥ {10**t:.0f}: 1 in {1 / max((other >= t).mean(), 1e-9):,.0f}"
                    for t in (1, 2)
                    if t < band.bounds[1]
                )
            )
        for row in look_alikes(made, fresh.score[strangers], fresh.quality[strangers]):
            print(f"  {row.band} {row.rate:g}: {row.expected:,.0f} expected, {row.observed:,} observed")


if __name__ == "__main__":
    {"curve": measure_curves, "tail": measure_tails, "whole": measure_whole}[sys.argv[1]]()
