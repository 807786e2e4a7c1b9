"""Photos are made worse the same way every time, and the photo itself stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kintrace.errors import ProtocolError
from kintrace.evaluation.degrade import KINDS, Degradation, degrade, degrade_all, parse_degradations

PHOTO = np.random.default_rng(0).integers(0, 256, (60, 40, 3), dtype=np.uint8)
PHOTO = np.kron(PHOTO[:15, :10], np.ones((4, 4, 1), np.uint8))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_the_picture_and_repeats(kind):
    before = PHOTO.copy()
    worse = degrade(PHOTO, kind)
    assert worse.dtype == np.uint8
    assert worse.ndim == 3
    assert worse.flags.c_contiguous
    assert worse.shape != PHOTO.shape or (worse != PHOTO).any()
    assert (before == PHOTO).all()
    assert (degrade(PHOTO, kind) == worse).all()
    # A view with other strides is the same photo.
    assert (degrade(np.asfortranarray(PHOTO), kind) == worse).all()


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3))),
    st.sampled_from(sorted(KINDS)),
    st.data(),
)
def test_any_picture_at_any_strength(pixels, kind, data):
    limits = KINDS[kind]
    values = st.integers(int(limits.low), int(limits.high)) if limits.whole else st.floats(limits.low, limits.high)
    worse = degrade(pixels, kind, data.draw(values))
    assert worse.dtype == np.uint8
    assert worse.shape[2] == 3
    assert worse.size


def test_each_kind_does_what_it_says():
    assert degrade(PHOTO, "downscale", 0.25).shape == (15, 10, 3)
    assert (degrade(PHOTO, "rotate90") == np.rot90(PHOTO, -1)).all()
    assert (degrade(PHOTO, "rotate90", 2) == PHOTO[::-1, ::-1]).all()
    grey = degrade(PHOTO, "grey")
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 0] == grey[..., 2]).all()
    assert (degrade(PHOTO, "grey", np.float64(0)) == PHOTO).all()
    flat = np.full((200, 200, 3), 100, np.uint8)
    assert np.std(degrade(flat, "noise", 20).astype(float)) == pytest.approx(20, rel=0.05)
    covered = (degrade(flat, "occlude", 0.05) != 100).any(axis=2)
    assert covered.mean() == pytest.approx(0.05, rel=0.1)
    assert degrade(PHOTO, "blur", 8).std() < degrade(PHOTO, "blur", 2).std() < PHOTO.std()
    error = [np.abs(degrade(PHOTO, "jpeg", q).astype(int) - PHOTO).mean() for q in (90, 50, 10)]
    assert error == sorted(error)


def test_chance_follows_from_seed_and_photo():
    other = PHOTO[::-1].copy()
    noise = degrade(PHOTO, "noise").astype(int) - PHOTO
    assert (degrade(other, "noise").astype(int) - other != noise).any()
    assert (degrade(PHOTO, "noise", seed=1).astype(int) - PHOTO != noise).any()


def test_options_are_read_joined_and_written_back():
    steps = parse_degradations(["downscale:0.25, jpeg", "grey"])
    assert [str(step) for step in steps] == ["downscale:0.25", "jpeg:20", "grey:1"]
    assert all(Degradation.parse(str(step)) == step for step in steps)
    one_by_one = PHOTO
    for step in steps:
        one_by_one = step.apply(one_by_one)
    assert (degrade_all(PHOTO, steps) == one_by_one).all()
    assert parse_degradations("blur:3") == (Degradation("blur", 3),)
    assert parse_degradations([]) == ()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("smear", "no degradation “smear”.*blur"),
        ("blur:", "strength “”"),
        ("blur:much", "strength “much” of blur is not a number"),
        ("blur:nan", "not a number"),
        ("blur:0", "0.1 to 100"),
        ("jpeg:20.5", "whole number from 1 to 100"),
        ("downscale:2", "0.01 to 1"),
        ("rotate90:4", "1 to 3"),
    ],
)
def test_an_option_that_is_none(option, said):
    with pytest.raises(ProtocolError, match=said):
        parse_degradations(option)


def test_not_a_picture():
    for array in (PHOTO[..., 0], PHOTO.astype(float), PHOTO[:0]):
        with pytest.raises(ValueError, match="expected"):
            degrade(array, "blur")
