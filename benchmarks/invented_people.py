"""Invented people, and what two offices would write on cards about one of them, with stated rates of error.

Names are common given names and family names of several traditions in their own script, put together by chance; each is brought
to Latin letters in one of several ways in use. No person is meant. ``RATES`` is the table of errors; a card draws every one anew.
"""

import calendar
import random
from dataclasses import dataclass
from typing import Any

from invented_names import CULTURES, Culture, Name, common

RATES: dict[str, dict[str, float]] = {
    "script of the name": {"own script": 0.40, "Latin letters": 0.40, "both": 0.20},
    "extent of the name": {"given and family": 0.52, "with father's": 0.38, "given only": 0.03, "family only": 0.02,
                           "family name missing, father's there": 0.05},
    "name": {"as it is": 0.82, "short form or by-name": 0.06, "given and family swapped": 0.05, "another family name": 0.05,
             "another name altogether": 0.02},
    "slip of typing in the name": {"none": 0.92, "one": 0.07, "two": 0.01},
    "birth": {"day, month, year": 0.42, "year only": 0.14, "month and year": 0.05, "age in years": 0.14, "wrong day": 0.05,
              "day and month swapped": 0.03, "year off by one or two": 0.05, "1 January of the year": 0.04,
              "years off": 0.02, "one digit wrong": 0.01, "missing": 0.05},
    "sex": {"right": 0.96, "wrong": 0.01, "missing": 0.03},
    "place of birth": {"right": 0.60, "another place of the country": 0.05, "elsewhere": 0.01, "missing": 0.34},
    "home": {"right": 0.45, "another place of the country": 0.10, "elsewhere": 0.02, "missing": 0.43},
    "nationality": {"right": 0.58, "missing": 0.42},
    "father": {"named": 0.45, "another name": 0.02, "missing": 0.53},
    "mother": {"named": 0.35, "another name": 0.02, "missing": 0.63},
    "brothers and sisters, each": {"named": 0.40, "another name": 0.02, "missing": 0.58},
    "height": {"within 3 cm or so": 0.30, "10 cm off": 0.02, "missing": 0.68},
}  # fmt: skip
"""What a card says, of 1. Each card of a person draws by itself."""
THIS_YEAR = 2026


@dataclass(frozen=True)
class Invented:
    """A person as they are; cards say less, and some of it wrong."""

    culture: Culture
    sex: str
    given: Name
    family: Name
    father: Name
    mother: Name
    siblings: tuple[tuple[str, Name], ...]
    born: tuple[int, int, int]
    birthplace: Name
    home: Name
    height: int


def somebody(rng: random.Random, *, grown_up: bool = False) -> Invented:
    """A person by chance; common names are common. Those who get a photo of the collection are grown up, as its people are."""
    culture = rng.choices(CULTURES, [each.share for each in CULTURES])[0]
    sex = rng.choice(("male", "female"))
    year = THIS_YEAR - min(int(rng.gammavariate(2.2, 15)) + (18 if grown_up else 2), 95)
    month = rng.randint(1, 12)
    places = culture.places
    siblings = []
    for _ in range(rng.choices((0, 1, 2, 3, 4), (20, 32, 26, 14, 8))[0]):
        of = rng.choice(("male", "female"))
        siblings.append(("brother" if of == "male" else "sister", culture.given(of, rng)))
    birthplace = common(places, rng)
    return Invented(
        culture, sex, culture.given(sex, rng), culture.family(rng), culture.given("male", rng), culture.given("female", rng),
        tuple(siblings), (year, month, rng.randint(1, calendar.monthrange(year, month)[1])), birthplace,
        birthplace if rng.random() < 0.7 else common(places, rng), int(rng.gauss(174 if sex == "male" else 162, 7)),
    )  # fmt: skip


