"""DESIGN.md §5 rule 9: a photo from social media is a lead, never a fact; one picture under two names quarantines both."""

import io

import pytest
from casework_help import CONSENT, SETTLED, roles
from matching_help import SHARED, found, request, somebody
from PIL import Image

from kintrace.casework import erasure, photos, quarantine, sources, worker
from kintrace.casework.cards import amend
from kintrace.casework.facesearch import search_card
from kintrace.casework.forms import PhotoForm
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.picturerecords import SamePicture
from kintrace.casework.pictures import LivePictures
from kintrace.casework.records import Photo
from kintrace.casework.setup import add_office
from kintrace.casework.standings import assessment_in, content_of
from kintrace.errors import DecisionError, Denied, NotPossible
from kintrace.faces import active_packs
from kintrace.folder import calibration_for
from kintrace.ledger import entries
from kintrace.matching import standing
from kintrace.provenance.assessing import LEAD_CAP

CAPPED = "10 times at most"
SAME = "one and the same picture"


@pytest.fixture
def engine(acquirer):
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    return standing.Engine(gallery, calibration_for(active_packs("sface")))


@pytest.fixture
def faces(scope, acquirer, pairs, engine):
    """The evidence of the faces of a pair, by the origins of the found person's photos; and those photos."""

    def weigh(*origins):
        asked, other = request(scope), found(scope)
        attach(scope, str(asked.local), pairs[0][0].read_bytes(), PhotoForm("a.jpg"))
        kept = []
        for number, origin in enumerate(origins):
            data = pairs[0][1].read_bytes() + b" " * number  # another file, the same picture
            kept.append(attach(scope, str(other.local), data, PhotoForm("b.jpg", origin=origin))[0])
        worker.run(acquirer)
        return weighed(engine, scope, asked, other), kept

    return weigh


def weighed(engine, scope, asked, other):
    """The evidence of one pair, as it is now."""
    pairs, _ = engine.weighed(scope.card(str(asked.local)))
    return next(each for each in pairs if each.found.id == other.id)


