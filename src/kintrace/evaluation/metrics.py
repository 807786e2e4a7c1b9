"""Error rates of searches and comparisons, from scores.

Definitions: ISO/IEC 19795-1:2021 (rank-based and threshold-based identification, comparison errors) and
ISO/IEC 29794-1 (error versus discard). A score counts *at or above* the threshold everywhere. Scores are
float32 and stay so, and every threshold is a float32 value: otherwise the step from "equal" to "just above"
is lost between two precisions.

A template that could not be made has the score −inf: a mated search that failed to acquire is missed at
every threshold and every rank, a non-mated one raises no alarm.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LOWEST = float(np.finfo(np.float32).min)
"""The threshold that lets every acquired score through, and no failure to acquire."""
TAIL = 0.1
"""Largest FMR a threshold can be asked for: that share of non-mated comparison scores is kept."""
BINS = 120


@dataclass(frozen=True, eq=False)
class Searches:
    """Mated (m of them) and non-mated (n) searches in one gallery, reduced to what the figures need.

    Make one with `Searches.from_scores`.
    """

    gallery: int
    """People in the gallery."""
    mate: Floats
    """(m,) score of the person's own reference, −inf where a template is missing."""
    rank: Ints
    """(m,) place of the person in the list, from 1; ``gallery + 1`` where a template is missing."""
    rival: Ints
    """(m,) gallery person, other than the mate, with the highest score; −1 where there is none."""
    rival_score: Floats
    alarm: Floats
    """(n,) highest score of a non-mated search."""
    alarm_person: Ints
    """(n,) gallery person who has it; −1 where there is none."""
    mate_person: Ints
    """(m,) the column that is the mate."""
    mated_subject: Ints
    """(m,) a number per person searched for, so that several photos of one person are not taken for several
    people."""
    nonmated_subject: Ints
    failed_gallery: int
    """People of the gallery without any template."""
    failed_mated: NDArray[np.bool_]
    failed_nonmated: NDArray[np.bool_]
    comparisons: int
    """Non-mated comparisons made, in mated and non-mated searches together."""
    tail: Floats
    """The highest `TAIL` of their scores, falling."""
    histogram: tuple[Ints, NDArray[np.float64]]
    """Counts of all of them in `BINS` bins, and the bins' edges, which hold the mated scores too."""

    @classmethod
    def from_scores(
        cls,
        mated: ArrayLike,
        mate: ArrayLike,
        nonmated: ArrayLike,
        *,
        mated_subject: Sequence[object] | None = None,
        nonmated_subject: Sequence[object] | None = None,
    ) -> "Searches":
        """Reduce score matrices.

        Args:
            mated: (m, gallery people) scores, one column per person (several photos already reduced to one
                score); NaN or −inf where either template is missing.
            mate: (m,) the column that is the mate of each mated probe.
            nonmated: (n, gallery people), the same for non-mated probes.
            mated_subject: (m,) who is searched for; each mate's column where not given.
            nonmated_subject: (n,) likewise; each probe another person where not given.

        Raises:
            ValueError: shapes disagree, a mate is not a column, or a score is +inf.
        """
        one, other = _matrix(mated), _matrix(nonmated)
        own = np.asarray(mate, dtype=np.int64)
        people = one.shape[1] if one.size else other.shape[1]
        if one.shape[0] != own.size or (one.size and other.size and one.shape[1] != other.shape[1]):
            raise ValueError(f"shapes disagree: mated {one.shape}, mate {own.shape}, nonmated {other.shape}")
        if own.size and (own.min() < 0 or own.max() >= people):
            raise ValueError("a mate is not a column of the matrix")
        if max(one.max(initial=-np.inf), other.max(initial=-np.inf)) == np.inf:
            raise ValueError("a score is infinite")

        each = np.arange(own.size)
        mate_score = one[each, own].copy()
        others = one.copy()
        others[each, own] = -np.inf
        # A tie counts against the mate: whoever reads the list from the top may meet the other first.
        rank = 1 + (others >= mate_score[:, None]).sum(axis=1)
        rank[~np.isfinite(mate_score)] = people + 1
        rival, rival_score = _best(others)
        alarm_person, alarm = _best(other)

        false = np.concatenate([others.ravel(), other.ravel()])
        false = false[np.isfinite(false)]
        seen = np.concatenate([false, mate_score[np.isfinite(mate_score)]])
        edges = np.linspace(seen.min(), seen.max(), BINS + 1) if seen.size else np.linspace(-1, 1, BINS + 1)
        counts, edges = np.histogram(false, bins=edges.astype(np.float64))
        keep = math.floor(TAIL * false.size) + 1
        if false.size > keep:
            false = np.partition(false, false.size - keep)[false.size - keep :]

        columns = [_failed(matrix, 0) for matrix in (one, other) if matrix.size]
        return cls(
            gallery=people,
            mate=mate_score,
            rank=rank.astype(np.int64),
            rival=rival,
            rival_score=rival_score,
            alarm=alarm,
            alarm_person=alarm_person,
            mate_person=own,
            mated_subject=_numbers(own.tolist() if mated_subject is None else mated_subject, own.size),
            nonmated_subject=_numbers(range(alarm.size) if nonmated_subject is None else nonmated_subject, alarm.size),
            failed_gallery=int(np.logical_and.reduce(columns).sum()) if columns else 0,
            failed_mated=_failed(one, 1),
            failed_nonmated=_failed(other, 1),
            comparisons=int(counts.sum()),
            tail=np.sort(false)[::-1],
            histogram=(counts.astype(np.int64), edges),
        )

    def threshold_at_fpir(self, fpir: float) -> float:
        """The lowest threshold at which at most this share of non-mated searches raises an alarm.

        It lies just above the score that would be one alarm too many, so that ties with that score raise
        none. NaN where there are no non-mated searches.
        """
        return _threshold(np.sort(self.alarm)[::-1], fpir, self.alarm.size)

    def threshold_at_fmr(self, fmr: float) -> float:
        """The lowest threshold at which at most this share of non-mated comparisons scores at or above it.

        Comparisons with a missing template are left out of the share: counting them would lower the
        threshold. NaN where there are no non-mated comparisons.

        Raises:
            ValueError: the rate is above `TAIL`.
        """
        if fmr > TAIL:
            raise ValueError(f"FMR up to {TAIL} only, not {fmr}")
        return _threshold(self.tail, fmr, self.comparisons)

    def missed(self, threshold: float) -> NDArray[np.bool_]:
        """(m,) whether the mate scores below the threshold, at whatever rank, or could not be compared."""
        return ~(self.mate >= np.float32(threshold)) | ~np.isfinite(self.mate)

    def alarms(self, threshold: float) -> NDArray[np.bool_]:
        """(n,) whether a non-mated search has anybody at or above the threshold."""
        return (self.alarm >= np.float32(threshold)) & np.isfinite(self.alarm)

    def found_within(self, rank: int) -> float:
        """The share of mated searches with the mate at this rank or better; NaN where there are none."""
        return rate(self.rank <= min(rank, self.gallery), self.rank.size)

    def fnir(self, threshold: float) -> float:
        """False negative identification rate: mated searches missed. NaN where nothing tells it."""
        return math.nan if math.isnan(threshold) else rate(self.missed(threshold), self.mate.size)

    def fpir(self, threshold: float) -> float:
        """False positive identification rate: non-mated searches with an alarm. NaN where there are none."""
        return rate(self.alarms(threshold), self.alarm.size)

    def fnmr(self, threshold: float) -> float:
        """False non-match rate over all mated pairs, a failure to acquire counted as a non-match.

        That is how NIST's evaluations count; ISO/IEC 19795-1 calls it the false reject rate of one attempt.
        A system cannot then look better by refusing poor photos. It is the FNIR of another threshold, as
        each mated search here has exactly one mate.
        """
        return self.fnir(threshold)

    def cmc(self, ranks: int = 100) -> NDArray[np.float64]:
        """(min(ranks, gallery),) cumulative match characteristic: `found_within` 1, 2, 3, …"""
        within = np.bincount(self.rank, minlength=self.gallery + 2)[1 : self.gallery + 1]
        return np.cumsum(within)[:ranks] / max(1, self.rank.size)

    def det(self) -> tuple[NDArray[np.float64], NDArray[np.float64], Floats]:
        """Detection error trade-off: (points,) FPIR rising, FNIR at it, and the threshold.

        One point just above every score a non-mated search reached, and one that lets everything through;
        between the points FNIR stays as it is (steps). At FPIR f the FNIR of `threshold_at_fpir` (f) is that
        of the last point whose FPIR is at most f. Empty where there are no mated or no non-mated searches.
        """
        if not self.mate.size or not self.alarm.size:
            return np.empty(0), np.empty(0), np.empty(0, np.float32)
        reached = np.unique(self.alarm[np.isfinite(self.alarm)])[::-1]
        thresholds = np.append(np.nextafter(reached, np.float32(np.inf)), np.float32(LOWEST))
        fpir = (self.alarm.size - np.searchsorted(np.sort(self.alarm), thresholds)) / self.alarm.size
        fnir = np.searchsorted(np.sort(self.mate), thresholds) / self.mate.size
        return fpir, fnir, thresholds


