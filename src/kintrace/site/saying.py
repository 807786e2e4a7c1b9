"""What evidence says, in the language of the page: its strength, the look-alikes, the belief, and the facts' levels.

The evidence itself is kept in English, as it was weighed; here its numbers and closed vocabulary are said again.
"""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from django.conf import settings
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from kintrace.casework.forms import Stated
from kintrace.evidence import Posterior
from kintrace.evidence.prior import MOST
from kintrace.evidence.words import RAREST, support
from kintrace.matching.drawing import waterfall_of
from kintrace.site.kinship import relation
from kintrace.site.partialdates import written
from kintrace.site.sentences import relative, said

NAMES: Mapping[str, str] = {
    "face": noop("Face"), "names": noop("Names"), "birth": noop("Birth"), "sex": noop("Sex"), "places": noop("Places"),
    "family": noop("Family"), "number": noop("Number"), "marks": noop("Marks"), "height": noop("Height"),
    "home": noop("Home"), "origin": noop("Place of birth"), "nationality": noop("Nationality"),
    "whereabouts": noop("Way from last contact"), "relative": noop("Relative"),
}  # fmt: skip
"""Facts of the evidence."""
SUPPORT: Mapping[str, str] = {
    "extremely strong": noop("extremely strong support"), "very strong": noop("very strong support"),
    "strong": noop("strong support"), "moderately strong": noop("moderately strong support"),
    "moderate": noop("moderate support"), "weak": noop("weak support"),
}  # fmt: skip
"""The verbal scale of ENFSI, as :func:`kintrace.evidence.words.support` has it."""
LEVELS = (
    noop("not known on both"), noop("not compared"), noop("alike"), noop("alike, extremely strong"), noop("alike, very strong"),
    noop("alike, strong"), noop("alike, moderately strong"), noop("alike, moderate"), noop("alike, weak"),
    noop("unlike, weak"), noop("unlike, moderate"), noop("unlike, moderately strong"), noop("unlike, strong"),
    noop("unlike, very strong"), noop("unlike, extremely strong"), noop("differs"), noop("It is not on both records."),
)  # fmt: skip
"""Levels that the evidence puts together or says as one word; all others are in the catalogs from where they stand."""
DRAWN: Mapping[str, str] = {
    "title": noop("What speaks for and against one person"), "for": noop("for one person"),
    "against": noop("for two people"), "together": noop("All together"), "agree": noop("agrees"),
    "differ": noop("differs"), "blank": noop("says nothing"),
}  # fmt: skip


def fact_name(name: str) -> str:
    """A fact of the evidence as people call it."""
    return _(NAMES[name]) if name in NAMES else _(name.replace("_", " "))


def level(text: str) -> str:
    """A level, or how it was reached, in the language of the page; part by part where not all of it is known."""
    told = said(text)
    for mark in ("; ", ": "):
        if told == text and mark in text:
            return mark.join(level(part) for part in text.split(mark))
    return told


