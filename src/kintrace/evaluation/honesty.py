"""Does a calibration hold on people it was not fitted to? Cost, reliability, and look-alikes expected against seen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.evaluation.charts import LookAlikes, Reliability
from kintrace.evidence import Calibration, Comparisons, cllr, cllr_min, reliability

SHARES = (1e-2, 1e-3, 1e-4, 1e-5)
"""Shares of comparisons of strangers at which look-alikes are counted."""


def check(calibration: Calibration, pairs: Comparisons) -> dict[str, Any]:
    """How honest a calibration is on people it was not fitted to.

    Returns:
        ``cllr`` and ``cllr_min``, over all and per band; and per band the look-alikes expected and observed at scores at which
        about 1, 10 and 100 in 100,000 comparisons of strangers would score as high.
    """
    mated = pairs.first == pairs.second
    ratio = np.empty(len(pairs.score))
    result: dict[str, Any] = {"bands": {}}
    for band in calibration.bands:
        inside = (pairs.quality >= band.quality[0]) & (pairs.quality < band.quality[1])
        ratio[inside] = band.log10_ratios(pairs.score[inside]) * np.log(10)
        one, other = ratio[inside & mated], ratio[inside & ~mated]
        if len(one) < 10 or len(other) < 1000:
            continue
        strangers = np.sort(pairs.score[inside & ~mated])
        tail = {}
        for share in SHARES:
            if share * len(strangers) < 3:
                continue
            score = next(s for s in np.linspace(-1, 1, 2001) if band.tail.fmr(float(s)) <= share)
            observed = len(strangers) - int(np.searchsorted(strangers, score, side="left"))
            tail[f"{share:g}"] = {
                "score": round(float(score), 3),
                "expected": round(band.tail.fmr(float(score)) * len(strangers), 1),
                "observed": observed,
            }
        result["bands"][band.name] = {
            "mated": len(one),
            "nonmated": len(other),
            "cllr": round(cllr(one, other), 4),
            "cllr_min": round(cllr_min(one, _thinned(other)), 4),
            "look_alikes": tail,
        }
    one, other = ratio[mated], ratio[~mated]
    result |= {"cllr": round(cllr(one, other), 4), "cllr_min": round(cllr_min(one, _thinned(other)), 4)}
    stated, observed_ratio = reliability(one / np.log(10), other / np.log(10))
    result["reliability"] = {"stated": stated.round(3).tolist(), "observed": observed_ratio.round(3).tolist()}
    return result


def _thinned(values: NDArray[np.float64], most: int = 300_000) -> NDArray[np.float64]:
    """Evenly spaced order statistics, where there are too many to sort one by one."""
    if len(values) <= most:
        return values
    return np.asarray(np.sort(values)[np.linspace(0, len(values) - 1, most).astype(np.int64)])


def curves(checked: dict[str, Any], gallery: int) -> tuple[Reliability, LookAlikes]:
    """What the page draws of :func:`check`'s result; look-alikes are per search in a gallery of this many people."""
    told = checked["reliability"]
    rows = [
        (entry["expected"] * gallery / band["nonmated"], entry["observed"] * gallery / band["nonmated"])
        for band in checked["bands"].values()
        for entry in band["look_alikes"].values()
    ]
    expected, observed = np.array(sorted(rows), dtype=np.float64).reshape(-1, 2).T
    return Reliability(np.array(told["stated"]), np.array(told["observed"])), LookAlikes(expected, observed)
