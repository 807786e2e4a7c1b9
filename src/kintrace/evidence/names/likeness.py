"""How two words of names are alike: one of a few levels, found once for each pair of words and kept."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, Levenshtein

from kintrace.evidence.names import sounds
from kintrace.evidence.names.known import Known
from kintrace.evidence.names.words import Form, Word


class Level(IntEnum):
    """How two words are alike, the best first."""

    SAME = 0
    """The same letters."""
    SOUND = 1
    """They may be read alike: other script, other romanisation."""
    KNOWN = 2
    """Known as forms, or short forms, of one name."""
    GENDER = 3
    """One surname, in the masculine and in the feminine."""
    NEAR = 4
    """A slip of typing or hearing apart."""
    LOOSE = 5
    """Something alike remains."""
    INITIAL = 6
    """One is the first letter of the other."""
    SEXED = 7
    """They differ by a feminine ending only: Oleksandr, Oleksandra."""
    APART = 8
    """Different words."""


SOUND_AT_MOST: Final = 0.05
NEAR_AT_MOST: Final = 0.115
LOOSE_AT_MOST: Final = 0.2
"""Distances of :func:`~kintrace.evidence.names.sounds.apart` up to which words are of a level;
``python benchmarks/name_pairs.py --choose`` tries others on the half of the table that is for choosing."""
KNOWN_APART_AT_MOST: Final = 0.02
"""Two words that are different known names are alike only up to this distance."""
SLIP_LETTERS: Final = 5
MIXED_SCRIPTS: Final = 0.01
"""Added where one script leaves out vowels: what is not written agrees with too much."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two words, compared."""

    level: Level
    distance: float
    """As by :func:`~kintrace.evidence.names.sounds.apart`; 1 where it was not worth finding out."""
    how: str
    """In words."""


_APART: Final = Likeness(Level.APART, 1.0, "different words")


@lru_cache(maxsize=1_000_000)
def likeness(one: Word, other: Word, voicing: bool = False) -> Likeness:
    """How two words are alike; the same either way round.

    Args:
        one: a word.
        other: of the other name.
        voicing: whether voiced and unvoiced sounds are hardly told apart, as in Korean.
    """
    if one is other:
        return Likeness(Level.SAME, 0.0, "the same letters")
    common = one.known & other.known
    if not common and (len(one.text) == 1 or len(other.text) == 1):
        return _initial(one, other)
    if one.plain == other.plain:
        return Likeness(Level.SOUND, 0.0, "the same letters without their marks")
    if not common and not _may_be_near(one, other):
        return _APART
    plain = _distance(one.forms[0], other.forms[0], one, other, voicing)
    if common:
        if plain <= SOUND_AT_MOST:
            return Likeness(Level.SOUND, plain, _spelling(one, other))
        return Likeness(Level.KNOWN, plain, f"forms of one name ({_names(common)})")
    if one.known and other.known and ((one.exact and other.exact) or plain > SOUND_AT_MOST):
        return _known_apart(one, other, plain)
    sexed = plain <= LOOSE_AT_MOST and one.feminine is not None and other.feminine is not None
    sexed = sexed and one.feminine != other.feminine
    best, kind = _best_form(one, other, plain)
    if kind == "masculine" and best <= SOUND_AT_MOST:
        return Likeness(Level.GENDER, best, "the same surname, in the masculine and in the feminine")
    if sexed:
        return Likeness(Level.SEXED, plain, "they differ by a feminine ending")
    if best <= SOUND_AT_MOST:
        return Likeness(Level.SOUND, best, _WAYS.get(kind) or _spelling(one, other))
    if best <= NEAR_AT_MOST:
        return Likeness(Level.NEAR, best, "nearly the same sound")
    if _slip(one, other):
        return Likeness(Level.NEAR, best, "one slip of typing apart")
    if best <= LOOSE_AT_MOST:
        return Likeness(Level.LOOSE, best, "a similar sound")
    return Likeness(Level.APART, best, "different words") if best < 1 else _APART


_WAYS: Final = {
    "article": "the same sound without the Arabic article",
    "romanised": "the same Chinese syllables in another romanisation",
}


def _initial(one: Word, other: Word) -> Likeness:
    first, second = (each.forms[0].readings[0][:1] for each in (one, other))
    if first and second and (first[0][0] & second[0][0] or one.plain[:1] == other.plain[:1]):
        return Likeness(Level.INITIAL, 0.0, "one is the first letter of the other")
    return _APART


def _may_be_near(one: Word, other: Word) -> bool:
    """Whether it is worth the time to align the words: their skeletons differ little, in some form."""
    for mine in one.forms:
        for yours in other.forms:
            for left in mine.skeletons:
                for right in yours.skeletons:
                    most = 1 + max(len(left), len(right)) // 4
                    if Levenshtein.distance(left, right, score_cutoff=most) <= most:
                        return True
    return _slip(one, other)


def _distance(mine: Form, yours: Form, one: Word, other: Word, voicing: bool = False) -> float:
    hidden = (one.unvowelled, other.unvowelled)
    voicing = voicing or (one.voicing and other.voicing)
    apart = [
        sounds.apart(left, right, hidden, voicing, LOOSE_AT_MOST) for left in mine.readings for right in yours.readings
    ]
    least = min(apart)
    if least > SOUND_AT_MOST and one.ending and other.ending:
        # What many surnames end in is no likeness.
        least /= 1 - min(one.ending, other.ending, 0.6)
    # Beyond the limit an alignment may stop early, this way round or the other.
    return 1.0 if least > LOOSE_AT_MOST else least + MIXED_SCRIPTS * (hidden[0] != hidden[1])


def _best_form(one: Word, other: Word, plain: float) -> tuple[float, str]:
    """The least distance of all ways to take the words, and in which way."""
    found = [(plain, "")]
    for mine in one.forms:
        for yours in other.forms:
            kinds = {mine.kind, yours.kind} - {""}
            if len(kinds) == 1:
                kind = kinds.pop()
                # Both without their article, or both feminine: as written they are no nearer.
                found.append((_distance(mine, yours, one, other), "" if mine.kind == yours.kind else kind))
    return min(found)


def _known_apart(one: Word, other: Word, plain: float) -> Likeness:
    if plain <= KNOWN_APART_AT_MOST and not (one.exact and other.exact):
        return Likeness(Level.NEAR, plain, "nearly the same sound, though known as two names")
    if plain <= LOOSE_AT_MOST and {each.sex for each in one.known} != {each.sex for each in other.known}:
        return Likeness(Level.SEXED, plain, "a man's name and a woman's")
    return Likeness(
        Level.APART, plain, f"known as two names ({'; '.join(sorted((_names(one.known), _names(other.known))))})"
    )


def _slip(one: Word, other: Word) -> bool:
    """One letter too many, too few, another, or two swapped; not the last: endings tell Rahim from Rahimi."""
    mine, yours = one.plain, other.plain
    if one.script != other.script or min(len(mine), len(yours)) < SLIP_LETTERS or mine[-1] != yours[-1]:
        return False
    return OSA.distance(mine, yours, score_cutoff=1) <= 1


def _spelling(one: Word, other: Word) -> str:
    return "the same sound in another spelling" if one.script == other.script else "the same sound in another script"


def _names(known: frozenset[Known]) -> str:
    return ", ".join(sorted({each.name.partition(":")[2].partition("_")[0] for each in known})[:3])
