"""A likelihood ratio: what the data support, never more; an interval that holds; bands that do not contradict each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_people import comparisons

from kintrace.errors import CalibrationError
from kintrace.evidence import Calibration, Comparisons, Condition, calibration_loss, fit
from kintrace.evidence.ratio import GRID, Counts, Curve, agreed, bounds, curve, histogram, logistic


def made(pairs: Comparisons, **more) -> Calibration:
    return fit(pairs, pack="test", weights={"test": 1.0}, made="2026-01-01", command="c", source={}, **more)


@pytest.fixture(scope="module")
def people() -> Calibration:
    return made(comparisons(1, 300))


def true_log10(score: np.ndarray) -> np.ndarray:
    """Of N(0.5, 0.12) against N(0.05, 0.12)."""
    return (score - 0.275) * 0.45 / 0.12**2 / np.log(10)


def drawn(seed: int, mated: int, nonmated: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0.5, 0.12, mated), rng.normal(0.05, 0.12, nonmated)


def test_the_true_ratio_of_two_normal_distributions_is_found() -> None:
    one, other = drawn(0, 20_000, 200_000)
    found = logistic(histogram(one), histogram(other)) / np.log(10)
    middle = (GRID > 0.1) & (GRID < 0.45)
    assert np.abs(found - true_log10(GRID))[middle].max() < 0.1


@pytest.mark.parametrize("share", [1, 10, 100])
def test_the_ratio_does_not_depend_on_how_many_strangers_there_were(share: int) -> None:
    one, other = histogram(drawn(0, 2_000, 1)[0]), histogram(drawn(1, 1, 20_000)[1])
    assert logistic(one, other) == pytest.approx(logistic(one, other * share), abs=1e-6)


def test_scores_that_never_overlap_stay_finite() -> None:
    found = logistic(histogram(np.full(50, 0.9)), histogram(np.full(50, 0.1)))
    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()


def test_scores_that_say_the_contrary_say_nothing() -> None:
    assert np.ptp(logistic(histogram(np.full(50, 0.1)), histogram(np.full(50, 0.6)))) == 0


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(20):
        one, other = drawn(seed, 200, 2000)
        # Every pair of its own people: then a bootstrap over people is one over pairs.
        first = np.concatenate([np.arange(200), np.arange(1000, 3000)])
        second = np.concatenate([np.arange(200), np.arange(3000, 5000)])
        found = curve(np.concatenate([one, other]), first, second, seed)
        at = np.searchsorted(GRID, 0.4)
        held += int(found.low[at] <= true_log10(GRID[at]) <= found.high[at])
    assert held >= 16


def counts(mated, nonmated, people: int, strangers: int) -> Counts:
    return Counts(histogram(np.array(mated)), histogram(np.array(nonmated)), np.arange(people), np.arange(strangers))


def straight(steepness: float) -> Curve:
    line = steepness * (GRID - 0.3)
    return Curve(line, line - 0.1, line + 0.1)


def test_bounds_grow_with_people_and_not_with_comparisons() -> None:
    apart = np.full(100, 0.9), np.full(1000, -0.3)
    few, many = (bounds([(counts(*apart, n, n), straight(100))]) for n in (50, 500))
    # Nobody is mistaken, so that the person who might have been is all there is: one in n.
    assert 10 ** few[1] == pytest.approx(50, rel=0.1)
    assert 10 ** -few[0] == pytest.approx(50, rel=0.1)
    assert 10 ** many[1] == pytest.approx(500, rel=0.1)
    again = counts(np.full(10_000, 0.9), np.full(1_000_000, -0.3), 50, 50)
    assert bounds([(again, straight(100))]) == pytest.approx(few)


def test_a_stranger_with_a_high_ratio_lowers_the_bound() -> None:
    clean = counts(np.full(100, 0.9), np.full(1000, -0.3), 1000, 1000)
    spoiled = counts(np.full(100, 0.9), [*np.full(950, -0.3), *np.full(50, 0.9)], 1000, 1000)
    assert bounds([(spoiled, straight(100))])[1] < bounds([(clean, straight(100))])[1] - 1


def test_scores_that_tell_nothing_support_nothing() -> None:
    same = np.linspace(0, 0.6, 500)
    low, high = bounds([(counts(same, same, 500, 500), straight(20))])
    assert -0.5 < low <= 0 <= high < 0.5


def rising(numbers: list[float]) -> np.ndarray:
    return np.interp(GRID, np.linspace(-1, 1, len(numbers)), np.sort(numbers))


RISING = st.lists(st.floats(-5, 5), min_size=2, max_size=6).map(rising)


@given(RISING, RISING, st.floats(0, 2))
@settings(max_examples=200, deadline=None)
def test_a_worse_band_is_stronger_only_as_far_as_its_interval_bears_out(worse, better, width: float) -> None:
    own = Curve(worse, worse - width, worse + width)
    held = agreed(own, Curve(better, better, better))
    assert (np.diff(held.value) >= -1e-12).all()
    assert (np.diff(held.low) >= -1e-12).all()
    assert (np.diff(held.high) >= -1e-12).all()
    assert ((held.low <= held.value) & (held.value <= held.high)).all()
    assert (np.abs(held.value) <= np.abs(worse) + 1e-12).all()
    assert (held.value <= np.maximum(np.maximum(better, worse - width), 0) + 1e-12).all()
    assert (held.value >= np.minimum(np.minimum(better, worse + width), 0) - 1e-12).all()


def test_bands_of_one_truth_differ_by_noise_and_are_not_stronger_for_worse_photos() -> None:
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(250), 2)
    i, j = np.triu_indices(500, 1)
    same = person[i] == person[j]
    score = rng.normal(np.where(same, 0.5, 0.05), 0.12)
    quality = rng.uniform(40, 100, len(i))  # says nothing
    pairs = Comparisons(score.astype(np.float32), quality.astype(np.float32), person[i], person[j])
    poor, fair, good = made(pairs).bands
    scores = np.linspace(0.3, 0.6, 31)
    for worse, better in ((poor, fair), (fair, good)):
        assert (worse.log10_ratios(scores) <= better.log10_ratios(scores) + 0.05).all()
        assert worse.bounds[1] <= better.bounds[1]
        assert worse.bounds[0] >= better.bounds[0]


def test_no_more_false_strong_claims_than_their_strength_allows(people: Calibration) -> None:
    fresh = comparisons(2, 400)
    strangers = fresh.first != fresh.second
    ratio = np.empty(len(fresh.score))
    for band in people.bands:
        inside = (fresh.quality >= band.quality[0]) & (fresh.quality < band.quality[1])
        ratio[inside] = band.log10_ratios(fresh.score[inside])
    # If ratios hold, strangers reach a ratio of t in at most one of t comparisons.
    for reached in (1.0, 1.5, 2.0):
        assert (ratio[strangers] >= reached).mean() <= 10**-reached
    assert calibration_loss(ratio[~strangers] * np.log(10), ratio[strangers][::20] * np.log(10)) < 0.03


def test_many_at_once_are_as_one_by_one(people: Calibration) -> None:
    rng = np.random.default_rng(0)
    scores, qualities = rng.uniform(-1, 1, 60), rng.uniform(0, 100, 60)
    gaps = [None, 3.0, 25.0] * 20
    told = people.weigh_many(scores, 80, qualities, gallery_size=900, age_gaps=gaps)
    for each, score, quality, gap in zip(told, scores, qualities, gaps, strict=True):
        assert each == people.weigh(score, 80, quality, gallery_size=900, age_gap=gap)
    assert people.weigh_many([], 80, []) == ()


def test_cautions_say_what_the_calibration_cannot_know(people: Calibration) -> None:
    def said(*args, **more) -> str:
        return " ".join(people.weigh(*args, **more).cautions)

    assert "copies of one picture" in said(1.0, 95, 95)
    assert "less alike than any" in said(-1.0, 95, 95)
    assert "poor" in said(0.3, 20, 95)
    assert "no stronger statement" in said(0.99, 95, 95)
    assert "20 years" in said(0.3, 95, 95, age_gap=20)
    assert said(0.3, 95, 95, age_gap=2) == ""


def test_a_band_may_hold_for_a_range_of_years() -> None:
    near = comparisons(1, 120)
    gap = np.where(np.arange(len(near.score)) % 2, 3.0, 20.0).astype(np.float32)
    pairs = Comparisons(near.score, near.quality, near.first, near.second, gap)
    conditions = [
        Condition(f"{name} {years}", quality, years)
        for years in (None, (0.0, 10.0), (10.0, 99.0))
        for name, quality in (("poor", (0.0, 70.0)), ("fair", (70.0, 82.0)), ("good", (82.0, 100.1)))
    ]
    calibration = made(pairs, conditions=conditions)
    assert len(calibration.bands) == 9
    assert calibration.band(90).age_gap is None
    assert calibration.band(90, 3).age_gap == (0.0, 10.0)
    assert calibration.band(90, 20).age_gap == (10.0, 99.0)
    assert calibration.band(90, 120).age_gap is None
    assert not any("years lie between" in words for words in calibration.weigh(0.3, 90, 90, age_gap=20).cautions)
    with pytest.raises(CalibrationError, match="years"):
        made(near, conditions=conditions)


@pytest.mark.parametrize("spoil", [np.nan, np.inf, 2.0])
def test_what_is_no_score_is_refused(spoil: float) -> None:
    with pytest.raises(CalibrationError):
        Comparisons(np.array([0.1, spoil], np.float32), np.array([50, 50], np.float32), np.arange(2), np.arange(2))


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(CalibrationError, match="equally many"):
        Comparisons(np.zeros(2, np.float32), np.zeros(3, np.float32), np.arange(2), np.arange(2))
