"""Two invented cards of one person, written independently; and random facts for hypothesis."""

from hypothesis import strategies as st

from kintrace.evidence import FaceEvidence, Person, RecordNames

NAMES = RecordNames()

BANNED = ("%", "match", "identif", "percent", "nan", "inf ", "certainly")
"""What no sentence of the program may hold (DESIGN.md §5, rules 1 and 4)."""

SOUGHT = {
    "full_name": {"value": "Olena Hulianytska (invented)", "original_script": "Олена Гуляницька (invented)"},
    "sex": "female",
    "date_of_birth": {"value": "1987-05-03", "source": "her father"},
    "place_of_birth": {"value": "Mariupol", "original_script": "Маріуполь"},
    "last_contact": "by telephone, from Zaporizhzhia",
    "last_contact_date": "2024-03-10",
    "marks": "scar on the left eyebrow; tattoo of a swallow, right wrist",
    "height": "168 cm",
    "family": [{"relation": "brother", "person": "Taras Hulianytskyi (invented)"}],
}
ENQUIRER = {"full_name": "Petro Hulianytskyi (invented)", "relationship": "father"}
FOUND = {
    "full_name": {"value": "Elena Guljanickaja (invented)", "certainty": "stated", "source": "her own words"},
    "sex": "female",
    "date_of_birth": "1987-03-05",
    "place_of_birth": "Мариуполь",
    "found_kind": "patient",
    "found_place": "Dnipro",
    "found_date": "2024-04-02",
    "marks": "left eyebrow: scar",
    "height": {"value": "160 cm", "certainty": "documented", "source": "measured on the ward"},
    "family": ["her father Petro (invented)"],
}


def sought() -> Person:
    return Person.from_facts(SOUGHT, ENQUIRER)


def found() -> Person:
    return Person.from_facts(FOUND)


def near(log10_lr: float = 2.5, cautions: tuple[str, ...] = ()) -> FaceEvidence:
    return FaceEvidence("t", 0.5, log10_lr, (log10_lr - 1, log10_lr + 1), False, "good", 1000, 0.1, cautions)


def person(**facts: object) -> Person:
    return Person.from_facts(facts)


dates = st.dates().map(str)
partial = st.one_of(
    dates,
    dates.map(lambda day: day[:7]),
    dates.map(lambda day: day[:4]),
    st.tuples(dates, dates).map(lambda two: f"{min(two)[:4]}..{max(two)[:7]}"),
    st.tuples(st.integers(0, 120), st.integers(0, 9), dates).map(lambda n: f"{n[0]}-{n[0] + n[1]} as of {n[2]}"),
    st.tuples(st.integers(0, 120), dates).map(lambda n: f"{n[0]} as of {n[1][:7]}"),
    st.text(max_size=12),
)
names = st.sampled_from(
    ["Petro Kovalenko", "Olena", "Karim Sayegh", "محمد", "Петро Коваленко", "", "Li", "Ana María", "O'Neil"]
)
_places = st.sampled_from(
    [
        "Kharkiv",
        "Харків",
        "حلب",
        "Aleppo",
        "Syria",
        "Northtown (invented)",
        "3 River Street, Homs",
        "near Lviv",
        "",
        "Paris",
    ]
)
_numbers = st.one_of(st.from_regex(r"[A-Z]{0,2}-?[0-9]{3,8}", fullmatch=True), st.just("№ ١٢٣٤٥٦"))
_marks = st.sampled_from(
    [
        "scar, left cheek",
        "шрам на лівій щоці",
        "tattoo of an anchor on the right arm",
        "وشم على الذراع",
        "no thumb",
        "mole",
    ]
)
_relatives = st.lists(
    st.one_of(
        st.builds(
            lambda relation, person: {"relation": relation, "person": person},
            st.sampled_from(["father", "mother", "son", "брат", "أخت", "neighbour", ""]),
            names,
        ),
        names,
        st.text(max_size=20),
    ),
    max_size=4,
)
FACTS = {
    "full_name": names,
    "nickname": names,
    "alternate_names": st.lists(names, max_size=2),
    "sex": st.sampled_from(["male", "female", "other", "unknown", "?"]),
    "date_of_birth": partial,
    "place_of_birth": _places,
    "last_residence": _places,
    "nationality": _places,
    "last_contact": _places,
    "last_contact_date": partial,
    "separation": _places,
    "found_place": _places,
    "found_date": partial,
    "found_kind": st.sampled_from(["patient", "unaccompanied_child"]),
    "current_location": _places,
    "family": _relatives,
    "father_first_name": names,
    "mother_maiden_name": names,
    "accompanied_by": names,
    "serial_number": _numbers,
    "marks": _marks,
    "height": st.sampled_from(["172", "1.72 m", "5'8\"", "170-175 cm", "tall", "2 m", "0", "1,80 м", "999"]),
    "priority": st.lists(st.sampled_from(["minor", "medical"]), max_size=1),
}
ODD = st.one_of(st.none(), st.integers(), st.text(max_size=30), st.lists(st.text(max_size=8), max_size=3), st.booleans(),
                st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=2), st.floats())  # fmt: skip
certainty = st.sampled_from(["stated", "documented", "estimated", "unknown"])


def _stated(values):
    return st.builds(
        lambda value, sure, script: {"value": value, "certainty": sure, "original_script": script},
        values,
        certainty,
        st.sampled_from(["", "", "Харків", "حلب"]),
    )


people = st.builds(
    Person.from_facts,
    st.fixed_dictionaries({}, optional={name: st.one_of(values, _stated(values)) for name, values in FACTS.items()}),
    st.one_of(
        st.none(), st.fixed_dictionaries({"full_name": names, "relationship": st.sampled_from(["father", "син", "x"])})
    ),
)
odd_people = st.builds(Person.from_facts, st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, ODD)))
