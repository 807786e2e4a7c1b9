"""``kintrace ledger``: verify, show, checkpoint, prove, check-proof, bursts."""

import json as json_
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kintrace.cli.app import FAILED, Json, app, err, out, print_json, progress, write_whole
from kintrace.cli.records import command
from kintrace.errors import FormError, LedgerError

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope
    from kintrace.ledger import Checkpoint

ledger = typer.Typer(
    help="The log of what was done, which shows tampering.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(ledger, name="ledger")

PublicKey = Annotated[
    str | None, typer.Option("--public-key", help="The ledger's public key, hexadecimal, as you kept it.")
]
SIGNING = "ledger-signing"


@command(ledger, "verify", purpose="audit")
def ledger_verify(
    scope: "Scope",
    kept: Annotated[
        list[Path] | None, typer.Option("--checkpoints", help="A file of checkpoints that was kept elsewhere.")
    ] = None,
    public_key: PublicKey = None,
    json: Json = False,
) -> None:
    """Check every entry, and say the first that was altered, removed, reordered or inserted.

    Give the checkpoints you keep elsewhere: without them, a ledger written anew by somebody who can change the database is not
    told from the true one.
    """
    from kintrace.ledger import public_key as of
    from kintrace.ledger import verify
    from kintrace.vault import secret

    marks = [mark for file in kept or () for mark in _checkpoints(file)]
    key = _key(public_key) if public_key else of(secret(SIGNING))
    with progress("Checking the ledger") as bar:
        verdict = verify(bar, checkpoints=marks, public_key=key)
    if json:
        print_json(
            {
                "sound": verdict.ok,
                "entries": verdict.entries,
                "first_bad": verdict.first_bad,
                "kind": verdict.kind,
                "explanation": verdict.explanation,
                "checkpoints_given": len(marks),
            }
        )
    else:
        (out if verdict.ok else err).print(f"{'✓' if verdict.ok else '✗'} {verdict.explanation}", markup=False)
        if not marks:
            out.print(
                "It was checked against the checkpoints in the database only: keep some elsewhere, and give them."
            )
    if not verdict.ok:
        raise typer.Exit(FAILED)


@command(ledger, "show", purpose="audit")
def ledger_show(
    scope: "Scope",
    who: Annotated[str | None, typer.Option(help="Only what this user did: their login name.")] = None,
    action: Annotated[str | None, typer.Option(help="Only actions that begin so, such as card or search.")] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--card", help="Only on this card, by its number, its photos and candidates; also where it was erased."
        ),
    ] = None,
    since: Annotated[str | None, typer.Option(help="From this day, as in 2026-11-23.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many, the newest first.")] = 100,
    before: Annotated[int | None, typer.Option(help="Only entries with lower numbers.")] = None,
    json: Json = False,
) -> None:
    """Show entries, the newest first: who did what, when, on which record. That you looked is an entry, too."""
    from django.db import transaction

    from kintrace.casework.erasure import erased_card
    from kintrace.casework.people import User
    from kintrace.casework.protection import records_of
    from kintrace.casework.setup import user_named
    from kintrace.ledger import as_dict, entries

    scope.require("ledger.read")
    found = entries(
        who=str(user_named(who).id) if who else None,
        action=action,
        records=records_of(erased_card(scope, on) or scope.card(on).id) if on else None,
        since=_moment(since) if since else None,
        before=before,
        most=most,
    )
    with transaction.atomic():
        scope.note("ledger.read", outcome="done" if found else "empty", entries=len(found))
    logins = {str(each.id): each.username for each in User.objects.all()}
    if json:
        print_json({"entries": [as_dict(each) | {"login": logins.get(each.who)} for each in found]})
        return
    for each in found:
        name = logins.get(each.who, each.who)
        told = f"{each.number:>8}  {each.at:%Y-%m-%d %H:%M:%S}  {name}  {each.action}  {each.record}  {each.outcome}"
        out.print(told, markup=False)


@command(ledger, "checkpoint", purpose="audit")
def ledger_checkpoint(
    scope: "Scope",
    file: Annotated[
        Path | None, typer.Option("--out", help="Add it to this file; keep that where nobody here can change it.")
    ] = None,
    json: Json = False,
) -> None:
    """Sign the ledger as it is now; kept elsewhere, the line shows later whether the ledger was written anew."""
    from kintrace.ledger import checkpoint, export_checkpoint
    from kintrace.vault import secret

    if not (scope.may("ledger.read") or scope.may("backup.make")):
        raise scope.refusal("ledger.read")
    mark = checkpoint(secret(SIGNING))
    line = export_checkpoint(mark).rstrip("\n")
    if file:
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if line not in lines:
            write_whole(file, "\n".join([*lines, line]) + "\n")
    if json:
        print_json(json_.loads(line))
    elif file:
        out.print(f"Checkpoint of entry {mark.number:,} is in {file}.", markup=False)
        out.print(f"The public key, to be kept apart from it: {mark.key}", markup=False)
    else:
        out.print(line, markup=False)


