"""From the id of a template to its row, in twelve bytes for each."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace.gallery.fixed import Ints

RECENT = 8192
"""Ids kept in a dict before they are sorted in: a dict entry takes ten times the memory."""


class Rows:
    """A map from 64-bit ids to rows below 2³¹: a sorted array, and a small dict of what came last."""

    def __init__(self) -> None:
        """An empty map."""
        self._ids: Ints = np.empty(0, dtype=np.int64)
        self._rows: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._recent: dict[int, int] = {}
        self._dead = 0

    def find(self, ids: Ints) -> Ints:
        """The row of each id; -1 where it has none."""
        places, sorted_in = self._places(ids)
        rows = np.full(len(ids), -1, dtype=np.int64)
        rows[sorted_in] = self._rows[places[sorted_in]]
        if self._recent:
            for at in np.flatnonzero(rows < 0):
                rows[at] = self._recent.get(int(ids[at]), -1)
        return rows

    def set(self, ids: Ints, rows: Ints) -> None:
        """Give each id, all of them different, its row."""
        places, sorted_in = self._places(ids)
        known = places[sorted_in]
        self._dead -= int(np.count_nonzero(self._rows[known] < 0))
        self._rows[known] = rows[sorted_in]
        self._recent.update(zip(ids[~sorted_in].tolist(), rows[~sorted_in].tolist(), strict=True))
        if len(self._recent) > RECENT:
            self._sort_in()

    def forget(self, ids: Ints) -> None:
        """Take out ids, all of which are known."""
        places, sorted_in = self._places(ids)
        self._rows[places[sorted_in]] = -1
        self._dead += int(np.count_nonzero(sorted_in))
        for id in ids[~sorted_in].tolist():
            del self._recent[id]
        if self._dead > RECENT + len(self._ids) // 4:
            self._sort_in()

    def _places(self, ids: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Where each id would be in the sorted array, and whether it is there."""
        places = np.searchsorted(self._ids, ids)
        if not len(self._ids):
            return places, np.zeros(len(ids), dtype=np.bool_)
        return places, self._ids[np.minimum(places, len(self._ids) - 1)] == ids

    def _sort_in(self) -> None:
        """Sort in the recent ids, and drop those that were taken out."""
        ids = np.fromiter(self._recent.keys(), np.int64, len(self._recent))
        rows = np.fromiter(self._recent.values(), np.int32, len(self._recent))
        alive = self._rows >= 0
        old_ids, old_rows = (self._ids[alive], self._rows[alive]) if self._dead else (self._ids, self._rows)
        order = np.argsort(ids)
        places = np.searchsorted(old_ids, ids[order]) + np.arange(len(ids))
        olds = np.ones(len(ids) + len(old_ids), dtype=np.bool_)
        olds[places] = False
        self._ids, self._rows = _empty(len(olds), np.dtype(np.int64)), _empty(len(olds), np.dtype(np.int32))
        self._ids[places], self._ids[olds] = ids[order], old_ids
        self._rows[places], self._rows[olds] = rows[order], old_rows
        self._recent.clear()
        self._dead = 0


def _empty(length: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """An array in pages of its own, which go back to the system at once when it is replaced by a longer one.

    From the heap, the old arrays stayed with the process: 20 MB for a million ids.
    """
    return np.frombuffer(mmap.mmap(-1, max(1, length * dtype.itemsize)), dtype, length)
