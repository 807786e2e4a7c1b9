"""All facts of two records together: what DESIGN.md and the issue promise of them."""

import json
from dataclasses import asdict
from math import isfinite

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two_cards import BANNED, ENQUIRER, FOUND, NAMES, SOUGHT, found, near, odd_people, people, sought

from kintrace.casework.forms import IDENTITY, stated
from kintrace.evidence import FACTS, Evidence, Fact, Outcome, Person, forget, weigh

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def both(**more) -> Evidence:
    return weigh(sought(), found(), face=near(), names=NAMES, gallery_size=20_000, today=2026, **more)


def test_every_fact_is_there_once_and_in_order() -> None:
    assert tuple(fact.name for fact in both().facts) == FACTS
    assert tuple(fact.name for fact in weigh(Person.from_facts({}), Person.from_facts({})).facts) == FACTS


def test_two_cards_of_one_person_find_each_other() -> None:
    evidence = both()
    outcomes = {fact.name: fact.outcome for fact in evidence.facts}
    for name in ("face", "names", "birth", "places", "family", "marks"):
        assert outcomes[name] == Outcome.AGREE, name
    assert outcomes["height"] == Outcome.DIFFER
    assert outcomes["number"] == Outcome.BLANK
    assert evidence.without("face").log10_lr > 6


def test_the_sum_is_the_sum_and_a_fact_taken_out_takes_its_weight() -> None:
    evidence = both()
    assert evidence.log10_lr == pytest.approx(sum(fact.log10_lr for fact in evidence.facts))
    for fact in evidence.facts:
        assert evidence.log10_lr - evidence.without(fact.name).log10_lr == pytest.approx(fact.log10_lr)
    assert evidence.without(*FACTS).log10_lr == 0
    with pytest.raises(KeyError):
        evidence.without("smell")


def test_a_face_taken_out_takes_its_cautions_along() -> None:
    evidence = weigh(sought(), found(), face=near(cautions=("A poor photo.",)))
    assert "A poor photo." in evidence.cautions
    assert "A poor photo." not in evidence.without("face").cautions


def test_facts_come_as_the_records_keep_them() -> None:
    """As unsealed JSON, as the form's dataclass, or plain: all the same."""
    form = {name: stated(name, value) for name, value in SOUGHT.items()}
    as_json = json.loads(
        json.dumps({name: asdict(fact) | {"why": "her father said so"} for name, fact in form.items()})
    )
    ways = [Person.from_facts(each, ENQUIRER) for each in (SOUGHT, form, as_json)]
    told = [weigh(one, found(), names=NAMES, today=2026).as_json() for one in ways]
    assert told[0] == told[1] == told[2]
    assert set(SOUGHT) <= set(IDENTITY)


def test_strangers_are_not_taken_for_each_other() -> None:
    other = Person.from_facts({
        "full_name": "Karim Haddad", "sex": "male", "date_of_birth": "1951", "place_of_birth": "Aleppo", "height": "185",
        "marks": "no left thumb", "family": ["wife Hana"], "found_kind": "patient", "found_place": "Beirut",
    })  # fmt: skip
    evidence = weigh(sought(), other, names=NAMES, today=2026)
    assert evidence.log10_lr < -4
    assert not [fact.name for fact in evidence.facts if fact.outcome == Outcome.AGREE]


@QUICK
@given(people, people)
def test_symmetric_finite_bounded(one: Person, other: Person) -> None:
    there, back = weigh(one, other, names=NAMES, today=2026), weigh(other, one, names=NAMES, today=2026)
    for fact, again in zip(there.facts, back.facts, strict=True):
        assert fact.log10_lr == pytest.approx(again.log10_lr, abs=1e-9), fact.name
        assert isfinite(fact.log10_lr)
        assert -5 < fact.log10_lr < 9
    json.dumps(there.as_json(), allow_nan=False)


@QUICK
@given(people)
def test_nothing_to_compare_with_weighs_exactly_nothing(one: Person) -> None:
    evidence = weigh(one, Person.from_facts({}), names=NAMES, today=2026)
    assert all(fact.log10_lr == 0 and fact.outcome == Outcome.BLANK for fact in evidence.facts)
    assert evidence.log10_lr == 0
    assert evidence.cautions == ()


@QUICK
@given(people, people, st.sampled_from(sorted(FOUND)))
def test_a_blank_fact_is_what_is_on_one_record_only(one: Person, other: Person, name: str) -> None:
    """Taking a statement away from one record makes facts blank or changes them: it never brings a new one to bear."""
    less = Person({key: told for key, told in one.facts.items() if key != name}, one.enquirer)
    before, after = weigh(one, other, today=2026), weigh(less, other, today=2026)
    touched = {"date_of_birth": {"birth", "height"}, "sex": {"sex", "height"}, "full_name": {"family"}, "marks": {"marks"},
               "height": {"height"}, "family": {"family"}}  # fmt: skip
    for fact, again in zip(before.facts, after.facts, strict=True):
        if fact.name not in touched.get(name, {"places", "height"}):
            assert fact.log10_lr == again.log10_lr, (name, fact.name)


@QUICK
@given(odd_people, odd_people, st.text(max_size=5))
def test_odd_input_breaks_nothing(one: Person, other: Person, label: str) -> None:
    evidence = weigh(one, other, names=NAMES, gallery_size=3, today=2026)
    json.dumps(evidence.as_json(), allow_nan=False)
    assert isfinite(evidence.log10_lr)
    Evidence((Fact(label, label, 1.0),)).sentence()


@QUICK
@given(people, people, st.floats(-3, 3))
def test_no_sentence_holds_a_verdict(one: Person, other: Person, face: float) -> None:
    evidence = weigh(one, other, face=near(face), names=NAMES, gallery_size=500, today=2026)
    told = [evidence.sentence(), *evidence.cautions, *(fact.sentence() for fact in evidence.facts)]
    told += [fact.why for fact in evidence.facts if fact.name != "family"]  # that quotes what the records say
    for banned in BANNED:
        assert banned not in " ".join(told).lower()


def test_words_state_no_more_than_a_million() -> None:
    told = Evidence((Fact("birth", "the same", 9.0),), searched=1000).sentence()
    assert "more than 1,000,000 times likelier for one person" in told
    assert "at most about 0.0010 strangers" in told
    against = Evidence((Fact("sex", "not the same", -2.0),)).sentence()
    assert "moderately strong support to the view that these are different people" in against
    assert "neither for nor against" in Evidence(()).sentence()


def test_what_was_read_is_forgotten() -> None:
    import gc

    secret = "Xyzzyville, Quuxland Street 77"
    weigh(Person.from_facts({"place_of_birth": secret}), Person.from_facts({"place_of_birth": secret}), today=2026)

    def held() -> bool:
        return any(getattr(each, "text", "") == secret for each in gc.get_objects() if type(each).__name__ == "Spot")

    assert held()
    forget()
    gc.collect()
    assert not held()
