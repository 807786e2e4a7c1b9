"""Near-identical faces that one source gave for unrelated cards are shown as a group."""

import io

import pytest
from casework_help import roles
from matching_help import found, request
from PIL import Image

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.records import Template
from kintrace.errors import Denied
from kintrace.matching.manyfaces import same_face


def again(path, quality):
    out = io.BytesIO()
    Image.open(path).convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


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
    worker.run(acquirer)
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
    worker.run(acquirer)
    assert len(same_face(scope, acquirer.pack)) == 1
    follow()
    assert same_face(scope, acquirer.pack) == []
