"""Forms: what a field officer filled, checked before anything is kept. Keys are DESIGN.md §4's words; see docs/cards.md."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kintrace.casework.consents import Answer, parsed
from kintrace.casework.dates import may_be_minor, span, told_on
from kintrace.casework.records import Capacity, CardKind, Purpose
from kintrace.errors import FormError

CERTAINTIES = ("stated", "documented", "estimated", "unknown")
REASONS = ("conflict", "disaster", "migration", "detention", "other")
PRIORITIES = ("minor", "elderly", "medical", "detained")
FOUND_KINDS = (
    "alive_self_registered", "patient", "detainee_pow", "civilian_internee", "unaccompanied_child",
    "unidentified_living", "deceased_unidentified",
)  # fmt: skip
ORIGINS = ("family", "authority", "own_staff", "media", "social_media")

DATES = ("date_of_birth", "found_date", "last_contact_date", "separation_date", "date_of_death")
IDENTITY = (
    "full_name", "given_name", "family_name", "patronymic", "father_first_name", "mother_maiden_name",
    "alternate_names", "nickname", "sex", "date_of_birth", "place_of_birth", "nationality", "occupation", "height",
    "build", "eyes", "hair", "marks", "clothing", "military_rank", "army", "serial_number", "unit", "last_residence",
    "last_contact", "last_contact_date", "separation", "separation_date", "accompanied_by", "family", "languages",
)  # fmt: skip
ENQUIRER = (*IDENTITY, "relationship", "contact", "safe_contact")
FOUND = (
    *IDENTITY, "found_kind", "found_date", "found_place", "found_by", "current_location", "notifying_authority",
    "events", "agrees_to_be_found", "message_for_family", "body_label", "recovery_site", "mortuary", "condition",
    "effects", "samples", "date_of_death",
)  # fmt: skip
CARD = ("reason", "priority", "legal_basis", "actions")
FACES = ("largest", "central")
LISTS = ("alternate_names", "family", "events", "languages", "actions", "priority", "samples")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "found_kind": FOUND_KINDS,
    "agrees_to_be_found": ("yes", "no", "not_asked"),
    "reason": REASONS,
    "sex": ("male", "female", "other", "unknown"),
}
MOST = 4000  # characters of one value
TARGET, VERSION = 60, 40
"""Characters of the name of whom one shares with, and of a notice's version, as the columns for them are."""
TOP = ("kind", "sought", "found", "enquirer", "consent", "photos", *CARD, "review_due", "expires", "bureaus")


@dataclass(frozen=True)
class Stated:
    """One fact as somebody stated it."""

    value: Any
    original_script: str = ""
    source: str = ""
    source_date: str = ""
    certainty: str = "stated"


@dataclass(frozen=True)
class Agreed:
    """A consent as it was given."""

    capacity: str
    answers: tuple[Answer, ...]
    given_by: str = ""
    language: str = ""
    notice_version: str = ""
    method: str = ""
    given_on: date = field(default_factory=date.today)


@dataclass(frozen=True)
class PhotoForm:
    """A photo that comes with a card."""

    path: str
    role: str = "portrait"
    taken: str = ""
    origin: str = "family"
    source_url: str = ""
    face: str = ""


@dataclass(frozen=True)
class CardForm:
    """A card before it is kept."""

    kind: str
    subject: Mapping[str, Stated]
    enquirer: Mapping[str, Stated] | None = None
    consent: Agreed | None = None
    enquirer_consent: Agreed | None = None
    photos: tuple[PhotoForm, ...] = ()
    review_due: date | None = None
    expires: date | None = None
    bureaus: tuple[str, ...] = ()


