"""The responder's sockets: limits, reloading, stopping, and nothing kept of who asks."""

import contextlib
import logging
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
from emblem_dns import responder

import kintrace.emblem.dns.responder as module
from kintrace.emblem.dns import IHLE, Folder, Limiter, Responder, host, limiting, records
from kintrace.emblem.dns.limiting import network
from kintrace.emblem.items import Item
from kintrace.errors import KintraceError, NotListening, RecordError

NAME = host("records.example.org")
TOKEN = Item("B", "token", b"\xd8\x3d" + b"t" * 400, "test")
OTHER = Item("B", "token", b"\xd8\x3d" + b"o" * 400, "test")
QUERY = dns.message.make_query(NAME, IHLE, use_edns=0, payload=1232)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Folder(tmp_path / "published").publish(NAME, records(NAME, [TOKEN]))
    return tmp_path / "published"


def ask(served: Responder, name: object = NAME) -> dns.message.Message:
    place, port = served.addresses[0]
    return dns.query.udp(dns.message.make_query(name, IHLE, use_edns=0, payload=1232), place, 2, port)  # type: ignore[arg-type]


def soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def data(message: dns.message.Message) -> set[bytes]:
    return {rdata.data for rrset in message.answer for rdata in rrset}


def test_what_is_published_or_withdrawn_is_seen_without_a_restart(folder: Path) -> None:
    told: list[str] = []
    with responder(folder, told=told.append) as served:
        assert data(ask(served)) == {TOKEN.data}
        Folder(folder).publish(NAME, records(NAME, [OTHER]))
        assert soon(lambda: data(ask(served)) == {OTHER.data})
        other = host("second.example.org")
        assert ask(served, other).rcode() == dns.rcode.REFUSED
        Folder(folder).publish(other, records(other, [TOKEN]))
        assert soon(lambda: data(ask(served, other)) == {TOKEN.data})
        assert Folder(folder).withdraw(NAME)[0].startswith("records.example.org. 300 IN TYPE65297 \\# 402 ")
        assert soon(lambda: ask(served).rcode() == dns.rcode.REFUSED)
        assert not list(folder.glob("records*"))
        assert data(ask(served, other)) == {TOKEN.data}
    assert told == [
        "records.example.org is served.",
        "records.example.org is served.",
        "second.example.org is served.",
        "records.example.org is no longer served.",
    ]


def test_a_damaged_file_leaves_its_name_as_it_was(folder: Path) -> None:
    told: list[str] = []
    with responder(folder, told=told.append) as served:
        (folder / "records.example.org.zone").write_text("records.example.org. IN TYPE65297 \\# 3 aa\n")
        (folder / "new.example.org.zone").write_text("new.example.org. 300 IN CNAME elsewhere.example.\n")
        (folder / "two.zone").write_text("a.example. 300 IN A 192.0.2.1\nb.example. 300 IN A 192.0.2.1\n")
        assert soon(lambda: len(told) == 4)
        assert data(ask(served)) == {TOKEN.data}
        assert ask(served, "new.example.org").rcode() == dns.rcode.REFUSED
    assert "It is served as before." in " ".join(told)
    assert "CNAME" in " ".join(told)
    assert "2 names" in " ".join(told)


def test_addresses_stay_when_the_emblem_goes(folder: Path) -> None:
    address = dns.rrset.from_text(NAME, 300, "IN", "A", "192.0.2.1")
    policy = dns.rrset.from_text(NAME, 300, "IN", "TXT", '"v=spf1 -all"')
    there = Folder(folder)
    there.publish(NAME, [address, policy])
    there.publish(NAME, records(NAME, [OTHER, Item("A", "token", b"a.b.c", "test")]))
    told: list[str] = []
    with responder(folder, told=told.append, poll=3600) as served:
        place, port = served.addresses[0]
        found = dns.query.udp(dns.message.make_query(NAME, "TXT", use_edns=0), place, 2, port)
        assert {str(rdata) for rdata in found.answer[0]} == {'"v=spf1 -all"', '"adem-token=a.b.c"'}
        assert len(there.withdraw(NAME)) == 2
        served.reload()
    assert told == ["records.example.org is served.", "records.example.org is served, without an emblem."]
    assert sorted((folder / "records.example.org.zone").read_text().splitlines()) == [
        "records.example.org. 300 IN A 192.0.2.1",
        'records.example.org. 300 IN TXT "v=spf1 -all"',
    ]
    assert there.withdraw(NAME) == []


