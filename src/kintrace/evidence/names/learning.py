"""Weights of names learned from an agency's own confirmed pairs.

Of pairs that are one person, how often words are alike in each way gives ``[same]`` and ``[differ]``; of pairs that are not, how
often words that are joined are no more than alike gives ``[chance]``. The shipped numbers count as so many words beside those
that were seen (a Dirichlet prior), so that few pairs change little.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import log10
from typing import Any

from kintrace.errors import CalibrationError
from kintrace.evidence.names.comparing import compare_names
from kintrace.evidence.names.joining import join
from kintrace.evidence.names.likeness import Level, likeness
from kintrace.evidence.names.parts import Role
from kintrace.evidence.names.people import Names
from kintrace.evidence.names.weights import LEVELS, Weights, shipped_tables

PRIOR = 60.0
"""Words that the shipped shares count for."""
PRIOR_CHANCE = 20_000.0
LEAST_PAIRS = 30
"""Fewer confirmed pairs than this teach nothing that may be relied on."""
NO_WORSE = 1.02
"""Cost of the learned weights beside the shipped ones up to which they are taken for no worse."""


@dataclass(frozen=True)
class Pair:
    """Two names, and whether they are one person's."""

    one: Names
    other: Names
    same: bool


@dataclass(frozen=True)
class Lesson:
    """What pairs taught, and how it does on others."""

    tables: dict[str, Any]
    pairs: int
    """Learned from."""
    one_person: int
    """Of those, of one person."""
    checked: int
    """Kept apart for the check."""
    before: float
    """Cllr of the shipped weights on those, in bits."""
    after: float
    """Of the learned ones."""

    @property
    def better(self) -> bool:
        """Whether the learned weights do no worse than the shipped ones on pairs that they were not learned from."""
        return self.after <= self.before * NO_WORSE

    def figures(self) -> dict[str, Any]:
        """All but the tables, as they are told."""
        return {
            "pairs": self.pairs,
            "one_person": self.one_person,
            "checked": self.checked,
            "cllr_shipped": round(self.before, 4),
            "cllr_learned": round(self.after, 4),
            "better": self.better,
        }


def lesson(known: Sequence[tuple[Pair, str]], command: str) -> Lesson:
    """Learn from four fifths of pairs, and check on the rest.

    Args:
        known: pairs, each with a text whose hash decides on which side it is.
        command: that was given; it becomes the source of the numbers.

    Raises:
        CalibrationError: there are too few pairs of one person.
    """
    apart = [hashlib.sha256(text.encode()).digest()[0] % 5 == 0 for _, text in known]
    taught = [pair for (pair, _), kept in zip(known, apart, strict=True) if not kept]
    check = [pair for (pair, _), kept in zip(known, apart, strict=True) if kept]
    tables = learn(taught, command)
    before, after = cost(check, None), cost(check, Weights.of(tables))
    return Lesson(tables, len(taught), sum(pair.same for pair in taught), len(check), before, after)


def learn(pairs: Iterable[Pair], command: str) -> dict[str, Any]:
    """The sections of ``weights.toml``, with what was learned in place of the estimates.

    Args:
        pairs: confirmed ones.
        command: that was given; it becomes the source of the numbers.

    Raises:
        CalibrationError: there are too few pairs of one person.
    """
    known = list(pairs)
    same = [pair for pair in known if pair.same]
    if len(same) < LEAST_PAIRS:
        raise CalibrationError(
            f"There are {len(same)} pairs of one person; at least {LEAST_PAIRS} are needed.",
            kept="Nothing was changed.",
            todo="Add confirmed pairs, with 1 in the column “same”.",
        )
    tables = shipped_tables()
    counts: dict[Role, Counter[Level | None]] = {role: Counter() for role in Role}
    for pair in same:
        _count(pair, counts)
    for role in Role:
        _replace(
            tables, role, counts[role], f"{sum(counts[role].values())} words of {len(same)} confirmed pairs: {command}"
        )
    _chances(tables, known, command)
    told = {"pairs": len(same), "made": date.today().isoformat()}
    tables["learned"] = {
        name: {"value": value, "basis": "learned", "source": f"learned by {command}"} for name, value in told.items()
    }
    return tables


