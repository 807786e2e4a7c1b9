"""What a search of the gallery costs, beside a memory read of the same bytes, NumPy and FAISS' flat index.

    .venv/bin/python benchmarks/gallery_search.py              10⁴, 10⁵ and 10⁶ templates of 128 numbers
    .venv/bin/python benchmarks/gallery_search.py --largest    10⁷ as well: 5 GB of memory, a few minutes
    .venv/bin/python benchmarks/gallery_search.py --engines    FAISS' other ways to hold 10⁶ templates

Every time is the best of several runs, taken in turns with the others, on random templates, one for each person.
Each size runs in a process of its own, so that its memory can be read from the process.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import faiss
import numpy as np

from kintrace.gallery import LocalGallery
from kintrace.gallery.search import Search

BATCH = 4096


def templates(n: int, dimension: int) -> Iterator[np.ndarray]:
    """n random unit vectors in batches, always the same."""
    for start in range(0, n, BATCH):
        rng = np.random.default_rng(start)
        vectors = rng.standard_normal((min(BATCH, n - start), dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        yield vectors


def resident() -> float:
    """Megabytes of this process in memory (10⁶ bytes)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def best(works: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Milliseconds of each work: the best of `runs`, in turns, so that a disturbance meets them all."""
    times = dict.fromkeys(works, float("inf"))
    for _ in range(runs):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name] = min(times[name], (time.perf_counter() - start) * 1e3)
    return times


def measure(n: int, dimension: int, runs: int) -> dict[str, float]:
    """Everything about one size."""
    warm = LocalGallery(dimension)
    warm.add(range(5000), range(5000), np.concatenate(list(templates(5000, dimension))))
    warm.search(next(templates(1, dimension)))
    del warm

    before = resident()
    gallery = LocalGallery(dimension)
    start = time.perf_counter()
    for number, vectors in enumerate(templates(n, dimension)):
        ids = np.arange(len(vectors)) + number * BATCH
        gallery.add(ids, ids, vectors)
    result = {"templates": n, "dimension": dimension, "build_seconds": time.perf_counter() - start}
    result["megabytes"] = resident() - before
    result["bytes_per_template"] = result["megabytes"] * 1e6 / n

    rng = np.random.default_rng(-1 % 2**32)
    probes = rng.standard_normal((64, dimension), dtype=np.float32)
    probes /= np.linalg.norm(probes, axis=1, keepdims=True)
    one = probes[:1]
    planes = [block.top[: block.count].reshape(-1).view(np.int64) for block in gallery._store.blocks.values()]
    tenth, few = rng.choice(n, n // 10, replace=False), rng.choice(n, min(1000, n // 10), replace=False)
    turns = iter(range(10**9))

    def next_probe() -> np.ndarray:
        at = next(turns) % 64
        return probes[at : at + 1]

    result |= best(
        {
            "read_ms": lambda: list(gallery._workers.map(np.max, planes)),
            "read_one_thread_ms": lambda: [np.max(plane) for plane in planes],
            "search_ms": lambda: gallery.search(next_probe(), 20),
            "search_100_ms": lambda: gallery.search(next_probe(), 100),
        },
        4 * runs,
    )
    result |= best(
        {
            "mean_ms": lambda: gallery.search(one, 20, reduce="mean"),
            "only_few_ms": lambda: gallery.search(one, 20, only=few),
            "only_tenth_ms": lambda: gallery.search(one, 20, only=tenth),
            "without_few_ms": lambda: gallery.search(one, 20, without=few),
            "without_tenth_ms": lambda: gallery.search(one, 20, without=tenth),
            "batch_ms_per_probe": lambda: gallery.search(probes, 20),
        },
        runs,
    )
    result["batch_ms_per_probe"] /= 64
    result["ratio_to_read"] = result["search_ms"] / result["read_ms"]
    result["ratio_to_read_100"] = result["search_100_ms"] / result["read_ms"]
    result["lists_too_short"] = lists_too_short(gallery, probes)
    if n <= 1_000_000:
        result |= compare(gallery, probes, np.concatenate(list(templates(n, dimension))), runs)
    return result


def lists_too_short(gallery: LocalGallery, probes: np.ndarray) -> float:
    """The share of probes whose first lists did not prove the result, for k = 100."""
    shares, short = [], Search._short

    def counted(self, probes, length):  # type: ignore[no-untyped-def]
        found = list(short(self, probes, length))
        shares.append(sum(one is None for one in found))
        return found

    Search._short = counted  # type: ignore[method-assign]
    try:
        gallery.search(probes, 100)
    finally:
        Search._short = short  # type: ignore[method-assign]
    return sum(shares) / len(probes)


def compare(gallery: LocalGallery, probes: np.ndarray, vectors: np.ndarray, runs: int) -> dict[str, float]:
    """NumPy and FAISS over the float32 templates; whether the first hundred are theirs."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)

    def numpy_search() -> np.ndarray:
        scores = vectors @ probes[0]
        near = np.argpartition(scores, -20)[-20:]
        return near[np.argsort(-scores[near])]

    result = best(
        {
            "numpy_ms": numpy_search,
            "flat_ms": lambda: flat.search(probes[:1], 20),
            "flat_batch_ms_per_probe": lambda: flat.search(probes, 20),
        },
        runs,
    )
    result["flat_batch_ms_per_probe"] /= len(probes)
    faiss.omp_set_num_threads(1)
    result |= best({"flat_one_thread_ms": lambda: flat.search(probes[:1], 20)}, runs)
    faiss.omp_set_num_threads(os.cpu_count())
    float32, ids = flat.search(probes, 100)
    found = gallery.search(probes, 100)
    ours = np.array([[near.id for near in one] for one in found])
    scores = np.array([[near.score for near in one] for one in found])
    float64, truth = in_float64(vectors, probes, 100)
    result["first_100_as_float64"] = float((ours == truth).all(axis=1).mean())
    result["first_100_as_float32"] = float((ours == ids).all(axis=1).mean())
    result["float32_as_float64"] = float((ids == truth).all(axis=1).mean())
    result["difference_to_float64"] = float(np.abs(scores - float64).max())
    result["float32_to_float64"] = float(np.abs(float32 - float64).max())
    return result


def in_float64(vectors: np.ndarray, probes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best scores and rows of each probe, in double precision from the templates as they were."""
    scores, rows = np.empty((len(probes), 0)), np.empty((len(probes), 0), dtype=np.int64)
    for start in range(0, len(vectors), 50_000):
        part = vectors[start : start + 50_000].astype(np.float64)
        scores = np.hstack([scores, probes.astype(np.float64) @ part.T])
        rows = np.hstack([rows, np.tile(np.arange(start, start + len(part)), (len(probes), 1))])
        order = np.argsort(-scores, axis=1)[:, :k]
        scores, rows = np.take_along_axis(scores, order, axis=1), np.take_along_axis(rows, order, axis=1)
    return scores, rows


def engines(dimension: int, runs: int) -> dict[str, float]:
    """One probe against a million templates in FAISS' other indexes (milliseconds), as they are."""
    vectors = np.concatenate(list(templates(1_000_000, dimension)))
    kinds = faiss.ScalarQuantizer
    works: dict[str, Callable[[], object]] = {}
    names = ("8bit", "8bit_uniform", "8bit_direct_signed", "fp16", "bf16", "4bit_uniform", "8bit_tqmse")
    for name in names:
        index = faiss.IndexScalarQuantizer(dimension, getattr(kinds, f"QT_{name}"), faiss.METRIC_INNER_PRODUCT)
        scale = 127 * 2 if name == "8bit_direct_signed" else 1
        index.train(vectors[:100_000] * scale)
        index.add(vectors * scale)
        works[name] = lambda index=index, scale=scale: index.search(vectors[:1] * scale, 20)
    for text in (f"PQ{dimension}x4fs", "RaBitQ", "RaBitQfs"):
        index = faiss.index_factory(dimension, text, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[:100_000])
        index.add(vectors)
        works[text] = lambda index=index: index.search(vectors[:1], 20)
    return best(works, runs)


def main() -> None:
    """Run it and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--largest", action="store_true", help="10 million templates as well")
    parser.add_argument("--engines", action="store_true", help="compare FAISS' indexes instead")
    parser.add_argument("--runs", type=int, default=7, help="take the best of so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [*options.sizes, 10_000_000] if options.largest else options.sizes
    machine = {"machine": platform.machine(), "processors": os.cpu_count(), "faiss": faiss.__version__}
    if options.engines:
        found: dict[str, object] = machine | {"engines_ms": engines(options.dimension, options.runs)}
    else:
        rows = []
        for size in sizes:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                rows.append(process.submit(measure, size, options.dimension, options.runs).result())
        found = machine | {"sizes": rows}
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(machine)
    if options.engines:
        for name, value in found["engines_ms"].items():  # type: ignore[attr-defined]
            print(f"{name:24}{value:10.2f} ms")
        return
    for name in dict.fromkeys(name for row in rows for name in row):
        values = "".join(f"{row[name]:16.4g}" if name in row else " " * 16 for row in rows)
        print(f"{name:32}{values}")


if __name__ == "__main__":
    main()
