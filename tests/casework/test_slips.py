"""Undoing a slip: one saved change is put back whole, or not at all."""

from datetime import timedelta

import pytest
from casework_help import CONSENT, found_form, roles

from kintrace.casework import agreements, amending, cards, registration
from kintrace.casework.forms import card_form, consent_form
from kintrace.casework.names import tokens
from kintrace.casework.people import Role
from kintrace.casework.records import Photo, PhotoState, Template
from kintrace.casework.worker import run
from kintrace.errors import Denied, FormError, NotPossible
from kintrace.vault import find_names

BOTH = {
    "subject": {"full_name": "Olga Petrova (invented)", "nickname": "Olya (invented)", "sex": None},
    "enquirer": {"full_name": "Somebody Else (invented)", "languages": ["uk"]},
}


def said(scope, card):
    told = cards.read(scope, str(card.local))
    return {
        part: {name: fact["value"] for name, fact in told[part]["facts"].items()} for part in ("subject", "enquirer")
    }


def test_both_people_of_a_card_are_put_back_at_once(scope, request_card):
    card = request_card("Nadezhda Petrova (invented)")
    before = said(scope, card)
    done, saved = amending.change(scope, str(card.local), BOTH, why="a slip")
    assert said(scope, card) != before
    saved = amending.Saved.from_plain(saved.plain())
    assert amending.undo(scope, str(card.local), saved).facts == done.facts == 5
    assert said(scope, card) == before
    assert card.subject_id in find_names(tokens(["Nadezhda"]))
    assert card.subject_id not in find_names(tokens(["Olga"]))
    names = [each["value"] for each in cards.history(scope, str(card.local)) if each["fact"] == "full_name"]
    assert names.count("Olga Petrova (invented)") == 1
    with pytest.raises(NotPossible, match="again"):
        amending.undo(scope, str(card.local), saved)


def test_a_change_of_both_is_whole_or_nothing(scope, request_card):
    card = request_card()
    before = said(scope, card)
    for bad in ({"shoe_size": "44"}, {"date_of_birth": "soon"}):
        with pytest.raises(FormError):
            amending.change(scope, str(card.local), {**BOTH, "enquirer": bad}, why="a slip")
        assert said(scope, card) == before


def test_what_was_changed_again_meanwhile_is_not_put_back(scope, request_card):
    card = request_card()
    _, saved = amending.change(scope, str(card.local), BOTH, why="a slip")
    cards.amend(scope, str(card.local), {"languages": ["ru"]}, part="enquirer", why="she said so")
    now = said(scope, card)
    with pytest.raises(NotPossible, match="changed again"):
        amending.undo(scope, str(card.local), saved)
    assert said(scope, card) == now


def test_it_is_offered_only_where_it_would_work(scope, request_card):
    """To who may, as long as nothing of it was changed again, and not twice."""
    card = request_card()
    number = str(card.local)
    _, saved = amending.change(scope, number, BOTH, why="a slip")
    assert amending.undoable(scope, number, saved)
    assert not amending.undoable(roles(scope, Role.SENIOR_REVIEWER), number, saved)
    nothing = amending.Saved({"subject": ["height"]}, saved.begun, saved.ended)
    assert not amending.undoable(scope, number, nothing)
    amending.undo(scope, number, saved)
    assert not amending.undoable(scope, number, saved)
    _, saved = amending.change(scope, number, BOTH, why="a slip")
    cards.amend(scope, number, {"languages": ["ru"]}, part="enquirer", why="she said so")
    assert not amending.undoable(scope, number, saved)


def test_an_earlier_change_by_the_same_hand_stays(scope, request_card):
    card = request_card()
    cards.amend(scope, str(card.local), {"nickname": "Amoul (invented)"}, why="she said so")
    _, saved = amending.change(scope, str(card.local), {"subject": {"occupation": "baker"}}, why="a slip")
    amending.undo(scope, str(card.local), saved)
    assert said(scope, card)["subject"]["nickname"] == "Amoul (invented)"
    assert "occupation" not in said(scope, card)["subject"]


def test_undoing_needs_the_role_and_something_to_undo(scope, request_card):
    card = request_card()
    _, saved = amending.change(scope, str(card.local), BOTH, why="a slip")
    with pytest.raises(Denied):
        amending.undo(roles(scope, Role.SENIOR_REVIEWER), str(card.local), saved)
    nothing = amending.Saved({"subject": ["height"]}, saved.begun, saved.ended)
    with pytest.raises(NotPossible, match="nothing to put back"):
        amending.undo(scope, str(card.local), nothing)


@pytest.fixture
def grown_up(scope):
    """Somebody who consented for themselves, and whose age was then written wrong."""
    agreed = {**CONSENT, "capacity": "self"}
    form = found_form(consent=agreed)
    form["found"] |= {"date_of_birth": "1987-05"}
    return registration.register(scope, card_form(form))


def test_a_consent_made_void_by_a_slip_holds_again_and_photos_are_read_again(
    scope, grown_up, add_photo, acquirer, pairs
):
    photo = add_photo(grown_up, pairs[0][0])
    run(acquirer)
    assert Template._all.count() == 1
    done, saved = amending.change(scope, str(grown_up.local), {"subject": {"date_of_birth": "2017"}}, why="a slip")
    assert done.consent_void
    assert agreements.held_consent(grown_up.subject) is None
    assert not Template._all.exists()
    assert amending.undo(scope, str(grown_up.local), saved).holds_again
    assert agreements.may(grown_up.subject, "face_search")
    assert Photo._all.get(id=photo.id).state == PhotoState.WAITING
    run(acquirer)
    assert Template._all.count() == 1


def test_a_consent_stays_void_where_they_were_asked_anew(scope, grown_up):
    _, saved = amending.change(scope, str(grown_up.local), {"subject": {"date_of_birth": "2017"}}, why="a slip")
    guardian = consent_form({**CONSENT, "capacity": "guardian", "purposes": {"tracing": True, "face_search": False}})
    agreements.record_consent(scope, str(grown_up.local), guardian)
    assert not amending.undo(scope, str(grown_up.local), saved).holds_again
    held = agreements.held_consent(grown_up.subject)
    assert held is not None
    assert held.capacity == "guardian"
    assert not agreements.may(grown_up.subject, "face_search")


def test_another_consent_is_never_revived(scope, grown_up):
    first = agreements.held_consent(grown_up.subject)
    no = consent_form({**CONSENT, "capacity": "self", "purposes": {"tracing": True, "face_search": False}})
    agreements.record_consent(scope, str(grown_up.local), no)
    _, saved = amending.change(scope, str(grown_up.local), {"subject": {"occupation": "baker"}}, why="a slip")
    forged = amending.Saved(saved.facts, saved.begun - timedelta(days=1), saved.ended, first.id)
    assert not amending.undo(scope, str(grown_up.local), forged).holds_again
    assert not agreements.may(grown_up.subject, "face_search")
