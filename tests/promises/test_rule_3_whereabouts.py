"""DESIGN.md §5 rule 3: the enquirer never learns where a found person is without that person's consent."""

import pytest
from casework_help import CONSENT, found_form, roles
from matching_help import follow, found, judge, only, request, somebody

from kintrace.casework import cards, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Bureau, Membership, Role
from kintrace.casework.photos import attach
from kintrace.casework.scope import scope_for
from kintrace.casework.setup import add_bureau, add_office, add_user, set_role, user_named
from kintrace.errors import Denied, NotPossible
from kintrace.matching import candidates, conclusions, disclosures

WHERE = "Camp 7, tent 41 (invented)"


@pytest.fixture
def hidden(scope, found_card):
    """A found person who agreed to tracing, and to nothing else."""
    found = {**found_form()["found"], "current_location": WHERE, "agrees_to_be_found": "no"}
    return found_card(found=found, consent={**CONSENT, "purposes": {"tracing": True}})


@pytest.fixture
def abroad(scope):
    """A caseworker of another office, who works for the enquirer's family, also in a bureau with the first office."""
    add_office(scope, "abroad", "The enquirer's office")
    add_bureau(scope, "crossing", "A crossing")
    add_user(scope, "helen")
    set_role(scope, "helen", "abroad", "caseworker", bureau="crossing")
    office = Membership._all.get(user=user_named("helen")).office
    return lambda: scope_for(user_named("helen"), office, "tracing", Bureau._all.get(code="crossing").id)


def test_another_office_sees_nothing_of_a_person_who_did_not_agree_to_share(scope, hidden, abroad):
    cards.mark(scope, str(hidden.local), "crossing")
    theirs = abroad()
    assert hidden not in theirs.cards()
    for query in (theirs.persons(), theirs.facts(), theirs.photos(), theirs.templates(), theirs.consents()):
        assert not query.exists()
    with pytest.raises(Denied) as refused:
        cards.read(theirs, str(hidden.id))
    assert WHERE not in str(refused.value)


def test_with_consent_to_share_the_same_office_sees_the_card(scope, found_card, abroad):
    agreed = found_card(consent={**CONSENT, "purposes": {"tracing": True, "share_office:abroad": True}})
    theirs = abroad()
    assert agreed not in theirs.cards()  # not marked for the bureau yet
    cards.mark(scope, str(agreed.local), "crossing")
    assert cards.read(theirs, str(agreed.id))["kind"] == "found_person"


def test_a_card_does_not_move_to_an_office_its_people_did_not_agree_to(scope, hidden, abroad):
    with pytest.raises(NotPossible, match="did not agree"):
        cards.transfer(scope, str(hidden.local), "abroad")
    hidden.refresh_from_db()
    assert hidden.office_id == scope.office


def test_a_refusal_tells_a_stranger_card_from_no_card_to_nobody(scope, hidden, abroad):
    theirs = abroad()
    with pytest.raises(Denied) as exists:
        cards.read(theirs, f"local/{hidden.local}")
    with pytest.raises(Denied) as missing:
        cards.read(theirs, "local/99999")
    assert str(exists.value) == str(missing.value)


def test_nothing_is_disclosed_before_the_found_person_said_yes(scope, acquirer, pairs):
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
    each = only()
    conclusions.conclude(second, each.id, ["names"], "it agrees")
    for answer in (None, "not_asked", "no", "later", "yes", "later", "yes", "no"):  # the last one takes the yes back
        if answer:
            disclosures.ask(first, each.id, answer)
        if answer == "yes":
            disclosures.approve(third, each.id)
            continue
        with pytest.raises(NotPossible):
            disclosures.approve(third, each.id)
        with pytest.raises(NotPossible):
            disclosures.tell(first, each.id, "words", "contact_restored")


def test_an_administrator_reads_no_case(scope, hidden):
    with pytest.raises(Denied):
        cards.read(roles(scope, Role.ADMINISTRATOR), str(hidden.local))


def test_a_candidate_tells_another_office_nothing_of_where_the_found_person_is(scope):
    add_office(scope, "abroad", "The enquirer's office")
    asking = somebody("abroad", Role.FIELD_OFFICER, Role.CASEWORKER)
    request(asking, last_residence="Aleppo", last_contact="Aleppo")
    other = found(scope, current_location=WHERE, found_place=WHERE, last_residence="Aleppo", agrees_to_be_found="no")
    follow()
    told = str(candidates.shown(asking, only().id, before_review=True))
    assert WHERE not in told
    assert "tent 41" not in told
    cards.amend(scope, str(other.local), {"agrees_to_be_found": "yes"}, why="asked by the delegate")
    places = next(
        each for each in candidates.shown(asking, only().id, before_review=True)["facts"] if each["fact"] == "places"
    )
    assert places["compared"] != ["", ""]