def card_form(content: Any) -> CardForm:
    """Check a form.

    Raises:
        FormError: a key is unknown, a value cannot be used, or something needed is missing; says which key, never its value.
    """
    if not isinstance(content, Mapping):
        raise FormError("The form is not a table of keys and values.", todo="See docs/cards.md for an example.")
    _known(content, TOP, "the form")
    kind = str(content.get("kind", ""))
    if kind not in CardKind.values():
        raise FormError("The form's “kind” is missing or unknown.", todo=f"Use one of: {', '.join(CardKind.values())}.")
    part, other = ("sought", "found") if kind == CardKind.TRACING_REQUEST else ("found", "sought")
    if part not in content or other in content:
        raise FormError(f"A {kind} needs the part “{part}”, and no “{other}”.", todo="See docs/cards.md.")
    subject = facts(content[part], IDENTITY if part == "sought" else FOUND, part)
    subject |= facts({key: content[key] for key in CARD if key in content}, CARD, "the form")
    if kind == CardKind.TRACING_REQUEST and not content.get("enquirer"):
        raise FormError(
            "A tracing request needs whoever asks (“enquirer”).", todo="Say at least their name, or how to reach them."
        )
    if kind == CardKind.FOUND_PERSON and "enquirer" in content:
        raise FormError("A found-person card has no enquirer.", todo="Open a tracing request for who asks.")
    enquirer = dict(content.get("enquirer") or {})
    own = enquirer.pop("consent", None)
    agreed = consent_form(content["consent"]) if content.get("consent") else None
    form = CardForm(
        kind=kind,
        subject=subject,
        enquirer=facts(enquirer, ENQUIRER, "enquirer") if enquirer else None,
        consent=agreed,
        enquirer_consent=consent_form(own) if own else None,
        photos=tuple(photo_form(each) for each in content.get("photos") or ()),
        review_due=_day(content, "review_due"),
        expires=_day(content, "expires"),
        bureaus=tuple(str(each) for each in content.get("bureaus") or ()),
    )
    for name, day in (("review_due", form.review_due), ("expires", form.expires)):
        if day:
            not_past(name, day)
    if not subject.keys() - set(CARD):
        raise FormError(f"Nothing is stated in the part “{part}”.", todo="Say at least one thing that is known.")
    if agreed:
        check_minor(subject, agreed)
    return form


def facts(part: Any, known: tuple[str, ...], where: str) -> dict[str, Stated]:
    """The facts of one person, each plain or ``{value, original_script, source, source_date, certainty}``."""
    if not isinstance(part, Mapping):
        raise FormError(f"The part “{where}” is not a table of keys and values.", todo="See docs/cards.md.")
    _known(part, known, f"“{where}”")
    return {name: stated(name, value) for name, value in part.items() if value not in (None, "", [])}


def stated(name: str, given: Any) -> Stated:
    """One fact, checked for its kind."""
    parts = given if isinstance(given, Mapping) and name not in ("family", "events") else {"value": given}
    _known(parts, ("value", "original_script", "source", "source_date", "certainty"), f"“{name}”")
    value: Any = parts.get("value")
    certainty = parts.get("certainty", "stated")
    if certainty not in CERTAINTIES:
        raise FormError(f"The certainty of “{name}” is unknown.", todo=f"Use one of: {', '.join(CERTAINTIES)}.")
    if name in LISTS:
        value = list(value) if isinstance(value, list | tuple) else [value]
    elif isinstance(value, date):
        value = value.isoformat()  # YAML reads 1987-05-03 as a date
    elif isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if name not in LISTS and not isinstance(value, str):
        raise FormError(f"“{name}” must be text.", todo="Put it in quotes; in YAML, yes and no must be quoted too.")
    if name in CHOICES and value not in CHOICES[name]:
        raise FormError(f"“{name}” is not one of the words for it.", todo=f"Use one of: {', '.join(CHOICES[name])}.")
    if name == "priority" and not set(value) <= set(PRIORITIES):
        raise FormError("“priority” has an unknown word.", todo=f"Use some of: {', '.join(PRIORITIES)}.")
    if name in DATES:
        _past(name, value)
    script, source, day = (str(parts.get(key, "")) for key in ("original_script", "source", "source_date"))
    if any(len(str(each)) > MOST for each in (value, script, source, day)):
        raise FormError(
            f"“{name}” is longer than {MOST} characters.", todo="Keep it shorter, or attach it as a document."
        )
    if day:
        span(day)
    return Stated(value, script, source, day, certainty)


def _targets(purposes: Mapping[str, bool]) -> list[str]:
    return [str(each).partition(":")[2] for each in purposes]


def consent_form(part: Any) -> Agreed:
    """A consent, with yes or no to each purpose that was asked."""
    if not isinstance(part, Mapping):
        raise FormError("The part “consent” is not a table of keys and values.", todo="See docs/cards.md.")
    keys = ("given_by", "capacity", "language", "notice_version", "date", "method", "purposes", "withheld_from")
    _known(part, keys, "“consent”")
    purposes = part.get("purposes") or {}
    capacity = part.get("capacity", Capacity.SELF.value)
    if capacity not in Capacity.values():
        raise FormError("The capacity of the consent is unknown.", todo=f"Use one of: {', '.join(Capacity.values())}.")
    if not isinstance(purposes, Mapping) or not all(isinstance(answer, bool) for answer in purposes.values()):
        raise FormError("“purposes” must answer true or false to each purpose.", todo="See docs/cards.md.")
    if any(len(str(each)) > TARGET for each in (*(part.get("withheld_from") or ()), *_targets(purposes))):
        raise FormError(f"With whom something is shared, or not, is named by at most {TARGET} letters.")
    if len(str(part.get("notice_version", ""))) > VERSION:
        raise FormError(f"The “notice_version” of the consent has more than {VERSION} letters.")
    try:
        answers = parsed(dict(purposes), part.get("withheld_from") or ())
    except ValueError as error:
        todo = f"Use some of: {', '.join(Purpose.values())}; sharing names with whom, as in share_office:geneva."
        raise FormError("A purpose of the consent is unknown.", todo=todo) from error
    given_on = _day(part, "date") or date.today()
    if given_on > date.today():
        raise FormError("The date of the consent lies in the future.", todo="Write the day on which it was given.")
    return Agreed(
        capacity=capacity,
        answers=tuple(answers),
        given_by=str(part.get("given_by", "")),
        language=str(part.get("language", "")),
        notice_version=str(part.get("notice_version", "")),
        method=str(part.get("method", "")),
        given_on=given_on,
    )


