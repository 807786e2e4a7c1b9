"""What picture hashes cost, what they find again, and what they confuse.

    .venv/bin/python benchmarks/picture_hash.py                time, search at 10⁴, 10⁵ and 10⁶, and all photos of lfw-dev below
    .venv/bin/python benchmarks/picture_hash.py --photos 200   fewer photos
    .venv/bin/python benchmarks/picture_hash.py --speed-only   time and search only
    .venv/bin/python benchmarks/picture_hash.py --alarms-only  what is confused only: photos of one person, and of one sitting
    .venv/bin/python benchmarks/picture_hash.py --recall-only  what is found again only

Found again: one photo each of the people of ../shared/faces/lfw-dev and its altered copies, by the whole picture (with its eight
turns, and what is inside a border or a screen) and by the face in it. Confused: every pair of different photos of one person.
The people are split in two halves by a hash of their names: the thresholds are chosen on one half, as half the distance of
the nearest two different photos of one person, and both figures are reported on the other half. (Three quarters of that
distance had been tried first: on the other half it took two pairs of photos made seconds apart for one.)

The hardest case is one sitting: the AT&T faces (40 people, ten portraits each before one dark wall, many of them seconds apart).
No threshold of the hashes was chosen on them. What the hashes propose is laid over each other pixel by pixel: from which
agreement two pictures are one was chosen on their people of even number and the first half of lfw-dev's.
"""

import argparse
import json
import platform
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from picture_copies import ALTERED, Seen, distance, half, read
from picture_pairs import confused

from kintrace.faces import Finder
from kintrace.provenance import (
    SAME_EXPOSURE,
    SAME_FACE_CROP,
    SAME_PICTURE,
    PictureHash,
    PictureIndex,
    agreement,
    agreement_of_wholes,
    dihedral,
    inspect,
    pdq,
    pieces,
    small,
)

LFW = Path(__file__).resolve().parents[2] / "shared/faces/lfw-dev/images"
SIZES = (10**4, 10**5, 10**6)


