"""``kintrace photo``: add, choose, withdraw, save; and the work on photos that wait."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kintrace.cli.app import SOME_REFUSED, Json, app, err, out, print_json, progress, write_whole
from kintrace.cli.records import CardNumber, Part, Yes, command
from kintrace.errors import FormError, KintraceError, NotAPhoto, TooManyBytes

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

photo = typer.Typer(help="Photos of the people on cards.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(photo, name="photo")

PhotoId = Annotated[UUID, typer.Argument(metavar="PHOTO", help="The photo's id, as “kintrace card show” tells it.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Leave the work on photos to “kintrace worker”.")]

STATES = {
    "waiting": "waits to be worked on: kintrace worker",
    "done": "ready: the face can be compared",
    "held": "kept; without consent to face search no face is looked for",
    "no_face": "kept; no face was found in it",
    "choose": "kept; it shows several faces: say which one with “kintrace photo choose”",
    "poor": "kept; the face is too poor to be compared",
    "refused": "kept; it cannot be read as a picture",
}
"""What became of a photo, in words."""
HELD_BACK = {
    "lead_only": "a lead only",
    "quarantined": "in quarantine, and compared with nobody until that is settled: kintrace photo quarantine",
}
"""What a photo may not be used for, whatever became of it."""


def read_photo(path: Path, kept: str = "It was not kept.") -> bytes:
    """A photo's bytes, if it is a file of a size that can be used.

    Args:
        path: of the file.
        kept: what an error says of keeping it; empty for a command that keeps nothing.

    Raises:
        PhotoError: it is not; says which file.
    """
    from kintrace.faces import Limits

    try:
        if not path.is_file() and path.exists():
            raise NotAPhoto(
                f"{path} is a folder, a pipe or a device, not a file.", "It was not read.", "Choose a photo file."
            )
        if path.stat().st_size > Limits().max_bytes:
            most = Limits().max_bytes // 1_000_000
            raise TooManyBytes(f"{path} is larger than {most} MB.", kept, "Save the photo smaller.")
        return path.read_bytes()
    except OSError as problem:
        raise NotAPhoto(f"{path} cannot be opened ({problem.strerror}).", kept, "Check the path.") from problem


def work_on_photos() -> int:
    """Find the faces in all photos that wait, with a progress bar; returns how many photos were worked on."""
    from kintrace.casework.photoqueue import waiting_photos

    if not waiting_photos().exists():
        return 0
    from kintrace.casework import worker
    from kintrace.cli.search import opened_acquirer

    acquirer, _ = opened_acquirer(None)
    with acquirer, progress("Looking at the photos") as bar:
        return worker.run(acquirer, bar)


def states(scope: "Scope", ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What became of some photos, in the order asked."""
    from kintrace.casework.photos import problem_of

    rows = {each.id: each for each in scope.photos().filter(id__in=ids)}
    return [
        {
            "id": str(each),
            "state": rows[each].state,
            "quality": rows[each].quality,
            "problem": problem_of(rows[each]),
            "assessment": rows[each].assessment,
        }
        for each in ids
        if each in rows
    ]


def say_states(told: Sequence[dict[str, Any]]) -> None:
    """The same, for people."""
    for each in told:
        quality = f" (quality {each['quality']} of 100)" if each["quality"] is not None else ""
        why = f" ({each['problem']})" if each["problem"] else ""
        held = f"; {HELD_BACK[each['assessment']]}" if each["assessment"] in HELD_BACK else ""
        out.print(f"  photo {each['id']}: {STATES[each['state']]}{quality}{why}{held}", markup=False)


