"""The agency's trust list: who may change it, what becomes of photos that were looked into before, and that nobody else does."""

import io
import os
import sys
from pathlib import Path

import pytest
from casework_help import roles
from PIL import Image

from kintrace.casework import checks, photos, quarantine, sources, trusting, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role
from kintrace.casework.picturerecords import SamePicture, TrustedSigners
from kintrace.casework.pictures import Hashes
from kintrace.casework.records import Photo
from kintrace.errors import DecisionError, Denied, NotPossible, TrustListError
from kintrace.ledger import entries
from kintrace.provenance import Inspector, TrustList

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from signing import MADE_BY_AI, authority, signed

WHY = "The newspaper's own cameras."


def put(scope, card, data, **form):
    return photos.attach(scope, str(card.local), data, PhotoForm("p.jpg", **form))[0]


def jpeg(path):
    out = io.BytesIO()
    Image.open(path).convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


def standing(scope, photo):
    """Of its credentials, and of the photo."""
    photo.refresh_from_db()
    return sources.facts_of(photo).credentials.state, photo.assessment


def again(scope, acquirer):
    count = trusting.look_again(scope)
    worker.run(acquirer)
    return count


@pytest.fixture
def kept(scope, found_card, acquirer, pairs):
    """Photos looked into while nobody was trusted: signed; signed as made by a program; without credentials."""
    given = (
        signed(jpeg(pairs[0][0])),
        signed(jpeg(pairs[1][0]), source_type=MADE_BY_AI),
        jpeg(pairs[2][0]),
    )
    held = [put(scope, found_card(), data) for data in given]
    worker.run(acquirer)
    return held


def test_a_signer_is_trusted_from_then_on_and_photos_looked_into_before_are_weighed_again(scope, kept, acquirer):
    assert [standing(scope, each) for each in kept] == [
        ("untrusted", "usable"), ("untrusted", "lead_only"), ("absent", "usable"),
    ]  # fmt: skip
    templates = kept[1].templates.count()
    told = trusting.trust(scope, b"our list\n" + authority().pem, WHY)
    assert len(told["added"]) == 1
    assert again(scope, acquirer) == 2, "only photos with credentials"
    assert [standing(scope, each) for each in kept] == [
        ("trusted", "usable"), ("trusted", "quarantined"), ("absent", "usable"),
    ]  # fmt: skip
    assert kept[1].templates.count() == templates
    assert not scope.templates().filter(photo=kept[1]).exists(), "it takes part in no search"
    assert any("agency trusts" in each["text"] for each in sources.about(scope, kept[0].id)["words"])
    assert [each.record for each in entries(action="photo.quarantined")] == [f"photo:{kept[1].id}"]
    trusting.distrust(scope, told["added"][0], "They sold their cameras.")
    again(scope, acquirer)
    assert [standing(scope, each) for each in kept] == [
        ("untrusted", "usable"), ("untrusted", "lead_only"), ("absent", "usable"),
    ]  # fmt: skip
    assert scope.templates().filter(photo=kept[1]).exists()
    assert trusting.trusted(scope) == []
    assert [each["removed"]["reason"] for each in trusting.trusted(scope, removed=True)] == ["They sold their cameras."]


def test_a_photo_that_comes_later_is_weighed_by_the_list_as_it_is(scope, found_card, acquirer, pairs):
    trusting.trust(scope, authority("Test authority").pem, WHY)
    data = signed(jpeg(pairs[0][0]))
    changed = bytearray(data)
    changed[-200] ^= 1  # of the picture
    other = signed(jpeg(pairs[3][0]), by="Another authority")
    held = [put(scope, found_card(), bytes(each)) for each in (data, changed, other)]
    worker.run(acquirer)
    assert [standing(scope, each)[0] for each in held] == ["trusted", "invalid", "untrusted"]


def test_a_list_that_changes_while_a_photo_is_looked_into_counts_for_it_too(
    scope, found_card, acquirer, pairs, monkeypatch
):
    photo = put(scope, found_card(), signed(jpeg(pairs[0][0])))
    changed = []

    def meanwhile(*given):
        looked = look(*given)
        if not changed:
            changed.append(trusting.trust(scope, authority().pem, WHY))
            assert trusting.look_again(scope) == 0  # this photo's facts are not on record yet
        return looked

    look = worker.look
    monkeypatch.setattr(worker, "look", meanwhile)
    worker.run(acquirer)
    assert standing(scope, photo) == ("trusted", "usable")
    assert worker.waiting() == 0


def test_what_a_person_decided_stays_when_the_list_changes(scope, kept, acquirer):
    sources.raise_lead(scope, kept[1].id, "Her brother drew it for the poster.")
    trusting.trust(scope, authority().pem, WHY)
    again(scope, acquirer)
    assert standing(scope, kept[1])[1] == "quarantined", "raising frees nothing from quarantine"
    told = sources.about(scope, kept[1].id)
    assert [each["what"] for each in told["custody"]] == ["received", "raised to usable"]


