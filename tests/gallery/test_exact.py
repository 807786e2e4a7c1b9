"""The search gives what scoring everything would give."""

import faiss
import numpy as np
import pytest

from kintrace.gallery import LocalGallery, Neighbour
from kintrace.gallery import search as search_module
from kintrace.gallery.fixed import Probes, decode, encode

from .plain import PlainGallery, unit

# Between a template and what is stored of it: half a unit of 2⁻²³ s for each component, s at most 1.
CLOSE = 1e-6


@pytest.fixture(autouse=True)
def scan_even_few(monkeypatch):
    """Small galleries would be scored whole; these tests are about the scan."""
    monkeypatch.setattr(search_module, "FEW", 0)


def same(found: list[Neighbour], expected: dict[int, float], k: int | None, at_least: float = -1) -> None:
    """The found persons are the k best, in order, but for scores equal within rounding."""
    best = sorted((score for score in expected.values() if score >= at_least), reverse=True)[:k]
    assert len(found) == len(best)
    assert len({one.person for one in found}) == len(found)
    np.testing.assert_allclose([one.score for one in found], best, atol=CLOSE)
    np.testing.assert_allclose([expected[one.person] for one in found], best, atol=CLOSE)


@pytest.mark.parametrize("dimension", [128, 512, 640])
def test_the_first_hundred_are_those_of_the_float32_search(dimension):
    rng = np.random.default_rng(dimension)
    templates, probes = unit(rng, 40_000, dimension), unit(rng, 20, dimension)
    gallery = LocalGallery(dimension, block_rows=7000)
    gallery.add(np.arange(40_000), np.arange(40_000), templates)
    flat = faiss.IndexFlatIP(dimension)
    flat.add(templates)
    scores, ids = flat.search(probes, 101)
    for found, row, expected in zip(gallery.search(probes, 100), scores, ids, strict=True):
        assert np.abs(np.array([one.score for one in found]) - row[:100]).max() < CLOSE
        # Where two scores are one within float32's rounding, float32 itself has no order.
        clear = -np.diff(row) > CLOSE
        sure = clear & np.concatenate([[True], clear[:-1]])
        assert sure.mean() > 0.9
        assert np.array_equal(np.array([one.id for one in found])[sure], expected[:100][sure])


@pytest.mark.parametrize("reduce", ["max", "mean"])
@pytest.mark.parametrize("k", [1, 20, 700, None])
def test_persons_of_many_templates(reduce, k):
    rng = np.random.default_rng(1)
    persons = rng.integers(0, 1000, 5000)
    ids = rng.permutation(10**12 + np.arange(5000))
    templates, plain = unit(rng, 5000, 32), PlainGallery()
    gallery = LocalGallery(32, block_rows=999)
    gallery.add(ids, persons, templates)
    plain.put(ids, persons, templates)
    probes = unit(rng, 5, 32)
    for probe, found in zip(probes, gallery.search(probes, k, reduce=reduce), strict=True):
        same(found, plain.scores(probe, reduce=reduce), k)
    for probe, found in zip(probes, gallery.search(probes, k, at_least=0.5, reduce=reduce), strict=True):
        same(found, plain.scores(probe, reduce=reduce), k, at_least=0.5)


@pytest.mark.parametrize("reduce", ["max", "mean"])
def test_one_person_who_owns_the_first_five_hundred_places_takes_only_one(reduce):
    rng = np.random.default_rng(2)
    templates, plain = unit(rng, 4000, 64), PlainGallery()
    templates[:500] = templates[0] + 0.01 * unit(rng, 500, 64)
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    persons = np.where(np.arange(4000) < 500, 7, np.arange(4000) + 10_000)
    gallery = LocalGallery(64, block_rows=2000)
    gallery.add(np.arange(4000), persons, templates)
    plain.put(range(4000), persons, templates)
    (found,) = gallery.search(templates[0], 20, reduce=reduce)
    assert found[0].person == 7
    same(found, plain.scores(templates[0], reduce=reduce), 20)


def test_templates_nearer_to_each_other_than_eight_bits_can_tell():
    rng = np.random.default_rng(3)
    templates = unit(rng, 1, 128) + 1e-4 * unit(rng, 6000, 128)
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    gallery, plain = LocalGallery(128, block_rows=2500), PlainGallery()
    gallery.add(np.arange(6000), np.arange(6000), templates)
    plain.put(range(6000), range(6000), templates)
    (found,) = gallery.search(templates[:1], 100)
    same(found, plain.scores(templates[0]), 100)


def test_equal_templates_come_in_the_order_of_their_persons():
    template = unit(np.random.default_rng(4), 1, 128)
    gallery = LocalGallery(128, block_rows=100)
    gallery.add(np.arange(1000), np.arange(1000)[::-1], np.repeat(template, 1000, axis=0))
    (found,) = gallery.search(template, 50)
    assert [one.person for one in found] == list(range(50))
    assert [one.id for one in found] == list(range(999, 949, -1))


