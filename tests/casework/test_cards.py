"""The verbs on cards."""

import json
from datetime import date

import pytest
from casework_help import CONSENT, found_form, request_form, roles
from django.db import connections

from kintrace.casework import cards, registration
from kintrace.casework.forms import card_form
from kintrace.casework.names import tokens
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Fact, Person
from kintrace.errors import Denied, FormError, NotPossible
from kintrace.ledger import entries
from kintrace.vault import find_names


def test_a_card_comes_back_as_it_was_stated(scope):
    card = registration.register(scope, card_form(request_form("أمل صايغ (invented)")))
    told = cards.read(scope, str(card.local))
    assert told["card"] == "test.kintrace/local/1"
    assert told["subject"]["facts"]["full_name"]["value"] == "أمل صايغ (invented)"
    assert told["subject"]["facts"]["date_of_birth"]["value"] == "1987-05"
    assert told["enquirer"]["facts"]["relationship"]["value"] == "father"
    assert told["subject"]["consent"]["purposes"] == {"face_search": True, "tracing": True}
    assert told["subject"]["consent"]["given_by"] == "invented"


def test_numbers_of_cards_run_without_gaps_in_an_office(scope):
    made = registration.register_many(
        scope, [card_form(found_form(f"Person {n} (invented)")) for n in range(5)], [None] * 5
    )
    assert [card.local for card in made] == [1, 2, 3, 4, 5]
    assert registration.register(scope, card_form(found_form())).local == 6


def test_nothing_of_a_person_is_readable_in_the_tables(scope, request_card):
    request_card("Quetzalcoatl Unmistakable (invented)")
    for alias in ("default", "keyring"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                held = b" ".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for row in cursor.fetchall()
                    for value in row
                )
                assert b"uetzalcoatl" not in held
                assert b"1987-05" not in held


def test_earlier_values_are_kept_with_who_and_why(scope, request_card):
    card = request_card()
    changes = {"date_of_birth": "1988", "nickname": "Amoul (invented)", "sex": "female"}
    assert cards.amend(scope, str(card.local), changes, why="her father remembered").facts == 2
    told = cards.history(scope, str(card.local))
    births = [each for each in told if each["fact"] == "date_of_birth"]
    assert [each["value"] for each in births] == ["1988", "1987-05"]
    assert births[0]["why"] == "her father remembered"
    assert births[0]["until"] is None
    assert births[1]["until"] is not None
    assert births[0]["by"] == "officer"
    assert cards.amend(scope, str(card.local), {"nickname": None}, why="a slip").facts == 1
    assert "nickname" not in cards.read(scope, str(card.local))["subject"]["facts"]


def test_an_amended_name_is_found_and_the_old_one_is_not(scope, request_card):
    card = request_card("Nadezhda Petrova (invented)")
    assert card.subject_id in find_names(tokens(["Надежда"]))
    cards.amend(scope, str(card.local), {"full_name": "Olga Petrova (invented)"}, why="misheard")
    assert card.subject_id in find_names(tokens(["Ольга"]))
    assert card.subject_id not in find_names(tokens(["Nadezhda"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"date_of_birth": "soon"}, "date"),
        ({"shoe_size": "44"}, "unknown"),
        ({"sex": "f"}, "one of the words"),
        ({"found_kind": "patient"}, "unknown"),
    ],
)
def test_a_bad_change_changes_nothing(scope, request_card, change, words):
    card = request_card()
    with pytest.raises(FormError, match=words):
        cards.amend(scope, str(card.local), {"occupation": "baker", **change}, why="test")
    assert "occupation" not in cards.read(scope, str(card.local))["subject"]["facts"]


def test_closing_needs_a_reason_and_can_be_undone(scope, request_card):
    card = request_card()
    with pytest.raises(NotPossible, match="reason"):
        cards.close(scope, str(card.local), " ")
    cards.close(scope, str(card.local), "the family asked for it")
    assert Card._all.get(id=card.id).status == "closed"
    told = cards.read(scope, str(card.local))["subject"]["facts"]["closure_reason"]
    assert told["value"] == "the family asked for it"
    with pytest.raises(NotPossible, match="closed already"):
        cards.close(scope, str(card.local), "again")
    cards.reopen(scope, str(card.local))
    assert Card._all.get(id=card.id).status == "open"
    assert "closure_reason" not in cards.read(scope, str(card.local))["subject"]["facts"]


def test_a_batch_is_kept_whole_or_not_at_all(scope):
    good, bad = card_form(found_form()), card_form(found_form(bureaus=["nowhere"]))
    with pytest.raises(FormError, match="bureau"):
        registration.register_many(scope, [good, bad], [None, None])
    assert not Card._all.exists()
    assert not Person._all.exists()
    assert not Fact._all.exists()


def test_every_read_is_in_the_ledger_and_so_is_every_refusal(scope, request_card):
    card = request_card()
    cards.read(scope, str(card.local))
    with pytest.raises(Denied):
        cards.read(scope, "999")
    with pytest.raises(Denied):
        cards.read(roles(scope, Role.ADMINISTRATOR), str(card.local))
    told = [(entry.action, entry.outcome) for entry in entries(action="card.read")]
    assert sorted(told) == [("card.read", "done"), ("card.read", "empty"), ("card.read", "refused")]
    written = json.dumps([entry.details for entry in entries()])
    assert "Sayegh" not in written


def test_data_protection_officers_read_only_with_a_reason(scope, request_card):
    card = request_card()
    officer = roles(scope, Role.DATA_PROTECTION_OFFICER)
    with pytest.raises(NotPossible, match="reason"):
        cards.read(officer, str(card.local))
    assert cards.read(officer, str(card.local), reason="complaint 12")["card"].endswith("/1")
    assert "complaint 12" in [
        each["value"] for each in cards.history(scope, str(card.local)) if each["fact"] == "read_reason"
    ]


def test_a_found_person_form_has_no_enquirer_and_a_request_has_one():
    with pytest.raises(FormError, match="enquirer"):
        card_form({**request_form(), "enquirer": {}})
    with pytest.raises(FormError, match="no enquirer"):
        card_form({**found_form(), "enquirer": {"full_name": "X (invented)"}})
    with pytest.raises(FormError, match="Did you mean “full_name”"):
        card_form({**found_form(), "found": {"ful_name": "X (invented)"}, "consent": CONSENT})


def test_no_card_is_ended_by_a_day_in_the_past(scope, request_card):
    card = request_card()
    for days in ({"expires": date(2020, 1, 1)}, {"review_due": date(2020, 1, 1)}):
        with pytest.raises(FormError, match="past"):
            cards.set_dates(scope, str(card.local), **days)
        with pytest.raises(FormError, match="past"):
            card_form({**request_form(), **{name: str(day) for name, day in days.items()}})
    card.refresh_from_db()
    assert card.expires > date.today()


def test_what_cannot_have_been_is_refused():
    form = found_form()
    for change, words in (({"date_of_birth": "2091-12"}, "future"), ({"date_of_birth": "31.12.1987"}, "date_of_birth")):
        with pytest.raises(FormError, match=words):
            card_form({**form, "found": {**form["found"], **change}})
    with pytest.raises(FormError, match="Nothing is stated"):
        card_form({**form, "found": {}})
    with pytest.raises(FormError, match="future"):
        card_form({**form, "consent": {**CONSENT, "date": "2091-01-01"}})
