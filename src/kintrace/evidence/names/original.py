"""A proposal of Arabic or Cyrillic letters for a name in Latin ones, for a keyboard that has no others: of known names their
usual spelling, of others letter by letter. What is not written in Latin letters cannot be known from them: people correct it."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from kintrace.evidence.names.known import known_as
from kintrace.evidence.names.splitting import split

ALIKE = 85
"""How alike (0 to 100) a known name's spelling must be to what was typed: John is no Иван here, though the two are one name."""
_CYRILLIC = {
    "shch": "щ", "zgh": "зг", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ya": "я", "iu": "ю", "ia": "я",
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "j": "дж", "k": "к", "l": "л", "m": "м", "n": "н",
    "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "кс", "z": "з",
}  # fmt: skip
_LETTERS: Mapping[str, Mapping[str, str]] = {
    "ukrainian": {
        **_CYRILLIC, "skyi$": "ський", "tskyi$": "цький", "yi$": "ий", "ii$": "ій", "iy$": "ій", "yi": "ї", "ye": "є", "ie": "є",
        "h": "г", "i": "і", "y": "и", "'": "’", "’": "’",
    },
    "russian": {
        **_CYRILLIC, "sky$": "ский", "skiy$": "ский", "skii$": "ский", "iy$": "ий", "ii$": "ий", "ei$": "ей", "ay": "ай",
        "ey": "ей", "oy": "ой", "uy": "уй", "yo": "ё", "ye": "е", "h": "х", "i": "и", "y": "ы", "'": "ь", "’": "ь",
    },
    "arabic": {
        "^aa": "آ", "^a": "أ", "^i": "إ", "^e": "إ", "^o": "أو", "^u": "أو", "^h": "ح", "ah$": "ة", "e$": "ي",
        "sh": "ش", "ch": "تش", "kh": "خ", "gh": "غ", "th": "ث", "dh": "ذ", "aa": "ا", "ee": "ي", "ii": "ي", "oo": "و", "ou": "و",
        "ay": "اي", "ai": "اي", "aw": "او", "au": "او", "a": "ا", "b": "ب", "c": "ك", "d": "د", "e": "", "f": "ف", "g": "غ",
        "h": "ه", "i": "ي", "j": "ج", "k": "ك", "l": "ل", "m": "م", "n": "ن", "o": "و", "p": "ب", "q": "ق", "r": "ر", "s": "س",
        "t": "ت", "u": "و", "v": "ف", "w": "و", "x": "كس", "y": "ي", "z": "ز", "'": "ع", "’": "ع",
    },
}  # fmt: skip
"""Latin letters to others, the longest first; ``^`` at the beginning of a word only, ``$`` at its end only. The Ukrainian ones
are those of the Cabinet's resolution 55 of 2010 read backwards."""
_OWN = {"ukrainian": re.compile("[іїєґ’]"), "russian": re.compile("[ыэъё]")}
"""Letters that only one of the two has."""
_OF_SCRIPT = {
    "ukrainian": re.compile("[а-яієїґ’]+"), "russian": re.compile("[а-яё]+"),
    "arabic": re.compile("[\u0621-\u064a\u067e-\u06d2]+"),
}  # fmt: skip
LETTERS = tuple(_LETTERS)
"""What names can be proposed in."""


def original(name: str, letters: str) -> str:
    """A name in letters of another script, for a person to correct.

    Args:
        name: in Latin letters; words in others stay as they are.
        letters: one of :data:`LETTERS`.
    """
    return " ".join(_word(each, letters) for each in name.split())


def _word(text: str, letters: str) -> str:
    found = list(split(text))
    if not found or any(each.script != "latin" for each in found):
        return text
    first, hyphen, rest = text.partition("-")
    if (
        hyphen
        and letters == "arabic"
        and first.casefold() in ("al", "el", "ar", "as", "an", "ad", "at", "az", "ash", "ed", "es")
    ):
        return "ال" + _word(rest, letters) if rest else text
    if hyphen and rest:
        return f"{_word(first, letters)}-{_word(rest, letters)}"
    spelled = "".join(_letter_by_letter(text, letters))
    written = (_known(found[0].text, letters, spelled) if len(found) == 1 else "") or spelled
    return written if letters == "arabic" else written[:1].upper() + written[1:]


def _known(text: str, letters: str, spelled: str) -> str:
    """The spelling of a known name that is nearest to what was typed, read letter by letter or by its sound; empty where none is
    near."""
    known, exact = known_as(text, "latin")
    own, foreign = _OWN.get(letters), _OWN.get("russian" if letters == "ukrainian" else "ukrainian")
    forms = [form for name in sorted(known, key=str) for form in _spelled().get(name.name, ())] if exact else []
    if any(form.casefold() == spelled for form in forms):
        return spelled
    near = {
        form: alike + bool(own and own.search(form.casefold())) - place / 100
        for place, form in enumerate(forms)
        if _OF_SCRIPT[letters].fullmatch(form.casefold())
        and not (own and foreign and foreign.search(form.casefold()))
        and (alike := ratio(_sound(form, letters), _sound(text, letters))) >= ALIKE
    }
    return max(near, key=lambda form: near[form], default="")


def _sound(text: str, letters: str) -> str:
    """What two spellings are held beside each other by: all letters, in Arabic those that are always written."""
    plain = "".join(letter for letter in anyascii(text).casefold() if letter.isalpha())
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouwy]", "", plain) or plain) if letters == "arabic" else plain


def _letter_by_letter(text: str, letters: str) -> list[str]:
    table = _LETTERS[letters]
    rest, written = anyascii(text.replace("’", "'")).casefold(), []
    if letters == "arabic":
        rest = re.sub(r"(?<=.)[aeiou]?([b-df-hj-np-tv-xz])\1", r"\1", rest)  # written once, after a short vowel
    begun = False
    while rest:
        keys = (key for size in range(5, 0, -1) for key in (f"{rest[:size]}$" * (size == len(rest)),
                                                           f"^{rest[:size]}" * (not begun), rest[:size]))  # fmt: skip
        key = next((each for each in keys if each in table), "")
        written.append(table[key] if key else rest[0])
        rest, begun = rest[len(key.strip("^$")) or 1 :], True
    return written


@cache
def _spelled() -> dict[str, tuple[str, ...]]:
    """All spellings of each known name, the usual ones first."""
    kept = tomllib.loads(files(__package__).joinpath("known.toml").read_text(encoding="utf-8"))
    return {
        f"{section}:{name}": tuple(part for piece in line.split("|")[1:] for part in piece.split())
        for section, lines in kept.items()
        for name, line in lines.items()
    }