@command(ledger, "prove", purpose="audit")
def ledger_prove(
    scope: "Scope",
    number: Annotated[int, typer.Argument(min=1, help="The entry's number.")],
    file: Annotated[Path | None, typer.Option("--out", help="Write the proof to this file.")] = None,
    json: Json = False,
) -> None:
    """Make a proof that one entry stands in the ledger, which shows no other entry."""
    from django.db import transaction

    from kintrace.ledger import checkpoint, prove
    from kintrace.vault import secret

    scope.require("ledger.read")
    checkpoint(secret(SIGNING))
    proof = prove(number)
    with transaction.atomic():
        scope.note("ledger.prove", entry=number)
    if file:
        write_whole(file, proof.as_json() + "\n")
    if json:
        print_json(json_.loads(proof.as_json()))
    elif file:
        out.print(f"The proof is in {file}. To check it: kintrace ledger check-proof", markup=False)
    else:
        out.print(proof.as_json(), markup=False)


@ledger.command("check-proof")
def check_proof(
    file: Annotated[Path, typer.Argument(help="The proof.")],
    public_key: Annotated[
        str, typer.Option("--public-key", help="The ledger's public key, which reached you another way than the proof.")
    ],
    json: Json = False,
) -> None:
    """Check a proof of an entry. Needs no installation: anybody can, with the ledger's public key."""
    from kintrace.ledger.canonical import FIELDS
    from kintrace.ledger.proofs import Proof
    from kintrace.ledger.proofs import check_proof as check

    proof = Proof.from_json(_text(file))
    holds = check(proof, _key(public_key))
    if json:
        fields = dict(zip(FIELDS, proof.fields, strict=True))
        print_json({"holds": holds, "number": proof.number, "entry": fields, "signed": proof.checkpoint.at})
    elif holds:
        out.print(f"✓ Entry {proof.number} stood in the ledger so when it was signed at {proof.checkpoint.at}:")
        for name, value in zip(FIELDS, proof.fields, strict=True):
            if value:
                out.print(f"  {name}: {value}", markup=False)
    else:
        err.print("✗ The proof does not hold: the entry is not what was signed, or another key signed it.")
    if not holds:
        raise typer.Exit(FAILED)


@command(ledger, "bursts", purpose="audit")
def ledger_bursts(
    scope: "Scope",
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 30,
    minutes: Annotated[int, typer.Option(min=1, help="Within how many minutes.")] = 10,
    records: Annotated[int, typer.Option(min=1, help="More records than this are a burst.")] = 60,
    json: Json = False,
) -> None:
    """Show who read more records in a few minutes than anybody works through."""
    from django.db import transaction

    from kintrace.casework.people import User
    from kintrace.ledger import bursts

    scope.require("ledger.read")
    found = bursts(datetime.now(UTC) - timedelta(days=days), window_minutes=minutes, most=records)
    with transaction.atomic():
        scope.note("ledger.read", outcome="done" if found else "empty", bursts=len(found))
    logins = {str(each.id): each.username for each in User.objects.all()}
    rows: list[dict[str, Any]] = [
        {
            "login": logins.get(each.who),
            "who": each.who,
            "first": each.first.isoformat(),
            "last": each.last.isoformat(),
            "records": each.records,
        }
        for each in found
    ]
    if json:
        print_json({"bursts": rows})
        return
    for row in rows:
        out.print(
            f"{row['login'] or row['who']}: {row['records']} records from {row['first'][:19]} to {row['last'][:19]}"
        )
    if not rows:
        out.print("None.")


def _checkpoints(file: Path) -> "list[Checkpoint]":
    from kintrace.ledger import read_checkpoint

    return [read_checkpoint(line) for line in _text(file).splitlines() if line.strip()]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise LedgerError(f"{file} cannot be read.", todo="Is it the right file?") from problem


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise LedgerError(
            "This is no public key.", todo="It has 64 hexadecimal digits: kintrace ledger checkpoint tells it."
        )
    return key


def _moment(day: str) -> datetime:
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError as problem:
        raise FormError("This is not a day.", todo="Write it as 2026-11-23.") from problem
