"""Sex, as two records have it."""

from math import log10

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.person import Person
from kintrace.evidence.weights import weight

WRONG = weight("sex.wrong")
OTHER, OTHER_AGAIN = weight("population.other"), weight("sex.other_again")
SHARES = {"male": weight("population.male"), "female": 1 - weight("population.male")}


def compare(one: Person, other: Person, *, told_by_name: bool = False) -> Fact:
    """The fact ``sex``.

    Args:
        one: of one record.
        other: of the other.
        told_by_name: the given names agree, which tell the sex in nearly all languages: agreement then adds nothing.
    """
    said = one.text("sex").casefold(), other.text("sex").casefold()
    known = {*SHARES, "other"}
    if not set(said) <= known:
        return blank("sex", compared=said) if all(each in known | {"unknown"} for each in said) else blank("sex")
    if "other" in said:
        return _other(said)
    if said[0] != said[1]:
        share = 2 * SHARES["male"] * SHARES["female"]
        return Fact("sex", "not the same", log10(WRONG / share), "Such errors are rare on forms.", said)
    if told_by_name:
        return Fact("sex", "the same", 0.0, "The names agree, and tell it already: it adds nothing.", said)
    # Of those who are the same: how common the sex is among cards.
    share = SHARES[said[0]]
    return Fact("sex", "the same", log10((1 - WRONG) / share), f"{100 * share:.0f} in 100 other people share it.", said)


def _other(said: tuple[str, str]) -> Fact:
    if said[0] == said[1]:
        return Fact("sex", "the same", log10(OTHER_AGAIN / OTHER), "Both records say other.", said)
    return blank("sex", "One record says other: another office may have asked or ticked differently.", said)
