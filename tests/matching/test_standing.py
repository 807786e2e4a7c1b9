"""The standing search: two cards find each other, in whatever order they come, and only as long as they may."""

from datetime import date

import pytest
from matching_help import ENGINE, NAME, SHARED, find_evidence, follow, found, only, request, somebody

from kintrace.casework import agreements, cards, erasure, setup, worker
from kintrace.casework.forms import consent_form
from kintrace.casework.people import Role
from kintrace.casework.records import Card
from kintrace.errors import Denied, NotPossible
from kintrace.ledger import entries
from kintrace.matching import candidates, following, joint, standing
from kintrace.matching.comparable import keep_apart
from kintrace.matching.models import Candidate, Share
from kintrace.matching.searchrecords import Followed
from kintrace.vault import destroy


@pytest.fixture
def there(scope):
    setup.add_office(scope, "there", "Another office")
    return somebody("there", Role.FIELD_OFFICER, Role.CASEWORKER)


def with_faces(acquirer):
    """An engine that compares faces, too."""
    from kintrace.casework.live import LiveGallery
    from kintrace.faces import active_packs
    from kintrace.folder import calibration_for

    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    return standing.Engine(gallery, calibration_for(active_packs("sface")))


@pytest.mark.parametrize("first", ["request", "found"])
def test_two_cards_find_each_other_across_offices(scope, there, first):
    made = [request(scope), found(there)] if first == "request" else [found(there), request(scope)]
    assert follow() == 2
    each = only()
    assert {each.request_id, each.found_id} == {card.id for card in made}
    assert each.trigger == "card.register"
    assert [row["id"] for row in candidates.listed(scope)] == [str(each.id)]
    assert [row["id"] for row in candidates.listed(there)] == [str(each.id)]


def test_it_is_found_in_another_script_and_with_a_wrong_day(scope, there):
    found(there, "Amal Kasimova (invented)", date_of_birth="1987-12-05", alternate_names=["Амаль Касимова"])
    request(scope, "Амаль Касимова (вигадана)")
    follow()
    assert find_evidence(only())["log10_lr"] > 3


@pytest.mark.parametrize(
    ("one", "other"), [("АВ-123456", "AB 123456"), ("№ ٤٥٦٧٨٩١", "4567891"), ("004567891", "4567891")]
)
def test_a_number_finds_itself_however_it_is_written(scope, one, other):
    found(scope, "Boris Weiss (invented)", serial_number=one, date_of_birth="1987", place_of_birth="Lima")
    request(scope, serial_number=other, date_of_birth="1987-05", place_of_birth="Aleppo")
    assert follow() == 2
    assert [entry.facts["weighed"] != [] for entry in entries(action="search.standing")] == [True, True]


def test_strangers_are_no_candidates(scope):
    request(scope)
    found(scope, "Boris Weiss (invented)", date_of_birth="1950", sex="male", place_of_birth="Lima", nationality="Peruvian",
          mother_maiden_name="Ines Soto (invented)")  # fmt: skip
    assert follow() == 2
    assert not Candidate._all.exists()
    assert [each.outcome for each in entries(action="search.standing")] == ["empty", "empty"]


def test_the_same_search_twice_changes_nothing(scope):
    asked = request(scope)
    found(scope)
    follow()
    before = (only().id, bytes(only().content), only().round)
    assert follow() == 0
    card = scope.card(str(asked.local))
    standing.search(card, ENGINE, scope.actor, trigger="card.search", purpose="tracing")
    assert (only().id, bytes(only().content), only().round) == before
    assert Share._all.count() == 2


def test_a_changed_fact_changes_the_candidate(scope):
    asked = request(scope)
    found(scope)
    follow()
    before = find_evidence(only())
    cards.amend(scope, str(asked.local), {"date_of_birth": "1987"}, why="the mother was not sure")
    assert follow() == 1
    after = find_evidence(only())
    assert after["log10_lr"] < before["log10_lr"]
    cards.amend(scope, str(asked.local), {"full_name": "Nobody Alike (invented)", "date_of_birth": "1940", "sex": "male",
                                          "place_of_birth": "Lima", "nationality": "Peruvian", "mother_maiden_name": None},
                why="another person's card")  # fmt: skip
    follow()
    assert not Candidate._all.exists()


def test_what_is_withdrawn_removes_its_candidates(scope, there):
    asked, other = request(scope), found(there)
    follow()
    only()
    agreements.withdraw_consent(there, str(other.local), "share_office")
    with pytest.raises(Denied):  # even before the standing search comes by
        candidates.shown(scope, only().id, before_review=True)
    follow()
    assert not Candidate._all.exists()
    assert entries(action="candidate.removed")
    agreements.record_consent(there, str(other.local), consent_form(SHARED))
    follow()
    assert only().request_id == asked.id


