"""Near-identical faces are found once, by the worker; no pair outlives a face, and it is said what was not compared yet."""

import pytest
from casework_help import CONSENT
from django.db import transaction
from django.db.models import Q
from matching_help import request, somebody
from site_help import client_for
from test_manyfaces import again, work

from kintrace.casework import erasure, photos, quarantine, sources, worker
from kintrace.casework import nearfaces as verbs
from kintrace.casework.agreements import record_consent, withdraw_consent
from kintrace.casework.forms import PhotoForm, consent_form
from kintrace.casework.live import LiveGallery
from kintrace.casework.nearfaces import NearFaces, not_compared
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.picturerecords import NearFace
from kintrace.casework.records import Template
from kintrace.casework.setup import add_office
from kintrace.ledger import entries
from kintrace.matching.manyfaces import same_face, waiting_to_compare

NAMES = ("Amal Sayegh (invented)", "Amal Sayigh (invented)", "Amal Saigh (invented)", "Amal Saygh (invented)")
"""They do not contradict each other: one picture under them quarantines nobody."""


def put(scope, path, quality, *, name=NAMES[0], site="", card=None, part="subject"):
    """A photo on a new card, or on one that is there."""
    held = card or request(scope, name)
    form = PhotoForm("p.jpg", source_url=f"https://{site}/1" if site else "")
    return held, attach(scope, str(held.id), again(path, quality), form, part=part)[0]


def near(acquirer):
    """A process's comparison."""
    return NearFaces(LiveGallery(acquirer.pack, acquirer.encoder.dimensions))


def rows():
    """What is kept, without the numbers of the rows."""
    return sorted(NearFace._all.values_list("one", "other", "score", "by_submitter", "by_site"))


@pytest.fixture
def three(scope, acquirer, pairs):
    """Three cards with one face, compared: the first two from one site."""
    made = [
        put(scope, pairs[0][0], quality, name=name, site=site)
        for quality, name, site in zip((95, 80, 60), NAMES, ("front.example", "front.example", ""), strict=False)
    ]
    work(acquirer)
    assert sum(by_site for *_, by_site in rows()) == 1
    assert len(rows()) == 3
    return made


def test_what_is_kept_is_what_comparing_all_of_them_finds(scope, acquirer, pairs):
    other = somebody(scope.office_code, Role.CASEWORKER)
    for who in (scope, other):
        first = None
        for number, quality in enumerate((95, 80, 60)):
            first, _ = put(who, pairs[0][0], quality, name=NAMES[number], site=("a.example", "b.example")[number % 2])
        put(who, pairs[0][0], 70, card=first)  # a second photo of one person
        put(who, pairs[1][0], 90, name=NAMES[3], site="a.example")
        put(who, pairs[1][1], 90, name=NAMES[2])
    assert work(acquirer) == 12
    kept, all_of_them = (same_face(scope, acquirer.pack, score) for score in (0.9, 0.8999))
    assert kept == all_of_them
    assert len(kept) > 3
    assert max(len(group["photos"]) - len(group["cards"]) for group in kept) == 1
    assert same_face(scope, acquirer.pack, 0.9999) != kept
    assert len(rows()) < 12 * 11 / 2, "only what is of one source"


def test_whoever_looks_is_told_how_many_were_not_compared(scope, acquirer, pairs, settings):
    settings.SECOND_FACTOR = "none"
    for name, quality in zip(NAMES, (95, 60), strict=False):
        put(scope, pairs[0][0], quality, name=name)
    assert waiting_to_compare(scope, acquirer.pack) == 2
    worker.run(acquirer)
    assert waiting_to_compare(scope, acquirer.pack) == 2
    assert same_face(scope, acquirer.pack) == []
    client = client_for(scope, Role.CASEWORKER)
    assert "2 photos were not compared yet" in client.get("/photos/groups").content.decode()
    compares = near(acquirer)
    assert compares.compare(1) == 1
    assert waiting_to_compare(scope, acquirer.pack) == 1
    assert "1 photo was not compared yet" in client.get("/photos/groups").content.decode()
    assert compares.compare(1) == 1
    assert compares.compare(1) == 0
    page = client.get("/photos/groups").content.decode()
    assert "compared yet" not in page
    assert "Submitted by <bdi>officer</bdi>" in page
    assert [each.facts for each in entries(action="photo.compared")] == [{"photos": 1}] * 2
    add_office(scope, "north", "Another office")
    assert waiting_to_compare(somebody("north", Role.CASEWORKER), acquirer.pack) == 0


def test_a_part_that_was_begun_and_ended_by_a_kill_is_done_again_with_the_same_result(three, acquirer):
    before = rows()
    NearFace._all.all().delete()
    Template._all.update(compared=0)

    with transaction.atomic():
        assert near(acquirer).compare(2) == 2
        transaction.set_rollback(True)  # as a kill before the end of the transaction does
    assert (NearFace._all.count(), not_compared(acquirer.pack).count()) == (0, 3)
    assert near(acquirer).compare(1) == 1
    Template._all.update(compared=0)  # as if the pairs had been kept, and that they were compared had not
    one, other = near(acquirer), near(acquirer)  # two workers take turns
    while one.compare(1) or other.compare(1):
        pass
    assert rows() == before


