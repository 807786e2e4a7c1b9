"""Dates on pages: as the language of the page writes them, and understood as any of them is typed; and numbers."""

import re

import pytest
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import get_language_bidi, gettext

from kintrace.evidence import Person, weigh
from kintrace.site import answers, saying
from kintrace.site.partialdates import understood, written

LANGUAGES = ("en", "fr", "es", "ar", "uk", "ru")
KEPT = ("1987", "1987-05", "1987-05-03", "1985..1990", "1985-05..1990-06-02", "7 as of 2024", "5-7 as of 2020-01",
        "35-40 as of 2020-11-15")  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kept", KEPT)
def test_what_a_page_writes_may_be_typed(language, kept):
    with translation.override(language):
        assert understood(written(kept)) == kept


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kept", [*KEPT, "1987-5", "1987-02-30", "about 1987", "03/05/1987", "1985..", "1987-05-03..1987-05-03"]
)
def test_a_date_that_is_not_touched_is_not_changed(language, kept):
    """Whatever the records hold, and in whatever language the form was opened and is sent off."""
    fact = {"value": kept, "original_script": "", "source": "", "source_date": kept, "certainty": "stated"}
    card = {"subject": {"facts": {"date_of_birth": fact, "last_contact_date": {**fact, "source_date": ""}}}}
    with translation.override(language):
        typed = answers.typed_from(card)
        if kept in KEPT:
            assert typed["subject.date_of_birth"] == typed["subject.date_of_birth.source_date"] == written(kept)
    for other in LANGUAGES:
        with translation.override(other):
            before = answers.facts_in("tracing_request", answers.typed_from(card))
            assert answers.facts_in("tracing_request", typed)[0] == before[0]
            if kept in KEPT:
                assert before[0]["subject"]["last_contact_date"] == kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_age_of_the_hint_is_understood_as_it_stands_there(language):
    with translation.override(language):
        hint = gettext("1987, May 1987, 3 May 1987, or an age: 7 years old in 2024")
        assert understood(hint.rpartition(":")[2]) == "7 as of 2024"


@pytest.mark.parametrize(("language", "birth", "contact"), [
    ("en", "3 May 1987", "Kyiv, March 2022"), ("fr", "3 mai 1987", "Kyiv, mars 2022"),
    ("es", "3 de mayo de 1987", "marzo de 2022"),
    ("ar", "3 مايو، 1987", "مارس 2022"), ("uk", "03 травня 1987 р.", "Березень 2022"),
    ("ru", "3 мая 1987 г.", "Март 2022"),
])  # fmt: skip
def test_the_drawing_writes_dates_as_the_page_does(language, birth, contact):
    told = _candidate()
    with translation.override(language):
        drawn = saying.drawing(told)
        shown = saying.evidence(told)
    assert birth in drawn
    assert contact in drawn
    assert "1987-05" not in drawn
    assert "2022-03" not in drawn
    assert [fact["one"] for fact in shown["facts"] if fact["name"] == "birth"] == [birth]


def test_a_number_that_looks_like_a_date_stays_a_number():
    told = {"fact": "number", "compared": ["1987-05", "1987-05"]}
    assert saying._compared(told) == ["1987-05", "1987-05"]


def _candidate():
    one = Person.from_facts({"date_of_birth": "1987-05-03", "last_contact": "Kyiv", "last_contact_date": "2022-03"})
    other = Person.from_facts({"date_of_birth": "1987-05", "found_place": "Kyiv", "found_date": "2022-04-02"})
    found = weigh(one, other)
    facts = [fact.as_json() for fact in found.facts]
    return {
        "facts": facts,
        "searched": 100,
        "among": 100,
        "with_face": False,
        "without": [],
        "log10_lr": found.log10_lr,
        "expected_lookalikes": 1.0,
        "cautions": [],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_cannot_turn_a_number_round(language):
    """Where people read from right to left, groups of digits that a space parts are drawn as numbers of their own: 400 3."""
    with translation.override(language):
        grouped = number_format(3400, force_grouping=True)
        assert re.fullmatch(r"3\D400", grouped)
        assert not get_language_bidi() or not re.search(r"\s", grouped)
        assert number_format(0.001) in ("0.001", "0,001")
