"""The faces of two records as people look at them: upright, of one size, and encoded anew: no file tells where it came from."""

import io
from uuid import UUID

from django.db import transaction
from PIL import Image, ImageFilter

from kintrace.casework.records import Photo
from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.ledger import burst_now
from kintrace.matching.candidates import candidate, open_to_look
from kintrace.matching.seats import faces_of
from kintrace.vault import get_blob

SIDE = 512
"""Pixels of a shown face a side."""
BLUR = 1 / 12
"""Radius of the blur, as a share of the longer side: that there is a face can be seen, not whose."""


def jpeg(photo: Photo) -> bytes:
    """The face cut from a photo, as a JPEG of :data:`SIDE` pixels a side without any metadata."""
    return _encoded(_opened(get_blob(photo.person_id, photo.crop)))


def blurred(picture: bytes) -> bytes:
    """A picture made here (never a file as it came in), as a JPEG so blurred that nobody can be told."""
    made = Image.open(io.BytesIO(picture)).convert("RGB")
    return _encoded(made.filter(ImageFilter.GaussianBlur(BLUR * max(made.size))))


def _opened(crop: bytes) -> Image.Image:
    return Image.open(io.BytesIO(crop)).convert("RGB").resize((SIDE, SIDE))


def _encoded(made: Image.Image) -> bytes:
    out = io.BytesIO()
    made.save(out, "JPEG", quality=90)
    return out.getvalue()


def face(scope: Scope, candidate_id: UUID, side: int, number: int, *, clear: bool = True) -> bytes:
    """One face of a candidate that this scope may look at: 0 the request's side, 1 the found person's.

    Args:
        scope: who asks.
        candidate_id: whose faces were judged, or that this person chose to look at before.
        side: 0 or 1.
        number: of the photo on that side, from 0.
        clear: False for a blurred one.

    Raises:
        Denied, NotPossible: it is not for this scope to see, or there is no such picture. The dead are shown to who may read of
            the dead only.
    """
    found = candidate(scope, candidate_id)
    photos = faces_of(found)[side == 1]
    allowed = open_to_look(scope, found) and (side == 0 or not found.of_dead or scope.may("dead.read"))
    there = allowed and side in (0, 1) and 0 <= number < len(photos)
    with transaction.atomic():
        scope.note(
            "candidate.picture", f"candidate:{found.id}", outcome="done" if there else "empty", side=side, number=number
        )
    burst_now(str(scope.user))
    if not there:
        raise NotPossible("There is no such picture.")
    made = jpeg(photos[number])
    return made if clear else blurred(made)


def counts(scope: Scope, candidate_id: UUID) -> tuple[int, int]:
    """How many faces each side of a candidate has that this scope may look at."""
    found = candidate(scope, candidate_id)
    one, other = (len(each) for each in faces_of(found))
    if not open_to_look(scope, found):
        return 0, 0
    return one, 0 if found.of_dead and not scope.may("dead.read") else other
