"""Words that are written where nobody knows a name, a number or a place: “unknown male”, “N.N.”, “not issued”, مجهول الهوية.

Two records that both have such words have nothing in common. A value is a placeholder where all of its words are words of
``placeholders.toml`` and at least one is strong; so a real name beside such a word stays one (“Baby Kovalenko”), and so do names
that are weak words (Man). “Unknown Kovalenko” is a Kovalenko. Who is only said to be somebody's child (“baby of Fatima”) has no
name of their own yet.
"""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

LONGEST = 80
"""Letters from which on a text is more than a placeholder."""
_STRONG = "\x00"
_SAME_LETTER = str.maketrans("ىیکگةٱ", "ييككها")
_MOTHERS = re.compile(r"^\W*b\s*/\s*o\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=50_000)
def says_nothing(text: str) -> bool:
    """Whether a text only says that something is not known; a text without a word says nothing, too."""
    if len(text) > LONGEST:
        return False
    words = folded(_MOTHERS.sub("baby of", text))
    if not words or words.startswith(_beginnings()):
        return True
    strong = _phrases("strong").sub(f" {_STRONG} ", f" {words} ").split()
    known = [word == _STRONG or word in _listed("strong") for word in strong]
    return any(known) and all(
        sure or len(word) == 1 or word.isdigit() or word in _listed("weak")
        for word, sure in zip(strong, known, strict=True)
    )


@lru_cache(maxsize=50_000)
def named(text: str) -> str:
    """A name without what only says that a part of it is not known; "" where nothing is left."""
    if len(text) > LONGEST:
        return text
    return "" if says_nothing(text) else _WORD.sub(_named_word, text).strip()


def _named_word(found: re.Match[str]) -> str:
    return "" if folded(found[0]) in _listed("never") else found[0]


def folded(text: str) -> str:
    """The words of a text as they are looked up, without marks and in one form of each letter, with one space between them."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each for each in decomposed if not unicodedata.combining(each) and each != "ـ")
    return " ".join(_WORD.findall(bare.translate(_SAME_LETTER)))


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("placeholders.toml").read_text(encoding="utf-8"))


@cache
def _listed(group: str) -> frozenset[str]:
    return frozenset(folded(_file()[group]["words"]).split())


def _several(group: str) -> list[str]:
    """The phrases of a group, the longest first."""
    found = {folded(phrase) for phrase in re.split(r"[;\n]", _file()[group]["phrases"])} - {""}
    return sorted(found, key=lambda phrase: (-len(phrase), phrase))


@cache
def _phrases(group: str) -> re.Pattern[str]:
    return re.compile("(?<= )(?:" + "|".join(map(re.escape, _several(group))) + ")(?= )")


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple(f"{phrase} " for phrase in _several("beginnings"))
