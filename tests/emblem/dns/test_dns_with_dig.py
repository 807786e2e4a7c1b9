"""What the responder sends, read by a program that is not ours: ISC's ``dig`` (Debian: bind9-dnsutils)."""

import re
import shutil
import subprocess
import warnings
from pathlib import Path

import dns.rrset
import pytest
from emblem_dns import responder

from kintrace.emblem.dns import Folder, host, records
from kintrace.emblem.items import Item
from kintrace.emblem.reading import read_files

DIG = shutil.which("dig")
SMALL, LARGE = host("records.example.org"), host("large.example.org")
TOKEN, KEY = Item("B", "token", b"\xd2\x84" + b"t" * 300, "t"), Item("B", "key", b"\xa4" + b"k" * 70, "k")
JWS = Item("A", "token", b".".join([b"eyJhbGciOiJFUzI1NiJ9", b"e30" * 200, b"c2ln"]), "j")
MANY = [Item("B", "token", bytes([0xD2, 0x84, number]) + b"t" * 600, "t") for number in range(4)]

if DIG is None:
    warnings.warn(
        "dig is not installed: that other programs read the responder was not tested (apt-get install bind9-dnsutils).",
        stacklevel=1,
    )
pytestmark = pytest.mark.skipif(DIG is None, reason="NOT TESTED: dig is not installed (apt-get install bind9-dnsutils)")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    for name, items in ((SMALL, [TOKEN, KEY, JWS]), (LARGE, MANY)):
        own = dns.rrset.from_text(name, 300, "IN", "A", "192.0.2.1")
        Folder(folder).publish(name, [own, *records(name, items)])
    return folder


def dig(place: tuple[str, int], *words: str) -> str:
    assert DIG is not None
    return subprocess.run(
        [DIG, f"@{place[0]}", "-p", str(place[1]), "+norecurse", "+time=3", "+tries=1", *words],
        check=True, capture_output=True, text=True, timeout=30,
    ).stdout  # fmt: skip


def section(said: str, name: str) -> list[str]:
    found = re.search(rf";; {name} SECTION:\n(.*?)\n\n", said, re.DOTALL)
    return found[1].splitlines() if found else []


@pytest.mark.parametrize("way", ["+notcp", "+tcp"])
def test_the_records_as_the_answer_and_beside_one(place: Path, way: str) -> None:
    with responder(place) as served:
        said = dig(served.addresses[0], "records.example.org", "TYPE65297", way)
        assert re.search(r"status: NOERROR.*\n;; flags: qr aa;", said)
        assert sorted(line.split()[3] for line in section(said, "ANSWER")) == ["TYPE65297", "TYPE65297"]
        assert TOKEN.data.hex().upper() in "".join(section(said, "ANSWER")).replace(" ", "")
        beside = dig(served.addresses[0], "records.example.org", "A", way)
        assert [line.split()[3:] for line in section(beside, "ANSWER")] == [["A", "192.0.2.1"]]
        assert sorted(section(beside, "ADDITIONAL")) == sorted(section(said, "ANSWER"))


def test_what_does_not_fit_is_cut_whole_and_asked_again_over_tcp(place: Path) -> None:
    with responder(place) as served:
        cut = dig(served.addresses[0], "large.example.org", "A", "+ignore")
        assert re.search(r"flags: [a-z ]*\btc\b", cut)
        assert not section(cut, "ANSWER")
        assert not section(cut, "ADDITIONAL")
        whole = dig(served.addresses[0], "large.example.org", "A")
        assert "Truncated, retrying in TCP mode." in whole
        assert len(section(whole, "ADDITIONAL")) == len(MANY)


def test_what_is_not_ours_is_refused(place: Path) -> None:
    with responder(place) as served:
        assert "status: REFUSED" in dig(served.addresses[0], "elsewhere.example.org", "A")
        assert "Transfer failed." in dig(served.addresses[0], "records.example.org", "AXFR")


def test_what_dig_prints_is_read_by_verify(place: Path, tmp_path: Path) -> None:
    """All of it, or only the data of TXT, as people save it."""
    with responder(place) as served:
        (tmp_path / "ihle").write_text(dig(served.addresses[0], "records.example.org", "A"))
        (tmp_path / "txt").write_text(dig(served.addresses[0], "records.example.org", "TXT", "+short"))
        (tmp_path / "short").write_text(dig(served.addresses[0], "records.example.org", "TYPE65297", "+short"))
    assert {item.data for item in read_files([tmp_path / "ihle"])} == {TOKEN.data, KEY.data}
    assert {item.data for item in read_files([tmp_path / "short"])} == {TOKEN.data, KEY.data}
    assert {item.data for item in read_files([tmp_path / "txt"])} == {JWS.data}
