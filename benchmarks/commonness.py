"""What it changes to count how common a name is in the registry itself: names alone, of invented people (invented_people.py).

    python benchmarks/commonness.py                     # 10,000 people, 300 searches of each kind; a minute or two
    python benchmarks/commonness.py --people 1000

Found people are compared by their names with requests for some of them, and with requests for people who are not there. A
stranger is put forward where fewer than one look-alike is expected at what the names alone say, as the standing search does with
everything. Counted as a deployment counts: nobody below 16 bearers, and above in powers of two.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Mapping

import invented_people as invented
import numpy as np

from kintrace.evidence.names import Commonness, KeyedCommonness, Names, blocking_tokens, coarse, compare_names


def names_of(facts: Mapping[str, object]) -> Names:
    """The names on a card."""
    return Names.from_facts({name: value for name, value in facts.items() if "name" in name or name == "patronymic"})


def main() -> None:
    """Print the figures by the shipped table, and by the registry's own counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    people = [invented.somebody(rng) for _ in range(options.people)]
    registry = [names_of(invented.found(each, rng)["found"]) for each in people]
    mated = [(at, names_of(invented.request(people[at], rng)["sought"]))
             for at in rng.sample(range(options.people), options.searches)]  # fmt: skip
    nonmated = [names_of(invented.request(invented.somebody(rng), rng)["sought"]) for _ in range(options.searches)]
    index: dict[str, set[int]] = defaultdict(set)
    for at, names in enumerate(registry):
        for key in blocking_tokens(names):
            index[key].add(at)
    counts = Counter({key: len(found) for key, found in index.items()})

    def counted(keys: list[str]) -> int | None:
        return max((count for key in keys if (count := coarse(counts[key])) is not None), default=None)

    for name, common in (("shipped table", Commonness()),
                         ("counted here", KeyedCommonness(people=options.people, counted=counted))):  # fmt: skip

        def near(sought: Names, common: Commonness = common) -> dict[int, float]:
            found = set().union(*(index[key] for key in blocking_tokens(sought)))
            return {at: compare_names(sought, registry[at], common).llr for at in found}

        scores = [(at, near(sought)) for at, sought in mated]
        own = np.array([found.get(at, -4.0) for at, found in scores])
        first = np.mean([at in found and found[at] >= max(found.values()) for at, found in scores])
        best = np.array([max(near(sought).values(), default=-4.0) for sought in nonmated])
        cut = float(np.quantile(best, 0.99))
        forward = options.people / 10**best < 1
        print(
            f"{name}: first {first:.3f}; FNIR at FPIR 1 % {np.mean(own <= cut):.3f}; somebody put forward where nobody is there "
            f"{np.mean(forward):.3f}; the person put forward {np.mean(options.people / 10**own < 1):.3f}"
        )


if __name__ == "__main__":
    main()
