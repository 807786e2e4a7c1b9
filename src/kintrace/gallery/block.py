"""A block: a fixed number of rows in memory, never copied, never on disk, scanned by FAISS in place."""

import mmap
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from kintrace.gallery.fixed import Codes, Floats, Ints, Probes, decode, width

Mask = NDArray[np.bool_]


class Listed(NamedTuple):
    """The rows of one block that a scan found, for each of b probes."""

    scores: Floats
    """(b, n) scanned scores, falling."""
    bounds: Floats
    """(b,) by how much a scanned score can be wrong."""
    rows: Ints
    """(b, n) offsets in the block."""
    edge: Floats
    """(b,) no allowed row of the block outside the list can score more than this."""


class Block:
    """Up to `capacity` templates of one scale, in rows 0 … count-1 without gaps.

    The memory is one anonymous mapping: the system gives pages when rows are first written, and takes them
    all back when the block goes. It never grows or moves, so no copy of a template stays behind in freed
    memory.
    """

    def __init__(self, dimension: int, scale: float, capacity: int) -> None:
        """An empty block."""
        self.scale = scale
        self.capacity = capacity
        self._spread = 0.0
        self._longest = 0.0
        row_bytes = width(dimension) + 2 * dimension + 16
        memory = mmap.mmap(-1, capacity * row_bytes)
        if hasattr(mmap, "MADV_DONTDUMP"):
            memory.madvise(mmap.MADV_DONTDUMP)  # templates do not belong in a core dump
        ends = np.cumsum([8 * capacity, 8 * capacity, 2 * dimension * capacity])
        parts = np.split(np.frombuffer(memory, dtype=np.uint8), ends)
        self.ids: Ints = parts[0].view(np.int64)
        self.persons: Ints = parts[1].view(np.int64)
        self.rest: NDArray[np.uint16] = parts[2].view(np.uint16).reshape(capacity, dimension)
        self.top: NDArray[np.uint8] = parts[3].reshape(capacity, width(dimension))
        self._planes: list[NDArray[Any]] = [self.top, self.rest, self.ids, self.persons]
        self._index = _index_over(self.top)

    @property
    def count(self) -> int:
        """Rows in use."""
        return int(self._index.ntotal)

    def append(self, codes: Codes, part: slice, ids: Ints, persons: Ints) -> None:
        """Write some of `codes` behind the last row; there must be room."""
        rows = slice(self.count, self.count + len(ids))
        self.top[rows] = codes.top[part]
        self.rest[rows] = codes.rest[part]
        self.ids[rows] = ids
        self.persons[rows] = persons
        self._spread = max(self._spread, codes.spread)
        self._longest = max(self._longest, codes.longest)
        self._index.ntotal = rows.stop

    def move(self, row: int, to: "Block", to_row: int) -> None:
        """Copy a row over another one, of this block or of another of the same scale."""
        for mine, theirs in zip(self._planes, to._planes, strict=True):
            theirs[to_row] = mine[row]
        to._spread = max(to._spread, self._spread)
        to._longest = max(to._longest, self._longest)

    def wipe_last(self) -> None:
        """Overwrite the last row with zeros and give it up."""
        row = self.count - 1
        for plane in self._planes:
            plane[row] = 0
        self._index.ntotal = row

    def wipe(self) -> None:
        """Overwrite everything with zeros."""
        rows = slice(0, self.count)
        self._index.ntotal = 0
        for plane in self._planes:
            plane[rows] = 0

    def templates(self, rows: Ints) -> Floats:
        """The full templates of these rows."""
        return decode(self.top[rows], self.rest[rows], self.scale)

    def scan(self, probes: Probes, n: int, mask: Mask | None) -> Listed:
        """The n rows of highest scanned score for each probe, among those the mask allows."""
        allowed = self.count if mask is None else int(np.count_nonzero(mask))
        listed = min(n, allowed)
        bounds = probes.bounds(self._spread, self._longest)
        if not listed:
            none = np.empty((len(probes), 0))
            return Listed(none, bounds, none.astype(np.int64), np.full(len(probes), -np.inf))
        params = None
        if mask is not None and allowed < self.count:
            params = _only(mask)
        dots, rows = self._index.search(probes.codes, listed, params=params)
        scores = probes.scores(dots, self.scale)
        edge = scores[:, -1] + bounds if listed < allowed else np.full(len(probes), -np.inf)
        return Listed(scores, bounds, rows, edge)


def _only(mask: Mask) -> Any:
    """FAISS' way to say which rows may be scored."""
    selector: Any = faiss.IDSelectorBitmap
    parameters: Any = faiss.SearchParameters
    return parameters(sel=selector(np.packbits(mask, bitorder="little")))


def _index_over(top: NDArray[np.uint8]) -> faiss.IndexScalarQuantizer:
    """A FAISS index that reads its codes where they are.

    FAISS can view codes it does not own (it maps index files so); from Python only its fields reach that.
    """
    codes = faiss.ScalarQuantizer.QT_8bit_direct_signed
    index = faiss.IndexScalarQuantizer(top.shape[1], codes, faiss.METRIC_INNER_PRODUCT)
    view: Any = index.codes
    address = faiss.swig_ptr(top)
    view.view_data = view.c_ptr = address
    view.view_size = view.c_size = top.size
    view.is_owned = False
    if index.codes.size() != top.size or int(index.codes.data()) != top.ctypes.data:
        raise RuntimeError(f"FAISS {faiss.__version__} does not read codes in place; Kintrace needs 1.15.")
    return index
