"""Many to many: every person of a gallery as a probe of the same gallery."""

from collections.abc import Callable, Iterator

import numpy as np

from kintrace.gallery.fixed import Ints
from kintrace.gallery.interface import Neighbour, Pair, Progress

Near = Callable[[Ints], tuple[Ints, Ints, list[list[Neighbour]]]]
"""From ids to those still held, with their persons and the neighbours of each."""


def all_pairs(
    persons: Ints, ids: Ints, near: Near, k: int | None, at_once: int, progress: Progress | None
) -> Iterator[Pair]:
    """Pairs of persons, from batches of about `at_once` templates that never part one person's."""
    order = np.lexsort((ids, persons))
    persons, ids = persons[order], ids[order]
    ends = np.append(np.flatnonzero(persons[1:] != persons[:-1]) + 1, len(persons))[: len(persons)]
    done = at = 0
    while done < len(ends):
        first = done
        done = max(first + 1, int(np.searchsorted(ends, at + at_once, side="right")))
        batch, at = ids[at : ends[done - 1]], int(ends[done - 1])
        yield from _batch(*near(batch), k)
        if progress is not None:
            progress(done, len(ends))


def _batch(persons: Ints, ids: Ints, found: list[list[Neighbour]], k: int | None) -> Iterator[Pair]:
    best: dict[int, dict[int, Pair]] = {}
    for person, id, neighbours in zip(persons.tolist(), ids.tolist(), found, strict=True):
        others = best.setdefault(person, {})
        for near in neighbours:
            if near.person == person or (k is None and near.person < person):
                continue
            known = others.get(near.person)
            if known is None or near.score > known.score:
                others[near.person] = Pair(person, near.person, id, near.id, near.score)
    for others in best.values():
        yield from sorted(others.values(), key=lambda pair: (-pair.score, pair.other))[:k]
