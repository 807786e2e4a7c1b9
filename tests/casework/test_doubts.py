"""What is hardly true is said and kept; what cannot be is refused."""

from datetime import date

import pytest

from kintrace.casework.doubts import doubts
from kintrace.casework.forms import card_form, stated
from kintrace.errors import FormError

NEXT_YEAR = date.today().year + 1


def told(**facts):
    return doubts({name: stated(name, value) for name, value in facts.items()})


@pytest.mark.parametrize(("facts", "name", "words"), [
    ({"date_of_birth": "1899-12"}, "date_of_birth", "before 1900"),
    ({"date_of_birth": "120 as of 1985"}, "date_of_birth", "before 1900"),
    ({"height": "18"}, "height", "30 to 250"),
    ({"height": "3.1 m"}, "height", "30 to 250"),
    ({"height": "1800"}, "height", "30 to 250"),
    ({"date_of_birth": "1987", "last_contact_date": "1986-12-31"}, "last_contact_date", "contact is before"),
    ({"date_of_birth": "7 as of 2020", "found_date": "2011"}, "found_date", "found before"),
    ({"date_of_birth": "1987-05", "separation_date": "1985..1987-04"}, "separation_date", "separation is before"),
    ({"date_of_birth": "1987-05", "date_of_death": "1987-04-30"}, "date_of_death", "death is before"),
    ({"date_of_birth": {"value": "1987", "source_date": "1980"}}, "date_of_birth", "as of a time before"),
    ({"last_contact_date": "7 as of 2020"}, "last_contact_date", "An age"),
])  # fmt: skip
def test_what_is_hardly_true_is_told_by_its_fact(facts, name, words):
    found = told(**facts)
    assert list(found) == [name]
    assert words in found[name]


@pytest.mark.parametrize("facts", [
    {"date_of_birth": "1900"}, {"date_of_birth": "1895..1905"}, {"date_of_birth": "7 as of 2020"},
    {"height": "52"}, {"height": "180"}, {"height": "1,80 m"}, {"height": "5'11\""}, {"height": "tall"},
    {"height": "١٨٠ سم"}, {"height": "170-175 cm"},
    {"date_of_birth": "1987", "last_contact_date": "1987"}, {"date_of_birth": "1987-05", "found_date": "1986..1988"},
    {"date_of_birth": {"value": "1987", "source_date": "2024"}}, {"last_contact_date": "1986"},
])  # fmt: skip
def test_what_may_be_true_is_not_doubted(facts):
    assert told(**facts) == {}


def test_records_from_elsewhere_with_dates_that_nobody_can_read_are_passed_over():
    from kintrace.casework.forms import Stated

    assert (
        doubts({"date_of_birth": Stated("about 1987"), "last_contact_date": Stated("soon", source_date="then")}) == {}
    )


@pytest.mark.parametrize(("name", "value"), [
    ("date_of_birth", str(NEXT_YEAR)), ("last_contact_date", str(NEXT_YEAR)), ("date_of_birth", f"7 as of {NEXT_YEAR}"),
])  # fmt: skip
def test_what_cannot_be_is_refused(name, value):
    with pytest.raises(FormError, match="future"):
        card_form({"kind": "tracing_request", "sought": {name: value}, "enquirer": {"full_name": "Karim (invented)"}})


def test_what_is_wrong_with_a_date_is_said_without_words_of_one_language():
    with pytest.raises(FormError) as refused:
        stated("last_contact_date", "last spring")
    assert "1987-05" in refused.value.todo
    assert "1985..1990" in refused.value.todo
    assert "as of" not in refused.value.todo
