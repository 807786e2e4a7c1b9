"""Nationalities as records have them: a country's people, as adjectives and nouns of several languages (``nations.toml``).

The gazetteer knows countries by their names only, and takes «українка» for a town of that name.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from kintrace.evidence.placeholders import folded

_ARTICLES = r"(?<!\w)(?:و?ب?ال)?"


@lru_cache(maxsize=20_000)
def nations(text: str) -> frozenset[str]:
    """ISO codes of the countries whose people a text names; none where it names none that is known."""
    codes, pattern = _beginnings()
    return frozenset(codes[found] for found in pattern.findall(folded(text)))


@cache
def _beginnings() -> tuple[dict[str, str], re.Pattern[str]]:
    """Codes by beginnings of words, and a pattern that finds these, the longest first."""
    kept = tomllib.loads(files(__package__).joinpath("nations.toml").read_text(encoding="utf-8"))
    codes = {folded(stem): code for code, stems in kept.items() for stem in stems.split(";")}
    longest = sorted(codes, key=lambda stem: (-len(stem), stem))
    return codes, re.compile(_ARTICLES + "(" + "|".join(map(re.escape, longest)) + ")")
