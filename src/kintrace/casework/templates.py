"""Templates in the records and the change log that keeps every process's gallery true."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from kintrace.casework.picturerecords import NearFace
from kintrace.casework.records import Change, Person, Photo, PhotoState, Template
from kintrace.casework.scope import Scope
from kintrace.vault import batches, unseal_many

PART = 500


def opened(rows: Iterable[Template]) -> Iterator[tuple[Template, NDArray[np.float32]]]:
    """Templates with their vectors, unsealed; not of people who are being erased."""
    held = list(rows)
    sealed = ((row.person_id, row.place("vector"), bytes(row.vector)) for row in held)
    for row, data in zip(held, unseal_many(sealed), strict=True):
        if data is not None:
            yield row, np.frombuffer(data, "<f4")


def announce(templates: Iterable[Template], *, gone: bool) -> None:
    """Write templates to the change log; they, and those near them, are compared anew for near-identical faces.

    Call it after an entry to the ledger in the same transaction: the ledger's lock is held until commit, so that changes become
    visible in the order of their numbers, and a process that read up to one number misses none below it.
    """
    held = [template.id for template in templates]
    Change._all.bulk_create([Change(template=each, gone=gone) for each in held])
    _compare_again(held)


def part_from_near(photo: Photo) -> None:
    """Forget which faces are near-identical to a photo's, and let them be looked for anew: where it is from has changed.

    After an entry to the ledger, in its transaction.
    """
    held = list(Template._all.filter(photo=photo).values_list("id", flat=True))
    _compare_again(held)
    NearFace._all.filter(Q(one__in=held) | Q(other__in=held)).delete()


def _compare_again(templates: Sequence[UUID]) -> None:
    """Let templates wait for the comparison, with those near them: of many only the nearest are kept, and others may be now."""
    for held in batches(templates, PART):
        near = NearFace._all.filter(one__in=held).values("other"), NearFace._all.filter(other__in=held).values("one")
        waiting = Template._all.filter(Q(id__in=held) | Q(id__in=near[0]) | Q(id__in=near[1]), compared__gt=0)
        waiting.update(compared=0)


def unprepared(photos: "QuerySet[Photo]", pack: str) -> "QuerySet[Photo]":
    """Those of some photos whose face can be compared, but has no template of this set of packs."""
    return photos.filter(state=PhotoState.DONE).exclude(templates__pack=pack)


def revoke_templates(scope: Scope, person: Person) -> int:
    """Delete a person's templates and the hashes of their faces; photos that gave one, or wait to, are held.

    Inside a transaction that has an entry in the ledger.
    """
    from kintrace.casework.pictures import drop_face_hashes  # NumPy, that whoever opens a card does without

    templates = list(Template._all.filter(person=person).select_for_update())
    if templates:
        scope.note("template.revoke", f"person:{person.id}", templates=len(templates))
        announce(templates, gone=True)
        Template._all.filter(id__in=[template.id for template in templates]).delete()
    drop_face_hashes(person.id)
    hold = [PhotoState.WAITING, PhotoState.DONE, PhotoState.CHOOSE, PhotoState.POOR]
    Photo._all.filter(person=person, state__in=hold).update(state=PhotoState.HELD, lease=None)
    return len(templates)
