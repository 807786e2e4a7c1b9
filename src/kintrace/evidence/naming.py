"""The names of two people, by whatever compares names: every form of each, the best counting."""

from math import log10

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.family import Names, ratio_of
from kintrace.evidence.person import Person
from kintrace.evidence.relatives import unbracketed

PARTS = ("given_name", "patronymic", "family_name")
MOST_FORMS = 4


def compare(one: Person, other: Person, names: Names | None) -> Fact:
    """The fact ``names``: full name, given name and family name are one fact.

    Args:
        one: of one record.
        other: of the other.
        names: compares two names; without it they are not compared.
    """
    first, second = one.once(_forms), other.once(_forms)
    if names is None or not (first[0] and second[0]):
        known = (first[0] + second[0]) and names is None
        return blank("names", "Names were not compared.") if known else blank("names")
    chief = [(a, b) for a in first[0] for b in second[0]]
    others = [(a, b) for a in sum(first, ()) for b in sum(second, ()) if (a, b) not in chief]
    told = [(ratio_of(said := names(a, b)), said, (a, b)) for a, b in chief]
    # A further name that agrees is one of several that might have by chance.
    told += [(ratio_of(said := names(a, b)) - log10(len(others) + 1), said, (a, b)) for a, b in others]
    ratio, said, compared = max(told, key=lambda each: (each[0], each[2]))
    level = str(getattr(said, "state", "") or ("alike" if ratio > 0 else "not alike"))
    why = getattr(said, "why", "")
    return Fact("names", level, ratio, why if isinstance(why, str) else "; ".join(map(str, why)), compared)


def _forms(person: Person) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms of the chief name, in each script, and of further names."""
    chief, further = [], []
    told = person.get("full_name")
    if told:
        chief += [told.text, told.original_script]
    else:
        parts = [each for name in PARTS if (each := person.get(name))]
        chief += [" ".join(part.text for part in parts), " ".join(part.original_script for part in parts)]
    for name in ("alternate_names", "nickname"):
        more = person.get(name)
        if more:
            further += list(map(str, more.value)) if isinstance(more.value, list | tuple) else [more.text]
            further += [more.original_script]
    if not any(chief):
        chief, further = further, []
    forms = [dict.fromkeys(unbracketed(form) for form in each if form and form.strip()) for each in (chief, further)]
    return tuple(forms[0])[:MOST_FORMS], tuple(form for form in forms[1] if form not in forms[0])[:MOST_FORMS]
