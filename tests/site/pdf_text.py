"""The text of a PDF as Typst writes them, read glyph by glyph through each font's own table: what a reader would copy."""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_NEXT = re.compile(rb"/(f\d+) [\d.]+ Tf|\(|<([0-9A-Fa-f]+)>")
_IN_TEXT = re.compile(rb"\\(?:[0-7]{1,3}|.)|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """All texts of all pages, in the order they were drawn, without spaces (a line's end is none)."""
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
    pages = [each for each in objects.values() if re.search(rb"/Type/Page\b", each)]
    assert pages, "no pages were found"
    return "".join(_page(each, objects) for each in pages)


def actions_of(pdf: bytes) -> list[bytes]:
    """What in it could do something: run, open, send, or hold another file."""
    return re.findall(rb"/(?:JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|EmbeddedFiles?|GoToR)\b", pdf)


def _page(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = {
        name.decode(): _table(objects[int(number)], objects)
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", _of(page, b"Resources", objects))
    }
    made, font = "", ""
    content, at = _stream(_of(page, b"Contents", objects)), 0
    while found := _NEXT.search(content, at):
        at = found.end()
        if found[1]:
            font = found[1].decode()
            continue
        codes = bytes.fromhex(found[2].decode()) if found[2] else b""
        if found[0] == b"(":
            end = _closing(content, at)
            codes, at = _ESCAPE.sub(_unescaped, content[at:end]), end + 1
        if content[: found.start()].endswith((b"/ActualText", b"/Lang")):  # said beside the glyphs, not drawn
            continue
        made += "".join(fonts[font][codes[each : each + 2]] for each in range(0, len(codes), 2))
    return re.sub(r"[\s\u200b]", "", made)


def _closing(content: bytes, at: int) -> int:
    """Where the text ends that begins there: brackets within it come in pairs, or after a backslash."""
    deep = 1
    for found in _IN_TEXT.finditer(content, at):
        deep += {b"(": 1, b")": -1}.get(found[0], 0)
        if not deep:
            return found.start()
    raise AssertionError("a text does not end")


def _of(page: bytes, what: bytes, objects: dict[int, bytes]) -> bytes:
    found = re.search(rb"/" + what + rb" (\d+) 0 R", page)
    assert found, what
    return objects[int(found[1])]


def _table(font: bytes, objects: dict[int, bytes]) -> dict[bytes, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", _stream(_of(font, b"ToUnicode", objects)))
    return {bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _stream(held: bytes) -> bytes:
    head, _stream, data = held.partition(b"stream\n")
    assert b"/FlateDecode" in head
    return zlib.decompress(data.removesuffix(b"\nendstream"))


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if found[1][:1].isdigit() else _PLAIN.get(found[1], found[1])
