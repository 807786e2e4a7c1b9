"""DESIGN.md §5 rule 10: missing metadata, error-level pictures and “fake” scores prove nothing and are never shown as proof."""

import ast
import re
import sys
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

import kintrace
from kintrace.provenance import Grade, PhotoFacts, assess, inspect, sentences
from kintrace.provenance.facts import Compression, Credentials, FileFacts, Mark, Metadata, Said, Step, Thumbnail
from kintrace.provenance.marks import GENERATED

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from files import exif, full_jpeg, photo, saved

ROOM = Path(kintrace.__file__).parent / "provenance"
COMMAND = Path(kintrace.__file__).parent / "cli" / "inspect.py"
VERDICTS = re.compile(
    r"\bfakes?\b|\bfaked\b|forg(ed|ery)|deepfake|manipulat|genuine|authentic|tamper|falsif|doctored|suspicious|fraud|"
    r"\boriginal photo\b|error.level|\bela\b|%|percent|probabilit|likely (real|fake|false|edited)|confidence",
    re.IGNORECASE,
)
PROOF = re.compile(r"\bproofs?\b|\bprov(e|es|ed|en|ing)\b", re.IGNORECASE)
NOT_PROOF = re.compile(r"proves nothing", re.IGNORECASE)
ORIGINS = ("family", "authority", "own_staff", "media", "social_media")


