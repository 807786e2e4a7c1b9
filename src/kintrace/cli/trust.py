"""``kintrace trust``: authorities whose signers of content credentials the agency trusts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import Json, app, out, print_json, progress, say_done
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
    again = _again(scope, no_wait)
    if json:
        print_json({**told, "looked_into_again": again})
        return
    for mark in told["added"]:
        out.print(f"On the list: {mark}")
    for mark in told["known"]:
        out.print(f"Was on it already: {mark}")
    _say_again(again, no_wait)


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
    again = _again(scope, no_wait)
    if json:
        say_done("", json, mark=mark, removed=True, looked_into_again=again)
        return
    out.print("Off the list.")
    _say_again(again, no_wait)


def _again(scope: "Scope", no_wait: bool) -> int:
    from kintrace.casework.trusting import look_again
    from kintrace.cli.candidates import settle

    with progress("Looking for photos with content credentials") as bar:
        count = look_again(scope, bar)
    if count and not no_wait:
        settle()
    return count


def _say_again(count: int, no_wait: bool) -> None:
    when = "wait for “kintrace worker”" if no_wait and count else "were looked into again"
    out.print(f"Photos with content credentials that {when}: {count}.")
