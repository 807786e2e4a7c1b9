"""How many look-alikes a collection holds: known tails are found, and what is foretold is seen among other people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_people import comparisons

from kintrace.evidence import fit, look_alikes
from kintrace.evidence.ratio import GRID
from kintrace.evidence.tail import Tail, excess, fit_tail, pooled_shape, shape_of


def pareto(shape: float, count: int, seed: int) -> np.ndarray:
    """Draws of a generalised Pareto distribution of scale 1, rising."""
    chance = np.random.default_rng(seed).random(count)
    return np.sort(-np.log(chance) if shape == 0 else (chance**-shape - 1) / shape)


@pytest.mark.parametrize("shape", [-0.3, -0.1, 0.0, 0.1, 0.3])
def test_the_shape_of_a_known_tail_is_found(shape: float) -> None:
    found = [shape_of(pareto(shape, 2000, seed)) for seed in range(20)]
    assert np.mean(found) == pytest.approx(shape, abs=0.03)
    assert np.std(found) < 0.06


@pytest.mark.parametrize("shape", [0.0, 0.2])
def test_rates_beyond_the_data_are_those_of_the_known_tail(shape: float) -> None:
    off = []
    for seed in range(10):
        # A uniform body below 0.2, and one score in 500 beyond it, with a known tail of scale 0.03.
        rng = np.random.default_rng(seed)
        scores = np.concatenate([rng.uniform(-0.2, 0.2, 499_000), 0.2 + 0.03 * pareto(shape, 1000, seed)])
        tail = fit_tail(scores, GRID)
        for over in (0.05, 0.15, 0.25):
            true = 0.002 * (np.exp(-over / 0.03) if shape == 0 else (1 + shape * over / 0.03) ** (-1 / shape))
            off.append(np.log(tail.fmr(0.2 + over) / max(true, tail.least)))
    assert abs(np.mean(off)) < np.log(1.3)


def test_bands_share_one_shape_and_the_larger_tail_counts_more() -> None:
    light, heavy = pareto(-0.3, 500, 1), pareto(0.3, 5000, 1)
    assert pooled_shape([heavy]) == shape_of(heavy)
    assert pooled_shape([light, heavy]) == pytest.approx((shape_of(light) + 10 * shape_of(heavy)) / 11)


@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=60),
    st.integers(1, 40),
    st.floats(-1, 1),
    st.floats(-1, 1),
)
@settings(max_examples=200, deadline=None)
def test_the_rate_never_rises_and_is_never_nought(few: list[float], copies: int, one: float, other: float) -> None:
    tail = fit_tail(np.array(few * copies, dtype=float), GRID)
    low, high = sorted((one, other))
    assert 0 < tail.fmr(high) <= tail.fmr(low) <= 1
    assert tail.rates([low, high]).tolist() == [tail.fmr(low), tail.fmr(high)]
    assert tail.fmr(1.0) >= tail.least


def test_the_formula_joins_the_body_without_a_step() -> None:
    scores = np.random.default_rng(0).normal(0.05, 0.1, 200_000)
    tail = fit_tail(scores, GRID)
    assert tail.fmr(tail.start - 1e-9) == pytest.approx(tail.fmr(tail.start), rel=1e-3)
    assert tail.fmr(0.05) == pytest.approx(0.5, abs=0.01)
    start, over = excess(scores)
    assert len(over) == pytest.approx(400, abs=2)
    assert start == tail.start


def test_the_score_for_a_rate_and_the_rate_at_a_score_agree() -> None:
    tail = fit_tail(np.random.default_rng(0).normal(0.05, 0.1, 200_000), GRID)
    for rate in (0.1, 0.01, 1e-3, 1e-4):
        score = tail.score_at(rate)
        assert tail.fmr(score) <= rate < tail.fmr(score - 0.0011)
    assert tail.score_at(1e-12) == 1.0


def test_look_alikes_foretold_are_seen_among_other_people() -> None:
    calibration = fit(comparisons(1, 500), pack="t", weights={"t": 1.0}, made="d", command="c", source={})
    fresh = comparisons(2, 500)
    strangers = fresh.first != fresh.second
    rows = look_alikes(calibration, fresh.score[strangers], fresh.quality[strangers], rates=(1e-2, 1e-3, 1e-4, 1e-5))
    assert {row.band for row in rows} == {"poor", "fair", "good"}
    for row in rows:
        assert row.interval[0] <= row.observed <= row.interval[1]
        # Comparisons share people, so that counts scatter far more than independent ones would: one band that expects ten
        # may see thirty. Where hundreds are expected, the level must be right.
        if row.expected >= 100:
            assert 1 / 2 < row.observed / row.expected < 2
    for rate in (1e-2, 1e-3, 1e-4):
        expected, observed = (
            sum(getattr(r, side) for r in rows if r.rate == rate) for side in ("expected", "observed")
        )
        assert 0.4 < observed / expected < 2.5


@pytest.mark.parametrize(
    "spoiled",
    [{"scale": 0.0}, {"shape": 0.9}, {"least": 0.0}, {"rate": 2.0}, {"start": np.nan}, {"log10_fmr": (-2.0, -1.0)}],
)
def test_numbers_that_are_no_tail_are_refused(spoiled: dict) -> None:
    numbers = {"start": 0.1, "rate": 0.01, "shape": 0.0, "scale": 0.1, "least": 1e-6}
    good = {"scores": (0.0, 0.1), "log10_fmr": (-1.0, -2.0), **numbers}
    Tail(**good)
    with pytest.raises(ValueError, match="tail"):
        Tail(**(good | spoiled))
