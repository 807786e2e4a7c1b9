"""Words that strangers wrote into a file → words that can be shown.

They are shown and never interpreted: no markup, no escape codes, no turning of the writing direction, and not without end.
"""

import unicodedata

LONGEST = 300
"""Characters kept of a text; what is cut ends with an ellipsis."""

JOINERS = "\u200c\u200d"
"""Invisible characters that Persian and Indian scripts need. All others go: some turn the direction of what stands around
them, so that a name reads as another, and some merely hide."""


def shown(value: bytes | str, longest: int = LONGEST) -> str:
    """A text fit to be shown: one line, without control characters, of at most ``longest`` characters.

    Bytes are read as UTF-8, or else as Latin-1, which every sequence of bytes is.
    """
    raw = value[: 4 * longest + 64]
    if isinstance(raw, bytes):
        raw = raw.split(b"\0")[0]
        text = _decoded(raw)
    else:
        text = raw.split("\0")[0]
    kept = "".join(_visible(character) for character in text)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _decoded(raw: bytes) -> str:
    for cut in range(4):  # the end may lie in the middle of a character
        try:
            return raw[: len(raw) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    kind = unicodedata.category(character)
    return "" if kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in JOINERS else character
