"""Templates in the records and the change log that keeps every process's gallery true."""

from collections.abc import Iterable

from django.db.models import QuerySet

from kintrace.casework.records import Change, Person, Photo, PhotoState, Template
from kintrace.casework.scope import Scope


def announce(templates: Iterable[Template], *, gone: bool) -> None:
    """Write templates to the change log.

    Call it after an entry to the ledger in the same transaction: the ledger's lock is held until commit, so that changes become
    visible in the order of their numbers, and a process that read up to one number misses none below it.
    """
    Change._all.bulk_create([Change(template=template.id, gone=gone) for template in templates])


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