def relative(person: Invented, rng: random.Random) -> Invented:
    """A brother, sister or parent of a person: of the same family and, mostly, the same places."""
    kinds = [*person.siblings, ("father", person.father), ("mother", person.mother)]
    relation, given = rng.choice(kinds)
    culture, sex = person.culture, "male" if relation in ("brother", "father") else "female"
    own = ("brother" if person.sex == "male" else "sister", person.given)
    others = [each for each in person.siblings if each != (relation, given)]
    year, parent = person.born[0], relation in ("father", "mother")
    if parent:
        year = max(year - rng.randint(18, 40), THIS_YEAR - 100)
        father, mother = culture.given("male", rng), culture.given("female", rng)
        family = [("son" if kind == "brother" else "daughter", name) for kind, name in (own, *others)]
    else:
        year = min(max(year + rng.choice((-1, 1)) * rng.randint(1, 12), THIS_YEAR - 100), THIS_YEAR - 2)
        father, mother, family = person.father, person.mother, [own, *others]
    month = rng.randint(1, 12)
    apart = rng.random() < (0.5 if parent else 0.2)
    return Invented(
        culture, sex, given, person.family, father, mother, tuple(family),
        (year, month, rng.randint(1, calendar.monthrange(year, month)[1])),
        common(culture.places, rng) if apart else person.birthplace,
        person.home if rng.random() < 0.8 else common(culture.places, rng), int(rng.gauss(174 if sex == "male" else 162, 7)),
    )  # fmt: skip


def request(person: Invented, rng: random.Random) -> dict[str, Any]:
    """A tracing request, as the part ``sought`` and the part ``enquirer`` of a form: a relative asks."""
    sought = _facts(person, rng)
    relation, name = rng.choice([("father", person.father), ("mother", person.mother), *person.siblings])
    # The relative's own card says who they are; the family then need not name them again.
    asks = {
        "full_name": " ".join(
            (
                _written(name, person, rng),
                _family(person, "female" if relation in ("mother", "sister") else "male", rng),
            )
        ),
        "relationship": relation,
    }
    return {"sought": sought, "enquirer": asks}


def found(person: Invented, rng: random.Random) -> dict[str, Any]:
    """A found person's card, as the part ``found`` of a form."""
    return {"found": {**_facts(person, rng), "found_kind": rng.choice(("patient", "alive_self_registered"))}}


def _facts(person: Invented, rng: random.Random) -> dict[str, Any]:
    told: dict[str, Any] = _name(person, rng)
    sex, birth = drawn("sex", rng), _birth(person, rng)
    if sex != "missing":
        told["sex"] = person.sex if sex == "right" else ("female" if person.sex == "male" else "male")
    told |= {"date_of_birth": birth} if birth else {}
    for key, fact, true in (
        ("place of birth", "place_of_birth", person.birthplace),
        ("home", "last_residence", person.home),
    ):
        place = _place(drawn(key, rng), true, person.culture, rng)
        told |= {fact: place} if place else {}
    if drawn("nationality", rng) == "right":
        told["nationality"] = rng.choice(person.culture.nation)
    family = _relatives(person, rng)
    told |= {"family": family} if family else {}
    height = drawn("height", rng)
    if height != "missing":
        told["height"] = f"{person.height + round(rng.gauss(0, 1.5)) + 10 * (height == '10 cm off')} cm"
    return told


def _name(person: Invented, rng: random.Random) -> dict[str, Any]:
    how, extent, script = drawn("name", rng), drawn("extent of the name", rng), drawn("script of the name", rng)
    culture, own = person.culture, script == "own script"
    given, family = person.given, person.family
    if how == "another name altogether":
        given, family = culture.given(person.sex, rng), culture.family(rng)
    if how == "another family name":
        family = culture.family(rng)
    by_name = culture.by_name(given, person.sex, rng) if how == "short form or by-name" else given

    def said(*, own: bool) -> str:
        first = by_name.own if own else rng.choice(by_name.latin)
        last = culture.inflected(family, person.sex, own=own, rng=rng)
        fathers = culture.fathers(person.father, person.sex, own=own, rng=rng)
        order = {
            "given and family": [first, last], "with father's": [first, fathers, last], "given only": [first],
            "family only": [last], "family name missing, father's there": [first, fathers],
        }[extent]  # fmt: skip
        if how == "given and family swapped":
            order.reverse()
        return _slips(" ".join(filter(None, order)), rng)

    text = said(own=own)
    if script == "both" and culture.script != "Latin":
        return {"full_name": {"value": text, "original_script": said(own=True)}}
    parts = text.split()
    if len(parts) == 2 and extent == "given and family" and rng.random() < 0.3:
        return {"given_name": parts[0], "family_name": parts[1], "full_name": text}
    return {"full_name": text}


