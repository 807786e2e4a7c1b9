"""Chinese names: Hanyu Pinyin also in the older romanisation of Wade and Giles, so that Zhiqiang and Chih-ch'iang meet.

The pairs of initials and finals are those of the two systems (ISO 7098:2015; H. A. Giles, A Chinese-English Dictionary, 1892),
without the aspiration mark, which is hardly ever written.
"""

import re
from functools import lru_cache

_INITIALS = {
    "zh": "ch", "ch": "ch", "sh": "sh", "b": "p", "p": "p", "m": "m", "f": "f", "d": "t", "t": "t", "n": "n", "l": "l",
    "g": "k", "k": "k", "h": "h", "j": "ch", "q": "ch", "x": "hs", "r": "j", "z": "ts", "c": "ts", "s": "s", "y": "y", "w": "w",
    "": "",
}  # fmt: skip
_FINALS = (
    "iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ueng|ai|ei|ao|ou|an|en|ia|ie|iu|in|ua|uo|ui|un|ue|ve|er|a|o|e|i|u|v"
)
_TOLD = {"ong": "ung", "iong": "iung", "ian": "ien", "ie": "ieh", "ue": "ueh", "er": "erh", "ve": "ueh", "v": "u"}
_SYLLABLE = re.compile(f"({'|'.join(sorted(filter(None, _INITIALS), key=len, reverse=True))}|)({_FINALS})")
_MARKED = ("zh", "x", "q", "c", "j", "z", "g", "d", "b")


@lru_cache(maxsize=20_000)
def respelled(word: str) -> tuple[str, ...]:
    """A word of one or two Pinyin syllables in Wade-Giles; nothing for any other word, or where both write it alike."""
    if not 2 <= len(word) <= 12 or not word.isascii():
        return ()
    syllables = _syllables(word, 2)
    if not syllables:
        return ()
    other = "".join(_wade(initial, final) for initial, final in syllables)
    return (other,) if other != word and any(initial in _MARKED for initial, _ in syllables) else ()


def _syllables(word: str, most: int) -> list[tuple[str, str]]:
    if not word:
        return []
    if not most:
        return []
    for final_first in sorted({m.end() for m in _candidates(word)}, reverse=True):
        for found in _candidates(word):
            if found.end() != final_first:
                continue
            rest = word[found.end() :]
            if not rest:
                return [(found.group(1), found.group(2))]
            more = _syllables(rest, most - 1)
            if more and (rest[0] not in "aeiou"):
                return [(found.group(1), found.group(2)), *more]
    return []


def _candidates(word: str) -> list[re.Match[str]]:
    found = []
    for end in range(1, min(len(word), 6) + 1):
        whole = _SYLLABLE.fullmatch(word, 0, end)
        if whole:
            found.append(whole)
    return found


def _wade(initial: str, final: str) -> str:
    if initial in ("zh", "ch", "sh", "r") and final == "i":
        return {"zh": "chih", "ch": "chih", "sh": "shih", "r": "jih"}[initial]
    if initial in ("z", "c", "s") and final == "i":
        return {"z": "tzu", "c": "tzu", "s": "ssu"}[initial]
    if initial in ("g", "k", "h") and final == "e":
        return _INITIALS[initial] + "o"
    if initial in ("d", "t", "n", "l", "z", "c", "s", "zh", "ch", "sh", "r") and final == "uo":
        return _INITIALS[initial] + "o"
    if initial == "y" and final in ("ong", "an", "e"):
        return {"ong": "yung", "an": "yen", "e": "yeh"}[final]
    return _INITIALS[initial] + _TOLD.get(final, final)
