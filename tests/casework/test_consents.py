"""The algebra of consent, and that the rule in the query is the same rule."""

import itertools

import pytest
from casework_help import CONSENT, found_form, request_form
from hypothesis import given
from hypothesis import strategies as st

from kintrace.casework import agreements, registration, setup
from kintrace.casework.consents import ALL, Answer, allowing, allows, parsed
from kintrace.casework.forms import card_form, consent_form
from kintrace.casework.records import Consent, Person, Template
from kintrace.errors import FormError, NotPossible
from kintrace.vault import is_destroyed

ANSWERS = st.lists(
    st.builds(
        Answer,
        st.sampled_from(["tracing", "face_search", "share_office"]),
        st.booleans(),
        st.sampled_from(["", "geneva", "local", ALL]),
    ),
    unique_by=lambda each: (each.purpose, each.target),
)


@given(ANSWERS)
def test_nothing_is_allowed_that_was_not_granted(answers):
    for purpose, target in itertools.product(["face_search", "share_office", "publish"], ["", "geneva"]):
        yes = [each for each in answers if each.purpose == purpose and each.allowed]
        assert allows(answers, purpose, target) <= bool(yes)


@given(ANSWERS)
def test_a_no_to_one_office_outweighs_a_yes_to_all(answers):
    kept = [each for each in answers if (each.purpose, each.target) != ("share_office", "geneva")]
    assert not allows([*kept, Answer("share_office", False, "geneva")], "share_office", "geneva")


@given(ANSWERS)
def test_taking_a_yes_away_never_allows_more(answers):
    for gone in (each for each in answers if each.allowed):
        fewer = [each for each in answers if each is not gone]
        for purpose, target in itertools.product(["face_search", "share_office"], ["", "geneva", "local"]):
            assert allows(fewer, purpose, target) <= allows(answers, purpose, target)


def test_the_rule_inside_the_query_is_the_rule(scope):
    """Every combination of answers to two offices, all offices and face search."""
    setup.add_office(scope, "geneva", "Another office")
    names = ["face_search", "share_office:geneva", "share_office:*"]
    for told in itertools.product([True, False, None], repeat=3):
        purposes = {name: answer for name, answer in zip(names, told, strict=True) if answer is not None}
        card = registration.register(scope, card_form(found_form(consent={**CONSENT, "purposes": purposes})))
        answers = parsed(purposes)
        for purpose, target in [("face_search", ""), ("share_office", "geneva"), ("share_office", "kyiv")]:
            asked = Person._all.filter(allowing("id", purpose, target), id=card.subject_id)
            assert asked.exists() == allows(answers, purpose, target), (purposes, purpose, target)


def test_only_the_consent_that_holds_counts(scope, found_card):
    card = found_card()
    assert agreements.may(card.subject, "face_search")
    later = consent_form({**CONSENT, "purposes": {"tracing": True, "face_search": False}})
    agreements.record_consent(scope, str(card.local), later)
    assert not agreements.may(card.subject, "face_search")
    assert not Person._all.filter(allowing("id", "face_search"), id=card.subject_id).exists()
    assert Consent._all.filter(person=card.subject).count() == 2


def test_withdrawing_face_search_erases_the_templates(scope, found_card, add_photo, acquirer, pairs):
    from kintrace.casework import worker

    card = found_card()
    photo = add_photo(card, pairs[0][0])
    worker.run(acquirer)
    assert Template._all.filter(person=card.subject).count() == 1
    assert agreements.withdraw_consent(scope, str(card.local), "face_search") == "templates erased"
    assert not Template._all.filter(person=card.subject).exists()
    photo.refresh_from_db()
    assert photo.state == "held"
    assert worker.waiting() == 0
    again = consent_form(CONSENT)
    agreements.record_consent(scope, str(card.local), again)
    assert worker.run(acquirer) == 1
    assert Template._all.filter(person=card.subject).count() == 1


def test_withdrawing_tracing_erases_the_record(scope, found_card):
    card = found_card()
    assert agreements.withdraw_consent(scope, str(card.local), "tracing") == "erased"
    assert is_destroyed(card.subject_id)
    assert not Person._all.filter(id=card.subject_id).exists()


