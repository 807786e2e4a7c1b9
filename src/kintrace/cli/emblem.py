"""``kintrace emblem``: the digital emblem, from its keys to its check. Here: authorise, issue, endorse, reissue, list."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import FAILED, SOME_REFUSED, Json, app, err, out, print_json, write_whole
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
from kintrace.cli.emblemnames import organisation_of, protected_of, scope_of
from kintrace.cli.emblemterms import Chain, Compat, Days, Org, ProfileOption, Purposes, Test, terms_of, write_issued
from kintrace.errors import EmblemError

if TYPE_CHECKING:
    from kintrace.emblem.state import Issued, State

emblem_app = typer.Typer(
    help="The digital emblem: issue, endorse, publish, check, withdraw.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(emblem_app, name="emblem")


@emblem_app.command()
def authorise(
    authority: Annotated[str, typer.Option(help="Who allows it: the competent authority, such as a ministry.")],
    reference: Annotated[str, typer.Option(help="Number or file of the decision.")],
    given: Annotated[str, typer.Option(help="Day from which it holds, such as 2026-11-01.")],
    until: Annotated[str, typer.Option(help="Last day on which it holds.")],
    scope: Annotated[
        list[str], typer.Option("--scope", help="A name it covers; *.name for all under it too; [2001:db8::/32].")
    ],
    purpose: Annotated[
        list[str],
        typer.Option("--purpose", help="protective, indicative, dangerous_forces, civil_defence or cultural_property."),
    ],
    document: Annotated[Path | None, typer.Option(help="The decision itself; its SHA-256 is recorded.")] = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Record that a competent authority allows you to use the emblem. Without that nothing is issued for real names."""
    from kintrace.emblem.authorisation import Authorisation, digest_of

    try:
        digest = digest_of(document.read_bytes()) if document else ""
    except OSError as problem:
        raise EmblemError(f"{document} cannot be read ({problem.strerror}).", "Nothing was recorded.") from problem
    days = [_day(given), _day(until)]
    with state_of(folder).changing() as records:
        new = Authorisation(
            records.next_id("A"), authority, reference, days[0], days[1], scope_of(scope), purposes_of(purpose),
            datetime.now(UTC), digest,
        )  # fmt: skip
        records.authorisations.append(new)
    if json:
        print_json(new.as_json())
    else:
        out.print(f"Recorded as {new.id}: {authority}, {reference}, until {new.until}.", markup=False)


@emblem_app.command()
def issue(
    names: Annotated[list[str], typer.Argument(help="What the emblem protects: names; in profile A also [addresses].")],
    key: Annotated[str, typer.Option(help="The key to sign with.")],
    org: Org = None,
    purpose: Purposes = None,
    days: Days = 7,
    profile: ProfileOption = "B",
    compat: Compat = None,
    test: Test = False,
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    to: OutFile = None,
    json: Json = False,
) -> None:
    """Issue an emblem, within what was authorised. One for the same names is replaced."""
    from kintrace.emblem import issuing

    state, terms = state_of(folder), terms_of(profile, days, compat, test)
    new = issuing.issue(
        state, key_opener(state, passphrase_file), terms, key=key, assets=protected_of(names, terms.profile),
        issuer=organisation_of(org) if org else None, purposes=purposes_of(purpose),
    )  # fmt: skip
    _issued(state, new, to, json)


@emblem_app.command()
def endorse(
    endorsed: Annotated[str, typer.Argument(metavar="KEY", help="Your own key to endorse, which signs emblems.")],
    key: Annotated[str, typer.Option(help="The key to sign with: the root key.")],
    org: Org = None,
    chain: Chain = None,
    purpose: Purposes = None,
    may_endorse: Annotated[bool, typer.Option("--may-endorse", help="The endorsed key may endorse further.")] = False,
    days: Days = 7,
    profile: ProfileOption = "B",
    compat: Compat = None,
    test: Test = False,
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    to: OutFile = None,
    json: Json = False,
) -> None:
    """Endorse one of your keys with your root key, and say where the commitment to the root key is logged."""
    from kintrace.emblem import issuing

    state = state_of(folder)
    issuer = organisation_of(org) if org else None
    log = log_from(chain, state.keys.public(key), issuer, profile_of(profile)) if chain else None
    new = issuing.endorse(
        state, key_opener(state, passphrase_file), terms_of(profile, days, compat, test), key=key, endorsed=endorsed,
        issuer=issuer, purposes=purposes_of(purpose), end=may_endorse, log=log,
    )  # fmt: skip
    if issuer and log is None:
        err.print(
            "Without --chain nobody can see that your organisation stands behind the key: an emblem that names it is invalid."
        )
    _issued(state, new, to, json)


