"""Pictures known to be false, by their hashes and nothing else. docs/provenance.md says how the list is protected, and from what.

An entry holds the picture's hash, why it is here, who decided and when: no case, no person, no photo. The list is written as
bytes that the caller seals (:mod:`kintrace.vault`); hashes are in the clear in memory only.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kintrace.errors import BlockListError
from kintrace.provenance.assessing import Decision
from kintrace.provenance.index import PictureIndex
from kintrace.provenance.picturehash import BITS, PictureHash

_KIND = "kintrace block list 1"
_ROUND = 4096  # bytes: the sealed length tells only roughly how many entries there are


@dataclass(frozen=True)
class Blocked:
    """One picture on the list."""

    hash: PictureHash
    reason: str
    by: str
    """Who decided; the data protection officer agrees to every entry (the caller's rule)."""
    decided: date


class BlockList:
    """The list, in memory. Not to be confused with a search for people: it answers only whether a picture is on it."""

    def __init__(self, entries: Iterable[Blocked] = ()) -> None:
        """With these entries."""
        self._entries: dict[int, Blocked] = {}
        self._index: PictureIndex[int] = PictureIndex()
        self._next = 0
        for entry in entries:
            self._put(entry)

    def __len__(self) -> int:
        """How many pictures."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Blocked]:
        """The entries, as they were put in."""
        return iter(list(self._entries.values()))

    def add(self, hash: PictureHash, decision: Decision, decided: date) -> Blocked:
        """Put a picture on the list.

        Raises:
            BlockListError: it is too plain for its hash to mean anything.
        """
        entry = Blocked(hash, decision.reason, decision.by, decided)
        self._put(entry)
        return entry

    def remove(self, hash: PictureHash) -> int:
        """Take a picture off the list; returns how many entries went."""
        gone = [number for number, entry in self._entries.items() if entry.hash.bits == hash.bits]
        self._index.remove(gone)
        for number in gone:
            del self._entries[number]
        return len(gone)

    def match(self, hashes: PictureHash | Sequence[PictureHash], within: int) -> Blocked | None:
        """The nearest entry to a picture, if one is near enough; give all eight hashes to find it mirrored or turned, too."""
        found = self._index.search(hashes, within)
        return self._entries[found[0].id] if found else None

    def pack(self) -> bytes:
        """The list as bytes, to be sealed at once; of a length that is rounded up."""
        rows = [
            {
                "hash": e.hash.hex,
                "quality": e.hash.quality,
                "reason": e.reason,
                "by": e.by,
                "decided": e.decided.isoformat(),
            }
            for e in self._entries.values()
        ]
        data = json.dumps({"kind": _KIND, "entries": rows}, ensure_ascii=False).encode()
        return data + b" " * (-len(data) % _ROUND)

    @classmethod
    def unpack(cls, data: bytes) -> "BlockList":
        """Read what :meth:`pack` wrote.

        Raises:
            BlockListError: it is something else.
        """
        try:
            content = json.loads(data)
            if content["kind"] != _KIND:
                raise ValueError("of another kind")
            return cls(_entry(row) for row in content["entries"])
        except (ValueError, KeyError, TypeError) as error:
            raise BlockListError(
                "This is no block list, or it is damaged.", "Nothing was read from it.", "Restore it from the backup."
            ) from error

    def _put(self, entry: Blocked) -> None:
        if not self._index.add([(self._next, entry.hash)]):
            raise BlockListError(
                "The picture is too plain to be told from other plain pictures.",
                "The list is as it was.",
                "A picture that shows next to nothing cannot be blocked by its hash.",
            )
        self._entries[self._next] = entry
        self._next += 1


def _entry(row: dict[str, object]) -> Blocked:
    bits = bytes.fromhex(str(row["hash"]))
    if len(bits) * 8 != BITS:
        raise ValueError("a hash of another length")
    hash = PictureHash(bits, int(str(row["quality"])))
    return Blocked(hash, str(row["reason"]), str(row["by"]), date.fromisoformat(str(row["decided"])))
