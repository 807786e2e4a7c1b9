"""A calibration: what the scores of one set of model packs mean. Made by ``kintrace calibrate``, never by hand.

For each band of quality (the lower of the two faces') it holds the log10 likelihood ratio as a rising function of the score,
with an interval, and the false match rate: empirical in the body, a generalised Pareto distribution in the tail. A band may
later hold for a range of age gaps as well; ``age_gap`` is null where it holds for any.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kintrace.errors import CalibrationError
from kintrace.evidence.face import FaceEvidence

SCHEMA = 1


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

    def fmr(self, score: float) -> float:
        """Share of non-mated comparisons expected to score at least this much; never 0."""
        if score < self.start:
            return float(10 ** np.interp(score, self.scores, self.log10_fmr))
        over = (score - self.start) / self.scale
        inside = max(1 + self.shape * over, 0.0)
        beyond = np.exp(-over) if abs(self.shape) < 1e-6 else inside ** (-1 / self.shape) if inside else 0.0
        return float(max(self.rate * beyond, self.least))


@dataclass(frozen=True)
class Band:
    """One band of quality."""

    name: str
    quality: tuple[float, float]
    age_gap: tuple[float, float] | None
    mated: int
    nonmated: int
    people: int
    borrowed: bool
    """Too few comparisons were in this band: it repeats its neighbour's numbers."""
    scores: tuple[float, ...]
    log10_lr: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    bounds: tuple[float, float]
    """Least and greatest log10 likelihood ratio that the data support."""
    tail: Tail

    def log10_ratios(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Log10 likelihood ratios of scores, (n,) → (n,), held within the bounds."""
        ratios = np.interp(np.asarray(scores, dtype=float), self.scores, self.log10_lr)
        return np.asarray(np.clip(ratios, *self.bounds))


@dataclass(frozen=True)
class Calibration:
    """What the scores of one set of packs mean."""

    pack: str
    weights: Mapping[str, float]
    """Share of each pack in the score."""
    made: str
    command: str
    source: Mapping[str, Any]
    """What it was made from: protocol, people, comparisons."""
    bands: tuple[Band, ...]

    def band(self, quality: float) -> Band:
        """The band for the lower of two qualities."""
        return next((band for band in self.bands if band.quality[0] <= quality < band.quality[1]), self.bands[-1])

    def weigh(
        self, score: float, quality: float, other_quality: float, *, gallery_size: int | None = None
    ) -> FaceEvidence:
        """What a score is worth.

        Args:
            score: of two templates of this calibration's packs, −1…1.
            quality: overall quality of one face, 0…100.
            other_quality: of the other.
            gallery_size: people in the collection searched, for the number of look-alikes.
        """
        worse = min(quality, other_quality)
        band = self.band(worse)
        value = float(band.log10_ratios(score))
        low, high = (
            float(np.clip(np.interp(score, band.scores, side), *band.bounds)) for side in (band.low, band.high)
        )
        expected = None if gallery_size is None else gallery_size * band.tail.fmr(score)
        cautions = []
        if band.name == "poor":
            cautions.append("At least one of the photos is poor: a better one may tell more, either way.")
        if band.borrowed:
            cautions.append(
                "There were too few photos of this quality to calibrate on; better photos' numbers are used."
            )
        return FaceEvidence(
            self.pack, float(score), value, (min(low, value), max(high, value)), value in band.bounds, band.name,
            gallery_size, expected, tuple(cautions),
        )  # fmt: skip

    def to_json(self) -> str:
        """The file's text, with a checksum over its content."""
        content = {"schema": SCHEMA, **asdict(self)}
        return json.dumps(content | {"checksum": _checksum(content)}, indent=1) + "\n"

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read and check a calibration.

        Raises:
            CalibrationError: it is damaged, was edited, or is of another version.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found = content.pop("checksum")
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
            raise CalibrationError(
                f"{path} is not a calibration that can be read.", todo="Make it anew: kintrace calibrate."
            ) from problem
        if found != _checksum(content) or content.pop("schema", None) != SCHEMA:
            raise CalibrationError(
                f"{path} was changed since it was made, or is of another version of Kintrace.",
                kept="It was not used.",
                todo="Make it anew: kintrace calibrate. A calibration is never edited by hand.",
            )
        try:
            bands = tuple(_band(entry) for entry in content.pop("bands"))
            return cls(bands=bands, **content)
        except (KeyError, TypeError, ValueError) as problem:
            raise CalibrationError(
                f"{path} lacks something a calibration must hold ({problem}).",
                todo="Make it anew: kintrace calibrate.",
            ) from problem


def _band(entry: dict[str, Any]) -> Band:
    tail = entry.pop("tail")
    return Band(**_tuples(entry), tail=Tail(**_tuples(tail)))


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=list).encode()).hexdigest()