@command(photo, "add")
def photo_add(
    scope: "Scope",
    card: CardNumber,
    files: Annotated[list[Path], typer.Argument(help="Photos, all of one person.")],
    part: Part = "subject",
    face: Annotated[
        str, typer.Option(help="Which face of a photo with several: a number from 1, the largest; largest; central.")
    ] = "",
    role: Annotated[str, typer.Option(help="What the photo shows: portrait, group, document, …")] = "portrait",
    origin: Annotated[str, typer.Option(help="family, authority, own_staff, media or social_media.")] = "family",
    taken: Annotated[str, typer.Option(help="When it was taken: 2019, 2019-07, 2015..2018.")] = "",
    source_url: Annotated[str, typer.Option(help="Where it was found, if on a page.")] = "",
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Add photos to a card; the faces in them are found at once."""
    from kintrace.casework.forms import photo_form
    from kintrace.casework.photos import attach
    from kintrace.cli.candidates import settle

    checked_part(part)
    given = {"role": role, "origin": origin, "taken": taken, "source_url": source_url, "face": face}
    forms = [photo_form({"path": str(path), **given}) for path in files]
    ids, known, refused = [], 0, []
    for path, form in zip(files, forms, strict=True):
        try:
            kept, new = attach(scope, card, read_photo(path), form, part=part)
        except KintraceError as problem:
            if len(files) == 1:
                raise
            refused.append({"photo": str(path), "error": type(problem).__name__, "problem": str(problem)})
        else:
            ids.append(kept.id)
            known += not new
    if not no_wait:
        settle()
    told = states(scope, list(dict.fromkeys(ids)))
    if json:
        print_json({"photos": told, "already_there": known, "refused": refused})
    else:
        say_states(told)
        if known:
            out.print(f"  {known} of them {'was' if known == 1 else 'were'} on the card already.")
        for each in refused:
            err.print(f"✗ {each['photo']}: {each['problem']}", markup=False)
    if refused or any(each["state"] == "refused" for each in told):
        raise typer.Exit(SOME_REFUSED)


@command(photo, "choose")
def photo_choose(
    scope: "Scope",
    which: PhotoId,
    number: Annotated[int, typer.Argument(min=1, help="The face that is the person: from 1, the largest first.")],
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Say which face of a photo is the person on the card."""
    from kintrace.casework.photos import choose_face
    from kintrace.cli.candidates import settle

    choose_face(scope, which, number)
    if not no_wait:
        settle()
    told = states(scope, [which])
    if json:
        print_json(told[0])
    else:
        say_states(told)


@command(photo, "withdraw")
def photo_withdraw(scope: "Scope", which: PhotoId, yes: Yes = False, json: Json = False) -> None:
    """Take a photo back: it is deleted, with all that was made of it, and leaves every search."""
    from kintrace.casework.photos import withdraw

    if not yes:
        typer.confirm("Delete this photo? It cannot be undone.", abort=True, err=True)
    withdraw(scope, which)
    if json:
        print_json({"id": str(which), "deleted": True})
    else:
        out.print("Deleted. Older backups still hold it, sealed, until they are deleted or the person is erased.")


@command(photo, "save")
def photo_save(
    scope: "Scope",
    which: PhotoId,
    file: Annotated[Path, typer.Argument(help="Where to write it; nothing there is overwritten.")],
    crop: Annotated[bool, typer.Option("--crop", help="Only the face, upright.")] = False,
    whole_file: Annotated[
        bool,
        typer.Option("--original", help="The file as it came, with place, serial numbers and all, for those allowed."),
    ] = False,
    page: Annotated[bool, typer.Option("--page", help="The saved page it was found on, for those allowed.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Write a copy of a photo that is no longer protected: the picture, without what else is written in the file."""
    from kintrace.casework.photos import original, picture, saved_page

    if crop + whole_file + page > 1:
        raise FormError("Say one thing.", "Nothing was written.", "Use --crop, --original or --page.")
    if file.exists():
        raise KintraceError(f"{file} is there already.", "It was left as it is.", "Name another file.")
    err.print("The copy is not encrypted: whoever gets at the file sees the person, and Kintrace cannot erase it.")
    if not yes:
        typer.confirm("Write it?", abort=True, err=True)
    read = original if whole_file else saved_page if page else partial(picture, crop=crop)
    write_whole(file, read(scope, which))
    if json:
        print_json({"id": str(which), "file": str(file)})
    else:
        out.print(f"Written: {file}. Delete it as soon as it has served.", markup=False)


def checked_part(part: str) -> None:
    """A part of a card, as typed."""
    if part not in ("subject", "enquirer"):
        raise FormError("There is no such part of a card.", "Nothing was changed.", "Use subject or enquirer.")
