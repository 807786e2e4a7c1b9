"""Pairs of names: recall and precision per script, against token_sort_ratio on romanised names; look-up keys; speed.

    python benchmarks/name_pairs.py            # on the half kept for reporting
    python benchmarks/name_pairs.py --half choose --misses
    python benchmarks/name_pairs.py --chance   # how often words of strangers are alike: numbers of weights.toml

The table, ``tests/evidence/name_pairs.csv``, is split into halves by a hash of each row: one to choose weights on, one to
report on. Names of both were written by the same hand as the table of known names: figures for names that nobody had in mind
will be lower. The baseline is rapidfuzz's token_sort_ratio on names brought to ASCII by the package anyascii.
"""

import argparse
import csv
import hashlib
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import jellyfish
import numpy as np
from anyascii import anyascii
from rapidfuzz import fuzz

from kintrace.evidence.names import Names, blocking_tokens, compare_names
from kintrace.evidence.names.likeness import Level, likeness
from kintrace.evidence.names.words import Word, word

TABLE = Path(__file__).parents[1] / "tests" / "evidence" / "name_pairs.csv"


@dataclass(frozen=True)
class Row:
    """One pair of the table."""

    a: str
    b: str
    same: bool
    script: str
    kind: str
    source: str

    @property
    def half(self) -> str:
        """``choose`` or ``report``, by a hash of the pair."""
        digest = hashlib.sha256(f"{self.a}|{self.b}".encode()).digest()
        return "choose" if digest[0] % 2 else "report"


def rows(half: str = "all", path: Path = TABLE) -> list[Row]:
    """The table, or a half of it."""
    with path.open(encoding="utf-8", newline="") as lines:
        found = [Row(**{**line, "same": line["same"] == "1"}) for line in csv.DictReader(lines)]
    return [row for row in found if half in ("all", row.half)]


def baseline(a: str, b: str) -> float:
    """rapidfuzz's token_sort_ratio, 0 to 100, of the names in ASCII and small letters."""
    return fuzz.token_sort_ratio(anyascii(a).casefold().replace("-", " "), anyascii(b).casefold().replace("-", " "))


def ours(a: str, b: str) -> float:
    """Log10 likelihood ratio."""
    return compare_names(Names.of(a), Names.of(b)).llr


def at(scores: np.ndarray, same: np.ndarray, threshold: float) -> tuple[float, float]:
    """Recall and precision of what scores above a threshold."""
    said = scores > threshold
    right = int((said & same).sum())
    return right / max(int(same.sum()), 1), right / max(int(said.sum()), 1)


def threshold_for(scores: np.ndarray, same: np.ndarray, precision: float) -> float:
    """The lowest threshold from which on precision is at least this."""
    for each in np.unique(scores):
        if at(scores, same, each - 1e-9)[1] >= precision:
            return float(each) - 1e-9
    return float(scores.max())


def accuracy(table: list[Row], misses: bool) -> None:
    """Print recall and precision per script."""
    same = np.array([row.same for row in table])
    mine = np.array([ours(row.a, row.b) for row in table])
    base = np.array([baseline(row.a, row.b) for row in table])
    _recall, precision = at(mine, same, 0)
    cut = threshold_for(base, same, precision)
    own = threshold_for(base, same, 0.95), threshold_for(mine, same, 0.95)
    print(f"{int(same.sum())} pairs of one person, {int((~same).sum())} of two.\n")
    print(
        "script         one  two  recall  precision   token_sort_ratio at the same precision overall: recall  precision"
    )
    for script in [*dict.fromkeys(row.script for row in table), "all"]:
        of = np.array([script in (row.script, "all") for row in table])
        got, right = at(mine[of], same[of], 0)
        base_got, base_right = at(base[of], same[of], cut)
        counts = f"{int(same[of].sum()):4} {int((~same[of]).sum()):4}"
        print(f"{script:13} {counts}  {got:6.3f}  {right:9.3f}   {base_got:53.3f}  {base_right:9.3f}")
    for name, scores, threshold in (("ours", mine, own[1]), ("token_sort_ratio", base, own[0])):
        got, right = at(scores, same, threshold)
        print(
            f"At a precision of 0.95 or more: {name} recall {got:.3f} (threshold {threshold:.2f}, precision {right:.3f})"
        )
    for name, scores in (("ours", mine), ("token_sort_ratio", base)):
        print(f"Area under the ROC curve: {name} {auc(scores, same):.4f}")
    kin = np.array([not row.same and row.kind in ("sibling", "parent") for row in table])
    print(
        f"Siblings, parents and children: {kin.sum()} pairs, {(mine[kin] > 0).sum()} above 0, the highest {mine[kin].max():+.2f}"
    )
    if misses:
        scored = zip(table, mine, base, strict=True)
        for row, value, raw in sorted(scored, key=lambda each: each[1] * (1 if each[0].same else -1)):
            if (value > 0) != row.same:
                what = f"{row.script}, {row.kind}, {row.source}"
                print(f"{'missed' if row.same else 'wrong '} {value:+.2f} ({raw:.0f})  {row.a} | {row.b}  [{what}]")


