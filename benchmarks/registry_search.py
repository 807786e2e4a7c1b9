"""How long a search of the registry takes among many cards: by name, by name and birth, by place and birth, by status.

    .venv/bin/python benchmarks/registry_search.py                     100,000 cards (they take a while to make)
    .venv/bin/python benchmarks/registry_search.py --cards 10000
    .venv/bin/python benchmarks/registry_search.py --keep DIR          makes the cards there, or uses those that are there

People are invented (invented_people.py). Each search is for somebody who has a card, as another office might have written them.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import invented_people as invented

AT_ONCE = 250
CONSENT = {"capacity": "best_interest", "purposes": {"tracing": True, "face_search": True, "share_office:*": True}}


def main() -> None:
    """Make the cards, search, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=60)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        run(asked.keep or Path(place) / "data", asked.cards, asked.searches)


def run(data: Path, cards: int, searches: int) -> None:
    """Everything, in one data folder."""
    os.environ |= {"KINTRACE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
    import django

    django.setup()
    from kintrace.casework.people import Office, User
    from kintrace.casework.records import Card
    from kintrace.casework.scope import scope_for
    from kintrace.casework.setup import initialise, initialised

    if not (data / "records.sqlite3").exists() or not initialised():
        initialise("bench.kintrace", "local", "Benchmark", "officer")
    scope = scope_for(User.objects.get(username="officer"), Office._all.get(code="local"), "tracing")
    rng = random.Random(7)
    people = [invented.somebody(rng) for _ in range(cards)]
    make(scope, people[Card._all.count() :], rng)
    print(f"{Card._all.count():,} cards")
    case = str(Card._all.order_by("local").first().id)
    measure(scope, case, rng.sample(people, searches), rng)


def make(scope: Any, people: list[invented.Invented], rng: random.Random) -> None:
    """A found person's card of each."""
    from kintrace.casework.forms import card_form
    from kintrace.casework.registration import register_many

    for at in range(0, len(people), AT_ONCE):
        written = [{"kind": "found_person", **invented.found(each, rng)} for each in people[at : at + AT_ONCE]]
        forms = [card_form({**each, "consent": CONSENT}) for each in written]
        register_many(scope, forms, [None] * len(forms))


def measure(scope: Any, case: str, people: list[invented.Invented], rng: random.Random) -> None:
    """Times of each kind of search, in milliseconds."""
    from kintrace.casework.registry import Question, search

    kinds: dict[str, list[tuple[float, int, float]]] = {}
    for person in people:
        told = invented.request(person, rng)["sought"]
        name, born = _text(told.get("full_name")), _text(told.get("date_of_birth"))
        place = _text(told.get("place_of_birth"))
        questions = {
            "name": Question(name=name),
            "one word of the name": Question(name=name.split()[0] if name else ""),
            "name and birth": Question(name=name, born=born),
            "birth and place": Question(born=born, place=place),
            "status": Question(status="open"),
        }
        for kind, question in questions.items():
            start, used = time.perf_counter(), time.process_time()
            found = search(scope, case, question)
            took, used = time.perf_counter() - start, time.process_time() - used
            kinds.setdefault(kind, []).append((1000 * took, found.total, 1000 * used))
    print("| search | median ms | 95th percentile | of the processor, median | found, median |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind, rows in kinds.items():
        times = sorted(each[0] for each in rows)
        cpu = statistics.median(each[2] for each in rows)
        found = statistics.median(each[1] for each in rows)
        print(
            f"| {kind} | {statistics.median(times):.0f} | {times[int(0.95 * len(times))]:.0f} | {cpu:.0f} | {found:.0f} |"
        )


def _text(told: Any) -> str:
    return str(told.get("value", "") if isinstance(told, dict) else told or "")


if __name__ == "__main__":
    main()
