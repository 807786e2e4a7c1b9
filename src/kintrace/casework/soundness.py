"""Whether the records are sound, and the mending of what a kill may leave: what ``kintrace doctor`` asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings

from kintrace.casework.consents import allowing
from kintrace.casework.erasure import finish_erasures
from kintrace.casework.records import NOT_QUARANTINED, Change, Person, Photo, Purpose, Template
from kintrace.casework.scope import Scope
from kintrace.casework.setup import system_scope
from kintrace.errors import KintraceError
from kintrace.ledger import missing_triggers, verify
from kintrace.vault import blob_ids, check, delete_blob, get_blob, living, sealed_models, unseal_many
from kintrace.vault.blobs import blob_age

BATCH = 500
OLD_TRUST_LIST = "trusted-signers.pem"
"""Where earlier releases kept whom the agency trusts; since then the list is in the records."""
LEFT_OVER = timedelta(hours=1)
"""A file without a photo is left over once it is older: a younger one may be waiting for its row."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it must be."""

    what: str
    todo: str = ""


def check_records(progress: Progress | None = None) -> list[Problem]:
    """Everything that is wrong with keys, records, files and ledger; empty where all is sound.

    Args:
        progress: called with how many people were looked at, and of how many.
    """
    problems = [Problem(each, "See docs/vault.md.") for each in check()]
    verdict = verify()
    if not verdict.ok:
        problems.append(Problem(verdict.explanation, "See docs/ledger.md; keep a copy of the database as it is."))
    if gone := missing_triggers():
        problems.append(
            Problem(f"{len(gone)} triggers that guard the ledger are missing.", "Find out who removed them.")
        )
    if (settings.DATA / OLD_TRUST_LIST).is_file():
        problems.append(Problem(
            f"The file {OLD_TRUST_LIST} in the data folder is not read any more: whom it lists is not trusted by it.",
            f"Put its authorities on the list (kintrace trust add {OLD_TRUST_LIST} --why …), then delete the file.",
        ))  # fmt: skip
    return [*problems, *_people(progress), *_sealed(), *_files(), *_templates()]


def sweep(scope: Scope) -> int:
    """End begun erasures, and delete files that no photo knows; returns how many things were mended.

    Keys without a person are left: an older backup may have been put back, and a newer one may still follow.
    """
    scope.require("retention.run")
    mended = finish_erasures(system_scope("retention"))
    for blob in list(_left_over()):
        delete_blob(blob)
        mended += 1
    return mended


def _people(progress: Progress | None) -> Iterator[Problem]:
    people = list(Person._all.values_list("id", flat=True))
    dead = 0
    for start in range(0, len(people), BATCH):
        part = people[start : start + BATCH]
        dead += len(set(part) - living(part))
        if progress:
            progress(start + len(part), len(people))
    if dead:
        yield Problem(
            f"{dead} people in the records have no key: their erasure was begun.", "Run kintrace doctor --mend."
        )


def _sealed() -> Iterator[Problem]:
    for model in sealed_models():
        fields = model.sealed_fields()
        rows = model._base_manager.order_by("pk").iterator(chunk_size=BATCH)
        broken = 0
        while part := list(islice(rows, BATCH)):
            values = [
                (getattr(row, row.key_owner), row.place(name), bytes(getattr(row, name)))
                for row in part
                for name in fields
                if getattr(row, name) is not None
            ]
            broken += _broken(values)
        if broken:
            yield Problem(
                f"{broken} values of {model._meta.db_table} do not open.", "Restore a backup; see docs/vault.md."
            )


def _broken(values: list[Any]) -> int:
    try:
        sum(1 for _ in unseal_many(values))
        return 0
    except KintraceError:
        if len(values) == 1:
            return 1
    return sum(_broken([value]) for value in values)


def _files() -> Iterator[Problem]:
    lost = 0
    for photo in Photo._all.order_by("pk").iterator(chunk_size=BATCH):
        try:
            for blob in filter(None, (photo.blob, photo.crop, photo.page)):
                get_blob(photo.person_id, blob)
        except (FileNotFoundError, KintraceError):
            lost += 1
    if lost:
        yield Problem(
            f"The files of {lost} photos are lost or do not open.", "Restore a backup: missing files come back."
        )
    if left := sum(1 for _ in _left_over()):
        yield Problem(f"{left} files belong to no photo.", "Run kintrace doctor --mend.")


def _left_over() -> Iterator[str]:
    known = {blob for each in Photo._all.values_list(*Photo.blob_fields()) for blob in each if blob}
    for blob in blob_ids():
        try:
            if blob not in known and blob_age(blob) > LEFT_OVER:
                yield blob
        except FileNotFoundError:
            continue


def _templates() -> Iterator[Problem]:
    refused = Template._all.exclude(allowing("person_id", Purpose.FACE_SEARCH)).count()
    if refused:
        yield Problem(
            f"{refused} templates are of people who do not agree to face search.", "Tell us: this must not be."
        )
    told: dict[Any, bool] = {}
    for template, gone in Change._all.order_by("number").values_list("template", "gone").iterator(chunk_size=BATCH):
        told[template] = gone
    silent = sum(told.get(each, True) for each in Template._all.filter(NOT_QUARANTINED).values_list("id", flat=True))
    if silent:
        yield Problem(
            f"{silent} templates are not in the change log.", "Restart every process: they rebuild the gallery."
        )