def strangers(table: list[Row], draws: int = 20_000) -> None:
    """Print how many pairs of different people of one language, drawn at random, come above 0; and Cllr with them."""
    mated = [row for row in table if row.same]
    drawn = random.Random(4)
    scores = []
    while len(scores) < draws:
        one, other = drawn.sample(mated, 2)
        # The same invented person may be in several rows, in several spellings.
        likest = max(fuzz.token_set_ratio(anyascii(a), anyascii(b)) for a in (one.a, one.b) for b in (other.a, other.b))
        if one.script == other.script and likest < 75:
            scores.append((ours(one.a, other.b), baseline(one.a, other.b)))
    two = np.array(scores)
    one_person = np.array([(ours(row.a, row.b), baseline(row.a, row.b)) for row in mated])
    told = f"{(two[:, 0] > 0).mean():.4f} above 0, {(two[:, 0] > 2).mean():.4f} above 2"
    cost = np.log2(1 + 10 ** -one_person[:, 0]).mean() / 2 + np.log2(1 + 10 ** two[:, 0]).mean() / 2
    print(f"Strangers of one language, {draws:,} pairs drawn at random: {told}; Cllr {cost:.3f} bits.")
    for name, column in (("ours", 0), ("token_sort_ratio", 1)):
        cut = np.quantile(two[:, column], 0.99)
        print(f"  Above 99 % of them: {(one_person[:, column] > cut).mean():.3f} of the pairs of one person by {name}")


def auc(scores: np.ndarray, same: np.ndarray) -> float:
    """Chance that a pair of one person scores above a pair of two; ties count half."""
    above = scores[same][:, None] - scores[~same][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def look_up(table: list[Row]) -> None:
    """Print how often two spellings share a key, and how many strangers do."""
    keys = {name: set(blocking_tokens(Names.of(name))) for row in table for name in (row.a, row.b)}
    mated = [row for row in table if row.same]
    met = [row for row in mated if keys[row.a] & keys[row.b]]
    names = list(keys)
    drawn = random.Random(1)
    strangers = [tuple(drawn.sample(names, 2)) for _ in range(100_000)]
    by_chance = sum(bool(keys[a] & keys[b]) for a, b in strangers) / len(strangers)
    counts = sorted(len(each) for each in keys.values())
    print(f"\nKeys: {len(met)} of {len(mated)} pairs of one person share at least one ({len(met) / len(mated):.4f}).")
    plain = {name: {jellyfish.metaphone(each) for each in anyascii(name).split()} for name in keys}
    by_metaphone = sum(bool(plain[row.a] & plain[row.b]) for row in mated) / len(mated)
    print(f"By the metaphones of their words in ASCII {by_metaphone:.4f} would.")
    print(
        f"Keys per name: mean {np.mean(counts):.1f}, most {counts[-1]}. Two names drawn at random share one: {by_chance:.4f}."
    )
    for row in mated:
        if not keys[row.a] & keys[row.b]:
            print(f"  no key in common: {row.a} | {row.b}")


def speed(table: list[Row], seconds: float = 3.0) -> None:
    """Print comparisons per second on one core, warm, of all names of the table with all others."""
    texts = sorted({name for row in table for name in (row.a, row.b)})
    drawn = random.Random(2)
    pairs = list(combinations(texts, 2))
    drawn.shuffle(pairs)
    pairs = pairs[:60_000]
    read = {text: Names.of(text) for text in texts}
    started = time.perf_counter()
    for a, b in pairs:
        compare_names(read[a], read[b])
    cold = len(pairs) / (time.perf_counter() - started)
    plain = {text: anyascii(text).casefold() for text in texts}
    figures = {}
    for name, compare in (
        ("ours", lambda a, b: compare_names(read[a], read[b])),
        ("token_sort_ratio, already romanised", lambda a, b: fuzz.token_sort_ratio(plain[a], plain[b])),
    ):
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            for a, b in pairs[:20_000]:
                compare(a, b)
            done += 20_000
        figures[name] = done / (time.perf_counter() - started)
    print(
        f"\nPairs per second on one core: the first {len(pairs):,} {cold:,.0f}, then "
        + ", ".join(f"{n} {v:,.0f}" for n, v in figures.items())
    )


def chance(table: list[Row]) -> None:
    """Print how often different words are alike, drawn from names of one language; and how common a sound is, by size."""
    by_script: dict[str, dict[Word, None]] = {}
    for row in table:
        if not row.same:  # of pairs of one person both spellings would be in the draw
            by_script.setdefault(row.script, {})
            for version in Names.of(row.b).versions:
                by_script[row.script].update(dict.fromkeys(part.word for part in version.parts))
    seen: Counter[Level] = Counter()
    first = 0
    for words in by_script.values():
        for one, other in combinations(words, 2):
            seen[likeness(one, other).level] += 1
            first += likeness(word(one.text[:1], one.script), other).level is Level.INITIAL
    total = sum(seen.values())
    print(f"{total:,} pairs of different words of one language:")
    for level, count in sorted(seen.items()):
        print(f"  {level.name.lower():8} {count / total:.5f}")
    print(f"  initial  {first / total:.4f}")
    sounds: dict[int, Counter[str]] = {}
    for words in by_script.values():
        for each in words:
            sounds.setdefault(round(each.size), Counter())[each.forms[0].skeletons[0]] += 1
    print("Chance that two words of a size, of any language, have the same consonants by coarse class:")
    for size, counts in sorted(sounds.items()):
        count = sum(counts.values())
        if count >= 20:
            share = sum(n * (n - 1) for n in counts.values()) / (count * (count - 1))
            print(
                f"  size {size}: {share:.5f} ({count} words); log10 {np.log10(share) if share else float('-inf'):.2f}"
            )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=["choose", "report", "all"], default="report")
    parser.add_argument("--misses", action="store_true", help="print the pairs on the wrong side of 0")
    parser.add_argument("--chance", action="store_true", help="print how often words of strangers are alike")
    parser.add_argument("--table", type=Path, default=TABLE)
    options = parser.parse_args()
    table = rows(options.half, options.table)
    if options.chance:
        chance(rows("all", options.table))
        return
    accuracy(table, options.misses)
    strangers(table)
    look_up(table)
    speed(table)


if __name__ == "__main__":
    sys.exit(main())
