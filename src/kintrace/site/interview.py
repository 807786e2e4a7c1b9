"""The form of a card in the order of a tracing interview: which fields, under which headings.

A field's name in the browser is ``part.fact``, with ``.script``, ``.source``, ``.source_date`` and ``.certainty`` after it for
what belongs to it. Nothing here is a rule: :mod:`kintrace.casework.forms` says what a form may hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kintrace.casework.forms import FOUND_KINDS, LISTS, PRIORITIES, REASONS
from kintrace.casework.listing import names_of_facts

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
CASE = Section("case", _("About the case"), "", "card", ("reason", "priority", "legal_basis"), closed=True)


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
        CASE,
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
        CASE,
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
    doubt: str = ""
    """Why it is hardly true."""

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
    def doubtful(self) -> bool:
        """Whether what is written in it may be hardly true: its form keeps a place to say so."""
        return self.kind == "date" or self.fact == "height"

    @property
    def choices(self) -> tuple[str, ...]:
        """Words to choose from."""
        return PRIORITIES if self.fact == "priority" else CHOICES.get(self.fact, ())

    @property
    def list(self) -> bool:
        """Whether several are written, with semicolons between."""
        return self.fact in LISTS


def fields_of(
    section: Section, typed: Mapping[str, Any], errors: Mapping[str, str], doubtful: Mapping[str, str]
) -> list[Field]:
    """The fields of a section with what was typed in them, and what is to be said of that."""
    return [_field(section.part, fact, typed, errors, doubtful) for fact in section.facts]


def _field(
    part: str, fact: str, typed: Mapping[str, Any], errors: Mapping[str, str], doubtful: Mapping[str, str]
) -> Field:
    name = f"{part}.{fact}"
    made = Field(part, fact, str(typed.get(name, "")), str(typed.get(f"{name}.script", "")))
    made.error, made.doubt = errors.get(name, ""), doubtful.get(name, "")
    made.about = {key: str(typed.get(f"{name}.{key}", "")) for key in ABOUT}
    if fact == "family":
        made.rows = list(family_rows(typed, part, blank=2))
    if fact == "priority":
        made.chosen = [each for each in PRIORITIES if typed.get(f"{name}.{each}")]
    return made


def family_rows(typed: Mapping[str, Any], part: str, *, blank: int) -> Iterator[dict[str, str]]:
    """The relatives that were typed, and so many blank rows more."""
    filled = 0
    for number in range(FAMILY_ROWS):
        row = {key: str(typed.get(f"{part}.family.{number}.{key}", "")).strip() for key in ("relation", "name")}
        if any(row.values()) or filled < blank:
            filled += not any(row.values())
            yield {**row, "number": str(number)}
