"""The exact search: scan, score the short list again, and go on until nothing else can belong to the result.

For every block the scan gives its best rows by scanned score, and a bound on what any other row of it can
score. Rows are then scored exactly, best upper bound first, until k persons score above the upper bound of
everything not yet scored. If the lists end before that is proven, they are made longer; if they would be
very long, every allowed row is scored exactly. So the result is that of an exhaustive search, whatever the
templates.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from kintrace.gallery.block import Listed
from kintrace.gallery.fixed import Floats, Ints, Probes
from kintrace.gallery.interface import Neighbour, Reduce
from kintrace.gallery.store import Masks, Store

FEW = 2048
"""With no more rows allowed than this, scoring them all exactly is as fast as scanning for them."""
ENOUGH = 8
"""How many rows to list for each person asked for: the k best, and those the bound cannot tell from them, with
random templates five times as many. `lists_too_short` of benchmarks/gallery_search.py says how often it was not."""
LONGEST_LIST = 16384
"""FAISS keeps a list as a heap; beyond this, scoring everything exactly is hardly slower."""
PIECE = 4096
"""Rows decoded at once: 4 MB of 128 doubles stay in the processor's cache."""
AT_ONCE = 1 << 22
"""Scores held at once when everything is scored: 32 MB."""


@dataclass(frozen=True)
class Scored:
    """Scores of n rows, or of n persons, with the template each score stands for."""

    persons: Ints
    ids: Ints
    scores: Floats

    def by_person(self, reduce: Reduce) -> "Scored":
        """One score for each person, and the nearest template."""
        if not len(self.persons):
            return self
        order = np.lexsort((self.ids, -self.scores, self.persons))
        persons, ids, scores = self.persons[order], self.ids[order], self.scores[order]
        firsts = np.flatnonzero(np.concatenate([[True], persons[1:] != persons[:-1]]))
        if reduce == "mean":
            means = np.add.reduceat(scores, firsts) / np.diff(np.append(firsts, len(scores)))
            return Scored(persons[firsts], ids[firsts], means)
        return Scored(persons[firsts], ids[firsts], scores[firsts])

    def top(self, k: int | None, at_least: float) -> list[Neighbour]:
        """The best persons first."""
        enough = np.flatnonzero(self.scores >= at_least)
        order = enough[np.lexsort((self.persons[enough], -self.scores[enough]))][:k]
        columns = (self.persons[order].tolist(), self.ids[order].tolist(), self.scores[order].tolist())
        return [Neighbour(*row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Search:
    """One question to a store that does not change meanwhile."""

    store: Store
    workers: Executor
    k: int | None
    at_least: float
    masks: Masks | None
    reduce: Reduce

    def run(self, probes: Probes) -> list[list[Neighbour]]:
        """The answer for each probe."""
        results: dict[int, list[Neighbour]] = {}
        allowed = self.store.count
        if self.masks is not None:
            allowed = sum(int(np.count_nonzero(mask)) for mask in self.masks.values())
        length = ENOUGH * (self.k or 64)
        waiting = list(range(len(probes)))
        while waiting and allowed > FEW and length <= LONGEST_LIST:
            for place, proven in enumerate(self._short(probes.of(waiting), length)):
                if proven is not None:
                    results[waiting[place]] = proven
            waiting = [place for place in waiting if place not in results]
            length *= 8
        at_once = max(1, AT_ONCE // (allowed + 1))
        for at in range(0, len(waiting), at_once):
            some = waiting[at : at + at_once]
            results.update(zip(some, self._exhaustive(probes.vectors[some]), strict=True))
        return [results[place] for place in range(len(probes))]

    def _short(self, probes: Probes, length: int) -> Iterator[list[Neighbour] | None]:
        """The answer for each probe from lists of this length together, or None where they do not prove it."""

        def scan(number: int) -> Listed:
            block = self.store.blocks[number]
            mask = None if self.masks is None else self.masks[number]
            share = length * block.count // self.store.count + 32
            listed = block.scan(probes, share, mask)
            return listed._replace(rows=listed.rows + number * self.store.block_rows)

        lists = list(self.workers.map(scan, self.store.blocks))
        for place, probe in enumerate(probes.vectors):
            yield self._proven(probe, lists, place)

    def _proven(self, probe: Floats, lists: list[Listed], place: int) -> list[Neighbour] | None:
        """The answer for one probe, or None if the lists do not prove it."""
        limits = np.concatenate([one.scores[place] + one.bounds[place] for one in lists])
        order = np.argsort(-limits, kind="stable")
        limits = limits[order]
        rows = np.concatenate([one.rows[place] for one in lists])[order]
        parts: list[Scored] = []
        done: Ints = np.empty(0, dtype=np.int64)
        # Score some to learn the k-th best score, then all that could still be above it.
        start, floor = 0, self.at_least
        end = min(2 * (self.k or len(rows)), int(np.searchsorted(-limits, -floor, side="right")))
        while start < end:
            part, done = self._score(probe, rows[start:end], done)
            parts.append(part)
            floor = max(floor, self._kth(self._join(parts)))
            start, end = end, int(np.searchsorted(-limits, -floor, side="right"))
        edge = max(float(one.edge[place]) for one in lists)
        if edge >= floor and edge > -np.inf:
            return None
        return self._join(parts).top(self.k, self.at_least) if parts else []

    def _score(self, probe: Floats, rows: Ints, done: Ints) -> tuple[Scored, Ints]:
        """Exact scores of rows; for the mean, of all rows of their persons but those done before."""
        if self.reduce == "mean":
            persons = np.setdiff1d(self.store.owners(rows)[0], done)
            rows = self.store.rows_of(persons, self.masks) if len(persons) else rows[:0]
            done = np.concatenate([done, persons])
        return Scored(*self.store.owners(rows), inner(self.store.templates(rows), probe)), done

    def _join(self, parts: list[Scored]) -> Scored:
        return Scored(
            np.concatenate([part.persons for part in parts]),
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.scores for part in parts]),
        ).by_person(self.reduce)

    def _kth(self, scored: Scored) -> float:
        """The k-th best score so far: nothing below it can be in the answer."""
        if self.k is None or len(scored.scores) < self.k:
            return -np.inf
        return float(np.partition(scored.scores, -self.k)[-self.k])

    def _exhaustive(self, probes: Floats) -> Iterator[list[Neighbour]]:
        """The answer for each probe from all allowed rows."""

        def score(number: int) -> tuple[Ints, Ints, Floats]:
            block = self.store.blocks[number]
            places = np.arange(block.count) if self.masks is None else np.flatnonzero(self.masks[number])
            scores = np.empty((len(probes), len(places)))
            for at in range(0, len(places), PIECE):
                templates = block.templates(places[at : at + PIECE])
                for probe, row in zip(probes, scores, strict=True):
                    row[at : at + PIECE] = inner(templates, probe)
            return block.persons[places], block.ids[places], scores

        blocks = list(self.workers.map(score, self.store.blocks))
        for place in range(len(probes)):
            parts = [Scored(persons, ids, scores[place]) for persons, ids, scores in blocks]
            yield self._join(parts).top(self.k, self.at_least) if parts else []


def inner(templates: Floats, probe: Floats) -> Floats:
    """Inner products rounded the same wherever a row is, as BLAS does not promise; so ties stay ties."""
    products: Floats = np.einsum("ij,j->i", templates, probe)
    return products
