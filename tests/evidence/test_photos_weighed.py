"""All photos of two people as one fact; what years do to a likeness; what must be said of children."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.evidence import Calibration, PhotoPair, weigh_photos
from kintrace.evidence.ageing import aged, lost
from kintrace.evidence.photos import CHILD_SAID, GROWN_SAID, UNDATED_SAID, YEARS_SAID

SHIPPED = Path(__file__).parents[2] / "src/kintrace/faces/packs/sface/calibration-sface.json"
CALIBRATION = Calibration.load(SHIPPED)
ADULT = "1970-05-01"


def pair(score: float = 0.4, taken: str = "2020", again: str = "2021", quality: float = 90) -> PhotoPair:
    return PhotoPair(score, quality, 90, taken, again)


def weighed(*pairs: PhotoPair, birth: str = ADULT):
    return weigh_photos(pairs, CALIBRATION, birth=birth, gallery_size=5000)


def test_one_pair_taken_close_together_is_what_the_calibration_says() -> None:
    plain = CALIBRATION.weigh(0.4, 90, 90, gallery_size=5000, age_gap=1.0)
    told = weigh_photos([PhotoPair(0.4, 90, 90)], CALIBRATION, gallery_size=5000)
    assert told.log10_lr == plain.log10_lr
    assert weighed(pair(again="2020")).log10_lr == pytest.approx(plain.log10_lr, abs=0.05)
    with pytest.raises(ValueError, match="no photos"):
        weighed()


def test_several_photos_are_one_fact_and_one_odd_photo_decides_nothing() -> None:
    good, odd = pair(0.45), pair(0.1)
    assert weighed(good, good, good).log10_lr == pytest.approx(weighed(good).log10_lr), "no strength for their number"
    mixed = weighed(good, good, good, odd).log10_lr
    assert weighed(odd).log10_lr < mixed < weighed(good).log10_lr
    assert mixed > 0
    poor = PhotoPair(0.1, 30, 90, "2020", "2021")
    assert weighed(good, poor).log10_lr > weighed(good, odd).log10_lr, "a poor photo tells less"


def test_look_alikes_of_several_photos_lie_between_theirs() -> None:
    counts = [weighed(pair(score)).expected_lookalikes for score in (0.45, 0.3)]
    assert counts[0] < weighed(pair(0.45), pair(0.3)).expected_lookalikes < counts[1]


@settings(max_examples=100, deadline=None)
@given(st.floats(-0.4, 0.9), st.floats(0, 60), st.floats(0, 60), st.sampled_from([30.0, 70.0, 95.0]))
def test_years_never_make_evidence_stronger_nor_turn_it(score: float, one: float, other: float, quality: float) -> None:
    band = CALIBRATION.band(quality)
    told = CALIBRATION.weigh(score, quality, 100)
    after = aged(band, score, told.log10_lr, told.interval, lost(*sorted((one, other))))
    assert abs(after.log10_lr) <= abs(told.log10_lr) + 1e-9
    assert after.log10_lr * told.log10_lr >= 0
    assert after.low <= after.log10_lr <= after.high
    assert after.low <= told.log10_lr <= after.high, "wider: it holds what the calibration says"


@settings(max_examples=100, deadline=None)
@given(st.floats(-0.4, 0.9), st.floats(-0.4, 0.9), st.floats(0, 0.95))
def test_after_years_the_ratio_still_rises_with_the_score(one: float, other: float, share: float) -> None:
    low, high = sorted((one, other))
    band = CALIBRATION.band(90)
    ratios = [
        aged(band, score, told.log10_lr, told.interval, share).log10_lr
        for score in (low, high)
        for told in [CALIBRATION.weigh(score, 90, 90)]
    ]
    assert ratios[0] <= ratios[1] + 1e-9


def test_a_low_score_no_longer_speaks_against_a_child_who_grew() -> None:
    """Wider, not just lower: what spoke against hardly does, what spoke for still does."""
    grown = {score: weighed(pair(score, "1995", "2020"), birth="1991").log10_lr for score in (0.2, 0.5)}
    adult = {score: weighed(pair(score, "2015", "2020"), birth="1960").log10_lr for score in (0.2, 0.5)}
    assert adult[0.2] < -1
    assert grown[0.2] > adult[0.2] + 0.8
    assert 1 < grown[0.5] <= adult[0.5]


def test_children_change_faster_than_grown_ups() -> None:
    assert lost(2, 5) > lost(7, 10) > lost(14, 17) > lost(30, 33) > lost(30, 30) == 0
    assert lost(30, 46) < 0.15, "an adult is recognised after 16 years"
    assert 0.5 < lost(5, 30) < 0.8, "a child who has grown up, about every other time"
    assert lost(2, 5) + 0 == pytest.approx(1 - (1 - lost(2, 3)) * (1 - lost(3, 5)))


def test_what_must_be_said() -> None:
    assert CHILD_SAID in weighed(pair(taken="2000", again="2001"), birth="1990").cautions
    assert CHILD_SAID not in weighed(pair()).cautions
    assert YEARS_SAID in weighed(pair(taken="2000", again="2012")).cautions
    assert YEARS_SAID not in weighed(pair(taken="2000", again="2008")).cautions
    assert GROWN_SAID in weighed(pair(0.2, "2000", "2006"), birth="1990").cautions
    undated = weigh_photos([PhotoPair(0.4, 90, 90)], CALIBRATION)
    assert undated.cautions == (UNDATED_SAID,)
    assert UNDATED_SAID in weigh_photos([PhotoPair(0.4, 90, 90, "soon", "2020")], CALIBRATION).cautions


def test_of_two_births_that_differ_the_younger_warns() -> None:
    told = weigh_photos([pair(taken="2000")], CALIBRATION, birth="1960", other_birth="1995")
    assert CHILD_SAID in told.cautions


def test_no_caution_holds_a_verdict() -> None:
    for words in (CHILD_SAID, YEARS_SAID, GROWN_SAID, UNDATED_SAID):
        assert not any(banned in words.lower() for banned in ("%", "match", "identif"))