@emblem_app.command()
def reissue(
    before: Annotated[
        float | None,
        typer.Option(min=0, max=370, help="What ends within so many days; within half its life by default."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which are due.")] = False,
    folder: Folder = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Issue anew the tokens that end soon. Let it run every day: what is not due is left as it is."""
    from kintrace.emblem import issuing

    state, now = state_of(folder), datetime.now(UTC)
    span = timedelta(days=before) if before is not None else None
    if dry_run:
        found = issuing.due(state.read(), now, span)
        if json:
            print_json([_line(one) for one in found])
        elif found:
            _table(found)
        else:
            out.print("Nothing is due.")
        return
    done = issuing.reissue(state, key_opener(state, passphrase_file), at=now, before=span)
    if json:
        print_json(
            [
                {"old": one.old.id, "new": _line(one.new) if one.new else None, "problem": one.problem or None}
                for one in done
            ]
        )
    if not json and any(one.new and one.new.test for one in done):
        out.print(TEST_LINE)
    for one in done:
        if one.problem:
            err.print(f"✗ {one.old.id} was not issued anew. {one.problem}", markup=False)
        elif not json and one.new:
            out.print(f"{one.old.id} → {one.new.id}, until {_time(one.new)}", markup=False)
    if not done and not json:
        out.print("Nothing is due.")
    outside = [one for one in done if one.new and one.new.outside]
    if outside:
        err.print("Hand endorsements of other organisations to them anew: kintrace emblem list --out FILE")
    if any(one.problem for one in done):
        raise typer.Exit(SOME_REFUSED if any(one.new for one in done) else FAILED)


@emblem_app.command("list")
def list_(
    folder: Folder = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="Write endorsements of other organisations to this file, for them.")
    ] = None,
    json: Json = False,
) -> None:
    """List authorisations, tokens that hold, and endorsements received."""
    from kintrace.emblem.profiles import key_item, read_token
    from kintrace.emblem.reading import bundle

    state, now = state_of(folder), datetime.now(UTC)
    records = state.read()
    current = [one for one in records.issued if one.current(now)]
    if to:
        outside = [one for one in current if one.outside]
        if not outside:
            raise EmblemError(
                "There is no endorsement of another organisation that holds.",
                "Nothing was written.",
                "Endorse one that asks (kintrace emblem endorse-request), or issue anew: kintrace emblem reissue",
            )
        keys = [key_item(state.keys.public(one.key), one.profile, one.key) for one in outside]
        write_whole(to, bundle(dict.fromkeys([*(one.item for one in outside), *keys])))
    if json:
        received = [read_token(one.token) for one in records.received]
        print_json(
            {
                "authorisations": [one.as_json() for one in records.authorisations],
                "issued": [_line(one) for one in current],
                "received": [{"issuer": one.issuer, "until": _iso(one.valid_until)} for one in received],
            }
        )
        return
    if not (records.authorisations or current or records.received):
        out.print("Nothing is recorded, and no token holds.")
    for one in records.authorisations:
        out.print(
            f"{one.id}  {one.authority}, {one.reference}: {', '.join(one.scope)}, until {one.until}", markup=False
        )
    _table(current)
    for each in records.received:
        token = read_token(each.token)
        out.print(f"endorsed by {token.issuer} until {_iso(token.valid_until)}", markup=False)


def _issued(state: "State", new: "Issued", to: Path | None, json: bool) -> None:
    """Say what was issued; in a file the key stands beside it, so that it can be checked."""
    from kintrace.emblem.profiles import key_item
    from kintrace.emblem.reading import bundle

    if to:
        text = bundle([new.item, key_item(state.keys.public(new.key), new.profile, new.key)])
        write_issued(to, text, new.id, "kintrace emblem publish")
    if json:
        print_json([_line(new)])
        return
    if new.test:
        out.print(TEST_LINE)
    out.print(f"Issued as {new.id}, until {_time(new)}.", markup=False)
    if not to:
        out.print(new.data.decode("ascii") if new.profile == "A" else new.data.hex(), markup=False)


def _line(one: "Issued") -> dict[str, object]:
    from kintrace.emblem.purposes import names_of

    token = one.token
    return {
        "id": one.id, "test": one.test, "profile": one.profile, "kind": token.kind, "key": one.key, "issuer": token.issuer,
        "subject": token.subject, "endorsed": one.endorsed or None, "assets": list(token.assets),
        "purposes": list(names_of(token.purposes)), "authorisation": one.authorisation, "valid_from": _iso(token.valid_from),
        "valid_until": _iso(token.valid_until), "token": one.data.decode("ascii") if one.profile == "A" else one.data.hex(),
    }  # fmt: skip


def _table(found: "Sequence[Issued]") -> None:
    for one in found:
        token = one.token
        what = ", ".join(token.assets) if token.kind == "emblem" else f"endorsement of {one.endorsed or token.subject}"
        test = "TEST  " if one.test else ""
        out.print(f"{one.id}  {test}profile {one.profile}  {what}, until {_time(one)}", markup=False)


def _time(one: "Issued") -> str:
    return _iso(one.token.valid_until)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EmblemError(f"{text} is no day.", "Nothing was recorded.", "Write it as in 2026-11-01.") from None
