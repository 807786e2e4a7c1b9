"""Dates as people type them, brought to the form the records keep, and as the language of the page writes them again.

The records keep ``1987``, ``1987-05``, ``1987-05-03``, times between two, and ages as of a date. Whatever a page writes may be
typed, in any of its languages.
"""

import re
import unicodedata
from datetime import date
from typing import Any

from django.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kintrace.errors import FormError
from kintrace.site.sentences import isolated

EXAMPLES = "03.05.1987, 1987-05-03"
"""Days that nobody reads the other way round."""
LANGUAGES = ("en", "fr", "es", "ar", "uk", "ru", "de")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})\s*[./]\s*(\d{4})")
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:er|\.)?\s+(?:de\s+)?)?([^\W\d_]{2,}(?: (?:الثاني|الأول|الاول|الآخر))?)\.?[,،]?\s+(?:de\s+)?(\d{4})"
)
_AMERICAN = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})[,،]?\s+(\d{4})")
_OF_A_YEAR = re.compile(r"(.*\d{4})\s*(?:г\.?|год[ау]?|р\.?|рок[уі]|рік|році)", re.IGNORECASE)
"""What ends with “year”, as Russian and Ukrainian put it after its number."""
_TWO = re.compile(r"(.*\S)(?: [-–] |\s*\.\.\s*)(\S.*)|(\d{4})[-–](\d{4})")
_AGED = r"âgée? de|âge|aged?|edad|عمرها|عمره|العمر|بعمر|عمر|віком|вік|в возрасте|возраст|Alter"  # before the number
_YEARS = (
    r"years? old|years?|ans?|años?|سنوات|سنة|سنين|أعوام|عام[اً]*|рік|роки|років|р\.|год|года|лет|г\.|Jahre?(?: alt)?"
)
_AS_OF = (
    r"as of|as at|in|on|at|à la date du|à|au|en|le|a fecha de|al|a|el|اعتبارا من|بتاريخ|في|станом на|на|у|в|"
    r"по состоянию на|am|im|Stand"
)
_AGE = re.compile(
    rf"(?:(?:{_AGED})\s*:?\s*)?(\d{{1,3}})(?:\s*[-–]\s*(\d{{1,3}}))?\s*(?:{_YEARS})?,?\s+(?:{_AS_OF})\s+(\S.*)",
    re.IGNORECASE,
)
"""An age as of a date, said in any of the languages."""
_KEPT = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_KEPT_TWO = re.compile(r"(\d{4}(?:-\d\d){0,2})\.\.(\d{4}(?:-\d\d){0,2})")
_KEPT_AGE = re.compile(r"(\d{1,3}(?:-\d{1,3})?) as of (\d{4}(?:-\d\d){0,2})")


def understood(text: str) -> str:
    """A date as the records keep it.

    Args:
        text: as somebody typed it, in any digits: ``3 May 1987``, ``03.05.1987``, ``05.1987``, ``May 1987``, ``1985 - 1990``, an
            age as of a date, as in ``7 ans en 2024``, or a form the records know already, which is left as it is.

    Raises:
        FormError: day and month cannot be told apart, as in 3/5/1987.
    """
    plain = " ".join("".join(str(unicodedata.digit(each, each)) for each in text).replace("‏", "").split())
    if found := _AGE.fullmatch(plain):
        ages = f"{int(found[1])}-{int(found[2])}" if found[2] else str(int(found[1]))
        return f"{ages} as of {_one(found[3])}"
    if found := _TWO.fullmatch(plain):
        first, last = _one(found[1] or found[3]), _one(found[2] or found[4])
        return f"{first}..{last}" if _known(first) and _known(last) else plain
    return _one(plain)


def _one(text: str) -> str:
    """One date: a day, a month or a year; what is none is left as it is."""
    plain = found[1] if (found := _OF_A_YEAR.fullmatch(text)) else text
    slashed = _SLASHED.fullmatch(plain)
    if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
        todo = _("Write it as %(examples)s.") % {"examples": isolated(EXAMPLES)}
        raise FormError(_("Which is the day, which the month?"), todo=todo)
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


def _known(text: str) -> bool:
    return re.fullmatch(r"\d{4}(?:-\d\d){0,2}", text) is not None


def _iso(year: str, month: str, day: str | None = None) -> str:
    return f"{int(year):04}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _plain(arabic: str) -> str:
    """Without the marks on alif, which many leave out."""
    return arabic.translate(str.maketrans("أإآ", "ااا"))


LEVANT = {_plain(name): number for number, name in enumerate((
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
    "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
), 1)}  # fmt: skip
"""The months as Arabic has them from Syria to Iraq, and their numbers."""


def _month(word: str) -> int | None:
    """The number of a month by its name in one of the languages of the pages, whole, short, or as dates decline it."""
    said = word.casefold()
    if _plain(said) in LEVANT:
        return LEVANT[_plain(said)]
    for language in LANGUAGES:
        with override(language):
            for names in (MONTHS, MONTHS_ALT, MONTHS_3):
                for number, name in names.items():
                    if said in (str(name).casefold(), str(name).casefold().rstrip(".")):
                        return int(number)
    return None


def written(text: Any) -> str:
    """A date of the records: whole ones, months, times between two and ages as the language of the page writes them; what else
    is said as it was said."""
    if found := _KEPT_TWO.fullmatch(str(text)):
        return f"{written(found[1])} – {written(found[2])}"
    if found := _KEPT_AGE.fullmatch(str(text)):
        return _("age %(age)s as of %(date)s") % {"age": found[1].replace("-", "–"), "date": written(found[2])}
    found = _KEPT.fullmatch(str(text))
    if not found:
        return str(text)
    try:
        whole = date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return str(text)
    return date_format(whole, "DATE_FORMAT" if found[3] else "YEAR_MONTH_FORMAT", use_l10n=True)


def retyped(text: str) -> str:
    """A date of the records for a field to be changed: as the page's language writes it where that is understood as this very
    date again, else as the records have it, so that what nobody touches stays what it is."""
    shown = written(text)
    try:
        return shown if understood(shown) == text else text
    except FormError:
        return text
