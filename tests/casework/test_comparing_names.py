"""How names are compared in a deployment: by how common they are among its own records, and nobody is found in that."""

import pytest
from matching_help import find_evidence, follow, found, only, request

from kintrace.casework import comparingnames
from kintrace.casework.comparingnames import record_names
from kintrace.evidence.names import Names, blocking_tokens
from kintrace.evidence.names.commonness import FEW
from kintrace.matching.models import Candidate
from kintrace.matching.searchrecords import Followed
from kintrace.vault import destroy

NAME = "Zulfiya Tarabarinskaya (invented)"


@pytest.fixture(autouse=True)
def counted_each_time(monkeypatch):
    monkeypatch.setattr(comparingnames, "RENEWED", -1.0)


def weight():
    return record_names()("Zulfiya Tarabarinskaya", "Зульфія Тарабаринська").llr


def test_a_name_that_many_here_bear_speaks_softer(scope):
    before, rare = weight(), record_names()("Boris Weiss", "Boris Weiss").llr
    for _ in range(FEW + 4):
        found(scope, NAME)
    assert weight() < before - 1
    assert record_names()("Boris Weiss", "Boris Weiss").llr == pytest.approx(rare, abs=0.5)


def test_few_people_are_not_told_from_none(scope):
    """Otherwise the weight of a name on one's own card would tell that another office has somebody of that name."""
    for number in range(FEW):
        found(scope, f"Person Number{number} (invented)")
    none = weight()
    for _ in range(FEW - 1):
        found(scope, NAME)
    counted = record_names().commonness.counted
    assert all(counted([key]) is None for key in blocking_tokens(Names.of("Tarabarinskaya")))
    # How many records there are shows, as it does everywhere; not that some of them bear the name.
    assert weight() == pytest.approx(none, abs=0.05)


def test_one_more_does_not_show_in_what_is_common(scope):
    for _ in range(FEW + 2):
        found(scope, NAME)
    before = weight()
    found(scope, NAME)
    assert weight() == pytest.approx(before, abs=0.03)


def test_who_is_erased_is_not_counted(scope):
    made = [found(scope, NAME) for _ in range(FEW)]
    common = weight()
    destroy([made[0].subject_id])
    assert weight() > common + 0.5


def test_nothing_is_kept_of_rare_names(scope, monkeypatch):
    monkeypatch.setattr(comparingnames, "RENEWED", 1000.0)
    for _ in range(FEW):
        found(scope, "Amal (invented)")
    found(scope, NAME)
    counts = record_names().commonness.counted
    weight()
    record_names()("Amal", "Amal")
    assert set(counts._held) <= set(blocking_tokens(Names.of("Amal")))
    assert counts._held


def test_the_standing_search_weighs_by_it(scope):
    request(scope, NAME)
    found(scope, NAME)
    follow()
    before = of_names(only())
    for _ in range(2 * FEW):
        request(scope, NAME, date_of_birth="1950", sex="male")
    Candidate._all.all().delete()
    Followed._all.update(number=0)
    follow()
    assert of_names(Candidate._all.order_by("made_at")[0]) < before - 0.5


def of_names(candidate):
    return next(each["log10_lr"] for each in find_evidence(candidate)["facts"] if each["fact"] == "names")
