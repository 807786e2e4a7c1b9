"""Endings that say something: patronymics, feminine surnames, surnames as such.

Slavic patronymics and surnames after Unbegaun, "Russian Surnames" (1972); Greek surnames of women stand in the genitive;
Armenian -yan, Georgian -shvili and -dze, South Slavic -ić, Turkish -oğlu mark a surname.
"""

import re
from typing import Final

_PATRONYMIC: Final = {
    "cyrillic": re.compile(
        r"^(.{2,}?)(?:(?P<m>ьович|йович|ьевич|иевич|ійович|ович|евич|євич|ьич|ич)|"
        r"(?P<f>ьовна|йовна|ьевна|иевна|ївна|ійівна|івна|овна|евна|євна|їнична|ична|инична|ишна|ьївна))$"
    ),
    "latin": re.compile(
        r"^(.{2,}?)(?:(?P<m>[ijy]{0,2}[oeё]+vi[tc]?ch|[ijy]{0,2}[oe]vy[tc]?ch|[ijy]{0,2}[oe]wi[ct]sch|[ijy]{0,2}[oe]vitsch|"
        r"[ijy]{0,2}[oe]vič|[ijy]{0,2}[oe]vyč)|(?P<f>[ijy]{0,3}[oe]vna|[ijy]{0,3}[oe]wna|[ijy]{0,3}ivna|[iy]n?i[ct]?hna|yčna|ična))$"
    ),
}
_FEMININE: Final = {
    "cyrillic": (
        (re.compile(r"(?:ськая|ська|ская|ска)$"), "ский"), (re.compile(r"(?:цькая|цька|цкая|цка)$"), "цкий"),
        (re.compile(r"(ов|ев|єв|ёв|їв|ин|ін|їн|ын)а$"), r"\1"), (re.compile(r"(?<=.{3})(?:ая|яя)$"), "ий"),
        (re.compile(r"(?<=.{4}н)а$"), "ий"),
    ),
    "latin": (
        (re.compile(r"(s|c|z|ts|tz)k(?:a|aya|aja|aia|á)$"), r"\1ki"), (re.compile(r"(o|e|yo|io)(v|w)(?:a|á)$"), r"\1\2"),
        (re.compile(r"(?<=.{3})(i|y)na$"), r"\1n"), (re.compile(r"(?<=.{4})(?:aya|aja|aia)$"), "yi"),
        (re.compile(r"([ia]d)ou$"), r"\1is"), (re.compile(r"(poulou|pulu)$"), "poulos"),
        (re.compile(r"(?:aitė|ytė|utė|aite|yte|ienė|iene)$"), "as"),
    ),
    "greek": (
        (re.compile(r"(ιδ|αδ)ου$"), r"\1ισ"), (re.compile(r"ου$"), "οσ"), (re.compile(r"η$"), "ησ"), (re.compile(r"α$"), "ασ"),
    ),
}  # fmt: skip
_SURNAME: Final = {
    "cyrillic": re.compile(
        r"(?:енко|єнко|енка|чук|щук|юк|як|ський|ська|цький|цька|ский|ская|цкий|цкая|ов|ова|ев|ева|єв|єва|ин|ина|ін|іна|ько|"
        r"ло|ець|ян|янц|швили|швілі|дзе|ић|оглу|заде|ых|их)$"
    ),
    "latin": re.compile(
        r"(?:enko|chuk|czuk|tchouk|yuk|iuk|jak|iak|yak|[sc]ky[ij]?|[sct]ki[yj]?|ckij|[scz]ka|skaya|ov|ova|ow|owa|off|ev|eva|ew|yan|ian|"
        r"jan|iants|yants|shvili|chvili|schwili|dze|ić|vić|vic|ovich|oglu|oğlu|poulos|poulou|pulos|idis|ides|idou|akis|aki|zadeh?|"
        r"pour|nejad|escu|son|sen|mann|berg|stein|ez|ski|dottir)$"
    ),
    "greek": re.compile(r"(?:πουλοσ|πουλου|ιδησ|ιδου|ακησ|ακη|ογλου)$"),
    "arabic": re.compile(r"(?:زاده|پور|نژاد|نیا|یان|اوی)$"),
}  # fmt: skip


def patronymic(word: str, script: str) -> tuple[str, bool] | None:
    """The father's name left when a patronymic's ending is taken off, and whether it is a daughter's; None if it is none."""
    found = _PATRONYMIC[script].match(word) if script in _PATRONYMIC else None
    if not found:
        return None
    feminine = found.group("f") is not None
    ending = found.group("f") or found.group("m")
    if ending in ("ич", "ична") and len(found.group(1)) < 3:
        return None
    return found.group(1), feminine


def masculine(word: str, script: str) -> str:
    """A feminine surname in its masculine form; "" where it has no feminine ending."""
    if len(word) < 5:
        return ""
    for pattern, form in _FEMININE.get(script, ()):
        plain = pattern.sub(form, word)
        if plain != word:
            return plain
    return ""


def surname(word: str, script: str) -> str:
    """The ending that surnames have and given names hardly ever; "" for none."""
    found = _SURNAME[script].search(word) if len(word) > 4 and script in _SURNAME else None
    return found.group() if found else ""
