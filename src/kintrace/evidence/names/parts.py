"""The parts of a name: words in their places, and the ways to write the whole."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from kintrace.evidence.names.words import Word, word


class Role(IntEnum):
    """What a word of a name is."""

    GIVEN = 0
    FATHER = 1
    FAMILY = 2
    OTHER = 3
    """Not known: a second given name, a grandfather's, a second family name."""


@dataclass(frozen=True)
class Part:
    """A word of a name in its place."""

    words: tuple[Word, ...]
    """The word, and what may stand for it: a nickname, the father's name that a patronymic is made of."""
    role: Role
    shown: str
    kunya: bool = False
    daughter: bool | None = None
    """A patronymic: whether it is a daughter's."""

    @property
    def word(self) -> Word:
        """The word itself."""
        return self.words[0]


@dataclass(frozen=True)
class Version:
    """One way to write a person's whole name."""

    parts: tuple[Part, ...]
    weak: tuple[str, ...] = ()
    """Particles and titles, which are not compared."""
    sure: bool = False
    """It is stated, or clear, which is the given and which the family name."""
    alternate: bool = False
    """It is an alternate name."""
    eastern: frozenset[str] = frozenset()
    """``chinese``, ``korean`` or both, by the family name: syllables are told apart exactly, or by Korean sounds."""

    @cached_property
    def wholes(self) -> tuple[tuple[int, Part], ...]:
        """Each two neighbours as one word, with the place of the first."""
        found = []
        for at, (first, second) in enumerate(pairwise(self.parts)):
            if first.word.script == second.word.script and not first.kunya and not second.kunya:
                whole = word(first.word.text + second.word.text, first.word.script)
                found.append((at, Part((whole,), min(first.role, second.role), f"{first.shown} {second.shown}")))
        return tuple(found)

    @property
    def shown(self) -> str:
        """As it was written."""
        return " ".join(part.shown for part in self.parts)
