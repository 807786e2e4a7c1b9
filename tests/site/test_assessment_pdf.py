"""The impact assessment as a PDF: what people named or wrote stands in it as text, whatever it is made of, and does nothing."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typst
from casework_help import roles
from pdf_text import actions_of, text_of
from site_help import client_for

from kintrace.casework.people import Office, Role
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.site.assessment import sections, to_pdf

HOSTILE = (
    '#read("/etc/passwd")', "#{sys.inputs}", '#import "@preview/example:1.0.0": *', '#panic("no")', "*bold* _it_ `code` <label>",
    "= Heading", "$ x^2 $", '\\ " \' ] } ) \\u{41} //note /* note */', '"}], "title": "mine", "x": [{"', "</script><b>@ref</b>",
    "#link(\"https://example.org\")[here]", "[#box]" * 40,
)  # fmt: skip
TURNED = "first\u202eesrever\u202c \u2066apart\u2069\x07\x9f last"


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def everywhere(text: str) -> list[dict[str, Any]]:
    """A section that has it in every place a section has."""
    return [{"heading": f"H{text}", "text": [f"T{text}"], "rows": [(f"L{text}", f"V{text}")], "open": [f"Q{text}"]}]


@pytest.fixture
def officer(scope: Scope) -> Scope:
    return roles(scope, Role.DATA_PROTECTION_OFFICER)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_program_is_text(officer: Scope, text: str) -> None:
    made = to_pdf(officer, everywhere(text))
    found = text_of(made)
    for place in "HTLVQ":
        assert squeezed(place + text) in found, (place, found)
    assert "root:x:0" not in found
    assert actions_of(made) == []


def test_nothing_in_it_turns_or_hides_what_stands_beside(officer: Scope) -> None:
    """Of the text all is left that can be seen, in the order it was written."""
    assert "Vfirstesreverapartlast" in text_of(to_pdf(officer, everywhere(TURNED)))


def test_what_is_very_long_stays_on_the_page(officer: Scope) -> None:
    """Broken into lines, all of it, within the paper's edges."""
    data = {
        "title": "T",
        "under": "U",
        "open": "O",
        "language": "en",
        "direction": "ltr",
        "sections": everywhere("x" * 3000),
    }
    template = files("kintrace.site").joinpath("assessment.typ").read_bytes()
    drawn = typst.compile(template, sys_inputs={"data": json.dumps(data)}, format="png", ppi=40)
    for picture in drawn if isinstance(drawn, list) else [drawn]:
        assert margin_is_white(picture)
    assert text_of(to_pdf(officer, everywhere("x" * 3000))).count("x") >= 5 * 3000


def margin_is_white(picture: bytes) -> bool:
    """Whether nothing stands in the outer half of the right margin of a page."""
    from io import BytesIO

    from PIL import Image

    page = Image.open(BytesIO(picture)).convert("L")
    strip = page.crop((page.width - round(page.width * 1.1 / 21), 0, page.width, page.height))
    return strip.getextrema()[0] > 250


@pytest.mark.parametrize("language", ["en", "ar"])
def test_names_of_offices_are_text_on_the_page_and_in_the_pdf(scope: Scope, request_card: Any, language: str) -> None:
    """As they get there: an office's code stands in the register of consent."""
    card = request_card()
    Office._all.filter(id=card.office_id).update(code='#read("/etc/passwd")', name="= $x$")
    officer = client_for(scope, Role.DATA_PROTECTION_OFFICER)
    officer.cookies["kintrace_language"] = language
    page = officer.get("/protection/assessment").content.decode()
    assert "#read(&quot;/etc/passwd&quot;)" in page
    found = text_of(officer.post("/protection/assessment").content)
    assert "/etc/passwd" in found
    assert "root:x:0" not in found


def test_the_template_takes_all_as_data() -> None:
    """Nothing is put into its text, and it reads no file."""
    template = Path(str(files("kintrace.site").joinpath("assessment.typ"))).read_text("utf-8")
    assert re.findall(r"\b(?:eval|read|include|import|plugin|csv|yaml|toml|xml|image)\s*[(\"]", template) == []
    assert template.count("json(") == template.count("json(bytes(sys.inputs.data))") == 1


def test_every_value_of_the_report_reaches_the_pdf(scope: Scope, request_card: Any) -> None:
    """What the page says, the PDF says."""
    request_card()
    officer = roles(scope, Role.DATA_PROTECTION_OFFICER)
    told = sections(officer)
    found = text_of(to_pdf(officer, told))
    for part in told:
        for words in (part["heading"], *part["text"], *(cell for row in part["rows"] for cell in row), *part["open"]):
            assert squeezed(words) in found, words
    assert Card._all.exists()
