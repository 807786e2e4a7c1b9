"""Finding an emblem by asking a resolver: what it gives, what it refuses, and whom it asks."""

import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from emblem_dns import free_port, responder, scripted, stub
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kintrace.emblem.dns import IHLE, Folder, discover, host, lines, records, remains, server
from kintrace.emblem.items import Item
from kintrace.errors import (
    DiscoveryError,
    NameUnknown,
    PartialRRset,
    RecordError,
    ResolverFailure,
    ResolverTimeout,
)

NAME = host("records.example.org")
TOKENS = [Item("B", "token", b"\xd8\x3d" + bytes([n]) * 300, "test") for n in range(3)]
KEY = Item("B", "key", b"\xa1\x01\x02", "test")
JWS = Item("A", "token", b"a.b.c", "test")

Records = dict[tuple[str, int], list[dns.rrset.RRset]]


def zone(
    *rrsets: dns.rrset.RRset, beside: Any = (), rcode: int = 0, cut: bool = False
) -> Callable[[bytes, bool], bytes]:
    """A server of these RRsets; aliases come alone, without what they lead to."""

    def reply(wire: bytes, tcp: bool) -> bytes:
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query, recursion_available=True)
        asked = query.question[0]
        answer.set_rcode(dns.rcode.Rcode(rcode))
        for rrset in rrsets:
            if rrset.name == asked.name and rrset.rdtype in (asked.rdtype, dns.rdatatype.CNAME):
                answer.answer.append(rrset)
        for rrset in beside:
            if rrset.name == asked.name and rrset not in answer.answer:
                answer.additional.append(rrset)
        if cut:
            answer.flags |= dns.flags.TC
        return answer.to_wire(max_size=65535)

    return reply


def data(found: Any) -> dict[str, set[bytes]]:
    return {each.label: {item.data for item in each.items} for each in found.sets}


def alias(name: str, target: str) -> dns.rrset.RRset:
    return dns.rrset.from_text(host(name), 300, "IN", "CNAME", host(target).to_text())


(EMBLEM,) = records(NAME, [*TOKENS, KEY])
(PART,) = records(NAME, TOKENS[:2])
(TXT,) = records(NAME, [JWS])
WHOLE = {item.data for item in (*TOKENS, KEY)}


def test_both_profiles_through_a_stub_resolver_and_tcp(tmp_path: Path) -> None:
    Folder(tmp_path).publish(NAME, records(NAME, [*TOKENS, *TOKENS, KEY, JWS, Item("B", "token", b"\xd8" * 900, "t")]))
    with responder(tmp_path) as served, stub(served.addresses[0]) as (address, queries):
        found = discover("Records.Example.org.", [address])
        assert found.name == found.owner == "records.example.org"
        assert data(found) == {"IHLE": WHOLE | {b"\xd8" * 900}, "TXT": {b"a.b.c"}}
        assert not found.notes
        assert [item.source for item in found.items] == ["IHLE, records.example.org"] * 5 + ["TXT, records.example.org"]
        # Each type first over UDP, and over TCP since IHLE is beside all; recursion is asked for, and a size that no network
        # fragments.
        types = [IHLE, dns.rdatatype.TXT, dns.rdatatype.A, dns.rdatatype.AAAA]
        assert [query.question[0].rdtype for query in queries] == [each for each in types for _ in range(2)]
        assert {query.payload for query in queries} == {1232}
        assert all(query.flags & dns.flags.RD for query in queries)


def test_the_additional_section_is_enough() -> None:
    with scripted(zone(TXT, beside=[EMBLEM])) as address:
        found = discover("records.example.org", [address])
    assert data(found) == {"IHLE": WHOLE, "TXT": {b"a.b.c"}}
    assert "Additional" in found.notes[0]


