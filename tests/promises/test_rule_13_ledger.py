"""DESIGN.md §5 rule 13: every read, search, empty result and decision is in the ledger, and the ledger shows tampering."""

import pytest
from casework_help import CONSENT, roles
from django.db import connection, transaction

from kintrace.casework import agreements, cards, erasure, photos, worker
from kintrace.casework.facesearch import search_card
from kintrace.casework.forms import consent_form
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Role
from kintrace.errors import Denied
from kintrace.ledger import entries, triggers, verify


def test_what_is_done_to_a_record_is_in_the_ledger(scope, request_card, found_card, add_photo, acquirer, pairs):
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    card, found = request_card(), found_card()
    photo = add_photo(card, pairs[0][0])
    add_photo(found, pairs[0][1])
    worker.run(acquirer)
    number = str(card.local)
    done = {
        "card.read": lambda: cards.read(scope, number),
        "card.list": lambda: cards.listed(scope),
        "card.amend": lambda: cards.amend(scope, number, {"occupation": "baker"}, why="said so"),
        "photo.read": lambda: photos.picture(scope, photo.id),
        "search": lambda: search_card(scope, number, gallery, None),
        "consent.record": lambda: agreements.record_consent(scope, number, consent_form(CONSENT)),
        "consent.withdraw": lambda: agreements.withdraw_consent(scope, number, "face_search"),
        "card.close": lambda: cards.close(scope, number, "test"),
        "card.reopen": lambda: cards.reopen(scope, number),
        "photo.withdraw": lambda: photos.withdraw(scope, photo.id),
        "erase.done": lambda: erasure.erase(scope, number),
    }
    for action, do in done.items():
        before = {entry.number for entry in entries(action=action)}
        do()
        new = [entry for entry in entries(action=action) if entry.number not in before]
        assert len(new) == 1, action
        assert new[0].who == str(scope.user)
        assert new[0].office == str(scope.office)
    assert verify().ok


def test_a_read_that_fails_to_be_written_is_not_made(scope, request_card, monkeypatch):
    card = request_card()

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("kintrace.casework.scope.record", broken)
    with pytest.raises(OSError, match="full"):
        cards.read(scope, str(card.local))


def test_refusals_and_empty_results_are_entries(scope, request_card):
    card = request_card()
    with pytest.raises(Denied):
        erasure.erase(roles(scope, Role.CASEWORKER), str(card.local))
    with pytest.raises(Denied):
        cards.read(scope, "12345")
    told = {(entry.action, entry.outcome) for entry in entries()}
    assert ("person.erase", "refused") in told
    assert ("card.read", "empty") in told


@pytest.mark.parametrize(
    "crime", ["UPDATE ledger_entry SET who = 'x' WHERE number = 2", "DELETE FROM ledger_entry WHERE number = 2"]
)
def test_the_database_refuses_and_the_ledger_shows_tampering(scope, request_card, crime):
    request_card()
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(crime)
    assert verify().ok
    with connection.cursor() as cursor:
        for statement in triggers.drop(connection.vendor):
            cursor.execute(statement)
        cursor.execute(crime)
        for statement in triggers.create(connection.vendor):
            cursor.execute(statement)
    verdict = verify()
    assert not verdict.ok
    assert verdict.first_bad == 2


def test_the_ledger_holds_nothing_about_a_person(scope, request_card):
    card = request_card("Unmistakable Quetzal (invented)")
    cards.read(scope, str(card.local))
    cards.amend(scope, str(card.local), {"nickname": "Quetzi (invented)"}, why="Quetzal said so")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_entry")
        text = str(cursor.fetchall())
    assert "uetz" not in text
