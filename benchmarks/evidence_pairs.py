"""Pairs of records weighed per second of one core's time, without face and names.

    python benchmarks/evidence_pairs.py

Invented people with most facts filled; every pair is of two different people, as most are in a search.
"""

import random
import time

from kintrace.evidence import Person, weigh
from kintrace.evidence.gazetteer import gazetteer

TOWNS = ("Kharkiv", "Mariupol", "Dnipro", "Lviv", "Odesa", "Kyiv", "Aleppo", "Homs", "Damascus", "Gaziantep", "Khartoum",
         "Adre", "Nyala", "Kabul", "Herat", "Mosul", "Beirut", "Tripoli", "Asmara", "Mogadishu")  # fmt: skip
MARKS = (
    "scar on the left cheek",
    "tattoo of an anchor, right arm",
    "mole on the neck; burn on the left hand",
    "no left thumb",
)
GIVEN = ("Amal", "Karim", "Petro", "Olena", "Yusuf", "Hana", "Taras", "Samir", "Vera", "Idris", "Mariam", "Oleh")


def person(chance: random.Random, found: bool) -> Person:
    """An invented person with most facts filled."""
    year, month, day = chance.randint(1940, 2020), chance.randint(1, 12), chance.randint(1, 28)
    told = [
        f"{year}-{month:02}-{day:02}",
        f"{year}-{month:02}",
        f"{year}",
        f"{2024 - year} as of 2024-0{chance.randint(1, 9)}",
    ]
    facts = {
        "sex": chance.choice(("male", "female")),
        "date_of_birth": chance.choices(told, (6, 1, 2, 3))[0],
        "place_of_birth": chance.choice(TOWNS),
        "nationality": chance.choice(("Ukraine", "Syria", "Sudan", "Afghanistan")),
        "last_residence": f"{chance.randint(1, 99)} Green Street, {chance.choice(TOWNS)}",
        "marks": chance.choice(MARKS),
        "height": f"{chance.randint(150, 195)} cm",
        "serial_number": f"{chance.choice('ABC')}-{chance.randint(10000, 99999)}",
        "family": [{"relation": each, "person": chance.choice(GIVEN)} for each in ("father", "sister")],
    }  # fmt: skip
    day = f"2024-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
    facts |= {"found_kind": "patient", "found_place": chance.choice(TOWNS), "found_date": day} if found else {}
    facts |= {} if found else {"last_contact": chance.choice(TOWNS), "last_contact_date": day}
    return Person.from_facts(facts)


def main() -> None:
    """Print the rate."""
    chance = random.Random(1)
    sought = [person(chance, False) for _ in range(20)]
    found = [person(chance, True) for _ in range(2000)]
    start = time.process_time()
    gazetteer()
    weigh(sought[0], found[0], today=2026)
    print(f"gazetteer read and first pair weighed in {time.process_time() - start:.2f} s")
    for name, one, other in (
        ("one record against 2,000 others", sought[:1], found),
        ("20 records against 2,000", sought, found),
    ):
        start = time.process_time()
        for a in one:
            for b in other:
                weigh(a, b, today=2026)
        spent = time.process_time() - start
        print(f"{name}: {len(one) * len(other) / spent:,.0f} pairs per second")


if __name__ == "__main__":
    main()
