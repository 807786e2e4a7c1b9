"""Places across spellings, with distance and time; each level, and what is known of strangers around it."""

from datetime import date, timedelta

import pytest
from two_cards import person

from kintrace.evidence import places, whereabouts
from kintrace.evidence.gazetteer import gazetteer, plain
from kintrace.evidence.spots import alike, spot


def home(one: str, other: str, key: str = "last_residence"):
    return places.compare(person(**{key: one}), person(**{key: other}))


@pytest.mark.parametrize(
    ("names", "country"),
    [
        (("Kharkiv", "Харків", "Харьков", "Kharkov", "خاركوف"), "UA"),
        (("Aleppo", "حلب", "Halep", "Алеппо", "Alep"), "SY"),
        (("Damascus", "دمشق", "Damas", "Дамаск"), "SY"),
        (("Yerevan", "Երևան", "Ереван"), "AM"),
        (("Addis Ababa", "አዲስ አበባ"), "ET"),
        (("Khartoum", "الخرطوم"), "SD"),
    ],
)
def test_one_place_under_its_names(names: tuple[str, ...], country: str) -> None:
    books = gazetteer()
    found = {books.named(name)[0][0] for name in names}
    assert len(found) == 1
    assert books.country_of(found.pop()) == country


def test_countries_in_many_scripts() -> None:
    for name in ("Syria", "سوريا", "Сирія", "Сирия", "Syrie", "SYR"):
        assert gazetteer().named(name)[1] == ("SY",)


def test_distances_are_those_of_the_map() -> None:
    books = gazetteer()
    one, other = (books.named(name)[0][0] for name in ("Kyiv", "Kharkiv"))
    assert books.between(one, other) == pytest.approx(411, abs=8)
    assert books.between(one, other) == pytest.approx(books.from_place(one)[other])
    assert books.between(one, one) == 0


@pytest.mark.parametrize(
    ("one", "other", "level", "sign"),
    [
        ("3 River Street, Kharkiv", "м. Харків, вул. Річна 3", "the same place", 1),
        ("Kyiv", "Bucha", "within 50 km of each other", 1),
        ("Kharkiv", "Lviv", "the same country, not the same place", -1),
        ("Kharkiv", "Aleppo", "not the same country", -1),
        ("Kharkiv", "Ukraine", "the same country, as far as both say", 1),
        ("Syria", "Ukraine", "not the same country", -1),
        ("Northtown (invented)", "5 Bridge Road, Nordtown", "not the same name; the gazetteer knows neither", -1),
        ("Northtown (invented)", "5 Bridge Road, Northtovn (invented)", "the same name", 1),
        ("Kharkiv", "Northtown", "One of the places is not in the gazetteer.", 0),
        ("by telephone, from the bus station", "Kharkiv", "A place is not named.", 0),
    ],
)
def test_levels(one: str, other: str, level: str, sign: int) -> None:
    fact = home(one, other)
    assert level in (fact.level, fact.why) or level in fact.level or level == fact.parts[0].why
    assert (fact.log10_lr > 0) - (fact.log10_lr < 0) == sign
    assert home(other, one).log10_lr == fact.log10_lr


def test_a_large_city_tells_less_than_a_town() -> None:
    assert home("Cairo", "القاهرة").log10_lr < home("Irpin", "Ірпінь").log10_lr


def test_of_two_places_of_one_name_the_country_decides() -> None:
    assert home("Tripoli, Lebanon", "Tripoli, Libya").log10_lr < 0
    assert home("Tripoli, Lebanon", "طرابلس, لبنان").log10_lr > 1


def test_places_that_say_the_same_count_once() -> None:
    one = {"place_of_birth": "Mariupol", "last_residence": "Mariupol", "nationality": "Ukraine"}
    whole = places.compare(person(**one), person(**one))
    single = [home(one[key], one[key], key).log10_lr for key in one]
    assert whole.log10_lr == max(single)
    assert {part.name for part in whole.parts} == {"origin", "home", "nationality"}


def test_places_that_say_two_things_both_count() -> None:
    fact = places.compare(
        person(place_of_birth="Mariupol", last_residence="Lviv"),
        person(place_of_birth="Mariupol", last_residence="Aleppo"),
    )
    assert fact.log10_lr == pytest.approx(sum(part.log10_lr for part in fact.parts))
    assert "place of birth: the same place; home: not the same country" in fact.level


@pytest.mark.parametrize(("one", "other", "sign"), [("Syrian", "Syria", 1), ("سوريا", "Syria", 1), ("Sudan", "Syria", -1),
                                                   ("Austria", "Australia", -1), ("Austrian", "Australia", 0),
                                                   ("stateless", "Syria", 0)])  # fmt: skip
def test_nationality(one: str, other: str, sign: int) -> None:
    fact = places.compare(person(nationality=one), person(nationality=other))
    assert (fact.log10_lr > 0) - (fact.log10_lr < 0) == sign