def literals(path: Path) -> list[str]:
    """Every text in a module that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.value for node in found if id(node) not in documents | bare]


def test_no_word_of_the_room_is_a_verdict_on_a_photo() -> None:
    texts = [(path.name, text) for path in [*ROOM.glob("*.py"), COMMAND] for text in literals(path)]
    assert len(texts) > 300
    for name, text in texts:
        if name == "marks.py" and text == "names of the programs":
            continue
        assert not VERDICTS.search(text), f"{name}: {text}"
        if PROOF.search(NOT_PROOF.sub("", text)):
            raise AssertionError(f"{name}: {text}")


def test_nothing_in_the_room_scores_a_photo() -> None:
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert not re.search(
                    r"fake|forg|ela$|error_level|detect|authentic|manipul", node.name, re.IGNORECASE
                ), node.name


texts = st.text(max_size=30)
saids = st.builds(Said, texts, texts, texts)
steps = st.builds(Step, texts, texts, texts)
metadatas = st.builds(
    Metadata,
    present=st.lists(st.sampled_from(["EXIF", "XMP", "IPTC", "ICC", "C2PA", "comments"]), unique=True).map(tuple),
    times=st.lists(saids, max_size=2).map(tuple), camera=texts, lens=texts, software=st.lists(saids, max_size=2).map(tuple),
    edits=st.lists(steps, max_size=2).map(tuple), texts=st.lists(saids, max_size=2).map(tuple),
    source_type=st.sampled_from(["", "digitalCapture", *GENERATED]), recorded_width=st.integers(0, 9999),
    recorded_height=st.integers(0, 9999), place=st.booleans(), serial=st.booleans(),
)  # fmt: skip
families = st.sampled_from(["", "libjpeg", "photoshop"])
compressions = st.none() | st.builds(Compression, texts, families, texts, texts, st.booleans())
compared = st.sampled_from(["same", "differs", "not comparable"])
thumbs = st.builds(Thumbnail, st.just("EXIF"), st.just(160), st.just(120), compared, st.just(0.5))
kinds = st.sampled_from(["screenshot", "messenger", "social network", "generated", "edited"])
markses = st.builds(Mark, kinds, st.booleans(), st.just("A sign."), st.just("somewhere"))
credentialses = st.builds(
    Credentials, st.sampled_from(["absent", "invalid", "untrusted", "trusted"]), signer=texts,
    actions=st.lists(steps, max_size=2).map(tuple),
    source_types=st.lists(st.sampled_from(["digitalCapture", *GENERATED]), max_size=2).map(tuple), elsewhere=st.booleans(),
)  # fmt: skip
files = st.builds(
    FileFacts, format=st.sampled_from(["JPEG", "PNG", ""]), claimed=st.sampled_from(["", "JPEG", "PNG"]), agrees=st.booleans(),
    size=st.integers(0, 10**8), width=st.integers(0, 9999), height=st.integers(0, 9999), trailing=st.integers(0, 10**6),
    trailing_kind=st.sampled_from(["", "ZIP", "JPEG"]),
)  # fmt: skip
photos = st.builds(
    PhotoFacts, sha256=st.just("0" * 64), file=files, metadata=metadatas, compression=compressions,
    thumbnails=st.lists(thumbs, max_size=2).map(tuple), marks=st.lists(markses, max_size=3).map(tuple), credentials=credentialses,
    hashes=st.just(()), inner=st.just(()), problems=st.sampled_from([(), ("Its EXIF is damaged in part.",)]),
)  # fmt: skip
# Texts are those of strangers: what they wrote is shown, whatever words it holds.
blank = photos.map(lambda found: _without_texts(found))


def _without_texts(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        return replace(value, **{
            each.name: "x" if hints[each.name] is str and each.name not in KEPT else _without_texts(getattr(value, each.name))
            for each in fields(value)
        })  # fmt: skip
    return tuple(_without_texts(each) for each in value) if isinstance(value, tuple) else value


KEPT = {"format", "claimed", "family", "source_type", "trailing_kind"}


@settings(max_examples=300, deadline=None)
@given(blank)
def test_no_sentence_about_any_photo_is_a_verdict(facts: PhotoFacts) -> None:
    told = [each.text for each in sentences(facts)]
    for text in told:
        assert not VERDICTS.search(text), text
        assert not PROOF.search(NOT_PROOF.sub("", text)), text
    if not set(facts.metadata.present) - {"ICC", "C2PA"}:
        assert any("no metadata" in text and "proves nothing either way" in text for text in told)
    if facts.credentials.state == "absent" and not facts.credentials.elsewhere:
        assert any("no content credentials" in text and "proves nothing either way" in text for text in told)
    if facts.compression is not None and not facts.compression.family:
        assert any("says nothing against the photo" in text for text in told)
    for mark in facts.marks:
        if not mark.says_so:
            assert any("Countless other files fit, too" in text for text in told)


@settings(max_examples=300, deadline=None)
@given(photos, photos, st.sampled_from(ORIGINS))
def test_what_a_file_lacks_or_how_it_was_saved_moves_no_assessment(
    one: PhotoFacts, other: PhotoFacts, origin: Any
) -> None:
    """Only what somebody recorded of how the picture was made counts, and signatures; whatever else differs, nothing changes."""
    recorded = replace(
        one.metadata, present=(), times=(), camera="", lens="", software=(), edits=(), texts=(), recorded_width=0
    )
    same = replace(
        other, metadata=replace(other.metadata, source_type=one.metadata.source_type), credentials=one.credentials
    )
    stripped = replace(one, metadata=recorded, compression=None, thumbnails=(), marks=(), problems=("damaged",))
    for facts in (same, stripped):
        assert assess(facts, origin, Grade()) == assess(one, origin, Grade())


def test_a_photo_without_anything_is_as_usable_as_one_with_everything() -> None:
    bare, rich = inspect(saved(photo(), "JPEG")), inspect(saved(photo(), "JPEG", exif=exif(thumbnail=photo())))
    for origin in get_args_of_origin():
        assert assess(bare, origin, Grade()) == assess(rich, origin, Grade()) == assess(None, origin, Grade())


def get_args_of_origin() -> tuple[Any, ...]:
    from kintrace.provenance.assessing import Origin

    assert set(get_args(Origin)) == set(ORIGINS)
    return get_args(Origin)


def test_a_rich_file_says_that_anybody_could_have_written_it() -> None:
    told = " ".join(each.text for each in sentences(inspect(full_jpeg())))
    assert "Anybody can write or change metadata" in told