def _slips(text: str, rng: random.Random) -> str:
    for _ in range({"none": 0, "one": 1, "two": 2}[drawn("slip of typing in the name", rng)]):
        at = rng.randrange(len(text) - 1)
        way = rng.randrange(4)
        letter = rng.choice([each for each in text if each.isalpha()])
        text = (
            text[:at] + text[at + 1 :] if way == 0
            else text[:at] + text[at + 1] + text[at] + text[at + 2 :] if way == 1
            else text[:at] + letter + text[at + way - 2 :]
        )  # fmt: skip
    return " ".join(text.split()) or "?"


def _birth(person: Invented, rng: random.Random) -> str:
    how, (year, month, day) = drawn("birth", rng), person.born
    age = THIS_YEAR - 1 - year
    if how == "age in years":
        return f"{max(0, age + rng.choice((0, 0, 0, 0, 1, -1)))} as of {THIS_YEAR - 1}-12"
    if how == "day and month swapped" and day <= 12:
        month, day = day, month
    if how == "wrong day":
        day = rng.randint(1, calendar.monthrange(year, month)[1])
    if how == "year off by one or two":
        year += rng.choice((-1, 1, -1, 1, -1, 1, -2, 2))
    if how == "years off":
        year += rng.choice((-1, 1)) * rng.randint(3, 8)
    if how == "one digit wrong":
        year = int(f"{str(year)[:3]}{rng.randint(0, 9)}")
    year = min(year, THIS_YEAR - 1)
    day = min(day, calendar.monthrange(year, month)[1])
    shown = {"missing": "", "year only": f"{year}", "month and year": f"{year}-{month:02}",
             "1 January of the year": f"{year}-01-01"}  # fmt: skip
    return shown.get(how, f"{year}-{month:02}-{day:02}")


def _place(how: str, true: Name, culture: Culture, rng: random.Random) -> str:
    if how == "missing":
        return ""
    where = true
    if how == "another place of the country":
        where = common(culture.places, rng)
    if how == "elsewhere":
        where = common(rng.choice(CULTURES).places, rng)
    return rng.choice((where.own, *where.latin))


def _relatives(person: Invented, rng: random.Random) -> list[dict[str, str]]:
    told = []
    for relation, name in (("father", person.father), ("mother", person.mother), *person.siblings):
        how = drawn(relation if relation in RATES else "brothers and sisters, each", rng)
        if how != "missing":
            sex = "female" if relation in ("mother", "sister", "daughter") else "male"
            said = name if how == "named" else person.culture.given(sex, rng)
            told.append({"relation": relation, "person": _written(said, person, rng)})
    return told


def _written(name: Name, person: Invented, rng: random.Random) -> str:
    return name.own if rng.random() < 0.4 else rng.choice(name.latin)


def _family(person: Invented, sex: str, rng: random.Random) -> str:
    return person.culture.inflected(person.family, sex, own=False, rng=rng)


def drawn(what: str, rng: random.Random) -> str:
    """What befalls a card, by the rates."""
    ways = RATES[what]
    return rng.choices(list(ways), list(ways.values()))[0]


def table() -> str:
    """The rates as they are printed."""
    lines = ["What a card says; each card of a person draws by itself:"]
    for what, ways in RATES.items():
        lines.append(f"  {what}: " + ", ".join(f"{way} {share:.0%}" for way, share in ways.items()))
    shares = ", ".join(f"{each.name} {each.share:.0%}" for each in CULTURES)
    return "\n".join([*lines, f"  traditions: {shares}"])
