"""The same face in many places: near-identical templates that one source gave for cards that have nothing to do with each other.

A false front sends one face under many names; so does a group photo, and so does a family that registers twice. What it is, a
person finds out: a group is shown, never judged.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_BLOCK = 2048
Node = TypeVar("Node", int, str)


@dataclass(frozen=True)
class Group:
    """Templates of one source that are near-identical, on cards that are unrelated."""

    source: Hashable
    rows: tuple[int, ...]
    """Of the arrays given, rising."""
    cards: tuple[Hashable, ...]
    """Each once, in the order of ``rows``."""
    least_score: float
    """The lowest score that holds the group together."""


def near_identical(
    templates: NDArray[np.float32],
    sources: Sequence[Hashable],
    cards: Sequence[Hashable],
    at_least: float,
    related: Iterable[tuple[Hashable, Hashable]] = (),
) -> list[Group]:
    """Find such groups.

    Two templates belong together where their score reaches ``at_least`` and their cards differ and are not related; groups
    are what hangs together by such pairs, within one source. Memory stays bounded however many templates a source gave.

    Args:
        templates: (n, dimensions), of length 1, of one set of model packs.
        sources: n submitters or sources; None: not known, and not grouped.
        cards: n cards.
        at_least: score above which two templates are near-identical: for the pack, higher than any two photos of one person
        reach. related: pairs of cards that may well show one face, such as a request and the card that answers it.

    Returns:
        Groups of at least two cards, the largest first.

    Raises:
        ValueError: the arrays are of different lengths.
    """
    if not len(templates) == len(sources) == len(cards):
        raise ValueError(f"{len(templates)} templates, {len(sources)} sources, {len(cards)} cards")
    known = {frozenset(pair) for pair in related}
    by_source: defaultdict[Hashable, list[int]] = defaultdict(list)
    for row, source in enumerate(sources):
        if source is not None:
            by_source[source].append(row)
    found = [
        group
        for source, rows in by_source.items()
        for group in _groups(templates, source, rows, cards, at_least, known)
    ]
    return sorted(found, key=lambda group: (-len(group.cards), group.rows))


def together(pairs: Iterable[tuple[Node, Node, float]]) -> list[tuple[list[Node], float]]:
    """What hangs together by pairs, each with a score, and the lowest score of the pairs that hold it together.

    Args:
        pairs: of anything that can be ordered, each pair once or more often.

    Returns:
        Groups of at least two, each rising; in no order.
    """
    parent: dict[Node, Node] = {}
    least: dict[Node, float] = {}

    def head(node: Node) -> Node:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for one, other, score in pairs:
        for node in (one, other):
            parent.setdefault(node, node)
        top, below = sorted((head(one), head(other)))
        parent[below] = top
        least[top] = min(least.get(top, 1.0), least.get(below, 1.0), score)
    members: defaultdict[Node, list[Node]] = defaultdict(list)
    for node in sorted(parent):
        members[head(node)].append(node)
    return [(held, least[top]) for top, held in members.items()]


def _groups(
    templates: NDArray[np.float32],
    source: Hashable,
    rows: list[int],
    cards: Sequence[Hashable],
    at_least: float,
    related: set[frozenset[Hashable]],
) -> list[Group]:
    vectors = templates[rows]

    def pairs() -> Iterator[tuple[int, int, float]]:
        for start in range(0, len(rows), _BLOCK):
            scores = vectors[start : start + _BLOCK] @ vectors[start:].T
            for one, other in np.argwhere(np.triu(scores >= at_least, 1)):
                first, second = rows[start + one], rows[start + other]
                if cards[first] != cards[second] and frozenset((cards[first], cards[second])) not in related:
                    yield first, second, float(scores[one, other])

    return [
        Group(source, tuple(held), tuple(dict.fromkeys(cards[row] for row in held)), round(least, 4))
        for held, least in together(pairs())
    ]
