"""``kintrace emblem``: publish and check — what is in the DNS. See :mod:`.emblemserve` and :mod:`.emblemwithdraw`, too."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import SOME_REFUSED, Json, err, out, print_json
from kintrace.cli.emblem import emblem_app
from kintrace.cli.emblemcommon import (
    TEST_LINE,
    At,
    CrlFiles,
    Folder,
    LogsFile,
    Offline,
    RootFiles,
    TrustFiles,
    evidence_from,
    roots_from,
    show_verdict,
    state_of,
    time_of,
    trusted_from,
)
from kintrace.errors import EmblemError, RecordError

if TYPE_CHECKING:
    from dns.name import Name as DnsName

    from kintrace.emblem import Item
    from kintrace.emblem.dns import Folder as EmblemFolder
    from kintrace.emblem.state import State

IHLE, RESPONDER = 65297, "127.0.0.1:5300"

Name = Annotated[str, typer.Argument(metavar="NAME", help="The server's full name, such as records.example.org.")]
Published = Annotated[
    Path | None,
    typer.Option(
        "--published",
        envvar="KINTRACE_PUBLISHED",
        help="Folder of what emblem serve gives; published in the folder of keys and tokens by default.",
    ),
]
Number = Annotated[int, typer.Option("--type", min=1, max=65535, help="The number of the record type IHLE.")]
Resolvers = Annotated[
    list[str] | None,
    typer.Option("--resolver", help="Address of a resolver to ask, with its port; this machine's own by default."),
]


@emblem_app.command()
def publish(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Names to publish; all that have an emblem by default.")
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Take the tokens and keys of the one name from files, not from the folder."),
    ] = None,
    addresses: Annotated[
        list[str] | None,
        typer.Option("--address", help="An address of the one name, where emblem serve gives that too."),
    ] = None,
    identifier: Annotated[str, typer.Option(help="Tells this set of tokens apart from others, in profile A.")] = "",
    ttl: Annotated[int, typer.Option(min=0, max=86400, help="Seconds for which resolvers may keep the records.")] = 300,
    number: Number = IHLE,
    folder: Folder = None,
    published: Published = None,
    json: Json = False,
) -> None:
    """Print the zone lines of your emblems, to paste, and put them where emblem serve finds them.

    Each is looked at as a checker will: what would be INVALID is not published, and told; the others are, and the exit code is 3.
    """
    from kintrace.emblem import dns
    from kintrace.emblem.dns.records import addresses_of

    state, now = state_of(folder), datetime.now(UTC)
    wanted = [dns.host(name) for name in names or ()]
    if (files or addresses) and len(wanted) != 1:
        raise EmblemError("--from and --address are for one name.", "Nothing was published.", "Give that name.")
    there = dns.Folder(published or state.folder / "published", number)
    beside = addresses_of(wanted[0], addresses, ttl) if addresses else []
    found, refused = {}, []
    for name, items in _items(state, wanted, files, now).items():
        try:
            found[name] = dns.checked_records(name, items, now, identifier=identifier, ttl=ttl, number=number)
        except RecordError as problem:
            refused.append(problem)
    if not found:
        raise refused[0]
    told, replaced = [], False
    for name, rrsets in found.items():
        lines = dns.lines(rrsets)
        here = there.get(name)
        replaced = replaced or bool(here and set(dns.lines(here.emblem(there.numbers))) - set(lines))
        there.publish(name, [*rrsets, *beside])
        told.append({"name": dns.plain(name), "test": _is_test(dns.plain(name)), "lines": lines})
    _published(there, told, replaced, refused, json)
    if refused:
        raise typer.Exit(SOME_REFUSED)


def _published(
    there: "EmblemFolder", told: list[dict[str, object]], replaced: bool, refused: list[RecordError], json: bool
) -> None:
    """Say what was published and what was not."""
    for problem in refused:
        err.print(f"✗ {problem.what} It was not published. {problem.todo}", markup=False, soft_wrap=True)
    if json:
        print_json({"published": str(there.path), "names": told, "refused": [each.what for each in refused]})
        return
    for one in told:
        if one["test"]:
            out.print(f"; {TEST_LINE}", markup=False)
        for line in one["lines"]:  # type: ignore[attr-defined]
            out.print(line, markup=False)
    hint = f"Paste these lines into the zone, or run: kintrace emblem serve --published {there.path}"
    err.print(hint, markup=False, soft_wrap=True)
    if replaced:
        err.print("Take away the lines that were pasted before: two emblems at one name make both invalid.")


@emblem_app.command()
def check(
    name: Name,
    resolver: Resolvers = None,
    at: At = None,
    trust: TrustFiles = None,
    logs: LogsFile = None,
    crl: CrlFiles = None,
    roots: RootFiles = None,
    offline: Offline = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the resolver, in all.")] = 10.0,
    number: Number = IHLE,
    json: Json = False,
) -> None:
    """Find and check the emblem of a name. Only your resolver is asked, and logs: never the server that bears the emblem.

    Exit code: 0 endorsed, 10 organizational, 11 signed and leading to a key you trust, 12 signed, 13 invalid, 14 no emblem; 1
    where nothing could be found out.
    """
    from kintrace.emblem import dns

    trusted = trusted_from(trust)
    log_list, revocations = evidence_from(logs, crl)
    checked = dns.check(
        name, at=time_of(at), servers=[dns.server(each) for each in resolver or ()], trusted_keys=trusted, logs=log_list,
        crl=revocations, roots=roots_from(roots), offline=offline, timeout=timeout, numbers=dns.numbers(number),
    )  # fmt: skip
    if json:
        print_json(checked.as_json())
        raise typer.Exit(checked.verdict.exit_code)
    found = checked.found
    out.print(found.name + (f", an alias of {found.owner}" if found.owner != found.name else ""), markup=False)
    for note in found.notes:
        err.print(note, markup=False)
    for other in checked.others:
        err.print(f"Another set of tokens stands there: {other.level}. {other.why}", markup=False)
    show_verdict(checked.verdict, json)


def _items(
    state: "State", wanted: "list[DnsName]", files: list[Path] | None, now: datetime
) -> "dict[DnsName, tuple[Item, ...]]":
    """What each name is to bear.

    Raises:
        EmblemError: a name has no emblem, or there is none at all.
    """
    from kintrace.emblem.dns import items_by_name, plain
    from kintrace.emblem.publishing import signs
    from kintrace.emblem.reading import read_files

    if files:
        return {wanted[0]: tuple(read_files(files))}
    current = items_by_name(signs(state, now))
    lacking = [plain(name) for name in wanted if name not in current]
    if lacking or not current:
        raise EmblemError(
            f"There is no emblem {'for ' + ', '.join(lacking) if lacking else 'that holds'}.",
            "Nothing was published.",
            "Issue one: kintrace emblem issue",
        )
    return {name: items for name, items in current.items() if not wanted or name in wanted}


def _is_test(name: str) -> bool:
    return name.endswith(".test")
