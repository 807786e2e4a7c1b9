"""A near face against other facts may be a relative's; and no belief without what it rests on."""

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_cards import BANNED, NAMES, found, near, sought

from kintrace.evidence import Evidence, Fact, Person, Posterior, least_evidence, look_alikes_at_most, weigh
from kintrace.evidence.kin import caution, strangers
from kintrace.evidence.naming import AS_KIN


def brother() -> Person:
    return Person.from_facts({
        "full_name": "Taras Hulianytskyi", "sex": "male", "date_of_birth": "1992-11-20", "place_of_birth": "Mariupol",
        "found_kind": "detainee_pow", "family": ["father Petro", "sister Olena"],
    })  # fmt: skip


def test_a_near_face_that_other_facts_contradict_may_be_a_relatives() -> None:
    evidence = weigh(sought(), brother(), face=near(), names=NAMES, today=2026)
    (told,) = evidence.cautions
    assert "this may be a relative" in told
    assert "sex" in told
    assert "What relatives share agrees (places and family)." in told or "(family" in told or "(places" in told
    assert evidence.fact("face").log10_lr == 2.5, "said, not hidden"


def test_strangers_hardly_look_like_a_relative_with_names_and_family_as_relatives_have_them() -> None:
    facts = weigh(sought(), brother(), face=near(), names=NAMES, today=2026).facts
    family = next(fact.log10_lr for fact in facts if fact.name == "family")
    assert family > 0
    assert strangers(facts, 0.5) == pytest.approx(0.5 * 10**-family)
    against = (
        Fact("face", "", 2.5),
        Fact("names", "not alike", -1.5),
        Fact("family", "", 0.0),
        Fact("places", "", 1.0),
    )
    assert caution(against)
    assert strangers(against, 0.5) is None  # places alone are everybody's
    as_kin = (against[0], Fact("names", AS_KIN, -0.5), *against[2:])
    assert strangers(as_kin, 0.5) == 0.5
    assert strangers((Fact("face", "", 0.1), *as_kin[1:]), 0.5) is None
    assert strangers((*as_kin, Fact("birth", "", 3.0)), 0.5) is None


def test_not_where_the_face_is_far_or_nothing_contradicts() -> None:
    assert weigh(sought(), brother(), face=near(0.5), names=NAMES, today=2026).cautions == ()
    assert weigh(sought(), brother(), names=NAMES, today=2026).cautions == ()
    assert weigh(sought(), found(), face=near(), names=NAMES, today=2026).cautions == ()
    assert weigh(sought(), brother(), face=near(), today=2026).without("face").cautions == ()


def test_one_slip_among_facts_that_agree_makes_no_relative() -> None:
    facts = (Fact("face", "", 2.0), Fact("names", "", 4.0), Fact("birth", "", -1.3))
    assert caution(facts) == ()
    assert "birth speaks against" in caution((facts[0], facts[2]))[0]


def test_belief_is_told_with_both_assumptions_and_the_look_alikes() -> None:
    told = Posterior(log10_lr=4.0, searched=20_000, present=0.3).sentence()
    assert "If the chance that this person is among the 20,000 searched was about 3 in 10 before" in told
    assert "now about 1 in 7.7" in told
    assert "at most about 2.0 strangers would be expected to have as much in common with this person" in told
    for banned in BANNED:
        assert banned not in told


@given(st.floats(-20, 20), st.integers(1, 10**7), st.floats(0.001, 0.999))
def test_belief_follows_bayes_and_never_more_than_a_million_to_one(
    log10_lr: float, searched: int, present: float
) -> None:
    belief = Posterior(log10_lr, searched, present)
    held = 10.0 ** max(min(log10_lr, 6), -6)
    each = present / searched
    assert belief.probability == pytest.approx(each * held / (each * held + 1 - each))
    told = belief.sentence()
    assert "strangers would be expected" in told
    for banned in BANNED:
        assert banned not in told


@given(st.floats(-5, 6), st.floats(-5, 6), st.integers(1, 10**6), st.floats(0.01, 0.99))
def test_more_evidence_more_belief_more_people_less(one: float, other: float, searched: int, present: float) -> None:
    low, high = sorted((one, other))
    assert Posterior(low, searched, present).probability <= Posterior(high, searched, present).probability
    assert Posterior(low, searched + 1, present).probability <= Posterior(low, searched, present).probability


@pytest.mark.parametrize(("searched", "present"), [(0, 0.5), (10, 0.0), (10, 1.0)])
def test_no_belief_from_nothing(searched: int, present: float) -> None:
    with pytest.raises(ValueError, match="chance that the person is there"):
        Posterior(1.0, searched, present)


@given(st.integers(1, 10**6), st.floats(0.001, 10))
def test_the_least_evidence_holds_the_look_alikes(searched: int, look_alikes: float) -> None:
    least = least_evidence(searched, look_alikes)
    assert least >= 0
    if least <= 6:
        assert look_alikes_at_most(least, searched) <= max(look_alikes * (1 + 1e-9), 0) or searched <= look_alikes


def test_some_look_alikes_must_be_borne_with() -> None:
    with pytest.raises(ValueError, match="no evidence excludes them all"):
        least_evidence(100, 0)


def test_look_alikes_among_strangers_are_no_more_than_the_bound() -> None:
    """A simulation: birth years of strangers; those with a ratio of at least x are at most N / x on average."""
    import random

    from kintrace.evidence import births

    chance = random.Random(3)
    ages = [
        chance.uniform(*chance.choices([(0, 15), (15, 25), (25, 65), (65, 100)], (25, 16, 49, 10))[0])
        for _ in range(3000)
    ]
    born = [Person.from_facts({"date_of_birth": f"{int(2026 - age)}-{chance.randint(1, 12):02}"}) for age in ages]
    ratios = [births.compare(born[0], other, 2026).log10_lr for other in born[1:]]
    for x in (1.0, 2.0):
        assert sum(ratio >= x for ratio in ratios) <= 1.5 * look_alikes_at_most(x, len(ratios))
    assert Evidence((Fact("birth", "", 2.0),), searched=500).expected_lookalikes == pytest.approx(5.0)
    assert look_alikes_at_most(log10(100), 500) == pytest.approx(5.0)
