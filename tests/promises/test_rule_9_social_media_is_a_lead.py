"""DESIGN.md §5 rule 9: a photo from social media is a lead, never a fact."""

import pytest
from matching_help import found, request

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.live import LiveGallery
from kintrace.casework.photos import attach
from kintrace.faces import active_packs
from kintrace.folder import calibration_for
from kintrace.matching import standing
from kintrace.matching.weighing import LEAD_CAP, LEAD_SAID


@pytest.fixture
def faces(scope, acquirer, pairs):
    """The evidence of the faces of a pair, by the origins of the found person's photos."""
    engine = standing.Engine(
        LiveGallery(acquirer.pack, acquirer.encoder.dimensions), calibration_for(active_packs("sface"))
    )

    def weigh(*origins):
        asked, other = request(scope), found(scope)
        attach(scope, str(asked.local), pairs[0][0].read_bytes(), PhotoForm("a.jpg"))
        for number, origin in enumerate(origins):
            data = pairs[0][1].read_bytes() + b" " * number  # another file, the same picture
            attach(scope, str(other.local), data, PhotoForm("b.jpg", origin=origin))
        worker.run(acquirer)
        weighed, _ = engine.weighed(scope.card(str(asked.local)))
        return next(each for each in weighed if each.found.id == other.id)

    return weigh


def test_the_face_counts_no_more_than_a_lead(faces):
    pair = faces("social_media")
    assert pair.evidence.fact("face").log10_lr == LEAD_CAP
    assert LEAD_SAID in pair.evidence.cautions
    assert pair.face.expected_lookalikes >= 0.1


def test_a_photo_of_another_origin_counts_in_full_and_the_lead_adds_nothing(faces):
    alone = faces("family").evidence.fact("face").log10_lr
    assert alone > 2
    beside = faces("social_media", "family")
    assert beside.evidence.fact("face").log10_lr == pytest.approx(alone)
    assert LEAD_SAID not in beside.evidence.cautions
