"""Times of the standing search with a template for every found person; joint_search.py --speed runs it."""

import json
import os
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

AT_ONCE, TIMES = 2000, 30


def speed(registry: Any, engine: Any, width: int) -> dict[str, float]:
    """Seconds (medians) and megabytes, on the registry as it is."""
    from joint_search import card_of

    from kintrace.casework.live import LiveGallery
    from kintrace.evidence import forget
    from kintrace.matching.comparable import others
    from kintrace.matching.standing import Engine

    def each(work: Callable[[Any], object]) -> float:
        seconds = []
        for request, _ in registry.mated[:TIMES]:
            card = card_of(request)
            start = time.perf_counter()
            work(card)
            seconds.append(time.perf_counter() - start)
            forget()
        return statistics.median(seconds)

    bare = Engine()
    found = {
        "weighed without faces, s": each(bare.weighed),
        "others(card).count(), s": each(lambda card: others(card).count()),
    }
    give_templates(registry.finding, registry.unphotographed, engine.gallery.pack, width)
    before, start = resident(), time.perf_counter()
    gallery = LiveGallery(engine.gallery.pack, width)
    gallery.catch_up()
    found |= {
        "templates": float(len(gallery)), "gallery filled, s": time.perf_counter() - start,
        "gallery, MB": resident() - before,
    }  # fmt: skip
    full = Engine(gallery, engine.calibration)
    start = time.perf_counter()
    full.weighed(card_of(registry.mated[0][0]))
    return {**found, "first search with faces, s": time.perf_counter() - start, "weighed with faces, s": each(full.weighed),
            "process, MB": resident()}  # fmt: skip


def give_templates(scope: Any, everybody: Sequence[uuid.UUID], pack: str, width: int) -> None:
    """A random template for each card's person; the file of the photo is not there."""
    from django.db import transaction

    from kintrace.casework.photoqueue import RELEASE
    from kintrace.casework.records import Card, Photo, PhotoState, Template
    from kintrace.casework.templates import announce
    from kintrace.vault import seal_many

    rng = np.random.default_rng(0)
    for at in range(0, len(everybody), AT_ONCE):
        cards = everybody[at : at + AT_ONCE]
        people = [
            person for part in range(0, len(cards), 500)
            for person in Card._all.filter(id__in=cards[part : part + 500]).values_list("subject", flat=True)
        ]  # fmt: skip
        photos = [
            Photo(
                id=uuid.uuid4(), person_id=person, blob="none", size=1, made_by=uuid.UUID(int=0),
                state=PhotoState.DONE, quality=60, checked=RELEASE,  # no file, so nothing to look into
            )
            for person in people
        ]  # fmt: skip
        made = [
            Template(id=uuid.uuid4(), person_id=photo.person_id, photo=photo, pack=pack, key="random", quality=60)
            for photo in photos
        ]
        vectors = rng.standard_normal((len(people), width), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        told = json.dumps({"taken": ""}).encode()
        for row, sealed in zip(
            photos, seal_many((row.person_id, row.place("content"), told) for row in photos), strict=True
        ):
            row.content = sealed
        texts = (vector.astype("<f4").tobytes() for vector in vectors)
        places = ((row.person_id, row.place("vector"), text) for row, text in zip(made, texts, strict=True))
        for row, sealed in zip(made, seal_many(places), strict=True):
            row.vector = sealed
        with transaction.atomic():
            scope.note("photo.acquired", "bench", templates=len(made))
            Photo._all.bulk_create(photos)
            Template._all.bulk_create(made)
            announce(made, gone=False)


def resident() -> float:
    """Megabytes of this process in memory (10⁶ bytes)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