@pytest.mark.parametrize("name", ["a/b.example", "a\\000.example", ".."])
def test_no_name_leaves_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(RecordError):
        Folder(folder).publish(host(name), records(host(name), [TOKEN]))


def test_an_empty_folder_serves_nothing(tmp_path: Path) -> None:
    with responder(tmp_path / "absent") as served:
        assert ask(served).rcode() == dns.rcode.REFUSED


def test_a_port_in_use_is_said(folder: Path) -> None:
    with (
        responder(folder) as served,
        pytest.raises(NotListening) as refused,
        responder(folder, listen=served.addresses),
    ):
        pass
    assert isinstance(refused.value, KintraceError)
    assert "--listen" in refused.value.todo


def test_several_addresses_and_ipv6(folder: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with contextlib.suppress(NotListening), responder(folder, listen=[("127.0.0.1", 0), ("::1", 0)]) as served:
        place, port = served.addresses[1]
        assert data(dns.query.udp(QUERY, place, 2, port)) == {TOKEN.data}


def test_it_cannot_amplify(folder: Path) -> None:
    """A flood from one network gets the allowed answers, and then no more bytes than it sent."""
    with responder(folder, rate=5.0) as served, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.3)
        client.connect(served.addresses[0])
        answers, cuts, start = 0, 0, time.monotonic()
        for number in range(300):
            client.send(number.to_bytes(2, "big") + QUERY.to_wire()[2:])
            with contextlib.suppress(TimeoutError):
                if number % 2 or number < 20:  # let answers come in
                    client.settimeout(0.02)
                    reply = client.recv(4096)
                    cut = reply[2] & 2
                    cuts, answers = cuts + bool(cut), answers + (not cut)
                    assert not cut or len(reply) <= len(QUERY.to_wire())
        assert 5 <= answers <= 10 + 5 * (time.monotonic() - start) + 1
        assert cuts > answers
        # Whoever really asks still gets the emblem, over TCP.
        assert data(dns.query.tcp(QUERY, *served.addresses[0][:1], timeout=2, port=served.addresses[0][1])) == {
            TOKEN.data
        }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere loopback has only one address")
def test_a_flood_with_many_senders_of_one_network_gets_fewer_bytes_than_it_sent(tmp_path: Path) -> None:
    """As of somebody who forges addresses of the network he means to flood: the largest answer that fits, several names and
    types, small queries. Beyond the allowance of each second, less than half comes out of what went in."""
    names = [host(f"{letter}.test") for letter in "abc"]
    for name in names:
        Folder(tmp_path).publish(name, records(name, [Item("B", "token", b"\xd2\x84" + b"t" * 1150, "t")]))
    queries = [
        dns.message.make_query(name, kind, use_edns=0, payload=4096).to_wire()
        for name in names for kind in (IHLE, "A", "ANY", "TXT", "SOA")
    ]  # fmt: skip
    sizes: Counter[str] = Counter()
    with responder(tmp_path) as plain, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(queries[0], plain.addresses[0])
        largest = len(client.recv(4096))
        assert largest > 20 * len(queries[0]), "without a limit it would pay"
    rate = limiting.RATE
    with responder(tmp_path, rate=rate) as served, contextlib.ExitStack() as stack:
        senders = []
        for number in range(2, 32):
            one = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            one.bind((f"127.0.0.{number}", 0))
            one.setblocking(False)
            senders.append(one)

        def receive() -> None:
            for one in senders:
                with contextlib.suppress(BlockingIOError):
                    while reply := one.recv(4096):
                        cut = bool(reply[2] & 2)
                        sizes["cut" if cut else "whole"] += len(reply)
                        sizes["answers"] += not cut

        start = time.monotonic()
        for number in range(6000):
            wire = number.to_bytes(2, "big") + queries[number % len(queries)][2:]
            senders[number % len(senders)].sendto(wire, served.addresses[0])
            sizes["sent"] += len(wire)
            if number % 50 == 0:
                time.sleep(0.002)  # so that nothing is lost on the way
                receive()
        time.sleep(0.5)
        receive()
        allowed = rate * limiting.BURST + rate * (time.monotonic() - start) + 1
    print(
        f"sent {sizes['sent']} bytes, got {sizes['whole']} in {sizes['answers']} answers and {sizes['cut']} in cut ones"
    )
    assert 0 < sizes["answers"] <= allowed
    assert sizes["whole"] <= allowed * largest
    assert 0 < sizes["cut"] <= sizes["sent"] / limiting.SLIP + allowed * len(queries[-1])


