"""Tokens are found in whatever they were saved as, and anything else is passed over."""

import json
from pathlib import Path

import pytest
from emblem_make import World
from hypothesis import given
from hypothesis import strategies as st

from kintrace.emblem import Level
from kintrace.emblem.items import Item
from kintrace.emblem.reading import bundle, read_files, read_items
from kintrace.errors import NotReadable


def txt(text: str, width: int = 200) -> str:
    """As ``dig +short`` prints a TXT record."""
    parts = [text[at : at + width] for at in range(0, len(text), width)]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)


def as_txt(items: list[Item]) -> list[str]:
    labels = {"token": "adem-token", "key": "adem-key-7"}
    return [txt(f"{labels[item.kind]}={item.data.decode()}") for item in items]


def as_generic(item: Item) -> str:
    return f"\\# {len(item.data)} {item.data.hex().upper()}"


def written(world: World) -> dict[str, str | bytes]:
    a, b = world.set("A"), world.set("B")
    tokens_a = [item.data.decode() for item in a if item.kind == "token"]
    keys_a = [item.data.decode() for item in a if item.kind == "key"]
    folded = [item.data.hex() for item in b]
    return {
        "dig +short TXT": "\n".join(['"v=spf1 -all"', *as_txt(a), ""]),
        "dig TXT": "\n".join(f"tracing.society.test.\t300\tIN\tTXT\t{line}" for line in as_txt(a)),
        "zone of TXT": "$ORIGIN society.test.\n$TTL 300\n@ IN SOA ns h 1 2 3 4 5\n"
        + "\n".join("tracing 300 IN TXT ( " + line.replace('" "', '"\n"') + " ) ; emblem" for line in as_txt(a)),
        "JWS and JWK lines": "\n".join([*tokens_a, *keys_a]),
        "JWS and JWK lines of Windows": "\r\n".join(["\ufeff" + tokens_a[0], *tokens_a[1:], *keys_a]),
        "JWS and a JWK set": json.dumps([*tokens_a, {"keys": [json.loads(key) for key in keys_a]}]),
        "bundle": bundle(a),
        "bundle of B": bundle(b),
        "dig +short TYPE65297": "\n".join(as_generic(item) for item in b),
        "dig TYPE65297": "\n".join(f"tracing.society.test. 300 IN TYPE65297 {as_generic(item)}" for item in b),
        "zone": "tracing IN A 192.0.2.1 ; (not this\n"
        + "\n".join(f"tracing 300 IN TYPE65400 \\# {len(x) // 2} ( ; emblem\n {x[:60]}\n {x[60:]} )" for x in folded),
        "zone with IHLE": "\n".join(f"tracing IN IHLE {as_generic(item)}" for item in b),
        "hexadecimal lines": "\n".join(folded),
        "CBOR sequence": b"".join(item.data for item in b),
    }  # fmt: skip


@pytest.mark.parametrize("kind", [
    "dig +short TXT", "dig TXT", "zone of TXT", "JWS and JWK lines", "JWS and JWK lines of Windows", "JWS and a JWK set",
    "bundle", "bundle of B", "dig +short TYPE65297", "dig TYPE65297", "zone", "zone with IHLE", "hexadecimal lines",
    "CBOR sequence",
])  # fmt: skip
def test_read(world: World, tmp_path: Path, kind: str) -> None:
    text = written(world)[kind]
    file = tmp_path / "file"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    items = read_files([file])
    assert sorted(item.kind for item in items) == ["key"] * 3 + ["token"] * 3
    assert world.check(items).level is Level.ENDORSED


def test_several_files_and_where_each_was(world: World, tmp_path: Path) -> None:
    names = []
    for number, item in enumerate(world.set("B")):
        file = tmp_path / f"{number}.cbor"
        file.write_bytes(item.data)
        names.append(file)
    items = read_files(names)
    assert world.check(items).level is Level.ENDORSED
    assert items[0].source == str(names[0])
    lines = list(read_items(b"; a remark\n\n" + world.set("A")[0].data, "tokens.txt"))
    assert lines[0].source == "tokens.txt:3"


def test_a_damaged_token_is_shown_not_hidden(world: World) -> None:
    data = world.set("B")[0].data
    for broken in (data[:-1], b"\xd2\xff"):
        found = world.check(list(read_items(broken, "x")))
        assert [(token.kind, token.kept) for token in found.tokens] == [("unreadable", False)]


@pytest.mark.parametrize(
    "data", [b"", b"hello", b'"v=spf1 -all"', b"\xff\xfe\x00", b"{}", b"[1, null, {}]", b"\\# 5 00", b"[" * 5000]
)
def test_nothing_to_read(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(data)
    with pytest.raises(NotReadable):
        read_files([file])
    with pytest.raises(NotReadable):
        read_files([tmp_path / "absent"])


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_a_file_holds(data: bytes) -> None:
    for item in read_items(data, "x"):
        assert item.profile in "AB"


pieces = st.sampled_from(
    ['"', "\\", "\\#", "(", ")", ";", " ", "\n", "TXT", "TYPE65297", "adem-token=", "9", "ab", "{", "e30.e30.e30"]
)


@given(st.lists(pieces, max_size=60).map("".join))
def test_whatever_a_zone_file_holds(text: str) -> None:
    list(read_items(text.encode(), "x"))
