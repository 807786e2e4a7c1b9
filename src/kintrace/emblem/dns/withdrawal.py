"""See whether an emblem is gone: from the responder, and from what resolvers still remember."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import dns.name
import dns.rdatatype

from kintrace.emblem.dns.discovery import TIMEOUT
from kintrace.emblem.dns.records import SEEN, part
from kintrace.emblem.dns.resolver import Resolver, Server
from kintrace.emblem.dns.zonefile import lines
from kintrace.errors import DiscoveryError, NameUnknown, ResolverFailure


@dataclass(frozen=True)
class Remains:
    """What one server still says of an emblem: zone lines, whose TTL is the time until a resolver forgets them.

    ``problem`` says why it could not be asked; then nothing is known.
    """

    server: Server
    lines: tuple[str, ...] = ()
    problem: str = ""

    @property
    def gone(self) -> bool:
        """Whether the server was asked and has nothing."""
        return not self.lines and not self.problem


def remains(name: dns.name.Name, server: Server, timeout: float = TIMEOUT, numbers: Sequence[int] = SEEN) -> Remains:
    """Ask one server for every type that an emblem may be in."""
    resolver = Resolver([server], time.monotonic() + timeout)
    found: dict[str, None] = {}
    for rdtype in (*numbers, int(dns.rdatatype.TXT)):
        try:
            message, _ = resolver.ask(name, rdtype)
        except NameUnknown:
            continue
        except ResolverFailure as problem:
            if problem.code == "REFUSED":  # it does not, or no longer, answer for this name
                continue
            return Remains(server, problem=problem.what)
        except DiscoveryError as problem:
            return Remains(server, problem=problem.what)
        for line in lines(part((*message.answer, *message.additional), numbers, emblem=True)):
            found.setdefault(line)
    return Remains(server, tuple(found))
