"""Fit the overall quality of a face so that it predicts recognition error, and show how well it does.

    python benchmarks/fit_quality.py ../shared/faces/lfw-dev/protocol.csv [--write]

Every photo is used as it is and made worse in two random ways. A linear model is fitted, on half of the subjects, to the mean
score of a face against the unchanged other photos of the same person. The error-versus-discard curve printed at the end is of
the other half. ``--write`` puts the fit into src/kintrace/faces/quality.json.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from kintrace.evaluation.degrade import KINDS, degrade
from kintrace.evaluation.protocol import Protocol
from kintrace.faces import Acquirer, Photo, load_pack, read
from kintrace.faces.packs import BUILT_IN
from kintrace.faces.quality import FEATURES

STRENGTHS = {  # the range each strength is drawn from, evenly
    "blur": (0.8, 3), "jpeg": (4, 30), "downscale": (0.2, 0.7), "noise": (8, 40), "grey": (1, 1),
    "occlude": (0.02, 0.08), "dark": (0.08, 0.5), "bright": (1.5, 3.0), "fade": (0.1, 0.5),
}  # fmt: skip
STRANGERS, PORTRAITS = 0.10, 0.70  # mean scores that become 0 and 100


def acquired(protocol, acquirer):
    """Rows (subject, photo number, kind, measures, vector) of photos as they are and made worse."""
    rows = []
    for number, row in enumerate(protocol.rows):
        draw = np.random.default_rng(number)
        photo = read(row.path)
        kinds = ["none", *draw.choice(list(STRENGTHS), 1 if row.role == "nonmated" else 2, replace=False)]
        for kind in kinds:
            pixels = photo.pixels
            if kind != "none":
                strength = draw.uniform(*STRENGTHS[kind])
                pixels = degrade(pixels, kind, round(strength) if KINDS[kind].whole else strength, seed=number)
            worse = Photo(pixels, photo.format, photo.sha256, photo.grey)
            found = acquirer.acquire_photo(worse)
            if not found.samples:
                rows.append((row.subject, number, kind, None, None))
                continue
            sample = found.choose("central")
            rows.append((row.subject, number, kind, sample.quality.measures, sample.template.vector))
    return rows


def fitted(table, target, names):
    """Ridge regression with standardised columns, as weights of the plain ones and a constant."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    columns = (table - mean) / spread
    slope = np.linalg.solve(columns.T @ columns + 5 * np.eye(len(names)), columns.T @ (target - target.mean()))
    weights = dict(zip(names, slope / spread, strict=True))
    constant = target.mean() - (slope / spread * mean).sum()
    scale = 100 / (PORTRAITS - STRANGERS)
    fit = {name: round(float(weight * scale), 4) for name, weight in weights.items()}
    return {"constant": round(float((constant - STRANGERS) * scale), 4), **fit}


def main():
    """Fit and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("protocol", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    protocol = Protocol.read(options.protocol)
    chosen_on, _ = protocol.split_by_subject(0.5)
    choosers = {row.subject for row in chosen_on.rows}
    with Acquirer([load_pack(BUILT_IN / "sface")]) as acquirer:
        rows = acquired(protocol, acquirer)
    for kind in ["none", *STRENGTHS]:
        of_kind = [row for row in rows if row[2] == kind]
        print(f"{kind:10} failures to acquire {sum(r[3] is None for r in of_kind)} of {len(of_kind)}")
    rows = [row for row in rows if row[3] is not None]
    subject = np.array([row[0] for row in rows])
    photo = np.array([row[1] for row in rows])
    clean = np.array([row[2] == "none" for row in rows])
    fit_half = np.array([s in choosers for s in subject])
    vectors = np.array([row[4] for row in rows])
    columns = {name: np.array([feature(row[3]) for row in rows]) for name, feature in FEATURES.items()}
    target = np.full(len(rows), np.nan)
    for i in range(len(rows)):
        mates = clean & (subject == subject[i]) & (photo != photo[i])
        if mates.any():
            target[i] = (vectors[mates] @ vectors[i]).mean()
    use = fit_half & ~np.isnan(target)
    fits = {}
    for name, names in {"with_template": list(FEATURES), "picture_only": list(FEATURES)[1:]}.items():
        table = np.stack([columns[n] for n in names], axis=1)
        fits[name] = fitted(table[use], target[use], names)
        overall = np.clip(fits[name]["constant"] + sum(fits[name][n] * columns[n] for n in names), 0, 100)
        report(name, overall, vectors, subject, photo, clean, fit_half)
    if options.write:
        place = Path(__file__).parents[1] / "src/kintrace/faces/quality.json"
        made = {
            "made_by": "python benchmarks/fit_quality.py ../shared/faces/lfw-dev/protocol.csv --write",
            "fits": fits,
        }
        place.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def report(name, overall, vectors, subject, photo, clean, fit_half):
    """Error versus discard on the subjects that were not fitted on."""
    probes, references = np.flatnonzero(~fit_half), np.flatnonzero(~fit_half & clean)
    scores = vectors[probes] @ vectors[references].T
    same = subject[probes][:, None] == subject[references][None]
    mated = same & (photo[probes][:, None] != photo[references][None])
    threshold = np.quantile(scores[~same], 0.999)
    print(f"\n{name}: {mated.sum()} mated comparisons, FMR 0.001 at score {threshold:.3f}")
    print("quality quantiles, unchanged photos:", np.quantile(overall[clean], [0, 0.001, 0.01, 0.05, 0.5, 1]).round(1))
    base = None
    for discard in (0, 0.05, 0.1, 0.2, 0.3, 0.5):
        kept = overall[probes] >= np.quantile(overall[probes], discard)
        fnmr = float((scores[mated & kept[:, None]] < threshold).mean())
        base = base or fnmr
        print(f"  worst {discard:4.0%} set aside: FNMR {fnmr:.4f} ({fnmr / base:.2f} of all)")


if __name__ == "__main__":
    main()
