"""The figures of one evaluation, as ``kintrace evaluate --json`` prints them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kintrace.evaluation.metrics import Searches, error_versus_discard, rate
from kintrace.evaluation.uncertainty import intervals, wilson

RANKS = (1, 20, 50)
FPIRS = (0.1, 0.01)
FMRS = (0.001,)
DISCARDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
GROUP_FPIR = 0.01
"""Groups are compared at the one threshold that gives this FPIR over everybody."""
AGES = (0, 5, 13, 18, 40, 60)
"""Where an age band begins, in years."""
GAPS = (0, 2, 5, 10, 20)
"""Where a band of years between two photos begins."""

Labels = Mapping[str, tuple[Sequence[str], Sequence[str]]]
"""Kind of grouping → a label per mated and per non-mated search; "" where it is not known."""


def figures(
    searches: Searches,
    *,
    pack: str,
    seconds_per_image: float | None = None,
    failed: Mapping[str, int] | None = None,
    quality: ArrayLike | None = None,
    labels: Labels | None = None,
    draws: int = 1000,
) -> dict[str, Any]:
    """Every figure of an evaluation, ready for `json.dumps`; a figure without data is None.

    Args:
        searches: the scores, reduced.
        pack: name of the pack set that made the templates.
        seconds_per_image: from photo bytes to template, mean over the photos read.
        failed: photos without a template, by ``gallery``, ``probe``, ``nonmated``. Where not given they are
            counted from the scores, and the gallery's are then people, not photos.
        quality: (m,) of each mated pair, the lower of its two photos, 0…100; NaN where there was no face.
        labels: groupings for the tables, such as ``{"group": (mated, nonmated), "age": …}``.
        draws: of the bootstrap.

    Returns:
        The keys are described in docs/evaluate.md.
    """
    found = {f"rank{rank}": _number(searches.found_within(rank)) for rank in RANKS}
    at_fpir = {f"{fpir:g}": searches.threshold_at_fpir(fpir) for fpir in FPIRS}
    at_fmr = {f"{fmr:g}": searches.threshold_at_fmr(fmr) for fmr in FMRS}
    acquired = ~searches.failed_mated
    made = int(acquired.sum()) if searches.comparisons else 0
    result: dict[str, Any] = {
        "gallery": searches.gallery,
        "mated": int(searches.mate.size),
        "nonmated": int(searches.alarm.size),
        "failure_to_acquire": {
            "gallery": searches.failed_gallery,
            "probe": int(searches.failed_mated.sum()),
            "nonmated": int(searches.failed_nonmated.sum()),
            **(failed or {}),
        },
        **found,
        "fnir_at_fpir": {fpir: _number(searches.fnir(at)) for fpir, at in at_fpir.items()},
        "fmr_fnmr": {fmr: _number(searches.fnmr(at)) for fmr, at in at_fmr.items()},
        "seconds_per_image": seconds_per_image,
        "pack": pack,
        "fmr_fnmr_acquired": {fmr: _number(rate(searches.missed(at)[acquired], made)) for fmr, at in at_fmr.items()},
        "thresholds": {
            "fpir": {fpir: _number(at) for fpir, at in at_fpir.items()},
            "fmr": {fmr: _number(at) for fmr, at in at_fmr.items()},
        },
        "false_alarms": {fpir: int(searches.alarms(at).sum()) for fpir, at in at_fpir.items()},
        "intervals": intervals(searches, RANKS, FPIRS, FMRS, draws),
        "error_versus_discard": {},
        "groups": {},
        "cautions": _cautions(searches),
    }
    if quality is not None and searches.mate.size and searches.comparisons:
        rest = error_versus_discard(searches.missed(at_fmr[f"{FMRS[0]:g}"]), quality, DISCARDS)
        result["error_versus_discard"] = {
            f"{share:g}": _number(value) for share, value in zip(DISCARDS, rest, strict=True)
        }
    threshold = searches.threshold_at_fpir(GROUP_FPIR)
    for kind, (mated, nonmated) in ({} if math.isnan(threshold) else labels or {}).items():
        if table := groups(searches, threshold, mated, nonmated):
            result["groups"][kind] = table
    return result


def groups(searches: Searches, threshold: float, mated: Sequence[str], nonmated: Sequence[str]) -> list[dict[str, Any]]:
    """FNIR and FPIR of each group at one threshold, in the order of the labels' names.

    Args:
        searches: the scores.
        threshold: the same for all.
        mated: (m,) a label per mated search; "" belongs to no group.
        nonmated: (n,) likewise; empty where the grouping says nothing of them (years between two photos,
        say).

    Returns:
        One dict per group: ``group, mated, nonmated, people, failed, fnir, fnir_interval, fpir,
        fpir_interval``. The intervals are Wilson's, with as many trials as there are people: photos of one
        person are not independent.
    """
    first = np.asarray(mated, dtype=str)
    second = np.asarray(nonmated, dtype=str) if len(nonmated) else np.full(searches.alarm.size, "")
    if first.shape != searches.mate.shape or second.shape != searches.alarm.shape:
        raise ValueError(f"a label per search is needed: {first.shape} and {second.shape}")
    missed, alarms = searches.missed(threshold), searches.alarms(threshold)
    rows = []
    for name in sorted({*first.tolist(), *second.tolist()} - {""}, key=_natural):
        one, other = first == name, second == name
        people = [
            np.unique(subject[inside]).size
            for subject, inside in ((searches.mated_subject, one), (searches.nonmated_subject, other))
        ]
        fnir, fpir = rate(missed[one], int(one.sum())), rate(alarms[other], int(other.sum()))
        rows.append(
            {
                "group": name,
                "mated": int(one.sum()),
                "nonmated": int(other.sum()),
                "people": sum(people),
                "failed": int(searches.failed_mated[one].sum() + searches.failed_nonmated[other].sum()),
                "fnir": _number(fnir),
                "fnir_interval": wilson(fnir, people[0]),
                "fpir": _number(fpir),
                "fpir_interval": wilson(fpir, people[1]),
            }
        )
    return rows


def band(years: float | None, starts: Sequence[int] = AGES) -> str:
    """The label of the band an age, or a number of years, lies in ("5–12", "60+"); "" where unknown."""
    if years is None or math.isnan(years):
        return ""
    inside = [index for index, start in enumerate(starts) if start <= years]
    if not inside:
        return ""
    place = inside[-1]
    return f"{starts[place]}–{starts[place + 1] - 1}" if place + 1 < len(starts) else f"{starts[place]}+"


def worst_misses(searches: Searches, threshold: float, count: int = 8) -> NDArray[np.int64]:
    """Mated searches that were missed though both photos were acquired: lowest score first, by index."""
    missed = np.flatnonzero(searches.missed(threshold) & np.isfinite(searches.mate))
    return missed[np.argsort(searches.mate[missed], kind="stable")][:count]


def worst_alarms(searches: Searches, threshold: float, count: int = 8) -> NDArray[np.int64]:
    """Non-mated searches that raised an alarm: highest score first, by index."""
    raised = np.flatnonzero(searches.alarms(threshold))
    return raised[np.argsort(-searches.alarm[raised], kind="stable")][:count]


def _cautions(searches: Searches) -> list[str]:
    said = []
    for fpir in FPIRS:
        if 0 < searches.alarm.size * fpir < 1 - 1e-9:
            said.append(
                f"FPIR {fpir:g} cannot be told from nought with {searches.alarm.size} non-mated photos; "
                f"at least {math.ceil(1 / fpir)} are needed, and {math.ceil(10 / fpir)} are better."
            )
    people = np.unique(searches.mated_subject).size
    if 0 < people < 100:
        said.append(f"Only {people} people are searched for: read the intervals, not the figures alone.")
    if not searches.mate.size:
        said.append("There are no mated photos: nothing is known of people who are missed.")
    if not searches.alarm.size:
        said.append("There are no non-mated photos: nothing is known of false alarms.")
    ties = np.unique(searches.mate[np.isfinite(searches.mate)]).size
    if searches.mate.size >= 20 and 0 < ties < searches.mate.size / 2:
        said.append("Many scores are exactly equal; ties count against the system.")
    return said


def _natural(name: str) -> tuple[int, str]:
    digits = name[: next((i for i, char in enumerate(name) if not char.isdecimal()), len(name))]
    return (int(digits) if digits.isascii() and digits else -1, name)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