@pytest.mark.parametrize("dimension", [1, 2, 3, 16, 17, 128, 1000])
def test_vectors_of_any_shape(dimension):
    """One-hot, flat and mixed ones: all scales side by side, and dimensions that are no multiple of 16."""
    rng = np.random.default_rng(5)
    flat = np.where(rng.random((50, dimension)) < 0.5, 1, -1) / np.sqrt(dimension)
    hot = np.eye(dimension)[rng.integers(0, dimension, 50)] * rng.choice([-1, 1], (50, 1))
    templates = np.concatenate([flat, hot, unit(rng, 50, dimension)]).astype(np.float32)
    gallery, plain = LocalGallery(dimension, block_rows=16), PlainGallery()
    gallery.add(np.arange(150), np.arange(150), templates)
    plain.put(range(150), range(150), templates)
    for probe, found in zip(templates, gallery.search(templates, 10), strict=True):
        same(found, plain.scores(probe), 10)


@pytest.mark.parametrize("dimension", [3, 128, 640])
def test_the_bound_on_the_scanned_score_holds(dimension):
    rng = np.random.default_rng(6)
    templates, probes = unit(rng, 3000, dimension), Probes(unit(rng, 30, dimension))
    for codes in encode(templates):
        stored = decode(codes.top, codes.rest, codes.scale)
        assert np.abs(stored - templates[codes.which]).max() <= codes.scale / 2**23
        assert np.array_equal(stored, stored.astype(np.float32))
        dots = probes.codes @ (codes.top.astype(np.float32) - 128).T
        wrong = np.abs(probes.scores(dots, codes.scale) - probes.vectors @ stored.T)
        assert (wrong <= probes.bounds(codes.spread, codes.longest)[:, None]).all()


def test_a_filter_acts_inside_the_search():
    rng = np.random.default_rng(7)
    ids = rng.permutation(10_000)
    persons = rng.integers(0, 3000, 10_000)
    templates, plain = unit(rng, 10_000, 32), PlainGallery()
    gallery = LocalGallery(32, block_rows=1500)
    gallery.add(ids, persons, templates)
    plain.put(ids, persons, templates)
    probe = unit(rng, 1, 32)
    sets = [
        ids[:0],
        ids[:1],
        ids[:30],
        ids[:3000],
        ids[:9990],
        np.append(ids[:50], [2**62, -(2**63), 10_000]),
    ]
    for some in sets:
        for reduce in ("max", "mean"):
            (found,) = gallery.search(probe, 20, only=some, reduce=reduce)
            same(found, plain.scores(probe[0], only=some, reduce=reduce), 20)
            (found,) = gallery.search(probe, 20, without=some, reduce=reduce)
            same(found, plain.scores(probe[0], without=some, reduce=reduce), 20)
    (found,) = gallery.search(probe, 20, only=ids[:500], without=ids[400:])
    same(found, plain.scores(probe[0], only=ids[:400]), 20)
    assert {one.id for one in found} <= set(ids[:400].tolist())


def test_small_galleries_are_scored_whole(monkeypatch):
    monkeypatch.setattr(search_module, "FEW", 2048)
    rng = np.random.default_rng(8)
    templates, plain = unit(rng, 2000, 128), PlainGallery()
    gallery = LocalGallery(128)
    gallery.add(np.arange(2000), np.arange(2000) // 3, templates)
    plain.put(range(2000), np.arange(2000) // 3, templates)
    monkeypatch.setattr("kintrace.gallery.block.Block.scan", None)
    for probe, found in zip(templates[:9], gallery.search(templates[:9], 20), strict=True):
        same(found, plain.scores(probe), 20)


@pytest.mark.parametrize(("k", "at_least"), [(3, None), (None, 0.6), (2, 0.6)])
def test_everybody_against_everybody(k, at_least):
    rng = np.random.default_rng(9)
    persons = rng.integers(0, 120, 400)
    templates, plain = unit(rng, 400, 16), PlainGallery()
    gallery = LocalGallery(16, block_rows=64)
    gallery.add(np.arange(400), persons, templates)
    plain.put(range(400), persons, templates)
    steps = []
    pairs = list(gallery.pairs(k, at_least=at_least, progress=lambda done, of: steps.append((done, of))))
    assert steps[-1] == (len(set(persons.tolist())),) * 2
    each = {}
    for id in range(400):
        for other, score in plain.scores(templates[id]).items():
            if other != persons[id]:
                key = (int(persons[id]), other)
                each[key] = max(score, each.get(key, -1))
    expected = []
    for person in sorted(set(persons.tolist())):
        near = sorted((-score, b) for (a, b), score in each.items() if a == person and score >= (at_least or -1))
        expected += [(person, b, -score) for score, b in near if k or person < b][:k]
    assert [(pair.person, pair.other) for pair in pairs] == [(a, b) for a, b, _ in expected]
    np.testing.assert_allclose([pair.score for pair in pairs], [score for _, _, score in expected], atol=CLOSE)
    for pair in pairs:
        assert (persons[pair.id], persons[pair.other_id]) == (pair.person, pair.other)
        assert templates[pair.id] @ templates[pair.other_id] == pytest.approx(pair.score, abs=CLOSE)


def test_pairs_of_allowed_templates_only():
    rng = np.random.default_rng(10)
    templates = unit(rng, 100, 16)
    gallery = LocalGallery(16)
    gallery.add(np.arange(100), np.arange(100), templates)
    pairs = list(gallery.pairs(5, only=range(30), without=[3]))
    assert {pair.id for pair in pairs} == {pair.other_id for pair in pairs} == set(range(30)) - {3}
    assert list(LocalGallery(16).pairs(5)) == []
