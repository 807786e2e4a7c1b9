"""DNS servers on loopback for tests: the responder in a thread, a stub resolver that forwards, and one told what to say."""

import asyncio
import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.query

from kintrace.emblem.dns import Responder, serve

Reply = Callable[[bytes, bool], bytes | None]


@contextlib.contextmanager
def responder(folder: Path, **options: Any) -> Iterator[Responder]:
    """A running responder; ``addresses[0]`` is where. Who calls ``reload`` himself gives a long ``poll``: it has one thread."""
    options = {"listen": [("127.0.0.1", 0)], "poll": 0.05, "rate": 0.0, **options}
    found = Responder(folder, **options)
    loop, until, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    problems: list[BaseException] = []

    async def run() -> None:
        served = asyncio.create_task(serve(found, until))
        while not served.done() and len(found.addresses) < len(options["listen"]):
            await asyncio.sleep(0.005)
        if not served.done():
            ready.set()
        await served

    def work() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as problem:
            problems.append(problem)
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(10)
        if problems:
            raise problems[0]
        yield found
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(until.set)
        thread.join(10)
        assert not thread.is_alive(), "the responder did not stop"


class _Udp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, sock = self.request
        reply = self.server.reply(data, False)  # type: ignore[attr-defined]
        if reply is not None:
            sock.sendto(reply, self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while size := self.rfile.read(2):
            reply = self.server.reply(self.rfile.read(int.from_bytes(size, "big")), True)  # type: ignore[attr-defined]
            if reply is None:
                return
            self.wfile.write(len(reply).to_bytes(2, "big") + reply)


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    max_packet_size = 65535


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextlib.contextmanager
def scripted(reply: Reply) -> Iterator[tuple[str, int]]:
    """A name server that says what a function says, over UDP and TCP on one port."""
    while True:
        udp = _UdpServer(("127.0.0.1", 0), _Udp)
        try:
            tcp = _TcpServer(udp.server_address, _Tcp)
            break
        except OSError:
            udp.server_close()
    servers = (udp, tcp)
    for each in servers:
        each.reply = reply  # type: ignore[attr-defined]
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield udp.server_address  # type: ignore[misc]
    finally:
        for each in servers:
            each.shutdown()
            each.server_close()


@contextlib.contextmanager
def stub(upstream: tuple[str, int]) -> Iterator[tuple[tuple[str, int], list[dns.message.Message]]]:
    """A forwarding stub resolver, as in a home router: each query goes to the upstream by the transport it came by.

    Yields:
        Its address, and the queries it got.
    """
    queries: list[dns.message.Message] = []

    def forward(wire: bytes, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        queries.append(query)
        asked = dns.query.tcp if tcp else dns.query.udp
        try:
            answer = asked(query, upstream[0], 3, upstream[1])
        except (OSError, dns.exception.DNSException):
            answer = dns.message.make_response(query)
            answer.set_rcode(dns.rcode.SERVFAIL)
        answer.flags |= dns.flags.RA
        answer.flags &= ~dns.flags.AA
        return answer.to_wire(max_size=65535)

    with scripted(forward) as address:
        yield address, queries


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