def recall(people: dict[str, list[Path]], count: int, finder: Finder) -> dict[str, dict[str, np.ndarray]]:
    """Altered copies beside their photos: kind of change → what → (photos,), of people reported on.

    ``whole`` and ``face`` are distances of hashes; ``agree`` and ``agree_wholes`` say how well those that they propose
    agree, with a face looked for and without (else 0).
    """
    chosen = [person for person in sorted(people) if half(person) == 1]
    chosen = chosen[:: max(1, len(chosen) // count)][:count]
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for person in chosen:
        pixels = read(people[person][0])
        known = Seen(pixels, finder)
        for name, change in ALTERED.items():
            probe = Seen(change(pixels), finder)
            found[name]["whole"].append(distance(probe.whole, known.kept))
            found[name]["face"].append(distance(probe.probes, known.crop))
            whole, face = found[name]["whole"][-1] <= SAME_PICTURE, found[name]["face"][-1] <= SAME_FACE_CROP
            found[name]["agree"].append(probe.agrees(known) if whole or face else 0)
            found[name]["agree_wholes"].append(probe.agrees(known, faces=False) if whole else 0)
    return {name: {by: np.array(values) for by, values in each.items()} for name, each in found.items()}


def everybody(people: dict[str, list[Path]], finder: Finder) -> dict[str, list[tuple[int, str, str]]]:
    """Photos of different people that an index of all photos takes for one picture, with a margin of 20 bits: nearest first."""
    indexes: dict[str, PictureIndex[tuple[Path, int]]] = {"whole": PictureIndex(), "face": PictureIndex()}
    found: dict[str, list[tuple[int, str, str]]] = {"whole": [], "face": []}
    most = {"whole": SAME_PICTURE + 20, "face": SAME_FACE_CROP + 20}
    for path in (path for photos in people.values() for path in photos):
        seen = Seen(read(path), finder)
        for by, probes, kept in (("whole", seen.whole, seen.kept), ("face", seen.probes, seen.crop)):
            for hit in indexes[by].search(probes, most[by]):
                if hit.id[0].parent != path.parent:
                    found[by].append((hit.distance, hit.id[0].name, path.name))
            indexes[by].add(((path, number), hash) for number, hash in enumerate(kept))
    return {by: sorted(pairs) for by, pairs in found.items()}


def per_photo() -> dict[str, float]:
    """Milliseconds for one photo of 12 megapixels, and for one of 250 × 250: the median of several."""
    rng = np.random.default_rng(0)
    large = cv2.resize(rng.integers(0, 256, (300, 400, 3), dtype=np.uint8), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    little = np.ascontiguousarray(large[:250, :250])
    data = cv2.imencode(".jpg", large)[1].tobytes()
    works: dict[str, Callable[[], object]] = {
        "PDQ, 12 megapixels": lambda: pdq(large),
        "PDQ and its turns, 12 megapixels": lambda: dihedral(large),
        "PDQ, 250 × 250": lambda: pdq(little),
        "everything but decoding, 12 megapixels": lambda: inspect(data, pixels=large),
        "everything, decoding too, 12 megapixels": lambda: inspect(data),
    }
    faces = [small(large[:200, at : at + 200]) for at in (0, 4)]
    wholes = [pieces(large[: 2990 + at, : 3990 + at]) for at in (0, 10)]
    works |= {
        "two faces laid over each other": lambda: agreement(*faces),
        "two whole pictures laid over each other": lambda: agreement_of_wholes(*wholes),
    }
    return {name: timed(work, 9, np.median) for name, work in works.items()}


def timed(work: Callable[[], object], runs: int, take: Callable[[list[float]], float]) -> float:
    """Milliseconds of some work."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return float(take(times))


def search(size: int, runs: int) -> dict[str, float]:
    """Milliseconds of one search among so many hashes, best of several, beside a memory read of the same bytes."""
    rng = np.random.default_rng(size)
    rows = rng.integers(0, 256, (size, 32), dtype=np.uint8)
    index: PictureIndex[int] = PictureIndex()
    index.add((number, PictureHash(row.tobytes(), 100)) for number, row in enumerate(rows))
    probes = [PictureHash(row.tobytes(), 100) for row in rng.integers(0, 256, (14, 32), dtype=np.uint8)]
    words = rows.view(np.uint64)
    return {
        "hashes": size,
        "memory_read": timed(words.sum, runs, min),
        "one": timed(lambda: index.search(probes[0], 31), runs, min),
        "eight_turns": timed(lambda: index.search(probes[:8], 31), runs, min),
        "face_probes": timed(lambda: index.search(probes, 31), runs, min),
    }


def found_again(altered: dict[str, dict[str, np.ndarray]]) -> dict[str, object]:
    """The shares of altered copies that are found, by kind of change."""
    told: dict[str, object] = {}
    for name, each in altered.items():
        whole, face = each["whole"] <= SAME_PICTURE, each["face"] <= SAME_FACE_CROP
        shares = {
            "whole": whole,
            "face": face,
            "either": whole | face,
            "either_and_agrees": each["agree"] >= SAME_EXPOSURE,
            "whole_and_agrees_without_faces": each["agree_wholes"] >= SAME_EXPOSURE,
        }
        told[name] = {
            "photos": len(whole),
            **{by: round(float(share.mean()), 4) for by, share in shares.items()},
            "median_bits_whole": int(np.median(each["whole"])),
            "median_bits_face": int(np.median(each["face"])),
        }
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=1000, help="altered photos at most")
    parser.add_argument("--pairs", type=int, default=8, help="photos of one person at most")
    parser.add_argument("--runs", type=int, default=15)
    for part, words in (
        ("speed", "time and search"),
        ("alarms", "what is confused"),
        ("recall", "what is found again"),
    ):
        parser.add_argument(f"--{part}-only", action="store_true", help=f"{words} only")
    options = parser.parse_args()
    parts = {part for part in ("speed", "alarms", "recall") if getattr(options, f"{part}_only")}
    cv2.setNumThreads(1)
    finder = Finder(threads=1)
    people: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(LFW.glob("*/*.jpg")):
        people[path.parent.name].append(path)
    report: dict[str, object] = {"machine": platform.processor() or platform.machine()}
    if not parts or "speed" in parts:
        report["ms_per_photo"], report["search_ms"] = per_photo(), [search(size, options.runs) for size in SIZES]
    if not parts or "alarms" in parts:
        report |= confused(people, options.pairs, finder)
    if not parts:
        report["different_people"] = {by: hits[:10] for by, hits in everybody(people, finder).items()}
    if not parts or "recall" in parts:
        report["found_again_on_half_b"] = found_again(recall(people, options.photos, finder))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
