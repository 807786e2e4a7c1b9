"""Declared family on one record against the enquirer and the family on the other.

Relatives are compared where their relations may be the same; a relation written the wrong way round is allowed for. The person's
own family name is taken out of the relatives' first, for names are a fact of their own. Several relatives who agree count
together up to a limit: they are one family, and a brother or sister of the person has the same.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import fsum, log10

from jellyfish import metaphone
from rapidfuzz.distance import JaroWinkler

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.naming import Comparison, ratio_of
from kintrace.evidence.person import Person
from kintrace.evidence.placeholders import says_nothing
from kintrace.evidence.relatives import UNKNOWN, Relative, latin, relatives, unbracketed
from kintrace.evidence.weights import weight

GIVEN = weight("family.given")
ONE_ONLY, SEVERAL = log10(weight("family.one_only")), log10(weight("family.several"))
UNCLEAR, PLAIN = weight("family.unclear"), weight("family.plain_names")
ALIKE = 0.85
"""Least Jaro-Winkler likeness of two words that are taken for spellings of one."""
AGREES, DIFFERS = 0.5, -0.3
"""Log10 ratios of names from which on a relative counts as the same, or as another."""


@dataclass(frozen=True)
class Pair:
    """Two relatives compared."""

    one: Relative
    other: Relative
    ratio: float
    """Log10, of names and relation."""
    unclear: bool


def compare(one: Person, other: Person, names: Comparison | None = None, counted: frozenset[str] = frozenset()) -> Fact:
    """The fact ``family``.

    Args:
        one: of one record, with who asks.
        other: of the other.
        names: compares two names; without it a plain comparison of the words in Latin letters serves.
        counted: relatives whose names are counted with the person's own already, such as the father in a patronymic.
    """
    found = one.once(relatives), other.once(relatives)
    compared = one.once(_shown), other.once(_shown)
    if not all(found):
        return blank("family", compared=compared if any(found) else ("", ""))
    pairs = _pairs(found[0], found[1], names or plain_names, counted)
    if not pairs:
        return blank("family", "No relative on the one record can be one on the other.", compared)
    agreeing = _agreeing(pairs)
    parts = tuple(_agreement(pair, len(pairs)) for pair in agreeing)
    parts = tuple(part for part in parts if part.log10_lr > 0)
    if parts:
        total = min(sum(part.log10_lr for part in parts), GIVEN["all"])
        level = "the same relative on both" if len(parts) == 1 else f"{len(parts)} relatives the same on both"
        return Fact("family", level, total, "; ".join(part.why for part in parts), compared, parts)
    return _differing(pairs, compared)


def _shown(person: Person) -> str:
    return "; ".join(each.said for each in person.once(relatives))


def plain_names(one: Person | str, other: Person | str) -> float:
    """Log10 ratio of two names by their words in Latin letters: where nothing better is at hand.

    Each word of the shorter name is set beside the one most like it in the longer; the ratio is the mean of theirs.
    """
    first, second = (unbracketed(each.text("full_name") if isinstance(each, Person) else each) for each in (one, other))
    if says_nothing(first) or says_nothing(second):
        return 0.0
    return _plain(*sorted((first, second)))


@lru_cache(maxsize=20_000)
def _plain(one: str, other: str) -> float:
    words = [[word for each in text.split() if (word := latin(each))] for text in (one, other)]
    shorter, longer = sorted(words, key=lambda each: (len(each), each))
    if not shorter:
        return 0.0
    return fsum(_word_ratio(max(_likeness(word, each) for each in longer)) for word in shorter) / len(shorter)


def _likeness(one: str, other: str) -> float:
    alike = JaroWinkler.similarity(one, other)
    return max(alike, ALIKE) if metaphone(one) == metaphone(other) != "" else alike


def _word_ratio(likeness: float) -> float:
    return float(PLAIN["same"] if likeness >= 1 else PLAIN["alike"] if likeness >= ALIKE else PLAIN["different"])


def _pairs(
    one: tuple[Relative, ...], other: tuple[Relative, ...], names: Comparison, counted: frozenset[str]
) -> list[Pair]:
    pairs = []
    for a in one:
        for b in other:
            unclear = _unclear(a, b)
            if unclear is None or not a.given or not b.given or {a.relation.name, b.relation.name} & counted:
                continue
            told = ratio_of(names(a.given, b.given))
            ratio = min(max(told, GIVEN["least"]), GIVEN["most"])
            pairs.append(Pair(a, b, ratio + (log10(unclear) if ratio > 0 else 0.0), unclear < 1))
    return pairs


def _unclear(one: Relative, other: Relative) -> float | None:
    """1 where both are the same to the person, less where they may be, None where they cannot be."""
    a, b = one.relation, other.relation
    if UNKNOWN in (a.group, b.group):
        return float(UNCLEAR["unknown"])
    if a.group == b.group:
        return 1.0 if a.name == b.name or a.group in (a.name, b.name) else None
    return float(UNCLEAR["inverse"]) if a.inverse == b.group else None


def _agreeing(pairs: list[Pair]) -> list[Pair]:
    """Pairs of the same relative, the best first, each relative once."""
    kept: list[Pair] = []
    for pair in sorted(pairs, key=lambda each: (-each.ratio, sorted((each.one.said, each.other.said)))):
        if pair.ratio >= AGREES and not any(pair.one is each.one or pair.other is each.other for each in kept):
            kept.append(pair)
    return kept


def _agreement(pair: Pair, tried: int) -> Fact:
    # The best of several comparisons is better by chance.
    why = f"“{pair.one.said}” and “{pair.other.said}”" + (f", the best of {tried} comparisons" if tried > 1 else "")
    return Fact("relative", pair.one.relation.group, pair.ratio - log10(tried), why, (pair.one.said, pair.other.said))


def _differing(pairs: list[Pair], compared: tuple[str, str]) -> Fact:
    clear = [pair for pair in pairs if not pair.unclear]
    only = [pair for pair in clear if pair.one.relation.one_only and pair.other.relation.one_only]
    if any(pair.ratio <= DIFFERS for pair in only) and all(pair.ratio <= DIFFERS for pair in only):
        which = sorted(only, key=lambda pair: sorted((pair.one.said, pair.other.said)))[0].one.relation.name
        return Fact("family", f"not the same {which}", ONE_ONLY, "A person has one, though records err.", compared)
    if clear and all(pair.ratio <= DIFFERS for pair in clear):
        why = "Each record names those whom somebody thought of."
        return Fact("family", "relatives of one kind, none the same", SEVERAL, why, compared)
    return blank("family", "What is on both is too unclear to be weighed.", compared)