def figure(value: float) -> str:
    """A number with two significant digits, as the language writes it."""
    if value <= 0:
        return number_format(0)
    places = max(1 - int(log10(value) // 1), 0) if value < 10 else 0
    scale = 10.0 ** (int(log10(value) // 1) - 1)
    return number_format(round(value / scale) * scale, places, force_grouping=True)


def weight(log10_lr: float) -> str:
    """How many times likelier, and for which view."""
    if abs(log10_lr) < 0.005:
        return _("It says nothing either way.")
    size, one = abs(log10_lr), log10_lr > 0
    if size >= MOST:
        words = _("More than %(times)s times likelier if it is one person.") if one else _(
            "More than %(times)s times likelier if they are two people.")  # fmt: skip
    else:
        words = _("About %(times)s times likelier if it is one person.") if one else _(
            "About %(times)s times likelier if they are two people.")  # fmt: skip
    return words % {"times": figure(10 ** min(size, MOST))}


def together(log10_lr: float) -> str:
    """The sum in words."""
    words = support(log10_lr)
    if words not in SUPPORT:
        return _("The facts together speak neither for nor against one person.")
    told = _("The facts together give %(support)s to the view that this is one person.") if log10_lr > 0 else _(
        "The facts together give %(support)s to the view that these are two people.")  # fmt: skip
    return f"{told % {'support': _(SUPPORT[words])}} {weight(log10_lr)}"


def lookalikes(expected: float, among: int, with_face: bool) -> str:
    """How many strangers would have as much in common, among everybody or among those whose faces could be compared."""
    rare = expected < RAREST
    told = {
        (True, True): _("Among %(people)s people whose faces could be compared, fewer than %(count)s strangers would be expected "
                        "to have as much in common."),
        (True, False): _("Among %(people)s people whose faces could be compared, at most about %(count)s strangers would be "
                         "expected to have as much in common."),
        (False, True): _("Among %(people)s people, fewer than %(count)s strangers would be expected to have as much in common."),
        (False, False): _("Among %(people)s people, at most about %(count)s strangers would be expected to have as much in "
                          "common."),
    }[with_face, rare]  # fmt: skip
    count = number_format(RAREST) if rare else figure(expected)
    people = number_format(among, force_grouping=True)
    return f"{told % {'people': people, 'count': count}} {_('Relatives may have.')}"


def belief(log10_lr: float, searched: int) -> str:
    """The belief in words, with the assumption it stands on."""
    held = Posterior(log10_lr, max(searched, 1), settings.PRESENT)
    told = _(
        "If the chance that this person is among the %(people)s searched was %(before)s before, then the chance that it is "
        "this candidate is now %(now)s, as far as the weights hold."
    )
    people = number_format(searched, force_grouping=True)
    return told % {"people": people, "before": chance(held.present), "now": chance(held.probability)}


def chance(probability: float) -> str:
    """A chance as one in so many, or so many in so many; never a percentage."""
    for of, below in ((10, 0.95), (100, 0.995), (1000, 0.9995)):
        if 0.25 <= probability < below:
            told = {"count": number_format(round(probability * of)), "of": number_format(of, force_grouping=True)}
            return _("about %(count)s in %(of)s") % told
    if probability >= 0.25:
        return _("more than 999 in 1,000")
    return (
        _("about 1 in %(of)s") % {"of": figure(1 / probability)}
        if probability >= 1e-6
        else _("less than 1 in a million")
    )


def evidence(told: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence, as the verbs tell it, ready for a page."""
    facts = [_fact(each) for each in told["facts"]]
    return {
        "facts": facts,
        "without": [{"name": each, "words": fact_name(each)} for each in told["without"]],
        "together": together(told["log10_lr"]),
        "lookalikes": lookalikes(told["expected_lookalikes"], told["among"], told["with_face"]),
        "belief": belief(told["log10_lr"], told["searched"]),
        "cautions": [said(each) for each in told["cautions"]],
        "drawing": drawing(told),
        "agree": [each for each in facts if each["outcome"] == "agree"],
        "differ": [each for each in facts if each["outcome"] == "differ"],
        "blank": [each for each in facts if each["outcome"] == "blank"],
    }


def _fact(told: Mapping[str, Any]) -> dict[str, Any]:
    one, other = _compared(told)
    return {
        "name": told["fact"], "words": fact_name(told["fact"]), "outcome": told["outcome"], "level": level(told["level"]),
        "weight": weight(told["log10_lr"]) if told["outcome"] != "blank" else "", "why": level(told["why"]), "one": one,
        "other": other, "parts": [_fact(each) for each in told["parts"]],
    }  # fmt: skip


def _compared(told: Mapping[str, Any]) -> list[str]:
    """What stands in both records, with relatives and dates as the page's language says them; all else as it was written."""
    if told["fact"] in ("family", "relative"):
        return ["; ".join(relative(each) for each in side.split("; ")) for side in told["compared"]]
    if told["fact"] == "birth":
        return [written(side) for side in told["compared"]]
    if told["fact"] in ("places", "whereabouts"):
        return ["; ".join(_dated(each) for each in side.split("; ")) for side in told["compared"]]
    return list(told["compared"])


def _dated(place: str) -> str:
    """A place, and when somebody was there where that is told."""
    name, comma, day = place.rpartition(", ")
    return f"{name}{comma}{written(day)}"


def drawing(told: Mapping[str, Any]) -> SafeString:
    """The waterfall of the facts that say something, in the language of the page. Its writer escapes every text."""
    facts = [
        {**each, "level": level(each["level"]), "compared": _compared(each)}
        for each in told["facts"]
        if each["outcome"] != "blank"
    ]
    words = {name: _(word) for name, word in {**NAMES, **DRAWN}.items()}
    drawn = waterfall_of({**told, "facts": facts}, words=words, right_to_left=get_language_bidi())
    return mark_safe(drawn)  # noqa: S308  # an XML writer made it


def sides(told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Two records, fact by fact, for a table: what both say in one row."""
    names = dict.fromkeys(name for each in told for name in each["facts"])
    return [{"name": name, "both": [stated(name, each["facts"].get(name)) for each in told]} for name in names]


def stated(name: str, fact: Any) -> dict[str, Any]:
    """A fact as it was stated (a :class:`~kintrace.casework.forms.Stated`, or the same as a table), ready for a page."""
    if isinstance(fact, Mapping):
        fact = Stated(**fact)
    if fact is None:
        return {"texts": [], "script": "", "closed": False, "date": False}
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return {
        "texts": [_joined(each) for each in values], "script": fact.original_script, "source": fact.source,
        "closed": name in ("sex", "found_kind", "agrees_to_be_found"), "date": "date" in name.split("_"),
        "certainty": fact.certainty if fact.certainty != "stated" else "",
    }  # fmt: skip


def _joined(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    return ", ".join(relation(str(part)) if key == "relation" else str(part) for key, part in value.items() if part)
