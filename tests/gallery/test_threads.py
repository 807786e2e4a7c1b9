"""Searches run while others add and remove; what was removed does not come back."""

import threading
import time

import numpy as np

from kintrace.gallery import LocalGallery
from kintrace.gallery import search as search_module
from kintrace.gallery.lock import ReadWriteLock

from .plain import unit

SECONDS = 3.0


def run_together(*works):
    """Run each work in a thread of its own until the time is over; raise what any of them raises."""
    failed, over = [], threading.Event()

    def guarded(work):
        try:
            while not over.is_set():
                work()
        except BaseException as error:
            failed.append(error)
            over.set()

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    over.wait(SECONDS)
    over.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    if failed:
        raise failed[0]


def test_a_removed_template_never_comes_back(monkeypatch):
    """Each id is used once; whatever was gone when a search began must not be in its result."""
    monkeypatch.setattr(search_module, "FEW", 0)
    rng = np.random.default_rng(1)
    base = unit(rng, 3000, 32)
    gallery = LocalGallery(32, block_rows=500)
    gallery.add(np.arange(3000), np.arange(3000), base)
    gone: set[int] = set()
    counts = {"searches": 0, "removals": 0}
    next_id = [10_000]

    def churn():
        # New templates exactly like old ones, so that they would be on top of every result.
        first = next_id[0]
        next_id[0] += 10
        ids = np.arange(first, first + 10)
        gallery.add(ids, ids, base[:10])
        gallery.remove(ids[:5])
        gone.update(ids[:5].tolist())
        gallery.replace(ids[5:], ids[5:], base[5:10])
        gallery.remove(ids[5:])
        gone.update(ids[5:].tolist())
        counts["removals"] += 1

    def search(reduce, only=None):
        def once():
            before = set(gone)
            for found in gallery.search(base[:10], 20, reduce=reduce, only=only):
                assert not before & {one.id for one in found}
                assert len({one.person for one in found}) == len(found) == 20
                assert all(one.person == one.id for one in found)
                # The permanent template, identical to the probe, is there whatever moves around it.
                assert found[0].score > 0.99999
            counts["searches"] += 1

        return once

    run_together(churn, search("max"), search("mean"), search("max", np.arange(2000)))
    assert counts["searches"] > 10
    assert counts["removals"] > 10
    assert len(gallery) == 3000


def test_writers_do_not_mix():
    gallery = LocalGallery(16, block_rows=32)
    templates = unit(np.random.default_rng(2), 40, 16)

    def own(first):
        ids = np.arange(first, first + 40)

        def once():
            gallery.add(ids, ids, templates)
            assert all(id in gallery for id in ids.tolist())
            list(gallery.pairs(2))
            gallery.remove(ids)
            assert not any(id in gallery for id in ids.tolist())

        return once

    run_together(own(0), own(1000), own(2000))
    assert len(gallery) == 0


def test_one_writer_or_many_readers():
    lock, inside, seen = ReadWriteLock(), [0, 0], set()

    def read():
        with lock.read():
            inside[0] += 1
            time.sleep(0.0005)
            seen.add(tuple(inside))
            inside[0] -= 1

    def write():
        with lock.write():
            inside[1] += 1
            time.sleep(0.0005)
            seen.add(tuple(inside))
            inside[1] -= 1
        time.sleep(0.001)

    global SECONDS
    before, SECONDS = SECONDS, 1.0
    try:
        run_together(read, read, read, write, write)
    finally:
        SECONDS = before
    assert all(writers == 0 or (readers, writers) == (0, 1) for readers, writers in seen)
    assert (0, 1) in seen
    assert any(readers > 1 for readers, _ in seen)