def test_erasure_takes_candidates_along_and_the_key_is_gone_first(scope):
    asked, other = request(scope), found(scope)
    follow()
    held = only()
    joint.key_of(held)
    destroy([other.subject_id])
    from kintrace.errors import KeyDestroyed

    with pytest.raises(KeyDestroyed):
        joint.key_of(held)
    erasure.finish_erasures(setup.system_scope("retention"))
    assert not Candidate._all.exists()
    assert not Share._all.exists()
    assert cards.read(scope, str(asked.local))


def test_closed_cards_are_not_searched_and_reopened_ones_are(scope):
    asked = request(scope)
    found(scope)
    cards.close(scope, str(asked.local), "invented")
    follow()
    assert not Candidate._all.exists()
    cards.reopen(scope, str(asked.local))
    follow()
    only()


def test_offices_kept_apart_lose_their_candidates_and_find_each_other_again(scope, there):
    request(scope)
    found(there)
    found(scope)
    follow()
    assert Candidate._all.count() == 2
    keep_apart(scope, "there", "local")
    assert follow() == 1
    each = only()
    assert each.request.office == each.found.office
    keep_apart(scope, "there", "local", take_back=True)
    assert follow() == 1  # from the office with fewer cards
    assert Candidate._all.count() == 2


def test_an_expired_card_is_searched_again_when_its_day_is_put_off(scope):
    asked = request(scope)
    Card._all.filter(id=asked.id).update(expires=date(2020, 1, 1))
    found(scope)
    follow()
    assert not Candidate._all.exists()
    cards.set_dates(scope, str(asked.local), expires=date(2090, 1, 1))
    assert follow() == 1
    only()


def test_killed_in_between_it_goes_on_where_it_was(scope, monkeypatch):
    request(scope)
    found(scope)
    real = standing.search
    calls = []

    def dies(*arguments, **more):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **more)

    monkeypatch.setattr(standing, "search", dies)
    with pytest.raises(KeyboardInterrupt):
        follow()
    monkeypatch.setattr(standing, "search", real)
    assert following.behind() == 2
    assert follow() == 2
    only()
    assert following.behind() == 0


def test_one_process_follows_at_a_time(scope):
    from datetime import timedelta

    from django.utils import timezone

    request(scope)
    Followed._all.create(id=1, lease=timezone.now() + timedelta(minutes=1))
    assert follow() == 0
    Followed._all.update(lease=timezone.now() - timedelta(seconds=1))
    assert follow() == 1


def test_faces_make_candidates_too_and_weigh_with_the_rest(scope, there, add_photo, acquirer, pairs):
    from kintrace.casework.forms import PhotoForm
    from kintrace.casework.photos import attach

    asked, other = request(scope, "Somebody (invented)"), found(there, "Quite Other (invented)", date_of_birth="1990")
    add_photo(asked, pairs[0][0])
    attach(there, str(other.local), pairs[0][1].read_bytes(), PhotoForm("b.jpg"))
    worker.run(acquirer)
    engine = with_faces(acquirer)
    assert standing.follow(engine) == 2
    evidence = find_evidence(only())
    assert evidence["facts"][0]["fact"] == "face"
    assert evidence["facts"][0]["log10_lr"] > 2
    assert standing.follow(standing.Engine()) == 0


def test_who_may_be_a_relative_is_not_hidden(scope, there, add_photo, acquirer, pairs):
    """A near face, and names and family as relatives have them: all together speaks against one person, and it is put forward."""
    from kintrace.casework.forms import PhotoForm
    from kintrace.casework.photos import attach

    asked = request(scope, "Olena Hulianytska (invented)", date_of_birth="1987-05-12", place_of_birth="Mariupol")
    family = {"mother_maiden_name": None, "nationality": "Ukrainian", "sex": "male", "place_of_birth": "Kharkiv"}
    brother = found(there, "Taras Hulianytskyi (invented)", date_of_birth="1971-11-20", **family)
    for number in range(40):  # among whom some are expected to look as much alike
        found(scope, f"Somebody{number} Else (invented)", date_of_birth="1950", sex="male", mother_maiden_name=None)
    add_photo(asked, pairs[0][0])
    # A face as near as a brother's may be.
    attach(there, str(brother.local), pairs[0][1].read_bytes(), PhotoForm("b.jpg"))
    worker.run(acquirer)
    engine = with_faces(acquirer)
    card = scope.card(str(asked.local))
    standing.search(card, engine, scope.actor, trigger="card.search", purpose="tracing")
    evidence = find_evidence(only())
    assert only().found_id == brother.id
    assert any("this may be a relative" in words for words in evidence["cautions"])
    assert evidence["log10_lr"] < 0
    told = candidates.shown(scope, only().id, before_review=True)
    assert told["expected_lookalikes"] == told["among"] == 1  # as the person: whoever has a face may have as much


