"""Merkle trees of Certificate Transparency (RFC 6962 §2.1), their inclusion proofs, and the tiles of static logs."""

import hashlib
from collections.abc import Callable, Sequence

TILE = 256
"""Hashes in a full tile (c2sp.org/static-ct-api)."""
MOST_LEAVES = 1 << 40
"""A leaf's number has 40 bits there."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether an inclusion proof holds (RFC 9162 §2.1.3.2, which says for RFC 6962 how it is checked).

    Args:
        leaf: hash of the leaf, 32 bytes.
        index: its number, from 0.
        size: leaves in the tree.
        path: the proof, from the leaf's neighbour upwards.
        root: hash of the tree.
    """
    if not 0 <= index < size or any(len(one) != 32 for one in (leaf, root, *path)):
        return False
    number, last, here = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            here = node_hash(sibling, here)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            here = node_hash(here, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and here == root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in their order."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:middle]), root_of(hashes[middle:]))


def path_of(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The inclusion proof of a leaf (RFC 6962 §2.1.1), over leaf hashes in their order."""
    if len(hashes) == 1:
        return []
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if index < middle:
        return [*path_of(index, hashes[:middle]), root_of(hashes[middle:])]
    return [*path_of(index - middle, hashes[middle:]), root_of(hashes[:middle])]


def tile_path(level: int | str, number: int, width: int = TILE) -> str:
    """Where a log serves a tile: ``tile/0/x001/234``, with ``.p/W`` for one that is not full."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}" + (f".p/{width}" if width < TILE else "")


def tile_width(level: int, number: int, size: int) -> int:
    """Hashes in a tile of a tree with ``size`` leaves: 256, or fewer at its right edge."""
    return max(0, min(TILE, (size >> 8 * level) - number * TILE))


def proof_from_tiles(index: int, size: int, tile: Callable[[int, int, int], bytes]) -> list[bytes]:
    """The inclusion proof of a leaf, computed from tiles.

    Args:
        index: number of the leaf, from 0, less than ``size``.
        size: leaves in the tree.
        tile: from level, number and width to a tile's bytes, ``width`` hashes.

    Raises:
        ValueError: a tile has not as many bytes as it should.
    """
    seen: dict[tuple[int, int], bytes] = {}

    def hash_at(level: int, number: int) -> bytes:
        place = (level, number // TILE)
        if place not in seen:
            width = tile_width(*place, size)
            seen[place] = tile(*place, width)
            if len(seen[place]) != 32 * width:
                raise ValueError(f"{tile_path(*place, width)} has not {width} hashes")
        offset = 32 * (number % TILE)
        return seen[place][offset : offset + 32]

    def subtree(low: int, high: int) -> bytes:
        length = high - low
        if length & (length - 1) == 0:
            level, within = divmod(length.bit_length() - 1, 8)
            first = low >> 8 * level
            return root_of([hash_at(level, first + step) for step in range(1 << within)])
        middle = low + (1 << (length - 1).bit_length() - 1)
        return node_hash(subtree(low, middle), subtree(middle, high))

    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if index < middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low = middle
    return path[::-1]