def test_what_was_settled_before_was_another_question(scope, request_card, acquirer, pairs):
    """Whose picture it is was settled; that a trusted signer recorded how it was made came later, and is asked anew."""
    data = signed(jpeg(pairs[1][0]), source_type=MADE_BY_AI)
    cards = request_card("Amal Sayegh (invented)"), request_card("Olena Pryklad (invented)")
    one, two = (put(scope, card, each) for card, each in zip(cards, (data, jpeg(pairs[1][0])), strict=True))
    worker.run(acquirer)
    assert [standing(scope, each)[1] for each in (one, two)] == ["quarantined"] * 2
    quarantine.settle_picture(scope, one.id, "here", "Her mother showed the print.")
    assert standing(scope, one)[1] == "lead_only"
    trusting.trust(scope, authority().pem, WHY)
    again(scope, acquirer)
    assert standing(scope, one) == ("trusted", "quarantined")
    quarantine.settle_picture(scope, one.id, "here", "The signer erred: it is a photo of a poster.")
    assert standing(scope, one)[1] == "usable"
    trusting.trust(scope, authority("Another authority").pem, WHY)
    again(scope, acquirer)
    assert standing(scope, one)[1] == "usable", "the same question is not asked twice"


def test_a_look_that_fails_takes_away_nothing_that_an_earlier_one_found(scope, found_card, acquirer, pairs):
    trusting.trust(scope, authority().pem, WHY)
    photo = put(scope, found_card(), signed(jpeg(pairs[1][0]), source_type=MADE_BY_AI))
    worker.run(acquirer)
    before = Hashes.from_text(Photo._all.get(id=photo.id).unseal("hashes"))
    _, pem = trusting.trusted_pem()
    kept = checks._held[os.getpid()]
    checks._held[os.getpid()] = (pem, Inspector(TrustList(pem), max_seconds=0.001))  # nobody can be so quick
    try:
        again(scope, acquirer)
    finally:
        checks._held[os.getpid()] = kept
    assert any("took longer" in each["text"] for each in sources.about(scope, photo.id)["words"])
    assert standing(scope, photo) == ("trusted", "quarantined")
    assert Hashes.from_text(Photo._all.get(id=photo.id).unseal("hashes")) == before
    again(scope, acquirer)
    assert not any("took longer" in each["text"] for each in sources.about(scope, photo.id)["words"])
    assert standing(scope, photo) == ("trusted", "quarantined")


def test_looking_again_forgets_no_face_of_a_picture_of_several(scope, found_card, request_card, acquirer, pairs):
    pictures = [Image.open(pair[0]).convert("RGB") for pair in pairs[2:4]]
    both = Image.new("RGB", (sum(each.width for each in pictures), max(each.height for each in pictures)))
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width, 0))
    out = io.BytesIO()
    both.save(out, "JPEG", quality=92)
    cards = request_card("Amal (invented)"), request_card("Olena (invented)")
    held = [put(scope, card, signed(out.getvalue()), face=face) for card, face in zip(cards, "12", strict=True)]
    worker.run(acquirer)
    before = [Hashes.from_text(Photo._all.get(id=each.id).unseal("hashes")) for each in held]
    assert [(len(each.faces), each.meant) for each in before] == [(2, 0), (2, 1)]
    trusting.trust(scope, authority().pem, WHY)
    assert again(scope, acquirer) == 2
    assert [standing(scope, each) for each in held] == [("trusted", "usable")] * 2, "each shows another of the two"
    after = [Hashes.from_text(Photo._all.get(id=each.id).unseal("hashes")) for each in held]
    assert [each.faces for each in after] == [each.faces for each in before]
    assert not SamePicture._all.exists()


def test_only_who_runs_or_oversees_the_agency_changes_the_list_and_the_ledger_has_it(scope):
    for role in Role:
        asked = roles(scope, role)
        if role in (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER):
            mark = trusting.trust(asked, authority().pem, WHY)["added"][0]
            assert [each["mark"] for each in trusting.trusted(asked)] == [mark]
            trusting.distrust(asked, mark, "Only tried.")
            assert trusting.trusted(asked) == []
            continue
        for verb in (
            lambda asked=asked: trusting.trust(asked, authority().pem, WHY),
            lambda asked=asked: trusting.distrust(asked, "0" * 16, WHY),
            lambda asked=asked: trusting.trusted(asked),
            lambda asked=asked: trusting.look_again(asked),
        ):
            with pytest.raises(Denied):
                verb()
            assert entries(most=1)[0].outcome == "refused"
    done = [each.action for each in entries(most=200) if each.action.startswith("trust.") and each.outcome == "done"]
    assert sorted(set(done)) == ["trust.add", "trust.read", "trust.remove"]


def test_a_list_that_cannot_be_is_refused_and_a_reason_is_needed(scope):
    with pytest.raises(TrustListError):
        trusting.trust(scope, b"no certificate", WHY)
    for reason in ("", "  "):
        with pytest.raises(DecisionError):
            trusting.trust(scope, authority().pem, reason)
    with pytest.raises(NotPossible):
        trusting.distrust(scope, "0" * 16, WHY)
    assert trusting.trusted(scope) == []
    first = trusting.trust(scope, authority().pem, WHY)
    second = trusting.trust(scope, authority().pem + authority("Another authority").pem, "Theirs, too.")
    assert second["known"] == first["added"]
    told = trusting.trusted(scope)
    assert [each["reason"] for each in told] == [WHY, "Theirs, too."]
    assert all("Kintrace tests" in each["name"] and each["until"] > each["added"] for each in told)


def test_who_writes_to_the_database_alone_puts_nobody_on_the_list(scope):
    trusting.trust(scope, authority().pem, WHY)
    row = TrustedSigners._all.get()
    sealed = bytearray(bytes(row.content))
    assert b"CERTIFICATE" not in sealed
    sealed[-1] ^= 1
    TrustedSigners._all.update(content=bytes(sealed))
    with pytest.raises(TrustListError, match="does not open"):
        trusting.trusted_pem()
