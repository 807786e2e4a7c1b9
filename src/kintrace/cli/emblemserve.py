"""``kintrace emblem serve``."""

import asyncio
import contextlib
import signal
from typing import Annotated

import typer

from kintrace.cli.app import Json, err, out, print_json
from kintrace.cli.emblem import emblem_app
from kintrace.cli.emblemcommon import Folder, state_of
from kintrace.cli.emblemdns import IHLE, RESPONDER, Number, Published


@emblem_app.command()
def serve(
    listen: Annotated[
        list[str] | None,
        typer.Option(help=f"Address and port to listen on, UDP and TCP; only this machine by default: {RESPONDER}."),
    ] = None,
    nameserver: Annotated[
        list[str] | None, typer.Option(help="A name under which this server stands in the zones above.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0, help="UDP answers a second for each network; 0 for no limit.")] = 20.0,
    number: Number = IHLE,
    folder: Folder = None,
    published: Published = None,
    json: Json = False,
) -> None:
    """Answer DNS queries for the names that are published, and for no others.

    What is published or withdrawn is seen within a second. Nothing is kept about who asks. Stop it with Ctrl-C or a signal.
    """
    from kintrace.emblem import dns

    responder = dns.Responder(
        published or state_of(folder).folder / "published",
        listen=[dns.server(each) for each in listen or [RESPONDER]],
        number=number,
        nameservers=[dns.plain(dns.host(each)) for each in nameserver or ()],
        rate=rate,
        told=lambda sentence: err.print(sentence, markup=False, soft_wrap=True),
    )

    def ready() -> None:
        if json:
            print_json({"listening": [list(each) for each in responder.addresses]})
            return
        for place, port in responder.addresses:
            out.print(f"Listening on {place} port {port}, UDP and TCP.", markup=False)

    async def run() -> None:
        until = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels instead
                asyncio.get_running_loop().add_signal_handler(each, until.set)
        await dns.serve(responder, until, ready)

    asyncio.run(run())
    err.print("Stopped.")
