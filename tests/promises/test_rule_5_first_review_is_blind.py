"""DESIGN.md §5 rule 5: score, rank and biography appear only after the judgement on the face is saved."""

import dataclasses

import pytest
from matching_help import FACE, NAME, follow, found, only, request, somebody

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.errors import NotPossible
from kintrace.ledger import as_dict, entries
from kintrace.matching import candidates, reviews
from kintrace.matching.seats import Sitting, next_blind

TOLD_BEFORE = {"id", "sides"}


@pytest.fixture
def sitting(scope, acquirer, pairs):
    """A first review, given to a caseworker and not judged yet."""
    asked, other = request(scope), found(scope)
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    reviewer = somebody("local", Role.CASEWORKER, Role.SENIOR_REVIEWER)
    return reviewer, next_blind(reviewer, control_rate=0)


def test_what_a_reviewer_gets_is_two_sets_of_pictures_and_a_number(sitting):
    _, given = sitting
    assert {field.name for field in dataclasses.fields(Sitting)} == TOLD_BEFORE
    assert all(isinstance(count, int) for count in given.sides)
    assert given.id != only().id


def test_no_verb_tells_more_before_the_judgement(sitting):
    reviewer, given = sitting
    for ask in (
        lambda: reviews.unveiled(reviewer, given.id),
        lambda: candidates.shown(reviewer, only().id),
        lambda: candidates.shown(reviewer, only().id, before_review=True),
        lambda: reviews.conclusions_of(reviewer, only().id),
    ):
        with pytest.raises(NotPossible):
            ask()
    for row in candidates.listed(reviewer):
        assert not {"log10_lr", "score", "rank", "facts", "words", "expected_lookalikes"} & set(row)


def test_the_pictures_hold_no_word(sitting):
    reviewer, given = sitting
    for side in (0, 1):
        data = reviews.picture(reviewer, given.id, side, 0)
        for word in (NAME, "Amal", "local", str(only().id), "photo.jpg"):
            assert word.encode() not in data


def test_judging_does_not_tell_what_others_said_and_everything_comes_after(sitting):
    reviewer, given = sitting
    assert set(reviews.record_blind(reviewer, given.id, "inconclusive", FACE)) == {"known", "candidate"}
    assert "facts" in reviews.unveiled(reviewer, given.id)
    with pytest.raises(NotPossible):
        reviews.conclusions_of(reviewer, only().id)


def test_the_ledger_ties_no_open_review_to_its_candidate(sitting):
    _, given = sitting
    rows = [as_dict(each) for each in entries(action="review.seat")]
    assert [row["record"] for row in rows] == [f"sitting:{given.id}"]
    assert str(only().id) not in str(rows)
