"""The form of a card in the order of a tracing interview: which fields, under which headings; what was typed, as a form.

A field's name in the browser is ``part.fact``, with ``.script``, ``.source``, ``.source_date`` and ``.certainty`` after it for
what belongs to it. Nothing here is a rule: :mod:`kintrace.casework.forms` says what a form may hold.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kintrace.casework.forms import CERTAINTIES, FOUND_KINDS, LISTS, PRIORITIES, REASONS, Stated, stated
from kintrace.casework.listing import names_of_facts
from kintrace.errors import FormError
from kintrace.site import kinship
from kintrace.site.partialdates import retyped, understood
from kintrace.site.sentences import said

LONG = (
    "marks",
    "clothing",
    "accompanied_by",
    "message_for_family",
    "effects",
    "condition",
    "safe_contact",
    "occupation",
    "events",
)
DATES = ("date_of_birth", "last_contact_date", "separation_date", "found_date", "date_of_death")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "sex": ("female", "male", "other", "unknown"),
    "found_kind": FOUND_KINDS,
    "agrees_to_be_found": ("not_asked", "yes", "no"),
    "reason": REASONS,
}
ABOUT = ("source", "source_date", "certainty")
ALWAYS_ABOUT = ("full_name", "date_of_birth")
"""Facts of which it is asked how they are known; of others where something is said of that already."""
FAMILY_ROWS = 50
"""Relatives at most; two blank rows more than are filled are shown."""


@dataclass(frozen=True)
class Section:
    """A heading, an explanation, and the facts asked for under it."""

    name: str
    title: Any
    hint: Any
    part: str
    facts: tuple[str, ...]
    closed: bool = False
    """Folded up until somebody opens it, or there is something in it."""


_WHO = ("full_name", "given_name", "family_name", "patronymic", "father_first_name", "mother_maiden_name", "nickname",
        "alternate_names")  # fmt: skip
_IDENTITY = ("sex", "date_of_birth", "place_of_birth", "nationality", "languages", "occupation")
_LOOKS = ("height", "build", "eyes", "hair", "marks", "clothing")
_LAST = ("last_residence", "last_contact", "last_contact_date", "separation", "separation_date", "accompanied_by")
_SERVICE = ("army", "military_rank", "unit", "serial_number")
_ASKS = Section(
    "asks", _("Who asks"), _("The person who is looking for somebody, and how to reach them without putting them in danger."),
    "enquirer", ("full_name", "relationship", "sex", "date_of_birth", "languages", "contact", "safe_contact"),
)  # fmt: skip
_CASE = Section("case", _("About the case"), "", "card", ("reason", "priority", "legal_basis"), closed=True)


def _subject(name: str, title: Any, hint: Any, facts: tuple[str, ...], *, closed: bool = False) -> Section:
    return Section(name, title, hint, "subject", facts, closed)


SECTIONS: Mapping[str, tuple[Section, ...]] = {
    "tracing_request": (
        _ASKS,
        _subject("who", _("Who is sought: names"), _("As the family says them, in every spelling they know."), _WHO),
        _subject("identity", _("Birth and origin"), _("Leave blank what nobody knows."), _IDENTITY),
        _subject("last", _("Where they were last"), _("Places and times of the last contact, and of being separated."), _LAST),
        _subject("family", _("Family"), _("Parents, children, brothers and sisters, husband or wife."), ("family",)),
        _subject("looks", _("How they look"), _("What one could know them by."), _LOOKS, closed=True),
        _subject("service", _("Military service"), _("Only where there was any."), _SERVICE, closed=True),
        _CASE,
    ),
    "found_person": (
        _subject("found", _("Where and how they were found"), _("What is known of the person here."),
                 ("found_kind", "found_date", "found_place", "found_by", "notifying_authority")),
        _subject("who", _("Names"), _("As the person or their papers say them, in every spelling."), _WHO),
        _subject("identity", _("Birth and origin"), _("Leave blank what nobody knows."), _IDENTITY),
        _subject("now", _("Where they are now, and who may know"),
                 _("Shown to no other office, and told to no family, without this person's consent."),
                 ("current_location", "agrees_to_be_found", "message_for_family", "accompanied_by")),
        _subject("family", _("Family"), _("Whom the person names."), ("family",)),
        _subject("before", _("Before"), "",
                 ("last_residence", "last_contact", "last_contact_date", "separation", "separation_date"), closed=True),
        _subject("looks", _("How they look"), _("What one could know them by."), _LOOKS, closed=True),
        _subject("service", _("Military service"), _("Only where there was any."), _SERVICE, closed=True),
        _subject("death", _("If the person is dead"), _("For forensic officers; a death is never recorded from a face."),
                 ("body_label", "recovery_site", "mortuary", "condition", "effects", "samples", "date_of_death"), closed=True),
        _CASE,
    ),
}  # fmt: skip


@dataclass
class Field:
    """One field as the template shows it."""

    part: str
    fact: str
    value: str = ""
    script: str = ""
    about: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def name(self) -> str:
        """Its name in the browser."""
        return f"{self.part}.{self.fact}"

    @property
    def id(self) -> str:
        """Its id in the page."""
        return f"f-{self.part}-{self.fact}"

    @property
    def kind(self) -> str:
        """How it is asked for."""
        if self.fact in ("family", "priority"):
            return self.fact
        if self.fact in CHOICES:
            return "choice"
        return (
            "relation"
            if self.fact == "relationship"
            else "name"
            if self.fact in names_of_facts()
            else "date"
            if self.fact in DATES
            else "long"
            if self.fact in LONG
            else "text"
        )

    @property
    def how(self) -> bool:
        """Whether its form has how it is known, and how it is written: what is there must not be lost by a change elsewhere."""
        said_of = any(self.about.values()) or (self.script and self.kind != "name")
        return self.fact in ALWAYS_ABOUT or (bool(said_of) and self.kind not in ("family", "priority"))

    @property
    def choices(self) -> tuple[str, ...]:
        """Words to choose from."""
        return PRIORITIES if self.fact == "priority" else CHOICES.get(self.fact, ())

    @property
    def list(self) -> bool:
        """Whether several are written, with semicolons between."""
        return self.fact in LISTS


def fields_of(section: Section, typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[Field]:
    """The fields of a section with what was typed in them."""
    return [_field(section.part, fact, typed, errors) for fact in section.facts]


def _field(part: str, fact: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> Field:
    name = f"{part}.{fact}"
    made = Field(part, fact, str(typed.get(name, "")), str(typed.get(f"{name}.script", "")), error=errors.get(name, ""))
    made.about = {key: str(typed.get(f"{name}.{key}", "")) for key in ABOUT}
    if fact == "family":
        made.rows = list(_family(typed, part, blank=2))
    if fact == "priority":
        made.chosen = [each for each in PRIORITIES if typed.get(f"{name}.{each}")]
    return made


def _family(typed: Mapping[str, Any], part: str, *, blank: int) -> Iterator[dict[str, str]]:
    filled = 0
    for number in range(FAMILY_ROWS):
        row = {key: str(typed.get(f"{part}.family.{number}.{key}", "")).strip() for key in ("relation", "name")}
        if any(row.values()) or filled < blank:
            filled += not any(row.values())
            yield {**row, "number": str(number)}


def typed_of(post: Any) -> dict[str, str]:
    """What a browser sent, as a draft keeps it: fields of the form only, blanks left out; with the turn of the sending, and what
    the card said when the form was opened."""
    return {
        name: str(post[name])
        for name in post
        if name.partition(".")[0] in ("subject", "enquirer", "card", "consent", "turn", "before")
        and str(post[name]).strip()
    }


def typed_from(card: Mapping[str, Any]) -> dict[str, str]:
    """A card as its form would have been typed, dates as the page's language writes them; for changing it."""
    found: dict[str, str] = {}
    for part in ("subject", "enquirer"):
        for name, fact in (card.get(part) or {}).get("facts", {}).items():
            where = "card" if name in _CASE.facts else part
            found |= _typed_fact(f"{where}.{name}", name, fact)
    return found


