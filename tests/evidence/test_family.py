"""Declared family on one card against the enquirer and family on the other."""

import pytest
from two_cards import person

from kintrace.evidence import Person, RecordNames, family, weigh
from kintrace.evidence.relatives import relation_of, relatives
from kintrace.evidence.weights import weight


def asked(relationship: str, name: str, **facts: object) -> Person:
    return Person.from_facts({"full_name": "Amal Sayegh", **facts}, {"full_name": name, "relationship": relationship})


def declared(*family_: object, **facts: object) -> Person:
    return person(full_name="A. Sayegh", family=list(family_), **facts)


@pytest.mark.parametrize(
    ("text", "name"),
    [("father", "father"), ("her Father", "father"), ("батько", "father"), ("أخت", "sister"), ("mother-in-law", "in_law"),
     ("дочка", "daughter"), ("neighbour", "companion"), ("", "companion"), ("My wife's", "wife")],
)  # fmt: skip
def test_words_for_relations(text: str, name: str) -> None:
    assert relation_of(text).name == name


def test_who_asks_is_the_father_that_the_found_person_names() -> None:
    fact = family.compare(asked("father", "Karim Sayegh"), declared({"relation": "father", "person": "Karim Sayegh"}))
    assert fact.log10_lr == pytest.approx(weight("family.plain_names")["same"])
    assert fact.level == "the same relative on both"


def test_the_persons_own_family_name_is_no_second_fact() -> None:
    (relative,) = relatives(asked("father", "Karim Sayegh"))
    assert relative.given == "Karim"
    fact = family.compare(asked("father", "Sayegh"), declared({"relation": "father", "person": "Sayegh"}))
    assert fact.log10_lr == 0


def test_across_scripts() -> None:
    fact = family.compare(asked("father", "Karim Sayegh"), declared("father Karím"))
    assert fact.log10_lr > 1
    assert family.compare(asked("брат", "Тарас Гуляницький"), declared("brother Taras")).log10_lr > 1


def test_a_relation_written_the_wrong_way_round_weighs_less() -> None:
    right = family.compare(asked("father", "Karim"), declared("father Karim")).log10_lr
    turned = family.compare(asked("son", "Karim"), declared("father Karim")).log10_lr
    assert 0 < turned == pytest.approx(right - 1)


def test_a_brother_is_no_sister_and_no_father() -> None:
    for other in ("sister", "father"):
        assert family.compare(asked("brother", "Nur"), declared({"relation": other, "person": "Nur"})).log10_lr == 0


def test_another_father_speaks_against_another_brother_hardly() -> None:
    father = family.compare(asked("father", "Karim"), declared("father Yusuf"))
    brother = family.compare(asked("brother", "Karim"), declared("brother Yusuf"))
    assert father.log10_lr == pytest.approx(-1)
    assert father.level == "not the same father"
    assert father.log10_lr < brother.log10_lr < 0


def test_of_many_relatives_the_best_by_chance_weighs_less() -> None:
    one, many = declared("brother Karim"), declared("brother Karim", "brother Yusuf", "brother Omar", "brother Idris")
    asks = asked("brother", "Karim")
    assert family.compare(asks, many).log10_lr < family.compare(asks, one).log10_lr


def test_relatives_add_up_to_a_limit() -> None:
    names = [("father", "Karim"), ("mother", "Hana"), ("brother", "Idris"), ("sister", "Mariam"), ("son", "Bilal")]
    one = declared(*({"relation": relation, "person": name} for relation, name in names))
    fact = family.compare(one, one)
    assert fact.log10_lr == pytest.approx(min(weight("family.given")["all"], sum(part.log10_lr for part in fact.parts)))
    assert fact.level == "5 relatives the same on both"


def test_the_father_has_his_own_key() -> None:
    fact = family.compare(person(father_first_name="Karim"), declared("father Karim"))
    assert fact.log10_lr > 1


def test_a_father_who_is_in_the_name_is_not_counted_twice() -> None:
    facts = {"full_name": "Olena Petrivna Hulianytska", "family": [{"relation": "father", "person": "Petro"}]}
    one, other = person(**facts), person(**{**facts, "full_name": "Гуляницька Олена Петрівна"})
    alone = family.compare(one, other, RecordNames())
    assert alone.log10_lr > 1
    evidence = weigh(one, other, names=RecordNames(), today=2026)
    assert "father's name" in [part.name for part in evidence.fact("names").parts]
    assert evidence.fact("family").log10_lr == 0


@pytest.mark.parametrize(
    "name", ["unknown", "deceased", "невідома", "неизвестна", "inconnue", "مجهولة", "N.N.", "not known", "her deceased"]
)
def test_a_relative_whose_name_is_not_known_is_no_evidence(name: str) -> None:
    for other in (name, "Hana"):
        one, two = declared({"relation": "mother", "person": name}), declared({"relation": "mother", "person": other})
        for names in (None, RecordNames()):
            assert family.compare(one, two, names).log10_lr == family.compare(two, one, names).log10_lr == 0
    assert family.compare(person(father_first_name=name), declared(f"father {name}")).log10_lr == 0
    assert relatives(one)[0].said == f"mother {name}", "what the card says is shown all the same"


def test_an_aunt_is_called_an_aunt() -> None:
    for word in ("aunt", "niece", "grandmother", "тітка", "mother-in-law"):
        (relative,) = relatives(declared({"relation": word, "person": "Hana"}))
        assert relative.said == f"{word} Hana"
        (relative,) = relatives(asked(word, "Hana"))
        assert relative.said == f"{word} Hana"
    aunts = declared({"relation": "aunt", "person": "Hana"})
    assert "uncle" not in " ".join(family.compare(aunts, aunts).compared)


def test_a_companion_may_be_the_relative() -> None:
    fact = family.compare(asked("brother", "Karim Sayegh"), person(accompanied_by="Karim (invented)"))
    assert 0 < fact.log10_lr < 2


def test_names_are_compared_by_whatever_is_given() -> None:
    class Told:
        llr = 3.5

    asks, found = asked("father", "Карім"), declared("father Abdulkarim")
    seen = []

    def names(one: str, other: str) -> Told:
        seen.append((one, other))
        return Told()

    assert family.compare(asks, found, names).log10_lr == weight("family.given")["most"]
    assert seen == [("Карім", "Abdulkarim")]
    assert family.compare(asks, found, lambda *_: -9.0).log10_lr < 0


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [("Karim", "Kareem", 1), ("Karim", "Yusuf", -1), ("Тарас Гуляницький", "Taras Hulianytskyi", 1),
     ("Amal Sayegh", "Sayegh, Amal", 1),
     ("Amal Sayegh", "Tariq Haddad", -1), ("Amal", "", 0), ("", "", 0)],
)  # fmt: skip
def test_the_plain_comparison_of_names(one: str, other: str, sign: int) -> None:
    ratio = family.plain_names(one, other)
    assert (ratio > 0) - (ratio < 0) == sign
    assert family.plain_names(other, one) == ratio
