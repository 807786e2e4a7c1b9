"""Cards per second into an encrypted database, and what encryption costs: the same import with and without sealing.

    .venv/bin/python benchmarks/records.py                 all 2,848 people of ../shared/faces/lfw-dev, invented cards
    .venv/bin/python benchmarks/records.py --people 500    fewer
    .venv/bin/python benchmarks/records.py --faces         also find the faces, and search from cards
    .venv/bin/python benchmarks/records.py --json

Each run is a process with a data folder of its own (SQLite, or a new PostgreSQL with tests/postgres.py before the command).
Without sealing, values are stored as they are, photos too, and no keys are made; everything else is the same: the ledger,
the name index, transactions and their syncs to disk.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LFW = ROOT.parent / "shared/faces/lfw-dev"
PROBES = 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--faces", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", choices=["sealed", "plain"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(json.dumps(work(options)))
        return
    found = {}
    for way in ("sealed", "plain"):
        with tempfile.TemporaryDirectory(prefix="kintrace-bench-") as folder:
            environment = {**os.environ, "KINTRACE_DATA": folder, "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
            if "KINTRACE_DATABASE_URL" in environment:
                import psycopg

                names = [f"bench_{way}", f"bench_{way}_keyring"]
                with psycopg.connect(environment["KINTRACE_DATABASE_URL"], autocommit=True) as connection:
                    for name in names:
                        connection.execute(f'CREATE DATABASE "{name}"')
                url = environment["KINTRACE_DATABASE_URL"]
                environment["KINTRACE_DATABASE_URL"] = url.replace("/kintrace?", f"/{names[0]}?")
            command = [sys.executable, __file__, "--work", way, "--people", str(options.people)]
            command += ["--faces"] if options.faces and way == "sealed" else []
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            found[way] = json.loads(done.stdout.splitlines()[-1])
    sealed, plain = found["sealed"], found["plain"]
    found["ratios"] = {
        "import, sealed over plain": round(sealed["import_seconds"] / plain["import_seconds"], 2),
        "reading a card, sealed over plain": round(sealed["read_ms"] / plain["read_ms"], 2),
        "bytes on disk, sealed over plain": round(sealed["bytes"] / plain["bytes"], 2),
    }
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for way in ("sealed", "plain"):
        print(f"{way}: " + ", ".join(f"{name} {value}" for name, value in found[way].items()))
    for name, ratio in found["ratios"].items():
        print(f"{name}: {ratio:.2f} ×")


def work(options: argparse.Namespace) -> dict[str, Any]:
    """One import, in this process."""
    import django

    django.setup()
    if options.work == "plain":
        without_sealing()
    from kintrace.casework import cards, importing, registration
    from kintrace.casework.records import Card
    from kintrace.casework.scope import Scope
    from kintrace.casework.setup import initialise

    if options.work == "plain":
        registration.new_person_keys = keys_of_nothing
    scope: Scope = initialise("bench", "local", "bench", "bench")
    with tempfile.TemporaryDirectory() as folder:
        table, people = written(Path(folder), options.people)
        start = time.perf_counter()
        done = importing.import_folder(scope, LFW, cards=table)
        seconds = time.perf_counter() - start
    some = list(Card._all.order_by("?").values_list("id", flat=True)[:PROBES])
    start = time.perf_counter()
    for each in some:
        cards.read(scope, str(each))
    read = (time.perf_counter() - start) / len(some)
    data = Path(os.environ["KINTRACE_DATA"])
    figures = {
        "cards": done.cards, "photos": done.photos, "people": people, "refused": len(done.refused),
        "import_seconds": round(seconds, 2), "cards_per_second": round(done.cards / seconds, 1),
        "read_ms": round(read * 1e3, 2), "bytes": sum(path.stat().st_size for path in data.rglob("*") if path.is_file()),
    }  # fmt: skip
    return figures | (faces(scope, some) if options.faces else {})


def faces(scope: Any, some: Iterable[Any]) -> dict[str, Any]:
    """Find the faces, fill the gallery, and search from cards."""
    from kintrace.casework import facesearch, worker
    from kintrace.casework.live import LiveGallery
    from kintrace.errors import NotPossible
    from kintrace.faces import Acquirer, active_packs

    with Acquirer(active_packs("sface")) as acquirer:
        start = time.perf_counter()
        done = worker.run(acquirer)
        found = time.perf_counter() - start
        gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    start = time.perf_counter()
    gallery.catch_up()
    filled = time.perf_counter() - start
    start, searched = time.perf_counter(), 0
    for each in some:
        try:
            facesearch.search_card(scope, str(each), gallery, None)
            searched += 1
        except NotPossible:
            pass
    each_ms = (time.perf_counter() - start) / max(searched, 1) * 1e3
    return {
        "photos_worked_per_second": round(done / found, 1), "templates": len(gallery),
        "gallery_fill_seconds": round(filled, 2), "search_ms": round(each_ms, 1),
    }  # fmt: skip


def written(folder: Path, most: int) -> tuple[Path, int]:
    """Invented cards: people with a second photo are asked for, and found; all others are found."""
    photos: dict[str, list[str]] = {}
    with (LFW / "protocol.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            photos.setdefault(row["subject"], []).append(row["image"])
    people = list(photos.items())[: most or None]
    table = folder / "cards.csv"
    head = ["kind", "full_name", "date_of_birth", "place_of_birth", "marks", "enquirer.full_name",
            "enquirer.relationship", "consent.capacity", "consent.tracing", "consent.face_search", "photos"]  # fmt: skip
    with table.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(head)
        for number, (_, each) in enumerate(people):
            common = [
                f"Person {number} (invented)",
                str(1950 + number % 60),
                f"Town {number % 97} (invented)",
                "a scar",
            ]
            agreed = ["best_interest", "yes", "yes"]
            out.writerow(["found_person", *common, "", "", *agreed, each[0]])
            if len(each) > 1:
                out.writerow(["tracing_request", *common, f"Kin {number} (invented)", "sister", *agreed, each[1]])
    return table, len(people)


def keys_of_nothing(people: Iterable[tuple[Any, Any]]) -> None:
    """The rows of keys, without keys in them."""
    from django.utils import timezone

    from kintrace.vault.models import PersonKey

    rows = [PersonKey(person=each, office=office, wrapped=b"x", made_at=timezone.now()) for each, office in people]
    PersonKey.objects.using("keyring").bulk_create(rows)


def without_sealing() -> None:
    """Store values as they are."""
    import kintrace.vault.sealing as sealing

    mark = b"\1" + b"." * 40  # what a sealed value has in front and behind, so that sizes compare

    def seal_many(values: Iterable[tuple[Any, Any, bytes]]) -> Iterator[bytes]:
        for _, _, data in values:
            yield mark + data

    def unseal_many(values: Iterable[tuple[Any, Any, bytes]]) -> Iterator[bytes | None]:
        for _, _, data in values:
            yield bytes(data)[len(mark) :]

    sealing.seal_many, sealing.unseal_many = seal_many, unseal_many


if __name__ == "__main__":
    main()
