"""DESIGN.md §5 rule 1: two people decide, and neither on their own case; nor does who arbitrates, or who concludes."""

import pytest
from matching_help import follow, found, judge, only, request, somebody

from kintrace.casework import cards, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.records import Card
from kintrace.errors import NotPossible
from kintrace.matching import acts, conclusions, disclosures
from kintrace.matching.models import State
from kintrace.matching.seats import next_blind
from kintrace.matching.waiting import waiting

C, S, F = Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.FIELD_OFFICER


@pytest.mark.parametrize("whose", ["request", "found"])
@pytest.mark.parametrize("owned", [True, False])
def test_who_registered_or_owns_a_card_neither_arbitrates_concludes_nor_approves(scope, acquirer, pairs, whose, owned):
    registrar = somebody("local", F, C, S)
    by = {"request": scope, "found": scope, whose: registrar}
    asked, other = request(by["request"]), found(by["found"])
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    if not owned:  # as where a card went to another office, and its facts were amended there since
        Card._all.update(owner=None)
        cards.amend(scope, str(asked.local), {"height": "160 cm"}, why="measured")
        cards.amend(scope, str(other.local), {"height": "160 cm"}, why="measured")
        follow()
    first, second, third = (somebody("local", role) for role in (C, S, S))
    assert next_blind(registrar, control_rate=0) is None
    judge(first)
    assert next_blind(registrar, control_rate=0) is None
    judge(second, "excluded")
    assert only().state == State.ARBITRATION_BLIND
    assert next_blind(registrar, control_rate=0) is None
    assert waiting(registrar)["arbitrations"] == 0
    judge(third)
    assert only().state == State.AGREED
    with pytest.raises(NotPossible, match="registered or own") as refused:
        conclusions.conclude(registrar, only().id, ["names"], "it is my own case")
    assert refused.value.kept == "Nothing was changed."
    assert waiting(registrar)["conclusions"] == 0
    seen = {who: acts.standing(who, only().id) for who in (registrar, third)}
    assert [(each["own"], each["may"]) for each in seen.values()] == [(True, []), (False, ["conclude"])]
    conclusions.conclude(third, only().id, ["names"], "all of it agrees")
    disclosures.ask(somebody("local", F), only().id, "yes")
    with pytest.raises(NotPossible, match="registered or own") as refused:
        disclosures.approve(registrar, only().id)
    assert refused.value.kept == "Nothing was changed."
    assert [waiting(who)["to_approve"] for who in (registrar, second)] == [0, 1]
    seen = {who: acts.standing(who, only().id) for who in (registrar, second)}
    assert [(each["own"], "approve" in each["may"]) for each in seen.values()] == [(True, False), (False, True)]
    disclosures.approve(second, only().id)