def error_versus_discard(missed: ArrayLike, quality: ArrayLike, fractions: ArrayLike) -> NDArray[np.float64]:
    """Error rate of what is left as the worst share is set aside (ISO/IEC 29794-1, error versus discard).

    The threshold stays the one that gave ``missed``. Among equal qualities nobody is the worst: each stands
    for their mean, which is what discarding by lot would give on average.

    Args:
        missed: (m,) whether each mated pair was missed.
        quality: (m,) of the pair (the lower of its two photos), higher is better; NaN (no face) goes first.
        fractions: (k,) shares set aside, 0 ≤ f < 1; rounded down to whole pairs.

    Returns:
        (k,) error rates; NaN where there are no pairs.
    """
    wrong = np.asarray(missed, dtype=np.float64)
    worth = np.nan_to_num(np.asarray(quality, dtype=np.float64), nan=-np.inf)
    share = np.asarray(fractions, dtype=np.float64)
    if wrong.shape != worth.shape:
        raise ValueError(f"shapes disagree: missed {wrong.shape}, quality {worth.shape}")
    if not wrong.size:
        return np.full(share.shape, np.nan)
    _, tie = np.unique(worth, return_inverse=True)
    expected = (np.bincount(tie, wrong) / np.bincount(tie))[np.sort(tie)]
    left = np.append(np.cumsum(expected[::-1])[::-1], 0.0)
    gone = _floor(share * wrong.size)
    return np.asarray(left[gone] / np.maximum(1, wrong.size - gone))


