"""Which word of one name goes with which of the other: the best joining one to one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from kintrace.evidence.names.korean import other_vowels
from kintrace.evidence.names.likeness import Level, Likeness, likeness
from kintrace.evidence.names.parts import Part, Role, Version
from kintrace.evidence.names.words import Word

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
    """Join two names: the one-to-one joining worth most."""
    voicing = "korean" in one.eastern and "korean" in other.eastern
    chinese = not voicing and "chinese" in one.eastern | other.eastern
    left: Sequence[Part] = one.parts
    right: Sequence[Part] = other.parts
    worth = _worth(left, right, voicing, chinese)
    pairs = _best(worth)
    if len(pairs) < min(len(left), len(right)) and len(left) + len(right) > 2:
        right = _merged(other, one, voicing)
        left = _merged(one, other, voicing)
        if left is not one.parts or right is not other.parts:
            worth = _worth(left, right, voicing, chinese)
            pairs = _best(worth)
    if pairs and len(left) == len(right) == 2 and not (one.sure and other.sure) and left[0].role is not right[0].role:
        aligned = _same_order(left, right, pairs, (one.sure, other.sure))
        if aligned != (left, right):
            left, right = aligned
            worth = _worth(left, right, voicing, chinese)
            pairs = _best(worth)
    if not pairs:
        return _rest((), left, right)
    joins = tuple(Join(left[i], right[j], worth[i, j][1]) for i, j in pairs)
    used_left, used_right = {i for i, _ in pairs}, {j for _, j in pairs}
    return _rest(
        joins,
        [part for i, part in enumerate(left) if i not in used_left],
        [part for j, part in enumerate(right) if j not in used_right],
    )


def _worth(
    left: Sequence[Part], right: Sequence[Part], voicing: bool, chinese: bool
) -> dict[tuple[int, int], tuple[float, Likeness]]:
    worth = {}
    for i, mine in enumerate(left):
        for j, yours in enumerate(right):
            found = alike(mine, yours, voicing)
            if found.level >= Level.SEXED and not _surnames_sexed(found, mine, yours):
                continue
            if mine.kunya != yours.kunya or (chinese and found.level in (Level.NEAR, Level.LOOSE)):
                continue  # Chinese syllables are few: Xinyi is not nearly Xinyu
            if (voicing or chinese) and _syllables_apart(found, mine, yours, voicing):
                continue
            value = WORTH.get(found.level, 5.0) - found.distance
            worth[i, j] = (value if mine.role is yours.role else value - OUT_OF_PLACE, found)
    return worth


def _syllables_apart(found: Likeness, mine: Part, yours: Part, voicing: bool) -> bool:
    """Whether two Chinese or Korean given names are alike only as family names are, or, in Korean, but for a vowel."""
    if found.level is Level.SAME or Role.FAMILY in (mine.role, yours.role):
        return False
    of_families = found.level is Level.KNOWN and all(each.family for each in mine.word.known & yours.word.known)
    return of_families or (voicing and other_vowels(mine.word.plain, yours.word.plain))


def _same_order(
    left: Sequence[Part], right: Sequence[Part], pairs: list[tuple[int, int]], sure: tuple[bool, bool]
) -> tuple[Sequence[Part], Sequence[Part]]:
    """Two names of two words each, of which one does not show which is the family name: it is taken as the other's order."""
    if any(i != j for i, j in pairs):
        return left, right
    if sure[0] or (not sure[1] and left[0].word.exact >= right[0].word.exact and left[0].role is Role.GIVEN):
        return left, tuple(replace(part, role=model.role) for part, model in zip(right, left, strict=True))
    return tuple(replace(part, role=model.role) for part, model in zip(left, right, strict=True)), right


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


@lru_cache(maxsize=500_000)
def _is_whole(whole: Word, first: Word, second: Word, other: Word, voicing: bool) -> bool:
    """Whether a word is these two written in one, and neither of them alone."""
    if likeness(whole, other, voicing).level > Level.KNOWN:
        return False
    return all(likeness(half, other, voicing).level > Level.NEAR for half in (first, second))


def _merged(version: Version, against: Version, voicing: bool) -> Sequence[Part]:
    """The words of a name; where two of them are one word of the other (Mary Ann, Maryann), the two are made one."""
    for at, whole in version.wholes:
        first, second = version.parts[at].word, version.parts[at + 1].word
        length = len(whole.word.text)
        for each in against.parts:
            other = each.word
            near = other.script != whole.word.script or -4 < len(other.text) - length < 4
            if near and _is_whole(whole.word, first, second, other, voicing):
                return [*version.parts[:at], whole, *version.parts[at + 2 :]]
    return version.parts


def _rest(joins: tuple[Join, ...], left: Sequence[Part], right: Sequence[Part]) -> Joining:
    """Of the words not joined: those that stand in the same place differ; the rest are alone."""
    if not left or not right:
        return Joining(joins, (), (tuple(left), tuple(right)))
    differ: list[tuple[Part, Part]] = []
    mine, yours = list(left), list(right)
    for same in (True, False):
        for one in tuple(mine):
            for other in yours:
                if one.role is other.role if same else Role.OTHER in (one.role, other.role):
                    if not one.kunya and not other.kunya:
                        differ.append((one, other))
                        mine.remove(one)
                        yours.remove(other)
                    break
    return Joining(joins, tuple(differ), (tuple(mine), tuple(yours)))
