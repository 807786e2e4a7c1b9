"""What a comparison of names says, and how it was reached, in words."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kintrace.evidence.names.joining import Joining
from kintrace.evidence.names.parts import Part, Role, Version
from kintrace.evidence.words import number, support

BLANK_BELOW = 0.0005
_PLACES = {
    frozenset((Role.GIVEN,)): "given name", frozenset((Role.FATHER,)): "father's name",
    frozenset((Role.FAMILY,)): "family name", frozenset((Role.OTHER,)): "further name",
}  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """Two words that were joined, and why."""

    one: str
    other: str
    place: str
    """What the words are: "given name", "father's name", …"""
    how: str
    log10_lr: float
    """What it weighs alone, against strangers."""


@dataclass(frozen=True, eq=False)
class Reached:
    """How a ratio was reached, as the comparison left it: explained when somebody asks."""

    one: Version | None = None
    other: Version | None = None
    joining: Joining | None = None
    ratios: tuple[float, ...] = ()
    """Of each joined pair of words."""
    mothers: Joined | None = None
    turned: bool = False
    """The two sides were exchanged before they were compared."""


@dataclass(frozen=True)
class NameEvidence:
    """What the names of two records say."""

    llr: float
    """Log10 likelihood ratio, within the bounds of the weights; 0 where nothing could be compared."""
    kin: bool = False
    """The names are those of two relatives much rather than of strangers: family or father's names agree, given names do not."""
    _reached: Reached = field(default=Reached(), repr=False, compare=False)

    @property
    def state(self) -> str:
        """``agree`` above 0, ``differ`` below, ``blank`` where nothing could be compared or it says nothing."""
        return "agree" if self.llr > BLANK_BELOW else "differ" if self.llr < -BLANK_BELOW else "blank"

    @cached_property
    def joined(self) -> tuple[Joined, ...]:
        """Words that were joined, and why."""
        reached, found = self._reached, []
        for each, ratio in zip(reached.joining.joins if reached.joining else (), reached.ratios, strict=True):
            one, other = self._turned(each.one.shown, each.other.shown)
            found.append(Joined(one, other, _place(each.one, each.other), each.likeness.how, ratio))
        if reached.mothers is not None and reached.mothers.log10_lr > 0:
            one, other = self._turned(reached.mothers.one, reached.mothers.other)
            found.append(replace(reached.mothers, one=one, other=other))
        return tuple(found)

    @cached_property
    def differ(self) -> tuple[tuple[str, str, str], ...]:
        """Words that stand in the same place and are different: one, other, place."""
        joining, mothers = self._reached.joining, self._reached.mothers
        found = [(*self._turned(a.shown, b.shown), _place(a, b)) for a, b in (joining.differ if joining else ())]
        if mothers is not None and mothers.log10_lr <= 0:
            found.append((*self._turned(mothers.one, mothers.other), mothers.place))
        return tuple(found)

    @cached_property
    def alone(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Words of each name that were left alone, particles and titles among them."""
        joining, one, other = self._reached.joining, self._reached.one, self._reached.other
        if joining is None or one is None or other is None:
            return (), ()
        left = (*(part.shown for part in joining.alone[0]), *one.weak)
        right = (*(part.shown for part in joining.alone[1]), *other.weak)
        return (right, left) if self._reached.turned else (left, right)

    @property
    def compared(self) -> tuple[str, str]:
        """The ways to write the two names that were compared, of all the ways that the records give."""
        one, other = self._reached.one, self._reached.other
        return self._turned(one.shown if one else "", other.shown if other else "")

    @cached_property
    def why(self) -> str:
        """How it was reached, in sentences."""
        if self._reached.joining is None and self._reached.mothers is None:
            return "There was no name to compare on one side or both."
        told = [f"{each.one} and {each.other} ({each.place}): {each.how}." for each in self.joined]
        told += [f"{mine} and {yours} ({place}) differ." for mine, yours, place in self.differ]
        left = [name for side in self.alone for name in side]
        if left:
            told.append(f"Left alone: {', '.join(left)}.")
        if self.kin:
            told.append("What agrees is what relatives share: these may be two of one family.")
        return " ".join(told)

    @property
    def words(self) -> str:
        """The strength in words."""
        told = support(self.llr)
        if told == "no":
            return "The names speak neither for nor against this being the same person."
        case = "one person" if self.llr > 0 else "two"
        return (
            f"The names give {told} support to {case}: about {number(abs(self.llr))} times likelier if so than if not."
        )

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        joined = [
            {"a": each.one, "b": each.other, "place": each.place, "how": each.how, "log10_lr": round(each.log10_lr, 4)}
            for each in self.joined
        ]
        return {
            "llr": round(self.llr, 4), "state": self.state, "why": self.why, "words": self.words, "joined": joined,
            "differ": [{"a": one, "b": other, "place": place} for one, other, place in self.differ],
            "alone": [list(side) for side in self.alone], "compared": list(self.compared), "kin": self.kin,
        }  # fmt: skip

    def _turned(self, one: str, other: str) -> tuple[str, str]:
        return (other, one) if self._reached.turned else (one, other)


NOTHING = NameEvidence(0.0)


def _place(one: Part, other: Part) -> str:
    roles = frozenset((one.role, other.role))
    if roles in _PLACES:
        return _PLACES[roles]
    if roles == {Role.GIVEN, Role.FAMILY}:
        return "given name with family name"
    known = [_PLACES[frozenset((role,))] for role in sorted(roles) if role is not Role.OTHER]
    return known[0] if len(known) == 1 else " with ".join(known)