def test_erasing_a_card_leaves_nothing_of_who_was_near_it(scope, three, acquirer):
    card, _ = three[0]
    gone = set(Template._all.filter(person=card.subject_id).values_list("id", flat=True))
    erasure.erase(scope, str(card.id))
    assert not NearFace._all.filter(Q(one__in=gone) | Q(other__in=gone)).exists()
    assert len(rows()) == 1
    assert work(acquirer) == 2  # those that were near it: more may be kept of them now
    assert len(rows()) == 1
    (group,) = same_face(scope, acquirer.pack)
    assert len(group["cards"]) == 2


@pytest.mark.parametrize("how", ["photo withdrawn", "consent withdrawn", "another face chosen"])
def test_withdrawing_leaves_nothing_of_who_was_near(scope, three, acquirer, how):
    card, photo = three[0]
    gone = set(Template._all.filter(photo=photo).values_list("id", flat=True))
    if how == "photo withdrawn":
        photos.withdraw(scope, photo.id)
    elif how == "consent withdrawn":
        withdraw_consent(scope, str(card.id), "face_search")
    else:
        photos.choose_face(scope, photo.id, 1)
    assert not NearFace._all.filter(Q(one__in=gone) | Q(other__in=gone)).exists()
    assert len(rows()) == 1
    work(acquirer)
    assert len(rows()) == (3 if how == "another face chosen" else 1)


def test_another_site_is_another_source_at_once(scope, three, acquirer):
    _, photo = three[1]
    sources.record_source(scope, photo.id, url="https://elsewhere.example/2")
    assert len(rows()) == 1, "those between the two others"
    assert waiting_to_compare(scope, acquirer.pack) == 3
    work(acquirer)
    assert [each["by"] for each in same_face(scope, acquirer.pack)] == ["submitter"]
    sources.record_source(scope, three[0][1].id, url="https://elsewhere.example/3")
    work(acquirer)
    assert [(each["by"], each["source"]) for each in same_face(scope, acquirer.pack)] == [
        ("submitter", "officer"),
        ("site", "elsewhere.example"),
    ]


def test_an_address_that_is_none_is_no_site(scope, three, acquirer):
    _, photo = three[1]
    sources.record_source(scope, photo.id, url="https://[front.example/2")
    work(acquirer)
    assert [each["by"] for each in same_face(scope, acquirer.pack)] == ["submitter"]
    assert [each["by"] for each in same_face(scope, acquirer.pack, 0.5)] == ["submitter"]


def test_a_photo_in_quarantine_is_found_by_one_that_comes_later_and_after_it_was_settled(scope, acquirer, pairs):
    compares = near(acquirer)
    made = []
    for name, quality in (("Olena Pryklad (invented)", 95), ("Nour Haddad (invented)", 80), ("Li Wei (invented)", 60)):
        made.append(put(scope, pairs[0][0], quality, name=name)[1])
        worker.run(acquirer)
        while compares.compare():
            pass
    assert Template._all.filter(photo__assessment="quarantined").count() == 3
    assert len(rows()) == 3
    quarantine.settle_picture(scope, made[0].id, "both", "seen together")
    while compares.compare():
        pass
    assert len(rows()) == 3
    assert len(same_face(scope, acquirer.pack)[0]["cards"]) == 3


def test_of_many_the_nearest_are_kept_and_when_these_go_the_others_are_still_a_group(
    scope, acquirer, pairs, monkeypatch
):
    monkeypatch.setattr(verbs, "MOST", 1)
    made = [
        put(scope, pairs[0][0], quality, name=name)[0] for name, quality in zip(NAMES, (95, 90, 85, 80), strict=True)
    ]
    work(acquirer)
    assert len(rows()) < 6
    for left in (4, 3, 2):
        (group,) = same_face(scope, acquirer.pack)
        assert len(group["cards"]) == left
        ends = [each for row in rows() for each in row[:2]]
        hub = Template._all.get(id=max(set(ends), key=ends.count)).person_id
        erasure.erase(scope, str(next(card.id for card in made if card.subject_id == hub)))
        work(acquirer)
    assert same_face(scope, acquirer.pack) == []


def test_the_faces_of_enquirers_are_not_compared(scope, acquirer, pairs):
    put(scope, pairs[0][0], 95)
    card = request(scope, NAMES[1])
    record_consent(scope, str(card.id), consent_form(CONSENT), part="enquirer")
    _, photo = put(scope, pairs[0][0], 60, card=card, part="enquirer")
    work(acquirer)
    assert Template._all.filter(photo=photo, compared=verbs.RELEASE).exists()
    assert rows() == []
    assert same_face(scope, acquirer.pack) == []
