"""A calibration: what the scores of one set of model packs mean. Made by ``kintrace calibrate``, never by hand.

For each band of quality (the lower of the two faces') it holds the log10 likelihood ratio as a rising function of the score,
with an interval, and the false match rate: empirical in the body, a generalised Pareto distribution in the tail. A band may
hold for a range of age gaps as well; ``age_gap`` is null where it holds for any.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kintrace.errors import CalibrationError, PackMismatch
from kintrace.evidence import cautions
from kintrace.evidence.face import FaceEvidence
from kintrace.evidence.tail import Tail

SCHEMA = 1
ANEW = "Make it anew: kintrace calibrate."


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

    def __post_init__(self) -> None:
        """Refuse what is no rising ratio with an interval about it.

        Raises:
            ValueError: numbers are missing, not finite, or out of order.
        """
        curves = np.array([self.scores, self.low, self.log10_lr, self.high], dtype=np.float64)
        if curves.shape[1] < 2 or not np.isfinite([*curves.ravel(), *self.bounds, *self.quality]).all():
            raise ValueError(f"the numbers of band {self.name} are not all there")
        if (
            (np.diff(curves[0]) <= 0).any()
            or (np.diff(curves[1:]) < 0).any()
            or (np.diff(curves[1:], axis=0) < 0).any()
        ):
            raise ValueError(f"the ratio of band {self.name} does not rise within its interval")
        if not self.bounds[0] <= 0 <= self.bounds[1] or self.quality[0] >= self.quality[1]:
            raise ValueError(f"the bounds of band {self.name} are in the wrong order")

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

    def __post_init__(self) -> None:
        """Refuse what cannot weigh anything.

        Raises:
            ValueError: there is no band, or no name.
        """
        if not self.bands or not self.pack:
            raise ValueError("no bands, or no pack")

    @cached_property
    def version(self) -> str:
        """Sixteen digits of a hash over what weighs; when and of what it was made is not in it."""
        return _checksum({"pack": self.pack, "weights": self.weights, "bands": [asdict(each) for each in self.bands]})[
            :16
        ]

    def band(self, quality: float, age_gap: float | None = None) -> Band:
        """The band for the lower of two qualities, and the years between the photos where they are known.

        A band for that range of years is preferred to one for any; an unknown gap never takes a band that asks for one, unless
        there is no other.
        """

        def unfit(band: Band) -> tuple[int, float]:
            low, high = band.quality
            away = max(low - quality, 0.0) if quality < high else quality - high + 1e-9
            if band.age_gap is None:
                return 1, away
            known = age_gap is not None and band.age_gap[0] <= age_gap < band.age_gap[1]
            return (0 if known else 2), away

        return min(self.bands, key=unfit)

    def weigh(
        self,
        score: float,
        quality: float,
        other_quality: float,
        *,
        gallery_size: int | None = None,
        age_gap: float | None = None,
    ) -> FaceEvidence:
        """What a score is worth.

        Args:
            score: of two templates of this calibration's packs, −1…1.
            quality: overall quality of one face, 0…100.
            other_quality: of the other.
            gallery_size: people in the collection searched, for the number of look-alikes.
            age_gap: years between the two photos, where known.
        """
        band = self.band(min(quality, other_quality), age_gap)
        return self._weighed(band, np.array([score]), gallery_size, age_gap)[0]

    def weigh_many(
        self,
        scores: ArrayLike,
        quality: float,
        other_qualities: ArrayLike,
        *,
        gallery_size: int | None = None,
        age_gaps: Sequence[float | None] | None = None,
    ) -> tuple[FaceEvidence, ...]:
        """What the scores of one probe are worth, as :meth:`weigh` says it, in their order.

        Args:
            scores: (n,) of the probe against each reference.
            quality: of the probe.
            other_qualities: (n,) of the references.
            gallery_size: people in the collection searched.
            age_gaps: (n,) years between the photos, None where unknown.
        """
        asked = np.asarray(scores, dtype=np.float64)
        worse = np.minimum(quality, np.asarray(other_qualities, dtype=np.float64))
        gaps = [None] * len(asked) if age_gaps is None else list(age_gaps)
        rows: dict[tuple[int, float | None], list[int]] = {}
        for row, (each, gap) in enumerate(zip(worse.tolist(), gaps, strict=True)):
            rows.setdefault((self.bands.index(self.band(each, gap)), gap), []).append(row)
        told: dict[int, FaceEvidence] = {}
        for (number, gap), places in rows.items():
            weighed = self._weighed(self.bands[number], asked[places], gallery_size, gap)
            told |= dict(zip(places, weighed, strict=True))
        return tuple(told[row] for row in range(len(asked)))

    def _weighed(
        self, band: Band, scores: NDArray[np.float64], gallery_size: int | None, age_gap: float | None
    ) -> list[FaceEvidence]:
        if not np.isfinite(scores).all():
            raise ValueError("a score that is no number cannot be weighed")
        values = band.log10_ratios(scores)
        low, high = (np.clip(np.interp(scores, band.scores, side), *band.bounds) for side in (band.low, band.high))
        rates = band.tail.rates(scores)
        return [
            FaceEvidence(
                pack=self.pack,
                score=score,
                log10_lr=value,
                interval=(min(least, value), max(most, value)),
                bounded=value in band.bounds,
                band=band.name,
                gallery_size=gallery_size,
                expected_lookalikes=None if gallery_size is None else gallery_size * rate,
                cautions=cautions.of(band, score, value, age_gap),
                bounds=band.bounds,
                fewer_lookalikes=rate <= band.tail.least,
            )
            for score, value, least, most, rate in zip(
                scores.tolist(), values.tolist(), low.tolist(), high.tolist(), rates.tolist(), strict=True
            )
        ]

    def to_json(self) -> str:
        """The file's text, with a checksum over its content."""
        content = {"schema": SCHEMA, **asdict(self)}
        return json.dumps(content | {"checksum": _checksum(content)}, indent=1) + "\n"

    @classmethod
    def load(cls, path: Path, pack: str | None = None) -> "Calibration":
        """Read and check a calibration.

        Args:
            path: of the file.
            pack: the set of packs it must be of, where that matters.

        Raises:
            CalibrationError: it is damaged, was edited, or is of another version.
            PackMismatch: it is of other packs than those asked for.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found, version = content.pop("checksum"), content["schema"]
            checksum = _checksum(content)
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as problem:
            raise CalibrationError(
                f"{path} is not a calibration that can be read.", kept="It was not used.", todo=ANEW
            ) from problem
        if found != checksum:
            raise CalibrationError(
                f"{path} was changed since it was made.",
                kept="It was not used.",
                todo=f"{ANEW} A calibration is never edited by hand.",
            )
        if version != SCHEMA:
            raise CalibrationError(f"{path} is of another version of Kintrace.", kept="It was not used.", todo=ANEW)
        del content["schema"]
        try:
            made = cls(bands=tuple(_band(entry) for entry in content.pop("bands")), **content)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise CalibrationError(
                f"{path} lacks something a calibration must hold ({problem}).", kept="It was not used.", todo=ANEW
            ) from problem
        if pack is not None and made.pack != pack:
            raise PackMismatch(
                f"{path} is a calibration of “{made.pack}”, not of “{pack}”.", kept="It was not used.", todo=ANEW
            )
        return made


def _band(entry: dict[str, Any]) -> Band:
    tail = entry.pop("tail")
    return Band(**_tuples(entry), tail=Tail(**_tuples(tail)))


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=list).encode()).hexdigest()
