"""Birth dates and ages: each way in which two statements of one birth may differ, and how much it weighs."""

from math import log10

import pytest
from computed import mean_slips
from hypothesis import given, settings
from hypothesis import strategies as st
from two_cards import certainty, partial, person

from kintrace.casework.dates import span
from kintrace.errors import FormError
from kintrace.evidence import births
from kintrace.evidence.dates import When, age_at, moment, when, years_between
from kintrace.evidence.weights import weight

TODAY = 2026


def weighed(one: str, other: str, sure: str = "stated", again: str = "stated"):
    return births.compare(
        person(date_of_birth={"value": one, "certainty": sure}),
        person(date_of_birth={"value": other, "certainty": again}),
        TODAY,
    )


LEVELS = [
    ("1987-05-03", "1987-05-03", "same", 4.0, 5.0),
    ("1987-05-03", "1987-03-05", "swapped", 2.0, 3.0),
    ("1987-05-13", "1978-05-13", "slip", 1.0, 2.0),
    ("1987-05-03", "1988-05-03", "other_year", 2.0, 3.0),
    ("1987-05-03", "1989-05-03", "other_year", 1.0, 2.5),
    ("1987-05-03", "1987-05-24", "other_day", 1.0, 2.0),
    ("1987-05-03", "1987-11-21", "near", 0.0, 1.0),
    ("1987-05-03", "1952-11-21", "any", -2.0, -1.0),
    ("1987-05", "1987-05-30", "same", 2.5, 3.5),
    ("1987", "1987-05-30", "same", 1.4, 2.1),
    ("1987", "1988", "near", 0.3, 1.2),
    ("1985..1990", "1987", "same", 0.6, 1.5),
    ("36 as of 2024-01", "1987-05-03", "same", 0.8, 1.8),
    ("35-40 as of 2024-01", "36 as of 2023-06-01", "same", 0.5, 1.4),
    ("7 as of 2020-01", "40 as of 2020-01", "any", -2.0, -0.5),
]


@pytest.mark.parametrize(("one", "other", "level", "least", "most"), LEVELS)
def test_levels(one: str, other: str, level: str, least: float, most: float) -> None:
    fact = weighed(one, other)
    assert fact.level == births.LEVELS[level]
    assert least < fact.log10_lr < most
    assert fact.compared == (one, other)


def test_same_day_weighs_what_the_population_says() -> None:
    """u is the share of people born on a day, m the share of statements that agree: by hand for a year in the band 25 to 65."""
    day = 0.49 / 40 / 365
    near = weight("birth.day")["near"] / (2 * weight("birth.scale")["date"]) / (0.49 / 40)
    by_hand = 0.80 / day + near + 0.03
    assert weighed("1987-05-03", "1987-05-03").log10_lr == pytest.approx(log10(by_hand), abs=0.01)


def test_the_day_put_where_nobody_knows_it_weighs_hardly_more_than_the_year() -> None:
    default, day, year = (weighed(*each).log10_lr for each in (("1987-01-01",) * 2, ("1987-02-07",) * 2, ("1987",) * 2))
    assert year < default < day - 1.5
    assert weighed("1987-01-01", "1987-01-01").level == births.LEVELS["default"]
    assert weighed("1987-01-01", "1987-09-20").log10_lr > weighed("1987-02-07", "1987-09-20").log10_lr


def test_documents_weigh_more_both_ways_and_guesses_less() -> None:
    for other in ("1987-05-03", "1952-11-21"):
        documented, stated, guessed = (
            abs(weighed("1987-05-03", other, sure, sure).log10_lr) for sure in ("documented", "stated", "estimated")
        )
        assert documented > stated > guessed


def test_an_age_put_by_looking_allows_more() -> None:
    seen, said = (weighed("30 as of 2024", "1987-05-03", sure).log10_lr for sure in ("estimated", "stated"))
    assert seen > said


def test_the_further_apart_the_less() -> None:
    ratios = [weighed("1987", str(1987 + years)).log10_lr for years in range(0, 30, 3)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] > log10(weight("birth.year")["any"]) - 0.01, "no gap excludes anybody"


def test_of_another_calendar_or_unreadable_is_blank() -> None:
    for text in ("1366-02-30", "spring", "1366-05-03"):
        fact = weighed(text, "1987-05-03")
        assert fact.log10_lr == 0
        assert "cannot be read" in fact.why
    assert weighed("1987", "").compared == ("", "")


