"""Adjudication: faces first and blind, two people, a third where they differ; then a conclusion, then, apart, a disclosure."""

import io
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
from casework_help import CONSENT
from django.apps import apps
from django.utils import timezone
from matching_help import ENGINE, FACE, SHARED, follow, found, judge, only, request, somebody
from PIL import Image

from kintrace.casework import agreements, cards, setup, worker
from kintrace.casework.forms import PhotoForm, consent_form
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Membership, Role, User
from kintrace.casework.photos import attach
from kintrace.casework.records import Assessed, Card, Fact, Photo
from kintrace.errors import Denied, KintraceError, NotPossible
from kintrace.faces import active_packs
from kintrace.folder import calibration_for
from kintrace.ledger import entries
from kintrace.matching import (
    acts,
    candidates,
    conclusions,
    disclosures,
    joint,
    known_pairs,
    pictures,
    report,
    reviews,
    standing,
)
from kintrace.matching.allowed import allowed_for
from kintrace.matching.models import Candidate, ControlReview, Disclosure, Review, Seat, State
from kintrace.matching.seats import next_blind
from kintrace.matching.waiting import waiting
from kintrace.site.web import chosen

C, S, X, F = Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.FORENSIC_OFFICER, Role.FIELD_OFFICER


@pytest.fixture
def ready(scope, acquirer, pairs):
    """A candidate with photos on both sides, registered by the local officer, and its cards."""
    return make(scope, acquirer, pairs)


def make(scope, acquirer, pairs, **facts):
    asked, other = request(scope), found(scope, **facts)
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1]), (other, pairs[1][0])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    return asked, other


def people(*wanted):
    return [somebody("local", role) for role in wanted]


def state():
    return State(only().state)


def test_two_agree_and_a_senior_concludes_and_another_approves(scope, ready):
    first, second, third, officer = people(C, S, S, F)
    judge(first)
    assert state() == State.SECOND_BLIND
    judge(second)
    assert state() == State.AGREED
    each = only()
    assert conclusions.conditions(second, each.id) == {
        "two_reviews_agree": True, "a_fact_that_is_not_the_face": True, "concluded": False, "found_person_agrees": False,
        "disclosure_approved": False, "family_told": False,
    }  # fmt: skip
    conclusions.conclude(second, each.id, ["names", "birth"], "all of it agrees")
    assert {card.status for card in Card._all.all()} == {"verified"}
    for act in (
        lambda: disclosures.approve(third, each.id),
        lambda: disclosures.tell(first, each.id, "words", "reunified"),
    ):
        with pytest.raises(NotPossible):
            act()
    disclosures.ask(officer, each.id, "yes")
    with pytest.raises(NotPossible, match="Who concluded"):
        disclosures.approve(second, each.id)
    disclosures.approve(third, each.id)
    disclosures.tell(first, each.id, "Your daughter is well, and asks for you.", "contact_restored")
    assert {card.status for card in Card._all.all()} == {"contact_restored"}
    assert all(conclusions.conditions(second, each.id).values())
    with pytest.raises(NotPossible, match="already"):
        disclosures.ask(officer, each.id, "no")


def test_a_no_of_the_found_person_takes_the_approval_back(scope, ready):
    first, second, third, officer = people(C, S, S, F)
    judge(first)
    judge(second)
    each = only()
    conclusions.conclude(second, each.id, ["names"], "it agrees")
    disclosures.ask(officer, each.id, "yes")
    disclosures.approve(third, each.id)
    disclosures.ask(officer, each.id, "no")
    assert Disclosure._all.get().approved_at is None
    with pytest.raises(NotPossible):
        disclosures.tell(first, each.id, "words", "contact_restored")
    with pytest.raises(NotPossible):
        disclosures.approve(third, each.id)
    with pytest.raises(NotPossible, match="lives"):
        disclosures.ask(officer, each.id, "cannot_be_asked")


def concluded(scope):
    """Two judge, and the second concludes."""
    first, second, third, officer = people(C, S, S, F)
    judge(first)
    judge(second)
    disclosure = only().id
    conclusions.conclude(second, disclosure, ["names"], "it agrees")
    return disclosure, first, second, third, officer


def listed(scope, what):
    return [each["id"] for each in acts.listed(scope, what)]


def test_later_is_no_consent_and_somebody_asks_again(scope, ready):
    each, first, _, third, officer = concluded(scope)
    disclosures.ask(officer, each, "later", where_too=True)
    told = acts.standing(officer, each)
    assert (told["disclosure"]["answer"], told["disclosure"]["where_too"]) == ("later", False)
    assert (told["next"]["act"], told["next"]["again"]) == ("disclosure.ask", True)
    assert listed(officer, "to_ask") == [str(each)]
    assert listed(third, "to_approve") == []
    with pytest.raises(NotPossible):
        disclosures.approve(third, each)
    disclosures.ask(officer, each, "yes")
    disclosures.approve(third, each)
    disclosures.ask(officer, each, "later")
    with pytest.raises(NotPossible):
        disclosures.tell(first, each, "words", "contact_restored")