def test_the_limit_is_by_network_and_refills() -> None:
    now = [0.0]
    limiter = Limiter(10.0, lambda: now[0])
    verdicts = [limiter.ask(f"192.0.2.{n % 250}") for n in range(60)]
    assert verdicts[:20] == ["answer"] * 20
    assert verdicts[20:] == ["drop", "slip"] * 20 or verdicts[20:] == ["slip", "drop"] * 20
    assert limiter.ask("198.51.100.1") == "answer"
    now[0] += 0.5
    assert [limiter.ask("192.0.2.9") for _ in range(6)].count("answer") == 5
    assert Limiter(0.0).ask("192.0.2.1") == "answer"


def test_networks() -> None:
    assert network("192.0.2.1") == network("192.0.2.254") == network("::ffff:192.0.2.7") == bytes([192, 0, 2])
    assert network("2001:db8:0:100::1") == network("2001:db8:0:1ff::9") != network("2001:db8:0:200::1")
    assert network("fe80::1%eth0") == network("fe80::1")


def test_nothing_is_kept_of_who_asks(
    folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    caplog.set_level(logging.DEBUG)
    with responder(folder, told=told.append, rate=20.0, listen=[("127.0.0.1", 0)]) as served:
        place, port = served.addresses[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind(("127.77.66.55", 0))
            client.settimeout(2)
            client.sendto(QUERY.to_wire(), (place, port))
            client.recv(4096)
            client.sendto(b"junk", (place, port))
        with socket.create_connection((place, port), 2, source_address=("127.77.66.55", 0)) as tcp:
            tcp.sendall(b"\0\5junk!")
            assert tcp.recv(10) == b""
        assert soon(lambda: not served._open and not served._networks)
        kept = " ".join(map(repr, (*vars(served).values(), *vars(served.limiter).values())))
        assert "127.77" not in kept
    assert "127.77" not in " ".join(told) + caplog.text + "".join(capfd.readouterr())


def _tcp(served: Responder) -> socket.socket:
    return socket.create_connection(served.addresses[0], 3)


def _framed(wire: bytes) -> bytes:
    return len(wire).to_bytes(2, "big") + wire


def test_several_queries_on_one_connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUERIES", 5)
    with responder(folder) as served, _tcp(served) as client:
        client.sendall(_framed(QUERY.to_wire()) * 9)
        stream = client.makefile("rb")
        replies = 0
        with contextlib.suppress(ConnectionResetError):
            while size := stream.read(2):
                assert QUERY.is_response(dns.message.from_wire(stream.read(int.from_bytes(size, "big"))))
                replies += 1
        assert replies == 5


@pytest.mark.parametrize(
    "sent", [b"\0\5short", b"\xff\xff" + b"x" * 100, _framed(bytes(40)), _framed(QUERY.to_wire()[:-1])]
)
def test_junk_over_tcp_ends_the_connection(folder: Path, sent: bytes) -> None:
    with responder(folder) as served, _tcp(served) as client:
        client.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(10) == b""
        assert data(ask(served)) == {TOKEN.data}


def test_slow_and_idle_connections_are_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.2)
    monkeypatch.setattr(module, "WHOLE", 0.2)
    with responder(folder) as served, _tcp(served) as idle, _tcp(served) as slow:
        slow.sendall(_framed(QUERY.to_wire())[:20])
        start = time.monotonic()
        for client in (idle, slow):
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(10) == b""
        assert time.monotonic() - start < 2


def test_who_does_not_take_the_answer_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE", 0.2)
    monkeypatch.setattr(module, "QUERIES", 10_000)
    many = [Item("B", "token", b"\xd8\x3d" + bytes([n]) * 11_000, "test") for n in range(5)]
    Folder(tmp_path).publish(NAME, records(NAME, many))
    with responder(tmp_path) as served, _tcp(served) as client:
        client.settimeout(5)
        with contextlib.suppress(OSError):
            client.sendall(_framed(QUERY.to_wire()) * 2000)  # and reads nothing
        assert soon(lambda: not served._open)


def test_connections_are_limited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PER_NETWORK", 3)
    with responder(folder) as served, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(_tcp(served)) for _ in range(3)]
        assert soon(lambda: len(served._open) == 3)
        extra = stack.enter_context(_tcp(served))
        with contextlib.suppress(ConnectionResetError):
            assert extra.recv(10) == b""
        for client in clients:
            client.sendall(_framed(QUERY.to_wire()))
            assert client.recv(2)
        clients[0].close()
        assert soon(lambda: len(served._open) == 2)
        assert data(dns.query.tcp(QUERY, served.addresses[0][0], 2, served.addresses[0][1])) == {TOKEN.data}
    # stopped with connections open: the context manager saw to it that the thread ended


