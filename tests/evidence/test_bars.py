"""The drawing: well-formed whatever the records hold, readable without colour, mirrored, and with nothing from elsewhere."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_cards import BANNED, NAMES, found, near, people, sought

from kintrace.evidence import Evidence, Fact, waterfall, weigh
from kintrace.evidence.bars import WIDE, WORDS

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</text><script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    "&lt;&#0;&amp;",
    "\"'><img src=x onerror=alert(1)>",
    "\x00\x01\x08\x0b\ufffe\uffff",
    "\ud800 lone",
    "\u202etxt.exe\u202c",
    "\u2066\u2066\u2066",
    "a" * 5000,
    "漢" * 200,
    "الاسم <b>",
    "{0} %s ${x}",
    "url(http://example.org)",
]


def both() -> Evidence:
    return weigh(sought(), found(), face=near(), names=NAMES, gallery_size=20_000, today=2026)


def texts(drawing: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_stay_text(text: str) -> None:
    facts = (Fact(text, text, 2.0, text, (text, text), cautions=(text,)), Fact("sex", text, -1.0))
    drawing = waterfall(Evidence(facts), words={"title": text, "sex": text, "agree": text})
    tree = ElementTree.fromstring(drawing.encode())
    allowed = {f"{SVG}{name}" for name in ("svg", "title", "desc", "defs", "pattern", "rect", "line", "circle", "text")}
    assert {each.tag for each in tree.iter()} <= allowed
    for each in tree.iter():
        assert not [name for name in each.attrib if name.lower().startswith("on") or "href" in name]
    assert not set(drawing) & {"\u202e", "\x00", "\ufffe"}


@settings(max_examples=50, deadline=None)
@given(people, people, st.booleans(), st.floats(-3, 3))
def test_well_formed_and_inside_its_frame(one, other, mirrored: bool, face: float) -> None:
    drawing = waterfall(weigh(one, other, face=near(face), names=NAMES, today=2026), right_to_left=mirrored)
    tree = ElementTree.fromstring(drawing.encode())
    high = float(tree.attrib["viewBox"].split()[3])
    for box in tree.findall(f"{SVG}rect"):
        x, y, wide, tall = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= WIDE + 1
        assert 0 <= y <= y + tall <= high + 1
    for text in tree.iter(f"{SVG}text"):
        assert 0 <= float(text.attrib["x"]) <= WIDE


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.floats(-9, 9))
def test_any_string_is_well_formed(level: str, compared: str, log10_lr: float) -> None:
    ElementTree.fromstring(waterfall(Evidence((Fact("birth", level, log10_lr, "", (compared, level)),))).encode())


def test_it_says_all_it_shows_without_the_picture() -> None:
    tree = ElementTree.fromstring(waterfall(both()))
    assert tree.attrib["role"] == "img"
    title, told = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert title is not None
    assert title.text == WORDS["title"]
    assert told is not None
    for fact in both().facts:
        assert WORDS[fact.name] in (told.text or "")
    assert "Birth: agrees, day and month swapped" in (told.text or "")
    assert list(tree)[:2] == [title, told], "readers look for them first"


def test_what_agrees_and_what_differs_is_told_apart_without_colour() -> None:
    drawing = waterfall(Evidence((Fact("birth", "x", 1.5), Fact("sex", "y", -2.0), Fact("marks", "z", 0.0))))
    shown = texts(drawing)
    plain = [re.sub("[\u2066-\u2069]", "", each) for each in shown]
    for said in ("agrees", "differs", "says nothing", "×32", "÷100", "÷3.2"):
        assert said in plain, said
    assert "url(#kintrace-differs)" in drawing
    assert drawing.count("<circle") == 1


def test_nothing_is_loaded_and_nothing_runs() -> None:
    drawing = waterfall(both())
    for banned in ("<script", "<style", "href", "@import", "data:", "<foreignObject", "<image", "javascript"):
        assert banned not in drawing
    assert re.findall(r"https?://[^\"' ]+", drawing) == ["http://www.w3.org/2000/svg"]


def test_mirrored_for_scripts_from_right_to_left() -> None:
    there, back = waterfall(both()), waterfall(both(), right_to_left=True, words={"birth": "الميلاد"})
    assert 'direction="rtl"' in back
    assert "الميلاد" in texts(back)
    first, mirrored = (
        [float(each.attrib["x"]) for each in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
        for drawing in (there, back)
    )
    assert mirrored == pytest.approx([WIDE - x for x in first])


def test_a_fact_taken_out_is_not_drawn() -> None:
    assert WORDS["face"] not in texts(waterfall(both().without("face")))


def test_nothing_known_is_drawn_too() -> None:
    assert "×1" in waterfall(Evidence(()))


def test_its_own_words_hold_no_verdict() -> None:
    assert not [banned for banned in BANNED if banned in " ".join(WORDS.values()).lower()]
