"""Sentences of the rooms, said again in the language of the page.

The rooms know nothing of languages: their errors, their evidence and what they say of a photo are finished English sentences, and
the records keep them so. The catalogs hold every such sentence with named placeholders, taken from where it stands
(``tests/room_texts.py``); here a finished sentence is laid over those forms, what was put in is taken out of it, and the form is
filled again in the other language. So no place that says something had to change, sentences of older records are said, too, and
one that no form fits stands in English, which is better than nothing.

What was put in stays text: templates escape it as they do any other. Where it runs in the other direction than the page, or is a
date or a path on a page that runs from right to left, it stands within marks that keep it apart.
"""

import gettext as plain
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import bidirectional

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from kintrace.site.deeds import DEEDS
from kintrace.site.words import WORDS

MADE = (
    "%(first)s and %(last)s", "%(first)s with %(last)s", "%(part)s (%(side)s)", "(%(side)s)", "%(what)s, by %(by)s: %(text)s",
    "digitised", "date by GPS", "received", "put back after a slip", "settled: belongs here", "settled: does not belong here",
    "said to be another picture than photo %(photo)s", "said to be the same picture as photo %(photo)s after all",
)  # fmt: skip
"""Forms and words that the rooms put together from parts."""
FREE = frozenset(("by", "reason", "one", "other", "mine", "yours", "text", "left", "steps", "signer", "camera", "lens"))
"""Placeholders that hold people's own words, and names: never translated."""
BARE = 5
"""A form with fewer letters of its own fits only where all that is put into it is known."""
LONGEST, DEEPEST, MOST = 3000, 4, 6
"""Of a text: letters; forms put into forms; sentences in one form. What is longer or deeper was not said by a room."""
_PLACE = re.compile(r"%\((\w+)\)s")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")
_END = re.compile(r"(?:(?<=\w\w[.!?…])|(?<=[)”][.!?…]))\s(?=\S)")
_VALUE = r"(?:(?!(?:(?<=\w\w)|(?<=[)”]))[.!?…]\s\S).)*?"
_ISOLATE, _POP = "\u2068", "\u2069"


@dataclass(frozen=True)
class _Form:
    """A text with placeholders, and how a finished one is known."""

    text: str
    pattern: re.Pattern[str]
    own: str
    """Its longest piece: what does not hold that is not of this form."""
    bare: bool
    counts: bool


def said(text: str) -> str:
    """What a room said, in the language of the page; as it is where no form of the catalogs fits."""
    return _said(str(text), get_language() or "en") if text else ""


@lru_cache(maxsize=10_000)
def _said(text: str, language: str) -> str:
    whole = _known(text) if len(text) <= LONGEST else text
    if whole is not None:
        return whole
    parts, done, at = _END.split(text), [], 0
    while at < len(parts) and len(parts) > 1:
        ends = range(min(len(parts), at + MOST), at, -1)
        end, told = next(
            ((end, told) for end in ends if (told := _known(" ".join(parts[at:end]))) is not None), (at + 1, "")
        )
        done.append(told or isolated(parts[at]))
        at = end
    return " ".join(done) if done else text


def _known(text: str, deep: int = DEEPEST) -> str | None:
    """A word, a sentence, a form that is filled, or a list of such; or nothing."""
    if text in WORDS:
        return str(WORDS[text])
    texts, forms = _catalog()
    for each in (text, text[:1].lower() + text[1:], text[:1].upper() + text[1:]):
        if each in texts:
            told = _(each)
            return told if each == text else (str.upper if text[:1].isupper() else str.lower)(told[:1]) + told[1:]
    if not deep:
        return None
    listed = _list(text, "; ", deep)  # before the forms: what is put into one of them could hold the whole list
    if listed is not None:
        return listed
    for form in forms:
        if form.own in text and (found := form.pattern.fullmatch(text)):
            told = _filled(form, found.groupdict(), deep - 1)
            if told is not None:
                return told
    return next((told for mark in (": ", ", ") if (told := _list(text, mark, deep)) is not None), None)


