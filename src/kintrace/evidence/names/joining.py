"""Which word of one name goes with which of the other: the best joining one to one."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kintrace.evidence.names.likeness import Level, Likeness, likeness
from kintrace.evidence.names.people import Part, Role, Version
from kintrace.evidence.names.words import Word, word

WORTH: Final = {
    Level.SAME: 10.0, Level.SOUND: 9.5, Level.KNOWN: 8.5, Level.GENDER: 8.0, Level.NEAR: 6.0, Level.LOOSE: 3.0,
    Level.INITIAL: 2.0,
}  # fmt: skip
"""For choosing the joining only; what a joining weighs is another matter."""
OUT_OF_PLACE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Join:
    """A word of one name and the word of the other that it was joined with."""

    one: Part
    other: Part
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Joining:
    """Two names joined."""

    joins: tuple[Join, ...]
    differ: tuple[tuple[Part, Part], ...]
    """Words that stand in the same place and are different."""
    alone: tuple[tuple[Part, ...], tuple[Part, ...]]
    """Words to which nothing in the other name speaks."""


@lru_cache(maxsize=500_000)
def _alike(one: tuple[Word, ...], other: tuple[Word, ...], voicing: bool) -> Likeness:
    best = likeness(one[0], other[0], voicing)
    for mine in one:
        for yours in other:
            found = likeness(mine, yours, voicing)
            if (found.level, found.distance) < (best.level, best.distance):
                best = found
    return best


def alike(one: Part, other: Part, voicing: bool) -> Likeness:
    """How two words are alike, taking what may stand for them."""
    mine, yours = one.words, other.words
    if len(mine) == 1 and len(yours) == 1:
        return likeness(mine[0], yours[0], voicing)
    return _alike(mine, yours, voicing)


def join(one: Version, other: Version) -> Joining:
    """Join two names: the one-to-one joining worth most; the same either way round."""
    voicing = one.korean and other.korean
    left, right = _without_splits(one.parts, other.parts, voicing)
    worth: dict[tuple[int, int], tuple[float, Likeness]] = {}
    for i, mine in enumerate(left):
        for j, yours in enumerate(right):
            found = alike(mine, yours, voicing)
            if found.level > Level.INITIAL and not _surnames_sexed(found, mine, yours):
                continue
            if mine.kunya != yours.kunya:
                continue
            value = WORTH.get(found.level, 5.0) - found.distance
            if mine.role is not yours.role:
                value -= OUT_OF_PLACE
            worth[i, j] = (value, found)
    pairs = _best(worth)
    joins = tuple(Join(left[i], right[j], worth[i, j][1]) for i, j in pairs)
    used_left, used_right = {i for i, _ in pairs}, {j for _, j in pairs}
    return _rest(
        joins,
        [part for i, part in enumerate(left) if i not in used_left],
        [part for j, part in enumerate(right) if j not in used_right],
    )


def _surnames_sexed(found: Likeness, mine: Part, yours: Part) -> bool:
    """A feminine ending alone does not part family names."""
    return found.level is Level.SEXED and mine.role is Role.FAMILY and yours.role is Role.FAMILY


def _best(worth: dict[tuple[int, int], tuple[float, Likeness]]) -> list[tuple[int, int]]:
    """The pairs worth most together, none of which share a word."""
    if not worth:
        return []
    rows = sorted({i for i, _ in worth})
    if len(rows) == len(worth) == len({j for _, j in worth}):
        return sorted(worth)
    best: dict[int, tuple[float, tuple[tuple[int, int], ...]]] = {0: (0.0, ())}
    for i in rows:
        step = dict(best)
        for taken, (sofar, pairs) in best.items():
            for (row, j), (value, _) in worth.items():
                if row == i and not taken >> j & 1:
                    after = taken | 1 << j
                    if after not in step or sofar + value > step[after][0]:
                        step[after] = (sofar + value, (*pairs, (i, j)))
        best = step
    return list(max(best.values(), key=lambda each: (each[0], each[1]))[1])


def _without_splits(one: tuple[Part, ...], other: tuple[Part, ...], voicing: bool) -> tuple[list[Part], list[Part]]:
    """Where a word of one name is two words of the other (Mary Ann, Maryann), the two are made one."""
    left, right = list(one), list(other)
    if len(left) + len(right) < 3:
        return left, right
    merged_right = _merged(right, left, voicing)
    merged_left = _merged(left, right, voicing)
    return merged_left, merged_right


def _merged(parts: list[Part], others: list[Part], voicing: bool) -> list[Part]:
    for at in range(len(parts) - 1):
        first, second = parts[at], parts[at + 1]
        if first.word.script != second.word.script:
            continue
        length = len(first.word.text) + len(second.word.text)
        near = [
            each for each in others if abs(len(each.word.text) - length) <= 3 or each.word.script != first.word.script
        ]
        near = [each for each in near if each.word.size > max(first.word.size, second.word.size)]
        if not near:
            continue
        if any(alike(half, each, voicing).level <= Level.NEAR for each in near for half in (first, second)):
            continue
        whole = word(first.word.text + second.word.text, first.word.script)
        if any(likeness(whole, each.word, voicing).level <= Level.KNOWN for each in near):
            role = min(first.role, second.role)
            part = Part((whole,), role, f"{first.shown} {second.shown}")
            return [*parts[:at], part, *parts[at + 2 :]]
    return parts


def _rest(joins: tuple[Join, ...], left: list[Part], right: list[Part]) -> Joining:
    """Of the words not joined: those that stand in the same place differ; the rest are alone."""
    differ: list[tuple[Part, Part]] = []
    for same in (True, False):
        for mine in list(left):
            for yours in list(right):
                if mine.kunya or yours.kunya:
                    continue
                roles = {mine.role, yours.role}
                if len(roles) == 1 if same else Role.OTHER in roles:
                    differ.append((mine, yours))
                    left.remove(mine)
                    right.remove(yours)
                    break
    return Joining(joins, tuple(differ), (tuple(left), tuple(right)))
