"""Two offices, 100,000 cards: a card registered in one finds the card the other registered two years before, by command line.

    .venv/bin/python benchmarks/two_offices.py DIR             a folder that big_registry.py filled
    .venv/bin/python benchmarks/two_offices.py DIR --cards 10

Each round the other office has the card of an invented person; this one registers a request for them with ``kintrace card
new``, written independently, while a worker runs as it does in an office. The time is that of the command, which ends when the
standing search has been and says how many candidates there are; beside it that of ``kintrace --version``. Then both offices
list their candidates: whether the right pair is among them.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import big_registry
import invented_people as invented


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cards", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    data = str(options.folder.resolve())
    environment = {**os.environ, "KINTRACE_DATA": data, "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
    os.environ |= environment
    import django

    django.setup()
    from kintrace.casework.records import Card
    from kintrace.matching import following

    cards = Card._all.count()
    finding, _ = big_registry.scopes()
    while following.attended():  # by a worker that ended just now: this one would seem ready before it is
        time.sleep(0.5)
    worker = subprocess.Popen([sys.executable, "-m", "kintrace", "worker"], env=environment, stderr=subprocess.DEVNULL)
    try:
        waited = ready(following)
        rows = measured(options, environment, finding)
    finally:
        worker.terminate()
        worker.wait(60)
    seconds = [each["seconds"] for each in rows]
    told = {
        "cards": cards, "rounds": len(rows), "found": sum(each["found"] for each in rows),
        "seconds": [round(statistics.median(seconds), 2), round(max(seconds), 2)],
        "of it starting the command": round(statistics.median(each["start"] for each in rows), 2),
        "the worker was ready after": round(waited, 1),
        "told to the other office": sum(each["other"] for each in rows),
    }  # fmt: skip
    if options.json:
        print(json.dumps(told, indent=1))
    else:
        for name, value in told.items():
            print(f"{name}: {value}")


def ready(following: Any) -> float:
    """Wait until the worker has read what it needs and followed what there was; after how many seconds."""
    start = time.perf_counter()
    while not following.attended() or following.behind():
        time.sleep(0.2)
        if time.perf_counter() - start > 600:
            sys.exit("The worker did not become ready within ten minutes.")
    return time.perf_counter() - start


def measured(options: argparse.Namespace, environment: dict[str, str], finding: Any) -> list[dict[str, Any]]:
    """Each round: whether the true pair is a candidate, for both offices, and after how many seconds."""
    from kintrace.casework.cards import record_id
    from kintrace.casework.records import Card

    rng, rows = random.Random(options.seed), []
    asking = {**environment, "KINTRACE_USER": "caseworker-asking"}

    def kintrace(*arguments: str, env: dict[str, str] = asking) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "kintrace", *arguments], env=env, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    with tempfile.TemporaryDirectory() as folder:
        kintrace("candidate", "list", "--json")  # what the worker must follow first is not of this measure
        for number in range(options.cards):
            person = invented.somebody(rng, grown_up=True)
            (card,) = big_registry.register(finding, [{"kind": "found_person", **invented.found(person, rng)}])
            found = record_id(Card._all.select_related("opened_by").get(id=card))
            kintrace("candidate", "list", "--json")
            form = Path(folder) / f"{number}.json"
            wanted = {"kind": "tracing_request", **invented.request(person, rng), "consent": big_registry.CONSENT}
            form.write_text(json.dumps(wanted), encoding="utf-8")
            start = time.perf_counter()
            made = kintrace("card", "new", "--from", str(form), "--json")
            seconds = time.perf_counter() - start
            listed = kintrace("candidate", "list", made["card"], "--json")["candidates"]
            other = {**environment, "KINTRACE_USER": "caseworker-finding"}
            seen = kintrace("candidate", "list", found, "--json", env=other)["candidates"]
            start = time.perf_counter()
            kintrace("--version")
            rows.append({
                "seconds": seconds, "start": time.perf_counter() - start, "found": any(each["found"] == found for each in listed),
                "other": any(each["request"] == made["card"] for each in seen),
            })  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
