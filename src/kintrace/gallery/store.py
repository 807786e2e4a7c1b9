"""All templates, in blocks by scale, dense at all times: what is removed is overwritten and leaves no gap."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kintrace.gallery.block import Block, Mask
from kintrace.gallery.fixed import Codes, Floats, Ints
from kintrace.gallery.ids import Rows

Masks = dict[int, Mask]
"""For each block's number, which of its rows a search may score."""


class Store:
    """Rows by id. A row's number is its block's number times the rows of a block, plus its place there.

    It takes no lock: `LocalGallery` sees to it that nobody reads while it changes.
    """

    def __init__(self, dimension: int, block_rows: int) -> None:
        """An empty store."""
        self.dimension = dimension
        self.block_rows = block_rows
        self.blocks: dict[int, Block] = {}
        self._of_scale: dict[float, list[int]] = {}
        self._free: list[int] = []
        self._rows = Rows()
        self.count = 0

    def find(self, ids: Ints) -> Ints:
        """The row of each id; -1 where it has none."""
        return self._rows.find(ids)

    def append(self, codes: Codes, ids: Ints, persons: Ints) -> None:
        """Take in encoded templates with new ids."""
        at = 0
        while at < len(ids):
            number, block = self._open_block(codes.scale)
            part = slice(at, min(len(ids), at + block.capacity - block.count))
            first = number * self.block_rows + block.count
            block.append(codes, part, ids[part], persons[part])
            self._rows.set(ids[part], np.arange(first, first + part.stop - at))
            at = part.stop
        self.count += len(ids)

    def drop(self, ids: Ints) -> None:
        """Overwrite templates, all of which are held, each with the last one of its scale."""
        for id in ids:
            (row,) = self.find(np.array([id]))
            number, place = divmod(int(row), self.block_rows)
            block = self.blocks[number]
            last_number, last = self._last(block.scale)
            if (number, place) != (last_number, last.count - 1):
                last.move(last.count - 1, block, place)
                self._rows.set(block.ids[place : place + 1].copy(), np.array([row]))
            last.wipe_last()
            self._rows.forget(np.array([id]))
            if not last.count:
                self._of_scale[last.scale].remove(last_number)
                del self.blocks[last_number]
                self._free.append(last_number)
        self.count -= len(ids)

    def wipe(self) -> None:
        """Overwrite everything; the store is of no use afterwards."""
        for block in self.blocks.values():
            block.wipe()

    def masks(self, only: Ints | None, without: Ints | None) -> Masks | None:
        """Which rows are allowed; None for all of them."""
        if only is None and without is None:
            return None
        masks = {number: np.full(block.count, only is None) for number, block in self.blocks.items()}
        for ids, allowed in ((only, True), (without, False)):
            if ids is not None:
                for number, chosen in self._chosen(ids):
                    masks[number][chosen] = allowed
        return masks

    def templates(self, rows: Ints) -> Floats:
        """The full templates of these rows, (n, dimension)."""
        found = np.empty((len(rows), self.dimension))
        order = np.argsort(rows, kind="stable")
        done = 0
        for number, places in self._by_block(rows[order]):
            found[order[done : done + len(places)]] = self.blocks[number].templates(places)
            done += len(places)
        return found

    def allowed_rows(self, masks: Masks | None) -> Ints:
        """The rows that are allowed."""
        found = [np.empty(0, dtype=np.int64)]
        for number, block in self.blocks.items():
            places = np.arange(block.count) if masks is None else np.flatnonzero(masks[number])
            found.append(places + number * self.block_rows)
        return np.concatenate(found)

    def owners(self, rows: Ints) -> tuple[Ints, Ints]:
        """The persons and the ids of these rows."""
        persons, ids = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.int64)
        numbers, places = np.divmod(rows, self.block_rows)
        for number in np.unique(numbers):
            here = numbers == number
            persons[here] = self.blocks[int(number)].persons[places[here]]
            ids[here] = self.blocks[int(number)].ids[places[here]]
        return persons, ids

    def rows_of(self, persons: Ints, masks: Masks | None) -> Ints:
        """All allowed rows of these persons.

        A sieve of 2¹⁶ bits by a multiplicative hash first, because most rows are of other persons.
        """
        sieve = np.zeros(1 << 16, dtype=np.bool_)
        sieve[_hash(persons)] = True
        wanted = np.unique(persons)
        found = [np.empty(0, dtype=np.int64)]
        for number, block in self.blocks.items():
            held = block.persons[: block.count]
            maybe = sieve[_hash(held)]
            if masks is not None:
                maybe &= masks[number]
            places = np.flatnonzero(maybe)
            nearest = np.minimum(np.searchsorted(wanted, held[places]), len(wanted) - 1)
            found.append(places[wanted[nearest] == held[places]] + number * self.block_rows)
        return np.concatenate(found)

    def _chosen(self, ids: Ints) -> Iterator[tuple[int, Ints | Mask]]:
        """The rows of those ids that are held, in each block as places or as a mask.

        Many ids close together, as databases count, are marked in a table and each row looks its id up there:
        six times faster for a million of them than finding the row of each.
        """
        low = int(ids.min(initial=2**63 - 1))
        span = max(0, int(ids.max(initial=-(2**63))) - low + 1)
        if len(ids) <= self.count // 32 or span > 32 * self.count:
            rows = self.find(np.sort(ids))
            yield from self._by_block(np.sort(rows[rows >= 0]))
            return
        marked = np.zeros(span + 1, dtype=np.bool_)
        marked[ids - low] = True
        for number, block in self.blocks.items():
            held = block.ids[: block.count]
            within = (held >= low) & (held <= low + span - 1)
            yield number, marked[np.where(within, held - low, span)]

    def _by_block(self, rising: Ints) -> Iterator[tuple[int, Ints]]:
        """Rising rows, as places in each block."""
        at = 0
        while at < len(rising):
            number = int(rising[at]) // self.block_rows
            end = int(np.searchsorted(rising, (number + 1) * self.block_rows))
            yield number, rising[at:end] - number * self.block_rows
            at = end

    def _last(self, scale: float) -> tuple[int, Block]:
        number = self._of_scale[scale][-1]
        return number, self.blocks[number]

    def _open_block(self, scale: float) -> tuple[int, Block]:
        """The block of this scale that has room."""
        if self._of_scale.get(scale):
            number, block = self._last(scale)
            if block.count < block.capacity:
                return number, block
        number = self._free.pop() if self._free else len(self.blocks)
        self.blocks[number] = Block(self.dimension, scale, self.block_rows)
        self._of_scale.setdefault(scale, []).append(number)
        return self._last(scale)


def _hash(persons: Ints) -> NDArray[np.uint64]:
    # 2⁶⁴ divided by the golden ratio: Fibonacci hashing (Knuth, The Art of Computer Programming 3, §6.4).
    return (persons.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)
