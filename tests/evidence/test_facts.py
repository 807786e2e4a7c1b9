"""Sex, numbers, marks and height: the levels of each comparison and what they weigh."""

from math import log10

import pytest
from two_cards import person

from kintrace.evidence import height, identifiers, marks, sex
from kintrace.evidence.weights import weight


@pytest.mark.parametrize(
    ("one", "other", "log10_lr"),
    [
        ("male", "male", log10(0.995 / 0.5)),
        ("male", "female", log10(0.005 / 0.5)),
        ("other", "other", log10(0.4 / 0.02)),
        ("other", "female", 0),
        ("unknown", "female", 0),
        ("", "female", 0),
    ],
)
def test_sex(one: str, other: str, log10_lr: float) -> None:
    for pair in ((one, other), (other, one)):
        assert sex.compare(*(person(sex=each) for each in pair)).log10_lr == pytest.approx(log10_lr)


def test_a_name_that_agrees_has_told_the_sex_already() -> None:
    assert sex.compare(person(sex="male"), person(sex="male"), told_by_name=True).log10_lr == 0
    assert sex.compare(person(sex="male"), person(sex="female"), told_by_name=True).log10_lr < -1.5


def number(one: str, other: str):
    return identifiers.compare(person(serial_number=one), person(serial_number=other))


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("AB-123456", "ab 123456", "the same"),
        ("АВ-123456", "AB-123456", "the same"),  # Cyrillic А and В
        ("١٢٣٤٥٦", "123456", "the same"),
        ("AB123456", "AB132456", "one slip of copying apart"),
        ("AB123456", "AB1234567", "the last digits not the same: a slip, or a neighbour's number"),
        ("AB123456", "AB923456", "one slip of copying apart"),
        ("AB123456", "AB123457", "the last digits not the same: a slip, or a neighbour's number"),
        ("1234567890", "1294567800", "two slips of copying apart"),
        ("123456", "987654", "not the same"),
        ("№ 123456", "123456", "the same"),
        ("No. AB-123456", "AB123456", "the same"),
        ("номер 123456", "NO 123456", "the same"),
        ("رقم ١٢٣٤٥٦", "123456", "the same"),
        ("0012345", "12345", "the same but for zeros in front"),
        ("MB-0012345", "МВ 12345", "the same but for zeros in front"),  # Cyrillic М and В
        ("UA-001-0123", "UA-1-123", "the same but for zeros in front"),
        ("AB-100", "AB-1", "not the same"),
        ("АБ 123456", "AB 123456", "the same"),  # Cyrillic А and Б
        ("АВ 123456", "AV 123456", "the same"),  # Cyrillic В by its sound
        ("МИ-123456", "MI 123456", "the same"),
        ("№ ЖК 123456", "ZHK 123456", "the same"),
        ("АБ 123456", "АВ 123456", "one slip of copying apart"),  # both Cyrillic: two letters
        ("AV 123456", "AB 123456", "one slip of copying apart"),
    ],
)
def test_numbers(one: str, other: str, level: str) -> None:
    if len(one) != len(other) and level.startswith("the last"):
        level = "one slip of copying apart"
    assert number(one, other).level == level
    assert number(one, other).log10_lr == number(other, one).log10_lr


def test_a_longer_number_weighs_more_up_to_a_bound() -> None:
    weights = [number("12" * length, "12" * length).log10_lr for length in range(2, 20)]
    assert weights == sorted(weights)
    assert weights[-1] == pytest.approx(weight("identifiers.most") + log10(0.82))


def test_a_neighbours_number_is_no_slip() -> None:
    assert number("AB123456", "AB123457").log10_lr < 0.1 < number("AB123456", "AB923456").log10_lr
    assert number("AB123456", "AB999999").log10_lr == pytest.approx(log10(0.08))


@pytest.mark.parametrize("text", [
    "not issued", "unknown", "none", "невідомо", "не выдан", "غير معروف", "No. unknown", "n/a", "ABC", "0000", "AB 0000", "1111",
])  # fmt: skip
def test_what_is_no_number_says_nothing(text: str) -> None:
    for other in (text, "AB 123456"):
        assert number(text, other).log10_lr == number(other, text).log10_lr == 0
        assert number(text, other).why == "What stands there is no number."


def test_too_short_a_number_is_not_compared() -> None:
    assert number("12", "12").log10_lr == 0


def test_one_slip_away_counts_what_is_there() -> None:
    """Against all numbers of digits that are one slip from one without repeats."""
    text, digits = "1234", "0123456789"
    wrong = {text[:i] + d + text[i + 1 :] for i in range(4) for d in digits} - {text}
    out = {text[:i] + text[i + 1 :] for i in range(4)}
    put = {text[:i] + d + text[i:] for i in range(5) for d in digits}
    turned = {text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(3)}
    assert len(wrong) + len(out) + 50 + len(turned) == identifiers.one_slip_away(4)
    assert len(put) <= 50


def marked(one: str, other: str):
    return marks.compare(person(marks=one), person(marks=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scar on the left eyebrow", "left eyebrow: scar"),
        ("шрам на лівій щоці", "scar, left cheek"),
        ("ندبة على الخد الأيسر", "cicatrice à la joue gauche"),
        ("шрам на левой щеке", "cicatriz en la mejilla izquierda"),
        ("tattoo of a swallow, right wrist", "tattoo: swallow (right wrist)"),
        ("missing left thumb", "left finger amputated"),
        ("left cheek, scar", "a scar and a mole; scar on left cheek"),
    ],
)
def test_the_same_mark_in_other_words(one: str, other: str) -> None:
    assert marked(one, other).log10_lr > 0.4
    assert marked(one, other).log10_lr == marked(other, one).log10_lr


