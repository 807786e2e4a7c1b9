"""``kintrace keys``: rotate the root's, an office's, or persons' keys; make a new root key."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import Json, app, err, out, print_json, progress
from kintrace.cli.records import Yes, command
from kintrace.errors import NotPossible

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

keys = typer.Typer(help="The keys that everything is sealed under.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(keys, name="keys")

LEVELS = ("root", "office", "persons")


@command(keys, "rotate", purpose="administration")
def keys_rotate(
    scope: "Scope",
    level: Annotated[str, typer.Argument(help="root, office (all offices' keys, or one: --of), or persons.")],
    of: Annotated[str | None, typer.Option("--of", help="Code of the office whose key is rotated.")] = None,
    to: Annotated[
        Path | None, typer.Option(help="For the root: the file of another root key (kintrace keys new-root).")
    ] = None,
    to_uri: Annotated[str, typer.Option(help="For the root: a key service, gcp-kms://… or aws-kms://….")] = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Put new keys in place of the present ones, while everybody works on. Stopped or killed, run it again: it goes on."""
    from django.db import transaction

    from kintrace.casework.setup import office_coded
    from kintrace.vault import RootSource, rotate_office, rotate_person_keys, rotate_root

    if level not in LEVELS:
        raise NotPossible(
            "There is no such level of keys.", "Nothing was changed.", f"Use one of: {', '.join(LEVELS)}."
        )
    if (level != "root" and (to or to_uri)) or (level != "office" and of) or (to and to_uri):
        raise NotPossible(
            "These options do not go together.", "Nothing was changed.", "See: kintrace keys rotate --help"
        )
    scope.require("keys.rotate")
    if level == "root" and not (to or to_uri or yes):
        err.print(
            "Backups made until now open on another machine only with the present root key. Copy it first to where the"
        )
        err.print("keys of your backups are kept; afterwards the new one stands in its place.", style="bold")
        typer.confirm("Is it copied?", abort=True, err=True)
    office = office_coded(of) if of else None
    with transaction.atomic():
        scope.note("keys.rotate.begin", f"office:{office.id}" if office else "", level=level)
    err.print("Rotating. If it is stopped, run the same command again: it goes on where it was.")
    with progress("Rotating keys") as bar:
        if level == "root":
            rotate_root(RootSource(file=to, uri=to_uri) if to or to_uri else None, progress=bar)
        elif level == "office":
            rotate_office(office.id if office else None, progress=bar)
        else:
            rotate_person_keys(progress=bar)
    with transaction.atomic():
        scope.note("keys.rotate", f"office:{office.id}" if office else "", level=level)
    setting = ("KINTRACE_ROOT_KEY_FILE" if to else "KINTRACE_ROOT_KEY_URI") if to or to_uri else None
    if json:
        print_json(
            {"level": level, "office": of, "rotated": True, "root_key": str(to or to_uri) or None, "setting": setting}
        )
        return
    out.print("Done: everything is under the new keys, and the older ones are gone.")
    if setting:
        out.print(f"From now on the root key is {to or to_uri}: set {setting} before the next command.", markup=False)
    elif level == "root":
        out.print("Copy the root key anew to the place apart; backups made before need the former one.")
    if level == "persons":
        out.print(
            "Backups of the records made before open only with a keyring of their time. Make a new one: kintrace backup"
        )


@keys.command("new-root")
def new_root(
    file: Annotated[Path, typer.Argument(help="Where to write it; nothing there is overwritten.")], json: Json = False
) -> None:
    """Write a new root key to a file, to be rotated to (kintrace keys rotate root --to FILE)."""
    from kintrace.cli.records import begun

    begun()
    from kintrace.vault import make_root_key

    make_root_key(file)
    if json:
        print_json({"file": str(file)})
    else:
        out.print(f"Written: {file}. Nothing is under it yet: kintrace keys rotate root --to {file}", markup=False)
