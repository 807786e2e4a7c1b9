"""The background job on photos: take some that wait, look into the file, find the face, keep hashes and template, sealed.

Photos are taken with a lease. A worker that is killed loses its lease, and another takes the photo; what it makes of it is
written in one transaction, so that a photo is neither lost nor done twice. A photo that ends a worker three times is set aside.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import cv2
import numpy as np
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from kintrace.casework.agreements import may
from kintrace.casework.checking import keep_checks, with_faces, without_faces
from kintrace.casework.checks import Looked, look, opened_crop
from kintrace.casework.people import Deployment
from kintrace.casework.photoqueue import RELEASE, any_may_wait, waiting_photos
from kintrace.casework.photos import card_of
from kintrace.casework.pictures import Hashes
from kintrace.casework.records import Person, Photo, PhotoState, Purpose, Template
from kintrace.casework.samepicture import compared
from kintrace.casework.standings import content_of
from kintrace.casework.templates import announce, unprepared
from kintrace.errors import KeyDestroyed, NoFace, PhotoError, SeveralFaces
from kintrace.faces import Acquirer, Acquisition, Choice, Sample, portrait
from kintrace.ledger import Actor, record
from kintrace.provenance import stripped
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
    return int(waiting_photos().count()) if any_may_wait() else 0


def renew(pack: str) -> int:
    """Let photos wait again that have no template of these packs, as after ``kintrace models add``; returns how many.

    It asks of every photo: a worker does so where it begins, not at each look for new ones.
    """
    old = unprepared(Photo._all.all(), pack)
    if not old.exists():
        return 0
    with transaction.atomic():
        count = Photo._all.filter(id__in=old.values("id")).update(state=PhotoState.WAITING, tries=0, lease=None)
        record(actor(), "photo.renewed", details={"photos": count})
    return int(count)


def run(acquirer: Acquirer, progress: Progress | None = None, most: int | None = None) -> int:
    """Work until no photo waits, or ``most`` are done; returns how many were. A run without a limit renews first."""
    if most is None:
        renew(acquirer.pack)
    done, total = 0, waiting()
    while total and (most is None or done < most):  # where none waits, nobody else's writing is held up for a look
        batch = take(TAKE if most is None else min(TAKE, most - done))
        if not batch:
            break
        files = _files(batch)
        acquired = _acquired(acquirer, [(each, files[each.id]) for each in batch if _waits(each) and each.id in files])
        for photo in batch:
            if photo.id not in files:
                Photo._all.filter(id=photo.id).update(lease=None)
            elif _waits(photo):
                finish(photo, acquired[photo.id], acquirer, files[photo.id])
            else:
                check(photo, files[photo.id])
            done += 1
            if progress:
                progress(done, max(total, done))
    return done


def take(most: int) -> list[Photo]:
    """Lease photos that wait; no two workers get the same."""
    with transaction.atomic():
        photos = waiting_photos().order_by("made_at")
        if connection.features.has_select_for_update_skip_locked:
            photos = photos.select_for_update(skip_locked=True)
        batch = list(photos[:most])
        worn = [photo for photo in batch if photo.tries >= TRIES]
        if worn:
            set_aside = Photo._all.filter(id__in=[photo.id for photo in worn])
            set_aside.filter(state=PhotoState.WAITING).update(state=PhotoState.REFUSED)
            set_aside.update(lease=None, checked=RELEASE)
            record(actor(), "photo.refused", details={"photos": len(worn)})
        batch = [photo for photo in batch if photo.tries < TRIES]
        ids = [photo.id for photo in batch]
        Photo._all.filter(id__in=ids).update(lease=timezone.now() + LEASE, tries=F("tries") + 1)
    return batch


def _waits(photo: Photo) -> bool:
    return bool(photo.state == PhotoState.WAITING)


def _files(batch: list[Photo]) -> dict[uuid.UUID, bytes]:
    """The photos' files; not of a person who is being erased."""
    found = {}
    for photo in batch:
        with suppress(KeyDestroyed, FileNotFoundError):
            found[photo.id] = get_blob(photo.person_id, photo.blob)
    return found


def _acquired(acquirer: Acquirer, waiting: list[tuple[Photo, bytes]]) -> dict[uuid.UUID, Acquisition]:
    """What was found in each photo, made of its working copy."""
    sources = [(photo.id, stripped(data) or data) for photo, data in waiting]
    return {each.key: each for each in acquirer.acquire_many(sources, keep=True)}  # type: ignore[misc]


def finish(photo: Photo, acquisition: Acquisition, acquirer: Acquirer, data: bytes) -> PhotoState | None:
    """Write what was found, in one transaction; None where the photo, or the consent, went away meanwhile."""
    state, sample = _judged(photo, acquisition)
    crop = ""
    try:
        looked = compared(photo, _looked(photo, acquisition, sample, data))
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
                looked = without_faces(looked)
            content = content_of(held)
            content["faces"] = [{"box": [round(side, 1) for side in each.face.box]} for each in acquisition.samples]
            content.pop("problem", None)
            if acquisition.error:
                content["problem"] = getattr(acquisition.error, "what", str(acquisition.error))
            if sample is not None:
                content["advice"] = list(sample.quality.advice)
                held.quality = round(sample.quality.overall)
            held.state, held.lease = state, None
            old_crop, held.crop = held.crop, crop
            keep_checks(held, content, looked, "state", "lease", "quality", "crop")
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


def _looked(photo: Photo, acquisition: Acquisition, sample: Sample | None, data: bytes) -> Looked:
    name = str(content_of(photo).get("claimed", ""))
    if acquisition.photo is None:
        return look(data, name)
    pixels = acquisition.photo.pixels
    crops = [portrait(pixels, each.face.landmarks) for each in acquisition.samples]
    return look(data, name, pixels, crops, acquisition.samples.index(sample) if sample is not None else None)


def check(photo: Photo, data: bytes) -> None:
    """Look into the file of a photo in which no face is looked for now; write what was found, in one transaction.

    A face that was cut from it before counts, and hashes of its other faces stay; without consent to face search none does.
    """
    try:
        cut = photo.crop if photo.state != PhotoState.HELD else ""
        crops = [opened_crop(get_blob(photo.person_id, cut))] if cut else []
        looked = compared(
            photo, look(data, str(content_of(photo).get("claimed", "")), None, crops, 0 if crops else None)
        )
        with transaction.atomic():
            record(actor(), "photo.checked", f"photo:{photo.id}", details={"card": card_of(photo)})
            held = Photo._all.select_for_update().filter(id=photo.id, checked__lt=RELEASE).first()
            if held is None:
                return
            held.lease = None
            held.tries = 0
            if held.state == PhotoState.HELD:
                looked = without_faces(looked)
            elif held.hashes:
                looked = with_faces(looked, Hashes.from_text(held.unseal("hashes")))
            keep_checks(held, content_of(held), looked, "lease", "tries")
    except (KeyDestroyed, FileNotFoundError):
        Photo._all.filter(id=photo.id).update(lease=None)


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
