"""``kintrace emblem``: request, endorse-request, receive — an organisation asks, an authority endorses."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kintrace.cli.app import Json, err, out, print_json, write_whole
from kintrace.cli.emblem import emblem_app
from kintrace.cli.emblemcommon import (
    TEST_LINE,
    Folder,
    OutFile,
    PassphraseFile,
    key_opener,
    log_from,
    profile_of,
    purposes_of,
    state_of,
)
from kintrace.cli.emblemnames import in_ascii, organisation_of
from kintrace.cli.emblemterms import Compat, Days, ProfileOption, Purposes, Test, terms_of, write_issued
from kintrace.errors import EmblemError, NotReadable


@emblem_app.command()
def request(
    key: Annotated[str, typer.Option(help="Your root key, to be endorsed.")],
    org: Annotated[str, typer.Option("--org", help="Your organisation's name on the web, such as redcross.example.")],
    names: Annotated[list[str] | None, typer.Option("--name", help="A name you mean to protect.")] = None,
    purpose: Purposes = None,
    note: Annotated[str, typer.Option(help="For the people at the authority: whom to call.")] = "",
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    to: OutFile = None,
) -> None:
    """Write a request for an authority to endorse your organisation, signed with your root key."""
    from kintrace.emblem.keys import text_of
    from kintrace.emblem.requests import write_request

    state = state_of(folder)
    text = write_request(
        key_opener(state, passphrase_file)(key), organisation_id=organisation_of(org), purposes=purposes_of(purpose),
        names=tuple(map(in_ascii, names or ())), at=datetime.now(UTC), note=note,
    )  # fmt: skip
    if to:
        write_whole(to, text + "\n")
    else:
        out.print(text, markup=False)
    err.print("Send it to the authority, and tell them by another way, such as the telephone, the key's identifiers:")
    for profile in ("B", "A"):
        err.print(f"  profile {profile}  {text_of(state.keys.public(key).kid(profile))}", markup=False)


@emblem_app.command("endorse-request")
def endorse_request(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The request you were sent.")],
    key: Annotated[str, typer.Option(help="Your root key, to sign with.")],
    org: Annotated[str, typer.Option("--org", help="Your authority's name on the web.")],
    chain: Annotated[Path, typer.Option("--chain", help="The logged certificate of your root key: fullchain.pem.")],
    purpose: Purposes = None,
    days: Days = 7,
    profile: ProfileOption = "B",
    compat: Compat = None,
    test: Test = False,
    yes: Annotated[bool, typer.Option("--yes", help="You have compared the key's identifier by another way.")] = False,
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    to: OutFile = None,
) -> None:
    """As an authority: endorse the organisation that sent a request. Record your decision first: kintrace emblem authorise."""
    from kintrace.emblem import issuing
    from kintrace.emblem.keys import text_of
    from kintrace.emblem.profiles import key_item
    from kintrace.emblem.purposes import names_of
    from kintrace.emblem.reading import bundle
    from kintrace.emblem.requests import read_request

    try:
        asked = read_request(file.read_bytes())
    except OSError as problem:
        raise NotReadable(f"{file} cannot be read ({problem.strerror}).", "Nothing was issued.") from problem
    wanted, state = profile_of(profile), state_of(folder)
    given = purposes_of(purpose) if purpose else asked.purposes
    if given & ~asked.purposes:
        raise EmblemError(
            f"The request does not ask for {', '.join(names_of(given & ~asked.purposes))}.", "Nothing was issued."
        )
    kid = asked.key.kid(wanted)
    err.print(f"{asked.organisation} asks to be endorsed for: {', '.join(names_of(asked.purposes))}.", markup=False)
    err.print(f"Names: {', '.join(asked.names) or 'none given'}. Note: {asked.note or 'none'}", markup=False)
    err.print(f"Key: {text_of(kid)}", markup=False)
    if not yes:
        typer.confirm("Have you compared the key's identifier with them by another way?", abort=True, err=True)
    issuer = organisation_of(org)
    log = log_from(chain, state.keys.public(key), issuer, wanted)
    new = issuing.endorse_other(
        state, key_opener(state, passphrase_file), terms_of(profile, days, compat, test), key=key, kid=kid,
        subject=asked.organisation, issuer=issuer, purposes=given, log=log,
    )  # fmt: skip
    text = bundle([new.item, key_item(state.keys.public(key), wanted, key)])
    if new.test:
        err.print(TEST_LINE)
    if to:
        write_issued(to, text, new.id, "kintrace emblem list --out FILE")
        out.print(f"Issued as {new.id}. Send {to} to {asked.organisation}.", markup=False)
    else:
        out.print(text, markup=False, end="")


@emblem_app.command()
def receive(
    files: Annotated[list[Path], typer.Argument(help="What the authority sent you.")],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Keep an authority's endorsement of your root key, to publish it with your emblems."""
    from kintrace.emblem import requests
    from kintrace.emblem.profiles import read_token
    from kintrace.emblem.reading import read_files

    taken = [read_token(one.token) for one in requests.receive(state_of(folder), read_files(files), datetime.now(UTC))]
    if json:
        print_json(
            [{"issuer": one.issuer, "subject": one.subject, "valid_until": int(one.valid_until)} for one in taken]
        )
        return
    for one in taken:
        until = datetime.fromtimestamp(one.valid_until, UTC)
        out.print(f"{one.issuer} endorses {one.subject} until {until:%Y-%m-%d %H:%M} UTC. Publish anew.", markup=False)
