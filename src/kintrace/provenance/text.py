"""Words that strangers wrote into a file → words that can be shown.

They are shown and never interpreted: no markup, no escape codes, no turning of the writing direction, and not without end.
"""

import unicodedata

LONGEST = 300
"""Characters kept of a text; what is cut ends with an ellipsis."""

# They reorder what stands around them, so that a name could read as another.
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


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
    # Cf holds the joiners that Persian and Indian scripts need, so only the turning ones go.
    return "" if kind in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or ord(character) in _TURNING else character
