"""``kintrace trust``: authorities whose signers of content credentials the agency trusts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kintrace.cli.app import Json, app, out, print_json, progress
from kintrace.cli.records import command, reason_given
from kintrace.errors import TrustListError

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

trust = typer.Typer(
    help="The trust list: authorities whose signers of content credentials the agency trusts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(trust, name="trust")
Why = Annotated[
    str | None, typer.Option("--why", help="The reason, in your words; it is kept. Without it you are asked.")
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Leave looking again into signed photos to “kintrace worker”.")]


@command(trust, "add", purpose="administration")
def trust_add(
    scope: "Scope",
    file: Annotated[Path, typer.Argument(help="Certificates of authorities, in PEM.")],
    why: Why = None,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Trust the signers that some authorities certify. Photos with content credentials are looked into again."""
    from kintrace.casework.trusting import trust as put

    try:
        pem = file.read_bytes()
    except OSError as problem:
        raise TrustListError(f"{file} cannot be opened ({problem.strerror}).", "The list is as it was.") from problem
    told = put(scope, pem, reason_given(scope, "trust.change", why))
    lines = [
        *(f"On the list: {mark}" for mark in told["added"]),
        *(f"Was on it already: {mark}" for mark in told["known"]),
    ]
    _end(scope, told, lines, json=json, no_wait=no_wait)


@command(trust, "list", purpose="administration")
def trust_list(
    scope: "Scope",
    removed: Annotated[bool, typer.Option("--removed", help="Also those that were taken off.")] = False,
    json: Json = False,
) -> None:
    """List the authorities: name, how long the certificate is valid, who trusts them, since when and why."""
    from kintrace.casework.trusting import trusted

    rows = trusted(scope, removed=removed)
    if json:
        print_json({"authorities": rows})
        return
    for row in rows:
        out.print(f"{row['mark']}  {row['name']} (valid until {row['until']})", markup=False)
        out.print(f"  {row['added']} {row['by']}: {row['reason']}", markup=False)
        if off := row.get("removed"):
            out.print(f"  taken off {off['at']} by {off['by']}: {off['reason']}", markup=False)
    if not rows:
        out.print("The list is empty: no signer is trusted.")


@command(trust, "remove", purpose="administration")
def trust_remove(
    scope: "Scope",
    mark: Annotated[str, typer.Argument(help="The authority, as “kintrace trust list” tells it.")],
    why: Why = None,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Take an authority off the list. Photos with content credentials are looked into again."""
    from kintrace.casework.trusting import distrust

    distrust(scope, mark, reason_given(scope, "trust.change", why))
    _end(scope, {"mark": mark, "removed": True}, ["Off the list."], json=json, no_wait=no_wait)


def _end(scope: "Scope", told: dict[str, Any], lines: list[str], *, json: bool, no_wait: bool) -> None:
    """After the list changed: look again into what it judged, and say what was done."""
    from kintrace.casework.trusting import look_again
    from kintrace.cli.candidates import settle

    with progress("Looking for photos with content credentials") as bar:
        count = look_again(scope, bar)
    if count and not no_wait:
        settle()
    if json:
        print_json({**told, "looked_into_again": count})
        return
    for line in lines:
        out.print(line)
    when = "wait for “kintrace worker”" if no_wait and count else "were looked into again"
    out.print(f"Photos with content credentials that {when}: {count}.")
