"""What was weighed: facts, each with its likelihood ratio and how it was reached, and their sum.

As in Fellegi and Sunter ("A theory for record linkage", Journal of the American Statistical Association 64, 1969) the evidence is
the sum of log likelihood ratios of facts that are taken to be independent; where facts are known to depend on each other they
are one fact here, with parts.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from math import fsum
from typing import Any

from kintrace.evidence.prior import MOST, look_alikes_at_most, strangers
from kintrace.evidence.words import number, support


class Outcome(StrEnum):
    """What a fact says."""

    AGREE = "agree"
    DIFFER = "differ"
    BLANK = "blank"


@dataclass(frozen=True)
class Fact:
    """One fact of two records, weighed."""

    name: str
    """``birth``, ``sex``, …: by this name it is taken out."""
    level: str
    """Which of its comparison's levels, in words."""
    log10_lr: float
    """Log10 of how much likelier what the two records say is for one person than for two; 0 where it says nothing."""
    why: str = ""
    """How it was reached."""
    compared: tuple[str, str] = ("", "")
    """What stands in the one record, and in the other."""
    parts: tuple["Fact", ...] = ()
    """Of what it was reached, where several statements depend on each other."""
    interval: tuple[float, float] | None = None
    """95 % interval of ``log10_lr``, where it was measured."""
    cautions: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether it speaks for one person, against, or says nothing."""
        if self.log10_lr > 0:
            return Outcome.AGREE
        return Outcome.DIFFER if self.log10_lr < 0 else Outcome.BLANK

    def sentence(self) -> str:
        """The fact in plain English, with its weight in words."""
        return f"{LABELS.get(self.name, self.name)}: {self.level}. {times(self.log10_lr)}."

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        return {
            "fact": self.name,
            "outcome": self.outcome.value,
            "level": self.level,
            "log10_lr": round(self.log10_lr, 4),
            "interval": None if self.interval is None else [round(each, 4) for each in self.interval],
            "why": self.why,
            "compared": list(self.compared),
            "parts": [part.as_json() for part in self.parts],
            "cautions": list(self.cautions),
        }


LABELS = {
    "face": "Face",
    "names": "Names",
    "birth": "Birth",
    "sex": "Sex",
    "places": "Places",
    "family": "Family",
    "number": "Number",
    "marks": "Marks",
    "height": "Height",
    "home": "Home",
    "origin": "Place of birth",
    "nationality": "Nationality",
    "whereabouts": "Way from last contact",
}


def blank(name: str, why: str = "It is not on both records.", compared: tuple[str, str] = ("", "")) -> Fact:
    """A fact that says nothing, and weighs nothing."""
    # Those that show nothing are the most by far, and all alike.
    return _empty(name, why) if compared == ("", "") else _blank(name, why, compared)


@cache
def _empty(name: str, why: str) -> Fact:
    return _blank(name, why, ("", ""))


def _blank(name: str, why: str, compared: tuple[str, str]) -> Fact:
    return Fact(
        name, "not known on both" if why.startswith("It is not on both") else "not compared", 0.0, why, compared
    )


def times(log10_lr: float) -> str:
    """The weight as a sentence without its point: how many times likelier, and for which view."""
    if abs(log10_lr) < 0.005:
        return "It says nothing either way"
    view = "one person" if log10_lr > 0 else "two people"
    size = abs(log10_lr)
    if size >= MOST:
        return f"More than {number(MOST)} times likelier for {view}"
    return f"About {number(size)} times likelier for {view}"


@dataclass(frozen=True)
class Evidence:
    """All facts of two records."""

    facts: tuple[Fact, ...]
    searched: int | None = None
    """People in what was searched, where it was a search."""
    notes: tuple[str, ...] = field(default=())
    """Cautions that belong to no single fact."""

    @property
    def log10_lr(self) -> float:
        """The sum: log10 of the likelihood ratio of everything together."""
        return fsum(fact.log10_lr for fact in self.facts)

    @property
    def expected_lookalikes(self) -> float | None:
        """At most so many strangers are expected to have evidence as strong, in what was searched; None without its size."""
        return None if self.searched is None else look_alikes_at_most(self.log10_lr, self.searched)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What must be said beside it, each once."""
        from kintrace.evidence.kin import caution  # it needs facts itself

        own = [words for fact in self.facts for words in fact.cautions]
        return tuple(dict.fromkeys([*caution(self.facts), *own, *self.notes]))

    def fact(self, name: str) -> Fact:
        """One of the facts.

        Raises:
            KeyError: there is none of this name.
        """
        for each in self.facts:
            if each.name == name:
                return each
        raise KeyError(name)

    def without(self, *names: str) -> "Evidence":
        """The same with facts taken out: their weights leave the sum, and their cautions the cautions.

        Raises:
            KeyError: there is no fact of such a name.
        """
        for name in names:
            self.fact(name)
        return replace(self, facts=tuple(fact for fact in self.facts if fact.name not in names))

    def sentence(self) -> str:
        """The sum in plain English, with how many strangers would have as much."""
        words = support(self.log10_lr)
        if words == "no":
            told = "All facts together speak neither for nor against this being the same person."
        else:
            view = "these are the same person" if self.log10_lr > 0 else "these are different people"
            reason = times(self.log10_lr)
            told = f"All facts together give {words} support to the view that {view}: {reason[0].lower()}{reason[1:]}."
        if self.searched is None or self.expected_lookalikes is None:
            return told
        return f"{told} {strangers(self.expected_lookalikes, self.searched)}"

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        expected = self.expected_lookalikes
        return {
            "log10_lr": round(self.log10_lr, 4),
            "words": self.sentence(),
            "searched": self.searched,
            "expected_lookalikes_at_most": expected,
            "facts": [fact.as_json() for fact in self.facts],
            "cautions": list(self.cautions),
        }