def test_a_face_is_set_against_those_who_have_one(scope, there, add_photo, acquirer, pairs):
    """People without photos are mistaken for nobody by their faces, however many there are; the rest has two halves then."""
    from kintrace.casework.forms import PhotoForm
    from kintrace.casework.photos import attach

    asked, known = request(scope, "Somebody (invented)"), found(there, "Somebody Else (invented)")
    add_photo(asked, pairs[0][0])
    attach(there, str(known.local), pairs[0][1].read_bytes(), PhotoForm("b.jpg"))
    worker.run(acquirer)
    engine, card = with_faces(acquirer), scope.card(str(asked.local))
    alone = {each.found.id: each for each in engine.weighed(card)[0]}[known.id]
    assert alone.among == 1
    assert alone.expected == alone.strangers
    others = [found(there, f"Somebody {number} (invented)", date_of_birth="1987") for number in range(12)]
    weighed, searched = engine.weighed(card)
    among = {each.found.id: each for each in weighed}
    assert searched == 13
    assert (among[known.id].among, among[known.id].strangers) == (1, alone.strangers)
    without = among[others[0].id]
    assert without.among == 13
    for each in weighed:
        assert each.expected == pytest.approx(2 * each.strangers)
    standing.search(card, engine, scope.actor, trigger="card.search", purpose="tracing")
    kept = Candidate._all.get(found=known.id)
    told = candidates.shown(scope, kept.id, before_review=True)
    assert (told["among"], told["with_face"], told["searched"]) == (1, True, 13)
    less = candidates.shown(scope, kept.id, without=["face"], before_review=True)
    assert (less["among"], less["with_face"]) == (13, False)
    assert less["expected_lookalikes"] == pytest.approx(13 * 10 ** -min(less["log10_lr"], 6), rel=1e-3)


def test_on_demand_needs_a_card_of_ones_own_and_a_role(scope, there):
    asked, other = request(scope), found(there)
    assert standing.search_from(scope, str(asked.local), ENGINE).people == 1
    with pytest.raises(Denied):
        standing.search_from(scope, str(other.id), ENGINE)
    with pytest.raises(Denied):
        standing.search_from(somebody("local", Role.FIELD_OFFICER), str(asked.local), ENGINE)


def test_the_evidence_can_be_seen_without_a_fact_and_where_the_found_person_is_not(scope, there):
    request(scope)
    found(there, found_place="Field hospital 3", current_location="Aleppo, ward 2", last_residence="Aleppo")
    follow()
    each = only()
    with pytest.raises(NotPossible, match="being judged"):
        candidates.shown(scope, each.id)
    told = candidates.shown(scope, each.id, before_review=True)
    less = candidates.shown(scope, each.id, without=["names"], before_review=True)
    names = next(fact for fact in told["facts"] if fact["fact"] == "names")["log10_lr"]
    assert told["log10_lr"] - less["log10_lr"] == pytest.approx(names, abs=1e-3)
    nearly = candidates.shown(scope, each.id, without=["names", "family", "places", "sex"], before_review=True)
    assert told["expected_lookalikes"] <= less["expected_lookalikes"] < nearly["expected_lookalikes"]
    places = next(fact for fact in told["facts"] if fact["fact"] == "places")
    assert places["compared"] == ["", ""]
    assert (places["level"], places["parts"]) == ("", [])
    own = next(
        fact for fact in candidates.shown(there, each.id, before_review=True)["facts"] if fact["fact"] == "places"
    )
    assert own["compared"] != ["", ""]
    assert own["level"] != ""
    with pytest.raises(NotPossible, match="no such fact"):
        candidates.shown(scope, each.id, without=["shoe size"], before_review=True)


def test_names_are_in_no_column_of_a_candidate(scope):
    request(scope)
    found(scope)
    follow()
    row = Candidate._all.values().get()
    assert NAME.split()[0].encode() not in b"".join(str(value).encode() for value in row.values())
    assert NAME.split()[0].encode() not in bytes(row["content"])
