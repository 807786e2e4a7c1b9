"""One question to a resolver: UDP, TCP after truncation, the next resolver after a failure, all within one time limit."""

import ipaddress
import time
from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from kintrace.errors import (
    DiscoveryError,
    NameUnknown,
    PartialRRset,
    RecordError,
    ResolverFailure,
    ResolverTimeout,
)

Server = tuple[str, int]
"""An address and a port."""
TRIES = 3
"""How often each resolver is asked: a datagram may be lost."""
EDNS = 1232


def server(text: str) -> Server:
    """``192.0.2.53``, ``192.0.2.53:5300``, ``2001:db8::53`` or ``[2001:db8::53]:5300`` as an address and a port.

    Raises:
        RecordError: it is none of these. A name is not looked up: that would already be a question to somebody.
    """
    word, port = text.strip(), "53"
    if word.startswith("[") and "]" in word:
        word, _, rest = word[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif word.count(":") == 1:
        word, port = word.split(":")
    word = "127.0.0.1" if word == "localhost" else word
    try:
        ipaddress.ip_address(word)
        if not 0 <= int(port) < 65536:
            raise ValueError
    except ValueError as problem:
        raise RecordError(
            f"{text!r} is not an address with a port.", todo="Give one such as 192.0.2.53:53 or [2001:db8::53]:53."
        ) from problem
    return word, int(port)


def system_servers() -> list[Server]:
    """The resolvers that this machine uses.

    Raises:
        DiscoveryError: it has none.
    """
    try:
        found = dns.resolver.Resolver()
    except dns.exception.DNSException as problem:
        raise DiscoveryError("This machine has no resolver.", todo="Name one with --resolver.") from problem
    return [(str(each), found.port) for each in found.nameservers if _is_address(str(each))]


class Resolver:
    """Some resolvers, and the moment when patience ends.

    Args:
        servers: asked in turn.
        deadline: of ``time.monotonic``.
    """

    def __init__(self, servers: Sequence[Server], deadline: float) -> None:
        self.servers, self.deadline = servers, deadline

    def ask(self, name: dns.name.Name, rdtype: int, *, tcp: bool = False) -> tuple[dns.message.QueryMessage, bool]:
        """The answer, whole, and whether it came over TCP.

        Raises:
            NameUnknown, ResolverTimeout, ResolverFailure: as :func:`discover` says.
            PartialRRset: only a truncated answer could be had.
        """
        problem: DiscoveryError = ResolverTimeout(
            f"No resolver answered in time about {name.to_text(True)}.",
            todo="Try again, or name another resolver with --resolver.",
        )
        for turn in range(TRIES):
            for place in self.servers:
                # A third of what is left at first, so that a lost datagram does not use up everything.
                left = self.deadline - time.monotonic()
                if left <= 0:
                    raise problem
                try:
                    return self._ask(name, rdtype, place, left if turn == TRIES - 1 else max(left / 3, 0.2), tcp)
                except (ResolverFailure, PartialRRset) as found:
                    problem = found
                except (dns.exception.Timeout, OSError, EOFError):
                    continue  # the next one may answer
            if isinstance(problem, ResolverFailure):
                break  # asking again what was refused or failed seldom helps
        raise problem

    def _ask(
        self, name: dns.name.Name, rdtype: int, place: Server, seconds: float, tcp: bool
    ) -> tuple[dns.message.QueryMessage, bool]:
        query = dns.message.make_query(name, dns.rdatatype.RdataType.make(rdtype), use_edns=0, payload=EDNS)
        where, port = place
        until = time.monotonic() + seconds
        if not tcp:
            try:
                message = dns.query.udp(
                    query, where, seconds, port, ignore_unexpected=True, ignore_errors=True, raise_on_truncation=True
                )
            except dns.message.Truncated:
                tcp = True
        if tcp:
            try:
                message = dns.query.tcp(query, where, max(until - time.monotonic(), 0.2), port)
            except (dns.exception.DNSException, OSError, EOFError, ValueError) as problem:
                raise PartialRRset(
                    f"The answer about {name.to_text(True)} is too long for UDP, and {where} gave none over TCP.",
                    kept="No part of it was used.",
                    todo="Name a resolver that answers over TCP with --resolver.",
                ) from problem
            if message.flags & dns.flags.TC:
                raise PartialRRset(
                    f"{where} left out part of the answer about {name.to_text(True)}.", kept="No part of it was used."
                )
        code = message.rcode()
        if code == dns.rcode.NXDOMAIN:
            raise NameUnknown(f"There is no name {name.to_text(True)}.", todo="Check its spelling.")
        if code != dns.rcode.NOERROR or not isinstance(message, dns.message.QueryMessage):
            failure = ResolverFailure(
                f"{where} could not answer about {name.to_text(True)}: {dns.rcode.to_text(code)}.",
                todo="Try again later, or name another resolver with --resolver.",
            )
            failure.code = dns.rcode.to_text(code)
            raise failure
        return message, tcp


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
