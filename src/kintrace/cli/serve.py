"""``kintrace serve``: the web pages, with a worker beside them."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from kintrace.cli.app import app, err, out
from kintrace.cli.records import Data, database_errors, deployed
from kintrace.errors import KintraceError

THREADS = 8


@app.command()
def serve(
    listen: Annotated[
        str, typer.Option(help="Address and port; only this machine by default. Put a proxy with TLS before any other.")
    ] = "127.0.0.1:8000",
    worker: Annotated[bool, typer.Option(help="Also run a worker beside, for photos and searches.")] = True,
    data: Data = None,
) -> None:
    """Serve the web pages, until Ctrl-C. What an installation may choose is in docs/pages.md."""
    deployed(data)
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise KintraceError("This is no address to listen on.", todo="Write it as 127.0.0.1:8000.")
    with database_errors():
        pages(host, int(port), worker=worker)


def pages(host: str, port: int, *, worker: bool = True) -> None:
    """Serve until interrupted, with a worker beside."""
    with _worker() if worker else contextlib.nullcontext():
        run(host, port)


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """A worker in a process of its own, so that photos make no page wait; it ends with the server."""
    nice = {} if os.name == "nt" else {"preexec_fn": lambda: os.nice(10)}
    process = subprocess.Popen([sys.executable, "-m", "kintrace", "worker"], stdout=subprocess.DEVNULL, **nice)  # type: ignore[call-overload]
    try:
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()


def run(host: str, port: int) -> None:
    """Answer requests until interrupted.

    Bodies of requests and answers stay in memory: waitress would write large ones to temporary files, unsealed.
    """
    from waitress.server import create_server

    from kintrace.site.uploads import LARGEST
    from kintrace.site.wsgi import application

    most = LARGEST + 2_000_000
    try:
        server = create_server(
            application, host=host, port=port, threads=THREADS, ident=None, max_request_body_size=most,
            inbuf_overflow=most, outbuf_overflow=most, channel_timeout=60, clear_untrusted_proxy_headers=False,
        )  # fmt: skip
    except OSError as problem:
        raise KintraceError(
            f"It is not possible to listen on {host} port {port} ({problem.strerror}).",
            todo="Is another server running there? Choose another port: --listen 127.0.0.1:8001.",
        ) from problem
    out.print(
        f"The pages: http://{'localhost' if host in ('127.0.0.1', '::1') else host}:{server.effective_port}/",
        markup=False,
    )
    err.print("Ctrl-C ends it.")
    try:
        server.run()
    finally:
        server.close()
