"""DESIGN.md §5 rule 9: what was taken for one picture counts as two once a person says so, with a reason; and not before."""

import json

import pytest
from casework_help import roles
from matching_help import found, request
from test_rule_9_social_media_is_a_lead import SAME, changed, engine, put, state, weighed  # noqa: F401

from kintrace.casework import quarantine, twopictures, worker
from kintrace.casework.cards import amend
from kintrace.casework.people import Role
from kintrace.casework.samepicture import same_among
from kintrace.casework.standings import content_of
from kintrace.errors import DecisionError, Denied, NotPossible
from kintrace.ledger import entries
from kintrace.matching.following import CHANGES
from kintrace.matching.models import Candidate
from kintrace.matching.seats import faces_of


@pytest.fixture
def alike(scope, acquirer, pairs):
    """A request and a found person with one picture; both cards and photos."""
    cards = request(scope), found(scope)
    kept = [put(scope, card, changed(pairs[0][0], way)) for card, way in zip(cards, ("again", "mirrored"), strict=True)]
    worker.run(acquirer)
    return cards, kept


def test_the_face_counts_again_and_it_can_be_taken_back(scope, alike, engine):  # noqa: F811
    (asked, other), (one, two) = alike
    before = weighed(engine, scope, asked, other)
    assert before.evidence.fact("face").log10_lr == 0
    told = twopictures.say_two(scope, two.id, one.id, "Taken seconds apart: the eyes are closed in one.")
    assert told == {"photo": str(two.id), "other": str(one.id), "two": True, "assessment": "usable"}
    now = weighed(engine, scope, asked, other)
    assert now.evidence.fact("face").log10_lr > 2
    assert not any(SAME in each for each in now.evidence.cautions)
    assert now.mark != before.mark
    one.refresh_from_db()
    step = content_of(one)["custody"][-1]
    assert step["what"] == f"said to be another picture than photo {str(two.id)[:8]}"
    assert (step["by"], step["why"]) == ("officer", "Taken seconds apart: the eyes are closed in one.")
    twopictures.say_one(scope, one.id, two.id, "I had mixed up the prints.")
    assert weighed(engine, scope, asked, other).evidence.fact("face").log10_lr == 0
    said = entries(action="photo.settle")
    assert [json.loads(each.details)["two_pictures"] for each in said] == [False, False, True, True]
    assert {each.record for each in said} == {f"photo:{one.id}", f"photo:{two.id}"}
    assert "photo.settle" in CHANGES  # so the two are weighed again


def test_who_may_and_with_what(scope, alike):
    _, (one, two) = alike
    with pytest.raises(DecisionError):
        twopictures.say_two(scope, one.id, two.id, "  ")
    for role in Role:
        if role not in (Role.CASEWORKER, Role.SENIOR_REVIEWER):
            with pytest.raises(Denied):
                twopictures.say_two(roles(scope, role), one.id, two.id, "so")
    with pytest.raises(NotPossible):  # nobody said that they are two
        twopictures.say_one(scope, one.id, two.id, "so")
    with pytest.raises(NotPossible):
        twopictures.say_two(scope, one.id, one.id, "so")
    assert same_among([one.id, two.id])
    assert entries(action="photo.settle")[0].outcome == "empty"


def test_a_photo_that_is_not_open_here_is_not_told_of(scope, acquirer, pairs):
    one = put(scope, request(scope), changed(pairs[0][0], "again"))
    worker.run(acquirer)
    with pytest.raises(NotPossible, match="do not count as one picture"):
        twopictures.say_two(scope, one.id, "00000000-0000-4000-8000-000000000000", "so")


def test_what_was_quarantined_for_it_is_free_and_waits_again_when_it_is_taken_back(scope, acquirer, pairs):
    cards = request(scope, "Amal Sayegh (invented)"), request(scope, "Olena Pryklad (invented)")
    one, two = (
        put(scope, card, changed(pairs[0][0], way)) for card, way in zip(cards, ("again", "mirrored"), strict=True)
    )
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    twopictures.say_two(scope, one.id, two.id, "Two prints of one sitting.")
    assert (state(one), state(two)) == ("usable", "usable")
    assert quarantine.waiting_pictures(scope) == []
    twopictures.say_one(scope, one.id, two.id, "They are one.")
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    assert len(quarantine.waiting_pictures(scope)) == 2


def test_a_name_that_comes_to_contradict_counts_once_it_is_taken_back(scope, alike):
    (_, other), (one, two) = alike
    twopictures.say_two(scope, one.id, two.id, "Two of one sitting.")
    amend(scope, str(other.local), {"full_name": "Olena Pryklad (invented)"}, why="her passport")
    assert (state(one), state(two)) == ("usable", "usable")
    twopictures.say_one(scope, one.id, two.id, "They are one.")
    assert (state(one), state(two)) == ("quarantined", "quarantined")


def test_both_are_shown_to_who_judges_the_faces(scope, alike, engine):  # noqa: F811
    (asked, other), (one, two) = alike
    pair = Candidate(request=scope.card(str(asked.local)), found=scope.card(str(other.local)))
    assert faces_of(pair) == ([one], [])
    twopictures.say_two(scope, one.id, two.id, "Two of one sitting.")
    assert faces_of(pair) == ([one], [two])
