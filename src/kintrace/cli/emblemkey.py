"""``kintrace emblem key``: new, show, csr; and ``kintrace emblem rehearse``, a certificate for trying out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kintrace.cli.app import Json, out, print_json, write_whole
from kintrace.cli.emblem import emblem_app
from kintrace.cli.emblemcommon import (
    TEST_LINE,
    Folder,
    OutFile,
    PassphraseFile,
    key_opener,
    new_passphrase,
    profile_of,
    state_of,
)
from kintrace.cli.emblemnames import organisation_of

key_app = typer.Typer(help="Keys that emblems are signed with.", no_args_is_help=True, rich_markup_mode=None)
emblem_app.add_typer(key_app, name="key")


@key_app.command("new")
def key_new(
    name: Annotated[str, typer.Argument(help="What to call it: small letters, digits, hyphens; such as root.")],
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Make a key, encrypted with a passphrase. Make one for the root, and another that the root endorses, for emblems."""
    state_of(folder).keys.make(name, new_passphrase(passphrase_file))
    key_show(name, folder, json)


@key_app.command("show")
def key_show(
    name: Annotated[str | None, typer.Argument(help="Which; all by default.")] = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Show public keys: their identifiers in both profiles, as JWK, as COSE_Key, in PEM."""
    from kintrace.emblem.keys import text_of
    from kintrace.emblem.keystore import pem_of

    keys = state_of(folder).keys
    shown = []
    for one in [name] if name else keys.names():
        public = keys.public(one)
        shown.append(
            {
                "name": one,
                "kid_a": text_of(public.kid("A")),
                "kid_b": text_of(public.kid("B")),
                "jwk": public.jwk(),
                "cose_key": public.cose().hex(),
                "pem": pem_of(public).decode("ascii"),
            }
        )
    if json:
        print_json(shown)
        return
    for each in shown:
        out.print(f"{each['name']}\n  profile B  {each['kid_b']}\n  profile A  {each['kid_a']}\n", markup=False)
    if not shown:
        out.print("There are no keys yet. Make one: kintrace emblem key new root")


@key_app.command("csr")
def key_csr(
    name: Annotated[str, typer.Argument(help="The root key.")],
    org: Annotated[str, typer.Option("--org", help="Your organisation's name on the web, such as redcross.example.")],
    profile: Annotated[
        list[str] | None, typer.Option("--profile", help="For the key's identifier in B (the default), A, or both.")
    ] = None,
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    to: OutFile = None,
) -> None:
    """Write a certificate signing request for the names that commit your organisation to the key."""
    from kintrace.emblem.keystore import request_for

    state = state_of(folder)
    profiles = tuple(profile_of(one) for one in profile or ["B"])
    key = key_opener(state, passphrase_file)(name)
    text = request_for(key, organisation_of(org), profiles).decode("ascii")
    if to:
        write_whole(to, text)
        out.print(f"Written: {to}", markup=False)
    else:
        out.print(text, markup=False, end="")


@emblem_app.command()
def rehearse(
    request: Annotated[Path, typer.Argument(metavar="CSR", help="What emblem key csr wrote, for names under .test.")],
    to: Annotated[Path, typer.Option("--out", help="Folder of the rehearsal: give the same one each time.")] = Path(
        "rehearsal"
    ),
    json: Json = False,
) -> None:
    """Only to try it out: certify a root key for names that end in .test, by an authority and a log made on the spot.

    No certificate authority does that for such names. The folder also gets what a check of the commitment needs.
    """
    from kintrace.emblem.rehearsal import Rehearsal
    from kintrace.errors import NotReadable

    try:
        asked = request.read_bytes()
    except OSError as problem:
        raise NotReadable(f"{request} cannot be read ({problem.strerror}).", "Nothing was certified.") from problem
    chain = Rehearsal(to, datetime.now(UTC)).certify(asked)
    lists = {"logs": str(to / "logs.json"), "crl": str(to / "crl.pem"), "roots": str(to / "roots.pem")}
    if json:
        print_json({"test": True, "chain": str(chain), **lists})
        return
    out.print(TEST_LINE)
    out.print(f"Written: {chain}", markup=False, soft_wrap=True)
    out.print(
        f"Check with: {' '.join(f'--{name} {file}' for name, file in lists.items())}", markup=False, soft_wrap=True
    )
