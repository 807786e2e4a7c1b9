"""Picture hashes in memory, and those within a distance of another. Nothing is kept on disk.

A search reads every hash: 32 MB for a million. The index is filled from the database when a process starts; what is taken out is
overwritten before ``remove`` returns, so that an erased photo leaves no hash behind that could find it again.
"""

import threading
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from kintrace.provenance.picturehash import BITS, PictureHash

Words = NDArray[np.uint64]
K = TypeVar("K", bound=Hashable)

_WORDS = BITS // 64
_BLOCK = 1 << 15  # hashes compared at a time: their distances stay in the processor's cache


@dataclass(frozen=True)
class Found(Generic[K]):
    """One hash near a probe."""

    id: K
    distance: int
    """Bits of 256 in which it differs."""
    turned: int = 0
    """Which of the probes found it: of :func:`~kintrace.provenance.dihedral`'s eight, 0 is the picture as it is."""


class PictureIndex(Generic[K]):
    """Hashes by id: of photos, of faces in them, whatever the caller counts. Several threads may use it at once."""

    def __init__(self) -> None:
        """Empty."""
        self._lock = threading.Lock()
        self._words: Words = np.zeros((_WORDS, 0), np.uint64)
        self._ids: list[K] = []
        self._row: dict[K, int] = {}

    def __len__(self) -> int:
        """How many hashes it holds."""
        return len(self._row)

    def __contains__(self, id: object) -> bool:
        """Whether it holds a hash under this id."""
        return id in self._row

    def add(self, items: Iterable[tuple[K, PictureHash]]) -> int:
        """Put in hashes, each under an id of its own.

        Hashes of pictures too plain to compare are passed over: they would be near to every other plain picture.

        Returns:
            How many were put in.

        Raises:
            ValueError: an id is there already; those before it were put in.
        """
        new = [(id, hash) for id, hash in items if hash.telling]
        with self._lock:
            self._make_room(len(self._row) + len(new))
            for id, hash in new:
                if id in self._row:
                    raise ValueError(f"id {id} is in the index already")
                row = len(self._row)
                self._words[:, row] = _words(hash)
                self._ids.append(id)
                self._row[id] = row
        return len(new)

    def remove(self, ids: Iterable[K]) -> int:
        """Take out hashes; ids that are not there are passed over. Returns how many were."""
        gone = 0
        with self._lock:
            for id in ids:
                row = self._row.pop(id, None)
                if row is None:
                    continue
                gone += 1
                last, moved = len(self._row), self._ids.pop()
                if row != last:
                    self._words[:, row] = self._words[:, last]
                    self._ids[row] = moved
                    self._row[moved] = row
                self._words[:, last] = 0
        return gone

    def clear(self) -> None:
        """Take out everything, overwritten."""
        with self._lock:
            self._words[:] = 0
            self._ids.clear()
            self._row.clear()

    def search(self, probes: PictureHash | Sequence[PictureHash], within: int) -> list[Found[K]]:
        """Everything within a distance of a probe, or of any of several; each id once, at its nearest, nearest first.

        Args:
            probes: one hash, or all of a picture's turns to find it mirrored or turned, too.
            within: the most bits that may differ.

        Returns:
            All of them: there is no limit to their number. None for probes too plain to compare.
        """
        several = [probes] if isinstance(probes, PictureHash) else probes
        nearest: dict[K, Found[K]] = {}
        for turned, probe in enumerate(several):
            if not probe.telling:
                continue
            for id, distance in self._near(_words(probe), within):
                found = Found(id, distance, turned)
                nearest[id] = min(found, nearest.get(id, found), key=lambda each: (each.distance, each.turned))
        return sorted(nearest.values(), key=lambda each: each.distance)

    def _near(self, probe: Words, within: int) -> Iterator[tuple[K, int]]:
        with self._lock:
            for start in range(0, len(self._row), _BLOCK):
                block = self._words[:, start : min(start + _BLOCK, len(self._row))]
                distance = np.bitwise_count(block[0] ^ probe[0])
                for number in range(1, _WORDS):
                    distance += np.bitwise_count(block[number] ^ probe[number])
                for place in np.flatnonzero(distance <= within):
                    # Eight bits hold 255 at most: the exact opposite, 256, has come out as 0.
                    exact = int(np.bitwise_count(block[:, place] ^ probe).sum(dtype=np.int64))
                    if exact <= within:
                        yield self._ids[start + int(place)], exact

    def _make_room(self, count: int) -> None:
        room = self._words.shape[1]
        if count > room:
            words = np.zeros((_WORDS, max(count, 2 * room, 1024)), np.uint64)
            words[:, :room] = self._words
            self._words[:] = 0
            self._words = words


def _words(hash: PictureHash) -> Words:
    return np.frombuffer(hash.bits, dtype=np.uint64)