def test_marks_weigh_as_their_rarity() -> None:
    scar = marked("scar on the left eyebrow", "scar on the left eyebrow")
    assert scar.log10_lr == pytest.approx(log10(0.35 * 0.92 / (0.45 * 0.05 / 2)))
    swallow, plain = (marked(each, each) for each in ("tattoo of a swallow on the arm", "tattoo on the arm"))
    assert swallow.log10_lr > plain.log10_lr + 1


def test_the_other_side_weighs_less_and_is_said() -> None:
    same, turned = (
        marked("scar on the left hip", "scar on the left hip"),
        marked("scar on the left hip", "scar on the right hip"),
    )
    assert same.log10_lr > turned.log10_lr + 1
    assert "the other side" in turned.level


def test_a_face_scar_holds_a_scar_on_the_cheek_but_not_on_the_knee() -> None:
    assert marked("scar on the face", "scar on the cheek").log10_lr > 0
    assert marked("scar on the knee", "scar on the cheek").log10_lr == pytest.approx(log10(0.55 / 0.9))


def test_a_crown_on_the_skin_is_no_crown_on_a_tooth() -> None:
    assert marked("tattoo of a crown", "gold crown on a tooth").log10_lr < 0


def test_one_kind_without_a_part_is_too_common_not_different() -> None:
    for one, other in (("scar", "scar"), ("scar", "scar on the left eyebrow; mole on the chin"), ("шрам", "cicatrice")):
        fact = marked(one, other)
        assert fact.log10_lr == marked(other, one).log10_lr == 0
        assert "too common to say anything" in fact.why
    assert marked("scar", "mole on the neck").log10_lr == pytest.approx(log10(0.55 / 0.9))


def test_tattoos_of_two_things_do_not_agree() -> None:
    one, other = "tattoo of a cross on the left arm", "tattoo of an anchor on the left arm"
    assert marked(one, other).log10_lr == marked(other, one).log10_lr == 0
    assert marked(one, "tattoo on the left arm").log10_lr > 0.5
    assert marked(one, f"{other}; tattoo of a cross on the left arm").log10_lr > 1


def test_more_marks_compared_weigh_less_each() -> None:
    few, many = "scar on the left eyebrow", "scar on the left eyebrow; mole on the neck; burn on the back"
    assert marked(few, many).log10_lr == pytest.approx(marked(few, few).log10_lr - log10(3))


@pytest.mark.parametrize(("one", "other"), [
    ("no tattoo on left arm", "tattoo on left arm"), ("no scars", "no scars"), ("без татуювань", "татуювання на шиї"),
    ("sans cicatrice", "cicatrice"), ("шрами відсутні", "шрам"), ("بدون وشم", "وشم"),
])  # fmt: skip
def test_a_mark_that_is_denied_is_none(one: str, other: str) -> None:
    assert marked(one, other).log10_lr == marked(other, one).log10_lr == 0


@pytest.mark.parametrize(
    ("one", "other"), [("no left hand", "missing left hand"), ("без лівої руки", "відсутня ліва рука")]
)
def test_who_has_no_hand_lacks_it(one: str, other: str) -> None:
    assert marked(one, other).log10_lr == marked(other, one).log10_lr > 1


def test_words_that_are_no_marks_say_nothing() -> None:
    assert marked("walks with a limp", "scar").log10_lr == 0
    assert "not understood" in marked("walks with a limp", "scar").why


def tall(one: str, other: str, **facts: object):
    return height.compare(
        person(height=one, **{"date_of_birth": "1980", **facts}), person(height=other, date_of_birth="1980"), 2026
    )


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("172", 172, 172), ("172 cm", 172, 172), ("1.72 m", 172, 172), ("1,72", 172, 172), ("5'8\"", 172.72, 172.72),
        ("5 ft 8 in", 172.72, 172.72), ("6’", 182.88, 182.88), ("170-175 cm", 170, 175), ("about 180 см", 180, 180),
    ],
)  # fmt: skip
def test_heights_are_read(text: str, low: float, high: float) -> None:
    assert height.centimetres(text) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["tall", "", "72", "999 cm", "0", "5", "3 m"])
def test_what_is_no_height_is_none(text: str) -> None:
    assert height.centimetres(text) is None


def test_height_weighs_by_nearness_rarity_and_care() -> None:
    assert tall("172", "172").log10_lr > tall("172", "178").log10_lr > tall("172", "195").log10_lr
    assert tall("172", "195").log10_lr > log10(0.05) - 0.01, "no height excludes anybody"
    assert tall("201", "201").log10_lr > tall("166", "166").log10_lr
    measured = {"value": "172", "certainty": "documented"}
    both = height.compare(
        person(height=measured, date_of_birth="1980"), person(height=measured, date_of_birth="1980"), 2026
    )
    assert both.log10_lr > tall("172", "172").log10_lr


def test_heights_of_those_who_may_have_grown_are_not_compared() -> None:
    assert tall("150", "172", date_of_birth="2012").log10_lr == 0
    dated = {"value": "150", "source_date": "1995-01-01"}
    assert (
        height.compare(
            person(height=dated, date_of_birth="1980"), person(height="172", date_of_birth="1980"), 2026
        ).log10_lr
        == 0
    )
    unknown = person(height="150", found_kind="unaccompanied_child")
    assert height.compare(unknown, person(height="172"), 2026).log10_lr == 0
    assert height.compare(person(height="150"), person(height="172"), 2026).log10_lr < 0
