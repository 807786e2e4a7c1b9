"""What the responder answers, to real packets on loopback and to any bytes at all."""

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from emblem_dns import responder
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.emblem.dns import IHLE, Folder, Published, host, records
from kintrace.emblem.dns.authority import Authority
from kintrace.emblem.items import Item

NAME = host("records.example.org")


def items(count: int = 2, size: int = 200) -> list[Item]:
    return [Item("B", "token", b"\xd8\x3d" + bytes([n]) * size, "test") for n in range(count)]


def published(count: int = 2, size: int = 200, name: str = "records.example.org") -> Published:
    rrsets = [
        *records(host(name), items(count, size)),
        *records(host(name), [Item("A", "token", b"a.b.c", "test")]),
        dns.rrset.from_text(host(name), 300, "IN", "A", "192.0.2.1"),
    ]
    return Published(host(name), {rrset.rdtype: rrset for rrset in rrsets}, 1_800_000_000)


def ask(
    authority: Authority, name: str, rdtype: int | str = IHLE, *, tcp: bool = False, edns: int | None = 1232
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, use_edns=edns is not None, payload=edns)
    reply = authority.reply(query.to_wire(), tcp=tcp)
    assert reply is not None
    found = dns.message.from_wire(reply)
    assert query.is_response(found)
    assert not found.flags & dns.flags.RA
    return found


@pytest.fixture
def authority() -> Authority:
    return Authority([published(), published(name="b.records.example.org"), published(name="x.y.other.test")])


def whole(message: dns.message.Message, section: str) -> bool:
    """Whether a section holds the whole IHLE RRset; it may never hold a part."""
    found = [rrset for rrset in getattr(message, section) if rrset.rdtype == IHLE]
    assert not found or len(found[0]) == 2
    return bool(found)


def test_the_emblem_is_the_answer(authority: Authority) -> None:
    found = ask(authority, "ReCords.example.ORG")
    assert found.rcode() == dns.rcode.NOERROR
    assert found.flags & dns.flags.AA
    assert whole(found, "answer")
    assert not found.additional


@pytest.mark.parametrize("rdtype", ["A", "TXT", "AAAA", "SOA", "MX", "TYPE65400", "DS"])
def test_the_emblem_is_beside_any_answer_for_the_name(authority: Authority, rdtype: str) -> None:
    found = ask(authority, "records.example.org", rdtype)
    assert found.rcode() == dns.rcode.NOERROR
    assert whole(found, "additional")
    if rdtype in ("A", "TXT", "SOA"):
        assert found.answer[0].rdtype == dns.rdatatype.from_text(rdtype)
        assert not found.authority
    else:  # NODATA, with the SOA that says how long this may be believed
        assert not found.answer
        assert found.authority[0].rdtype == dns.rdatatype.SOA


def test_what_does_not_exist(authority: Authority) -> None:
    found = ask(authority, "nothing.records.example.org")
    assert found.rcode() == dns.rcode.NXDOMAIN
    assert found.authority[0].name == NAME
    assert not found.additional
    # The nearest zone answers.
    assert ask(authority, "nothing.b.records.example.org").authority[0].name == host("b.records.example.org")
    # A DS record would stand above the cut.
    assert ask(authority, "b.records.example.org", "DS").authority[0].name == NAME


def test_a_name_between_two_names_exists() -> None:
    authority = Authority([published(name="other.test"), published(name="x.y.other.test")])
    found = ask(authority, "y.other.test")
    assert found.rcode() == dns.rcode.NOERROR
    assert found.authority[0].rdtype == dns.rdatatype.SOA


@pytest.mark.parametrize("name", [".", "org", "example.org", "other.test", "y.other.test", "records.example.com"])
def test_other_names_are_refused(authority: Authority, name: str) -> None:
    found = ask(authority, name)
    assert found.rcode() == dns.rcode.REFUSED
    assert found.answer == found.authority == found.additional == []


@pytest.mark.parametrize("rdtype", ["AXFR", "IXFR", "MAILB"])
def test_transfers_are_refused(authority: Authority, rdtype: str) -> None:
    query = dns.message.make_query(NAME, rdtype)
    reply = authority.reply(query.to_wire(), tcp=True)
    assert reply is not None
    assert dns.message.from_wire(reply).rcode() == dns.rcode.REFUSED


def test_any_is_answered_with_one_rrset(authority: Authority) -> None:
    found = ask(authority, "records.example.org", "ANY")
    assert [rrset.rdtype for rrset in found.answer] == [IHLE]


def test_other_classes_operations_and_versions(authority: Authority) -> None:
    query = dns.message.make_query(NAME, IHLE, rdclass="CH")
    reply = authority.reply(query.to_wire())
    assert reply is not None
    assert dns.message.from_wire(reply).rcode() == dns.rcode.REFUSED
    query = dns.message.make_query(NAME, IHLE)
    query.set_opcode(dns.opcode.STATUS)
    reply = authority.reply(query.to_wire())
    assert reply is not None
    assert dns.message.from_wire(reply).rcode() == dns.rcode.NOTIMP
    assert len(reply) == 12
    query = dns.message.make_query(NAME, IHLE, use_edns=1)
    reply = authority.reply(query.to_wire())
    assert reply is not None
    assert dns.message.from_wire(reply).rcode() == dns.rcode.BADVERS


