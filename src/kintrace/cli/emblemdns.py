"""``kintrace emblem``: publish, serve, check, withdraw."""

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import FAILED, Json, err, out, print_json
from kintrace.cli.emblem import emblem_app

if TYPE_CHECKING:
    from kintrace.emblem.dns import Remains

Name = Annotated[str, typer.Argument(metavar="NAME", help="The server's full name, such as records.example.org.")]
FolderPath = Annotated[
    Path, typer.Option("--folder", envvar="KINTRACE_PUBLISHED", help="The folder of what is published.")
]
Number = Annotated[int, typer.Option("--type", min=1, max=65535, help="The number of the record type IHLE.")]
Resolvers = Annotated[
    list[str] | None,
    typer.Option("--resolver", help="Address of a resolver to ask, with its port; this machine's own by default."),
]
RESPONDER = "127.0.0.1:5300"
PUBLISHED = Path("published")
IHLE = 65297


@emblem_app.command("serve")
def emblem_serve(
    folder: FolderPath = PUBLISHED,
    listen: Annotated[
        list[str] | None,
        typer.Option(help=f"Address and port to listen on, UDP and TCP; only this machine by default ({RESPONDER})."),
    ] = None,
    nameserver: Annotated[
        list[str] | None, typer.Option(help="A name under which this server stands in the zones above.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0, help="UDP answers a second for each network; 0 for no limit.")] = 20.0,
    number: Number = IHLE,
    json: Json = False,
) -> None:
    """Answer DNS queries for the names in the folder, and for no others.

    What is published or withdrawn is seen within a second. Nothing is kept about who asks. Stop it with Ctrl-C or a signal.
    """
    from kintrace.emblem.dns import Responder, host, plain, serve, server

    responder = Responder(
        folder,
        listen=[server(each) for each in listen or [RESPONDER]],
        number=number,
        nameservers=[plain(host(each)) for each in nameserver or ()],
        rate=rate,
        told=lambda sentence: err.print(sentence, markup=False),
    )

    async def run() -> None:
        until = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels instead
                asyncio.get_running_loop().add_signal_handler(each, until.set)
        await serve(responder, until, ready)

    def ready() -> None:
        if json:
            print_json({"listening": [list(each) for each in responder.addresses], "folder": str(folder)})
        else:
            for place, port in responder.addresses:
                out.print(f"Listening on {place} port {port}, UDP and TCP.", markup=False)

    asyncio.run(run())
    err.print("Stopped.")


@emblem_app.command("withdraw")
def emblem_withdraw(
    name: Name,
    folder: FolderPath = PUBLISHED,
    responder: Annotated[
        list[str] | None, typer.Option("--server", help=f"Where emblem serve listens ({RESPONDER} by default).")
    ] = None,
    resolver: Resolvers = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait until all have forgotten it.")] = 5.0,
    number: Number = IHLE,
    json: Json = False,
) -> None:
    """Stop serving the emblem of a name, print the zone lines to remove, and see whether they are gone.

    Ends with 0 only when nobody who was asked gives any of it. Run it as often as you like.
    """
    from kintrace.emblem.dns import SEEN, Folder, host, remains, server
    from kintrace.emblem.dns.resolver import system_servers

    asked = host(name)
    numbers = tuple(dict.fromkeys((number, *SEEN)))
    removed = Folder(folder, number).withdraw(asked)
    places = [server(each) for each in responder or [RESPONDER]]
    places += [server(each) for each in resolver] if resolver else system_servers()
    until = time.monotonic() + wait
    while True:
        left = [remains(asked, place, 3.0, numbers) for place in dict.fromkeys(places)]
        if all(each.gone for each in left) or time.monotonic() >= until:
            break
        time.sleep(min(1.0, max(until - time.monotonic(), 0.0)))
    # Lines that were pasted, and that the folder no longer knows, are found in the DNS itself.
    # A resolver counts the TTL down, so it does not tell one line from another.
    found = {_without_ttl(line): line for line in (*(line for each in left for line in each.lines), *removed)}
    gone = all(each.gone for each in left)
    if json:
        print_json({"name": name, "lines": list(found.values()), "gone": gone, "asked": [_told(each) for each in left]})
    else:
        _say(removed, list(found.values()), left)
    if not gone:
        raise typer.Exit(FAILED)


def _say(removed: list[str], found: list[str], left: list["Remains"]) -> None:
    out.print("It is no longer served from the folder." if removed else "The folder has no emblem of this name.")
    if found:
        out.print("Remove these lines from every zone they were pasted into:\n")
        for line in found:
            out.print(line, markup=False)
        out.print()
    for each in left:
        place = f"{each.server[0]} port {each.server[1]}"
        if each.lines:
            err.print(
                f"✗ {place} still gives it, and may for {each.seconds} seconds more or until the lines are removed."
            )
        elif each.problem:
            err.print(f"? {place} was not checked: {each.problem}", markup=False)
        else:
            out.print(f"✓ {place}: {'nothing listens there' if each.closed else 'gone'}.", markup=False)


def _without_ttl(line: str) -> tuple[str, str]:
    owner, _, rest = line.split(maxsplit=2)
    return owner.lower(), rest


def _told(each: "Remains") -> dict[str, object]:
    return {
        "server": f"{each.server[0]} port {each.server[1]}",
        "gone": each.gone,
        "lines": list(each.lines),
        "seconds": each.seconds,
        "problem": each.problem,
    }