def test_who_does_not_approve_says_why_and_it_goes_back(scope, ready):
    each, first, second, third, officer = concluded(scope)
    with pytest.raises(NotPossible, match="not agreed"):
        disclosures.refuse(third, each, "nobody asked them")
    disclosures.ask(officer, each, "yes")
    for who, reason, match in (
        (second, "mine", "Who concluded"),
        (third, " ", "why"),
    ):
        with pytest.raises(NotPossible, match=match):
            disclosures.refuse(who, each, reason)
    with pytest.raises(Denied):
        disclosures.refuse(officer, each, "not a senior")
    disclosures.refuse(third, each, "Ask her alone, without her husband.")
    act = Disclosure._all.get()
    assert b"husband" not in bytes(act.refusal)
    told = acts.standing(officer, each)
    assert told["disclosure"]["refusal"] == "Ask her alone, without her husband."
    assert (told["next"]["act"], told["next"]["again"]) == ("disclosure.approve", True)
    assert (act.answer, act.approved_at) == ("yes", None)
    assert listed(officer, "to_ask") == listed(third, "to_approve") == [str(each)]
    with pytest.raises(NotPossible):
        disclosures.tell(first, each, "words", "contact_restored")
    disclosures.approve(third, each)  # after all
    assert Disclosure._all.get().refused_at
    assert listed(officer, "to_ask") == []
    disclosures.ask(officer, each, "yes")
    assert Disclosure._all.get().refusal is None
    assert [entry.facts for entry in entries(action="disclosure.refuse")] == [{}]


def test_what_was_not_told_is_taken_back_soon_and_by_who_recorded_it(scope, ready, monkeypatch):
    asked, other = ready
    each, first, _, third, officer = concluded(scope)
    disclosures.ask(officer, each, "yes")
    disclosures.approve(third, each)
    Card._all.filter(id=other.id).update(status="in_progress")
    with pytest.raises(NotPossible):
        disclosures.take_back(first, each)
    disclosures.tell(first, each, "A slip.", "reunified")
    assert "take_back" in acts.standing(first, each)["may"]
    with pytest.raises(NotPossible, match="who recorded it"):
        disclosures.take_back(third, each)
    monkeypatch.setattr(disclosures, "SLIPS", timedelta(0))
    with pytest.raises(NotPossible, match="within an hour"):
        disclosures.take_back(first, each)
    assert "take_back" not in acts.standing(first, each)["may"]
    monkeypatch.undo()
    disclosures.take_back(first, each)
    act = Disclosure._all.get()
    assert (act.content, act.told_by, act.told_at) == (None, None, None)
    assert act.approved_at
    assert [Card._all.get(id=card.id).status for card in (asked, other)] == ["verified", "in_progress"]
    assert len(entries(action="disclosure.tell")) == len(entries(action="disclosure.take_back")) == 1
    follow()
    disclosures.tell(first, each, "She is well.", "contact_restored")
    cards.reopen(scope, str(asked.local))
    disclosures.take_back(first, each)
    assert Card._all.get(id=asked.id).status == "open"  # what was changed since stays


def approved(scope):
    """Concluded, agreed to and approved; the one who tells the family."""
    each, first, _, third, officer = concluded(scope)
    disclosures.ask(officer, each, "yes")
    disclosures.approve(third, each)
    return each, first


def ends():
    return {card.status for card in Card._all.all()}


def test_what_came_of_it_is_recorded_once_it_is_known(scope, ready):
    each, first = approved(scope)
    with pytest.raises(NotPossible, match="not told yet"):
        disclosures.come_of(first, each, "reunified")
    with pytest.raises(NotPossible, match="came of it"):
        disclosures.tell(first, each, "She is well.", "identified")
    disclosures.tell(first, each, "She was found.")
    assert ends() == {"verified"}
    assert conclusions.conditions(first, each)["family_told"]
    told = acts.standing(first, each)
    assert (told["next"]["act"], told["disclosure"]["end"]) == ("disclosure.come_of", "")
    assert "come_of" in told["may"]
    assert "tell" not in told["may"]
    assert listed(first, "to_tell") == [str(each)]
    assert waiting(first)["to_tell"] == 1
    with pytest.raises(NotPossible, match="made already"):
        disclosures.tell(first, each, "Again.", "reunified")
    for who, end, refused in (
        (first, "identified", NotPossible), (first, "", NotPossible), (somebody("local", F), "reunified", Denied),
    ):  # fmt: skip
        with pytest.raises(refused):
            disclosures.come_of(who, each, end)
    disclosures.come_of(somebody("local", C), each, "contact_restored")
    assert ends() == {"contact_restored"}
    assert listed(first, "to_tell") == []
    told = acts.standing(first, each)
    assert (told["next"]["act"], told["disclosure"]["end"]) == ("", "contact_restored")
    assert told["disclosure"]["words"] == "She was found."
    with pytest.raises(NotPossible, match="recorded already"):
        disclosures.come_of(first, each, "reunified")
    assert [entry.facts for entry in entries(action="disclosure.come_of")] == [{"end": "contact_restored"}]