@pytest.mark.parametrize(("one", "other", "sign"), [
    ("українка", "Ukraine", 1), ("українець", "українка", 1), ("украинка", "українка", 1), ("سورية", "Syria", 1),
    ("سوري", "سورية", 1), ("سوري", "Syrian", 1), ("افغان", "Afghanistan", 1), ("أفغانية", "афганец", 1), ("سوري", "عراقي", -1),
    ("россиянин", "русская", 1),
    ("українка", "росіянка", -1), ("Syrian", "Iraqi", -1), ("South Sudanese", "Sudanese", -1), ("جنوب سوداني", "South Sudan", 1),
    ("туркмен", "турок", -1), ("unknown", "unknown", 0), ("невідомо", "українка", 0), ("Nigerian", "Nigerien", 0),
])  # fmt: skip
def test_people_are_of_their_country(one: str, other: str, sign: int) -> None:
    for pair in ((one, other), (other, one)):
        fact = places.compare(*(person(nationality=each) for each in pair))
        assert (fact.log10_lr > 0) - (fact.log10_lr < 0) == sign


@pytest.mark.parametrize("text", [
    "unknown", "невідомо", "не известно", "inconnu", "desconocido", "مجهول", "refugee camp", "Refugee Camp", "hospital",
    "лікарня",
    "военный госпиталь", "табір для біженців", "camp de réfugiés", "campo de refugiados", "مخيم اللاجئين", "المستشفى",
    "Krankenhaus",
])  # fmt: skip
def test_a_place_that_may_be_anywhere_says_nothing(text: str) -> None:
    for other in (text, "Northtown", "Kharkiv"):
        assert home(text, other).log10_lr == home(other, text).log10_lr == 0


def test_places_beside_generic_words_still_count() -> None:
    assert home("Zaatari refugee camp", "Zaatari").log10_lr > 1
    assert home("Kharkiv, hospital", "лікарня, Харків").log10_lr > 0
    assert home("Malé", "Male, Maldives").log10_lr > 0


def way(start: str, left: str, end: str, arrived: str, **more: str):
    sought = person(last_contact=start, last_contact_date=left)
    return whereabouts.compare(sought, person(found_kind="patient", found_place=end, found_date=arrived, **more))


def test_near_and_soon_is_likely_far_and_soon_is_not() -> None:
    near = way("Zaporizhzhia", "2024-03-10", "Dnipro", "2024-04-02")
    assert near.log10_lr > 0.3
    assert "within 150 km" in near.level
    assert way("Zaporizhzhia", "2024-03-10", "Aleppo", "2024-03-11").log10_lr < -0.5
    assert "farther than could be travelled" in way("Zaporizhzhia", "2024-03-10", "Sydney", "2024-03-11").level
    later = way("Aleppo", "2014-03", "Berlin", "2016-05-01")
    assert later.log10_lr > -0.4, "people get far in two years"


def test_found_before_the_last_contact_speaks_against() -> None:
    fact = way("Zaporizhzhia", "2024-03-10", "Dnipro", "2024-01-01")
    assert fact.log10_lr == pytest.approx(-1)
    assert way("Zaporizhzhia", "2024", "Dnipro", "2024-01-01").log10_lr > 0, (
        "within what both leave open there was time"
    )


def test_it_does_not_matter_which_record_comes_first() -> None:
    sought = person(last_contact="Zaporizhzhia", last_contact_date="2024-03-10")
    found = person(found_kind="patient", found_place="Dnipro", found_date="2024-04-02")
    there, back = whereabouts.compare(sought, found), whereabouts.compare(found, sought)
    assert there.log10_lr == back.log10_lr
    assert there.compared == back.compared[::-1]


def test_a_restricted_place_is_weighed_and_not_shown() -> None:
    found = person(found_kind="patient", current_location="Dnipro, ward 2")
    fact = places.compare(person(last_contact="Zaporizhzhia"), found)
    assert fact.log10_lr > 0
    assert "Dnipro" not in str(fact.as_json())


def test_a_place_without_coordinates_is_compared_by_its_name() -> None:
    assert way("Northtown", "2024", "Northtown", "2024").log10_lr > 1
    assert way("Northtown", "2024", "Southham", "2024").log10_lr == 0


def test_words_of_places() -> None:
    assert spot("by telephone, from the bus station").words == frozenset()
    assert alike(spot("Kafr Nubl"), spot("near Kafranbl, Kafr Nubul"))
    assert spot("Al-Qaryatayn").places == spot("القريتين").places != ()
    assert plain("Ḩalab") == plain("halab")
    assert plain("الحسكة") == plain("حسكه")


def test_three_days_are_soon() -> None:
    start = date(2024, 3, 10)
    ratios = [
        way("Zaporizhzhia", str(start), "Zaporizhzhia", str(start + timedelta(days=days))).log10_lr for days in (1, 200)
    ]
    assert ratios[0] > ratios[1] > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("45 Green Street, Kharkiv", "12 Green Street, Aleppo"),
        ("Green Street 7, Lviv", "Odesa, Green Road"),
        ("вул. Київська 3, Львів", "Київ"),
        ("rue de Paris 5, Beirut", "Paris"),
        ("شارع بغداد, حلب", "بغداد"),
    ],
)
def test_a_street_is_no_town(one: str, other: str) -> None:
    assert home(one, other).log10_lr < 0


def test_a_town_in_the_country_that_is_named_or_none() -> None:
    assert spot("Alexandria, Ukraine").places != spot("Alexandria, Egypt").places
    assert spot("Homs, Lebanon").places == ()
    assert spot("Homs, Lebanon").countries == {"LB"}
    assert spot("Bucha, Kyiv").places == spot("Bucha").places
    assert spot("New York").places
