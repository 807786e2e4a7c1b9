"""Korean given names: two syllables whose vowels tell brothers and sisters apart, in all ways to write them in Latin letters.

Each way to write a vowel may stand for several: Revised Romanization (2000), McCune-Reischauer (1939, its marks often left out),
and what passports have.
"""

import re
from functools import lru_cache

_VOWELS = {
    "a": "a", "aa": "a", "ah": "a", "ae": "e", "ai": "e", "ay": "e", "e": "e", "eh": "e", "eo": "eo", "o": "o eo", "oh": "o",
    "u": "u eo eu", "uh": "eo", "oo": "u eu", "ou": "u", "woo": "u", "eu": "eu", "i": "i ui", "ee": "i ui", "ie": "i", "y": "i",
    "ui": "ui", "eui": "ui", "ya": "ya", "yeo": "yeo", "yo": "yo yeo", "you": "yeo yu", "yu": "yu yeo", "yoo": "yu",
    "ye": "ye yeo", "wa": "wa", "wo": "wo", "weo": "wo", "we": "oe", "wae": "oe", "oe": "oe", "oi": "oe", "wi": "wi", "wee": "wi",
}  # fmt: skip
_GROUP = re.compile(r"w?y?[aeiou]+(?:h(?![aeiouwy])|y(?![aeiou]))?|y(?![aeiou])")


@lru_cache(maxsize=50_000)
def vowels(word: str) -> tuple[frozenset[str], ...]:
    """The vowels of a word in order, each as those that it may stand for; nothing where one is none of Korean.

    Args:
        word: in ASCII.
    """
    groups = [_VOWELS.get(group, "") for group in _GROUP.findall(word)]
    return tuple(frozenset(each.split()) for each in groups) if all(groups) else ()


def other_vowels(one: str, other: str) -> bool:
    """Whether two words, as many syllables long, differ in a vowel: Min-ji, Min-jae."""
    mine, yours = vowels(one), vowels(other)
    return len(mine) == len(yours) and any(not a & b for a, b in zip(mine, yours, strict=True))
