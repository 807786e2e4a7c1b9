"""Numbers that belong to one person: military serial numbers and the like, with slips of copying.

The space of numbers is taken to be smaller than the digits allow, for numbers are issued in rows; a number one slip away is as
likely a stranger's as there are numbers one slip away in use. Numbers that differ at their end only may be neighbours in a row.
"""

import re
import unicodedata
from math import log10

from rapidfuzz.distance import DamerauLevenshtein

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.person import Person
from kintrace.evidence.weights import weight

SAID = weight("identifiers.same")
PER_CHARACTER, MOST = weight("identifiers.per_character"), weight("identifiers.most")
NEIGHBOUR = weight("identifiers.neighbour")
NAMES = ("serial_number",)
"""Facts that are such numbers."""
_SIGN = re.compile(r"\s*(?:№|n[°º]|(?:no|nr|num)\.)\s*", re.IGNORECASE)
_WORD = re.compile(r"(?:NO|NR|NUMBER|NUMERO|NUMÉRO|NUMMER|HOMEP|رقم|شماره)(?=\d{3,}$)")
"""What says only that a number follows: a sign before it, or a word before nothing but digits."""
LEAST = 3
"""Characters of the shortest number compared."""
_LOOKS_LATIN = str.maketrans("АВЕІЈКМНОРСТУХЅАΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEIJKMHOPCTYXSABEZHIKMNOPTYX")


def compare(one: Person, other: Person) -> Fact:
    """The fact ``number``."""
    for name in NAMES:
        texts = one.text(name), other.text(name)
        if not all(texts):
            continue
        numbers = one.once(_read)[name], other.once(_read)[name]
        if min(map(len, numbers)) < LEAST:
            return blank("number", "A number is too short to be compared.", texts)
        return _weighed(min(numbers), max(numbers), texts)
    return blank("number")


def _read(person: Person) -> dict[str, str]:
    return {name: plain(person.text(name)) for name in NAMES}


def plain(text: str) -> str:
    """A number as it is compared: letters that look Latin are, digits of all scripts are 0 to 9.

    Separators are dropped, and so is a “No.” before it.
    """
    sign = _SIGN.match(text)
    folded = unicodedata.normalize("NFKC", text[sign.end() :] if sign else text).upper().translate(_LOOKS_LATIN)
    digits = (str(unicodedata.decimal(each)) if each.isdecimal() else each for each in folded)
    return _WORD.sub("", "".join(each for each in digits if each.isalnum()))


def _weighed(one: str, other: str, texts: tuple[str, str]) -> Fact:
    length = min(len(one), len(other))
    in_use = min(PER_CHARACTER * length, MOST)
    apart = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    bare = one.lstrip("0"), other.lstrip("0")
    if apart and bare[0] == bare[1] and len(bare[0]) >= LEAST:
        in_use = min(PER_CHARACTER * len(bare[0]), MOST)
        return Fact("number", "the same but for zeros in front", log10(SAID["same"]) + in_use, _why(in_use), texts)
    if apart == 0:
        return Fact("number", "the same", log10(SAID["same"]) + in_use, _why(in_use), texts)
    if apart == 1:
        stranger = one_slip_away(length) * 10**-in_use
        end = one[:-2] == other[:-2] and len(one) == len(other)
        if end:
            stranger += NEIGHBOUR
        level = "the last digits not the same: a slip, or a neighbour's number" if end else "one slip of copying apart"
        return Fact("number", level, log10(SAID["slip"] / min(stranger, 1.0)), _why(in_use), texts)
    if apart == 2 and length > 5:
        stranger = one_slip_away(length) ** 2 / 2 * 10**-in_use
        if one[:-2] == other[:-2]:
            stranger += NEIGHBOUR
        weighed = log10(SAID["two_slips"] / min(stranger, 1.0))
        if weighed > log10(SAID["different"]):
            return Fact("number", "two slips of copying apart", weighed, _why(in_use), texts)
    return Fact(
        "number", "not the same", log10(SAID["different"]), "It may be a new number, or of another kind.", texts
    )


def one_slip_away(length: int) -> int:
    """How many numbers of digits are one slip away: a digit wrong, left out, put in, or two neighbours changed about."""
    return 9 * length + length + 10 * (length + 1) + (length - 1)


def _why(in_use: float) -> str:
    return f"About {10 ** min(in_use, 6):,.0f} numbers of this length are taken to be in use."
