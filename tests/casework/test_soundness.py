"""The doctor sees what is wrong with the records, and mends what a kill may leave."""

import os
import time

import pytest

from kintrace.casework import worker
from kintrace.casework.records import Card, Change, Consent, Fact, Grant, Photo
from kintrace.casework.soundness import check_records, sweep
from kintrace.vault import blob_ids, destroy, put_blob


@pytest.fixture
def card(scope, found_card, add_photo, acquirer, pairs):
    made = found_card()
    add_photo(made, pairs[0][0])
    worker.run(acquirer)
    return made


def told():
    return " ".join(problem.what for problem in check_records())


def test_a_sound_deployment_is_called_sound(scope, card):
    assert check_records() == []


def test_a_begun_erasure_is_seen_and_ended(scope, card):
    destroy([card.subject_id])
    assert "erasure was begun" in told()
    assert sweep(scope) >= 1
    assert check_records() == []
    assert not Card._all.exists()
    assert list(blob_ids()) == []


def test_a_file_without_a_photo_is_seen_once_it_is_old_and_deleted(scope, card, settings):
    blob = put_blob(card.subject_id, b"left over")
    assert check_records() == []
    (path,) = (settings.DATA / "blobs").rglob(blob)
    old = time.time() - 7200
    os.utime(path, (old, old))
    assert "belong to no photo" in told()
    assert sweep(scope) == 1
    assert blob not in set(blob_ids())
    assert check_records() == []


def test_a_trust_list_of_an_earlier_release_is_told_of(scope, card, settings):
    (settings.DATA / "trusted-signers.pem").write_text("whatever it holds\n")
    (problem,) = check_records()
    assert "trusted-signers.pem" in problem.what
    assert "kintrace trust add" in problem.todo
    (settings.DATA / "trusted-signers.pem").unlink()


def test_a_lost_file_is_seen(scope, card, settings):
    photo = Photo._all.get()
    (path,) = (settings.DATA / "blobs").rglob(photo.blob)
    path.unlink()
    assert "files of 1 photos are lost" in told()


def test_a_changed_or_moved_value_is_seen(scope, card):
    one, other = Fact._all.filter(person=card.subject)[:2]
    Fact._all.filter(id=one.id).update(content=bytes(other.content))
    assert "1 values of casework_fact do not open" in told()


def test_a_template_without_consent_is_seen(scope, card):
    Grant._all.filter(consent__in=Consent._all.all(), purpose="face_search").update(allowed=False)
    assert "do not agree to face search" in told()


def test_a_template_the_change_log_does_not_know_is_seen(scope, card):
    Change._all.all().delete()
    assert "not in the change log" in told()
