"""Figures against hand-computed examples, and against the definitions written out slowly."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kintrace.evaluation.figures import band, figures, groups, worst_alarms, worst_misses
from kintrace.evaluation.metrics import LOWEST, Searches, error_versus_discard
from kintrace.evaluation.uncertainty import wilson

NAN = math.nan

# Three people in the gallery; four mated searches, of which the last failed to acquire; five non-mated.
MATED = np.array([[0.9, 0.1, 0.2], [0.5, 0.4, 0.1], [0.3, 0.3, 0.3], [NAN, NAN, NAN]], np.float32)
MATE = [0, 1, 2, 0]
NONMATED = np.array([[0.6, 0, 0], [0.2, 0.35, 0], [0.35, 0, 0], [0.1, 0.05, 0], [-np.inf] * 3], np.float32)


@pytest.fixture
def small():
    return Searches.from_scores(MATED, MATE, NONMATED)


def test_ranks_by_hand(small):
    # The second mate is behind one other; the third ties with two others, which counts against it.
    assert small.rank.tolist() == [1, 2, 3, 4]
    assert small.found_within(1) == 0.25
    assert small.found_within(3) == 0.75
    # However far one looks, a photo without a face is not found.
    assert small.found_within(50) == 0.75
    assert small.cmc().tolist() == [0.25, 0.5, 0.75]


def test_threshold_rates_by_hand(small):
    # Best scores 0.6, 0.35, 0.35, 0.1 and none: at FPIR 0.2 one alarm is allowed, so 0.35 must stay silent.
    at = small.threshold_at_fpir(0.2)
    assert at == np.nextafter(np.float32(0.35), np.float32(1))
    assert small.fpir(at) == 0.2
    assert small.fnir(at) == 0.5
    # Two alarms are allowed, but the tie would raise three.
    assert small.threshold_at_fpir(0.4) == at
    assert small.fpir(small.threshold_at_fpir(0.6)) == 0.6
    # None is allowed: just above the highest.
    assert small.threshold_at_fpir(0.1) == np.nextafter(np.float32(0.6), np.float32(1))
    assert small.fnir(small.threshold_at_fpir(0.1)) == 0.75
    # At any threshold, the failed probe is missed and the failed non-mated search silent.
    assert small.threshold_at_fpir(1) == LOWEST
    assert small.fnir(LOWEST) == 0.25
    assert small.fpir(LOWEST) == 0.8


def test_a_score_at_the_threshold_counts(small):
    assert small.missed(0.9).tolist() == [False, True, True, True]
    assert small.alarms(0.6).tolist() == [True, False, False, False, False]


def test_false_match_rate_by_hand(small):
    # Non-mated comparisons made: 2 per acquired mated search, 3 per acquired non-mated one.
    assert small.comparisons == 18
    assert small.threshold_at_fmr(0.001) == np.nextafter(np.float32(0.6), np.float32(1))
    assert small.threshold_at_fmr(1 / 18) == np.nextafter(np.float32(0.5), np.float32(1))
    assert small.fnmr(small.threshold_at_fmr(1 / 18)) == 0.75
    with pytest.raises(ValueError, match="FMR"):
        small.threshold_at_fmr(0.2)


def test_floating_point_does_not_lose_an_alarm():
    nonmated = np.arange(100, dtype=np.float32)[:, None] / 100
    searches = Searches.from_scores([[1.0]], [0], nonmated)
    # 0.29 × 100 = 28.999999999999996
    assert searches.alarms(searches.threshold_at_fpir(0.29)).sum() == 29


def test_error_versus_discard_by_hand():
    missed, quality = [1, 0, 1, 0, 0], [10, 20, 30, 40, 50]
    assert error_versus_discard(missed, quality, [0, 0.2, 0.4, 0.6]).tolist() == [0.4, 0.25, 1 / 3, 0]
    # Equal qualities: discarding by lot. No face: first to go.
    assert error_versus_discard([1, 0, 0, 0], [7, 7, 7, 7], [0.5]).tolist() == [0.25]
    assert error_versus_discard([0, 1], [3, NAN], [0.5]).tolist() == [0]
    assert np.isnan(error_versus_discard([], [], [0.0])).all()
    with pytest.raises(ValueError, match="shapes"):
        error_versus_discard([1], [1, 2], [0])


grid = st.sampled_from([NAN, -np.inf, -0.2, 0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9])


@st.composite
def trials(draw):
    people = draw(st.integers(1, 5))
    mated = draw(arrays(np.float32, (draw(st.integers(1, 8)), people), elements=grid.map(np.float32)))
    nonmated = draw(arrays(np.float32, (draw(st.integers(1, 12)), people), elements=grid.map(np.float32)))
    mate = draw(st.lists(st.integers(0, people - 1), min_size=len(mated), max_size=len(mated)))
    return mated, mate, nonmated


@settings(max_examples=300, deadline=None)
@given(trials(), st.sampled_from([0.01, 0.1, 0.25, 0.3, 0.5, 1.0]))
def test_the_definitions_written_out(trial, rate):
    mated, mate, nonmated = trial
    searches = Searches.from_scores(mated, mate, nonmated)

    def valid(score):
        return math.isfinite(score)

    def fpir(t):
        return sum(any(valid(s) and s >= t for s in row) for row in nonmated) / len(nonmated)

    def fnir(t):
        return sum(not (valid(row[m]) and row[m] >= t) for row, m in zip(mated, mate, strict=True)) / len(mated)

    scores = {float(s) for s in nonmated.ravel() if valid(s)}
    steps = [LOWEST, *(float(np.nextafter(np.float32(s), np.float32(2))) for s in scores)]
    best = min(t for t in steps if fpir(t) <= rate + 1e-12)
    assert searches.threshold_at_fpir(rate) == best
    assert searches.fnir(best) == fnir(best)
    assert searches.fpir(best) == fpir(best)

    for within in (1, 2, 5, 50):
        found = 0
        for row, m in zip(mated, mate, strict=True):
            ahead = sum(valid(s) and s >= row[m] for k, s in enumerate(row) if k != m)
            found += valid(row[m]) and ahead + 1 <= within
        assert searches.found_within(within) == found / len(mated)

    curve_fpir, curve_fnir, at = searches.det()
    assert (np.diff(curve_fpir) >= 0).all()
    assert (np.diff(curve_fnir) <= 0).all()
    assert curve_fpir.tolist() == [fpir(t) for t in at]
    assert curve_fnir.tolist() == [fnir(t) for t in at]
    allowed = np.flatnonzero(curve_fpir <= rate + 1e-12)
    if allowed.size:
        assert curve_fnir[allowed[-1]] == fnir(best)

    false = [s for row, m in zip(mated, mate, strict=True) for k, s in enumerate(row) if k != m and valid(s)]
    false += [s for s in nonmated.ravel() if valid(s)]
    if false:
        at = searches.threshold_at_fmr(0.1)
        assert sum(s >= at for s in false) <= 0.1 * len(false)
        lower = np.nextafter(np.float32(at), np.float32(-2))
        assert at == LOWEST or sum(s >= lower for s in false) > 0.1 * len(false)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=12), st.integers(0, 11))
def test_error_versus_discard_is_the_mean_over_lots(pairs, gone):
    missed, quality = (np.array(part, float) for part in zip(*pairs, strict=True))
    gone = min(gone, len(missed) - 1)
    rng = np.random.default_rng(0)
    means = []
    for _ in range(400):
        order = np.lexsort((rng.random(len(missed)), quality))
        means.append(missed[order[gone:]].mean())
    assert error_versus_discard(missed, quality, [gone / len(missed)])[0] == pytest.approx(np.mean(means), abs=0.1)


def test_mistaken_shapes_are_refused():
    for mated, mate, nonmated in (
        (MATED, [0], NONMATED),
        (MATED, [0, 1, 2, 3], NONMATED),
        (MATED, MATE, NONMATED[:, :2]),
        (np.full((1, 1), np.inf), [0], np.zeros((1, 1))),
        (MATED[0], MATE, NONMATED),
    ):
        with pytest.raises(ValueError, match=r"shape|column|infinite"):
            Searches.from_scores(mated, mate, nonmated)
    with pytest.raises(ValueError, match="subjects"):
        Searches.from_scores(MATED, MATE, NONMATED, mated_subject=["a"])


@pytest.fixture(scope="module")
def large():
    rng = np.random.default_rng(7)
    people, m, n = 300, 400, 500
    mated = rng.normal(0.05, 0.1, (m, people)).astype(np.float32)
    mate = rng.integers(0, people, m)
    mated[np.arange(m), mate] = rng.normal(0.55, 0.15, m)
    mated[:5] = NAN
    return Searches.from_scores(mated, mate, rng.normal(0.05, 0.1, (n, people)).astype(np.float32))


def test_the_promised_keys(large):
    quality = np.linspace(0, 100, 400)
    labels = {"group": (["a", "b"] * 200, ["a", ""] * 250), "years between": (["0–1"] * 400, [])}
    given_all = {
        "pack": "sface",
        "seconds_per_image": 0.02,
        "quality": quality,
        "labels": labels,
        "draws": 100,
    }
    found = figures(large, **given_all)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found)[:10] == [
        *("gallery", "mated", "nonmated", "failure_to_acquire", "rank1", "rank20", "rank50"),
        *("fnir_at_fpir", "fmr_fnmr", "seconds_per_image"),
    ]
    assert found["pack"] == "sface"
    assert found["failure_to_acquire"] == {"gallery": 0, "probe": 5, "nonmated": 0}
    assert set(found["fnir_at_fpir"]) == {"0.1", "0.01"}
    assert set(found["fmr_fnmr"]) == {"0.001"}
    assert found["false_alarms"] == {"0.1": 50, "0.01": 5}
    assert found["fmr_fnmr_acquired"]["0.001"] < found["fmr_fnmr"]["0.001"]
    for key in ("rank1", "rank20", "rank50"):
        low, high = found["intervals"][key]
        assert low <= found[key] <= high
    for key in ("fnir_at_fpir", "fmr_fnmr"):
        for rate, value in found[key].items():
            low, high = found["intervals"][key][rate]
            assert 0 <= low <= value <= high <= 1
            assert high - low < 0.15
    assert [row["group"] for row in found["groups"]["group"]] == ["a", "b"]
    assert found["groups"]["group"][1]["fpir"] is None
    assert found["cautions"] == []
    assert found == figures(large, pack="sface", seconds_per_image=0.02, quality=quality, labels=labels, draws=100)


def test_groups_add_up_to_everybody(large):
    rng = np.random.default_rng(1)
    one, other = (rng.choice(["x", "y", "z"], count).tolist() for count in (400, 500))
    at = large.threshold_at_fpir(0.1)
    rows = groups(large, at, one, other)
    assert sum(row["mated"] * row["fnir"] for row in rows) == pytest.approx(400 * large.fnir(at))
    assert sum(row["nonmated"] * row["fpir"] for row in rows) == pytest.approx(500 * large.fpir(at))
    assert sum(row["failed"] for row in rows) == 5
    with pytest.raises(ValueError, match="label per search"):
        groups(large, at, one[:-1], other)


def test_without_mated_or_without_nonmated():
    none = np.empty((0, 3), np.float32)
    only_mated = figures(Searches.from_scores(MATED, MATE, none), pack="p", draws=10)
    assert only_mated["fnir_at_fpir"] == {"0.1": None, "0.01": None}
    assert only_mated["rank1"] == 0.25
    only_nonmated = figures(Searches.from_scores(none, [], NONMATED), pack="p", draws=10)
    assert only_nonmated["rank1"] is None
    assert only_nonmated["gallery"] == 3
    assert only_nonmated["intervals"]["rank1"] == []
    for found in (only_mated, only_nonmated):
        json.dumps(found, allow_nan=False)
        assert found["cautions"]


def test_when_nothing_was_acquired():
    searches = Searches.from_scores(np.full((2, 2), NAN), [0, 1], np.full((2, 2), NAN))
    found = figures(searches, pack="p", draws=10)
    assert found["failure_to_acquire"] == {"gallery": 2, "probe": 2, "nonmated": 2}
    assert found["rank50"] == 0
    assert found["fnir_at_fpir"] == {"0.1": 1, "0.01": 1}
    json.dumps(found, allow_nan=False)


def test_small_numbers_are_called_small(small):
    cautions = figures(small, pack="p", draws=10)["cautions"]
    assert any("at least 100 are needed" in text for text in cautions)
    assert any("Only 3 people" in text for text in cautions)


def test_intervals_draw_people_not_photos():
    """Ten people with forty photos each, one always missed: as uncertain as ten photos, not 400."""
    mate = np.repeat(np.arange(10), 40)
    mated = np.zeros((400, 10), np.float32)
    mated[np.arange(400), mate] = np.where(mate == 0, -0.5, 0.9)
    found = figures(Searches.from_scores(mated, mate, np.full((200, 10), 0.1)), pack="p")
    low, high = found["intervals"]["rank1"]
    assert found["rank1"] == 0.9
    assert low <= 0.71
    assert high == 1
    # No error seen among ten people leaves room for about three in ten (exact binomial bound).
    perfect = np.eye(10, dtype=np.float32)
    found = figures(Searches.from_scores(perfect, range(10), np.full((200, 10), 0.1)), pack="p", draws=50)
    assert found["intervals"]["rank1"] == [pytest.approx(0.025 ** (1 / 10)), 1]
    assert found["intervals"]["fnir_at_fpir"]["0.1"] == [0, pytest.approx(1 - 0.025 ** (1 / 10))]


def test_wilson_against_a_published_value():
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
    assert wilson(81 / 263, 263) == pytest.approx([0.2553, 0.3662], abs=1e-4)
    assert wilson(0, 20) == pytest.approx([0, 0.1611], abs=1e-4)
    assert wilson(NAN, 0) == []


def test_the_worst_are_the_worst(small):
    assert worst_misses(small, 0.45).tolist() == [2, 1]
    assert worst_alarms(small, 0.3, 2).tolist() == [0, 1]
    assert small.alarm_person.tolist()[:2] == [0, 1]
    assert small.alarm_person[4] == -1


def test_bands():
    assert [band(age) for age in (0, 4.9, 5, 17, 60, 99, None, NAN)] == [
        *("0–4", "0–4", "5–12", "13–17", "60+", "60+", "", "")
    ]
