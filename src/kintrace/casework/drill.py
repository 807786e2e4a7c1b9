"""The breach drill: copy what a thief could take, and look in it for everything known of everybody."""

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models import BinaryField

from kintrace.casework import forms
from kintrace.casework.facts import known
from kintrace.casework.pictures import Hashes
from kintrace.casework.records import Consent, Person, Photo, Template
from kintrace.casework.scope import Scope
from kintrace.casework.sought import Sought, encodings, text_encodings
from kintrace.casework.tablerows import key_tables, tables
from kintrace.vault import SealedField, get_blob

SAMPLE = 48  # bytes of a photo or a template looked for
OWN_WORDS = {*forms.FOUND_KINDS, *forms.ORIGINS, *forms.CERTAINTIES, *forms.REASONS, *forms.PRIORITIES, *forms.TOP,
             *forms.FOUND, *forms.ENQUIRER, *forms.CARD, *(word for each in forms.CHOICES.values() for word in each)}  # fmt: skip

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Report:
    """What a thief could read."""

    passed: bool
    found: list[dict[str, str]]
    """File, kind of datum and encoding of each value found; never the value."""
    files: int
    bytes: int
    people: int
    values: int
    """Values looked for, each in every encoding."""
    skipped: int
    """Values too short, or words of Kintrace itself, that were not looked for."""
    canaries: str
    """``found`` where the drill found everything it had planted; ``missed`` where it is itself broken."""
    in_clear: dict[str, dict[str, Any]]
    """Rows and the names of unsealed columns, by table."""


def breach_drill(scope: Scope, *, into: Path | None = None, progress: Progress | None = None) -> Report:
    """Copy everything on disk but the root key, and look for every known value in every file, in all common encodings.

    Args:
        scope: who asks.
        into: a new folder for the copy, which stays; by default one that is deleted.
        progress: called with how many files were looked at, and of how many.

    Raises:
        Denied: the scope does not permit it.
    """
    scope.require("breach.drill")
    place = Path(tempfile.mkdtemp(prefix="kintrace-drill-")) if into is None else into
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _copy(place)
        skipped = [0]
        sought = Sought(_values(skipped))
        files = sorted(path for path in place.rglob("*") if path.is_file())
        hits = set()
        for number, path in enumerate(files, 1):
            hits |= sought.in_file(path, str(path.relative_to(place)))
            if progress:
                progress(number, len(files))
        canaries = _canaries(place)
        report = Report(
            passed=not hits and canaries,
            found=[hit._asdict() for hit in sorted(hits)],
            files=len(files),
            bytes=sum(path.stat().st_size for path in files),
            people=Person._all.count(),
            values=len(sought),
            skipped=skipped[0],
            canaries="found" if canaries else "missed",
            in_clear=_in_clear(),
        )
    finally:
        if into is None:
            shutil.rmtree(place, ignore_errors=True)
    with transaction.atomic():
        outcome = "done" if report.passed else "failed"
        scope.note("breach.drill", outcome=outcome, files=report.files, values=report.values, found=len(report.found))
    return report


def _copy(place: Path) -> None:
    """The data folder but the root key; and, where the databases lie elsewhere, every row of them."""
    root = Path(settings.ROOT_KEY_FILE).resolve()
    for path in sorted(settings.DATA.rglob("*")):
        if path.is_file() and path.resolve() != root:
            target = place / "data" / path.relative_to(settings.DATA)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for alias in ("default", "keyring"):
        if connections[alias].vendor != "sqlite":
            _dump(alias, place / f"{alias}.dump")


def _dump(alias: str, path: Path) -> None:
    with connections[alias].cursor() as cursor, path.open("wb") as file:
        for table in connections[alias].introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connections[alias].ops.quote_name(table)}")  # noqa: S608
            for row in cursor:
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()
                    file.write(raw + b"\n")


def _values(skipped: list[int]) -> Iterator[tuple[str, str, bytes]]:
    """Everything known of everybody: kind, encoding, bytes."""
    for person in Person._all.order_by("pk").iterator(chunk_size=500):
        for name, fact in known(person).items():
            if name in forms.DATES:  # a date alone stands in many columns of times
                continue
            for text in _texts([fact.value, fact.original_script, fact.source]):
                yield from _text(name, text, skipped)
        for consent in Consent._all.filter(person=person):
            yield from _text("consent", json.loads(consent.unseal_text("content"))["given_by"], skipped)
        for template in Template._all.filter(person=person):
            yield from _template(template)
        for photo in Photo._all.filter(person=person):
            yield from _photo(photo)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _text(kind: str, text: str, skipped: list[int]) -> Iterator[tuple[str, str, bytes]]:
    own = text.casefold() in OWN_WORDS or any(text.casefold() in word for word in OWN_WORDS)
    if not text or own or len(text.encode()) < 6:
        skipped[0] += bool(text)
        return
    for encoding, data in text_encodings(text):
        yield kind, encoding, data


def _template(template: Template) -> Iterator[tuple[str, str, bytes]]:
    vector = np.frombuffer(template.unseal("vector"), "<f4")
    ways = {
        "float32": vector.astype("<f4"),
        "float32, big-endian": vector.astype(">f4"),
        "float16": vector.astype("<f2"),
    }
    for name, way in ways.items():
        for encoding, data in encodings(way.tobytes()[:SAMPLE]):
            yield "template", f"{name}, {encoding}", data
    yield "template", "json", json.dumps(vector.tolist()[:3])[1:-1].encode()


def _photo(photo: Photo) -> Iterator[tuple[str, str, bytes]]:
    for name, blob in (("photo", photo.blob), ("face crop", photo.crop)):
        if blob:
            data = get_blob(photo.person_id, blob)
            middle = len(data) // 2
            for encoding, piece in encodings(data[middle : middle + SAMPLE]):
                yield name, encoding, piece
    sha256 = json.loads(photo.unseal_text("content"))["sha256"]
    for encoding, piece in encodings(bytes.fromhex(sha256)):
        yield "SHA-256 of a photo", encoding, piece
    if photo.hashes:
        for hash in Hashes.from_text(photo.unseal("hashes")).kept:
            for encoding, piece in encodings(hash.bits):
                yield "picture hash", encoding, piece


def _canaries(place: Path) -> bool:
    """Whether the drill finds what it plants itself: a name in each encoding, at odd places of a file."""
    name = f"Canary {secrets.token_hex(4)} Нина"
    wanted = list(text_encodings(name))
    sought = Sought((encoding, encoding, data) for encoding, data in wanted)
    path = place / "canary"
    try:
        for number, (encoding, data) in enumerate(wanted):
            path.write_bytes(secrets.token_bytes(1000 + number) + data + secrets.token_bytes(77))
            if encoding not in {hit.encoding for hit in sought.in_file(path, "canary")}:
                return False
    finally:
        path.unlink(missing_ok=True)
    return True


def _in_clear() -> dict[str, dict[str, Any]]:
    """Every table's columns that are not sealed: by a field of that kind, or as ``content`` under the keys of two people."""
    told = {}
    for model in [*tables(), *apps.get_app_config("ledger").get_models(), *key_tables()]:
        columns = [
            field.column
            for field in model._meta.concrete_fields
            if not isinstance(field, SealedField) and not (isinstance(field, BinaryField) and field.name == "content")
        ]
        alias = "keyring" if model._meta.app_label == "vault" else "default"
        told[model._meta.db_table] = {"rows": model._base_manager.using(alias).count(), "columns": columns}
    return told
