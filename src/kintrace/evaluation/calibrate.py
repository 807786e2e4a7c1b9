"""Make a calibration from a protocol's photos: fitted on half of the people, checked on the other half."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.errors import CalibrationError
from kintrace.evaluation.degrade import Degradation
from kintrace.evaluation.honesty import check
from kintrace.evaluation.protocol import Protocol
from kintrace.evaluation.run import Acquired, acquire_rows
from kintrace.evidence import Calibration, Comparisons, fit
from kintrace.faces import Acquirer, Encoder

Progress = Callable[[int, int], None]
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Shares of the second pack that are tried, where nobody says."""


@dataclass(frozen=True, eq=False)
class Photos:
    """Templates of photos, with who is in them; a photo and its degraded copies have one number."""

    vector: NDArray[np.float32]
    quality: NDArray[np.float32]
    person: NDArray[np.int64]
    photo: NDArray[np.int64]
    plain: NDArray[np.bool_]
    """Whether the photo is as it was, not made worse."""

    def only(self, which: NDArray[np.bool_]) -> "Photos":
        """A part of them."""
        return Photos(self.vector[which], self.quality[which], self.person[which], self.photo[which], self.plain[which])

    def reweighted(self, encoder: Encoder, weights: Mapping[str, float]) -> "Photos":
        """The same photos, their templates joined with other weights than the encoder's."""
        factor = np.concatenate(
            [
                np.full(pack.dimensions, np.sqrt(weights[pack.name] / encoder.weights[pack.name]))
                for pack in encoder.packs
            ]
        )
        return Photos((self.vector * factor).astype(np.float32), self.quality, self.person, self.photo, self.plain)

    def pairs(self) -> Comparisons:
        """Every comparison in which at least one photo is as it was: one of the two may be poor."""
        vectors = self.vector
        parts: list[tuple[NDArray[Any], ...]] = []
        plain = np.flatnonzero(self.plain)
        order = np.arange(len(self.photo))
        for start in range(0, len(order), 512):
            rows = order[start : start + 512]
            scores = vectors[rows] @ vectors[plain].T
            # Each pair of plain photos once, and never a photo with itself or its own copy.
            wanted = self.photo[rows][:, None] != self.photo[plain][None]
            wanted &= ~self.plain[rows][:, None] | (rows[:, None] < plain[None])
            i, j = np.nonzero(wanted)
            parts.append(
                (
                    scores[i, j],
                    np.minimum(self.quality[rows[i]], self.quality[plain[j]]),
                    self.person[rows[i]],
                    self.person[plain[j]],
                )
            )
        score, quality, first, second = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Comparisons(score, quality, first, second)


def gather(
    protocol: Protocol,
    acquirer: Acquirer,
    degradations: Sequence[Sequence[Degradation]] = (),
    progress: Progress = lambda done, of: None,
) -> Photos:
    """Templates of every photo of a protocol, as it is and made worse in each of the ways given.

    Raises:
        CalibrationError: no photo gave a template.
    """
    people = {person: number for number, person in enumerate(dict.fromkeys(row.subject for row in protocol.rows))}
    images = {row.path: number for number, row in enumerate(protocol.rows)}
    rows = tuple({row.path: row for row in protocol.rows}.values())
    total = len(rows) * (1 + len(degradations))
    columns: list[tuple[NDArray[np.float32], float, int, int, bool]] = []
    for turn, steps in enumerate(((), *degradations)):
        acquired: Acquired = acquire_rows(
            rows,
            acquirer,
            degradations=steps,
            progress=partial(_later, progress, turn * len(rows), total),
        )
        for row, sample in zip(rows, acquired.samples, strict=True):
            if sample is not None:
                columns.append(
                    (
                        sample.template.vector,
                        sample.quality.overall,
                        people[row.subject],
                        images[row.path],
                        turn == 0,
                    )
                )
    if not columns:
        raise CalibrationError("No photo of this protocol gave a template.", todo="Check the photos.")
    vector, quality, person, photo, plain = zip(*columns, strict=True)
    return Photos(
        np.array(vector, dtype=np.float32),
        np.array(quality, dtype=np.float32),
        np.array(person),
        np.array(photo),
        np.array(plain),
    )


def _later(progress: Progress, begun: int, total: int, done: int, _: int) -> None:
    progress(begun + done, total)


def calibrate(
    protocol: Protocol,
    acquirer: Acquirer,
    degradations: Sequence[Sequence[Degradation]] = (),
    *,
    command: str,
    choose: bool = True,
    progress: Progress = lambda done, of: None,
) -> tuple[Calibration, dict[str, Any]]:
    """Fit on half of the people, check on the other half.

    Args:
        protocol: every photo of it is used, whatever its role.
        acquirer: makes the templates; its weights are those of the calibration, unless ``choose``.
        degradations: ways to make photos worse, so that poor photos are calibrated too.
        command: what reproduces it, to be written into the file.
        choose: with two packs, choose their weights by the fewest misses at FMR 0.0001 on the half that is fitted on.
        progress: called with photos done, and how many there are.

    Returns:
        The calibration, and how it did on the half it was not fitted to.

    Raises:
        CalibrationError: too few photos.
    """
    photos = gather(protocol, acquirer, degradations, progress)
    choosers = {row.subject for row in protocol.split_by_subject()[0].rows}
    people = list(dict.fromkeys(row.subject for row in protocol.rows))
    chosen = np.array([people[number] in choosers for number in photos.person])
    fitting, checking = photos.only(chosen), photos.only(~chosen)
    weights = dict(acquirer.encoder.weights)
    if choose and len(weights) == 2:
        weights = _best_weights(fitting, acquirer.encoder)
        fitting, checking = (part.reweighted(acquirer.encoder, weights) for part in (fitting, checking))
    pairs = fitting.pairs()
    calibration = fit(
        pairs,
        pack=acquirer.pack,
        weights=weights,
        made=datetime.now(UTC).date().isoformat(),
        command=command,
        source={
            "protocol": protocol.name,
            "people": len(choosers),
            "mated": int((pairs.first == pairs.second).sum()),
            "nonmated": int((pairs.first != pairs.second).sum()),
            "degraded": [",".join(str(step) for step in steps) for steps in degradations],
        },
    )
    return calibration, check(calibration, checking.pairs())


def _best_weights(photos: Photos, encoder: Encoder) -> dict[str, float]:
    """The shares of two packs that miss least at FMR 0.0001, on photos as they are."""
    first, second = encoder.weights
    plain = photos.only(photos.plain)
    best, fewest = dict(encoder.weights), 2.0
    for share in SHARES:
        weights = {first: 1 - share, second: share}
        pairs = plain.reweighted(encoder, weights).pairs()
        mated = pairs.first == pairs.second
        threshold = np.quantile(pairs.score[~mated], 1 - 1e-4)
        missed = float((pairs.score[mated] < threshold).mean())
        if missed < fewest:
            best, fewest = weights, missed
    return best
