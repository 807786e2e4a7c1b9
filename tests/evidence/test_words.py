"""Words a family could be told: true in both directions, honest at the ends, no verdict and no percentage."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.evidence import FaceEvidence, sentence
from kintrace.evidence.words import digits, number


def evidence(log10_lr: float, low: float, high: float, **more) -> FaceEvidence:
    limits = more.pop("bounds", (-4.0, 4.0))
    return FaceEvidence(
        pack="t", score=0.4, log10_lr=log10_lr, interval=(low, high), bounded=log10_lr in limits, band="good",
        gallery_size=more.pop("gallery_size", 5000), expected_lookalikes=more.pop("expected", 2.0), bounds=limits, **more,
    )  # fmt: skip


def test_for_one_person() -> None:
    assert sentence(evidence(math.log10(300), math.log10(120), math.log10(700))) == (
        "The faces give moderately strong support to the view that these are the same person: such a likeness is about 300 "
        "times more likely if it is than if it is not (between 120 and 700). In a collection of 5,000 people, about 2.0 "
        "strangers would be expected to look at least this much alike."
    )


def test_for_different_people() -> None:
    assert sentence(evidence(-math.log10(50), -math.log10(90), -math.log10(20), gallery_size=None)) == (
        "The faces give moderate support to the view that these are different people: so little likeness is about 50 times "
        "more likely if they are than if it is one person (between 20 and 90)."
    )


def test_an_interval_that_reaches_the_other_side_says_so() -> None:
    assert "(between 0.50 and 20)" in sentence(evidence(math.log10(4), math.log10(0.5), math.log10(20)))


def test_neither() -> None:
    assert "neither for nor against" in sentence(evidence(0.1, -0.5, 0.5))


def test_at_the_bound_it_says_more_than_and_never_overstates() -> None:
    told = sentence(evidence(math.log10(2880), math.log10(2880), math.log10(2880), bounds=(-3, math.log10(2880))))
    assert "more than 2,800 times" in told
    assert "between" not in told


def test_a_bound_within_the_interval_is_not_said_to_be_exceeded() -> None:
    told = sentence(evidence(math.log10(700), 2.0, math.log10(700), bounds=(-3, math.log10(700))))
    assert "about 700 times" in told
    assert "(between 100 and more than 700)" in told


def test_look_alikes_are_never_nought() -> None:
    assert "fewer than 0.001 strangers" in sentence(evidence(2, 1, 3, expected=1e-9))
    assert "fewer than 0.015 strangers" in sentence(evidence(2, 1, 3, expected=0.0141, fewer_lookalikes=True))
    assert "about 0.014 strangers" in sentence(evidence(2, 1, 3, expected=0.0141))
    assert "about 120 strangers" in sentence(evidence(2, 1, 3, expected=123.4))


def test_without_a_calibration_only_the_order_is_known() -> None:
    assert "strength of this likeness is not stated" in sentence(None)


@given(st.floats(1e-6, 1e9))
@settings(max_examples=300)
def test_two_digits_to_the_side_asked_for(value: float) -> None:
    down, near, up = (float(digits(value, side).replace(",", "")) for side in (-1, 0, 1))
    assert down <= value * (1 + 1e-8)
    assert up >= value * (1 - 1e-8)
    assert near == pytest.approx(value, rel=0.0501)
    assert near in (down, up) or math.isclose(near, down) or math.isclose(near, up)


def test_numbers_of_every_size() -> None:
    assert [digits(x) for x in (0, 0.00123, 0.5, 3.21, 9.97, 45.6, 323, 3249, 1.24e6)] == [
        "0", "0.0012", "0.50", "3.2", "10", "46", "320", "3,200", "1,200,000",
    ]  # fmt: skip
    assert number(2.5) == "320"


@given(st.floats(-7, 7), st.floats(0, 3), st.floats(0, 3), st.floats(1e-12, 1e6), st.booleans())
@settings(max_examples=300)
def test_no_sentence_holds_a_verdict(log10_lr: float, below: float, above: float, count: float, fewer: bool) -> None:
    told = sentence(evidence(log10_lr, log10_lr - below, log10_lr + above, expected=count, fewer_lookalikes=fewer))
    for banned in ("%", "match", "identif", "percent", "certain", "nan", "inf", "e+", "e-"):
        assert banned not in told.lower()
