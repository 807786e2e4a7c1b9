"""Keeping what was found out of a photo's file: sealed on its row, compared with the whole registry, and assessed."""

import json
from dataclasses import replace
from typing import Any

from kintrace.casework.blocking import is_blocked
from kintrace.casework.checks import Looked
from kintrace.casework.people import Deployment
from kintrace.casework.photoqueue import RELEASE
from kintrace.casework.photos import card_of
from kintrace.casework.pictures import Hashes, announce_pictures
from kintrace.casework.quarantine import quarantine_others, tell_quarantine
from kintrace.casework.records import Assessed, Photo
from kintrace.casework.samepicture import elsewhere, no_more, note_same
from kintrace.casework.standings import content_of, facts_of, save_with
from kintrace.casework.trusting import trust_version
from kintrace.ledger import Actor, record
from kintrace.provenance import PhotoFacts, made_by_signers_word


def keep_checks(photo: Photo, content: dict[str, Any], looked: Looked, *more: str) -> None:
    """Seal what was found, quarantine what stands on two records, assess the photo, and save it.

    Call it in the transaction in which the ledger has an entry already: its lock is held, so that of two photos of one picture
    the later one finds the earlier.

    Args:
        photo: locked.
        content: of the photo, unsealed.
        looked: what was found.
        more: other fields to save.
    """
    deployment = Deployment._all.get()
    system = Actor("system", "worker", str(deployment.id))
    found = elsewhere(photo, looked)  # before this photo's own hashes are written
    before, knew = photo.assessment, facts_of(photo)
    hashes = looked.hashes if looked.hashes.kept else _as_before(photo, looked.hashes)
    photo.seal(hashes=hashes.as_text())
    if looked.facts is not None:  # else what an earlier look told stands
        photo.seal(file_facts=json.dumps(looked.facts.as_dict(), ensure_ascii=False))
    photo.checked = 0 if _by_an_old_list(looked) else RELEASE
    content.pop("not_looked_into", None)
    if looked.problem:
        content["not_looked_into"] = looked.problem
    blocked = is_blocked(looked.probes, looked.face_probes)
    if (blocked and not content.get("blocked")) or (_signed_as_made(looked.facts) and not _signed_as_made(knew)):
        content["settled"] = None  # what was settled before was another question
    content["blocked"] = bool(content.get("blocked")) or blocked
    photo.save(update_fields=["file_facts", "hashes", "checked"])
    announce_pictures([photo.id])
    for other in no_more(photo, looked):
        save_with(other, content_of(other))
        for one in (photo, other):
            details = {"card": card_of(one), "why": "two_pictures"}
            record(system, "photo.assess", f"photo:{one.id}", details=details)
    against, alike = note_same(photo, found)
    save_with(photo, content, *more)
    if against or (photo.assessment == Assessed.QUARANTINED and before != Assessed.QUARANTINED):
        why = "same_picture" if against else "block_list" if blocked else "credentials"
        tell_quarantine(system, photo, why, [each.id for each in against])
    quarantine_others(system, photo, against)
    for other in alike:
        details = {"card": card_of(other), "other": str(photo.id)}
        record(system, "photo.same_picture", f"photo:{other.id}", details=details)


def _as_before(photo: Photo, now: Hashes) -> Hashes:
    """Hashes of the faces as they are now, of the whole as an earlier look gave them: this one could not read the picture."""
    return replace(now, kept=Hashes.from_text(photo.unseal("hashes")).kept) if photo.hashes else now


def _signed_as_made(facts: PhotoFacts | None) -> bool:
    """Whether a trusted signer recorded that a program made it: that quarantines by itself."""
    return facts is not None and bool(made_by_signers_word(facts))


def _by_an_old_list(looked: Looked) -> bool:
    """Whether the trust list changed since the file was looked into: it waits to be looked into again."""
    signed = looked.facts is not None and looked.facts.credentials.state != "absent"
    return signed and looked.trust != trust_version()


def without_faces(looked: Looked) -> Looked:
    """The same without what was found of faces: consent to face search ended meanwhile."""
    return replace(looked, hashes=Hashes(looked.hashes.kept), face_probes=(), face=None, told={})


def with_faces(looked: Looked, before: Hashes) -> Looked:
    """The same with the hashes of all faces that were found before: of a picture of several, only the person's was cut out."""
    return replace(looked, hashes=Hashes(looked.hashes.kept, before.faces, before.meant))
