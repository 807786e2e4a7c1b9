"""What a photo may be used for, kept with it: worked out anew whenever what it rests on changes."""

import json
from collections.abc import Mapping
from typing import Any

from kintrace.casework.picturerecords import SamePicture
from kintrace.casework.records import Assessed, Photo, Template
from kintrace.casework.samepicture import unsettled
from kintrace.casework.templates import announce
from kintrace.provenance import Assessment, Decision, Grade, PhotoFacts, assess


def facts_of(photo: Photo) -> PhotoFacts | None:
    """What the file tells; None where it was not, or could not be, looked into."""
    return PhotoFacts.from_dict(json.loads(photo.unseal("file_facts"))) if photo.file_facts else None


def content_of(photo: Photo) -> dict[str, Any]:
    """What is known of a photo, unsealed."""
    told: dict[str, Any] = json.loads(photo.unseal_text("content"))
    return told


def assessment_in(content: Mapping[str, Any]) -> Assessment:
    """The assessment as it was last worked out; by its origin alone where it never was."""
    held = content.get("assessment")
    if held is None:
        return assess(None, content.get("origin") or "family", Grade())
    return Assessment(held["state"], tuple(held["reasons"]), held["by"])


def reassess(photo: Photo, content: dict[str, Any]) -> Assessment:
    """Work out a photo's assessment, into its column and its content; the caller seals and saves. Inside a transaction.

    Args:
        photo: locked.
        content: of the photo; changed in place.
    """
    open_rows = unsettled([photo])
    ever = SamePicture._all.filter(photo=photo, contradicts=True, two=False).exists()
    settled = content.get("settled")
    now = assess(
        facts_of(photo),
        content.get("origin") or "family",
        Grade.parse(content.get("grade") or "F6"),
        _decision(content.get("raised")),
        same_picture_elsewhere=ever,
        blocked=bool(content.get("blocked")),
        settled_by=_decision(settled) if settled and not open_rows else None,
        belongs=bool(settled and settled["belongs"]),
    )
    content["assessment"] = {"state": now.state, "reasons": list(now.reasons), "by": now.by}
    photo.assessment = now.state
    return now


def save_with(photo: Photo, content: dict[str, Any], *more: str) -> Assessment:
    """Assess a photo anew and save it with its content. Inside a transaction that is in the ledger, the photo locked.

    What goes into quarantine leaves every gallery, and comes back with it.
    """
    before = photo.assessment == Assessed.QUARANTINED
    now = reassess(photo, content)
    photo.seal(content=json.dumps(content, ensure_ascii=False))
    photo.save(update_fields=["content", "assessment", *more])
    held = photo.assessment == Assessed.QUARANTINED
    if held != before:
        announce(Template._all.filter(photo=photo), gone=held)
    return now


def _decision(told: Mapping[str, Any] | None) -> Decision | None:
    return Decision(told["by"], told["reason"]) if told else None
