"""Import a folder: cards from a CSV file, and the photos it names. Safe to run twice, and after a kill.

Each row makes one card. Its keyed fingerprint is kept with the card, so that the same row of the same file name is not
imported again; a photo of the same person with the same bytes is kept once.
"""

import csv
import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from kintrace.casework.forms import FACES, LISTS, CardForm, PhotoForm, card_form, which_face
from kintrace.casework.photos import attach
from kintrace.casework.records import Card, NotAgain
from kintrace.casework.registration import register_many
from kintrace.casework.scope import Scope
from kintrace.errors import FormError, KintraceError
from kintrace.vault import secret

AT_ONCE = 50  # cards in one transaction

Progress = Callable[[int, int], None]


@dataclass
class Imported:
    """What an import did."""

    cards: int = 0
    photos: int = 0
    known_cards: int = 0
    known_photos: int = 0
    photo_ids: list[UUID] = field(default_factory=list)
    """Of the photos of this import, new or known."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Where, such as ``cards.csv row 7``, and why."""


def import_folder(
    scope: Scope,
    folder: Path,
    *,
    cards: Path | None = None,
    face: str = "",
    progress: Progress | None = None,
) -> Imported:
    """Import every row of a folder's CSV file, with the photos beside it.

    Columns are the keys of a form: ``kind``, facts with their part before a point (``sought.full_name``,
    ``enquirer.relationship``, ``consent.capacity``, ``consent.face_search``), and ``photos``: paths in the folder, joined by
    semicolons; a path may name the face that is meant, as in ``group.jpg#2`` or ``group.jpg#largest``. A fact without a part
    belongs to the sought or found person.

    Args:
        scope: who imports.
        folder: where the photos are.
        cards: the CSV file, where it is not the only one there.
        face: which face is meant in photos that do not say: ``largest``, ``central``, or empty.
        progress: is told rows done, and of how many.

    Raises:
        FormError: there is no CSV file, or it has no column ``kind``.
        Denied: the scope may not register cards.
    """
    scope.require("card.register")
    scope.require("photo.add")
    file = cards or _only_csv(folder)
    rows = list(_rows(file))
    done = Imported()
    finished = 0
    for start in range(0, len(rows), AT_ONCE):
        piece = rows[start : start + AT_ONCE]
        for number, card, form in _kept(scope, file, piece, done):
            _photos(scope, folder, file, number, card, _with_faces(form.photos, face), done)
            finished += 1
            if progress:
                progress(finished, len(rows))
        finished = start + len(piece)
        if progress:
            progress(finished, len(rows))
    return done


def _kept(
    scope: Scope, file: Path, piece: Sequence[tuple[int, Mapping[str, str]]], done: Imported
) -> Iterator[tuple[int, Card, CardForm]]:
    """The cards of some rows: new ones are registered together, those imported before are found."""
    key = secret("import-rows")
    wanted: dict[bytes, tuple[int, CardForm]] = {}
    for number, row in piece:
        if "" in row:
            done.refused.append((f"{file.name} row {number}", "It has more or fewer cells than the first line."))
            continue
        try:
            form = card_form(_form(row))
        except FormError as problem:
            done.refused.append((f"{file.name} row {number}", str(problem)))
            continue
        # The office's own: another one that imports the same rows has cards of its own, and learns nothing of these.
        mark = hmac.digest(key, repr((str(scope.office), file.name, sorted(row.items()))).encode(), hashlib.sha256)[:16]
        if mark in wanted:
            done.refused.append((f"{file.name} row {number}", f"It is the same as row {wanted[mark][0]}."))
            continue
        wanted[mark] = number, form
    for gone in NotAgain._all.filter(mark__in=list(wanted)):
        number, _ = wanted.pop(bytes(gone.mark))
        done.refused.append((f"{file.name} row {number}", "Its card was erased here: it is not imported again."))
    known = _known(wanted)
    new = [mark for mark in wanted if mark not in known]
    try:
        made = register_many(scope, [wanted[mark][1] for mark in new], new) if new else []
    except IntegrityError:  # somebody else is importing the same rows at this moment
        known = _known(wanted)
        new = [mark for mark in new if mark not in known]
        made = register_many(scope, [wanted[mark][1] for mark in new], new) if new else []
    except FormError:  # one of them names an unknown bureau or office: one by one, so that only that row is refused
        made, good = [], []
        for mark in new:
            try:
                made += register_many(scope, [wanted[mark][1]], [mark])
                good.append(mark)
            except FormError as problem:
                done.refused.append((f"{file.name} row {wanted[mark][0]}", str(problem)))
        new = good
    done.cards += len(made)
    done.known_cards += len(known)
    for mark, card in [*known.items(), *zip(new, made, strict=True)]:
        yield wanted[mark][0], card, wanted[mark][1]


