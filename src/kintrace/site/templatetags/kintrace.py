"""How the pages write words of the records, dates as people know them, and names in two scripts."""

from datetime import datetime
from typing import Any
from unicodedata import bidirectional

from django import template
from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from kintrace.site import deeds, sentences
from kintrace.site.kinship import relation
from kintrace.site.partialdates import written
from kintrace.site.words import WORDS

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
register = template.Library()


@register.filter
def say(word: Any) -> str:
    """A word of a closed vocabulary, or the name of a fact, as people read it, in the language of the page."""
    text = str(word)
    return str(WORDS[text]) if text in WORDS else _(text.replace("_", " "))


@register.filter
def deed(action: Any) -> str:
    """An action of the ledger as people read it, in the language of the page."""
    return deeds.deed(str(action))


@register.filter
def said(text: Any) -> str:
    """A sentence of the rooms, in the language of the page."""
    return sentences.said(text)


@register.filter(is_safe=True)
def commas(text: str) -> str:
    """A text with commas and semicolons as the language of the page writes them."""
    return sentences.commas(text)


@register.filter
def kin(text: Any) -> str:
    """What a relative is to the person, in the language of the page."""
    return relation(str(text))


@register.filter
def day(text: Any) -> str:
    """A date of the records as the language of the page writes it."""
    return written(text)


@register.filter
def moment(text: str) -> str:
    """A time as the records write it, as the language writes days and hours."""
    return date_format(localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT", use_l10n=True)


@register.filter
def name(fact: Any) -> SafeString:
    """A name in Latin letters and, below it, in its own script, each in its own direction."""
    value, script = _part(fact, "value"), _part(fact, "original_script")
    if not script or script == value:
        return format_html('<span class="name"><bdi>{}</bdi></span>', value)
    return format_html(
        '<span class="name"><bdi>{}</bdi><span class="script"><bdi>{}</bdi></span></span>', value, script
    )


@register.filter
def direction(text: str) -> str:
    """The direction of a text, for ``dir``: that of most of its letters, whatever it begins with."""
    ways = [bidirectional(each) for each in text]
    right, left = sum(each in ("R", "AL") for each in ways), ways.count("L")
    return "rtl" if right > left else "ltr" if left else "auto"


@register.filter
def item(table: Any, key: str) -> Any:
    """The value of a key, or nothing."""
    return table.get(key) if hasattr(table, "get") else None


def _part(fact: Any, part: str) -> str:
    if isinstance(fact, str):
        return fact if part == "value" else ""
    return str(fact.get(part, "") if hasattr(fact, "get") else getattr(fact, part, ""))


@register.filter
def purpose(word: str) -> str:
    """A purpose with its target, such as ``share_office:north``; the star is everybody."""
    plain, _colon, target = word.partition(":")
    if not target:
        return say(plain)
    return f"{say(plain)}: {_('all')}" if target == "*" else format_html("{}: <bdi>{}</bdi>", say(plain), target)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to loop over."""
    return text.split()


@register.filter
def spoken(languages: Any) -> str:
    """Languages by their names where they are written as codes (``ar``), else as they were written."""
    told = languages if isinstance(languages, list) else [languages]
    return sentences.commas("; ").join(_language(str(each)) for each in told)


def _language(written: str) -> str:
    code = written.strip().casefold()
    return str(get_language_info(code)["name_translated"]) if code in LANG_INFO else written


@register.filter
def browser(agent: str) -> str:
    """A browser and its system, of what it calls itself; programs that call themselves otherwise by their first words."""
    name = next((plain for mark, plain in BROWSERS if mark in agent), "")
    system = next((plain for mark, plain in SYSTEMS if mark in agent), "")
    return f"{name}, {system}" if name and system else agent[:40]


@register.filter
def line(value: Any) -> str:
    """A fact's value on one line, whatever it is made of."""
    if isinstance(value, list):
        return sentences.commas("; ").join(line(each) for each in value)
    if isinstance(value, dict):
        return sentences.commas(", ").join(str(each) for each in value.values())
    return str(value)


@register.filter
def consent(purpose: str) -> str:
    """A purpose of consent, with whom it is shared where it is about sharing."""
    name, _point, target = str(purpose).partition(":")
    told = say(name)
    if target in ("", "*"):
        return f"{told} ({_('all')})" if target else told
    return format_html("{} (<bdi>{}</bdi>)", told, target)
