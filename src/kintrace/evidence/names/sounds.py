"""How words of any script may sound, and how far two of them are apart.

A word is a row of *slots*; a slot is a set of sounds that its letters may stand for (``sounds.toml``), so that no single
romanisation has to be right: г may be g or h, j may be y, zh or h. Two words are aligned by least cost, as
Needleman and Wunsch (1970) do; sounds in common cost nothing, near ones a little, and what is often left out (a vowel in
Arabic script, an h, a soft sign) costs little when it is. The cost is divided by that of the longer word.
"""

import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

Slot = tuple[int, bool]
"""The sounds as bits, and whether the slot is often left out."""
Reading = tuple[Slot, ...]

SOUNDS: Final = "aeiouYpbtdkgqfvwszSZcCJxhlrmnjTDRXK'"
VOWELS: Final = sum(1 << SOUNDS.index(each) for each in "aeiouY")
GLIDES: Final = sum(1 << SOUNDS.index(each) for each in "jh'")
SOFT_SIGN: Final = 1 << SOUNDS.index("j")
SURELY_A: Final = 1 << SOUNDS.index("a")
VOWEL, LAST_VOWEL, HIDDEN, SOFT, WEAK, MIXED, CONSONANT = 0.3, 0.6, 0.06, 0.1, 0.2, 0.5, 1.0
"""Cost of leaving out a vowel, the last vowel, a vowel that the other's script does not write, a soft sign, what else is often
left out, a slot that may be a vowel or a consonant, a consonant. Set by hand; ``python benchmarks/name_pairs.py`` shows what
they do."""
VOWEL_FOR_VOWEL: Final = 0.5
MOST_READINGS, MOST_LETTERS = 2, 40


@cache
def tables() -> dict[str, dict[str, tuple[Reading, ...]]]:
    """Of each script: group of letters → the ways to read it."""
    return {script: {letters: _ways(told) for letters, told in table.items()} for script, table in _file().items()
            if script not in ("near", "voicing")}  # fmt: skip


@cache
def _reach() -> dict[str, dict[str, int]]:
    """Of each script: letter → letters of the longest group it begins."""
    found: dict[str, dict[str, int]] = {}
    for script, table in tables().items():
        longest = found.setdefault(script, {})
        for letters in table:
            longest[letters[0]] = max(len(letters), longest.get(letters[0], 1))
    return found


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("sounds.toml").read_text(encoding="utf-8"))


def _ways(told: str) -> tuple[Reading, ...]:
    return tuple(tuple(_slot(each) for each in way.split()) for way in told.split("|"))


def _slot(told: str) -> Slot:
    return sum(1 << SOUNDS.index(each) for each in told.rstrip("?")), told.endswith("?")


@lru_cache(maxsize=50_000)
def readings(word: str, script: str) -> tuple[Reading, ...]:
    """The ways in which a word may sound.

    Args:
        word: case folded, of one script.
        script: of :func:`tables`.
    """
    table, reach = tables()[script], _reach()[script]
    word = word[:MOST_LETTERS]
    found: list[list[Slot]] = [[]]
    at = 0
    while at < len(word):
        step, ways = _group(word, at, table, reach.get(word[at], 1))
        at += step
        if len(found) * len(ways) > MOST_READINGS:
            ways = ways[:1]
        found = [_joined(row, way) for row in found for way in ways]
    if script == "latin" and word[-1:] == "e" and len(word) > 4:
        # French and English leave it mute: Noureddine.
        found = [[*row[:-1], (row[-1][0], True)] for row in found]
    return tuple(dict.fromkeys(tuple(row) for row in found))


def _group(word: str, at: int, table: dict[str, tuple[Reading, ...]], most: int) -> tuple[int, tuple[Reading, ...]]:
    for length in range(min(most, len(word) - at), 0, -1):
        ways = table.get(word[at : at + length])
        if ways:
            return length, ways
    plain = unicodedata.normalize("NFKD", word[at])[:1]
    return 1, table.get(plain, ((),))


def _joined(row: list[Slot], way: Reading) -> list[Slot]:
    # A doubled letter sounds once.
    return row + [slot for number, slot in enumerate(way) if number or not row or row[-1][0] != slot[0]]


@cache  # of sounds, not of names: there are as many slots as the tables have
def _swap(one: int, other: int, voicing: bool) -> float:
    if one & other:
        return 0.0
    near = [_near(voicing).get((a, b), CONSONANT) for a in bits(one) for b in bits(other)]
    least = min(near, default=CONSONANT)
    return VOWEL_FOR_VOWEL if least == CONSONANT and is_vowel(one) and is_vowel(other) else least


@cache
def _near(voicing: bool) -> dict[tuple[int, int], float]:
    told = {**_file()["near"], **(_file()["voicing"] if voicing else {})}
    pairs = {(SOUNDS.index(two[0]), SOUNDS.index(two[1])): float(cost) for two, cost in told.items()}
    return pairs | {(b, a): cost for (a, b), cost in pairs.items()}