def _list(text: str, mark: str, deep: int) -> str | None:
    """A text whose parts are all known, one by one."""
    parts = []
    for each in text.split(mark) if mark in text else ("",):
        told = _known(each, deep - 1) if each else None
        if told is None:
            return None
        parts.append(told)
    return commas(mark).join(parts)


def commas(text: str) -> str:
    """Commas and semicolons as the language writes them."""
    return text.translate(str.maketrans(",;", "،؛")) if get_language_bidi() else text


def _filled(form: _Form, given: Mapping[str, str], deep: int) -> str | None:
    values = {name: _value(name, text, deep) for name, text in given.items()}
    if form.bare and not all(known for _told, known in values.values()):
        return None
    told = _(form.text)
    if form.counts:
        told = ngettext(form.text, form.text, int(given["count"].replace(",", "")))
    return told % {name: text for name, (text, _known) in values.items()}


def _value(name: str, text: str, deep: int) -> tuple[str, bool]:
    """What was put in, in the language of the page, and whether it is known: people's own words are as they are."""
    if name in FREE or not text:
        return isolated(text), True
    if name == "verb" and text in DEEDS:
        return str(DEEDS[text]), True
    if name in ("said", "said2"):
        return relative(text), True
    if _NUMBER.fullmatch(text):
        number = float(text.replace(",", "")) if "." in text else int(text.replace(",", ""))
        places = len(text.partition(".")[2])
        return number_format(number, places, force_grouping="," in text), True
    told = _known(text, deep)
    if told is not None:
        return told, True
    for mark in (", ", " "):
        first, found, rest = text.partition(mark)
        if found and not first and (told := _known(rest, deep)) is not None:
            return commas(mark) + told, True
    parts = [(each, _known(each, min(deep, 1))) for each in text.split(", ")]
    if len(parts) > 1 and any(told for _each, told in parts):
        return commas(", ").join(told or isolated(each) for each, told in parts), False
    return isolated(text), False


def relative(text: str) -> str:
    """A relative, such as “brother Omar Haddad”: what they are to the person in the language of the page, the name as it is."""
    what, _space, name = text.partition(" ")
    told = _known(what.replace("_", " "), 0) if name and what.islower() else None
    return f"{told} {isolated(name)}" if told else isolated(text)


def isolated(text: str) -> str:
    """A text within marks that keep its direction apart from that of what stands around it, where the two may differ."""
    ways = {bidirectional(each) for each in text}
    apart = ways & {"L", "EN", "AN"} if get_language_bidi() else ways & {"R", "AL"}
    return f"{_ISOLATE}{text}{_POP}" if apart and len(text) > 1 else text


@cache
def _catalog() -> tuple[frozenset[str], tuple[_Form, ...]]:
    """All texts of the catalogs, and the forms among them, those with the most letters of their own first."""
    language = next(code for code, _name in settings.LANGUAGES if code != "en")
    held = plain.translation("django", settings.LOCALE_PATHS[0], [language])
    keys = getattr(held, "_catalog")  # noqa: B009  # the library has no other way to tell which texts it holds
    texts = {key if isinstance(key, str) else key[0]: isinstance(key, tuple) for key in keys}
    forms = (
        _form(text, counts) for text, counts in texts.items() if _PLACE.search(text) and not set("<\x04") & set(text)
    )
    return frozenset(each for each in texts if each), tuple(
        sorted(forms, key=lambda each: (-_letters(each.text), -len(_PLACE.sub("", each.text))))
    )


def _form(text: str, counts: bool) -> _Form:
    first, *pieces = _PLACE.split(text.replace("%%", "%"))
    pattern = re.escape(first)
    for at in range(0, len(pieces), 2):
        name, own = pieces[at : at + 2]
        value = r"[\d,]+" if name == "count" else _VALUE
        # A piece is looked for once and its place kept, so that no text takes longer than it is long.
        pattern += f"(?{':' if at == len(pieces) - 2 else '>'}(?P<{name}>{value}){re.escape(own)})"
    return _Form(
        text, re.compile(pattern, re.DOTALL), max((first, *pieces[1::2]), key=len), _letters(text) < BARE, counts
    )


def _letters(text: str) -> int:
    return sum(each.isalpha() for each in _PLACE.sub("", text))
