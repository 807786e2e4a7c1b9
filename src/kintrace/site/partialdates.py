"""Dates as people type them, brought to the form the records keep: ``1987``, ``1987-05``, ``1987-05-03``, ranges, ages."""

import re
import unicodedata

from django.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT
from django.utils.translation import gettext as _
from django.utils.translation import override

from kintrace.errors import FormError

LANGUAGES = ("en", "fr", "es", "ar", "uk", "ru", "de")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})\s*[./]\s*(\d{4})")
_WORDS = re.compile(r"(?:(\d{1,2})\.?\s+(?:de\s+)?)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?(\d{4})")
_AMERICAN = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})")
_AGE = re.compile(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?\s+([^\W\d_].*)")
_AGED = frozenset({
    "as", "years", "year", "old", "in", "aged", "an", "ans", "âge", "en", "au", "date", "le", "año", "años", "a", "fecha", "edad",
    "سنة", "سنوات", "سنين", "عام", "أعوام", "عاما", "عامًا", "عمره", "عمرها", "العمر", "في", "بتاريخ", "حتى", "рік", "роки",
    "років", "року", "у", "в", "станом", "на", "год", "года", "лет", "возраст", "по", "состоянию",
    "jahre", "jahr", "alt", "im", "am",
})  # fmt: skip
"""Words in which an age as of a date is said, in the languages of the pages."""
_LITTLE = ("of", "à", "la", "du", "el", "de", "del")
"""Words that stand in other dates, too."""
_BETWEEN = re.compile(r"(.+?)\s*(?:\.\.|–)\s*(.+)|(\d{4})\s*-\s*(\d{4})")


def understood(text: str) -> str:
    """A date as the records keep it.

    Args:
        text: as somebody typed it, in any digits: ``3 May 1987``, ``03.05.1987``, ``05.1987``, ``May 1987``; two of them with
            ``..`` or a dash between; an age, ``7 years old in May 2024``; or a form the records know already, which is left as
            it is.

    Raises:
        FormError: day and month cannot be told apart, as in 3/5/1987.
    """
    plain = " ".join("".join(str(unicodedata.digit(each, each)) for each in text).replace("‏", "").split())
    if age := _age(plain):
        return age
    if found := _BETWEEN.fullmatch(plain):
        return "..".join(understood(each) for each in found.groups() if each)
    slashed = _SLASHED.fullmatch(plain)
    if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
        raise FormError(_("Which is the day, which the month?"), todo=_("Write 3 May 1987, 03.05.1987, or 1987-05-03."))
    if slashed and int(slashed[2]) > 12:
        return _iso(slashed[3], slashed[1], slashed[2])
    if found := _DAY_FIRST.fullmatch(plain):
        return _iso(found[3], found[2], found[1])
    if found := _MONTH_FIRST.fullmatch(plain):
        return _iso(found[2], found[1])
    if found := _AMERICAN.fullmatch(plain):
        month = _month(found[1])
        return _iso(found[3], str(month), found[2]) if month else plain
    if found := _WORDS.fullmatch(plain):
        month = _month(found[2])
        return _iso(found[3], str(month), found[1]) if month else plain
    return plain


def _age(plain: str) -> str:
    """An age as of a date as the records keep it; empty where it is none."""
    found = _AGE.fullmatch(plain)
    words = found[3].split() if found else []
    told = next((at for at, word in enumerate(words) if word.casefold() not in (*_AGED, *_LITTLE)), 0)
    if found is None or not any(word.casefold() in _AGED for word in words[:told]):
        return ""
    return f"{found[1]}{'-' + found[2] if found[2] else ''} as of {understood(' '.join(words[told:]))}"


def _iso(year: str, month: str, day: str | None = None) -> str:
    return f"{int(year):04}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _month(word: str) -> int | None:
    """The number of a month by its name in one of the languages of the pages, whole, short, or as dates decline it."""
    said = word.casefold()
    for language in LANGUAGES:
        with override(language):
            for names in (MONTHS, MONTHS_ALT, MONTHS_3):
                for number, name in names.items():
                    if said in (str(name).casefold(), str(name).casefold().rstrip(".")):
                        return int(number)
    return None