def _past(name: str, value: str) -> None:
    """A date that was: one of birth, of a contact, of a death.

    Raises:
        FormError: it cannot be read, or lies in the future.
    """
    try:
        days = span(value)
    except FormError as problem:
        raise FormError(f"“{name}” cannot be read as a date.", "Nothing was changed.", problem.todo) from problem
    if (told_on(value) or days).first > date.today():
        raise FormError(f"“{name}” lies in the future.", "Nothing was changed.", "Write the date as it was stated.")


def not_past(name: str, day: date) -> None:
    """Refuse a day before today, by which a card would be erased or looked at again at once.

    Raises:
        FormError: it is one.
    """
    if day < date.today():
        raise FormError(
            f"“{name}” lies in the past.", "Nothing was changed.", "To end a card now, close it, or have it erased."
        )


def photo_form(part: Any) -> PhotoForm:
    """A photo: a path, or a table with a path."""
    parts = part if isinstance(part, Mapping) else {"path": part}
    _known(parts, ("path", "role", "taken", "origin", "source_url", "face"), "“photos”")
    if not parts.get("path"):
        raise FormError("A photo has no path.", todo="Give the file's path, relative to the form.")
    if parts.get("origin", "family") not in ORIGINS:
        raise FormError("The origin of a photo is unknown.", todo=f"Use one of: {', '.join(ORIGINS)}.")
    if parts.get("taken"):
        span(str(parts["taken"]))
    texts = {key: str(value) for key, value in parts.items() if value is not None}
    return PhotoForm(**{**texts, "face": which_face(texts.get("face", ""))})


def which_face(text: str) -> str:
    """Which face of a photo is meant: a number from 1, the largest first, ``largest``, ``central``, or nothing.

    Raises:
        FormError: none of these.
    """
    if text in ("", *FACES) or (re.fullmatch("[0-9]{1,3}", text) and int(text)):
        return text.lstrip("0")
    raise FormError(
        "“face” of a photo is not a number, largest or central.", todo="Count from 1, the largest face first."
    )


def minor(subject: Mapping[str, Stated], on: date | None = None) -> bool:
    """Whether somebody may be under 18 by what is known of them."""
    birth, kind, priority = (subject.get(name) for name in ("date_of_birth", "found_kind", "priority"))
    if (kind and kind.value == "unaccompanied_child") or (priority and "minor" in priority.value):
        return True
    return birth is not None and may_be_minor(span(birth.value), on or date.today())


def check_minor(subject: Mapping[str, Stated], agreed: Agreed, on: date | None = None) -> None:
    """DESIGN.md §5 rule 12: for somebody who may be a minor, a guardian consents or it is in their best interest; no publication.

    Raises:
        FormError: the consent is not of that kind.
    """
    if not minor(subject, on):
        return
    if agreed.capacity == Capacity.SELF:
        raise FormError(
            "This person may be under 18, so cannot consent alone.",
            todo="Record the consent of a guardian (capacity: guardian), or decide in the child's best interest "
            "(capacity: best_interest).",
        )
    if any(answer.purpose == Purpose.PUBLISH and answer.allowed for answer in agreed.answers):
        raise FormError("Nothing of a person who may be under 18 is published.", todo="Answer no to “publish”.")


def _known(part: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in part:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"Did you mean “{near[0]}”?" if near else f"Known are: {', '.join(known)}."
            raise FormError(f"The key “{str(key)[:40]}” of {where} is unknown.", "Nothing was kept.", hint)


def _day(part: Mapping[str, Any], key: str) -> date | None:
    value = part.get(key)
    if value is None:
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise FormError(f"“{key}” is not a day.", todo="Write it as 2026-11-23.") from error