def test_what_came_of_it_is_taken_back_before_that_the_family_was_told(scope, ready, monkeypatch):
    each, first = approved(scope)
    other = somebody("local", C)
    disclosures.tell(first, each, "She was found.")
    disclosures.come_of(other, each, "reunified")
    with pytest.raises(NotPossible, match="who recorded it"):
        disclosures.take_back(first, each)
    disclosures.take_back(other, each)
    act = Disclosure._all.get()
    assert act.told_at
    assert (act.ended_by, act.ended_at) == (None, None)
    assert ends() == {"verified"}
    assert acts.standing(first, each)["disclosure"]["words"] == "She was found."
    Disclosure._all.update(told_at=timezone.now() - timedelta(weeks=3))
    disclosures.come_of(first, each, "contact_restored")
    disclosures.take_back(first, each)  # the end is of now
    assert ends() == {"verified"}
    with pytest.raises(NotPossible, match="within an hour"):
        disclosures.take_back(first, each)
    Disclosure._all.update(told_at=timezone.now())
    disclosures.take_back(first, each)
    assert Disclosure._all.get().content is None


def test_cards_are_searched_from_until_it_is_known_what_came_of_it(scope, ready):
    each, first = approved(scope)
    follow()
    disclosures.tell(first, each, "She was found.")
    asked, other = ready
    assert allowed_for(asked).people == {other.id: other.subject_id}
    disclosures.come_of(first, each, "contact_restored")
    assert not allowed_for(asked)
    assert follow() > 0
    assert only().state == State.CONCLUDED


def test_who_mends_what_was_not_approved_and_who_approves_are_named(scope, ready):
    each, first, second, third, officer = concluded(scope)
    disclosures.ask(officer, each, "yes")
    following = acts.standing(first, each)["next"]
    login = User.objects.get(id=second.user).username
    assert (following["act"], following["not_by"], following["mend"]) == ("disclosure.approve", login, None)
    disclosures.refuse(third, each, "Ask her alone.")
    following = acts.standing(first, each)["next"]
    assert set(following["mend"]["roles"]) == {F, C, S, X}
    assert following["mend"]["office"]
    assert following["not_by"] == login
    disclosures.approve(third, each)
    following = acts.standing(first, each)["next"]
    assert (following["not_by"], following["mend"]) == ("", None)


def test_of_families_told_by_an_earlier_release_it_is_known_what_came_of_it(scope, ready):
    each, first = approved(scope)
    disclosures.tell(first, each, "She is well.", "reunified")
    Disclosure._all.update(ended_by=None, ended_at=None)
    import_module("kintrace.matching.migrations.0007_what_came_of_it").ended_as_told(apps, None)
    act = Disclosure._all.get()
    assert (act.ended_by_id, act.ended_at) == (act.told_by_id, act.told_at)


def test_who_answered_is_known_by_name_where_it_was_not_the_person(scope, ready):
    each, _, _, third, officer = concluded(scope)
    for capacity, match in (("neighbour", "capacity"), ("guardian", "Say who")):
        with pytest.raises(KintraceError, match=match):
            disclosures.ask(officer, each, "yes", capacity=capacity)
    disclosures.ask(officer, each, "yes", by_whom="not kept")
    assert (Disclosure._all.get().capacity, Disclosure._all.get().by_whom) == ("self", None)
    disclosures.ask(officer, each, "yes", capacity="guardian", by_whom="Rana Azzam (invented)")
    assert b"Rana" not in bytes(Disclosure._all.get().by_whom)
    names = [acts.standing(who, each)["disclosure"]["by_whom"] for who in (officer, third)]
    assert names == ["Rana Azzam (invented)"] * 2


@pytest.mark.parametrize(("one", "two", "three", "end"), [
    ("excluded", "excluded", None, State.EXCLUDED),
    ("inconclusive", "inconclusive", None, State.INCONCLUSIVE),
    ("potential_candidate", "excluded", "potential_candidate", State.AGREED),
    ("potential_candidate", "excluded", "excluded", State.EXCLUDED),
    ("potential_candidate", "excluded", "inconclusive", State.INCONCLUSIVE),
    ("inconclusive", "potential_candidate", "potential_candidate", State.AGREED),
])  # fmt: skip
def test_who_differs_goes_to_a_third_who_saw_neither(scope, ready, one, two, three, end):
    first, second, third = people(C, S, S)
    judge(first, one)
    judge(second, two)
    if three:
        assert state() == State.ARBITRATION_BLIND
        assert next_blind(second, control_rate=0) is None
        judge(third, three)
    assert state() == end
    assert next_blind(somebody("local", S), control_rate=0) is None


def test_the_second_statement_counts_not_the_blind_one(scope, ready):
    first, second = people(C, S)
    judge(first, "inconclusive", then="potential_candidate")
    judge(second, "excluded", then="potential_candidate")
    assert state() == State.AGREED
    said = reviews.conclusions_of(second, only().id)
    assert [(each["seat"], each["stage"], each["conclusion"]) for each in said] == [
        (1, "blind_face", "inconclusive"), (1, "with_context", "potential_candidate"),
        (2, "blind_face", "excluded"), (2, "second", "potential_candidate"),
    ]  # fmt: skip
    assert said[0]["features"] == FACE