def bits(mask: int) -> list[int]:
    """The places in ``SOUNDS`` of the sounds of a slot."""
    return [number for number in range(len(SOUNDS)) if mask >> number & 1]


def is_vowel(mask: int) -> bool:
    """Whether a slot can be nothing but a vowel."""
    return bool(mask) and not mask & ~VOWELS


def _left_out(slot: Slot, hidden: bool, last: bool) -> float:
    mask, weak = slot
    if is_vowel(mask):
        if hidden:
            return HIDDEN
        # The last vowel tells Oleksandr from Oleksandra.
        return SOFT if weak else LAST_VOWEL if last else VOWEL
    if weak or not mask & ~GLIDES:
        return SOFT if hidden or mask == SOFT_SIGN else WEAK
    if not mask & VOWELS:
        return CONSONANT
    if mask & ~(VOWELS | GLIDES):
        return MIXED
    return 2 * HIDDEN if hidden and not last else LAST_VOWEL if last else VOWEL


Gaps = tuple[tuple[float, ...], float]
"""What it costs to leave out each slot of a reading, and all of them."""


def gaps(reading: Reading, hidden: bool) -> Gaps:
    """What it costs to leave out each slot.

    Args:
        reading: a way to read a word.
        hidden: whether the script of the other word leaves out vowels, and this one's does not.
    """
    costs = tuple(_left_out(slot, hidden, at == len(reading) - 1) for at, slot in enumerate(reading))
    return costs, sum(costs)


_gaps = lru_cache(maxsize=100_000)(gaps)


def apart(
    one: Reading,
    other: Reading,
    unvowelled: tuple[bool, bool] = (False, False),
    voicing: bool = False,
    most: float = 0.6,
) -> float:
    """How far two words sound apart: 0 for the same, 1 for nothing in common; the same either way round.

    Args:
        one: a way to read a word.
        other: of another.
        unvowelled: whether the script of each leaves out vowels.
        voicing: whether voiced and unvoiced sounds are hardly told apart (Korean, Armenian).
        most: distances above it need not be told from 1.
    """
    if one == other:
        return 0.0
    if not one or not other:
        return 1.0
    mixed = unvowelled[0] != unvowelled[1]
    gone, _ = _gaps(one, mixed and unvowelled[1])
    come, _ = _gaps(other, mixed and unvowelled[0])
    longest = max(_gaps(one, False)[1], _gaps(other, False)[1])
    return aligned(one, other, gone, come, longest, voicing, most)


def aligned(
    one: Reading,
    other: Reading,
    gone: Sequence[float],
    come: Sequence[float],
    longest: float,
    voicing: bool,
    most: float,
) -> float:
    """How far two readings are apart, neither of them empty, by what it costs to leave out the slots of each.

    Args:
        one: a way to read a word.
        other: of another.
        gone: what each slot of the one costs to leave out, as :func:`gaps` gives it.
        come: of the other.
        longest: what all slots of the longer cost, to someone who writes all.
        voicing: as :func:`apart` takes it.
        most: likewise.
    """
    limit = most * longest
    above = [0.0]
    for cost in come:
        above.append(above[-1] + cost)
    for (mask, _), cost in zip(one, gone, strict=True):
        left = above[0] + cost
        row = [left]
        diagonal = above[0]
        for at, (against, _) in enumerate(other):
            up = above[at + 1]
            best = diagonal if mask & against else diagonal + _swap(mask, against, voicing)
            if up + cost < best:
                best = up + cost
            if left + come[at] < best:
                best = left + come[at]
            row.append(best)
            diagonal, left = up, best
        if min(row) > limit:
            return 1.0
        above = row
    return min(1.0, above[-1] / longest)


_CLASS: Final = dict(enumerate("......" + "PPTTKKKFFF" + "SSSSSSSKK" + "LLMM" + ".TTKSK."))
"""Coarse class of each of ``SOUNDS``; "." is no consonant."""


def skeleton(reading: Reading, strict: bool = False) -> str:
    """The consonants by coarse class, each row of one class once: near for words that may sound alike.

    Args:
        reading: a way to read a word.
        strict: keep what may be left out, or be a vowel or an h; a slot of several classes counts as its last, not its first.
    """
    letters = []
    for mask, weak in reading:
        sure = mask & ~(VOWELS | GLIDES)
        if not sure or (not strict and (weak or mask != sure)):
            continue
        letters.append(_CLASS[(sure.bit_length() if strict else (sure & -sure).bit_length()) - 1])
    return once("".join(letters))


def class_of(sound: int) -> str:
    """The coarse class of a consonant, by its place in ``SOUNDS``."""
    return _CLASS[sound]


def once(letters: str) -> str:
    """Each row of one letter once."""
    return "".join(letter for at, letter in enumerate(letters) if not at or letters[at - 1] != letter)


def ends_in_a(reading: Reading) -> bool | None:
    """Whether the last sound is a; None where it may be or not."""
    if not reading:
        return None
    mask, weak = reading[-1]
    if mask & SURELY_A:
        return True if mask == SURELY_A else None
    return None if weak else False
