"""DESIGN.md §5 rule 12: minors need a guardian or best-interest basis, and are never published."""

import pytest
from casework_help import CONSENT, found_form, request_form
from matching_help import find_evidence, follow, found, judge, only, request, somebody

from kintrace.casework import agreements, cards, registration, worker
from kintrace.casework.forms import PhotoForm, card_form, consent_form
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.records import Card
from kintrace.errors import FormError, NotPossible
from kintrace.faces import active_packs
from kintrace.folder import calibration_for
from kintrace.matching import conclusions, disclosures, standing


def child(**consent):
    form = found_form("A child (invented)", consent={**CONSENT, **consent})
    form["found"]["found_kind"] = "unaccompanied_child"
    return form


def test_a_child_does_not_consent_alone(scope):
    with pytest.raises(FormError, match="under 18"):
        registration.register(scope, card_form(child(capacity="self")))
    assert not Card._all.exists()
    registration.register(scope, card_form(child(capacity="guardian")))
    registration.register(scope, card_form(child(capacity="best_interest")))
    assert Card._all.count() == 2


def test_a_child_is_never_published(scope):
    with pytest.raises(FormError, match="published"):
        registration.register(scope, card_form(child(capacity="guardian", purposes={"tracing": True, "publish": True})))


def test_the_rule_holds_for_a_consent_recorded_later(scope):
    form = request_form()
    form["sought"]["date_of_birth"] = "9 as of 2026-01-01"
    card = registration.register(scope, card_form(form))
    for bad in ({"capacity": "self"}, {"purposes": {"publish": True}}):
        with pytest.raises(FormError):
            agreements.record_consent(scope, str(card.local), consent_form({**CONSENT, **bad}))
    assert not agreements.may(card.subject, "publish")


def test_an_amended_age_makes_an_old_consent_void_for_publication(scope):
    """Somebody thought to be grown up agreed to publication; then they turn out to be a child."""
    form = found_form(consent={**CONSENT, "capacity": "self", "purposes": {"tracing": True, "publish": True}})
    form["found"]["date_of_birth"] = "1990"
    card = registration.register(scope, card_form(form))
    assert agreements.may(card.subject, "publish")
    assert not cards.amend(scope, str(card.local), {"occupation": "baker"}, why="said so").consent_void
    assert cards.amend(scope, str(card.local), {"date_of_birth": "2015"}, why="a birth certificate came").consent_void
    assert not agreements.may(card.subject, "publish")
    assert not agreements.may(card.subject, "tracing")
    agreements.record_consent(scope, str(card.local), consent_form({**CONSENT, "capacity": "guardian"}))
    assert agreements.may(card.subject, "face_search")


def test_a_child_is_reviewed_more_strictly_and_the_face_is_said_to_age(scope, acquirer, pairs):
    born = "9 as of 2024-01"
    asked, other = request(scope, date_of_birth=born), found(scope, date_of_birth=born)
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg", taken="2024-06"))
    worker.run(acquirer)
    engine = standing.Engine(
        LiveGallery(acquirer.pack, acquirer.encoder.dimensions), calibration_for(active_packs("sface"))
    )
    standing.follow(engine)
    assert only().stricter
    assert any("child" in caution for caution in find_evidence(only())["cautions"])
    first, second, third = (
        somebody("local", role) for role in (Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.SENIOR_REVIEWER)
    )
    judge(first)
    judge(second)
    with pytest.raises(NotPossible):
        conclusions.conclude(second, only().id, ["names"], "two are not enough for a child")
    judge(third)
    conclusions.conclude(third, only().id, ["names"], "three agree")
    for answer in ("yes", "no", "later"):
        with pytest.raises(FormError, match="under 18"):
            disclosures.ask(first, only().id, answer)
    with pytest.raises(NotPossible, match="who answered"):
        disclosures.ask(first, only().id, "yes", capacity="best_interest")
    disclosures.ask(first, only().id, "yes", capacity="guardian", by_whom="An aunt (invented)")
    disclosures.approve(second, only().id)


def test_an_answer_of_somebody_who_turns_out_to_be_a_child_holds_no_more(scope, acquirer, pairs):
    asked, other = request(scope), found(scope)
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    first, second, third = (
        somebody("local", role) for role in (Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.SENIOR_REVIEWER)
    )
    judge(first)
    judge(second)
    conclusions.conclude(second, only().id, ["names"], "it agrees")
    disclosures.ask(first, only().id, "yes")
    cards.amend(scope, str(other.local), {"date_of_birth": "2015"}, why="a birth certificate came")
    with pytest.raises(FormError, match="under 18"):
        disclosures.approve(third, only().id)
    assert disclosures.may_answer(only()) == ["guardian", "best_interest"]
    cards.amend(scope, str(other.local), {"date_of_birth": None}, why="it was another's")
    assert "self" in disclosures.may_answer(only())
    cards.amend(scope, str(asked.local), {"date_of_birth": "2015"}, why="the mother says so")
    assert "self" not in disclosures.may_answer(only())  # the request tells of the age where their own card does not
