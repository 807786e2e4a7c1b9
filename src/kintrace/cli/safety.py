"""``kintrace backup``, ``restore`` and ``breach-drill``: that nothing is lost, and nothing can be read by a thief."""

from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kintrace.cli.app import FAILED, Json, app, err, out, print_json, progress
from kintrace.cli.records import Data, OfficeCode, Yes, begun, command, database_errors, opened, present
from kintrace.errors import KintraceError

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope


@command(app, "backup", purpose="administration")
def backup(
    scope: "Scope",
    folder: Annotated[Path, typer.Argument(help="A folder on another disk.")],
    keyring: Annotated[bool, typer.Option(help="Also back up the keyring, in a folder of its own.")] = True,
    json: Json = False,
) -> None:
    """Back up records, photos and keyring, sealed, while everybody works on. The root key is not in it: keep that apart."""
    from kintrace.casework.backup import make_backup

    with progress("Backing up") as bar:
        made = make_backup(scope, folder, keyring=keyring, progress=bar)
    if json:
        print_json(_plain(made))
        return
    out.print(f"Records and photos: {made.records}", markup=False)
    if made.keyring:
        out.print(f"Keyring: {made.keyring}", markup=False)
        out.print("Keyrings are kept for seven days, as long as an erasure needs to reach all backups.")
    out.print(
        f"{made.rows:,} rows and {made.photos:,} files of photos. They open only with the root key, which is not there."
    )


@app.command()
def restore(
    records: Annotated[Path, typer.Argument(metavar="FILE", help="A backup of the records.")],
    keyring: Annotated[
        Path | None, typer.Option(help="A backup of the keyring, only where the keyring itself is lost.")
    ] = None,
    yes: Yes = False,
    data: Data = None,
    office: OfficeCode = None,
    json: Json = False,
) -> None:
    """Put the records back from a backup, here or on a new machine. Who was erased since stays erased."""
    for file in (records, keyring):
        if file is not None and not file.is_file():
            raise KintraceError(f"There is no file {file}.", "Nothing was changed.")
    folder = begun(data)
    from kintrace.casework.restore import restore as put_back
    from kintrace.casework.setup import make_folders

    with database_errors():
        held = folder.exists() and present()
        scope = opened(office=office, purpose="administration", whole=False) if held else None
        if scope is not None:
            scope.require("backup.restore")
            if not yes:
                err.print(
                    "The records here are put in the state of the backup: what came after it is lost.", style="bold"
                )
                typer.confirm("Go on?", abort=True, err=True)
        make_folders(folder)
        with progress("Restoring") as bar:
            again = put_back(scope, records, keyring=keyring, progress=bar)
    if json:
        print_json({"erased_again": again})
        return
    out.print("The records are back. Check them: kintrace doctor")
    if again:
        out.print(f"{again:,} cards of people erased since the backup were erased again.")


@command(app, "breach-drill", purpose="administration")
def breach_drill(
    scope: "Scope",
    into: Annotated[
        Path | None, typer.Option(help="Copy to this folder, and leave the copy there; by default it is deleted.")
    ] = None,
    json: Json = False,
) -> None:
    """Copy everything on disk except the root key, as a thief would, and look in it for everything known of everybody."""
    from django.conf import settings

    from kintrace.casework.drill import breach_drill as drill

    if into is not None and (into.exists() or into.resolve().is_relative_to(Path(settings.DATA).resolve())):
        raise KintraceError("The copy needs a new folder, outside the data folder.", "Nothing was copied.")
    with progress("Looking for what a thief could read") as bar:
        report = drill(scope, into=into, progress=bar)
    if json:
        print_json(_plain(report))
    else:
        out.print(
            f"{report.files:,} files ({report.bytes / 1e6:,.1f} MB) of {report.people:,} people were looked through"
        )
        out.print(f"for {report.values:,} values, in all common encodings.")
        if report.skipped:
            out.print(
                f"{report.skipped:,} values of fewer than four bytes were not looked for: they stand anywhere by chance."
            )
        out.print(
            "A thief with all of them, and without the root key, could read counts, sizes, times, ids and states:"
        )
        for table, told in report.in_clear.items():
            out.print(f"  {table}: {told['rows']:,} rows; in clear: {', '.join(told['columns'])}", markup=False)
        for hit in report.found:
            err.print(f"✗ {', '.join(str(part) for part in hit.values())}", markup=False)
        if report.canaries != "found":
            err.print("✗ The drill did not find what it planted: it proves nothing.")
        if report.passed:
            out.print("✓ Nothing known of anybody was found. What the drill planted, it found.")
    if not report.passed:
        raise typer.Exit(FAILED)


def _plain(value: Any) -> dict[str, Any]:
    """A result as plain data."""
    parts = asdict(value) if is_dataclass(value) and not isinstance(value, type) else {}
    return {name: str(part) if isinstance(part, Path) else part for name, part in parts.items()}
