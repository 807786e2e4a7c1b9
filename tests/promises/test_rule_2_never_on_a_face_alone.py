"""DESIGN.md §5 rule 2: nothing is disclosed or closed on a face alone; a death is never recorded from a face."""

import pytest
from matching_help import find_evidence, found, judge, only, request, somebody

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.errors import NotPossible
from kintrace.faces import active_packs
from kintrace.folder import calibration_for
from kintrace.matching import conclusions, disclosures, standing
from kintrace.matching.models import Conclusion, Disclosure

S, X = Role.SENIOR_REVIEWER, Role.FORENSIC_OFFICER
NOTHING_ELSE = {"date_of_birth": "", "sex": "", "place_of_birth": "", "nationality": "", "mother_maiden_name": ""}


@pytest.fixture
def by_face(scope, acquirer, pairs):
    """A candidate that only the faces make, of somebody alive or dead."""

    def make(kind):
        asked = request(scope, "Somebody (invented)", **NOTHING_ELSE)
        other = found(scope, "Anders Quist (invented)", found_kind=kind, **NOTHING_ELSE)
        for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
            attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
        worker.run(acquirer)
        gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
        standing.follow(standing.Engine(gallery, calibration_for(active_packs("sface")), look_alikes=1000))
        assert [fact["fact"] for fact in find_evidence(only())["facts"] if fact["outcome"] == "agree"] == ["face"]
        return only()

    return make


def test_no_conclusion_stands_on_the_face(scope, by_face):
    each = by_face("patient")
    senior, other = somebody("local", S), somebody("local", S)
    judge(senior)
    judge(other)
    for facts in (["face"], [], ["face", "names"], ["names"], ["sex"]):
        with pytest.raises(NotPossible, match="not the face"):
            conclusions.conclude(senior, each.id, facts, "the faces are very alike")
    assert not Conclusion._all.exists()
    with pytest.raises(NotPossible):
        disclosures.tell(senior, each.id, "words", "contact_restored")
    assert not Disclosure._all.exists()


def test_no_death_is_recorded_from_a_face(scope, by_face):
    each = by_face("deceased_unidentified")
    officer, other = somebody("local", X), somebody("local", X)
    judge(officer)
    judge(other)
    for how in ({}, {"primary_identifier": "face"}, {"primary_identifier": "dna", "authority_reference": "7/2026"}):
        with pytest.raises(NotPossible):
            conclusions.conclude(officer, each.id, ["face"], "very alike", **how)
    assert not Conclusion._all.exists()
