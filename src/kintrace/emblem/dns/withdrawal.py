"""See whether an emblem is gone: from the responder, and from what resolvers still remember."""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dns.name
import dns.rdatatype

from kintrace.emblem.dns.discovery import TIMEOUT
from kintrace.emblem.dns.records import SEEN, part
from kintrace.emblem.dns.resolver import Resolver, Server
from kintrace.emblem.dns.zonefile import lines
from kintrace.errors import DiscoveryError, NameUnknown, ResolverFailure, ResolverTimeout


@dataclass(frozen=True)
class Remains:
    """What one server still says of an emblem: zone lines, and the seconds until a resolver has forgotten the last of them.

    ``problem`` says why it could not be asked; then nothing is known. ``closed`` says that no responder listens there.
    """

    server: Server
    lines: tuple[str, ...] = ()
    seconds: int = 0
    problem: str = ""
    closed: bool = False

    @property
    def gone(self) -> bool:
        """Whether it is certain that this server gives nothing."""
        return not self.lines and not self.problem

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "server": f"{self.server[0]} port {self.server[1]}", "gone": self.gone, "lines": list(self.lines),
            "seconds": self.seconds, "problem": self.problem or None,
        }  # fmt: skip


def remains(
    name: dns.name.Name,
    server: Server,
    timeout: float = TIMEOUT,
    numbers: Sequence[int] = SEEN,
    *,
    resolver: bool = False,
) -> Remains:
    """Ask one server for every type that an emblem may be in.

    Args:
        name: that bore the emblem.
        server: the responder, or a resolver.
        timeout: seconds for everything.
        numbers: types that count as IHLE.
        resolver: it answers for others: that nothing listens there, or that it refuses to answer, says nothing about the name.
            Of a responder it says all.
    """
    asked = Resolver([server], time.monotonic() + timeout)
    found: dict[str, int] = {}
    for rdtype in (*numbers, int(dns.rdatatype.TXT)):
        try:
            message, _ = asked.ask(name, rdtype)
        except NameUnknown:
            continue
        except ResolverTimeout as problem:
            if not resolver and _closed(server):
                return Remains(server, closed=True)
            return Remains(server, problem=problem.what)
        except ResolverFailure as problem:
            if problem.code == "REFUSED" and not resolver:  # it does not, or no longer, answer for this name
                continue
            return Remains(server, problem=problem.what)
        except DiscoveryError as problem:
            return Remains(server, problem=problem.what)
        for rrset in part((*message.answer, *message.additional), numbers, emblem=True):
            found |= dict.fromkeys(lines([rrset]), rrset.ttl)
    return Remains(server, tuple(found), max(found.values(), default=0))


def _closed(server: Server) -> bool:
    """Whether the machine itself says that nothing listens at this port."""
    try:
        socket.create_connection(server, 1).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False
