"""Near-identical faces that one source gave for unrelated cards are shown as a group."""

import io

import pytest
from casework_help import roles
from django.db import connection
from django.test.utils import CaptureQueriesContext
from matching_help import found, request
from PIL import Image
from site_help import client_for

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.live import LiveGallery
from kintrace.casework.nearfaces import NearFaces
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.records import Template
from kintrace.errors import Denied
from kintrace.ledger import entries
from kintrace.matching.manyfaces import same_face


def again(path, quality):
    out = io.BytesIO()
    Image.open(path).convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def work(acquirer):
    """What the worker does with photos, until nothing waits; returns how many templates it compared."""
    worker.run(acquirer)
    near, done = NearFaces(LiveGallery(acquirer.pack, acquirer.encoder.dimensions)), 0
    while compared := near.compare():
        done += compared
    return done


def test_one_face_under_many_names_is_a_group_and_other_faces_are_not(scope, acquirer, pairs):
    names = ("Amal Sayegh (invented)", "Amal Sayigh (invented)", "Amal Saigh (invented)")
    cards = [request(scope, name) for name in names]  # names that do not contradict: nobody is quarantined
    for card, quality in zip(cards, (95, 80, 60), strict=True):
        attach(
            scope,
            str(card.local),
            again(pairs[0][0], quality),
            PhotoForm("p.jpg", source_url="https://front.example/1"),
        )
    other = request(scope, "Amal Sayegh (invented)")
    attach(scope, str(other.local), pairs[1][0].read_bytes(), PhotoForm("p.jpg"))
    work(acquirer)
    assert Template._all.filter(photo__assessment="usable").count() == 4
    groups = same_face(scope, acquirer.pack)
    assert [(each["by"], each["source"]) for each in groups] == [("submitter", "officer"), ("site", "front.example")]
    for group in groups:
        assert group["cards"] == [f"test.kintrace/local/{card.local}" for card in cards]
        assert group["least_score"] > 0.9
    with pytest.raises(Denied):
        same_face(roles(scope, Role.FIELD_OFFICER), acquirer.pack)


def test_a_request_and_its_candidate_are_no_group(scope, acquirer, pairs):
    from matching_help import follow

    asked, there = request(scope), found(scope)
    for card, quality in ((asked, 95), (there, 60)):
        attach(scope, str(card.local), again(pairs[0][0], quality), PhotoForm("p.jpg"))
    work(acquirer)
    assert len(same_face(scope, acquirer.pack)) == 1
    follow()
    assert same_face(scope, acquirer.pack) == []


def test_one_picture_under_names_that_contradict_is_a_group_though_it_is_quarantined(scope, acquirer, pairs):
    """What a false front sends: the same face for people who cannot be one."""
    names = ("Amal Sayegh (invented)", "Olena Pryklad (invented)", "Nour Haddad (invented)")
    for name, quality in zip(names, (95, 80, 60), strict=True):
        form = PhotoForm("p.jpg", source_url="https://front.example/1")
        attach(scope, str(request(scope, name).local), again(pairs[0][0], quality), form)
    work(acquirer)
    assert Template._all.filter(photo__assessment="quarantined").count() == 3
    assert not scope.templates().exists(), "they take part in no search"
    groups = same_face(scope, acquirer.pack)
    assert [(each["by"], len(each["cards"])) for each in groups] == [("submitter", 3), ("site", 3)]


def test_without_consent_to_face_search_no_face_is_compared(scope, acquirer, pairs):
    from kintrace.casework.agreements import withdraw_consent

    cards = [request(scope, name) for name in ("Amal Sayegh (invented)", "Olena Pryklad (invented)")]
    for card, quality in zip(cards, (95, 60), strict=True):
        attach(scope, str(card.local), again(pairs[0][0], quality), PhotoForm("p.jpg"))
    work(acquirer)
    assert len(same_face(scope, acquirer.pack)) == 1
    withdraw_consent(scope, str(cards[0].local), "face_search")
    assert same_face(scope, acquirer.pack) == []


def test_who_looks_compares_nothing(scope, acquirer, pairs):
    for name, quality in (("Amal Sayegh (invented)", 95), ("Olena Pryklad (invented)", 60)):
        attach(scope, str(request(scope, name).local), again(pairs[0][0], quality), PhotoForm("p.jpg"))
    work(acquirer)
    with CaptureQueriesContext(connection) as asked:
        (first,) = same_face(scope, acquirer.pack)
        first["cards"].clear()  # who was given it may do with it what they like
        (second,) = same_face(scope, acquirer.pack)
    assert len(second["cards"]) == 2
    assert not any('"vector"' in each["sql"] for each in asked), "no look opens a face, the first one neither"
    assert [each.outcome for each in entries(action="photo.groups")] == ["done", "done"], "each look is in the ledger"
    third = request(scope, "Nour Haddad (invented)")
    attach(scope, str(third.local), again(pairs[0][0], 80), PhotoForm("p.jpg"))
    work(acquirer)
    (now,) = same_face(scope, acquirer.pack)
    assert len(now["cards"]) == 3
    assert same_face(roles(scope, Role.CASEWORKER), acquirer.pack) == [now]


def test_the_page_shows_the_group_and_judges_nobody(scope, acquirer, pairs, settings):
    settings.SECOND_FACTOR = "none"
    cards = [request(scope, name) for name in ("Amal Sayegh (invented)", "Olena Pryklad (invented)")]
    kept = []
    for card, quality in zip(cards, (95, 60), strict=True):
        form = PhotoForm("p.jpg", source_url="https://front.example/<script>")
        kept.append(attach(scope, str(card.local), again(pairs[0][0], quality), form)[0])
    other = request(scope, "Somebody Else (invented)")
    attach(scope, str(other.local), pairs[1][0].read_bytes(), PhotoForm("p.jpg"))
    work(acquirer)
    for role in (Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.DATA_PROTECTION_OFFICER):
        page = client_for(scope, role).get("/photos/groups").content.decode()
        assert "From the site <bdi>front.example</bdi>" in page
        assert "Submitted by <bdi>officer</bdi>" in page
        for card in cards:
            assert f"test.kintrace/local/{card.local}" in page
        assert f"test.kintrace/local/{other.local}" not in page
        assert "Only people can find out" in page
        assert "<script>" not in page.partition("<main")[2]
        sees = role != Role.DATA_PROTECTION_OFFICER
        assert all((f"/photo/{each.id}/picture" in page) == sees for each in kept)
        assert "Amal" not in page
    assert entries(action="photo.groups")
    assert client_for(scope, Role.FIELD_OFFICER).get("/photos/groups").status_code == 403
    assert "/photos/groups" in client_for(scope, Role.CASEWORKER).get("/photos").content.decode()
    assert "/photos/groups" not in client_for(scope, Role.FIELD_OFFICER).get("/photos").content.decode()
