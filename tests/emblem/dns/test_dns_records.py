"""Tokens and keys as DNS records and zone lines, out and in."""

import contextlib
from pathlib import Path

import dns.rdatatype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.emblem.dns import IHLE, host, lines, plain, read_txt, read_zone, records, token_sets
from kintrace.emblem.dns.records import kind_of
from kintrace.emblem.items import Item
from kintrace.errors import RecordError

NAME = host("records.example.org")
TOKEN, KEY = b"\xd8\x3d\xd2\x84\x40", b"\xa1\x01\x02"


def test_zone_vector_of_the_other_implementation(emblem_vectors: Path) -> None:
    text = (emblem_vectors / "cwt" / "adem_proto_example.zone").read_text()
    zone = read_zone(text)
    marked = [rrset for rrset in zone if rrset.rdtype == IHLE]
    (found,) = token_sets((each for each in zone if each.name == host("www.example.com")), where="the vector")
    assert found.label == "IHLE"
    assert [(item.profile, item.kind) for item in found.items] == [("B", "key")]
    assert len(found.items[0].data) == 75
    assert found.items[0].data.hex().startswith("a40102200121582065eda5a12577c2ba")
    # And out again, as the vector writes it but for the full name.
    (line,) = lines(marked)
    assert line.split() == ["www.example.com.", *text.splitlines()[-1].split()[1:]]


@pytest.mark.parametrize(
    ("file", "tokens", "keys"), [("emblem.felixlinker.de.txt", 3, 3), ("cyberstar.online.txt", 2, 2)]
)
def test_live_txt_answers(emblem_vectors: Path, file: str, tokens: int, keys: int) -> None:
    text = (emblem_vectors / "jws_live_txt" / file).read_text()
    (found,) = token_sets([read_txt(text)], where=file)
    assert found.label == "TXT"
    assert [item.kind for item in found.items].count("token") == tokens
    assert [item.kind for item in found.items].count("key") == keys
    for item in found.items:
        assert item.data.count(b".") == (2 if item.kind == "token" else 0)
        assert item.kind == "token" or item.data.startswith(b'{"alg":"ES512"')
    # What we would write for the same items, read back, is the same.
    again = read_zone("\n".join(lines(records(host("x.test"), found.items))))
    assert set(token_sets(again, where=file)[0].items) == set(found.items)


def test_txt_strings_are_at_most_255_bytes() -> None:
    token = Item("A", "token", b"e" * 1000, "test")
    (rrset,) = records(NAME, [token], identifier="one")
    (rdata,) = rrset
    assert [len(string) for string in rdata.strings] == [255, 255, 255, 250]
    assert b"".join(rdata.strings) == b"adem-token-one=" + token.data


def test_sets_are_told_apart_by_identifier_and_keys_belong_to_all() -> None:
    def item(kind: str, data: bytes) -> Item:
        return Item("A", kind, data, "test")  # type: ignore[arg-type]

    rrsets = [
        *records(NAME, [item("token", b"a.a.a")], identifier="a"),
        *records(NAME, [item("token", b"b.b.b"), item("key", b"{}")], identifier="b"),
        *records(NAME, [item("token", b"c.c.c"), Item("B", "key", KEY, "test")]),
    ]
    sets = {each.label: [item.data for item in each.items] for each in token_sets(rrsets, where="here")}
    assert sets == {
        "IHLE": [KEY],
        "TXT": [b"c.c.c", b"{}"],
        "TXT a": [b"a.a.a", b"{}"],
        "TXT b": [b"b.b.b", b"{}"],
    }


def test_other_txt_records_are_passed_over() -> None:
    text = '"v=spf1 -all"\n"adem-tokens=x"\n"xadem-token=x"\n"adem-key"\n"adem-token-a-b=x"\n'
    assert token_sets([read_txt(text)], where="here") == []


@pytest.mark.parametrize(
    "item",
    [Item("B", "token", KEY, "test"), Item("B", "key", TOKEN, "test"), Item("B", "token", b"", "test")],
)
def test_what_is_not_its_kind_is_not_published(item: Item) -> None:
    with pytest.raises(RecordError):
        records(NAME, [item])


def test_too_much_for_one_answer_is_refused() -> None:
    with pytest.raises(RecordError, match="an answer holds"):
        records(NAME, [Item("B", "token", TOKEN + bytes([n]) * 20_000, "test") for n in range(3)])


@pytest.mark.parametrize("name", ["", ".", "*.example.org", "a..b", "x" * 64 + ".org", "a\\", ("y" * 60 + ".") * 5])
def test_what_is_no_host_name(name: str) -> None:
    with pytest.raises(RecordError):
        host(name)


def test_names_are_plain_ascii() -> None:
    assert plain(host("Bücher.Example.ORG.")) == "xn--bcher-kva.example.org"


@pytest.mark.parametrize(
    "text", ["$INCLUDE /etc/passwd", "$GENERATE 1-9 a$ A 1.2.3.4", "x TYPE65297 \\# 3 aabb", "x A", ";\0\nx IN"]
)
def test_zone_lines_that_are_refused(text: str) -> None:
    with pytest.raises(RecordError):
        read_zone(text)


@given(st.binary(min_size=1, max_size=2000), st.sampled_from([IHLE, 65400]))
@settings(max_examples=60, deadline=None)
def test_any_rdata_goes_out_and_comes_back(data: bytes, number: int) -> None:
    kind = kind_of(data)
    if kind is None:
        return
    item = Item("B", kind, data, "test")
    text = "\n".join(lines(records(NAME, [item], number=number)))
    assert f" TYPE{number} \\# {len(data)} " in text
    (found,) = token_sets(read_zone(text), where="test")
    assert found.items == (Item("B", kind, data, "IHLE, test"),)


@given(st.binary(max_size=900).map(bytes.strip), st.text("abcXYZ019_", max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_txt_goes_out_and_comes_back(data: bytes, identifier: str) -> None:
    text = "\n".join(lines(records(NAME, [Item("A", "token", data, "t")], identifier=identifier)))
    (rrset,) = read_zone(text)
    assert rrset.rdtype == dns.rdatatype.TXT
    (found,) = token_sets([rrset], where="test")
    assert [item.data for item in found.items] == [data]


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (read_zone, read_txt, host):
        with contextlib.suppress(RecordError):
            read(text)
