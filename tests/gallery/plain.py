"""The gallery as one would write it in NumPy in a minute: what the real one is held against."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def unit(rng: np.random.Generator, n: int, dimension: int) -> NDArray[np.float32]:
    """Random unit vectors."""
    vectors = rng.standard_normal((n, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class PlainGallery:
    """A dict of templates, and every one of them scored."""

    def __init__(self) -> None:
        self.held: dict[int, tuple[int, NDArray[np.float64]]] = {}

    def put(self, ids: Iterable[int], persons: Iterable[int], templates: Iterable[NDArray[np.float32]]) -> None:
        for id, person, template in zip(ids, persons, templates, strict=True):
            self.held[int(id)] = (int(person), np.asarray(template, dtype=np.float64))

    def scores(
        self,
        probe: NDArray[np.float32],
        *,
        only: Iterable[int] | None = None,
        without: Iterable[int] = (),
        reduce: str = "max",
    ) -> dict[int, float]:
        """The score of every person."""
        wanted = set(self.held) if only is None else set(self.held) & {int(id) for id in only}
        wanted -= {int(id) for id in without}
        each: dict[int, list[float]] = {}
        for id in wanted:
            person, template = self.held[id]
            each.setdefault(person, []).append(float(template @ probe.astype(np.float64)))
        how = max if reduce == "max" else (lambda scores: sum(scores) / len(scores))
        return {person: how(scores) for person, scores in each.items()}
