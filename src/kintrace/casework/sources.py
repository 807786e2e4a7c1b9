"""Verbs on where a photo comes from: grade, source, custody, raising a lead; and all that is known, in words."""

import hashlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.people import login_of
from kintrace.casework.photos import card_of, photo_in
from kintrace.casework.quarantine import same_pictures
from kintrace.casework.records import Assessed, Photo
from kintrace.casework.scope import Scope
from kintrace.casework.standings import assessment_in, content_of, facts_of, save_with
from kintrace.casework.templates import part_from_near
from kintrace.errors import FormError, NotPossible, TooManyBytes
from kintrace.ledger import burst_now
from kintrace.provenance import Assessment, Decision, Grade, Inspector, sentences
from kintrace.provenance.assessing import STATES
from kintrace.provenance.words import Sentence
from kintrace.vault import delete_blob, get_blob, put_blob

MOST_PAGE = 50_000_000
"""Bytes of a saved page."""
MOST_TEXT = 4000
NOTE = "None of this shows that a photo is real or false. It tells what to ask whoever brought it."


def grade_source(scope: Scope, photo_id: UUID, grade: str, reason: str) -> dict[str, Any]:
    """Grade source and information (Admiralty: A to F, 1 to 6). A grade that doubts takes back an earlier raising.

    Returns:
        ``{photo, assessment, reasons, cap}``.

    Raises:
        Denied, NotPossible, GradeError, DecisionError: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "photo.source")
    given = Grade.parse(grade)
    by = Decision(login_of(scope.user), _short(reason))

    def change(content: dict[str, Any]) -> None:
        content["grade"] = str(given)
        if given.doubted:
            content["raised"] = None
        _custody(content, by, f"graded {given}")

    return _changed(scope, photo, "photo.assess", change, grade=str(given))


def raise_lead(scope: Scope, photo_id: UUID, reason: str) -> dict[str, Any]:
    """Raise a lead to usable, with a reason and the raiser's name. Raises nothing out of quarantine.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "photo.assess")
    by = Decision(login_of(scope.user), _short(reason))
    if photo.assessment == Assessed.QUARANTINED:
        raise NotPossible(
            "This photo is in quarantine.", "It stays there.", "Settle that first: kintrace photo settle."
        )
    if assessment_in(content_of(photo)).state != "lead_only":
        raise NotPossible("This photo is usable as it is.", "Nothing was changed.")

    def change(content: dict[str, Any]) -> None:
        content["raised"] = _told(by)
        _custody(content, by, "raised to usable")

    return _changed(scope, photo, "photo.assess", change, raised=True)


def take_back_raise(scope: Scope, photo_id: UUID, reason: str) -> dict[str, Any]:
    """Make a lead of a photo again that somebody had raised.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "photo.assess")
    by = Decision(login_of(scope.user), _short(reason))
    if not content_of(photo).get("raised"):
        raise NotPossible("Nobody raised this photo.", "Nothing was changed.")

    def change(content: dict[str, Any]) -> None:
        content["raised"] = None
        _custody(content, by, "raising taken back")

    return _changed(scope, photo, "photo.assess", change, raised=False)


def record_source(
    scope: Scope, photo_id: UUID, *, url: str = "", captured: str = "", page: bytes | None = None, page_name: str = ""
) -> dict[str, Any]:
    """Record where on the web a photo was found, when, and the saved page. Kintrace fetches nothing: the officer brings the file.

    Args:
        scope: who records it.
        photo_id: a photo of the scope's.
        url: of the page.
        captured: when it was saved, as ``2026-11-24T10:30`` or with a zone; local time of nobody is guessed.
        page: the saved page: a file of any kind. It is sealed and never opened here.
        page_name: of that file; only its ending is kept.

    Returns:
        ``{photo, assessment, reasons, cap}``.

    Raises:
        Denied, NotPossible, FormError, TooManyBytes: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "photo.source")
    if not (url or captured or page):
        raise FormError("Nothing was said of the source.", "Nothing was changed.", "Give its address, time or page.")
    if url and not url.lower().startswith(("http://", "https://")):
        raise FormError("This is no address of a page.", "Nothing was changed.", "It begins with https:// or http://.")
    if captured:
        _time(captured)
    if page is not None and len(page) > MOST_PAGE:
        raise TooManyBytes(f"The page is larger than {MOST_PAGE // 1_000_000} MB.", "Nothing was kept.")
    by = Decision(login_of(scope.user), "source")
    blob = put_blob(photo.person_id, page) if page else ""
    old = photo.page if blob else ""

    def change(content: dict[str, Any]) -> None:
        source = dict(content.get("source") or {})
        if url:
            content["source_url"] = source["url"] = url[:MOST_TEXT]
            part_from_near(photo)
        if captured:
            source["captured"] = captured
        if page:
            suffix = page_name.rpartition(".")[2].lower()[:10] if "." in page_name else ""
            source |= {"page_sha256": hashlib.sha256(page).hexdigest(), "page_bytes": len(page), "page_kind": suffix}
        content["source"] = source
        _custody(content, by, "source recorded, with the saved page" if page else "source recorded")

    try:
        told = _changed(scope, photo, "photo.source", change, page=blob, has_page=bool(blob))
    except BaseException:
        if blob:
            delete_blob(blob)
        raise
    if old:
        delete_blob(old)
    return told


