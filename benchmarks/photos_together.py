"""Several photos of two people as one fact: the mean of their log ratios, the best of them, or the mean template?

    python benchmarks/photos_together.py ../shared/faces/lfw-dev/protocol.csv

Everybody with three photos or more in the half of the people that the calibration was not fitted to, by the first half of the
photos against the rest, and against everybody else's rest. Cllr in bits: lower is better, 1 says nothing. With it, the
greatest log10 ratio of two different people.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kintrace.evaluation import Protocol
from kintrace.evaluation.run import acquire_rows
from kintrace.evidence import Calibration, PhotoPair, cllr, weigh_photos
from kintrace.faces import Acquirer, Sample, active_packs
from kintrace.faces.packs import packaged

Weigh = Callable[[list[Sample], list[Sample]], float]


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("protocol", type=Path)
    photos: dict[str, list] = {}
    for row in Protocol.read(parser.parse_args().protocol).split_by_subject()[1].rows:
        if row.path not in [each.path for each in photos.get(row.subject, [])]:
            photos.setdefault(row.subject, []).append(row)
    rows = [row for each in photos.values() if len(each) >= 3 for row in each]
    with Acquirer(active_packs("sface")) as acquirer:
        acquired = acquire_rows(rows, acquirer)
    samples: dict[str, list[Sample]] = {}
    for row, sample in zip(acquired.rows, acquired.samples, strict=True):
        if sample is not None:
            samples.setdefault(row.subject, []).append(sample)
    folder = packaged("kintrace", "faces/packs/sface")
    ways = _ways(Calibration.load(folder / "calibration-sface.json"))
    sides = [(each[: len(each) // 2], each[len(each) // 2 :]) for each in samples.values() if len(each) >= 3]
    print(f"{len(sides)} people, {sum(len(a) + len(b) for a, b in sides)} photos")
    for name, weigh in ways.items():
        mated = np.array([weigh(*side) for side in sides])
        others = np.array([weigh(a, b) for i, (a, _) in enumerate(sides) for j, (_, b) in enumerate(sides) if i != j])
        lost = cllr(mated * np.log(10), others * np.log(10))
        print(f"{name:32} Cllr {lost:.4f}; ", end="")
        print(f"one person: median {np.median(mated):.2f}, least {mated.min():.2f}; two: most {others.max():.2f}")


def _ways(calibration: Calibration) -> dict[str, Weigh]:
    def pairs(one: list[Sample], other: list[Sample]) -> list[PhotoPair]:
        return [
            PhotoPair(float(a.template.vector @ b.template.vector), a.quality.overall, b.quality.overall)
            for a in one
            for b in other
        ]

    def mean_template(one: list[Sample], other: list[Sample]) -> float:
        means = [np.mean([each.template.vector for each in side], axis=0) for side in (one, other)]
        a, b = (mean / np.linalg.norm(mean) for mean in means)
        best = [max(each.quality.overall for each in side) for side in (one, other)]
        return calibration.weigh(float(a @ b), *best).log10_lr

    return {
        "the first photo of each": lambda a, b: weigh_photos(pairs(a[:1], b[:1]), calibration).log10_lr,
        "all, mean of log ratios (in use)": lambda a, b: weigh_photos(pairs(a, b), calibration).log10_lr,
        "all, the best pair": lambda a, b: max(weigh_photos([pair], calibration).log10_lr for pair in pairs(a, b)),
        "mean templates": mean_template,
    }


if __name__ == "__main__":
    main()