def test_what_is_beside_is_only_taken_for_the_name_asked() -> None:
    (other,) = records(host("evil.example"), [Item("B", "token", b"\xd8evil", "test")])

    def reply(wire: bytes, tcp: bool) -> bytes:
        answer = dns.message.make_response(dns.message.from_wire(wire))
        answer.additional.append(other)
        answer.answer.append(other)
        return answer.to_wire()

    with scripted(reply) as address:
        assert discover("records.example.org", [address]).sets == ()


def test_the_second_type_number_is_asked_where_the_first_has_nothing() -> None:
    (other,) = records(NAME, TOKENS, number=65400)
    with scripted(zone(other)) as address:
        assert data(discover("records.example.org", [address])) == {"IHLE": {item.data for item in TOKENS}}


def test_no_emblem_is_an_answer() -> None:
    with scripted(zone()) as address:
        found = discover("records.example.org", [address])
    assert (found.items, found.sets, found.notes) == ((), (), ())


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"])
def test_failure_is_named(code: str) -> None:
    with (
        scripted(zone(rcode=dns.rcode.from_text(code))) as address,
        pytest.raises(ResolverFailure, match=code) as failed,
    ):
        discover("records.example.org", [address])
    assert failed.value.code == code


def test_an_unknown_name_is_named() -> None:
    with scripted(zone(rcode=dns.rcode.NXDOMAIN)) as address, pytest.raises(NameUnknown, match="no name records"):
        discover("records.example.org", [address])


def test_silence_is_named_and_ends_in_time() -> None:
    start = time.monotonic()
    with scripted(lambda wire, tcp: None) as address, pytest.raises(ResolverTimeout):
        discover("records.example.org", [address], timeout=0.6)
    assert time.monotonic() - start < 2
    with pytest.raises(ResolverTimeout):
        discover("records.example.org", [("127.0.0.1", free_port())], timeout=0.5)


def test_a_resolver_that_ignores_unknown_types_still_gives_txt() -> None:
    whole = zone(TXT)

    def reply(wire: bytes, tcp: bool) -> bytes | None:
        return whole(wire, tcp) if dns.message.from_wire(wire).question[0].rdtype == dns.rdatatype.TXT else None

    with scripted(reply) as address:
        found = discover("records.example.org", [address], timeout=1.5)
    assert data(found) == {"TXT": {b"a.b.c"}}
    assert found.notes[0].startswith("TYPE65297 was not answered: No resolver answered in time")


def test_a_lost_datagram_and_a_dead_resolver_do_no_harm() -> None:
    whole, lost = zone(EMBLEM), [0]

    def reply(wire: bytes, tcp: bool) -> bytes | None:
        lost[0] += 1
        return None if lost[0] == 1 else whole(wire, tcp)

    with scripted(reply) as address, scripted(zone(rcode=dns.rcode.SERVFAIL)) as failing:
        assert data(discover("records.example.org", [address], timeout=3))["IHLE"] == WHOLE
        assert data(discover("records.example.org", [failing, address], timeout=3))["IHLE"] == WHOLE


def test_truncation_leads_to_tcp_and_no_part_is_used() -> None:
    whole = zone(EMBLEM)

    def part(wire: bytes, tcp: bool) -> bytes | None:
        return whole(wire, tcp) if tcp else zone(PART, cut=True)(wire, tcp)

    with scripted(part) as address:
        assert data(discover("records.example.org", [address])) == {"IHLE": WHOLE}


@pytest.mark.parametrize("over_tcp", ["nothing", "cut", "failure"])
def test_a_part_is_refused_where_tcp_does_not_give_the_whole(over_tcp: str) -> None:
    def part(wire: bytes, tcp: bool) -> bytes | None:
        if tcp and over_tcp == "nothing":
            return None
        if tcp and over_tcp == "failure":
            return wire[:20]
        return zone(PART, cut=True)(wire, tcp)

    with scripted(part) as address, pytest.raises(PartialRRset):
        discover("records.example.org", [address], timeout=2)