def _known(marks: Iterable[bytes]) -> dict[bytes, Card]:
    """Cards made by earlier imports of rows."""
    return {bytes(card.imported_as): card for card in Card._all.filter(imported_as__in=list(marks))}


def _photos(
    scope: Scope, folder: Path, file: Path, number: int, card: Card, photos: Sequence[PhotoForm], done: Imported
) -> None:
    from kintrace.faces import load  # a heavy room, not needed by the other verbs

    root = folder.resolve()
    for form in photos:
        where = f"{file.name} row {number}, photo {Path(form.path).name}"
        try:
            path = (folder / form.path).resolve()
            if not path.is_relative_to(root):
                raise FormError("The photo lies outside the folder.", "It was not read.", "Put it into the folder.")
            kept, new = attach(scope, str(card.id), load(path), form)
            done.photo_ids.append(kept.id)
        except KintraceError as problem:
            done.refused.append((where, str(problem)))
        except OSError as problem:
            done.refused.append((where, f"It cannot be opened: {problem.strerror}."))
        else:
            done.photos += new
            done.known_photos += not new


def _with_faces(photos: Sequence[PhotoForm], face: str) -> list[PhotoForm]:
    """Photos with the face that is meant: by the end of their path, or as for all."""
    told = []
    for form in photos:
        path, sign, which = form.path.rpartition("#")
        if sign and (which.isdigit() or which in FACES):
            told.append(replace(form, path=path, face=which_face(which)))
        else:
            told.append(replace(form, face=form.face or face))
    return told


def _only_csv(folder: Path) -> Path:
    found = sorted(folder.glob("*.csv"))
    if len(found) != 1:
        raise FormError(
            f"The folder has {len(found) or 'no'} CSV files; one is needed."
            if folder.is_dir()
            else "There is no such folder.",
            "Nothing was imported.",
            "Say which: --cards FILE.",
        )
    return found[0]


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            if not table.fieldnames or "kind" not in table.fieldnames:
                raise FormError("The CSV file has no column “kind”.", "Nothing was imported.", "See docs/cards.md.")
            for number, row in enumerate(table, 2):
                if None in row.values() or None in row:
                    yield number, {"": "cells"}
                    continue
                yield number, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise FormError(
            f"The CSV file cannot be read ({type(problem).__name__}).", "Nothing was imported.", "Save it as UTF-8 CSV."
        ) from problem


def _form(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as a form."""
    form: dict[str, Any] = {}
    part = "sought" if row.get("kind") == "tracing_request" else "found"
    top = ("kind", "reason", "priority", "legal_basis", "review_due", "expires", "bureaus", "photos")
    for column, text in row.items():
        if not text:
            continue
        name, point, key = column.partition(".")
        if not point:
            name, key = ("", column) if column in top else (part, column)
        value: Any = (
            [each.strip() for each in text.split(";") if each.strip()] if key in (*LISTS, "bureaus", "photos") else text
        )
        if name == "":
            form[key] = value
        elif name == "consent" and key not in ("given_by", "capacity", "language", "date", "method", "withheld_from"):
            if text.casefold() not in ("yes", "no"):
                raise FormError(f"The column “{column}” must say yes or no.", "The row was not imported.")
            form.setdefault("consent", {}).setdefault("purposes", {})[key] = text.casefold() == "yes"
        elif name == "consent" and key == "withheld_from":
            form.setdefault("consent", {})[key] = text.split(";")
        else:
            form.setdefault(name, {})[key] = value
    return form
