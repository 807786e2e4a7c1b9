"""The gallery of one machine: FAISS over blocks in memory, exact, safe under threads."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np
from numpy.typing import ArrayLike

from kintrace.errors import GalleryError
from kintrace.gallery import check
from kintrace.gallery.fixed import Ints, Probes, encode
from kintrace.gallery.interface import Neighbour, Pair, Progress, Reduce
from kintrace.gallery.lock import ReadWriteLock
from kintrace.gallery.pairs import all_pairs
from kintrace.gallery.search import Search
from kintrace.gallery.store import Store

PIECE = 1024
"""Templates added, replaced or removed at once while searches wait: some milliseconds."""
SCANNED_AT_ONCE = 50_000_000
"""Rows × probes of a batch before others may change the gallery: about a third of a second on two cores."""


class LocalGallery:
    """Templates in this process' memory; see `Gallery` for what its methods promise.

    Three bytes for each number of a template and 28 for the rest: 412 for one of 128. Of these a search
    reads one byte for each number. Writers take turns; each of their steps waits for the searches that run,
    and none runs during it, so that every search (of a large batch: each part) sees the gallery as it was
    at one moment. A large change shows itself to searches in pieces.

    Args:
        dimension: length of the templates.
        threads: for the search; by default one for each processor this process may use.
        block_rows: rows of a block. A block is what one thread scans at a time.
    """

    def __init__(self, dimension: int, *, threads: int | None = None, block_rows: int = 131072) -> None:
        """An empty gallery."""
        if dimension < 1 or block_rows < 1:
            raise GalleryError("A gallery needs a dimension and a block size of at least 1.")
        self._store = Store(dimension, block_rows)
        self._lock = ReadWriteLock()
        self._writers = threading.Lock()
        # Blocks are searched side by side; FAISS' own threads, which wait actively, are switched off in ours.
        self._workers = ThreadPoolExecutor(
            threads or _processors(), "gallery", initializer=lambda: faiss.omp_set_num_threads(1)
        )

    @property
    def dimension(self) -> int:
        """Length of every template."""
        return self._store.dimension

    def __len__(self) -> int:
        """How many templates are held."""
        return self._store.count

    def __contains__(self, id: object) -> bool:
        """Whether a template with this id is held."""
        if not isinstance(id, int | np.integer) or not -(2**63) <= int(id) < 2**63:
            return False
        with self._lock.read():
            return bool(self._store.find(np.array([id], dtype=np.int64))[0] >= 0)

    def add(self, ids: ArrayLike, persons: ArrayLike, templates: ArrayLike) -> None:
        """Take in new templates; see `Gallery.add`."""
        new = check.templates(ids, persons, templates, self.dimension, "Nothing was added.")
        with self._writers:
            held = new.ids[self._store.find(new.ids) >= 0]
            if len(held):
                raise GalleryError(
                    f"Id {held[0]} is in the gallery already ({len(held)} of {len(new.ids)} ids are).",
                    "Nothing was added.",
                    "Use replace() for a new template under an old id.",
                )
            self._write(new, replacing=False)

    def replace(self, ids: ArrayLike, persons: ArrayLike, templates: ArrayLike) -> None:
        """Put new templates in the place of old ones; see `Gallery.replace`."""
        new = check.templates(ids, persons, templates, self.dimension, "Nothing was replaced.")
        with self._writers:
            self._need(new.ids, "Nothing was replaced.", "Use add() for new ids.")
            self._write(new, replacing=True)

    def remove(self, ids: ArrayLike, *, missing_ok: bool = False) -> None:
        """Forget templates, overwriting them; see `Gallery.remove`."""
        gone = check.distinct(ids, "Nothing was removed.")
        with self._writers:
            if missing_ok:
                gone = gone[self._store.find(gone) >= 0]
            else:
                self._need(gone, "Nothing was removed.", "Use missing_ok=True to pass over unknown ids.")
            for at in range(0, len(gone), PIECE):
                with self._lock.write():
                    self._store.drop(gone[at : at + PIECE])

    def search(
        self,
        probes: ArrayLike,
        k: int | None = 20,
        *,
        at_least: float | None = None,
        only: ArrayLike | None = None,
        without: ArrayLike | None = None,
        reduce: Reduce = "max",
    ) -> list[list[Neighbour]]:
        """The k nearest persons to each probe; see `Gallery.search`."""
        vectors = check.units(probes, self.dimension, "probe", "Nothing was searched.")
        found: list[list[Neighbour]] = []
        step = self._probes_at_once()
        for at in range(0, len(vectors), step):
            some = Probes(vectors[at : at + step])
            with self._lock.read():
                found += self._question(k, at_least, only, without, reduce).run(some)
        return found

    def pairs(
        self,
        k: int | None = None,
        *,
        at_least: float | None = None,
        only: ArrayLike | None = None,
        without: ArrayLike | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Pair]:
        """Every person against every other; see `Gallery.pairs`."""
        # One more than k, because everybody is nearest to themselves.
        wider = None if k is None else k + 1
        with self._lock.read():
            question = self._question(wider, at_least, only, without, "max")
            rows = self._store.allowed_rows(question.masks)
            persons, ids = self._store.owners(rows)

        def near(ids: Ints) -> tuple[Ints, Ints, list[list[Neighbour]]]:
            with self._lock.read():
                rows = self._store.find(ids)
                rows = rows[rows >= 0]
                persons, ids = self._store.owners(rows)
                if not len(rows):
                    return persons, ids, []
                question = self._question(wider, at_least, only, without, "max")
                return persons, ids, question.run(Probes(self._store.templates(rows)))

        return all_pairs(persons, ids, near, k, self._probes_at_once(), progress)

    def clear(self) -> None:
        """Forget everything, overwriting it."""
        with self._writers, self._lock.write():
            self._store.wipe()
            self._store = Store(self._store.dimension, self._store.block_rows)

    def _write(self, new: check.Checked, *, replacing: bool) -> None:
        for at in range(0, len(new.ids), PIECE):
            part = slice(at, at + PIECE)
            ids, persons = new.ids[part], new.persons[part]
            groups = encode(new.templates[part])
            with self._lock.write():
                if replacing:
                    self._store.drop(ids)
                for codes in groups:
                    self._store.append(codes, ids[codes.which], persons[codes.which])

    def _need(self, ids: Ints, kept: str, todo: str) -> None:
        missing = ids[self._store.find(ids) < 0]
        if len(missing):
            raise GalleryError(
                f"Id {missing[0]} is not in the gallery ({len(missing)} of {len(ids)} ids are not).",
                kept,
                todo,
            )

    def _question(
        self,
        k: int | None,
        at_least: float | None,
        only: ArrayLike | None,
        without: ArrayLike | None,
        reduce: Reduce,
    ) -> Search:
        if (k is not None and k < 1) or reduce not in ("max", "mean"):
            raise GalleryError(f"k={k} and reduce={reduce!r} ask for nothing.", "Nothing was searched.")
        allowed, excluded = (
            None if ids is None else check.integers(ids, "ids", "Nothing was searched.") for ids in (only, without)
        )
        masks = self._store.masks(allowed, excluded)
        return Search(self._store, self._workers, k, -np.inf if at_least is None else at_least, masks, reduce)

    def _probes_at_once(self) -> int:
        return int(np.clip(SCANNED_AT_ONCE // (len(self) + 1), 8, 256))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