def changed(path, way):
    """The same picture in another file."""
    picture = Image.open(path).convert("RGB")
    if way == "mirrored":
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if way == "cropped":
        across, down = (side // 20 for side in picture.size)
        picture = picture.crop((across, down, picture.width - across, picture.height - down))
    if way == "bordered":
        page = Image.new("RGB", (picture.width + 60, picture.height + 60), "white")
        page.paste(picture, (30, 30))
        picture = page
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def put(scope, card, data, **form):
    return attach(scope, str(card.local), data, PhotoForm("p.jpg", **form))[0]


def state(photo):
    photo.refresh_from_db()
    return photo.assessment


def test_the_face_counts_no_more_than_a_lead(faces):
    pair, _ = faces("social_media")
    assert pair.evidence.fact("face").log10_lr == LEAD_CAP
    assert any(CAPPED in each for each in pair.evidence.cautions)
    assert pair.face.expected_lookalikes >= 0.1


def test_a_photo_of_another_origin_counts_in_full_and_the_lead_adds_nothing(scope, faces):
    first, _ = faces("family")
    alone = first.evidence.fact("face").log10_lr
    assert alone > 2
    for card in (first.request, first.found):  # the same pictures come again
        erasure.erase(scope, str(card.local))
    beside, _ = faces("social_media", "family")
    assert beside.evidence.fact("face").log10_lr == pytest.approx(alone)
    assert not any(CAPPED in each for each in beside.evidence.cautions)


def test_only_a_person_with_a_reason_raises_a_lead(scope, faces, engine):
    pair, (lead,) = faces("social_media")
    assert state(lead) == "lead_only"
    with pytest.raises(DecisionError):
        sources.raise_lead(scope, lead.id, "  ")
    with pytest.raises(Denied):
        sources.raise_lead(roles(scope, Role.FIELD_OFFICER), lead.id, "I know him")
    assert state(lead) == "lead_only"
    told = sources.raise_lead(scope, lead.id, "His sister showed the account and the day it was taken.")
    assert (told["state"], told["by"]) == ("usable", "officer")
    assert any("His sister" in each for each in told["reasons"])
    assert state(lead) == "usable"
    now = weighed(engine, scope, pair.request, pair.found)
    assert now.evidence.fact("face").log10_lr > LEAD_CAP
    assert now.mark != pair.mark
    assert [each.outcome for each in entries(action="photo.assess")] == ["done", "refused"]
    sources.take_back_raise(scope, lead.id, "The account is a copy.")
    assert weighed(engine, scope, pair.request, pair.found).evidence.fact("face").log10_lr == LEAD_CAP


def test_a_poor_grade_makes_a_lead_of_any_photo(scope, faces, engine):
    pair, (photo,) = faces("family")
    sources.grade_source(scope, photo.id, "D4", "He sent three others that were not of her.")
    assert state(photo) == "lead_only"
    assert weighed(engine, scope, pair.request, pair.found).evidence.fact("face").log10_lr == LEAD_CAP


@pytest.mark.parametrize("way", ["again", "mirrored", "cropped", "bordered"])
def test_one_picture_under_two_names_quarantines_both(scope, acquirer, pairs, engine, way):
    asked, other = request(scope, "Amal Sayegh (invented)"), request(scope, "Olena Pryklad (invented)")
    one = put(scope, asked, pairs[0][0].read_bytes())
    worker.run(acquirer)
    assert state(one) == "usable"
    two = put(scope, other, changed(pairs[0][0], way))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    # Neither takes part in a search, from either side.
    there = found(scope, "Somebody (invented)")
    put(scope, there, pairs[0][1].read_bytes())
    worker.run(acquirer)
    assert search_card(scope, str(there.local), engine.gallery, None).leads == []
    with pytest.raises(NotPossible, match="in quarantine"):
        search_card(scope, str(asked.local), engine.gallery, None)
    assert weighed_face(engine, scope, there, asked) is None
    told = {each.record for each in entries(action="photo.quarantined")}
    assert told == {f"photo:{one.id}", f"photo:{two.id}"}


def weighed_face(engine, scope, card, other):
    """The evidence of the faces of a pair; None where they are not compared, or the pair is not near."""
    pairs, _ = engine.weighed(scope.card(str(card.local)))
    return next((each.face for each in pairs if other.id in (each.found.id, each.request.id)), None)


def test_a_photo_in_which_no_face_is_looked_for_is_checked_too(scope, acquirer, pairs):
    silent = {**CONSENT, "purposes": {"tracing": True}}
    asked, other = request(scope, "Amal (invented)", silent), request(scope, "Olena (invented)", silent)
    one, two = (put(scope, card, pairs[0][0].read_bytes()) for card in (asked, other))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    assert one.templates.count() == two.templates.count() == 0
    assert one.state == "held"


def test_two_found_persons_cannot_share_a_picture(scope, acquirer, pairs):
    one, two = (put(scope, found(scope), changed(pairs[0][0], way)) for way in ("again", "mirrored"))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")


def test_the_same_picture_on_both_sides_of_a_candidate_is_no_conflict_and_adds_nothing(scope, acquirer, pairs, engine):
    asked, other = request(scope), found(scope)
    one, two = put(scope, asked, pairs[0][0].read_bytes()), put(scope, other, changed(pairs[0][0], "again"))
    worker.run(acquirer)
    assert (state(one), state(two)) == ("usable", "usable")
    pair = weighed(engine, scope, asked, other)
    assert pair.evidence.fact("face").log10_lr == 0
    assert any(SAME in each for each in pair.evidence.cautions)
    (lead,) = search_card(scope, str(asked.local), engine.gallery, engine.calibration).leads
    assert lead.evidence.log10_lr == 0
    assert any(SAME in each for each in lead.evidence.cautions)
    # Another photo of the person counts, and what is said of the picture stays.
    put(scope, other, pairs[0][1].read_bytes())
    worker.run(acquirer)
    more = weighed(engine, scope, asked, other)
    assert more.evidence.fact("face").log10_lr > 2
    assert any(SAME in each for each in more.evidence.cautions)


def test_a_name_that_comes_to_contradict_quarantines_both(scope, acquirer, pairs):
    asked, other = request(scope), found(scope)
    one, two = put(scope, asked, pairs[0][0].read_bytes()), put(scope, other, changed(pairs[0][0], "again"))
    worker.run(acquirer)
    assert state(one) == "usable"
    amend(scope, str(other.local), {"full_name": "Olena Pryklad (invented)"}, why="her passport")
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    amend(scope, str(other.local), {"full_name": "Amal Qasimova (invented)"}, why="a slip")
    assert (state(one), state(two)) == ("quarantined", "quarantined")  # until a person settles it


def test_a_picture_of_two_people_shows_each_at_their_own_face(scope, acquirer, pairs):
    pictures = [Image.open(pair[0]).convert("RGB") for pair in pairs[2:4]]
    both = Image.new("RGB", (sum(each.width for each in pictures), max(each.height for each in pictures)))
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width, 0))
    out = io.BytesIO()
    both.save(out, "PNG")
    asked, other = request(scope, "Amal (invented)"), request(scope, "Olena (invented)")
    one, two = put(scope, asked, out.getvalue(), face="1"), put(scope, other, out.getvalue())
    worker.run(acquirer)
    assert state(two) == "usable"  # nobody said yet whom it shows
    photos.choose_face(scope, two.id, 2)
    worker.run(acquirer)
    assert (state(one), state(two)) == ("usable", "usable")
    photos.choose_face(scope, two.id, 1)
    worker.run(acquirer)
    assert (state(one), state(two)) == ("quarantined", "quarantined")


@pytest.fixture
def quarantined(scope, acquirer, pairs):
    """Two photos of one picture on two requests of one office."""
    cards = request(scope, "Amal Sayegh (invented)"), request(scope, "Olena Pryklad (invented)")
    kept = [put(scope, card, changed(pairs[0][0], way)) for card, way in zip(cards, ("again", "mirrored"), strict=True)]
    worker.run(acquirer)
    assert [state(each) for each in kept] == ["quarantined", "quarantined"]
    return kept