def test_withdrawing_from_one_office_leaves_the_others(scope, found_card):
    purposes = {"tracing": True, "share_office:*": True}
    card = found_card(consent={**CONSENT, "purposes": purposes})
    agreements.withdraw_consent(scope, str(card.local), "share_office:geneva")
    assert not agreements.agreed_to_share(card.subject, "geneva")
    assert agreements.agreed_to_share(card.subject, "kyiv")


@pytest.mark.parametrize("answer", [True, False])
def test_consent_to_share_names_offices_that_exist(scope, request_card, answer):
    """A slip in a code would share with nobody; in a no beside a yes to all, with whom nothing should go."""
    setup.add_office(scope, "north", "North")
    wrong = {**CONSENT, "purposes": {"tracing": True, "share_office:*": True, "share_office:nroth": answer}}
    kin = {"full_name": "Kin (invented)", "relationship": "sister", "consent": {**wrong, "capacity": "self"}}
    for refused in (
        lambda: request_card(consent=wrong),
        lambda: request_card(enquirer=kin),
        lambda: agreements.record_consent(scope, "1", consent_form(wrong)),
        lambda: agreements.record_consent(scope, "1", consent_form(wrong), part="enquirer"),
    ):
        if not Person._all.exists():
            request_card()
        with pytest.raises(FormError, match=r"share_office:nroth.*Known are: local, north"):
            refused()
        assert Person._all.count() == 2
        assert Consent._all.filter(superseded_at=None).count() == 1  # what held holds
    good = {
        **CONSENT,
        "purposes": {"share_office:north": answer, "share_office:*": True},
        "withheld_from": ["ministry-x"],
    }
    agreements.record_consent(scope, "1", consent_form(good))
    assert agreements.agreed_to_share(Person._all.get(card__local=1), "north") == answer
    assert agreements.withdraw_consent(scope, "1", "share_office:nowhere") == "recorded"
    assert agreements.agreed_to_share(Person._all.get(card__local=1), "local")


@pytest.mark.parametrize("born", ["2015-03", "5 as of 2026-01-01", "2000..2015"])
def test_somebody_who_may_be_a_minor_does_not_consent_alone(born):
    form = found_form(consent={**CONSENT, "capacity": "self"})
    form["found"]["date_of_birth"] = born
    with pytest.raises(FormError, match="under 18"):
        card_form(form)
    form["consent"] = {**CONSENT, "capacity": "guardian", "purposes": {"publish": True}}
    with pytest.raises(FormError, match="published"):
        card_form(form)


def test_an_unknown_purpose_is_refused(scope, request_card):
    with pytest.raises(FormError, match="purpose"):
        card_form(request_form(consent={**CONSENT, "purposes": {"marketing": True}}))
    with pytest.raises(NotPossible, match="no such purpose"):
        agreements.withdraw_consent(scope, str(request_card().local), "marketing")


def test_names_too_long_for_their_column_are_said(scope, request_card):
    """PostgreSQL would fail on them, SQLite keep what no office is called."""
    from kintrace.casework.agreements import record_consent, withdraw_consent
    from kintrace.casework.forms import consent_form

    card = request_card()
    for part in (
        {"withheld_from": ["x" * 61]},
        {"purposes": {f"share_office:{'x' * 61}": True}},
        {"notice_version": "x" * 41},
    ):
        with pytest.raises(FormError):
            record_consent(scope, str(card.id), consent_form({"purposes": {"tracing": True}, **part}))
    with pytest.raises(NotPossible):
        withdraw_consent(scope, str(card.id), f"share_office:{'x' * 61}")


@pytest.mark.parametrize(
    "typed", ["north", " North ", "NORTH STATION", "North Station", "north station (main building)"]
)
def test_whom_nothing_may_reach_may_be_named_as_people_name_it(scope, request_card, typed):
    """By code or name, in any case, or by the name's beginning; what is no office is an authority, and is said to be none."""
    setup.add_office(scope, "north", "North Station (main building)")
    setup.add_office(scope, "northern", "Northern Station")
    told = {
        **CONSENT,
        "purposes": {"tracing": True, "share_office:*": True},
        "withheld_from": [typed, "the police of North"],
    }
    request_card(consent=told)
    person = Person._all.get(card__local=1)
    assert not agreements.agreed_to_share(person, "north")
    assert agreements.agreed_to_share(person, "northern")
    assert agreements.unknown_offices([typed, "the police of North"]) == ["the police of North"]
