"""The responder: UDP and TCP sockets around :class:`Authority`, reloaded when the folder changes, stopped cleanly.

It keeps nothing about who asks: no address is logged or stored; the only count is of answers in all.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kintrace.emblem.dns.authority import Authority
from kintrace.emblem.dns.limiting import RATE, Limiter
from kintrace.emblem.dns.published import Folder, Published, read_file
from kintrace.emblem.dns.records import IHLE, plain
from kintrace.errors import NotListening, RecordError

LISTEN = ("127.0.0.1", 5300)
CONNECTIONS, PER_NETWORK = 200, 20
"""TCP connections at once: in all, and from one network."""
QUERIES = 100
"""Queries on one TCP connection, at most."""
LONGEST = 4096
"""Bytes of a query over TCP, at most."""
IDLE, WHOLE = 10.0, 5.0
"""Seconds to wait for a next query on a TCP connection; and for the rest of one, or for its answer to be taken."""
POLL = 0.25
"""Seconds between looks at the folder: whoever publishes and then checks by hand finds what was published."""


class Responder:
    """An authoritative name server for the names in a folder.

    Args:
        folder: of zone files, as :class:`Folder` writes them.
        listen: addresses and ports; port 0 takes a free one.
        number: of the type IHLE.
        nameservers: the names by which the zones above know this responder.
        rate: UDP answers a second for each network; 0 for no limit.
        poll: seconds between looks at the folder.
        told: receives a sentence for the operator when something was published, withdrawn, or cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        listen: Sequence[tuple[str, int]] = (LISTEN,),
        number: int = IHLE,
        nameservers: Sequence[str] = (),
        rate: float = RATE,
        poll: float = POLL,
        told: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.folder = Folder(folder, number)
        self.limiter = Limiter(rate)
        self.addresses: list[tuple[str, int]] = []
        self.answered = 0
        self._listen, self._number, self._nameservers = listen, number, nameservers
        self._poll, self._told = poll, told
        self._known: dict[Path, tuple[tuple[int, int], Published | None]] = {}
        self.authority = Authority((), number, nameservers)
        self._udp: list[asyncio.DatagramTransport] = []
        self._tcp: list[asyncio.Server] = []
        self._open: dict[asyncio.Task[None], int] = {}
        self._networks: Counter[int] = Counter()
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the folder and listen.

        Raises:
            RecordError: the folder cannot be looked into.
            NotListening: an address or port cannot be used.
        """
        try:
            self.reload()
        except OSError as problem:
            raise RecordError(
                f"The folder {self.folder.path} cannot be looked into ({problem.strerror}).",
                kept="Nothing is served.",
                todo="Let the user who runs this read the folder, or name another with --published.",
            ) from problem
        if not self._known:
            self._told(f"Nothing is published in {self.folder.path} yet: until then every query is refused.")
        try:
            for host, port in self._listen:
                await self._bind(host, port)
        except OSError as problem:
            await self.stop()
            raise NotListening(
                f"{host} port {port} cannot be listened on ({problem.strerror or problem}).",
                kept="Nothing is served.",
                todo="Name another address or port with --listen; ports below 1024 need the right to use them.",
            ) from problem
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close every socket; connections that are open are cut."""
        if self._watching:
            self._watching.cancel()
        for udp in self._udp:
            udp.close()
        for server in self._tcp:
            server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, *([self._watching] if self._watching else []), return_exceptions=True)
        for server in self._tcp:
            await server.wait_closed()
        self._udp, self._tcp, self._watching, self.addresses = [], [], None, []

    def reload(self) -> None:
        """Read what changed in the folder. A file that cannot be read leaves its name as it was before."""
        files = self.folder.files()
        for path in self._known.keys() - files.keys():
            gone = self._known.pop(path)[1]
            if gone:
                self._told(f"{plain(gone.name)} is no longer served.")
        for path, stamp in files.items():
            before = self._known.get(path)
            if before and before[0] == stamp:
                continue
            found: Published | None
            try:
                found = read_file(path)
            except RecordError as problem:
                found = before[1] if before else None
                self._told(f"{problem} {'It is served as before.' if found else 'It is not served.'}")
            else:
                marked = found.emblem(self.folder.numbers)
                self._told(f"{plain(found.name)} is served{'' if marked else ', without an emblem'}.")
            self._known[path] = (stamp, found)
        self.authority = Authority(_once(self._known, self._told), self._number, self._nameservers)

    async def _bind(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        for turn in range(20):  # with port 0, the port that UDP got may be taken for TCP
            udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(host, port))
            bound = udp.get_extra_info("sockname")
            try:
                server = await asyncio.start_server(self._connected, host, bound[1], backlog=CONNECTIONS, limit=LONGEST)
            except OSError:
                udp.close()
                if port or turn == 19:
                    raise
                continue
            self._udp.append(udp)
            self._tcp.append(server)
            self.addresses.append((bound[0], bound[1]))
            return

    async def _watch(self) -> None:
        stamps, blind = {path: stamp for path, (stamp, _) in self._known.items()}, False
        while True:
            await asyncio.sleep(self._poll)
            try:
                now = await asyncio.to_thread(self.folder.files)
                if now != stamps:
                    self.reload()
                    stamps = {path: stamp for path, (stamp, _) in self._known.items()}
            except OSError as problem:
                if not blind:
                    where = f"The folder {self.folder.path} cannot be looked into ({problem.strerror})."
                    self._told(f"{where} What was read before is served, withdrawn or not, until it can.")
                blind = True
            else:
                blind = False

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        cell = self.limiter.cell(writer.get_extra_info("peername")[0])
        if task is None or len(self._open) >= CONNECTIONS or self._networks[cell] >= PER_NETWORK:
            writer.transport.abort()
            return
        self._open[task] = cell
        self._networks[cell] += 1
        # With no buffer, waiting for the client to take the answer is waiting for all of it.
        writer.transport.set_write_buffer_limits(0)
        try:
            await self._converse(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            del self._open[task]
            self._networks[cell] -= 1
            if not self._networks[cell]:
                del self._networks[cell]
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(QUERIES):
            async with asyncio.timeout(IDLE):
                size = int.from_bytes(await reader.readexactly(2), "big")
            if not 12 <= size <= LONGEST:
                return
            async with asyncio.timeout(WHOLE):
                wire = await reader.readexactly(size)
            reply = self.authority.reply(wire, tcp=True)
            if reply is None:
                return
            self.answered += 1
            writer.write(len(reply).to_bytes(2, "big") + reply)
            async with asyncio.timeout(WHOLE):
                await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    """Queries over UDP."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back, with room for bursts that the loop has not come to yet."""
        self._transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]
        found = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer, or say to come over TCP, or say nothing."""
        responder = self._responder
        verdict = responder.limiter.ask(addr[0])
        if verdict == "drop":
            return
        reply = responder.authority.reply(data) if verdict == "answer" else responder.authority.slip(data)
        if reply is not None:
            responder.answered += 1
            self._transport.sendto(reply, addr)


def _once(
    known: dict[Path, tuple[tuple[int, int], Published | None]], told: Callable[[str], None]
) -> Iterable[Published]:
    """The names, each from the first file that has it."""
    found: dict[object, Published] = {}
    for path in sorted(known):
        published = known[path][1]
        if published is None:
            continue
        if published.name in found:
            told(f"{path} is not served: {plain(published.name)} is in another file already.")
            continue
        found[published.name] = published
    return found.values()


async def serve(responder: Responder, until: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until an event is set; ``ready`` is called once it listens.

    Raises:
        NotListening: an address or port cannot be used.
    """
    await responder.start()
    try:
        ready()
        await until.wait()
    finally:
        await responder.stop()
