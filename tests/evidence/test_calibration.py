"""A calibration says what scores mean; it is honest on people it never saw, bounded, and never edited by hand."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.errors import CalibrationError
from kintrace.evidence import Calibration, Comparisons, cllr, cllr_min, fit, reliability, sentence, support

MATED, STRANGERS, SPREAD = 0.45, 0.05, 0.12  # two normal distributions of one spread: the true ratio is known


def simulated(seed: int, people: int = 400, photos: int = 4) -> Comparisons:
    """Pairs of photos whose scores have a known likelihood ratio, whatever the quality."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), photos)
    i, j = np.triu_indices(len(person), 1)
    keep = (person[i] == person[j]) | (rng.random(len(i)) < 0.3)
    i, j = i[keep], j[keep]
    same = person[i] == person[j]
    score = rng.normal(np.where(same, MATED, STRANGERS), SPREAD)
    quality = rng.uniform(30, 100, len(person))
    return Comparisons(
        score.astype(np.float32), np.minimum(quality[i], quality[j]).astype(np.float32), person[i], person[j]
    )


def true_log10(score: float) -> float:
    """Log10 likelihood ratio of the two normal distributions."""
    middle = (MATED + STRANGERS) / 2
    return (score - middle) * (MATED - STRANGERS) / SPREAD**2 / np.log(10)


def made(pairs: Comparisons) -> Calibration:
    return fit(pairs, pack="test", weights={"test": 1.0}, made="2026-01-01", command="kintrace calibrate", source={})


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return made(simulated(1))


def test_fitted_ratio_is_near_the_true_one_within_the_bounds(calibration: Calibration) -> None:
    for score in np.linspace(0.1, 0.4, 11):
        for quality in (40, 75, 95):
            evidence = calibration.weigh(score, quality, 100)
            if not evidence.bounded:
                assert evidence.log10_lr == pytest.approx(true_log10(score), abs=0.35)
                assert evidence.interval[0] <= evidence.log10_lr <= evidence.interval[1]


def test_no_ratio_exceeds_what_the_number_of_people_supports(calibration: Calibration) -> None:
    sure = calibration.weigh(1.0, 95, 95)
    assert sure.bounded
    assert 10**sure.log10_lr <= 400 * 1.01
    unlike = calibration.weigh(-1.0, 95, 95)
    assert unlike.bounded
    assert 10**-unlike.log10_lr <= 400 * 1.01


def test_honest_on_people_it_was_not_fitted_to(calibration: Calibration) -> None:
    fresh = simulated(2)
    mated = fresh.first == fresh.second
    some = np.concatenate([np.flatnonzero(mated), np.flatnonzero(~mated)[::20]])
    ratio = np.array([calibration.weigh(fresh.score[i], fresh.quality[i], 100).log10_lr for i in some]) * np.log(10)
    one, other = ratio[mated[some]], ratio[~mated[some]]
    assert cllr_min(one, other) <= cllr(one, other) < cllr_min(one, other) + 0.02


def test_look_alikes_expected_are_look_alikes_seen(calibration: Calibration) -> None:
    fresh = simulated(3)
    strangers = fresh.score[(fresh.first != fresh.second) & (fresh.quality >= 85)]
    band = calibration.band(95)
    for share in (1e-2, 1e-3, 3e-4):
        score = float(np.quantile(strangers, 1 - share))
        assert band.tail.fmr(score) == pytest.approx(share, rel=0.5)
    beyond = calibration.weigh(0.9, 95, 95, gallery_size=1000)
    assert beyond.expected_lookalikes is not None
    assert beyond.expected_lookalikes > 0


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 100))
@settings(max_examples=200, deadline=None)
def test_more_alike_is_never_weaker(one: float, other: float, quality: float) -> None:
    calibration = SHARED
    low, high = sorted((one, other))
    weak, strong = (calibration.weigh(score, quality, 100, gallery_size=500) for score in (low, high))
    assert weak.log10_lr <= strong.log10_lr
    assert weak.expected_lookalikes is not None
    assert strong.expected_lookalikes is not None
    assert weak.expected_lookalikes >= strong.expected_lookalikes * 0.999
    assert calibration.weigh(one, quality, 100) == calibration.weigh(one, 100, quality)


SHARED = made(simulated(5, people=120))


def test_file_comes_back_and_a_changed_one_is_refused(calibration: Calibration, tmp_path) -> None:
    path = tmp_path / "calibration-test.json"
    path.write_text(calibration.to_json())
    assert Calibration.load(path) == calibration
    content = json.loads(path.read_text())
    content["bands"][0]["bounds"][1] = 9
    path.write_text(json.dumps(content))
    with pytest.raises(CalibrationError, match="changed"):
        Calibration.load(path)
    for damaged in ("", "{}", "[]", '{"checksum": 1}', "not json", "null"):
        path.write_text(damaged)
        with pytest.raises(CalibrationError):
            Calibration.load(path)
    with pytest.raises(CalibrationError):
        Calibration.load(tmp_path / "absent.json")


def test_too_little_data_is_an_error_and_a_thin_band_borrows() -> None:
    with pytest.raises(CalibrationError, match="too few"):
        made(simulated(1, people=10))
    pairs = simulated(1)
    good = dataclasses.replace(pairs, quality=np.full_like(pairs.quality, 90))
    calibration = made(good)
    assert [band.borrowed for band in calibration.bands] == [True, True, False]
    assert any("too few" in words for words in calibration.weigh(0.5, 30, 90).cautions)


def test_cllr_of_known_ratios() -> None:
    nothing = np.zeros(10)
    assert cllr(nothing, nothing) == pytest.approx(1.0)
    assert cllr(np.full(5, 40.0), np.full(5, -40.0)) == pytest.approx(0.0, abs=1e-9)
    assert cllr(np.full(5, -3.0), np.full(5, 3.0)) > 3
    # One mated and one non-mated ratio of 3 and 1/3: log2(1 + 1/3) on both sides.
    assert cllr(np.array([np.log(3)]), np.array([-np.log(3)])) == pytest.approx(np.log2(4 / 3))


def test_recalibration_cannot_cost_more() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(3, 2, 400), rng.normal(-1, 2, 4000)
    assert cllr_min(one, other) <= cllr(one, other)
    assert cllr_min(one * 3 + 2, other * 3 + 2) == pytest.approx(cllr_min(one, other))


def test_reliability_of_true_ratios_lies_on_the_diagonal() -> None:
    rng = np.random.default_rng(7)
    # Log ratios of two normal distributions: means ± v/2, variance v, in natural logarithms.
    one, other = rng.normal(2, 2, 20_000) / np.log(10), rng.normal(-2, 2, 20_000) / np.log(10)
    stated, observed = reliability(one, other)
    assert len(stated) >= 6
    assert np.abs(stated - observed)[1:].max() < 0.2  # the first bin reaches far down


@given(st.floats(-1, 1), st.floats(0, 100), st.integers(1, 10**7))
@settings(max_examples=200, deadline=None)
def test_sentences_hold_no_percentage_and_no_verdict(score: float, quality: float, size: int) -> None:
    words = sentence(SHARED.weigh(score, quality, 80, gallery_size=size))
    for banned in ("%", "match", "identif", "percent", "certain"):
        assert banned not in words.lower()
    assert words.endswith(".")


def test_verbal_scale() -> None:
    assert [support(x) for x in (0.0, 0.5, 1.5, 2.5, 3.5, 5, 7)] == [
        "no", "weak", "moderate", "moderately strong", "strong", "very strong", "extremely strong",
    ]  # fmt: skip
    assert support(-2.5) == support(2.5)
