"""DESIGN.md §5 rule 6: consent and purpose are enforced inside the query, for both records, not in the page."""

import ast
import json
from pathlib import Path

import pytest
from casework_help import CONSENT
from django.db import connection
from django.test.utils import CaptureQueriesContext
from matching_help import follow, found, request, somebody

import kintrace
from kintrace.casework import setup, worker
from kintrace.casework.facesearch import search_card
from kintrace.casework.live import LiveGallery
from kintrace.casework.models import Card, Consent, Fact, Grant, Person, Photo, Template
from kintrace.casework.people import Role
from kintrace.errors import NotPossible
from kintrace.ledger import entries
from kintrace.matching import near, weighing
from kintrace.matching.comparable import others

SRC = Path(kintrace.__file__).parent
REFUSED = {**CONSENT, "purposes": {"tracing": True, "face_search": False}}


def test_templates_of_those_who_refused_do_not_leave_the_database(scope, found_card, add_photo, acquirer, pairs):
    willing, unwilling = found_card("Willing (invented)"), found_card("Unwilling (invented)")
    add_photo(willing, pairs[0][0])
    add_photo(unwilling, pairs[1][0])
    worker.run(acquirer)
    assert Template._all.count() == 2
    # Behind the verbs' back, as if a template had been left over: the query alone must keep it out.
    Grant._all.filter(consent__person=unwilling.subject, purpose="face_search").update(allowed=False)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = list(scope.templates())
    assert [template.person_id for template in found] == [willing.subject_id]
    assert len(queries) == 1
    assert "casework_grant" in queries[0]["sql"]


def test_both_records_must_allow_a_comparison(scope, request_card, found_card, add_photo, acquirer, pairs):
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    asked, refusing = request_card(), found_card(consent=REFUSED)
    add_photo(asked, pairs[0][0])
    add_photo(refusing, pairs[0][1])
    worker.run(acquirer)
    assert search_card(scope, str(asked.local), gallery, None).leads == []
    other = request_card(consent=REFUSED)
    add_photo(other, pairs[0][0])
    worker.run(acquirer)
    with pytest.raises(NotPossible, match="Consent"):
        search_card(scope, str(other.local), gallery, None)


def test_no_model_of_people_has_a_manager_that_gives_all_rows():
    for model in (Card, Consent, Fact, Grant, Person, Photo, Template):
        assert not hasattr(model, "objects")


def test_only_the_room_of_casework_asks_for_people_without_a_scope():
    people = {"Card", "Change", "Consent", "Fact", "Grant", "Person", "Photo", "Template", "Tombstone"}
    for file in SRC.rglob("*.py"):
        if file.relative_to(SRC).parts[0] in ("casework", "matching", "ledger", "vault"):
            continue  # the rooms of the verbs, and two below them that know none of these tables
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("_all", "_base_manager", "_default_manager"):
                asked = getattr(node.value, "id", "")
                assert node.attr == "_all", f"{file} goes round the scope"
                assert asked, f"{file} goes round the scope"
                assert asked not in people, f"{file} goes round the scope"


def test_a_pair_that_may_not_be_compared_is_never_weighed_and_the_ledger_shows_it(scope, monkeypatch):
    setup.add_office(scope, "there", "Another office")
    there = somebody("there", Role.FIELD_OFFICER)
    asked = request(scope)
    other, withheld = found(there), found(there, consent=CONSENT)  # the one agreed to share, the other did not
    refused = found(scope, consent={**CONSENT, "purposes": {"tracing": False}})
    seen = []
    real = weighing._mark
    monkeypatch.setattr(
        weighing, "_mark", lambda key, one, two, *more: seen.append({one.id, two.id}) or real(key, one, two, *more)
    )
    read = []
    unsealed = weighing.known_of
    monkeypatch.setattr(weighing, "known_of", lambda people: read.extend(people) or unsealed(people))
    follow()
    assert {asked.id, other.id} in seen
    assert not any({withheld.id, refused.id} & pair for pair in seen)
    # Each was searched from, since it is new; but no facts of theirs were unsealed to be compared with another's.
    told = [json.loads(each.details) for each in entries(action="search.standing", most=10)]
    weighed = {mark for each in told for mark in each["weighed"]}
    assert str(other.id)[:8] in weighed
    assert not {str(withheld.id)[:8], str(refused.id)[:8]} & weighed


def test_what_a_search_may_compare_is_one_condition_in_the_database(scope):
    asked = request(scope)
    found(scope)
    with CaptureQueriesContext(connection) as queries:
        list(others(asked))
    assert "casework_grant" in queries[-1]["sql"]
    assert "casework_consent" in queries[-1]["sql"]
    with CaptureQueriesContext(connection) as queries:
        assert near.nearby(asked, None).cards
    assert "casework_grant" in queries[-1]["sql"], "who is weighed was asked of the database just then"