def brought_up(kind: str, typed: Mapping[str, str], now: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """A form opened some time ago, on a card that says something else by now: the form with what others changed meanwhile in the
    fields that were left as they were, and the fields that both changed, each to something else."""
    before = _before_in(typed, now)
    (was, _), (other, _), (own, _) = (facts_in(kind, each) for each in (before, now, typed))
    made, both = dict(typed), []
    for name in (f"{section.part}.{fact}" for section in SECTIONS[kind] for fact in section.facts):
        part, _point, fact = name.partition(".")
        then, theirs, mine = (each[part].get(fact) for each in (was, other, own))
        if theirs in (then, mine):
            continue
        if mine != then:
            both.append(name)
            continue
        made = {key: made[key] for key in made if not _belongs(key, name)}
        made |= {key: now[key] for key in now if _belongs(key, name)}
    return made | {"before": json.dumps(dict(now), ensure_ascii=False)}, both


def _before_in(typed: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What the card said when a form was opened, as the form tells; where it does not, what the card says now."""
    try:
        found = json.loads(typed.get("before", ""))
    except ValueError:
        found = None
    return {str(key): str(each) for key, each in found.items()} if isinstance(found, dict) else dict(now)


def _belongs(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


def _typed_fact(where: str, name: str, fact: Mapping[str, Any]) -> dict[str, str]:
    value, found = fact["value"], {}
    if name == "family":
        for number, each in enumerate(value[:FAMILY_ROWS]):
            told = each if isinstance(each, Mapping) else {"name": str(each)}
            found[f"{where}.{number}.relation"] = kinship.relation(str(told.get("relation", "")))
            found[f"{where}.{number}.name"] = str(told.get("name") or told.get("person") or "")
    elif name == "priority":
        found |= {f"{where}.{each}": "on" for each in value}
    elif name == "relationship":
        found[where] = kinship.relation(str(value))
    else:
        texts = [str(each) for each in (value if isinstance(value, list) else [value])]
        found[where] = "; ".join(retyped(each) if name in DATES else each for each in texts)
    found |= {f"{where}.script": fact["original_script"]} if fact["original_script"] else {}
    about = {key: fact[key] for key in ABOUT if fact[key] and (key, fact[key]) != ("certainty", "stated")}
    return found | {
        f"{where}.{key}": retyped(str(each)) if key == "source_date" else each for key, each in about.items()
    }


def facts_in(kind: str, typed: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """What was typed as facts by part, and for each field that cannot be used why."""
    found: dict[str, dict[str, Any]] = {"subject": {}, "enquirer": {}, "card": {}}
    errors: dict[str, str] = {}
    for section in SECTIONS[kind]:
        for fact in section.facts:
            name = f"{section.part}.{fact}"
            try:
                given = _given(section.part, fact, typed)
                if given is not None:
                    stated(fact, given)
                    found[section.part][fact] = given
            except FormError as problem:
                errors[name] = f"{said(problem.what)} {said(problem.todo)}".strip()
    return found, errors


def _given(part: str, fact: str, typed: Mapping[str, Any]) -> Any:
    name = f"{part}.{fact}"
    text = str(typed.get(name, "")).strip()
    script = str(typed.get(f"{name}.script", "")).strip()
    if fact == "family":
        rows = [{**row, "relation": kinship.kept(row["relation"])} for row in _family(typed, part, blank=0)]
        return [{key: row[key] for key in ("relation", "name") if row[key]} for row in rows] or None
    if fact == "priority":
        return [each for each in PRIORITIES if typed.get(f"{name}.{each}")] or None
    if not text and not script:
        return None
    value: Any = [each.strip() for each in text.split(";") if each.strip()] if fact in LISTS else text or script
    if fact in DATES:
        value = understood(text)
    if fact == "relationship":
        value = kinship.kept(text)
    about = {key: str(typed.get(f"{name}.{key}", "")).strip() for key in ABOUT}
    about["source_date"] = understood(about["source_date"]) if about["source_date"] else ""
    if about["certainty"] not in CERTAINTIES:
        about["certainty"] = ""
    more = {key: each for key, each in {**about, "original_script": script}.items() if each}
    return {"value": value, **more} if more else value


def stated_in(found: Mapping[str, Any]) -> dict[str, Stated]:
    """Facts as the records have them; for looking for cards like this one."""
    return {name: stated(name, value) for name, value in found.items()}
