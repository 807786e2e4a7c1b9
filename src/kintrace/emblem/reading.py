"""Tokens and keys from whatever they were saved as: output of ``dig``, a zone file, JWS, JWK, CBOR, hexadecimal, a bundle.

What is found is only sorted out here; whether it is any good, :func:`kintrace.emblem.verify` says.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kintrace.emblem import cbor
from kintrace.emblem.items import Item, Kind, Profile
from kintrace.errors import NotReadable

MOST_BYTES = 4 * 1024 * 1024
BUNDLE = "kintrace-emblem"
"""Name of the member that makes a JSON object a bundle of ours; its value is 1."""
_JWS = re.compile(r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*\Z")
_LABELLED = re.compile(r"adem-(token|key)(?:-[^=]*)?=(.*)\Z", re.DOTALL)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+\Z")
_TYPE = re.compile(r"(?:TYPE\d+|IHLE)\Z", re.IGNORECASE)


def read_files(files: Iterable[Path]) -> list[Item]:
    """All tokens and keys in some files.

    Raises:
        NotReadable: a file cannot be read, is too large, or holds no token and no key.
    """
    found: list[Item] = []
    for file in files:
        try:
            data = file.read_bytes() if file.stat().st_size <= MOST_BYTES else None
        except OSError as problem:
            raise NotReadable(f"{file} cannot be read ({problem.strerror}).", "Nothing was taken from it.") from problem
        items = list(read_items(data, str(file))) if data is not None else []
        if not items:
            raise NotReadable(
                f"{file} holds no token and no key, or has more than {MOST_BYTES:,} bytes.",
                "Nothing was taken from it.",
                "Give what dig printed, a zone file, JWS lines, JWK, or CBOR.",
            )
        found += items
    return found


def read_items(data: bytes, source: str) -> Iterator[Item]:
    """The tokens and keys in these bytes; what is neither is passed over."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not text or any(ord(one) < 32 and one not in "\t\r\n" for one in text):
        yield from _binary(data, source)
        return
    whole = _json(text)
    if whole is not None:
        yield from _from_json(whole, source)
        return
    for number, line in _logical_lines(text):
        yield from _line(line, f"{source}:{number}")


def bundle(items: Iterable[Item]) -> str:
    """Items as a JSON file that :func:`read_items` reads."""
    lines = [
        {
            "profile": item.profile,
            "kind": item.kind,
            "data": item.data.decode("ascii") if item.profile == "A" else item.data.hex(),
        }
        for item in items
    ]
    return json.dumps({BUNDLE: 1, "items": lines}, indent=1) + "\n"


def of_cbor(data: bytes, source: str) -> Item:
    """One CBOR item of profile B: a token where it is tagged, a key else."""
    return Item("B", "token" if data[:1] and data[0] >> 5 == 6 else "key", data, source)


def _binary(data: bytes, source: str) -> Iterator[Item]:
    try:
        parts = cbor.split(data)
    except NotReadable:
        # One item that is refused is told of, not hidden.
        parts = [data] if data[:1] and data[0] >> 5 in (5, 6) else []
    for number, part in enumerate(parts, 1):
        yield of_cbor(part, f"{source}, item {number}" if len(parts) > 1 else source)


def _json(text: str) -> Any:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _from_json(value: Any, source: str) -> Iterator[Item]:
    if isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield from _from_json(one, f"{source}, {number}")
    elif isinstance(value, str):
        yield from _text(value, source)
    elif isinstance(value, dict) and value.get(BUNDLE) == 1 and isinstance(value.get("items"), list):
        for number, one in enumerate(value["items"], 1):
            yield from _bundled(one, f"{source}, {number}")
    elif isinstance(value, dict) and isinstance(value.get("keys"), list):
        yield from _from_json(value["keys"], source)
    elif isinstance(value, dict) and "kty" in value:
        yield Item("A", "key", json.dumps(value).encode(), source)


def _bundled(one: Any, source: str) -> Iterator[Item]:
    if not isinstance(one, dict) or not isinstance(one.get("data"), str):
        return
    profile: Profile = "A" if one.get("profile") == "A" else "B"
    kind: Kind = "key" if one.get("kind") == "key" else "token"
    if profile == "A":
        yield Item("A", kind, one["data"].encode(), source)
    elif _HEX.match(one["data"]):
        yield Item("B", kind, bytes.fromhex(one["data"]), source)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; those within parentheses as one, as in zone files."""
    begun, first, depth = "", 0, 0
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole
        if not line.lstrip().startswith("{"):
            line = re.sub(r'("(?:\\.|[^"\\])*")|;.*', r"\1", line)
            bare = re.sub(r'"(?:\\.|[^"\\])*"', "", line)
            depth += bare.count("(") - bare.count(")")
        begun, first = (f"{begun} {line}", first) if begun else (line, number)
        if depth <= 0:
            yield first, begun
            begun, depth = "", 0
    if begun:
        yield first, begun


def _line(line: str, source: str) -> Iterator[Item]:
    whole = _json(line)
    if whole is not None:
        yield from _from_json(whole, source)
        return
    words = _words(line)
    plain = [word for word, _ in words]
    for at, (word, quoted) in enumerate(words):
        if not quoted and _TYPE.match(word) and plain[at + 1 : at + 2] == ["\\#"]:
            yield from _generic(plain[at + 1 :], source)
            return
        if not quoted and word.upper() == "TXT" and at + 1 < len(words):
            yield from _text("".join(plain[at + 1 :]), source)
            return
    if plain[:1] == ["\\#"]:
        yield from _generic(plain, source)
    elif words and all(quoted for _, quoted in words):
        yield from _text("".join(plain), source)
    elif len(words) == 1:
        yield from _text(plain[0], source)


def _generic(words: list[str], source: str) -> Iterator[Item]:
    """RFC 3597: ``\\#``, the number of bytes, and these in hexadecimal."""
    digits = "".join(words[2:])
    if len(words) > 2 and words[1].isdigit() and _HEX.match(digits) and len(digits) == 2 * int(words[1][:9]):
        yield of_cbor(bytes.fromhex(digits), source)


def _text(text: str, source: str) -> Iterator[Item]:
    """A TXT record's strings joined, or a token or key that stands by itself."""
    labelled = _LABELLED.match(text)
    if labelled:
        kind: Kind = "token" if labelled[1] == "token" else "key"
        yield Item("A", kind, labelled[2].encode(), source)
    elif _JWS.match(text):
        yield Item("A", "token", text.encode(), source)
    elif _HEX.match(text) and len(text) > 64:
        yield of_cbor(bytes.fromhex(text), source)


def _words(line: str) -> list[tuple[str, bool]]:
    """Words of a line of a zone file or of ``dig``, and whether each was quoted; escapes are resolved, comments left out."""
    words: list[tuple[str, bool]] = []
    for quoted, bare in re.findall(r'"((?:\\.|[^"\\])*)"|([^\s"();]+)|;.*', line):
        if bare:
            words.append((bare if bare == "\\#" else _plain(bare), False))
        elif quoted or '""' in line:
            words.append((_plain(quoted), True))
    return words


def _plain(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code)) if len(code) == 3 else code

    return re.sub(r"\\(\d{3}|.)", one, text)
