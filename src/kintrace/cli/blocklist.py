"""``kintrace blocklist``: pictures known to be false, for data protection officers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from kintrace.cli.app import Json, app, out, print_json, say_done
from kintrace.cli.photos import read_photo
from kintrace.cli.records import command, reason_given
from kintrace.errors import FormError

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

blocklist = typer.Typer(
    help="Pictures known to be false, kept by their hashes only.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(blocklist, name="blocklist")
Why = Annotated[
    str | None,
    typer.Option(
        "--why",
        help="Why the picture is known to be false; it stays on the list, so name nobody. Without it you are asked.",
    ),
]
ASKED = "Why, in your words; it stays on the list, so name nobody"


@command(blocklist, "add")
def blocklist_add(
    scope: "Scope",
    why: Why = None,
    which: Annotated[UUID | None, typer.Argument(metavar="[PHOTO]", help="A photo on record.")] = None,
    file: Annotated[Path | None, typer.Option(help="A picture that is on no record; it is not kept.")] = None,
    json: Json = False,
) -> None:
    """Put a picture on the list: every photo with it is quarantined, in every office, also those to come."""
    from kintrace.casework.blocking import block_photo, block_picture
    from kintrace.provenance import Inspector

    if (which is None) == (file is None):
        raise FormError("Name a photo on record, or a file.", "The list is as it was.")
    if which is not None:
        told = block_photo(scope, which, reason_given(scope, "blocklist.change", why, ASKED))
    else:
        assert file is not None
        scope.require("blocklist.change")
        with Inspector() as inspector:
            facts = inspector.inspect(read_photo(file), name=file.name)
        if not facts.hashes:
            raise FormError("The file cannot be read as a picture.", "The list is as it was.")
        told = block_picture(scope, facts.hashes, reason_given(scope, "blocklist.change", why, ASKED))
    if json:
        print_json(told)
    else:
        out.print(f"On the list as {told['entry']}. Quarantined: {told['quarantined']} photos.")


@command(blocklist, "list")
def blocklist_list(scope: "Scope", json: Json = False) -> None:
    """List the entries: why each is there, who decided and when. No hash, and no photo."""
    from kintrace.casework.blocking import blocked_pictures

    rows = blocked_pictures(scope)
    if json:
        print_json({"entries": rows})
        return
    for row in rows:
        out.print(f"{row['entry']}  {row['decided']}  {row['by']}: {row['reason']}", markup=False)
    if not rows:
        out.print("The list is empty.")


@command(blocklist, "remove")
def blocklist_remove(
    scope: "Scope",
    entry: Annotated[str, typer.Argument(help="The entry, as “kintrace blocklist list” tells it.")],
    why: Why = None,
    json: Json = False,
) -> None:
    """Take a picture off the list. Photos quarantined by it stay so until a person settles them."""
    from kintrace.casework.blocking import unblock

    unblock(scope, entry, reason_given(scope, "blocklist.change", why, "Why it is taken off"))
    say_done(
        "Off the list. Settle the photos it quarantined: kintrace photo quarantine", json, entry=entry, removed=True
    )