def test_a_server_that_leaves_records_out_is_refused() -> None:
    with scripted(zone(EMBLEM, TXT, beside=[PART])) as address, pytest.raises(PartialRRset, match="missing in one"):
        discover("records.example.org", [address])
    with scripted(zone(PART, TXT, beside=[EMBLEM])) as address, pytest.raises(PartialRRset):
        discover("records.example.org", [address])


def test_publishing_anew_between_two_questions_is_not_held_against_it() -> None:
    def reply(wire: bytes, tcp: bool) -> bytes:
        return zone(EMBLEM, TXT, beside=[EMBLEM if tcp else PART])(wire, tcp)

    with scripted(reply) as address:
        assert data(discover("records.example.org", [address]))["IHLE"] == WHOLE


def test_aliases_are_followed_to_where_the_records_are() -> None:
    www, cdn = alias("www.example.org", "cdn.example.org"), alias("cdn.example.org", "records.example.org")

    def chained(wire: bytes, tcp: bool) -> bytes:
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        answer.answer = [www, cdn, EMBLEM if query.question[0].rdtype == IHLE else TXT]
        return answer.to_wire(max_size=65535)

    for reply in (zone(www, cdn, EMBLEM, TXT), chained):
        with scripted(reply) as address:
            found = discover("www.example.org", [address])
        assert (found.name, found.owner) == ("www.example.org", "records.example.org")
        assert data(found) == {"IHLE": WHOLE, "TXT": {b"a.b.c"}}
        assert found.items[0].source == "IHLE, records.example.org"


def test_addresses_are_asked_for_where_profile_a_may_protect_them() -> None:
    addresses = [dns.rrset.from_text(NAME, 60, "IN", "A", "192.0.2.1", "192.0.2.2")]
    addresses += [dns.rrset.from_text(NAME, 60, "IN", "AAAA", "2001:db8::1"), alias("www.example.org", NAME.to_text())]
    with scripted(zone(TXT, *addresses)) as address:
        assert set(discover("www.example.org", [address]).addresses) == {"192.0.2.1", "192.0.2.2", "2001:db8::1"}
    with scripted(zone(EMBLEM, *addresses)) as address:
        assert discover("records.example.org", [address]).addresses == ()


def test_aliases_in_a_circle_or_too_many_are_refused() -> None:
    circle = [alias("a.example", "b.example"), alias("b.example", "a.example")]
    long = [alias(f"n{n}.example", f"n{n + 1}.example") for n in range(30)]
    for rrsets, name in ((circle, "a.example"), (long, "n0.example")):
        with scripted(zone(*rrsets)) as address, pytest.raises(DiscoveryError, match="aliases"):
            discover(name, [address])

        def at_once(wire: bytes, tcp: bool, rrsets: list[dns.rrset.RRset] = rrsets) -> bytes:
            answer = dns.message.make_response(dns.message.from_wire(wire))
            answer.answer = rrsets
            return answer.to_wire(max_size=65535)

        with scripted(at_once) as address, pytest.raises(DiscoveryError, match="aliases"):
            discover(name, [address])


def test_answers_to_other_questions_are_not_believed() -> None:
    """A forged reply with another identifier, or to another question, is passed over until the true one comes."""
    (forged,) = records(NAME, [Item("B", "token", b"\xd8forged", "test")])

    def reply(wire: bytes, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        forgery = dns.message.make_response(query)
        forgery.id = query.id ^ 1
        forgery.answer = [forged]
        return forgery.to_wire()

    with scripted(reply) as address, pytest.raises(ResolverTimeout):
        discover("records.example.org", [address], timeout=0.6)


ASKED: list[tuple[str, Any]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note whom this thread asks; the servers of these tests answer in threads of their own."""
    watched = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
    if event in watched and threading.current_thread() is threading.main_thread():
        ASKED.append((event, arguments[:2] if event == "socket.getaddrinfo" else arguments[-1]))


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, Any]]:
    """Whom the test's own thread asked, from when it empties the list."""
    sys.addaudithook(_watch)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", ("127.0.0.1", 9))
    assert ASKED, "the watch does not work"
    return ASKED


def test_nobody_but_the_resolver_is_asked(tmp_path: Path, asked: list[tuple[str, Any]]) -> None:
    """The asset's own address is in the answer, and nothing goes there."""
    own = dns.rrset.from_text(NAME, 300, "IN", "A", "192.0.2.1")
    Folder(tmp_path).publish(
        NAME, [own, *records(NAME, [*TOKENS, *TOKENS, Item("B", "token", b"\xd8" * 900, "t"), JWS])]
    )
    with responder(tmp_path) as served:
        address = served.addresses[0]
        asked.clear()
        found = discover("records.example.org", [address])
    assert len(found.items) == 5
    assert {event for event, _ in asked} >= {"socket.sendto", "socket.connect"}
    assert {place for _, place in asked} == {address}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5300", ("192.0.2.53", 5300)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5300", ("2001:db8::53", 5300)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("localhost:5300", ("127.0.0.1", 5300)),
    ],
)
def test_resolvers_are_named_by_address(text: str, wanted: tuple[str, int]) -> None:
    assert server(text) == wanted


