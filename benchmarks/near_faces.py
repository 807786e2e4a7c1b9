"""What the page “One face on many cards” takes, and what finding its pairs takes, among many photos.

    .venv/bin/python benchmarks/near_faces.py                            1,000, then 10,000, then 100,000 photos in one folder
    .venv/bin/python benchmarks/near_faces.py --photos 1000 --json
    .venv/bin/python benchmarks/near_faces.py --keep DIR                 a folder that stays; no more photos there than asked for
    .venv/bin/python benchmarks/near_faces.py --fronts-only              sooner: the others are taken for compared

Cards without names, each with a photo without a file and a template: a random unit vector, sealed as a real one. One photo in a
hundred is of a false front: five cards with one face (noise of a score of 0.95), by one submitter and from one site. Measured are
the verb behind the page and ``kintrace photo groups`` (with the count of what was not compared), beside one write of 4 kB to the
same disk that is synced: each look is an entry in the ledger, and less no entry costs. And the worker's comparison of one
photo with all others, beside one read of that many templates in memory, a byte a number; and the way of earlier releases,
which opened and compared all of them at each look.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

WIDTH, AT_ONCE, FRONT, SHARE, TIMES, SUBMITTERS = 128, 1000, 5, 100, 15, 50
BEFORE = 10_000
"""Up to so many photos the way of earlier releases is measured, too."""


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--fronts-only", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kintrace-bench-") as place:
        data = options.keep or Path(place) / "data"
        os.environ |= {"KINTRACE_DATA": str(data.resolve()), "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
        import django

        django.setup()
        found = []
        for photos in sorted(options.photos):
            found.append(measured(data, photos, fronts_only=options.fronts_only))
            if not options.json:
                print(", ".join(f"{name} {value}" for name, value in found[-1].items()), flush=True)
    if options.json:
        print(json.dumps(found, indent=1))


def measured(data: Path, photos: int, *, fronts_only: bool) -> dict[str, Any]:
    """The figures at so many photos."""
    from kintrace.casework.live import LiveGallery
    from kintrace.casework.nearfaces import NearFaces, not_compared
    from kintrace.casework.people import Office, Role, User
    from kintrace.casework.picturerecords import NearFace
    from kintrace.casework.records import Template
    from kintrace.casework.scope import Scope
    from kintrace.casework.setup import initialise, initialised
    from kintrace.faces import active_packs, set_name
    from kintrace.matching.manyfaces import same_face, waiting_to_compare

    if not (data / "records.sqlite3").exists() or not initialised():
        initialise("bench.example", "local", "local", "officer")
    office, user = Office._all.get(), User.objects.get(username="officer")
    scope = Scope(user.id, office.id, office.code, frozenset({Role.CASEWORKER}), "tracing")
    pack = set_name(active_packs("sface"))
    fill(scope, pack, photos)
    gallery = LiveGallery(pack, WIDTH)
    start = time.perf_counter()
    gallery.catch_up()
    filled = time.perf_counter() - start
    if fronts_only:
        numbers = Template._all.filter(compared=0).values_list("id", "person__card__local")
        others = [each for each, local in numbers if (local - 1) % AT_ONCE >= AT_ONCE // SHARE]
        for at in range(0, len(others), AT_ONCE):
            Template._all.filter(id__in=others[at : at + AT_ONCE]).update(compared=1)
    begun = time.process_time()
    near, start, compared = NearFaces(gallery), time.perf_counter(), 0
    while done := near.compare():
        compared += done
    comparing, spent = time.perf_counter() - start, time.process_time() - begun

    def one() -> None:
        last = Template._all.order_by("-made_at").values_list("id", flat=True).first()
        Template._all.filter(id=last).update(compared=0)
        assert near.compare() == 1

    def look() -> None:
        assert waiting_to_compare(scope, pack) == 0
        same_face(scope, pack)

    held = np.ones((photos, WIDTH), np.uint8)
    verb, sync, single, memory = (median(work) for work in (look, lambda: synced(data), one, held.sum))
    groups = same_face(scope, pack)
    assert len(groups) == 2 * (photos // SHARE // FRONT)  # by submitter, and by site
    assert all(len(group["cards"]) == FRONT for group in groups)
    assert not not_compared(pack).exists()
    told = {
        "photos": photos, "pairs": NearFace._all.count(), "groups": len(groups),
        "the verb, ms": round(verb * 1e3, 1), "a synced write of 4 kB, ms": round(sync * 1e3, 2), "times": round(verb / sync, 1),
        "the verb, processor ms": round(processor(look) * 1e3, 1),
        "one photo compared with all, ms": round(single * 1e3, 1), "a read of a byte a number, ms": round(memory * 1e3, 3),
        "times that": round(single / memory, 1),
        "gallery filled, s": round(filled, 1), "photos compared": compared,
        "each of them, ms": round(comparing / max(compared, 1) * 1e3, 1),
        "each of them, processor ms": round(spent / max(compared, 1) * 1e3, 1),
    }  # fmt: skip
    if photos <= BEFORE:
        begun = time.process_time()
        assert same_face(scope, pack, 0.8999) == groups
        told["all compared at a look, processor s"] = round(time.process_time() - begun, 2)
    return told


def median(work: Callable[[], object]) -> float:
    """Seconds, after one time that does not count."""
    work()
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def processor(work: Callable[[], object]) -> float:
    """Seconds of one processor, whatever else the machine does; mean."""
    begun = time.process_time()
    for _ in range(TIMES):
        work()
    return (time.process_time() - begun) / TIMES


def synced(data: Path) -> None:
    """One write of a page to the disk, and the wait until it is there."""
    with (data / "bench.sync").open("wb", buffering=0) as file:
        file.write(b"\1" * 4096)
        os.fsync(file.fileno())


def fill(scope: Any, pack: str, photos: int) -> None:
    """Add cards, photos and templates until there are so many."""
    from kintrace.casework.people import User
    from kintrace.casework.records import Template

    if not User.objects.filter(username="submitter-0").exists():
        User.objects.bulk_create(User(username=f"submitter-{each}", password="!") for each in range(SUBMITTERS))
    givers = list(
        User.objects.filter(username__startswith="submitter-").order_by("username").values_list("id", flat=True)
    )
    there = Template._all.filter(pack=pack).count()
    for at in range(there, photos, AT_ONCE):
        add(scope, pack, at, min(AT_ONCE, photos - at), givers)
        print(f"{min(at + AT_ONCE, photos):,} photos", end="\r", file=sys.stderr)


def add(scope: Any, pack: str, at: int, count: int, givers: list[uuid.UUID]) -> None:
    """So many, all at once."""
    from django.db import transaction
    from django.utils import timezone

    from kintrace.casework.photoqueue import RELEASE
    from kintrace.casework.records import Card, Consent, Grant, Person, Photo, PhotoState, Template
    from kintrace.casework.templates import announce
    from kintrace.vault import new_person_keys, seal_many

    rng = np.random.default_rng(at)
    vectors = rng.standard_normal((count, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    fronts: dict[int, int] = {}
    for front in range(count // SHARE // FRONT):  # the first of each part
        rows = range(front * FRONT, (front + 1) * FRONT)
        noise = rng.standard_normal((FRONT, WIDTH)) * (0.225 / np.sqrt(WIDTH))
        vectors[rows] = vectors[front * FRONT] + noise
        fronts |= dict.fromkeys(rows, front)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    people = [Person(id=uuid.uuid4(), kind="found") for _ in range(count)]
    new_person_keys([(each.id, scope.office) for each in people])
    cards = [
        Card(
            local=at + number + 1, opened_by_id=scope.office, office_id=scope.office, kind="found_person", subject=each
        )
        for number, each in enumerate(people)
    ]
    consents = [
        Consent(id=uuid.uuid4(), person=each, capacity="best_interest", notice_version="1", given_on=timezone.now().date(),
                recorded_by=scope.user) for each in people
    ]  # fmt: skip
    agreed = [Grant(consent=each, purpose=of, allowed=True) for each in consents for of in ("tracing", "face_search")]
    made_by = [givers[fronts.get(number, number) % SUBMITTERS] for number in range(count)]
    photos = [
        Photo(id=uuid.uuid4(), person=each, blob="none", size=1, made_by=by, state=PhotoState.DONE, quality=60,
              checked=RELEASE) for each, by in zip(people, made_by, strict=True)
    ]  # fmt: skip
    templates = [
        Template(id=uuid.uuid4(), person_id=photo.person_id, photo=photo, pack=pack, key="random", quality=60)
        for photo in photos
    ]
    texts = [
        json.dumps(
            {"source_url": f"https://front-{at}-{fronts[number]}.example/1"} if number in fronts else {}
        ).encode()
        for number in range(count)
    ]
    told = json.dumps({"given_by": "invented", "language": "en", "method": "paper"}).encode()
    wanted = (
        (consents, "content", [told] * count), (photos, "content", texts),
        (templates, "vector", [vector.astype("<f4").tobytes() for vector in vectors]),
    )  # fmt: skip
    for rows_of, field, values in wanted:
        sealed = seal_many((row.person_id, row.place(field), value) for row, value in zip(rows_of, values, strict=True))
        for row, value in zip(rows_of, sealed, strict=True):
            setattr(row, field, value)
    with transaction.atomic():
        scope.note("photo.acquired", "bench", templates=count)
        for model, rows_of in ((Person, people), (Card, cards), (Consent, consents), (Grant, agreed), (Photo, photos),
                               (Template, templates)):  # fmt: skip
            model._all.bulk_create(rows_of)
        announce(templates, gone=False)


if __name__ == "__main__":
    main()