def rate(hits: ArrayLike, total: int) -> float:
    """Count over total; NaN where the total is nought."""
    return float(np.count_nonzero(hits)) / total if total else math.nan


def _threshold(falling: Floats, share: float, total: int) -> float:
    if not total:
        return math.nan
    allowed = int(_floor(np.float64(share * total)))
    if allowed >= total:
        return LOWEST
    return float(np.nextafter(falling[allowed], np.float32(np.inf)))


def _floor(count: ArrayLike) -> Ints:
    # 0.29 × 100 is 28.999… in floating point, and is meant to be 29.
    return np.floor(np.asarray(count) + 1e-9).astype(np.int64)


def _matrix(scores: ArrayLike) -> Floats:
    matrix = np.asarray(scores, dtype=np.float32)
    if matrix.ndim != 2:
        if matrix.size:
            raise ValueError(f"expected a matrix of scores, got shape {matrix.shape}")
        matrix = matrix.reshape(0, 0)
    return np.where(np.isnan(matrix), np.float32(-np.inf), matrix)


def _failed(scores: Floats, axis: int) -> NDArray[np.bool_]:
    return np.asarray(~np.isfinite(scores).any(axis=axis), dtype=np.bool_)


def _best(scores: Floats) -> tuple[Ints, Floats]:
    if not scores.size:
        return np.full(scores.shape[0], -1), np.full(scores.shape[0], -np.inf, np.float32)
    person = scores.argmax(axis=1)
    best = scores[np.arange(person.size), person]
    return np.where(np.isfinite(best), person, -1), best


def _numbers(names: Sequence[object], size: int) -> Ints:
    order: dict[object, int] = {}
    numbers = np.array([order.setdefault(name, len(order)) for name in names], dtype=np.int64)
    if numbers.size != size:
        raise ValueError(f"{size} searches, but {numbers.size} subjects")
    return numbers