def test_nameservers_are_named(authority: Authority) -> None:
    named = Authority([published()], nameservers=["ns1.example.org", "ns2.example.org"])
    assert {str(each) for each in ask(named, "records.example.org", "NS").answer[0]} == {
        "ns1.example.org.",
        "ns2.example.org.",
    }
    assert str(ask(named, "records.example.org", "SOA").answer[0][0].mname) == "ns1.example.org."
    assert not ask(authority, "records.example.org", "NS").answer


def test_a_name_as_long_as_names_can_be() -> None:
    name = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])
    found = ask(Authority([published(name=name)]), name, "AAAA")
    assert found.authority[0].rdtype == dns.rdatatype.SOA
    assert whole(found, "additional")


@pytest.mark.parametrize(
    ("edns", "fits"), [(None, 512), (100, 512), (512, 512), (700, 700), (1232, 1232), (4096, 1232), (65535, 1232)]
)
@pytest.mark.parametrize("rdtype", [IHLE, "A", "AAAA"])
def test_no_datagram_is_larger_than_may_be(edns: int | None, fits: int, rdtype: int | str) -> None:
    seen = set()
    for size in range(10, 700, 31):
        authority = Authority([published(2, size)])
        query = dns.message.make_query(NAME, rdtype, use_edns=edns is not None, payload=edns)
        reply = authority.reply(query.to_wire())
        assert reply is not None
        assert len(reply) <= fits
        found = dns.message.from_wire(reply)
        cut = bool(found.flags & dns.flags.TC)
        seen.add(cut)
        if cut:
            assert found.answer == found.authority == found.additional == []
            assert len(reply) <= len(query.to_wire())
            larger = authority.reply(query.to_wire(), tcp=True)
            assert larger is not None
            assert len(larger) > fits
            found = dns.message.from_wire(larger)
        assert whole(found, "answer" if rdtype == IHLE else "additional")
    assert seen == {True, False}


def test_a_ready_reply_is_the_same_and_keeps_its_own_identifier(authority: Authority) -> None:
    first, second = (dns.message.make_query(NAME, IHLE, id=number).to_wire() for number in (1, 2))
    one, other = authority.reply(first), authority.reply(second)
    assert one is not None
    assert other is not None
    assert (one[:2], other[:2]) == (b"\0\1", b"\0\2")
    assert one[2:] == other[2:]
    # And the capitals of its own question.
    name = "reCORDS.examPLE.orG."
    shouted = dns.message.from_wire(authority.reply(dns.message.make_query(name, IHLE).to_wire()) or b"")
    again = dns.message.from_wire(authority.reply(dns.message.make_query(name.swapcase(), IHLE).to_wire()) or b"")
    assert (str(shouted.question[0].name), str(again.question[0].name)) == (name, name.swapcase())
    assert shouted.answer == again.answer
    # What is too large for UDP is not given to UDP because TCP had it.
    large = Authority([published(2, 700)])
    assert large.reply(first, tcp=True) != large.reply(first)
    assert dns.message.from_wire(large.reply(first) or b"").flags & dns.flags.TC


QUERY = dns.message.make_query(NAME, IHLE, use_edns=0, payload=1232).to_wire()
_BESET = Authority([published(2, 300)])


@given(st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_any_bytes(data: bytes) -> None:
    _never_more_than_a_refusal(data)


@given(
    st.lists(st.tuples(st.integers(0, len(QUERY) - 1), st.integers(0, 255)), max_size=6),
    st.binary(max_size=40),
    st.integers(0, len(QUERY)),
)
@settings(max_examples=200, deadline=None)
def test_damaged_queries(changes: list[tuple[int, int]], tail: bytes, cut: int) -> None:
    wire = bytearray(QUERY)
    for place, value in changes:
        wire[place] = value
    _never_more_than_a_refusal(bytes(wire))
    _never_more_than_a_refusal(bytes(wire[:cut]))
    _never_more_than_a_refusal(bytes(wire) + tail)


def _never_more_than_a_refusal(data: bytes) -> None:
    """Whatever comes, nothing is raised, what goes back is a whole DNS message, and no part of an RRset."""
    authority = _BESET
    for tcp in (False, True):
        reply = authority.reply(data, tcp=tcp)
        if reply is None:
            continue
        assert reply[:2] == data[:2]
        assert reply[2] & 0x80
        assert len(reply) <= (65535 if tcp else 1232)
        found = dns.message.from_wire(reply)
        for section in ("answer", "additional"):
            whole(found, section)
    reply = authority.slip(data)
    assert reply is None or (len(reply) <= len(data) and reply[2] & 0x02)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        QUERY[:11],
        QUERY[:-1],  # ends within EDNS
        QUERY + b"\0",
        QUERY[:2] + b"\x80" + QUERY[3:],  # a response
        QUERY[:4] + b"\0\2" + QUERY[6:],  # two questions
        QUERY[:4] + b"\0\0\0\0\0\0\0\0",  # none
        QUERY[:12] + b"\xc0\x0c" + QUERY[14:],  # a name that points to itself
    ],
)
def test_what_is_malformed_is_dropped(data: bytes) -> None:
    authority = Authority([published()])
    assert authority.reply(data) is None
    assert authority.slip(data) is None


def test_real_packets(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("published")
    Folder(folder).publish(NAME, records(NAME, items(2, 900)))
    with responder(folder) as served:
        host_, port = served.addresses[0]
        query = dns.message.make_query(NAME, "A", use_edns=0, payload=1232)
        short = dns.query.udp(query, host_, 2, port)
        assert short.flags & dns.flags.TC
        assert not short.additional
        long, over_tcp = dns.query.udp_with_fallback(query, host_, 2, port)
        assert over_tcp
        assert whole(long, "additional")
        assert served.answered == 3
