"""Numbers that belong to one person: military serial numbers and the like, with slips of copying.

The space of numbers is taken to be smaller than the digits allow, for numbers are issued in rows; a number one slip away is as
likely a stranger's as there are numbers one slip away in use. Numbers that differ at their end only may be neighbours in a row.
Letters of a series are Cyrillic on one card and Latin on another, by look or by sound: each way to write them is tried.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice, product
from math import log10

from rapidfuzz.distance import DamerauLevenshtein

from kintrace.evidence.facts import Fact, blank
from kintrace.evidence.person import Person
from kintrace.evidence.placeholders import says_nothing
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
MOST_READINGS = 64
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_BY_SOUND = {
    "Б": ("B",), "В": ("V", "B"), "Г": ("G", "H"), "Ґ": ("G",), "Д": ("D",), "Є": ("YE", "E"), "Ж": ("ZH",), "З": ("Z",),
    "И": ("I", "Y"), "Ї": ("YI", "I"), "Й": ("Y", "I"), "Л": ("L",), "Н": ("N", "H"), "П": ("P",), "Р": ("R", "P"),
    "С": ("S", "C"), "У": ("U", "Y"), "Ф": ("F",), "Х": ("KH", "H", "X"), "Ц": ("TS", "C"), "Ч": ("CH",), "Ш": ("SH",),
    "Щ": ("SHCH",), "Ы": ("Y",), "Ь": ("",), "Э": ("E",), "Ю": ("YU", "IU"), "Я": ("YA", "IA"),
}  # fmt: skip
"""Latin letters for a Cyrillic one; those that are not here look like the letter they sound like."""
_LOOKS_LATIN = str.maketrans("АВЕІЈКМНОРСТУХЅАΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEIJKMHOPCTYXSABEZHIKMNOPTYX")


def compare(one: Person, other: Person) -> Fact:
    """The fact ``number``."""
    for name in NAMES:
        texts = one.text(name), other.text(name)
        if not all(texts):
            continue
        numbers = one.once(_read)[name], other.once(_read)[name]
        if not all(each.is_number for each in numbers):
            return blank("number", "What stands there is no number.", texts)
        if min(len(each.looks.whole) for each in numbers) < LEAST:
            return blank("number", "A number is too short to be compared.", texts)
        first, second = sorted(_nearest(*numbers), key=lambda each: (each.whole, each.bare))
        return _weighed(first, second, texts)
    return blank("number")


@dataclass(frozen=True)
class Written:
    """One way to write a number."""

    whole: str
    """As :func:`plain` has it."""
    bare: str
    """The same without zeros in front of each run of digits."""


@dataclass(frozen=True)
class Number:
    """A number of a record."""

    looks: Written
    """With letters that look Latin taken for Latin ones."""
    sounds: tuple[Written, ...]
    """In each way its Cyrillic letters may be written by sound; none where it has no such letter."""
    is_number: bool
    """Whether it has digits, and not one of them over and over, as where none was issued."""


def _read(person: Person) -> dict[str, Number]:
    return {name: _number(person.text(name)) for name in NAMES}


def _number(text: str) -> Number:
    looks = plain(text)
    digits = {each for each in looks if each.isdigit()}
    empty = not digits or says_nothing(text) or digits == {"0"} or (len(looks) >= LEAST and len(set(looks)) == 1)
    return Number(Written(looks, _without_zeros(text)), _by_sound(text), not empty)


def _by_sound(text: str) -> tuple[Written, ...]:
    upper = text.upper()
    if not _CYRILLIC.search(upper):
        return ()
    ways = islice(product(*(_BY_SOUND.get(each, (each,)) for each in upper)), MOST_READINGS)
    return tuple(Written(plain(said), _without_zeros(said)) for said in map("".join, ways))


def _without_zeros(text: str) -> str:
    """A number as :func:`plain` has it, without zeros in front of the digits between letters and signs."""
    digits = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)
    return plain(_ZEROS.sub("", digits))


def _nearest(one: Number, other: Number) -> tuple[Written, Written]:
    """The ways to write both that are most alike; by sound only where the one is in Cyrillic and the other is not."""
    if bool(one.sounds) == bool(other.sounds):
        return one.looks, other.looks
    ways = [(said, other.looks) for said in one.sounds] + [(one.looks, said) for said in other.sounds]
    ways.append((one.looks, other.looks))
    return min(ways, key=lambda way: _apart(*way))


def _apart(one: Written, other: Written) -> tuple[bool, int]:
    same = one.whole == other.whole or one.bare == other.bare
    return not same, DamerauLevenshtein.distance(one.whole, other.whole)


def plain(text: str) -> str:
    """A number as it is looked up and compared: letters that look Latin are, digits of all scripts are 0 to 9.

    Separators are dropped, and so is a “No.” before it.
    """
    sign = _SIGN.match(text)
    folded = unicodedata.normalize("NFKC", text[sign.end() :] if sign else text).upper().translate(_LOOKS_LATIN)
    digits = (str(unicodedata.decimal(each)) if each.isdecimal() else each for each in folded)
    return _WORD.sub("", "".join(each for each in digits if each.isalnum()))


def _weighed(first: Written, second: Written, texts: tuple[str, str]) -> Fact:
    one, other = first.whole, second.whole
    length = min(len(one), len(other))
    in_use = min(PER_CHARACTER * length, MOST)
    apart = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    if apart and first.bare == second.bare and len(first.bare) >= LEAST:
        in_use = min(PER_CHARACTER * len(first.bare), MOST)
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
