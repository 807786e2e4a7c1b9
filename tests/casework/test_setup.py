"""Users, offices and roles."""

import uuid

import pytest
from casework_help import roles
from django.core.management import call_command

from kintrace.casework import cards, setup
from kintrace.casework.people import Role
from kintrace.casework.scope import PERMITTED, Scope, scope_for
from kintrace.errors import Denied, KeyMissing, NoDeployment, NotPossible
from kintrace.vault import unseal


def test_an_installation_is_made_once(scope):
    with pytest.raises(NoDeployment, match="already"):
        setup.initialise("other", "local", "x", "x")
    assert setup.initialised()


def test_the_last_administrator_stays(scope):
    for take_away in (
        lambda: setup.set_role(scope, "officer", "local", "administrator", take_back=True),
        lambda: setup.disable_user(scope, "officer"),
    ):
        with pytest.raises(NotPossible, match="manage users"):
            take_away()
    setup.add_user(scope, "second")
    setup.set_role(scope, "second", "local", "administrator")
    setup.set_role(scope, "officer", "local", "administrator", take_back=True)


def test_a_disabled_user_enters_nowhere(scope):
    setup.add_user(scope, "helen")
    setup.set_role(scope, "helen", "local", "caseworker")
    helen, office = setup.user_named("helen"), setup.office_coded("local")
    assert scope_for(helen, office, "tracing").may("card.read")
    setup.disable_user(scope, "helen")
    with pytest.raises(Denied):
        scope_for(setup.user_named("helen"), office, "tracing")
    setup.disable_user(scope, "helen", enable=True)
    assert scope_for(setup.user_named("helen"), office, "tracing").roles == {Role.CASEWORKER}


def test_a_user_without_a_role_in_an_office_enters_it_not(scope):
    setup.add_office(scope, "abroad", "Abroad")
    with pytest.raises(Denied):
        scope_for(setup.user_named("officer"), setup.office_coded("abroad"), "tracing")


@pytest.mark.parametrize("verb", sorted(PERMITTED))
def test_every_verb_is_denied_to_every_role_it_is_not_given_to(verb):
    scope = Scope(uuid.uuid4(), uuid.uuid4(), "local", frozenset(Role), "tracing")
    for role in Role:
        assert roles(scope, role).may(verb) == (role in PERMITTED[verb])
    assert not roles(scope).may(verb)
    assert not scope.may("no.such.verb")


def test_only_administrators_manage(scope):
    officer = roles(scope, Role.CASEWORKER, Role.DATA_PROTECTION_OFFICER, Role.SENIOR_REVIEWER)
    for act in (
        lambda: setup.add_user(officer, "x"),
        lambda: setup.add_office(officer, "x", "x"),
        lambda: setup.add_bureau(officer, "x", "x"),
        lambda: setup.set_role(officer, "officer", "local", "caseworker"),
        lambda: setup.disable_user(officer, "officer"),
    ):
        with pytest.raises(Denied):
            act()


def test_a_transferred_card_belongs_to_the_other_office_with_its_keys(scope, request_card):
    from casework_help import CONSENT

    setup.add_office(scope, "abroad", "Abroad")
    setup.add_user(scope, "helen")
    setup.set_role(scope, "helen", "abroad", "caseworker")
    sharing = {**CONSENT, "purposes": {"tracing": True, "share_office:abroad": True}}
    enquirer = {"full_name": "Kin (invented)", "relationship": "sister", "consent": {**sharing, "capacity": "self"}}
    card = request_card(consent=sharing, enquirer=enquirer)
    cards.transfer(scope, str(card.local), "abroad")
    with pytest.raises(Denied):
        cards.read(scope, str(card.id))
    theirs = scope_for(setup.user_named("helen"), setup.office_coded("abroad"), "tracing")
    told = cards.read(theirs, f"local/{card.local}")
    assert told["enquirer"]["facts"]["full_name"]["value"] == "Kin (invented)"
    assert told["card"] == f"test.kintrace/local/{card.local}"


def test_a_stranger_to_the_keyring_opens_nothing(scope):
    from kintrace.vault import Place

    with pytest.raises(KeyMissing):
        unseal(uuid.uuid4(), Place("casework_fact", "x", "content"), b"\1" + b"0" * 60)


def test_the_migrations_are_those_of_the_models(scope):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_login_name_is_taken_whatever_its_case(scope):
    """People sign in without regard to it: two that differ in nothing else would shut both out."""
    setup.add_user(scope, "helen")
    for name in ("helen", "Helen", "HELEN"):
        with pytest.raises(NotPossible, match="already"):
            setup.add_user(scope, name)