def hand_over(scope: Scope, photo_id: UUID, what: str) -> dict[str, Any]:
    """Add a step to a photo's chain of custody: who had it, gave it, copied it, in the officer's words.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "photo.source")
    by = Decision(login_of(scope.user), _short(what))
    return _changed(scope, photo, "photo.custody", lambda content: _custody(content, by, by.reason, plain=True))


def about(scope: Scope, photo_id: UUID) -> dict[str, Any]:
    """Everything that is known of where a photo comes from, as plain data and in words; no place, no serial number.

    Returns:
        ``{id, card, state, quality, role, taken, origin, grade, grade_words, source, custody, assessment: {state, words, reasons,
        by, cap, cap_words}, checked, words: [{topic, text}], small_pictures: [{number, where}] (those in the file that do
        not show the same as the picture), same_pictures, faces, note}``.

    Raises:
        Denied, NotPossible: nothing was shown.
    """
    photo = photo_in(scope, photo_id, "photo.read")
    with transaction.atomic():
        scope.note("photo.show", f"photo:{photo.id}")
    burst_now(str(scope.user))
    content = content_of(photo)
    grade = Grade.parse(content.get("grade") or "F6")
    facts = facts_of(photo)
    told = list(sentences(facts)) if facts else []
    if content.get("not_looked_into"):
        told.append(Sentence("problems", content["not_looked_into"]))
    return {
        "id": str(photo.id), "card": card_of(photo), "state": photo.state, "quality": photo.quality,
        "sha256": content["sha256"],
        **{name: content.get(name, "") for name in ("role", "taken", "origin", "source_url", "problem")},
        "grade": str(grade), "grade_words": grade.words(),
        "source": content.get("source") or {},
        "custody": content.get("custody") or [],
        "assessment": plain_assessment(assessment_in(content)),
        "checked": photo.checked > 0,
        "words": [{"topic": each.topic, "text": each.text} for each in told],
        "small_pictures": [
            {"number": number, "where": each.where}
            for number, each in enumerate(facts.thumbnails if facts else ())
            if each.width and each.compared != "same"
        ],
        "same_pictures": same_pictures(scope, photo),
        "faces": len(content.get("faces") or []),
        "note": NOTE,
    }  # fmt: skip


def private_of(scope: Scope, photo_id: UUID) -> dict[str, Any]:
    """Places and serial numbers that the original file holds: only for those who may see the original.

    Returns:
        ``{latitude, longitude, places, serials, makers_note}``.

    Raises:
        Denied, NotPossible, PhotoError: nothing was shown.
    """
    data = _original(scope, photo_id, "private")
    with Inspector() as inspector:
        found = inspector.private(data)
    return {
        "latitude": found.latitude, "longitude": found.longitude,
        "places": [[each.where, each.what, each.value] for each in found.places],
        "serials": [[each.where, each.what, each.value] for each in found.serials],
        "makers_note": found.makers_note,
    }  # fmt: skip


def small_picture(scope: Scope, photo_id: UUID, number: int) -> bytes:
    """A small picture that stands in the original file, as a JPEG drawn anew: only for those who may see the original.

    Raises:
        Denied, NotPossible, PhotoError: nothing was shown.
    """
    data = _original(scope, photo_id, "thumbnail")
    with Inspector() as inspector:
        found = inspector.small_picture(data, number)
    if not found.jpeg:
        raise NotPossible("There is no such small picture in the file.")
    return b64decode(found.jpeg)


def _original(scope: Scope, photo_id: UUID, part: str) -> bytes:
    """The file as it came, for what only those learn from it who may see it; the ledger says what part that is."""
    photo = photo_in(scope, photo_id, "photo.original")
    with transaction.atomic():
        scope.note("photo.original", f"photo:{photo.id}", part=part)
    burst_now(str(scope.user))
    return get_blob(photo.person_id, photo.blob)


def plain_assessment(found: Assessment) -> dict[str, Any]:
    """An assessment as plain data, with its words."""
    return {
        "state": found.state, "words": STATES[found.state], "reasons": list(found.reasons), "by": found.by,
        "cap": found.cap, "cap_words": found.cap_words(),
    }  # fmt: skip


def _changed(
    scope: Scope,
    photo: Photo,
    action: str,
    change: Callable[[dict[str, Any]], None],
    *,
    page: str = "",
    **details: Any,
) -> dict[str, Any]:
    """Change what is known of a photo and assess it anew, in one transaction and in the ledger."""
    with transaction.atomic():
        scope.note(action, f"photo:{photo.id}", card=card_of(photo), **details)
        held = Photo._all.select_for_update().filter(id=photo.id).first()
        if held is None:
            raise NotPossible("There is no such photo any more.", "Nothing was changed.")
        content = content_of(held)
        change(content)
        if page:
            held.page = page
        now = save_with(held, content, "page")
    return {"photo": str(photo.id), **plain_assessment(now)}


def _custody(content: dict[str, Any], by: Decision, what: str, *, plain: bool = False) -> None:
    step = {"at": timezone.now().isoformat(), "by": by.by, "what": what}
    if not plain and by.reason != "source":
        step["why"] = by.reason
    content.setdefault("custody", []).append(step)


def _told(by: Decision) -> Mapping[str, str]:
    return {"by": by.by, "reason": by.reason, "at": timezone.now().isoformat()}


def _short(text: str) -> str:
    return text.strip()[:MOST_TEXT]


def _time(text: str) -> None:
    with suppress(ValueError):
        datetime.fromisoformat(text)
        return
    raise FormError("This time cannot be read.", "Nothing was changed.", "Write it as 2026-11-24T10:30.")
