"""Verbs on photos: attach, look at, withdraw. The file is sealed before it is kept; faces are found by a worker."""

import hashlib
import json
import uuid
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kintrace.casework.agreements import may
from kintrace.casework.dead import is_dead
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import User
from kintrace.casework.pictures import announce_pictures
from kintrace.casework.records import Card, Person, Photo, PhotoState, Purpose, Template
from kintrace.casework.scope import Scope
from kintrace.casework.templates import announce
from kintrace.errors import EmptyPhoto, NotPossible, TooManyBytes
from kintrace.ledger import burst_now
from kintrace.provenance import Grade, assess, stripped, working_copy
from kintrace.vault import delete_blob, get_blob, put_blob


def attach(scope: Scope, reference: str, data: bytes, form: PhotoForm, *, part: str = "subject") -> tuple[Photo, bool]:
    """Keep a photo of a person on a card; the worker finds the face in it.

    Args:
        scope: who asks.
        reference: of the card.
        data: the file's bytes. Nothing of them is decoded here.
        form: what is known of the photo.
        part: whose it is: ``subject`` or ``enquirer``.

    Returns:
        The photo, and whether it is new: the same file of the same person is kept once.

    Raises:
        Denied, NotPossible, PhotoError: nothing was kept.
    """
    from kintrace.faces import Limits  # a heavy room, not needed by the other verbs

    card = scope.card(reference)
    scope.require("photo.add", f"card:{card.id}")
    person = card.subject if part == "subject" else card.enquirer
    if person is None:
        raise NotPossible("This card has no enquirer.", "Nothing was kept.")
    if not data:
        raise EmptyPhoto("The file is empty.", "Nothing was kept.", "Copy the photo again from where it came from.")
    if len(data) > Limits().max_bytes:
        raise TooManyBytes(
            f"The file is larger than {Limits().max_bytes // 1_000_000} MB.",
            "Nothing was kept.",
            "Save the photo smaller.",
        )
    sha256 = hashlib.sha256(data).hexdigest()
    kept = _same(person, sha256)
    if kept is not None:
        return kept, False
    # The sealed file first: one without a row is swept, a row without its file would be a loss.
    blob = put_blob(person.id, data)
    try:
        with transaction.atomic():
            scope.note("photo.add", f"card:{card.id}", bytes=len(data))
            Person._all.select_for_update().get(id=person.id)
            kept = _same(person, sha256)
            if kept is None:
                photo = Photo(
                    id=uuid.uuid4(), person=person, blob=blob, size=len(data), face=form.face, made_by=scope.user
                )
                first = assess(None, form.origin, Grade())  # type: ignore[arg-type]
                login = User.objects.values_list("username", flat=True).filter(id=scope.user).first() or "system"
                told = {
                    "sha256": sha256, "role": form.role, "taken": form.taken, "origin": form.origin,
                    "source_url": form.source_url, "grade": str(Grade()), "claimed": PurePath(form.path).suffix.lower()[:10],
                    "custody": [{"at": timezone.now().isoformat(), "by": login, "what": "received"}],
                    "assessment": {"state": first.state, "reasons": list(first.reasons), "by": first.by},
                }  # fmt: skip
                photo.assessment = first.state
                photo.seal(content=json.dumps(told, ensure_ascii=False))
                photo.state = PhotoState.WAITING if may(person, Purpose.FACE_SEARCH) else PhotoState.HELD
                photo.save(force_insert=True)
                return photo, True
    except BaseException:
        delete_blob(blob)
        raise
    delete_blob(blob)
    return kept, False


def _same(person: Person, sha256: str) -> Photo | None:
    """The person's photo with the same bytes, if there is one."""
    for photo in Photo._all.filter(person=person):
        if json.loads(photo.unseal_text("content"))["sha256"] == sha256:
            return photo
    return None


def problem_of(photo: Photo) -> str:
    """Why a photo could not be read; empty where it could."""
    return str(json.loads(photo.unseal_text("content")).get("problem", ""))


def photos_of(person: Person) -> list[dict[str, Any]]:
    """What is known of a person's photos, unsealed. Call it only after the ledger has the read."""
    told = []
    for photo in Photo._all.filter(person=person).order_by("made_at"):
        content = json.loads(photo.unseal_text("content"))
        told.append({
            "id": str(photo.id), "state": photo.state, "quality": photo.quality, "face": photo.face,
            "templates": photo.templates.count(), **content,
        })  # fmt: skip
    return told


def picture(scope: Scope, photo_id: uuid.UUID, *, crop: bool = False) -> bytes:
    """The working copy of a photo, or the face cut from it: the picture without place, serial numbers and captions.

    Raises:
        NotPossible: the scope has no such photo, no face was cut from it, or it is of somebody dead and the role is not for that.
        PhotoError: it cannot be read as a picture.
    """
    data = _opened(scope, photo_id, "photo.read", "crop" if crop else "blob")
    return data if crop else clean_copy(data)


