"""The drawing of a family, and words for relatives in the page's language."""

from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from kintrace.site import answers, kinship
from kintrace.site.family import drawn

SVG = "{http://www.w3.org/2000/svg}"


def fact(value):
    return {"value": value, "original_script": ""}


def kin(*rows):
    return {
        "full_name": fact("Yusuf"),
        "family": fact([dict(zip(("relation", "name"), row, strict=True)) for row in rows]),
    }


def places(svg):
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        found[group.find(f"{SVG}text").text] = (float(box.get("x")), float(box.get("y")))
    return found


def test_who_came_before_stands_above_and_who_came_after_below():
    rows = [("grandmother", "Amina"), ("mother", "Rania"), ("aunt", "Hala"), ("sister", "Layla"), ("wife", "Nour"),
            ("son", "Ali"), ("granddaughter", "Sara"), ("from the same boat", "Bilal")]  # fmt: skip
    at = places(drawn(kin(*rows), {}))
    heights = [at[name][1] for name in ("Amina", "Rania", "Yusuf", "Ali", "Sara")]
    assert heights == sorted(set(heights))
    assert at["Hala"][1] == at["Rania"][1]
    assert at["Layla"][1] == at["Nour"][1] == at["Bilal"][1] == at["Yusuf"][1]
    assert at["Layla"] < at["Yusuf"] < at["Nour"]
    other = places(drawn(kin(*rows), {}, right_to_left=True))
    assert other["Layla"] > other["Yusuf"] > other["Nour"]
    assert len(set(at.values())) == len(rows) + 1, "no two boxes in one place"


@pytest.mark.parametrize("word", ["mother", "mère", "أم", "мати", "madre"])
def test_a_relation_is_known_in_any_language(word):
    at = places(drawn(kin((word, "Rania")), {}))
    assert at["Rania"][1] < at["Yusuf"][1]


def test_who_asks_is_family_too_and_drawn_once():
    asks = {"full_name": fact("Rania"), "relationship": fact("mother")}
    assert set(places(drawn({"full_name": fact("Yusuf")}, asks))) == {"Yusuf", "Rania"}
    assert len(places(drawn(kin(("mother", "Rania")), asks))) == 2
    assert drawn({"full_name": fact("Yusuf")}, {"full_name": fact("Rania")}) == "", (
        "who they are to each other is not known"
    )


def test_a_line_is_broken_where_nobody_said_through_whom():
    assert "dasharray" in drawn(kin(("grandmother", "Amina")), {})
    assert "dasharray" not in drawn(kin(("brother", "Omar")), {})


def test_nothing_typed_becomes_a_part_of_the_drawing():
    svg = drawn(kin(("<script>alert(1)</script>", '"><image href=x onerror=alert(1)>')), {})
    tags = {each.tag.removeprefix(SVG) for each in ElementTree.fromstring(svg).iter()}
    assert tags == {"svg", "title", "desc", "g", "rect", "text", "polyline"}
    assert "style=" not in svg


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "uk", "ru"])
def test_relations_are_kept_in_one_language_and_shown_in_the_pages(language):
    with override(language):
        mother = str(kinship.KINSHIP["mother"])
        typed = {"enquirer.relationship": mother, "subject.family.0.relation": mother, "subject.family.0.name": "Rania",
                 "subject.family.1.relation": "from the same boat", "subject.family.1.name": "Bilal"}  # fmt: skip
        found, errors = answers.facts_in("tracing_request", typed)
        assert not errors
        assert found["enquirer"]["relationship"] == "mother"
        assert [each["relation"] for each in found["subject"]["family"]] == ["mother", "from the same boat"]
        plain = {"certainty": "stated", "source": "", "source_date": "", "original_script": ""}
        card = {"enquirer": {"facts": {"relationship": {**plain, "value": "mother"}}},
                "subject": {"facts": {"family": {**plain, "value": found["subject"]["family"]}}}}  # fmt: skip
        assert answers.typed_from(card) == typed
