"""``kintrace emblem withdraw``."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import FAILED, Json, err, out, print_json
from kintrace.cli.emblem import emblem_app
from kintrace.cli.emblemcommon import Folder, state_of
from kintrace.cli.emblemdns import IHLE, RESPONDER, Name, Number, Published, Resolvers
from kintrace.errors import DiscoveryError

if TYPE_CHECKING:
    from kintrace.emblem.dns import Remains
    from kintrace.emblem.dns.resolver import Server
    from kintrace.emblem.state import State

PATIENCE = 3.0
"""Seconds for each server that is asked whether an emblem is gone."""
NOT_CHECKED = 3
"""Exit code: nobody gives it who could be asked, and not all could be."""


@emblem_app.command()
def withdraw(
    name: Name,
    responder: Annotated[
        list[str] | None, typer.Option("--server", help=f"Where emblem serve listens; {RESPONDER} by default.")
    ] = None,
    resolver: Resolvers = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait until all have forgotten it.")] = 5.0,
    number: Number = IHLE,
    folder: Folder = None,
    published: Published = None,
    json: Json = False,
) -> None:
    """Withdraw the emblem of a name: serve it no longer, print the zone lines to remove, and see whether they are gone.

    It is not issued anew either. An emblem for several names is withdrawn for all of them. Ends with 0 only when all who were
    asked answered and none gives any of it, with 1 when somebody still does, and with 3 when somebody could not be asked, so that
    what they give is not known. Run it as often as you like.
    """
    from kintrace.emblem import dns

    state, asked = state_of(folder), dns.host(name)
    there = dns.Folder(published or state.folder / "published", number)
    places, unknown = _places(responder, resolver)
    here = there.get(asked)
    served = bool(here and here.emblem(there.numbers))
    gone, removed = dns.withdraw_everywhere(state, there, asked, datetime.now(UTC))

    def look() -> "list[tuple[str, Remains]]":
        return [
            (dns.plain(each), dns.remains(each, place, PATIENCE, there.numbers, resolver=is_resolver))
            for each in gone
            for place, is_resolver in places.items()
        ]

    # The lines come first: whoever waits for resolvers to forget must be able to remove them meanwhile.
    if removed and not json:
        elsewhere = f"It is withdrawn. It was not among what is published in {there.path}."
        out.print("It is withdrawn, and no longer served." if served else elsewhere, markup=False)
        _to_remove(removed)
    until, left = time.monotonic() + wait, look()
    # Lines that were pasted, and that we no longer know, are found in the DNS itself; there a resolver counts the TTL down.
    found = {_without_ttl(line): line for line in removed}
    others = {_without_ttl(line): line for _, each in left for line in each.lines if _without_ttl(line) not in found}
    if not json:
        if not removed:
            _not_again(state, dns.plain(asked), bool(others))
        _to_remove(others.values())
    while not all(each.gone for _, each in left) and time.monotonic() < until:
        time.sleep(min(1.0, max(until - time.monotonic(), 0.0)))
        left = look()
    clear = not unknown and all(each.gone for _, each in left)
    if json:
        print_json(
            {
                "names": [dns.plain(each) for each in gone],
                "lines": [*(found | others).values()],
                "gone": clear,
                "asked": [{"name": of, **each.as_json()} for of, each in left],
            }
        )
    else:
        _say(left)
    if unknown:
        err.print(f"? No resolver was asked. {unknown}", markup=False, soft_wrap=True)
    if not clear:
        raise typer.Exit(FAILED if any(each.lines for _, each in left) else NOT_CHECKED)


def _places(responder: list[str] | None, resolver: list[str] | None) -> "tuple[dict[Server, bool], str]":
    """Whom to ask, each with whether it is a resolver, and why no resolver is among them.

    Raises:
        RecordError: a text is no address with a port. Nothing was done yet.
    """
    from kintrace.emblem.dns import server
    from kintrace.emblem.dns.resolver import system_servers

    places, unknown = dict.fromkeys([server(each) for each in responder or [RESPONDER]], False), ""
    try:
        resolvers = [server(each) for each in resolver] if resolver else system_servers()
    except DiscoveryError as problem:
        resolvers, unknown = [], str(problem)
    return places | dict.fromkeys((each for each in resolvers if each not in places), True), unknown


def _not_again(state: "State", name: str, found: bool) -> None:
    """Nothing was left to withdraw: it was done before, or this is another name or another folder."""
    from kintrace.emblem.publishing import withdrawn

    out.print("There was nothing more to withdraw here.")
    when = [
        one.withdrawn for one in withdrawn(state) if name in (asset.rstrip(".").lower() for asset in one.token.assets)
    ]
    if when:
        out.print(f"The emblem of {name} was withdrawn on {max(when)[:10]}.", markup=False)
    elif not found:
        doubt = f"Nothing here knows an emblem of {name}: is the name spelled right, and is {state.folder} the folder?"
        err.print(doubt, markup=False, soft_wrap=True)


def _to_remove(lines: Iterable[str]) -> None:
    found = list(lines)
    if found:
        out.print("Remove these lines from every zone they were pasted into:\n")
        for line in found:
            out.print(line, markup=False)
        out.print()


def _say(left: "list[tuple[str, Remains]]") -> None:
    for name, each in left:
        place = f"{each.server[0]} port {each.server[1]}"
        if each.lines:
            still = f"✗ {place} still gives {name}: for {each.seconds} seconds more, or until the lines are removed."
            err.print(still, markup=False)
        elif each.problem:
            err.print(f"? {place} was not checked for {name}: {each.problem}", markup=False)
        else:
            out.print(f"✓ {place}: {'nothing listens there' if each.closed else name + ' is gone'}.", markup=False)


def _without_ttl(line: str) -> tuple[str, str]:
    owner, _, rest = line.split(maxsplit=2)
    return owner.lower(), rest
