"""What was added is found, what was removed is gone, and nothing of it stays in memory."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from kintrace.errors import GalleryError
from kintrace.gallery import LocalGallery
from kintrace.gallery import ids as ids_module
from kintrace.gallery import search as search_module

from .plain import PlainGallery, unit

DIMENSION = 8


class Changes(RuleBasedStateMachine):
    """Any order of changes and searches, beside a plain gallery."""

    held = Bundle("held")

    @initialize(block_rows=st.sampled_from([1, 3, 64]), few=st.sampled_from([0, 5]), recent=st.sampled_from([0, 4]))
    def start(self, block_rows, few, recent):
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(search_module, "FEW", few)
        self.patch.setattr(ids_module, "RECENT", recent)
        self.gallery, self.plain = LocalGallery(DIMENSION, threads=1, block_rows=block_rows), PlainGallery()

    def teardown(self):
        if hasattr(self, "patch"):
            self.patch.undo()

    @rule(
        target=held,
        ids=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9), unique=True, max_size=6),
        person=st.integers(-3, 3),
        seed=st.integers(0, 2**32),
    )
    def add(self, ids, person, seed):
        templates, persons = unit(np.random.default_rng(seed), len(ids), DIMENSION), [person] * len(ids)
        if set(ids) & set(self.plain.held):
            with pytest.raises(GalleryError):
                self.gallery.add(ids, persons, templates)
            return multiple()
        self.gallery.add(ids, persons, templates)
        self.plain.put(ids, persons, templates)
        return multiple(*ids)

    @rule(ids=st.lists(held, unique=True, max_size=4), person=st.integers(-3, 3), seed=st.integers(0, 2**32))
    def replace(self, ids, person, seed):
        templates, persons = unit(np.random.default_rng(seed), len(ids), DIMENSION), [person] * len(ids)
        if set(ids) <= set(self.plain.held):
            self.gallery.replace(ids, persons, templates)
            self.plain.put(ids, persons, templates)
        else:
            with pytest.raises(GalleryError):
                self.gallery.replace(ids, persons, templates)

    @rule(ids=st.lists(held, unique=True, max_size=4), missing_ok=st.booleans())
    def remove(self, ids, missing_ok):
        if missing_ok or set(ids) <= set(self.plain.held):
            self.gallery.remove(ids, missing_ok=missing_ok)
            for id in ids:
                self.plain.held.pop(id, None)
        else:
            with pytest.raises(GalleryError):
                self.gallery.remove(ids)

    @rule()
    def clear(self):
        self.gallery.clear()
        self.plain.held.clear()

    @rule(
        seed=st.integers(0, 2**32),
        k=st.none() | st.integers(1, 5),
        only=st.none() | st.lists(held, max_size=9),
        without=st.lists(held, max_size=3),
        reduce=st.sampled_from(["max", "mean"]),
    )
    def search(self, seed, k, only, without, reduce):
        probe = unit(np.random.default_rng(seed), 1, DIMENSION)
        (found,) = self.gallery.search(probe, k, only=only, without=without, reduce=reduce)
        expected = self.plain.scores(probe[0], only=only, without=without, reduce=reduce)
        best = sorted(expected.values(), reverse=True)[:k]
        np.testing.assert_allclose([one.score for one in found], best, atol=1e-6)
        for one in found:
            assert self.plain.held[one.id][0] == one.person
            assert one.score == pytest.approx(expected[one.person], abs=1e-6)

    @invariant()
    def same_ids(self):
        if hasattr(self, "gallery"):
            assert len(self.gallery) == len(self.plain.held)
            assert all(id in self.gallery for id in self.plain.held)


TestChanges = Changes.TestCase
TestChanges.settings = settings(deadline=None, stateful_step_count=30)


def blocks(gallery):
    return list(gallery._store.blocks.values())


def bytes_of(gallery):
    return b"".join(plane.tobytes() for block in blocks(gallery) for plane in block._planes)


def test_a_removed_template_is_overwritten_at_once():
    rng = np.random.default_rng(1)
    gallery = LocalGallery(128, block_rows=50)
    gallery.add(np.arange(200), np.arange(200), unit(rng, 200, 128))
    kept = list(gallery._store.blocks.values())
    row = {int(id): block.rest[place].tobytes() for block in kept for place, id in enumerate(block.ids[: block.count])}
    gone = rng.permutation(200)[:150]
    before = bytes_of(gallery)
    assert all(row[int(id)] in before for id in gone)
    gallery.remove(gone)
    after = b"".join(plane.tobytes() for block in kept for plane in block._planes)
    assert not any(row[int(id)] in after for id in gone)
    assert all(after.count(row[int(id)]) == 1 for id in set(range(200)) - set(gone.tolist()))
    for block in kept:
        assert not any(plane[block.count :].any() for plane in block._planes)


def test_replacing_for_ever_takes_no_more_memory():
    rng = np.random.default_rng(2)
    gallery = LocalGallery(16, block_rows=64)
    gallery.add(np.arange(100), np.arange(100), unit(rng, 100, 16))
    for _ in range(100):
        old = gallery._store.templates(gallery._store.find(np.arange(100))).astype(np.float32)
        gallery.replace(np.arange(100), np.arange(100), unit(rng, 100, 16))
        (found,) = gallery.search(old[:1], 1)
        assert found[0].score < 0.99999
    scales = {block.scale for block in blocks(gallery)}
    assert sum(block.count for block in blocks(gallery)) == 100
    assert len(blocks(gallery)) <= 100 // 64 + len(scales)
    assert len(gallery._store._rows._ids) <= 100


def test_clear_overwrites_everything():
    gallery = LocalGallery(16)
    gallery.add(np.arange(100), np.arange(100), unit(np.random.default_rng(3), 100, 16))
    kept = blocks(gallery)
    gallery.clear()
    assert not any(plane.any() for block in kept for plane in block._planes)
    assert len(gallery) == 0
    assert gallery.search(np.eye(16)[:2]) == [[], []]


@pytest.mark.parametrize(
    ("ids", "persons", "templates", "says"),
    [
        ([1], [1], [[1.0, 0.0]], "this gallery holds templates of 4 numbers"),
        ([1], [1], [[1.0, 1.0, 0.0, 0.0]], "Template 1 of 1 has length 1.414, not 1."),
        ([1, 2], [1, 1], [[1, 0, 0, 0], [0, 0, 0, 0]], "Template 2 of 2 has length 0, not 1."),
        ([1], [1], [[np.nan, 0, 0, 0]], "Template 1 of 1 is not finite."),
        ([1], [1], [[np.inf, 0, 0, 0]], "Template 1 of 1 is not finite."),
        ([1], [1], [[1e300, 0, 0, 0]], "Template 1 of 1 is not finite."),
        ([1], [1], [["a", "b", "c", "d"]], "not an array of numbers"),
        ([1, 1], [1, 1], np.eye(4)[:2], "Id 1 is given more than once."),
        ([1, 2], [1], np.eye(4)[:2], "2 ids, 1 person ids and 2 templates"),
        (["a"], [1], np.eye(4)[:1], "The ids are not 64-bit integers"),
        ([1], [1.5], np.eye(4)[:1], "The person ids are not 64-bit integers"),
        (np.array([2**63], dtype=np.uint64), [1], np.eye(4)[:1], "The ids are not 64-bit integers"),
        ([2**70], [1], np.eye(4)[:1], "The ids are not 64-bit integers"),
        ([[1], [2]], [1, 1], np.eye(4)[:2], "The ids have shape (2, 1)"),
        ([5, 0], [1, 1], np.eye(4)[:2], "Id 0 is in the gallery already (1 of 2 ids are)."),
    ],
)
def test_what_cannot_be_added_says_why_and_changes_nothing(ids, persons, templates, says):
    gallery = LocalGallery(4)
    gallery.add([0], [0], np.eye(4)[:1])
    with pytest.raises(GalleryError) as error:
        gallery.add(ids, persons, templates)
    assert says in str(error.value)
    assert error.value.kept == "Nothing was added."
    assert len(gallery) == 1


def test_unknown_ids_change_nothing():
    gallery = LocalGallery(4)
    gallery.add([0], [0], np.eye(4)[:1])
    with pytest.raises(
        GalleryError, match=r"Id 7 is not in the gallery \(1 of 2 ids are not\)\. Nothing was removed\."
    ):
        gallery.remove([0, 7])
    with pytest.raises(GalleryError, match=r"Nothing was replaced\. Use add\(\)"):
        gallery.replace([0, 7], [1, 1], np.eye(4)[:2])
    assert 0 in gallery
    assert 7 not in gallery
    assert "0" not in gallery
    assert 2**80 not in gallery
    gallery.remove([0, 7], missing_ok=True)
    assert len(gallery) == 0


def test_questions_that_make_no_sense():
    gallery = LocalGallery(4)
    for wrong in ({"k": 0}, {"reduce": "median"}, {"only": ["a"]}, {"probes": [[2, 0, 0, 0]]}):
        with pytest.raises(GalleryError, match="Nothing was searched"):
            gallery.search(**({"probes": np.eye(4)} | wrong))
    assert gallery.search([]) == []
    with pytest.raises(GalleryError):
        LocalGallery(0)
