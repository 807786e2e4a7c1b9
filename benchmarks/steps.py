"""What each step of the way from photo to template wins in accuracy, and costs in time.

    .venv/bin/python benchmarks/steps.py             all of ../shared/faces/lfw-dev, in one pass
    .venv/bin/python benchmarks/steps.py --half      only the people reported on (the second half by subject)

Landmarks of the coarse search alone against those of the second look, each with and without averaging with the mirrored
face, with and without contrast lifting, and with every optional pack that is installed. The face nearest the middle is
the one that is meant, as in `kintrace evaluate`. Milliseconds are the median per photo, on one thread.
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kintrace.evaluation.metrics import Searches
from kintrace.evaluation.protocol import Protocol, Row
from kintrace.faces import Acquisition, Face, Finder, Pack, Photo, Quality, Reader, Sample, Template, active_packs, warp
from kintrace.faces.runtime import compile_network
from kintrace.faces.template import _raw, lifted

PROTOCOL = Path(__file__).resolve().parents[2] / "shared/faces/lfw-dev/protocol.csv"
BATCH = 32
Vectors = dict[str, list[np.ndarray]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--protocol", type=Path, default=PROTOCOL)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    whole = Protocol.read(options.protocol)
    half = whole.split_by_subject()[1]
    rows = (half if options.half else whole).rows
    packs = active_packs()
    vectors, costs, failures = embed(rows, packs)
    parts = {"reported on": half} if options.half else {"reported on": half, "all": whole}
    found = {
        name: {part: figures(protocol, rows, made) for part, protocol in parts.items()}
        for name, made in variants(vectors, packs).items()
    }
    report = {"photos": len(rows), "no_face": failures, "steps": found, "ms_per_photo": costs}
    print(json.dumps(report, indent=1) if options.json else page(report))


def embed(rows: Sequence[Row], packs: Sequence[Pack]) -> tuple[Vectors, dict[str, float], dict[str, int]]:
    """Raw unit vectors of every row for each landmarks × pack × (plain, lifted) × (straight, mirrored); zero: no face."""
    cv2.setNumThreads(1)
    finder = Finder(threads=1)
    networks = {pack.name: compile_network(pack.read_model(), threads=1) for pack in packs}
    vectors: Vectors = defaultdict(list)
    spent: dict[str, list[float]] = defaultdict(list)
    failures = {"coarse landmarks": 0, "second look": 0}
    crops: dict[tuple[str, str, str], list[np.ndarray]] = defaultdict(list)

    def flush() -> None:
        for (landmarks, name, light), held in sorted(crops.items()):  # "lifted" before "plain"
            pack = next(pack for pack in packs if pack.name == name)
            pictures = np.stack(held)
            base = np.stack(crops[landmarks, name, "lifted"])
            # Few faces are lifted; the vectors of the others are known already.
            new = (pictures != base).any(axis=(1, 2, 3)) if light == "plain" else np.ones(len(held), bool)
            for way, turned in (("straight", pictures), ("mirrored", pictures[:, :, ::-1])):
                made = np.zeros((len(held), pack.dimensions), np.float32)
                if light == "plain":
                    made[:] = vectors[f"{landmarks}/{name}/lifted/{way}"][-len(held) :]
                if new.any():
                    start = time.perf_counter()
                    raw = _raw(pack, networks[name], turned[new])
                    if new.all():
                        spent[f"template, {name}"].append((time.perf_counter() - start) / len(held))
                    made[new] = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)
                made[(pictures == 0).all(axis=(1, 2, 3))] = 0
                vectors[f"{landmarks}/{name}/{light}/{way}"].extend(made)
        crops.clear()

    with Reader() as reader:
        for number, photo in reader.read_many((i, row.path) for i, row in enumerate(rows)):
            if not isinstance(photo, Photo):
                raise photo
            start = time.perf_counter()
            boxes = finder._coarse(photo.pixels)
            spent["coarse search"].append(time.perf_counter() - start)
            coarse = [Face(tuple(b[:4]), b[4:14].reshape(5, 2), float(b[14])) for b in boxes]
            start = time.perf_counter()
            fine = finder.find(photo.pixels)
            spent["coarse search and second look"].append(time.perf_counter() - start)
            for landmarks, faces in (("coarse landmarks", coarse), ("second look", fine)):
                face = central(photo, faces)
                failures[landmarks] += face is None
                for pack in packs:
                    blank = np.zeros((pack.size, pack.size, 3), np.uint8)
                    crop = blank if face is None else warp(photo.pixels, face.landmarks, pack.landmarks, pack.size)
                    crops[landmarks, pack.name, "lifted"].append(crop if face is None else lifted(crop))
                    if landmarks == "second look":
                        crops[landmarks, pack.name, "plain"].append(crop)
            if number % BATCH == BATCH - 1 or number == len(rows) - 1:
                flush()
    return vectors, {name: round(statistics.median(each) * 1e3, 2) for name, each in spent.items()}, failures


def central(photo: Photo, faces: Sequence[Face]) -> Face | None:
    """The face that `kintrace evaluate` takes to be meant."""
    if not faces:
        return None
    samples = tuple(Sample(face, Quality(100), Template("", np.zeros(1, np.float32))) for face in faces)
    height, width = photo.pixels.shape[:2]
    return Acquisition("", samples, size=(width, height)).choose("central").face


def variants(vectors: Vectors, packs: Sequence[Pack]) -> dict[str, np.ndarray]:
    """Templates of each variant, (rows, dimensions)."""
    made = {name: np.array(each, dtype=np.float32) for name, each in vectors.items()}

    def template(landmarks: str, name: str, light: str = "lifted", *, mirror: bool = False) -> np.ndarray:
        straight = made[f"{landmarks}/{name}/{light}/straight"]
        if not mirror:
            return straight
        both = straight + made[f"{landmarks}/{name}/{light}/mirrored"]
        return np.asarray(both / np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-9))

    first = packs[0].name
    found = {
        "coarse landmarks": template("coarse landmarks", first),
        "coarse landmarks, mirror averaging": template("coarse landmarks", first, mirror=True),
        "second look (the default)": template("second look", first),
        "second look, no contrast lifting": template("second look", first, "plain"),
        "second look, mirror averaging": template("second look", first, mirror=True),
    }
    for pack in packs[1:]:
        for mirror in (False, True):
            pair = (template("second look", name, mirror=mirror) for name in (first, pack.name))
            share = np.sqrt([0.7, 0.3])
            name = f"second look{', mirror averaging' * mirror}, 0.7 {first} + 0.3 {pack.name}"
            found[name] = np.hstack([vector * part for vector, part in zip(pair, share, strict=True)])
    return found


def figures(protocol: Protocol, rows: Sequence[Row], templates: np.ndarray) -> dict[str, float]:
    """Rank-1 and FNIR of a protocol whose rows are among ``rows``; several photos of a person count by the best."""
    place = {row: i for i, row in enumerate(rows)}
    column = {subject: i for i, subject in enumerate(protocol.subjects)}
    there = np.abs(templates).sum(axis=1) > 0

    def scores(searched: Sequence[Row]) -> np.ndarray:
        which = [place[row] for row in searched]
        table = np.full((len(which), len(column)), -np.inf, dtype=np.float32)
        for row in protocol.gallery:
            if there[place[row]]:
                own = column[row.subject]
                table[:, own] = np.maximum(table[:, own], templates[which] @ templates[place[row]])
        table[~there[which]] = -np.inf
        return table

    searches = Searches.from_scores(
        scores(protocol.mated), [column[row.subject] for row in protocol.mated], scores(protocol.nonmated)
    )
    found: dict[str, Any] = {"rank1": searches.found_within(1)}
    for share in (0.01, 0.1):
        found[f"fnir_at_fpir_{share}"] = searches.fnir(searches.threshold_at_fpir(share))
    return {name: round(float(value), 4) for name, value in found.items()}


def page(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [f"{report['photos']} photos; without a face: {report['no_face']}", ""]
    lines.append(f"{'':52}{'people':>13}{'rank-1':>9}{'FNIR 1 %':>10}{'FNIR 10 %':>11}")
    for name, parts in report["steps"].items():
        for part, row in parts.items():
            low, high = row["fnir_at_fpir_0.01"], row["fnir_at_fpir_0.1"]
            lines.append(f"{name:52}{part:>13}{row['rank1']:>9.4f}{low:>10.4f}{high:>11.4f}")
    lines += ["", "Median milliseconds per photo, one thread"]
    return "\n".join(lines + [f"  {name:50}{cost:>7.2f}" for name, cost in report["ms_per_photo"].items()])


if __name__ == "__main__":
    main()