def _count(pair: Pair, counts: dict[Role, Counter[Level | None]]) -> None:
    """Count the words of the joining that the pair's own weight would choose."""
    found = [
        join(mine, yours) for mine in pair.one.versions for yours in pair.other.versions
    ]  # fmt: skip
    if not found:
        return
    joining = max(
        found, key=lambda each: (len(each.joins) - len(each.differ), -sum(j.likeness.level for j in each.joins))
    )
    for each in joining.joins:
        role = each.one.role if each.one.role is each.other.role else Role.OTHER
        counts[role][each.likeness.level if each.likeness.level in LEVELS else None] += 1
    for mine, yours in joining.differ:
        counts[mine.role if mine.role is yours.role else Role.OTHER][None] += 1


def _replace(tables: dict[str, Any], role: Role, seen: Counter[Level | None], source: str) -> None:
    name = role.name.lower()
    before: dict[Level | None, float] = {
        level: tables["same"][name]["value"][level.name.lower()] for level in LEVELS
    } | {None: tables["differ"][name]["value"]}  # fmt: skip
    all_before, all_seen = sum(before.values()), sum(seen.values())
    after = {
        level: (seen.get(level, 0) + PRIOR * share / all_before) / (all_seen + PRIOR) for level, share in before.items()
    }
    tables["same"][name] = {
        "value": {level.name.lower(): round(after[level], 5) for level in LEVELS}, "basis": "learned", "source": source,
    }  # fmt: skip
    tables["differ"][name] = {"value": round(after[None], 5), "basis": "learned", "source": source}


def _chances(tables: dict[str, Any], pairs: list[Pair], command: str) -> None:
    """How often words of two people who are not one come near each other."""
    seen, total = chance_counts(pair for pair in pairs if not pair.same)
    for level in (Level.NEAR, Level.LOOSE):
        name = level.name.lower()
        share = (seen[level] + PRIOR_CHANCE * tables["chance"][name]["value"]) / (total + PRIOR_CHANCE)
        source = f"{total} pairs of words of pairs that are not one person: {command}"
        tables["chance"][name] = {"value": float(f"{share:.3g}"), "basis": "learned", "source": source}


def chance_counts(pairs: Iterable[Pair]) -> tuple[Counter[Level], int]:
    """Levels of all pairs of words of two people, and how many they are."""
    seen: Counter[Level] = Counter()
    for pair in pairs:
        for mine in pair.one.versions[:1]:
            for yours in pair.other.versions[:1]:
                seen.update(likeness(a.word, b.word).level for a in mine.parts for b in yours.parts)
    return seen, sum(seen.values())


def cost(pairs: Iterable[Pair], weights: Weights | None) -> float:
    """Cllr of the weights on pairs that are known (Brümmer and du Preez, Computer Speech and Language 20, 2006), in bits."""
    sums = {True: [0.0, 0], False: [0.0, 0]}
    for pair in pairs:
        llr = compare_names(pair.one, pair.other, weights=weights).llr
        of = sums[pair.same]
        of[0] += log10(1 + 10 ** (-llr if pair.same else llr)) / log10(2)
        of[1] += 1
    parts = [total / count for total, count in sums.values() if count]
    return sum(parts) / len(parts) if parts else 0.0


def to_toml(tables: dict[str, Any]) -> str:
    """The tables as a file that :meth:`~kintrace.evidence.names.weights.Weights.load` reads."""
    lines = ["# Weights of names, learned by kintrace calibrate names. Never edited by hand.", ""]
    for section, entries in tables.items():
        lines.append(f"[{section}]")
        for name, entry in entries.items():
            parts = ", ".join(f"{key} = {_plain(entry[key])}" for key in ("value", "basis", "source"))
            lines.append(f"{name} = {{ {parts} }}")
        lines.append("")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_plain(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(each) for each in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        return f'"{escaped}"'
    return f"{value}"