def test_nobody_reviews_twice_nor_their_own_card_nor_after_looking(scope, ready):
    assert next_blind(scope, control_rate=0) is None  # the local officer registered both
    curious, first = people(C, S)
    candidates.shown(curious, only().id, before_review=True)
    assert next_blind(curious, control_rate=0) is None
    judge(first)
    assert next_blind(first, control_rate=0) is None
    assert next_blind(somebody("local", C), control_rate=0) is None  # the second is a senior
    with pytest.raises(Denied):
        next_blind(somebody("local", F), control_rate=0)
    with pytest.raises(NotPossible, match="not over"):
        reviews.conclusions_of(first, only().id)


def test_a_conflict_of_interest_gives_the_seat_back(scope, ready):
    first, other = people(C, C)
    sitting = next_blind(first, control_rate=0)
    assert next_blind(first, control_rate=0) == sitting
    assert next_blind(other, control_rate=0) is None
    reviews.declare_conflict(first, sitting.id)
    assert next_blind(first, control_rate=0) is None
    judge(other)
    with pytest.raises(NotPossible, match="no such review"):
        reviews.record_blind(first, sitting.id, "excluded", FACE)


@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize("how", ["shut out", "no reviewer any more"])
def test_the_seat_of_who_left_is_given_back(scope, ready, judged, how):
    first, other = people(C, C)
    sitting = next_blind(first, control_rate=0)
    if judged:
        reviews.record_blind(first, sitting.id, "excluded", FACE)
    assert next_blind(other, control_rate=0) is None
    if how == "shut out":
        User.objects.filter(id=first.user).update(is_active=False)
    else:
        Membership._all.filter(user=first.user).update(role=F)
    judge(other)
    assert state() == State.SECOND_BLIND
    assert {each.reviewer_id for each in Review._all.all()} == {other.user}
    assert entries(action="review.given_back")[0].facts == {"judged": judged}


def test_a_statement_stays_whoever_leaves(scope, ready):
    first, second = people(C, S)
    judge(first)
    User.objects.filter(id=first.user).update(is_active=False)
    judge(second)
    assert state() == State.AGREED


def test_a_conflict_that_shows_only_with_everything_in_view_voids_the_judgement(scope, ready):
    first, other, senior = people(C, C, S)
    sitting = next_blind(first, control_rate=0)
    reviews.record_blind(first, sitting.id, "excluded", FACE)
    reviews.unveiled(first, sitting.id)
    reviews.declare_conflict(first, sitting.id)
    assert state() == State.BLIND
    assert entries(action="review.conflict")[0].facts == {"judged": True}
    assert next_blind(first, control_rate=0) is None
    with pytest.raises(NotPossible):
        reviews.record_statement(first, sitting.id, "excluded", "too late")
    judge(other)
    second = next_blind(senior, control_rate=0)
    reviews.record_blind(senior, second.id, "potential_candidate", FACE)
    reviews.record_statement(senior, second.id, "potential_candidate", "all of it agrees")
    assert state() == State.AGREED
    with pytest.raises(NotPossible, match="judged this pair already"):
        reviews.declare_conflict(senior, second.id)
    assert {each.reviewer_id for each in Review._all.all()} == {other.user, senior.user}


def test_faces_are_judged_before_anything_is_said_and_once(scope, ready):
    (first,) = people(C)
    sitting = next_blind(first, control_rate=0)
    with pytest.raises(NotPossible, match="faces first"):
        reviews.unveiled(first, sitting.id)
    with pytest.raises(NotPossible, match="faces first"):
        reviews.record_statement(first, sitting.id, "excluded", "too early")
    with pytest.raises(NotPossible, match="component"):
        reviews.record_blind(first, sitting.id, "excluded", {**FACE, "shoes": "similar"})
    with pytest.raises(NotPossible, match="component"):
        reviews.record_blind(first, sitting.id, "excluded", {**FACE, "nose": ""})
    with pytest.raises(NotPossible, match="conclusion"):
        reviews.record_blind(first, sitting.id, "match", FACE)
    reviews.record_blind(first, sitting.id, "excluded", FACE)
    with pytest.raises(NotPossible):
        reviews.record_blind(first, sitting.id, "potential_candidate", FACE)
    assert "names" in [fact["fact"] for fact in reviews.unveiled(first, sitting.id)["facts"]]
    with pytest.raises(NotPossible, match="reason"):
        reviews.record_statement(first, sitting.id, "excluded", " ")


def test_a_face_is_judged_by_every_part_of_it_and_what_cannot_be_compared_is_an_answer(scope, ready):
    (first,) = people(C)
    sitting = next_blind(first, control_rate=0)
    some = {part: word for part, word in FACE.items() if part not in ("ears", "neck")}
    for given, missing in ((some, "Still to judge: ears, neck."), ({}, "Still to judge: face_outline, .*, neck.")):
        with pytest.raises(NotPossible, match=missing) as refused:
            reviews.record_blind(first, sitting.id, "potential_candidate", given)
        assert "nothing is lost" in refused.value.kept
    assert state() == State.BLIND
    assert not Review._all.exists()
    assert next_blind(first, control_rate=0).id == sitting.id
    reviews.record_blind(first, sitting.id, "inconclusive", dict.fromkeys(FACE, "not_comparable"))
    assert set(reviews.unveiled(first, sitting.id)["judged"]["features"]) == set(reviews.COMPONENTS)