@pytest.mark.parametrize(
    "text", ["1900-01-01", "2030", "2030-05-03", "2027-01..2028", "1905-05-03", "1890", "120 as of 2020-01"]
)
def test_a_birth_that_nobody_has_says_nothing(text: str) -> None:
    for other in (text, "1987-05-03"):
        for fact in (weighed(text, other), weighed(other, text)):
            assert fact.log10_lr == 0
            assert "nobody has" in fact.why


def test_births_at_the_edge_still_weigh() -> None:
    for text in ("2026", "2026-03-01", "1920-05-03", "1912"):
        assert weighed(text, text).log10_lr > 1
    assert births.compare(person(date_of_birth="1900-01-01"), person(date_of_birth="1900"), 1950).log10_lr == 0
    assert births.compare(person(date_of_birth="1900-02-01"), person(date_of_birth="1900-02-01"), 1950).log10_lr > 1


def test_a_slip_into_a_rare_year_weighs_no_more_than_one_into_a_common_year() -> None:
    rare, common = weighed("1990-05-03", "1920-05-03"), weighed("1990-05-03", "1980-05-03")
    assert rare.level == common.level == births.LEVELS["slip"]
    assert rare.log10_lr == pytest.approx(common.log10_lr, abs=0.1)


def test_what_leaves_everything_open_is_no_difference() -> None:
    for one, other in (("0-100 as of 2024", "1990"), ("0-105 as of 2024", "1990-05-03"), ("1925..2024", "1950-01-01")):
        fact = weighed(one, other)
        assert fact.outcome != "differ"
        assert fact.log10_lr >= 0


@settings(max_examples=150, deadline=None)
@given(partial, partial, certainty, certainty)
def test_symmetric_bounded_and_finite(one: str, other: str, sure: str, again: str) -> None:
    there, back = weighed(one, other, sure, again), weighed(other, one, again, sure)
    assert there.log10_lr == back.log10_lr
    assert there.level == back.level
    assert -2.5 < there.log10_lr < 9


@settings(max_examples=150, deadline=None)
@given(partial)
def test_reads_what_the_records_read(text: str) -> None:
    """The rooms may not know each other, so both read dates; they agree on which, and on what, but for a leap day."""
    read = when(text)
    try:
        kept = span(text)
    except (FormError, OverflowError):
        kept = None
    if read is None or kept is None:
        assert read is None or kept is None or read == kept
        if kept is not None and kept.first.year > 130 and kept.last.year < 9998:
            assert kept.first >= kept.last, "a range of nothing"
        return
    if read.first > 131:
        assert abs(read.first - moment(kept.first)) < 2 / 365
        assert abs(read.last - moment(kept.last, 1)) < 2 / 365


def test_ages_and_gaps() -> None:
    born, taken, later = when("1987-05"), when("2000"), when("2012-06-01")
    assert isinstance(born, When)
    assert isinstance(taken, When)
    assert isinstance(later, When)
    assert age_at(born, taken) == pytest.approx((12.6, 13.7), abs=0.1)
    assert years_between(taken, later) == pytest.approx((11.4, 12.4), abs=0.1)
    assert years_between(later, taken) == years_between(taken, later)
    assert years_between(taken, taken)[0] == 0


def test_slips_are_as_many_as_computed() -> None:
    assert weight("birth.slips") == round(mean_slips())


def test_random_pairs_are_right_on_average() -> None:
    """The mean ratio over strangers is 1 where the weights hold: of years of birth drawn from the population they assume."""
    import random

    chance = random.Random(1)
    ages = [
        chance.uniform(*chance.choices([(0, 15), (15, 25), (25, 65), (65, 100)], (25, 16, 49, 10))[0])
        for _ in range(4000)
    ]
    years = [str(int(TODAY - age)) for age in ages]
    ratios = [10 ** weighed(a, b).log10_lr for a, b in zip(years[::2], years[1::2], strict=True)]
    assert sum(ratios) / len(ratios) == pytest.approx(1.0, abs=0.25)


@given(st.integers(0, 120), st.dates())
def test_an_age_leaves_a_year_open(age: int, at) -> None:
    read = when(f"{age} as of {at}")
    if read is not None:
        assert read.last - read.first == pytest.approx(1 + 1 / 365, abs=0.002)