def test_junk_does_not_stop_it(folder: Path) -> None:
    with responder(folder) as served, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for size in range(0, 1400, 7):
            client.sendto(bytes(range(256)) * 6 if size == 7 else b"\0" * size, served.addresses[0])
        client.sendto(b"x" * 60_000, served.addresses[0])
        assert soon(lambda: data(ask(served)) == {TOKEN.data})


def test_nothing_but_the_responder_is_left_listening(folder: Path) -> None:
    with responder(folder) as served:
        place = served.addresses[0]
        ask(served)
    with socket.socket() as client:
        assert client.connect_ex(place)
    with pytest.raises((dns.exception.Timeout, OSError)):
        dns.query.udp(QUERY, place[0], 0.2, place[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_name_server_under_a_user_of_its_own_can_read_what_is_published(tmp_path: Path) -> None:
    """The command makes files that only their owner reads; zone files are copied with their modes, and are for everybody."""
    before = os.umask(0o077)
    try:
        Folder(tmp_path / "published").publish(NAME, records(NAME, [TOKEN]))
    finally:
        os.umask(before)
    assert (tmp_path / "published").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "published" / "records.example.org.zone").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(RecordError, match="cannot be looked into"), responder(tmp_path / "file"):
        pass
    told: list[str] = []
    with responder(tmp_path / "absent", told=told.append):
        pass
    assert told == [f"Nothing is published in {tmp_path / 'absent'} yet: until then every query is refused."]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few people make links")
def test_a_folder_that_can_no_longer_be_looked_into_takes_nothing_away(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    place, other = tmp_path / "place", tmp_path / "other"
    place.symlink_to(folder)
    (tmp_path / "file").write_text("no folder")
    other.symlink_to(tmp_path / "file")
    with responder(place, told=told.append) as served:
        other.replace(place)
        assert soon(lambda: len(told) > 1)
        time.sleep(0.3)
        assert data(ask(served)) == {TOKEN.data}
        place.unlink()
        assert soon(lambda: ask(served).rcode() == dns.rcode.REFUSED)
    assert [line.partition(" (")[0] for line in told] == [
        "records.example.org is served.",
        f"The folder {place} cannot be looked into",
        "records.example.org is no longer served.",
    ]


def test_publishing_where_there_is_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(KintraceError, match="cannot be written"):
        Folder(tmp_path / "file").publish(NAME, records(NAME, [TOKEN]))


def test_a_file_that_is_no_zone_file_is_named(folder: Path) -> None:
    (folder / "x.zone").write_text("junk\n")
    told: list[str] = []
    with responder(folder, told=told.append):
        pass
    (line,) = [line for line in told if "x.zone" in line]
    assert line.startswith(f"{folder / 'x.zone'}: The zone file cannot be read: ")
    assert line.endswith("It is not served.")
    assert ".." not in line.replace(str(folder), "")
