"""DESIGN.md §5 rule 11: withdrawal and expiry erase, templates, crops and keys, in backups too; a tombstone remains."""

from datetime import date, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from kintrace.casework import cards, erasure, worker
from kintrace.casework.agreements import withdraw_consent
from kintrace.casework.live import LiveGallery
from kintrace.casework.models import Card, Fact, Person, Photo, Template, Tombstone
from kintrace.casework.scope import Scope
from kintrace.errors import KeyDestroyed
from kintrace.vault import Place, blob_ids, is_destroyed, unseal


@pytest.fixture
def known(scope, found_card, add_photo, acquirer, pairs):
    """A found person with a photo and a template, and one beside them."""
    card, beside = found_card("Gone (invented)"), found_card("Beside (invented)")
    add_photo(card, pairs[0][0])
    add_photo(beside, pairs[1][0])
    worker.run(acquirer)
    return card, beside


def test_the_ledger_of_an_erased_card_is_found_by_its_number(scope, known, found_card):
    """The entry of its erasure has the number that is on the tombstone, and the id that is on all its entries."""
    from kintrace.casework import setup

    setup.add_office(scope, "north", "Another office")
    card, beside = known
    third = found_card("Third (invented)")
    assert erasure.erased_card(scope, "1") is None
    for each in (beside, card, third):
        erasure.erase(scope, str(each.id))
    for each, number in ((card, 1), (beside, 2), (third, 3)):
        for reference in (str(number), f"local/{number}", f"test.kintrace/local/{number}", str(each.id)):
            assert erasure.erased_card(scope, reference) == each.id
    for reference in ("4", "north/1", "x", "", "a/b/c/1", "-1"):
        assert erasure.erased_card(scope, reference) is None
    north = setup.office_coded("north")
    elsewhere = Scope(scope.user, north.id, north.code, scope.roles, scope.purpose)
    for reference in ("local/1", str(card.id)):
        assert erasure.erased_card(elsewhere, reference) is None  # as if it had never been


def _copied():
    """Every row of both databases, as a backup would hold it."""
    held = []
    for alias in ("default", "keyring"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                held += [(table, row) for row in cursor.fetchall()]
    return held


def test_a_withdrawal_makes_older_copies_of_the_records_unreadable(scope, known):
    card, _ = known
    fact = Fact._all.filter(person=card.subject, name="full_name").get()
    template = Template._all.get(person=card.subject)
    old = [
        (Place(Fact._meta.db_table, str(fact.id), "content"), bytes(fact.content)),
        (Place(Template._meta.db_table, str(template.id), "vector"), bytes(template.vector)),
    ]
    for place, sealed in old:
        assert unseal(card.subject_id, place, sealed)
    assert withdraw_consent(scope, str(card.local), "all") == "erased"
    for place, sealed in old:
        with pytest.raises(KeyDestroyed):
            unseal(card.subject_id, place, sealed)


def test_nothing_of_the_person_remains_but_a_tombstone(scope, known, acquirer):
    card, beside = known
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    gallery.catch_up()
    photo = Photo._all.get(person=card.subject)
    files = {photo.blob, photo.crop}
    erasure.erase(scope, str(card.local))
    gallery.catch_up()
    assert len(gallery) == 1
    assert not files & set(blob_ids())
    for model in (Fact, Photo, Template):
        assert not model._all.filter(person=card.subject_id).exists()
    assert not Person._all.filter(id=card.subject_id).exists()
    tombstone = Tombstone._all.get()
    assert tombstone.person_record_id == f"test.kintrace/local/{card.local}"
    assert {field.name for field in Tombstone._meta.fields} == {
        "person_record_id", "source_date", "entry_date", "expiry_date",
    }  # fmt: skip
    subject = str(card.subject_id)
    for table, row in _copied():
        if table not in ("vault_personkey", "ledger_entry", "casework_change"):
            assert not any(subject in str(value) or subject.replace("-", "") in str(value) for value in row), table
    assert cards.read(scope, str(beside.local))["subject"]["facts"]["full_name"]["value"] == "Beside (invented)"


def test_expiry_leaves_the_tombstone_a_day_later(scope, known):
    card, beside = known
    today = timezone.now().date()
    cards.set_dates(scope, str(card.local), expires=today)
    assert erasure.run_retention(scope, dry_run=False) == []
    Card._all.filter(id=card.id).update(expires=today - timedelta(days=1))  # as if the day had passed
    assert erasure.run_retention(scope) == [f"test.kintrace/local/{card.local}"]
    assert Card._all.filter(id=card.id).exists()  # a dry run
    assert erasure.run_retention(scope, dry_run=False) == [f"test.kintrace/local/{card.local}"]
    assert not Card._all.filter(id=card.id).exists()
    assert is_destroyed(card.subject_id)
    assert Card._all.filter(id=beside.id).exists()


def test_retention_cannot_be_run_for_a_day_that_has_not_come(scope, known):
    assert erasure.run_retention(scope, dry_run=False, on=date(2999, 1, 1)) == []
    assert Card._all.count() == 2


def test_an_erasure_that_was_begun_is_ended(scope, known):
    """As after a kill between the destruction of the key and the deletion of the rows."""
    from kintrace.vault import destroy

    card, beside = known
    destroy([card.subject_id])
    assert erasure.finish_erasures(scope) == 1
    assert not Card._all.filter(id=card.id).exists()
    assert Tombstone._all.count() == 1
    assert Card._all.filter(id=beside.id).exists()
    assert erasure.finish_erasures(scope) == 0