def original(scope: Scope, photo_id: uuid.UUID) -> bytes:
    """The file as it came, with all that is written in it: only for those who may see that.

    Raises:
        Denied, NotPossible: nothing was shown.
    """
    return _opened(scope, photo_id, "photo.original", "blob")


def saved_page(scope: Scope, photo_id: uuid.UUID) -> bytes:
    """The saved page that a photo of the web was found on.

    Raises:
        Denied, NotPossible: nothing was shown.
    """
    return _opened(scope, photo_id, "photo.original", "page")


def clean_copy(data: bytes) -> bytes:
    """A working copy of a photo's file; what must be decoded for it is decoded in a process that may die.

    Raises:
        PhotoError: it cannot be read as a picture.
    """
    kept = stripped(data)
    if kept is not None:
        return kept
    from kintrace.faces import read

    return working_copy(data, read(data).pixels)


def photo_in(scope: Scope, photo_id: uuid.UUID, verb: str) -> Photo:
    """A photo of the scope's, for a verb it may use.

    Raises:
        Denied: it may not.
        NotPossible: there is none.
    """
    scope.require(verb, f"photo:{photo_id}")
    photo = scope.photos().filter(id=photo_id).first()
    if photo is None:
        with transaction.atomic():
            scope.note(verb, f"photo:{photo_id}", outcome="empty")
        raise NotPossible(
            "There is no such photo.", "Nothing was changed.", "Check the number with “kintrace card show”."
        )
    return photo


def _opened(scope: Scope, photo_id: uuid.UUID, verb: str, field: str) -> bytes:
    scope.require(verb, f"photo:{photo_id}")
    photo = scope.photos().filter(id=photo_id).first()
    if photo is not None and not scope.may("dead.read") and is_dead(photo.person_id):
        photo = None  # the faces of the dead are for who works with them
    blob = getattr(photo, field) if photo else ""
    with transaction.atomic():
        scope.note(verb, f"photo:{photo_id}", outcome="done" if blob else "empty", part=field)
    burst_now(str(scope.user))
    if photo is None or not blob:
        raise NotPossible("There is no such picture.", todo="Check the number with “kintrace card show”.")
    return get_blob(photo.person_id, blob)


def choose_face(scope: Scope, photo_id: uuid.UUID, number: int) -> Photo:
    """Say which face of a photo is the person, counting from 1, the largest first; the worker does the rest."""
    scope.require("photo.add")
    photo = scope.photos().filter(id=photo_id).first()
    if photo is None:
        raise NotPossible("There is no such photo.", todo="Check the number with “kintrace card show”.")
    faces = json.loads(photo.unseal_text("content")).get("faces")
    if faces is not None and not 1 <= number <= len(faces):
        raise NotPossible(
            f"This photo has {len(faces)} faces; there is no number {number}." if faces else "No face was found in it.",
            "Nothing was changed.",
            "Count from 1, the largest face first.",
        )
    with transaction.atomic():
        scope.note("photo.choose", f"photo:{photo.id}", face=number, card=card_of(photo))
        held = Photo._all.select_for_update().get(id=photo.id)
        _drop_templates(held)
        held.face, held.tries, held.lease = str(number), 0, None
        held.state = PhotoState.WAITING if may(held.person, Purpose.FACE_SEARCH) else PhotoState.HELD
        held.save(update_fields=["face", "state", "tries", "lease"])
    return held


def withdraw(scope: Scope, photo_id: uuid.UUID) -> None:
    """Take a photo back: its templates and hashes leave every search, its rows and files are deleted.

    The person's key still opens older backups of it; erasing the person, or rotating their key, ends that too.
    """
    scope.require("photo.withdraw")
    photo = scope.photos().filter(id=photo_id).first()
    if photo is None:
        raise NotPossible("There is no such photo.", todo="Check the number with “kintrace card show”.")
    with transaction.atomic():
        scope.note("photo.withdraw", f"photo:{photo.id}", card=card_of(photo))
        _drop_templates(photo)
        announce_pictures([photo.id])
        Photo._all.filter(id=photo.id).delete()
    for blob in (photo.blob, photo.crop, photo.page):
        if blob:
            delete_blob(blob)


def card_of(photo: Photo) -> str:
    """The id of the card a photo is on, for the ledger; of an enquirer the first."""
    cards = Card._all.filter(Q(subject=photo.person_id) | Q(enquirer=photo.person_id)).order_by("opened_at")
    return str(cards.values_list("id", flat=True).first() or "")


def _drop_templates(photo: Photo) -> None:
    announce(Template._all.filter(photo=photo), gone=True)
    Template._all.filter(photo=photo).delete()