@pytest.mark.parametrize(("answer", "states"), SETTLED)
def test_a_person_settles_it_with_a_reason(scope, quarantined, answer, states):
    one, two = quarantined
    with pytest.raises(DecisionError):
        quarantine.settle_picture(scope, one.id, answer, "")
    with pytest.raises(Denied):
        quarantine.settle_picture(roles(scope, Role.FIELD_OFFICER), one.id, answer, "so")
    assert state(one) == "quarantined"
    quarantine.settle_picture(scope, one.id, answer, "Her mother showed the print.")
    assert (state(one), state(two)) == states
    if "usable" in states:
        free = one if states[0] == "usable" else two
        held = assessment_in(content_of(free))
        assert held.by == "officer"
        assert any("Her mother showed the print." in each for each in held.reasons)
    assert {each.record for each in entries(action="photo.settle")} == {f"photo:{one.id}", f"photo:{two.id}"}


def test_what_was_settled_is_asked_again_where_the_picture_comes_again(scope, quarantined, acquirer, pairs):
    one, _ = quarantined
    quarantine.settle_picture(scope, one.id, "here", "Her mother showed the print.")
    assert state(one) == "usable"
    third = put(scope, request(scope, "Third Name (invented)"), pairs[0][0].read_bytes())
    worker.run(acquirer)
    assert (state(one), state(third)) == ("quarantined", "quarantined")


def test_erasing_the_other_card_frees_nothing_by_itself(scope, quarantined):
    one, two = quarantined
    card = two.person.card
    erasure.erase(scope, str(card.local))
    assert state(one) == "quarantined"
    assert not SamePicture._all.exclude(other=None).exists()
    quarantine.settle_picture(scope, one.id, "here", "The other card is gone; the print is here.")
    assert state(one) == "usable"


def test_raising_frees_nothing_from_quarantine(scope, quarantined):
    with pytest.raises(NotPossible, match="quarantine"):
        sources.raise_lead(scope, quarantined[0].id, "I am sure.")


@pytest.mark.parametrize("shares", [True, False])
def test_each_office_is_told_no_more_than_it_may_know(scope, acquirer, pairs, shares):
    add_office(roles(scope, Role.ADMINISTRATOR), "north", "North")
    worker_there = somebody("north", Role.FIELD_OFFICER, Role.CASEWORKER)
    consent = SHARED if shares else CONSENT
    one = put(scope, request(scope, "Amal Sayegh (invented)", consent), pairs[0][0].read_bytes())
    two = put(worker_there, request(worker_there, "Olena Pryklad (invented)"), changed(pairs[0][0], "mirrored"))
    worker.run(acquirer)
    (mine,), (theirs,) = quarantine.waiting_pictures(scope), quarantine.waiting_pictures(worker_there)
    assert (mine["photo"], theirs["photo"]) == (str(one.id), str(two.id))
    assert mine["owner"] == "officer"
    (other_side,) = theirs["same_picture"]
    assert (other_side["office"], other_side["card"], other_side["photo"]) == ("local" if shares else "", "", "")
    assert str(one.id) not in str(theirs)
    assert "Amal" not in str(theirs)
    # One office alone frees nothing; the two together do.
    waits = quarantine.settle_picture(scope, one.id, "here", "Her mother showed the print.")
    assert waits["waits_for_another_office"]
    assert (state(one), state(two)) == ("quarantined", "quarantined")
    quarantine.settle_picture(worker_there, two.id, "neither", "Sent by a stranger.")
    assert (state(one), state(two)) == ("usable", "quarantined")


def test_a_hash_is_gone_from_the_next_search_of_every_process(scope, acquirer, pairs):
    card = found(scope)
    one = put(scope, card, pairs[0][0].read_bytes())
    worker.run(acquirer)
    processes = [LivePictures(), LivePictures()]
    probes = tuple(sources.facts_of(Photo._all.get(id=one.id)).probes)
    assert all(list(each.search(probes)) == [one.id] for each in processes)
    photos.withdraw(scope, one.id)
    for each in processes:
        assert each.search(probes) == {}
        assert len(each) == 0
    again = put(scope, card, pairs[0][0].read_bytes())
    worker.run(acquirer)
    assert all(list(each.search(probes)) == [again.id] for each in processes)
    erasure.erase(scope, str(card.local))
    assert all(each.search(probes) == {} and len(each) == 0 for each in processes)


def test_no_hash_lies_in_clear_in_the_database(scope, quarantined):
    from django.db import connections

    hashes = [each.bits for each in sources.facts_of(Photo._all.first()).kept]
    assert hashes
    for alias in ("default", "keyring"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    for value in row:
                        held = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                        for bits in hashes:
                            assert bits not in held, table
                            assert bits.hex().encode() not in held, table