def test_a_known_pair_asks_for_every_part_as_any_other(scope, ready):
    (first,) = people(C)
    photos = [str(each) for each in Photo._all.order_by("made_at").values_list("id", flat=True)]
    known_pairs.add_control(somebody("local", S), *map(UUID, photos[:2]), one_person=True)
    sitting = next_blind(first, control_rate=1)
    assert ControlReview._all.filter(id=sitting.id).exists()
    with pytest.raises(NotPossible, match="Still to judge: face_outline"):
        reviews.record_blind(first, sitting.id, "excluded", {})
    assert reviews.record_blind(first, sitting.id, "excluded", FACE)["known"]


def test_a_pair_without_faces_to_compare_is_judged_by_the_rest(scope):
    """Most lists of found persons hold no photo: names and dates alone bring such a pair before two people all the same."""
    request(scope)
    found(scope)
    follow()
    first, second = people(C, S)
    sitting = next_blind(first, control_rate=0)
    assert sitting.sides == (0, 0)
    with pytest.raises(NotPossible, match="faces first"):
        reviews.unveiled(first, sitting.id)
    for said, features in (("potential_candidate", {}), ("inconclusive", FACE)):
        with pytest.raises(NotPossible, match="no photo"):
            reviews.record_blind(first, sitting.id, said, features)
    for reviewer in (first, second):
        mine = next_blind(reviewer, control_rate=0)
        reviews.record_blind(reviewer, mine.id, "inconclusive", {})
        reviews.record_statement(reviewer, mine.id, "potential_candidate", "names and dates agree")
    assert state() == State.AGREED
    assert set(reviews.conclusions_of(second, only().id)[0]["features"].values()) == {"not_comparable"}
    conclusions.conclude(second, only().id, ["names", "birth"], "they agree")


