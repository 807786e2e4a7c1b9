"""Marks in words: scars, tattoos, moles, what is missing, with part of the body and side.

Two marks agree as far as both say: kind, part, side, and for tattoos a word of what they show. How rare that is among strangers'
marks is the product of how common kind and part are. Marks that differ say little: each record names what somebody saw.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import log10

from rapidfuzz.distance import DamerauLevenshtein

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.person import Person
from kintrace.evidence.weights import weight

AGAIN, OTHER_SIDE = weight("marks.said_again"), weight("marks.other_side")
KINDS, PARTS, MOTIF = weight("marks.kinds"), weight("marks.parts"), weight("marks.motif")
NONE_AGAIN, NONE_STRANGERS = weight("marks.none_again"), 0.9
WITHIN = dict.fromkeys(("forehead", "eyebrow", "eye", "ear", "nose", "cheek", "lip", "chin"), "face") | {
    "finger": "hand", "wrist": "arm", "elbow": "arm", "knee": "leg", "ankle": "leg", "hip": "leg", "face": "head",
}  # fmt: skip
"""A part that is also said by the name of a larger one."""
ALIKE_LETTERS = 5
"""Letters from which on two words of a motif may have one slip."""
MOST_MARKS = 12
LONGEST_STEM = 12
_BETWEEN = re.compile(r"[;,.\n/]+|\band\b|\bet\b|\by\b|\bта\b|\bи\b| و ")


@dataclass(frozen=True)
class Mark:
    """One mark, as far as its words are understood."""

    kind: str
    part: str
    side: str
    motif: frozenset[str]
    """Other words; of a tattoo, what it shows."""

    @property
    def words(self) -> tuple[str, ...]:
        """All of it, to put marks in order."""
        return self.kind, self.part, self.side, *sorted(self.motif)


NOTHING = Mark("", "", "", frozenset())
"""What words say that deny a mark: no evidence, for or against."""


def compare(one: Person, other: Person) -> Fact:
    """The fact ``marks``."""
    texts = one.text("marks"), other.text("marks")
    if not all(texts):
        return blank("marks")
    found = one.once(_read), other.once(_read)
    if not all(found):
        return blank("marks", "The words are not understood as marks: read them yourself.", texts)
    tried = len(found[0]) * len(found[1])
    pairs = [(ratio, a, b) for a in found[0] for b in found[1] if (ratio := _alike(a, b)) is not None]
    if not pairs:
        weighed = log10(NONE_AGAIN / NONE_STRANGERS)
        return Fact(
            "marks", "none is on both", weighed, "Each record names what somebody saw: this says little.", texts
        )
    most = max(pair[0] for pair in pairs)
    best = min((pair for pair in pairs if pair[0] == most), key=lambda pair: sorted((pair[1].words, pair[2].words)))
    # The best of several comparisons is better by chance.
    weighed = most - log10(tried)
    shared = {best[1].side, best[2].side}
    where = " ".join(filter(None, [best[1].part, f"({best[1].side})" if len(shared) == 1 and best[1].side else ""]))
    level = f"{best[1].kind} on both: {where or 'the part is not on both'}"
    if len(shared - {""}) == 2:
        level = f"{best[1].kind} on both: {best[1].part}, but the other side"
    if weighed <= 0:
        return blank("marks", "What agrees is too common to say anything.", texts)
    return Fact("marks", level, weighed, f"{tried} pairs of marks were compared.", texts)


def _alike(one: Mark, other: Mark) -> float | None:
    """Log10 ratio of two marks as one and the same; 0 or below where that says nothing, None where they cannot be one."""
    if one.kind != other.kind or not one.kind:
        return None
    stranger, again = KINDS[one.kind], AGAIN
    part = _shared_part(one.part, other.part)
    if part is None:
        return None
    stranger *= PARTS.get(part, 1.0)
    if one.side and other.side:
        stranger /= 2
        again *= 1 - OTHER_SIDE if one.side == other.side else OTHER_SIDE
    if one.kind == "tattoo" and one.motif and other.motif:
        if not any(_same_word(a, b) for a in one.motif for b in other.motif):
            return 0.0  # an anchor is no cross, but may be the same in words of another language
        stranger *= min(MOTIF * len(one.motif) * len(other.motif), 1.0)
    if not part and not (one.kind == "tattoo" and one.motif and other.motif):
        again *= 0.5
    return log10(again / stranger)


def _shared_part(one: str, other: str) -> str | None:
    """The larger of two parts of which one holds the other; "" where one is not said; None where they are two."""
    if not one or not other or one == other:
        return one if one == other else ""
    for small, large in ((one, other), (other, one)):
        while small in WITHIN:
            small = WITHIN[small]
            if small == large:
                return large
    return None


def _same_word(one: str, other: str) -> bool:
    if min(len(one), len(other)) < ALIKE_LETTERS:
        return one == other
    return DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1


def _read(person: Person) -> tuple[Mark, ...]:
    told = person.get("marks")
    texts = [told.text, told.original_script] if told else []
    kept: list[Mark] = []
    before: Mark | None = None
    for mark in (_mark(piece) for text in texts for piece in _BETWEEN.split(text.casefold())):
        if mark.kind:
            whole = _joined(mark, before) if before else mark
            before = None
            if whole not in kept:
                kept.append(whole)
        elif mark.part or mark.side:
            # "tattoo, left arm": the words after a comma belong to what stands before it, or else after it.
            if kept:
                kept.append(_joined(kept.pop(), mark))
            else:
                before = mark
    return tuple(kept[:MOST_MARKS])


def _joined(mark: Mark, more: Mark) -> Mark:
    return Mark(mark.kind, mark.part or more.part, mark.side or more.side, mark.motif | more.motif)


@lru_cache(maxsize=20_000)
def _mark(text: str) -> Mark:
    meant: dict[str, list[str]] = {"kinds": [], "parts": [], "sides": []}
    kinds: list[tuple[str, str]] = []
    motif = set()
    denied = False
    for word in re.findall(r"[^\W\d_][\w'’-]*", unicodedata.normalize("NFKC", text)):
        group, meaning = _meaning(word)
        if word in _listed("denials"):
            denied = True
        elif denied and group == "kinds":  # "no scars"
            return NOTHING
        elif group == "kinds":
            kinds.append((meaning, word))
        elif group:
            meant[group].append(meaning)
        elif len(word) > 2 and word not in _listed("passed_over"):
            motif.add(word)
    if denied and meant["parts"]:  # "no left hand"
        kinds.append(("missing", ""))
    if not meant["parts"] and len(kinds) > 1 and any(kind == "missing" for kind, _ in kinds):  # "scars: missing"
        return NOTHING
    tattoo = any(kind == "tattoo" for kind, _ in kinds)
    if tattoo:  # "tattoo of a crown" is no tooth
        motif |= {word for kind, word in kinds if kind != "tattoo"}
    kind = "tattoo" if tattoo else next((kind for kind, _ in kinds), "")
    part, side = (next(iter(meant[group]), "") for group in ("parts", "sides"))
    return Mark(kind, part, side, frozenset(motif))


def _meaning(word: str) -> tuple[str, str]:
    """What a word means: its group and its meaning; the longest beginning wins, and "" where there is none."""
    stems = _stems()
    for bare in dict.fromkeys((word, word.removeprefix("و").removeprefix("ب").removeprefix("ال"))):
        for size in range(min(len(bare), LONGEST_STEM), 1, -1):
            if bare[:size] in stems and (size >= 4 or len(bare) - size <= 3):
                return stems[bare[:size]]
    return "", ""


@cache
def _stems() -> dict[str, tuple[str, str]]:
    kept = _file()
    return {
        stem: (group, meaning)
        for group in ("kinds", "parts", "sides")
        for meaning, stems in kept[group].items()
        for stem in stems.split()
    }


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(_file()[name]["words"].split())


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("marks.toml").read_text(encoding="utf-8"))