@pytest.mark.parametrize("text", ["", "resolver.example.org", "192.0.2.53:x", "192.0.2.53:70000", "[::1", "1.2.3"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(RecordError):
        server(text)


def test_what_remains_after_a_withdrawal(tmp_path: Path) -> None:
    Folder(tmp_path).publish(NAME, records(NAME, [*TOKENS, JWS]))
    with responder(tmp_path, poll=3600) as served, stub(served.addresses[0]) as (address, _):
        left = remains(NAME, address)
        assert not left.gone
        assert left.seconds == 300
        assert sorted(left.lines) == sorted(lines(records(NAME, [*TOKENS, JWS])))
        Folder(tmp_path).withdraw(NAME)
        served.reload()
        assert remains(NAME, served.addresses[0]).gone
        refused = remains(NAME, address, resolver=True)
        assert not refused.gone, "a resolver that refuses to answer tells nothing about the name"
        assert "REFUSED" in refused.problem
    closed = remains(NAME, ("127.0.0.1", free_port()), timeout=0.4)
    assert closed.gone
    assert closed.closed
    with scripted(lambda wire, tcp: None) as silent:
        unknown = remains(NAME, silent, timeout=0.4)
    assert not unknown.gone
    assert "in time" in unknown.problem


@given(
    st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 1400), st.integers(0, 255)), max_size=8), st.booleans()
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_reply_breaks_the_checker(noise: bytes, changes: list[tuple[int, int]], noisy: bool) -> None:
    """Damaged and invented replies give a named error, nothing, or a set of items: never anything else, and in time."""

    def reply(wire: bytes, tcp: bool) -> bytes:
        whole = bytearray(zone(EMBLEM, TXT, beside=[EMBLEM])(wire, tcp))
        for place, value in changes:
            whole[place % len(whole)] = value
        return wire[:2] + noise if noisy else bytes(whole)

    start = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dns.query, "udp", _without_network(reply, False))
        patch.setattr(dns.query, "tcp", _without_network(reply, True))
        try:
            found = discover("records.example.org", [("192.0.2.53", 53)], timeout=0.3)
        except DiscoveryError:
            pass
        else:
            assert all(isinstance(item, Item) for item in found.items)
    assert time.monotonic() - start < 2


def _without_network(reply: Callable[[bytes, bool], bytes], tcp: bool) -> Callable[..., dns.message.Message]:
    def asked(query: dns.message.Message, where: str, *_: Any, raise_on_truncation: bool = False, **__: Any) -> Any:
        try:
            found = dns.message.from_wire(reply(query.to_wire(), tcp), raise_on_truncation=raise_on_truncation)
        except dns.message.Truncated:
            raise
        except Exception as problem:
            if tcp:
                raise
            raise dns.exception.Timeout from problem  # as with ignore_errors
        if not query.is_response(found):
            raise dns.query.BadResponse if tcp else dns.exception.Timeout
        return found

    return asked