def test_photos_that_nobody_looked_into_yet_are_waited_for(scope, acquirer, pairs):
    calibration = calibration_for(active_packs("sface"))
    engine = standing.Engine(LiveGallery(acquirer.pack, acquirer.encoder.dimensions), calibration)
    asked, other = request(scope), found(scope)
    attach(scope, str(asked.local), pairs[0][0].read_bytes(), PhotoForm("photo.jpg"))
    standing.follow(engine)
    (first,) = people(C)
    assert next_blind(first, control_rate=0) is None
    worker.run(acquirer)
    standing.follow(engine)
    sitting = next_blind(first, control_rate=0)
    assert sorted(sitting.sides) == [0, 1]
    reviews.record_blind(first, sitting.id, "inconclusive", {})
    attach(scope, str(other.local), pairs[0][1].read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    standing.follow(engine)
    assert (state(), only().round) == (State.BLIND, 2)  # there are faces now: they are judged
    assert next_blind(first, control_rate=0).sides == (1, 1)


def test_pictures_are_of_one_size_and_tell_nothing_else(scope, ready, acquirer):
    (first,) = people(C)
    sitting = next_blind(first, control_rate=0)
    assert sorted(sitting.sides) == [1, 2]
    for side, count in enumerate(sitting.sides):
        for number in range(count):
            data = reviews.picture(first, sitting.id, side, number)
            picture = Image.open(io.BytesIO(data))
            assert picture.size == (pictures.SIDE, pictures.SIDE)
            assert not picture.getexif()
    with pytest.raises(NotPossible):
        reviews.picture(first, sitting.id, 0, 9)
    with pytest.raises(NotPossible):
        reviews.picture(somebody("local", C), sitting.id, 0, 0)


def test_the_order_of_sides_is_random(scope, ready):
    each, swapped = only(), set()
    for _ in range(40):
        (somebody_new,) = people(C)
        next_blind(somebody_new, control_rate=0)
        seat = Seat._all.get()
        swapped.add(seat.swapped)
        seat.delete()
    assert swapped == {True, False}
    assert each.id == only().id


def test_a_pair_is_offered_again_only_where_a_fact_changed(scope, ready):
    asked, _ = ready
    first, second, third = people(C, S, S)
    judge(first, "excluded")
    judge(second, "excluded")
    standing.search(scope.card(str(asked.local)), ENGINE, scope.actor, trigger="card.search", purpose="tracing")
    assert next_blind(somebody("local", C), control_rate=0) is None
    cards.amend(scope, str(asked.local), {"height": "165 cm"}, why="the mother remembered")
    follow()
    assert (state(), only().round) == (State.BLIND, 2)
    judge(first)  # a new round, by whoever is free
    judge(third)
    assert state() == State.AGREED


def test_what_was_excluded_is_not_offered_again_when_a_card_is_reopened(scope, ready):
    asked, _ = ready
    first, second = people(C, S)
    judge(first, "excluded")
    judge(second, "excluded")
    held = only().id
    cards.close(scope, str(asked.local), "the family withdrew")
    follow()
    cards.reopen(scope, str(asked.local))
    follow()
    assert (only().id, state(), only().round) == (held, State.EXCLUDED, 1)
    assert next_blind(somebody("local", C), control_rate=0) is None
    agreements.withdraw_consent(scope, str(asked.local), "tracing")
    follow()
    assert not Candidate._all.exists()


def test_who_was_found_is_looked_for_no_more(scope, acquirer, pairs):
    """Once the family was told, what else their card was a candidate for is offered to nobody, and goes."""
    asked, other = make(scope, acquirer, pairs)
    third = found(scope)
    attach(scope, str(third.local), pairs[1][1].read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    first, second, senior, officer = people(C, S, S, F)
    one = Candidate._all.get(found=other)
    Candidate._all.filter(found=third).update(made_at=timezone.now())
    judge(first)
    judge(second)
    conclusions.conclude(second, one.id, ["names"], "it agrees")
    disclosures.ask(officer, one.id, "yes")
    disclosures.approve(senior, one.id)
    assert waiting(first)["first_reviews"] == 1
    disclosures.tell(first, one.id, "She is well.", "contact_restored")
    assert waiting(first)["first_reviews"] == 0
    assert next_blind(first, control_rate=0) is None
    assert follow() == 2
    assert (only().id, only().state) == (one.id, State.CONCLUDED)
    cards.reopen(scope, str(asked.local))
    follow()
    assert Candidate._all.filter(found=third, state=State.BLIND).exists()


def test_where_somebody_may_be_a_minor_three_must_agree(scope, acquirer, pairs):
    make(scope, acquirer, pairs, date_of_birth="2015-05-12")
    assert only().stricter
    first, second, third = people(C, S, S)
    judge(first)
    judge(second)
    assert state() == State.ARBITRATION_BLIND
    with pytest.raises(NotPossible):
        conclusions.conclude(second, only().id, ["names"], "two are not enough")
    judge(third)
    assert state() == State.AGREED
    conclusions.conclude(third, only().id, ["names"], "three agree")


def test_known_pairs_are_mixed_in_and_told_afterwards(scope, ready):
    first, second, senior = people(C, C, S)
    photos = [str(each) for each in Photo._all.order_by("made_at").values_list("id", flat=True)]
    one = known_pairs.add_control(senior, *map(UUID, photos[:2]), one_person=True)
    two = known_pairs.add_control(senior, *map(UUID, (photos[0], photos[2])), one_person=False)
    for reviewer, said in (
        (first, ("potential_candidate", "potential_candidate")),
        (second, ("excluded", "potential_candidate")),
    ):
        for conclusion in said:
            sitting = next_blind(reviewer, control_rate=1)
            assert sorted(sitting.sides) == [1, 2]  # all photos of both, as of any other pair
            for side, count in enumerate(sitting.sides):
                for number in range(count):
                    assert reviews.picture(reviewer, sitting.id, side, number)
            done = reviews.record_blind(reviewer, sitting.id, conclusion, FACE)
            assert done["known"]
    assert {each.control_id for each in ControlReview._all.all()} == {one.id, two.id}
    told = report.error_rates(senior)
    assert told["chain"]["pairs"] == 2
    assert told["chain"]["two_people"]["wrong"] == 1
    assert told["chain"]["one_person"]["wrong"] == 0
    rates = list(told["reviewers"].values())
    assert sorted(each["one_person"]["wrong"] for each in rates) == [0, 1]
    low, high = told["chain"]["two_people"]["interval"]
    assert low < 1 <= high
    assert not reviews.record_blind(first, next_blind(first, control_rate=1).id, "excluded", FACE)[
        "known"
    ]  # none is left


def known_pair(by, *cards):
    photos = [Photo._all.filter(person=card.subject_id).order_by("made_at").first().id for card in cards]
    return known_pairs.add_control(by, *photos, one_person=False)


def test_nobody_is_given_a_known_pair_that_they_made_or_of_their_own_card(scope, ready):
    asked, other = ready
    maker, owner, registrar, colleague = people(S, S, C, S)
    known_pair(maker, asked, other)
    Card._all.filter(id=asked.id).update(owner=owner.user)
    Fact._all.filter(person=other.subject_id).update(made_by=registrar.user)
    Candidate._all.update(state=State.INCONCLUSIVE)
    for reviewer, may in ((maker, 0), (owner, 0), (registrar, 0), (colleague, 1)):
        assert waiting(reviewer)["first_reviews"] == may
        assert (next_blind(reviewer, control_rate=1) is not None) == may


def test_nobody_is_given_a_known_pair_of_records_that_they_reviewed_or_looked_at(scope, ready):
    first, second, curious, biased, senior = people(C, S, C, C, S)
    candidates.shown(curious, only().id, before_review=True)
    reviews.declare_conflict(biased, next_blind(biased, control_rate=0).id)
    judge(first)
    judge(second)
    known_pair(senior, *ready)
    assert {waiting(each)["first_reviews"] for each in (first, second, curious, biased)} == {0}
    assert {next_blind(each, control_rate=1) for each in (first, second, curious, biased)} == {None}
    assert next_blind(somebody("local", C), control_rate=1) is not None


def test_a_known_pair_of_the_dead_is_for_forensic_officers_and_one_in_quarantine_for_nobody(scope, ready):
    asked, other = ready
    maker, before, reviewer, officer = people(S, C, C, X)
    known_pair(maker, asked, other)
    Candidate._all.update(state=State.INCONCLUSIVE)
    assert next_blind(before, control_rate=1) is not None
    cards.amend(scope, str(other.local), {"found_kind": "deceased_unidentified"}, why="the hospital wrote")
    assert {next_blind(each, control_rate=1) for each in (before, reviewer)} == {None}
    assert next_blind(officer, control_rate=1) is not None
    with pytest.raises(NotPossible, match="not there"):
        known_pair(somebody("local", S), asked, other)
    Photo._all.filter(person=asked.subject_id).update(assessment=Assessed.QUARANTINED)
    assert next_blind(officer, control_rate=1) is None


def test_an_installation_chooses_how_many_known_pairs_are_mixed_in(scope, ready, settings):
    (senior,) = people(S)
    photos = [str(each) for each in Photo._all.order_by("made_at").values_list("id", flat=True)]
    known_pairs.add_control(senior, *map(UUID, photos[:2]), one_person=True)
    for share, least, most in ((0.0, 0, 0), (0.5, 12, 48)):  # outside once in half a million times
        settings.KNOWN_PAIRS = share
        ControlReview._all.all().delete()
        for reviewer in people(*[C] * 60):
            assert next_blind(reviewer) is not None
            Seat._all.all().delete()
        assert least <= ControlReview._all.count() <= most
    settings.KNOWN_PAIRS = 0.1
    Candidate._all.update(state=State.INCONCLUSIVE)
    assert next_blind(somebody("local", C)) is not None  # a known one, where nothing else waits
    settings.KNOWN_PAIRS = 0.0
    assert next_blind(somebody("local", C)) is None


@pytest.mark.parametrize("given", ["0.6", "-0.1", "often", "nan", "1"])
def test_a_share_of_known_pairs_that_cannot_be_is_said_at_the_start(monkeypatch, given):
    monkeypatch.setenv("KINTRACE_KNOWN_PAIRS", given)
    with pytest.raises(KintraceError, match=f"KINTRACE_KNOWN_PAIRS is “{given}”.* from 0 to 0.5"):
        chosen("KINTRACE_KNOWN_PAIRS", 0.1, least=0, most=0.5)
    for good, share in (("", 0.1), ("0", 0), ("0.25", 0.25), ("0.5", 0.5)):
        monkeypatch.setenv("KINTRACE_KNOWN_PAIRS", good)
        assert chosen("KINTRACE_KNOWN_PAIRS", 0.1, least=0, most=0.5) == share


def test_a_chain_is_what_three_come_to_and_a_conflict_is_no_judgement(scope, ready):
    reviewers, senior = people(C, C, C, C), somebody("local", S)
    photos = [str(each) for each in Photo._all.order_by("made_at").values_list("id", flat=True)]
    known_pairs.add_control(senior, *map(UUID, photos[:2]), one_person=True)
    for reviewer, said in zip(reviewers, ("", "excluded", "potential_candidate", "excluded"), strict=True):
        sitting = next_blind(reviewer, control_rate=1)
        if said:
            reviews.record_blind(reviewer, sitting.id, said, FACE)
        else:
            reviews.declare_conflict(reviewer, sitting.id)
        chain = report.error_rates(senior)["chain"]
        if said == "potential_candidate":  # a third has to say
            assert (chain["pairs"], chain["one_person"]["judged"]) == (1, 0)
    assert (chain["one_person"]["judged"], chain["one_person"]["wrong"]) == (1, 1)
    assert report.office_errors(senior)["chain"] == chain
    assert report.office_errors(senior)["together"]["pairs"] == 3
    assert report.office_errors(senior)["together"]["inconclusive"] == 0
    assert report.own_errors(reviewers[0])["pairs"] == 0


def test_a_death_needs_forensics_a_primary_identifier_and_a_reference(scope, acquirer, pairs):
    make(scope, acquirer, pairs, found_kind="deceased_unidentified")
    each = only()
    assert each.of_dead
    assert next_blind(somebody("local", C), control_rate=0) is None
    judge(somebody("local", X))
    judge(somebody("local", X))
    officer = somebody("local", X)
    with pytest.raises(Denied):
        conclusions.conclude(somebody("local", S), each.id, ["names"], "no")
    for more in ({}, {"primary_identifier": "dna"}, {"primary_identifier": "face", "authority_reference": "7/2026"}):
        with pytest.raises(NotPossible, match="primary identifier"):
            conclusions.conclude(officer, each.id, ["names"], "not enough", **more)
    conclusions.conclude(
        officer, each.id, ["names"], "it agrees", primary_identifier="dna", authority_reference="7/2026"
    )
    with pytest.raises(NotPossible, match="cannot be asked"):
        disclosures.ask(officer, each.id, "yes")
    disclosures.ask(officer, each.id, "cannot_be_asked")
    disclosures.approve(somebody("local", S), each.id)
    for end in ("reunified", "contact_restored"):
        with pytest.raises(NotPossible, match="fate"):
            disclosures.tell(officer, each.id, "We are sorry.", end)
    disclosures.tell(officer, each.id, "We are sorry.", "fate_clarified")


def test_who_died_meanwhile_is_judged_anew_as_the_dead_are(scope, ready):
    """A death is never concluded on, nor told of, in the way of the living."""
    _, other = ready
    first, second, third, officer = people(C, S, S, F)
    judge(first)
    judge(second)
    each = only()
    cards.amend(scope, str(other.local), {"found_kind": "deceased_unidentified"}, why="the hospital wrote")
    with pytest.raises(NotPossible, match="weighed anew"):
        conclusions.conclude(second, each.id, ["names"], "it agrees")
    cards.amend(scope, str(other.local), {"found_kind": "patient"}, why="it was another patient")
    follow()
    conclusions.conclude(second, each.id, ["names"], "it agrees")
    disclosures.ask(officer, each.id, "yes")
    disclosures.approve(third, each.id)
    cards.amend(scope, str(other.local), {"found_kind": "deceased_unidentified"}, why="the hospital wrote again")
    for act in (
        lambda: disclosures.approve(third, each.id),
        lambda: disclosures.tell(first, each.id, "She is well.", "contact_restored"),
    ):
        with pytest.raises(NotPossible, match="dead"):
            act()
    follow()
    assert (state(), only().of_dead, only().round) == (State.BLIND, True, 2)
    assert not Disclosure._all.exists()
    assert entries(action="conclusion.void")[0].facts == {"of_death": False}
    assert "verified" not in {card.status for card in Card._all.all()}
    for _ in range(2):
        judge(somebody("local", X))
    with pytest.raises(NotPossible, match="primary identifier"):
        conclusions.conclude(somebody("local", X), each.id, ["names"], "it agrees")


def test_withdrawal_takes_everything_along_even_after_a_conclusion(scope, ready):
    asked, _ = ready
    first, second = people(C, S)
    judge(first)
    judge(second)
    conclusions.conclude(second, only().id, ["names"], "it agrees")
    agreements.withdraw_consent(scope, str(asked.local), "all")
    assert not Candidate._all.exists()
    assert not Review._all.exists()
    assert not Disclosure._all.exists()


def test_consent_withdrawn_between_offices_stops_every_verb(scope, acquirer, pairs):
    setup.add_office(scope, "there", "Another office")
    there = somebody("there", F, C)
    asked, other = request(scope), found(there)
    attach(scope, str(asked.local), pairs[0][0].read_bytes(), PhotoForm("a.jpg"))
    attach(there, str(other.local), pairs[0][1].read_bytes(), PhotoForm("b.jpg"))
    worker.run(acquirer)
    follow()
    first, second = people(C, S)
    sitting = next_blind(first, control_rate=0)
    agreements.record_consent(there, str(other.local), consent_form(CONSENT))
    for act in (
        lambda: reviews.record_blind(first, sitting.id, "potential_candidate", FACE),
        lambda: reviews.picture(first, sitting.id, 0, 0),
        lambda: candidates.shown(second, only().id, before_review=True),
    ):
        with pytest.raises((NotPossible, Denied)):
            act()
    assert next_blind(second, control_rate=0) is None
    agreements.record_consent(there, str(other.local), consent_form(SHARED))
    reviews.record_blind(first, sitting.id, "potential_candidate", FACE)


def test_what_half_of_all_people_have_in_common_is_no_second_fact(ready):
    """Sex alone, or a nationality that many have, parts too few to conclude on; nor does the face count."""
    each = only()
    weights = {"face": 3.0, "sex": 0.6, "places": 0.28, "birth": 1.2, "names": -1.0}
    key, place = joint.key_of(each), f"candidate:{each.id}"
    content = joint.unseal(key, place, bytes(each.content))
    content["evidence"]["facts"] = [
        {"fact": name, "log10_lr": weight, "outcome": "agree" if weight > 0 else "differ"}
        for name, weight in weights.items()
    ]
    each.content = joint.seal(key, place, content)
    each.save()
    assert conclusions.agreeing_facts(only()) == ["birth"]


def test_conditions_tell_nothing_of_the_evidence_before_the_faces_are_judged(scope, ready):
    first, second = people(C, S)
    each = only()
    assert conclusions.agreeing_facts(each)
    assert not conclusions.conditions(second, each.id)["a_fact_that_is_not_the_face"]
    judge(first)
    judge(second)
    assert conclusions.conditions(second, each.id)["a_fact_that_is_not_the_face"]


def test_who_searched_by_face_judges_that_pair_not_blind(scope, ready):
    """A search from a card told them how alike the faces are."""
    asked, other = ready
    (first,) = people(C)
    candidates.saw_likeness(first, asked.id, [other.id])
    assert next_blind(first, control_rate=0) is None
    assert candidates.looked(first, only().id)
    assert next_blind(*people(S), control_rate=0) is not None
