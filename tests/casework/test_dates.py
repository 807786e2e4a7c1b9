"""Dates as people know them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintrace.casework.dates import Span, may_be_minor, span
from kintrace.errors import FormError


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1987", date(1987, 1, 1), date(1987, 12, 31)),
        ("1988-02", date(1988, 2, 1), date(1988, 2, 29)),
        ("1987-5-3", date(1987, 5, 3), date(1987, 5, 3)),
        ("1985..1990-06", date(1985, 1, 1), date(1990, 6, 30)),
        ("7 as of 2020-01-15", date(2012, 1, 16), date(2013, 1, 15)),
        ("5-7 as of 2020-01-15", date(2012, 1, 16), date(2015, 1, 15)),
        ("1 as of 2021-02-28", date(2019, 3, 1), date(2020, 2, 28)),
        ("30 as of 2020", date(1989, 1, 2), date(1990, 12, 31)),
    ],
)
def test_a_statement_gives_the_days_it_allows(text, first, last):
    assert span(text) == Span(first, last)


@pytest.mark.parametrize(
    "text", ["", "soon", "87", "1987-13", "1987-02-30", "1990..1985", "200 as of 2020", "3 as of then"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(FormError, match=r"1985\.\.1990"):
        span(text)


def test_a_refusal_does_not_repeat_what_was_written():
    with pytest.raises(FormError) as refused:
        span("born in the week of the flood")
    assert "flood" not in str(refused.value)


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 2), date(2026, 1, 1)))
def test_an_age_as_of_a_day_holds_the_day_of_birth(born, on):
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    allowed = span(f"{age} as of {on.isoformat()}")
    leap = timedelta(days=1 if (born.month, born.day) == (2, 29) else 0)
    assert allowed.first - leap <= born <= allowed.last + leap
    assert (allowed.last - allowed.first).days in (364, 365)


def test_who_may_be_a_minor():
    assert may_be_minor(span("2010"), date(2026, 1, 1))
    assert may_be_minor(span("1990..2015"), date(2026, 1, 1))
    assert not may_be_minor(span("2008-01-01"), date(2026, 1, 1))
    assert may_be_minor(span("2008-01-02"), date(2026, 1, 1))
