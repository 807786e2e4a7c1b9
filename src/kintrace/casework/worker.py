"""The background job on photos: take some that wait, find the face, keep the template, sealed.

Photos are taken with a lease. A worker that is killed loses its lease, and another takes the photo; what it makes of it is
written in one transaction, so that a photo is neither lost nor done twice. A photo that ends a worker three times is set aside.
"""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import cv2
import numpy as np
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from kintrace.casework.agreements import may
from kintrace.casework.people import Deployment
from kintrace.casework.photos import card_of
from kintrace.casework.records import Person, Photo, PhotoState, Purpose, Template
from kintrace.casework.templates import announce, unprepared
from kintrace.errors import KeyDestroyed, NoFace, PhotoError, SeveralFaces
from kintrace.faces import Acquirer, Acquisition, Choice, Sample, portrait
from kintrace.ledger import Actor, record
from kintrace.vault import delete_blob, get_blob, put_blob

LEASE = timedelta(minutes=5)
TRIES = 3
TAKE = 32  # photos taken at once: their templates are made together
POOR = 15
"""Overall quality below which no template is made; see docs/quality.md."""
CROP = 512
"""Pixels a side of the face cut from a photo: people compare its details, not only programs."""

Progress = Callable[[int, int], None]


def actor() -> Actor:
    """How the ledger names what the deployment does by itself."""
    deployment = Deployment._all.get()
    return Actor("system", "worker", str(deployment.id))


def waiting() -> int:
    """How many photos wait for a worker."""
    return int(_free().count())


def _free() -> "models.QuerySet[Photo]":
    free = Q(lease=None) | Q(lease__lt=timezone.now())
    return Photo._all.filter(free, state=PhotoState.WAITING)


def renew(pack: str) -> int:
    """Let photos wait again that have no template of these packs, as after ``kintrace models add``; returns how many."""
    old = unprepared(Photo._all.all(), pack)
    if not old.exists():
        return 0
    with transaction.atomic():
        count = Photo._all.filter(id__in=old.values("id")).update(state=PhotoState.WAITING, tries=0, lease=None)
        record(actor(), "photo.renewed", details={"photos": count})
    return int(count)


def run(acquirer: Acquirer, progress: Progress | None = None, most: int | None = None) -> int:
    """Work until no photo waits, or ``most`` are done; returns how many were."""
    renew(acquirer.pack)
    done, total = 0, waiting()
    while most is None or done < most:
        batch = take(TAKE if most is None else min(TAKE, most - done))
        if not batch:
            break
        for photo, acquisition in zip(batch, _acquired(acquirer, batch), strict=True):
            finish(photo, acquisition, acquirer)
            done += 1
            if progress:
                progress(done, max(total, done))
    return done


def take(most: int) -> list[Photo]:
    """Lease photos that wait; no two workers get the same."""
    with transaction.atomic():
        photos = _free().order_by("made_at")
        if connection.features.has_select_for_update_skip_locked:
            photos = photos.select_for_update(skip_locked=True)
        batch = list(photos[:most])
        worn = [photo for photo in batch if photo.tries >= TRIES]
        if worn:
            Photo._all.filter(id__in=[photo.id for photo in worn]).update(state=PhotoState.REFUSED, lease=None)
            record(actor(), "photo.refused", details={"photos": len(worn)})
        batch = [photo for photo in batch if photo.tries < TRIES]
        ids = [photo.id for photo in batch]
        Photo._all.filter(id__in=ids).update(lease=timezone.now() + LEASE, tries=F("tries") + 1)
    return batch


def _acquired(acquirer: Acquirer, batch: list[Photo]) -> list[Acquisition | None]:
    """What was found in each photo; None where its person is being erased."""
    found: dict[uuid.UUID, Acquisition] = {}
    sources = []
    for photo in batch:
        try:
            sources.append((photo.id, get_blob(photo.person_id, photo.blob)))
        except (KeyDestroyed, FileNotFoundError):
            continue
    for acquisition in acquirer.acquire_many(sources, keep=True):
        found[acquisition.key] = acquisition  # type: ignore[index]
    return [found.get(photo.id) for photo in batch]


def finish(photo: Photo, acquisition: Acquisition | None, acquirer: Acquirer) -> PhotoState | None:
    """Write what was found, in one transaction; None where the photo, or the consent, went away meanwhile."""
    if acquisition is None:
        Photo._all.filter(id=photo.id).update(lease=None)
        return None
    state, sample = _judged(photo, acquisition)
    crop = ""
    try:
        if sample is not None and acquisition.photo is not None:
            crop = put_blob(photo.person_id, _crop(acquisition, sample))
        with transaction.atomic():
            details = {"state": str(state), "card": card_of(photo)}
            record(actor(), "photo.acquired", f"photo:{photo.id}", details=details)
            person = Person._all.select_for_update().filter(id=photo.person_id).first()
            held = Photo._all.select_for_update().filter(id=photo.id, state=PhotoState.WAITING).first()
            if person is None or held is None:
                delete_blob(crop) if crop else None
                return None
            if not may(person, Purpose.FACE_SEARCH):
                state, sample = PhotoState.HELD, None
            content = json.loads(held.unseal_text("content"))
            content["faces"] = [{"box": [round(side, 1) for side in each.face.box]} for each in acquisition.samples]
            if acquisition.error:
                content["problem"] = getattr(acquisition.error, "what", str(acquisition.error))
            if sample is not None:
                content["advice"] = list(sample.quality.advice)
                held.quality = round(sample.quality.overall)
            held.seal(content=json.dumps(content, ensure_ascii=False))
            held.state, held.lease = state, None
            old_crop, held.crop = held.crop, crop
            held.save(update_fields=["content", "state", "lease", "quality", "crop"])
            if sample is not None and state == PhotoState.DONE:
                _keep(held, sample, acquirer)
    except KeyDestroyed:
        return None
    except BaseException:
        if crop:
            delete_blob(crop)
        raise
    if old_crop:
        delete_blob(old_crop)
    return state


def _judged(photo: Photo, acquisition: Acquisition) -> tuple[PhotoState, Sample | None]:
    try:
        sample = acquisition.choose(_meant(photo.face))
    except PhotoError:
        return PhotoState.REFUSED, None
    except SeveralFaces:
        return PhotoState.CHOOSE, None
    except NoFace:
        return PhotoState.NO_FACE, None
    return (PhotoState.POOR if sample.quality.overall < POOR else PhotoState.DONE), sample


def _meant(face: str) -> Choice:
    return int(face) if face.isdigit() else face or "only"  # type: ignore[return-value]


def _crop(acquisition: Acquisition, sample: Sample) -> bytes:
    """The face, upright, as JPEG, in memory only."""
    assert acquisition.photo is not None
    pixels = portrait(acquisition.photo.pixels, sample.face.landmarks, CROP)
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(pixels[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done
    return bytes(data)


def _keep(photo: Photo, sample: Sample, acquirer: Acquirer) -> None:
    vector = sample.template.vector.astype("<f4").tobytes()
    template = Template._all.filter(photo=photo, pack=acquirer.pack).first()
    if template is not None:  # made by a worker that was thought dead
        announce([template], gone=True)
        template.delete()
    template = Template(
        id=uuid.uuid4(),
        person_id=photo.person_id,
        photo=photo,
        pack=acquirer.pack,
        key=acquirer.encoder.key,
        quality=round(sample.quality.overall),
    )
    template.seal(vector=vector)
    template.save(force_insert=True)
    announce([template], gone=False)
