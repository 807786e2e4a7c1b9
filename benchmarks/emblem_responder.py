"""Answers a second of the emblem's responder over UDP, beside a plain dnspython server that echoes the question.

    .venv/bin/python benchmarks/emblem_responder.py [--seconds 2] [--turns 5] [--json]

Each server runs in a process of its own; one client process keeps some queries on the way, as a busy resolver does, and takes
turns between the servers, so that a disturbance meets them all. The figure is the best turn of each. The echo parses the query
with dnspython and sends it back as a response without records: what any server on dnspython must do at least. The responder adds
a token of 400 bytes and a key, authority and size rules, and its rate limit. It keeps replies ready: "no reply ready" asks with
another EDNS option each time.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import socket
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import dns.edns
import dns.message

from kintrace.emblem.dns import IHLE, Folder, Responder, host, records, serve
from kintrace.emblem.items import Item

NAME = "records.national-society.example.org"
ON_THE_WAY = 32


class Echo(asyncio.DatagramProtocol):
    """The plainest name server that dnspython allows."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Send the question back."""
        self.transport.sendto(dns.message.make_response(dns.message.from_wire(data)).to_wire(), addr)


def echo(ready: Connection) -> None:
    """A process with the echo server."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
        ready.send(transport.get_extra_info("sockname"))
        await asyncio.Event().wait()

    asyncio.run(run())


def responder(ready: Connection) -> None:
    """A process with the responder; its limit is on, and so high that it lets this client through."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            items = [Item("B", "token", b"\xd8\x3d" + bytes(398), ""), Item("B", "key", b"\xa1" + bytes(74), "")]
            Folder(Path(folder)).publish(host(NAME), records(host(NAME), items))
            found = Responder(Path(folder), listen=[("127.0.0.1", 0)], rate=1e9)
            task = asyncio.create_task(serve(found, asyncio.Event()))
            while not found.addresses:
                await asyncio.sleep(0.01)
            ready.send(found.addresses[0])
            await task

    asyncio.run(run())


def answers(address: tuple[str, int], seconds: float, *, new: bool) -> float:
    """Answers a second, with as many queries on the way as ``ON_THE_WAY``."""
    queries = []
    for number in range(30_000 if new else 256):
        # The number of the option is one for local use; its content is never the same.
        options = [dns.edns.GenericOption(65001, os.urandom(8))] if new else []
        query = dns.message.make_query(NAME, IHLE, use_edns=0, payload=1232, options=options, id=number)
        queries.append(query.to_wire())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(address)
        client.settimeout(1)
        for number in range(ON_THE_WAY):
            client.send(queries[number])
        done, sent, start = 0, ON_THE_WAY, time.perf_counter()
        while time.perf_counter() - start < seconds:
            client.recv(4096)
            client.send(queries[sent % len(queries)])
            done += 1
            sent += 1
        took = time.perf_counter() - start
        for _ in range(ON_THE_WAY):
            client.recv(4096)
    return done / took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    places, processes = {}, []
    for name, work in (("echo", echo), ("responder", responder)):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there,), daemon=True)
        process.start()
        processes.append(process)
        places[name] = here.recv()
    works = {
        "dnspython echo": (places["echo"], False),
        "responder, no reply ready": (places["responder"], True),
        "responder": (places["responder"], False),
    }
    best = dict.fromkeys(works, 0.0)
    for _ in range(options.turns):
        for name, (address, new) in works.items():
            best[name] = max(best[name], answers(address, options.seconds, new=new))
    for process in processes:
        process.terminate()
    plain = best["dnspython echo"]
    if options.json:
        print(json.dumps({"machine": platform.processor() or platform.machine(), "answers_per_second": best}, indent=2))
        return
    for name, figure in best.items():
        print(f"{name:32} {figure:10,.0f} answers/s   {figure / plain:5.2f} × echo")


if __name__ == "__main__":
    main()
