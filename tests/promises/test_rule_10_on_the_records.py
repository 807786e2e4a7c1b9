"""DESIGN.md §5 rule 10, on the records: what a file lacks moves nothing, and nothing that is told of a photo is a verdict."""

import io
import json
import re
import sys
from pathlib import Path

import pytest
from casework_help import CONSENT
from matching_help import found
from PIL import Image

import kintrace
from kintrace.casework import photoqueue, sources, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.photos import attach
from kintrace.casework.records import Photo
from kintrace.provenance import sentences

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
sys.path.insert(0, str(Path(__file__).parent))
from files import exif
from test_rule_10_nothing_proves_a_photo import NOT_PROOF, PROOF, VERDICTS, literals

HOME = Path(kintrace.__file__).parent
TELLING = [
    HOME / "casework" / f"{name}.py"
    for name in (
        "blocking", "checking", "checks", "facecaps", "pictures", "quarantine", "samepicture", "sources", "standings", "trusting",
    )
] + [HOME / "cli" / "pictures.py", HOME / "cli" / "trust.py", HOME / "matching" / "manyfaces.py"]  # fmt: skip
NOTE = "shows that a photo is real or false"


def saved(path, **options):
    out = io.BytesIO()
    Image.open(path).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("origin", ["family", "authority", "social_media"])
def test_a_stripped_squeezed_photo_is_assessed_as_one_with_everything(scope, acquirer, pairs, origin):
    kept = []
    for number, options in enumerate(({"exif": exif(), "quality": 97}, {"quality": 20})):
        card = found(scope, f"Amal{'ia' * number} Sayegh (invented)")
        data = saved(pairs[number][0], **options)  # different people: not one picture twice
        kept.append(attach(scope, str(card.local), data, PhotoForm("p.jpg", origin=origin))[0])
    worker.run(acquirer)
    rich, bare = (sources.about(scope, each.id) for each in kept)
    assert any("Camera" in each["text"] for each in rich["words"])
    assert not any("Camera" in each["text"] for each in bare["words"])
    assert rich["assessment"] == bare["assessment"]
    for told in (rich, bare):
        assert NOTE in told["note"]
    assert any("proves nothing either way" in each["text"] for each in bare["words"])


def test_what_is_told_of_a_photo_is_no_verdict(scope, acquirer, pairs):
    card = found(scope)
    photo, _ = attach(scope, str(card.local), saved(pairs[0][0]), PhotoForm("p.jpg", origin="social_media"))
    worker.run(acquirer)
    text = re.sub("[0-9a-f-]{32,}", "", json.dumps(sources.about(scope, photo.id)))
    assert not VERDICTS.search(text.replace(NOTE, ""))
    assert not PROOF.search(NOT_PROOF.sub("", text))
    assert sentences(sources.facts_of(type(photo)._all.get(id=photo.id)))


def test_no_word_of_the_verbs_is_a_verdict_on_a_photo():
    texts = [(path.name, text) for path in TELLING for text in literals(path)]
    assert len(texts) > 200
    for name, text in texts:
        assert not VERDICTS.search(text.replace(NOTE, "")), f"{name}: {text}"
        assert not PROOF.search(NOT_PROOF.sub("", text)), f"{name}: {text}"


@pytest.mark.parametrize("page", ["photo", "photos", "photo_groups", "card_photos", "_photo_list"])
def test_no_page_of_a_photo_is_a_verdict(page):
    source = (HOME / "site" / "templates" / "kintrace" / f"{page}.html").read_text(encoding="utf-8")
    texts = re.findall(r"""translate (?:"([^"]+)"|'([^']+)')|blocktranslate[^%]*%}(.*?){%""", source)
    said = ["".join(each) for each in texts]
    assert len(said) > 2
    for text in said:
        assert not VERDICTS.search(text), text
        assert not PROOF.search(NOT_PROOF.sub("", text)), text


def test_nothing_of_a_photo_is_kept_as_a_score_of_truth():
    from kintrace.casework.records import Photo

    names = {field.name for field in Photo._meta.fields}
    assert not [name for name in names if re.search("fake|real|truth|score|trust|probab", name)]


def test_a_photo_enters_by_one_verb_only_and_waits_for_the_checks():
    """Page, camera, command, import and demo all attach; a restore brings rows back, and is tested with the backups."""
    rows = {"casework/photos.py"}
    for path in HOME.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not re.search(
            r"from kintrace\.casework\.records import [^\n(]*\bPhoto\b|import \((?:[^)]*\n)? *Photo,", text
        ):
            continue
        makes = re.search(
            r"\bPhoto\(\s*\w+=|\bPhoto\._all\.(bulk_create|create|get_or_create|update_or_create)\(", text
        )
        assert bool(makes) == (path.relative_to(HOME).as_posix() in rows), path
    assert Photo._meta.get_field("checked").default < photoqueue.RELEASE


def test_every_photo_that_was_attached_waits_whatever_its_consent(scope, pairs):
    for consent in (None, {**CONSENT, "purposes": {"tracing": True}}):
        card = found(scope) if consent is None else found(scope, "Somebody (invented)", consent)
        photo, _ = attach(scope, str(card.local), pairs[0][0].read_bytes(), PhotoForm("a.jpg"))
        assert photoqueue.waiting_photos().filter(id=photo.id).exists()
