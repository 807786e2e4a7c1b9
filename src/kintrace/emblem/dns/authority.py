"""What to answer: from a query's bytes to the reply's, without a socket.

Each published name is a zone of its own. The whole IHLE RRset goes into the Additional section of any answer for the name, or
nothing of it and TC (draft-linker-diem-adem-dns-02 §3.3). A reply that does not fit says TC and carries no records at all, so
that no part of an RRset is ever sent and a truncated reply is no larger than its query.
"""

from collections.abc import Iterable, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from kintrace.emblem.dns.published import Published
from kintrace.emblem.dns.records import IHLE, TTL

UDP, UDP_EDNS, TCP = 512, 1232, 65535
"""Bytes of a reply at most: RFC 1035 §4.2.1; the size of the DNS Flag Day 2020, which no network has to fragment; TCP's."""
KEPT = 4096
"""Replies kept ready."""
NEVER = range(128, 255)
"""Types of questions that are no data: transfers, TSIG, MAILB (RFC 6895 §3.1); 255, ANY, is answered."""


class Authority:
    """Answers for exactly the names published.

    Args:
        published: the names.
        number: of the type IHLE.
        nameservers: the names of this responder, for NS and SOA.
    """

    def __init__(self, published: Iterable[Published], number: int = IHLE, nameservers: Sequence[str] = ()) -> None:
        self.names = {each.name: each for each in published}
        self._ihle = dns.rdatatype.RdataType.make(number)
        self._above = {parent for name in self.names for parent in _parents(name)}
        servers = [dns.name.from_text(each) for each in nameservers]
        self._soa = {each.name: _soa(each, servers) for each in self.names.values()}
        self._ns = {
            name: dns.rrset.from_text(name, TTL, "IN", "NS", *map(str, servers)) for name in self.names if servers
        }
        self._ready: dict[bytes, bytes] = {}

    def reply(self, wire: bytes, *, tcp: bool = False) -> bytes | None:
        """The reply to a query; ``None`` for what is not a query, or not a whole one.

        Args:
            wire: the query, without TCP's length.
            tcp: whether it came over TCP.
        """
        if len(wire) < 12 or wire[2] & 0x80:
            return None
        # Equal queries differ in their identifier, and in capitals, which cautious resolvers throw dice for.
        end = _end_of_name(wire)
        same = wire[2:12] + wire[12:end].lower() + wire[end:]
        if not tcp and (ready := self._ready.get(same)) is not None:
            return wire[:2] + ready[2:12] + wire[12:end] + ready[end:]
        if wire[2] >> 3 & 15 != dns.opcode.QUERY:
            return wire[:2] + bytes([0x80 | wire[2] & 0x79, dns.rcode.NOTIMP]) + bytes(8)
        query = _parsed(wire)
        if query is None:
            return None
        response = self._response(query)
        limit = TCP if tcp else min(max(query.payload, UDP), UDP_EDNS) if query.edns >= 0 else UDP
        try:
            found = response.to_wire(max_size=limit)
        except dns.exception.TooBig:
            return _cut(query)
        if not tcp and response.rcode() == dns.rcode.NOERROR:
            if len(self._ready) >= KEPT:
                self._ready.clear()
            self._ready[same] = found
        return found

    def slip(self, wire: bytes) -> bytes | None:
        """The reply to a query that comes once too often: ask over TCP. It is no larger than the query."""
        query = _parsed(wire) if len(wire) >= 12 and not wire[2] & 0xF8 else None
        return _cut(query) if query else None

    def _response(self, query: dns.message.QueryMessage) -> dns.message.Message:
        response = dns.message.make_response(query, our_payload=UDP_EDNS, pad=0)
        asked = query.question[0]
        if query.edns > 0:
            response.set_rcode(dns.rcode.BADVERS)
            return response
        place = self._place(asked.name, asked.rdtype)
        if place is None or asked.rdclass != dns.rdataclass.IN or asked.rdtype in NEVER:
            response.set_rcode(dns.rcode.REFUSED)
            return response
        response.flags |= dns.flags.AA
        if place.name != asked.name:
            if asked.name not in self._above and asked.name not in self.names:
                response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(self._soa[place.name])
            return response
        found = self._data(place, asked.rdtype)
        response.answer.extend(found)
        if not found:
            response.authority.append(self._soa[place.name])
        marked = place.rrsets.get(self._ihle)
        if marked is not None and marked not in found:
            response.additional.append(marked)
        return response

    def _place(self, name: dns.name.Name, rdtype: int) -> Published | None:
        """The published name that a question belongs to: itself, or the nearest above it.

        A DS record stands on the upper side of a zone cut (RFC 4035 §3.1.4.1).
        """
        places = [self.names[each] for each in (name, *_parents(name)) if each in self.names]
        if rdtype == dns.rdatatype.DS and len(places) > 1 and places[0].name == name:
            return places[1]
        return places[0] if places else None

    def _data(self, place: Published, rdtype: dns.rdatatype.RdataType) -> list[dns.rrset.RRset]:
        if rdtype == dns.rdatatype.SOA:
            return [self._soa[place.name]]
        if rdtype == dns.rdatatype.NS:
            return [self._ns[place.name]] if self._ns else []
        if rdtype == dns.rdatatype.ANY:  # one RRset is enough (RFC 8482 §4.1)
            return [place.rrsets[self._ihle] if self._ihle in place.rrsets else next(iter(place.rrsets.values()))]
        return [place.rrsets[rdtype]] if rdtype in place.rrsets else []


def _soa(place: Published, servers: Sequence[dns.name.Name]) -> dns.rrset.RRset:
    """The start of a name's zone; the serial is the time of publishing, and what is not there may be believed for ``TTL``."""
    try:
        mail = dns.name.from_text("hostmaster", place.name)
    except dns.name.NameTooLong:
        mail = dns.name.root
    first = servers[0] if servers else place.name
    return dns.rrset.from_text(
        place.name, TTL, "IN", "SOA", f"{first} {mail} {place.written % 2**32} 3600 600 86400 {TTL}"
    )


def _parsed(wire: bytes) -> dns.message.QueryMessage | None:
    """A query with one question and nothing else but EDNS; ``None`` for anything else."""
    # One question, no answer, no authority, OPT at most: nothing else is worth a parser's time.
    if wire[4:10] != b"\0\1\0\0\0\0" or wire[10] or wire[11] > 1:
        return None
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None
    if not isinstance(query, dns.message.QueryMessage) or query.additional or query.had_tsig:
        return None
    return query


def _end_of_name(wire: bytes) -> int:
    """Where the name of the question ends; no length of a label looks like a capital letter."""
    at = 12
    while at < len(wire) and 0 < wire[at] < 64:
        at += wire[at] + 1
    return at


def _cut(query: dns.message.QueryMessage) -> bytes:
    response = dns.message.make_response(query, our_payload=UDP_EDNS, pad=0)
    response.flags |= dns.flags.TC
    return response.to_wire(max_size=TCP)


def _parents(name: dns.name.Name) -> list[dns.name.Name]:
    return [name.split(depth)[1] for depth in range(len(name.labels) - 1, 1, -1)]
