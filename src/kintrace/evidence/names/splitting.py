"""From a name as written to its words: scripts, marks and apostrophes, articles, compounds, titles, kunya and nasab."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from anyascii import anyascii

MOST_CHARACTERS, MOST_WORDS, MOST_LETTERS = 240, 10, 40
"""What is longer is cut: no name that is written on a card is."""

_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ‘`´ʹʺ‛′\"ʿʾʻ׳״՛՚·"))
_JOINERS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x0640, 0xFEFF])
# Latin letters that keyboards put into Cyrillic words, and the other way round.
_TO_CYRILLIC = str.maketrans("aceiopxykmtbh", "асеіорхукмтвн")
_TO_LATIN = str.maketrans("асеіорхук", "aceiopxyk")
_LETTER_FORMS = str.maketrans({"ك": "ک", "ى": "ی", "ي": "ی", "ٱ": "ا", "ھ": "ه", "ہ": "ه", "ς": "σ"})

_LISTS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(files(__package__).joinpath("particles.toml").read_text(encoding="utf-8")).items()
}
ARTICLES, SURE_ARTICLES = _LISTS["articles"], _LISTS["sure_articles"]
PARTICLES, TITLES = _LISTS["particles"], _LISTS["titles"]
SON_OF, AFTER_FATHER = _LISTS["son_of"], _LISTS["after_father"]
KUNYA, SERVANT, FAITH = _LISTS["kunya"], _LISTS["servant"], _LISTS["faith"]
_SERVANT_ATTACHED = re.compile(r"abd(?:[aeiou]{1,2}l-?|[aeou]{1,2}(?=([rsznd])\1))(?=.{3})")
_FAITH_ATTACHED = re.compile(r"(.{3,}?)(?:[aeu]l|[aeou]{1,2}d?)(?=d[ie]{1,2}n+e?$)")
_ARTICLE_ATTACHED = re.compile(r"^(?:al|el)(?=[bcdfghjkmnqrstwyz].{4})")


@dataclass(frozen=True)
class Raw:
    """A word of a name before it is read."""

    text: str
    """Case folded, in one script, without marks that are left out as often as not."""
    script: str
    shown: str
    """As it was written."""
    father: bool = False
    """The writing says that it is the father's name (ibn, bint, oğlu)."""
    kunya: bool = False
    weak: bool = False
    """A particle or a title: says next to nothing."""
    surname: bool = False
    """It stood before a comma."""
    hyphened: bool = False
    """A hyphen joins it to its neighbour."""
    ends: bool = False
    """It is the last of what hyphens join."""


def script_of(word: str) -> str:
    """``latin``, ``cyrillic``, ``greek``, ``arabic`` or ``hebrew`` by most letters; "" for any other script."""
    if word.isascii() and word.isalpha():
        return "latin"
    counts: dict[str, int] = {}
    for letter in word:
        code = ord(letter)
        for low, high, name in _RANGES:
            if low <= code <= high:
                counts[name] = counts.get(name, 0) + 1
                break
    return max(counts, key=lambda name: counts[name]) if counts else ""


_RANGES = (
    (0x41, 0x24F, "latin"), (0x1E00, 0x1EFF, "latin"), (0x400, 0x52F, "cyrillic"), (0x370, 0x3FF, "greek"),
    (0x1F00, 0x1FFF, "greek"), (0x600, 0x77F, "arabic"), (0xFB50, 0xFEFC, "arabic"), (0x590, 0x5FF, "hebrew"),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def split(name: str) -> tuple[Raw, ...]:
    """The words of a name in order; none for a text without letters. The same text gives the same words."""
    text = unicodedata.normalize("NFKC", name[: 4 * MOST_CHARACTERS])[:MOST_CHARACTERS]
    text = text.translate(_JOINERS).translate(_APOSTROPHES)
    before, comma, after = text.replace("،", ",").partition(",")
    raws = _words(before)
    if comma and _words(after):
        raws = [replace(raw, surname=True) for raw in raws] + _words(after)
    return tuple(_compounds(raws)[:MOST_WORDS])


def _words(text: str) -> list[Raw]:
    found = []
    for chunk in text.split():
        kept = chunk if chunk.isalpha() else "".join(letter if _kept(letter) else " " for letter in chunk)
        pieces = kept.split()
        raws = [raw for piece in pieces for raw in _one(piece)]
        if len(pieces) > 1 and "-" in chunk:
            raws = [replace(raw, hyphened=True, ends=raw is raws[-1]) for raw in raws]
        found += raws
    return found


def _kept(letter: str) -> bool:
    return letter.isalpha() or unicodedata.category(letter) in ("Mn", "Mc")


def _one(shown: str) -> list[Raw]:
    piece = shown.casefold()
    script = script_of(piece)
    if script in ("arabic", "hebrew"):
        # Vowel points are hardly ever written in names; hamza and madda stay as the letters are.
        piece = "".join(letter for letter in piece if unicodedata.category(letter) != "Mn")
        plain = piece.translate(_LETTER_FORMS)
        return [Raw(plain[:MOST_LETTERS], script, shown)] if plain else []
    if script == "greek":
        plain = "".join(x for x in unicodedata.normalize("NFD", piece) if unicodedata.category(x) != "Mn")
        return [Raw(plain.translate(_LETTER_FORMS)[:MOST_LETTERS], script, shown)]
    if script == "cyrillic":
        plain = unicodedata.normalize("NFC", piece.translate(_TO_CYRILLIC))
        return [Raw(plain[:MOST_LETTERS], script, shown)]
    if script == "latin":
        return [Raw(unicodedata.normalize("NFC", piece.translate(_TO_LATIN))[:MOST_LETTERS], script, shown)]
    if 1 < len(piece) <= 4 and all("\u3400" <= x <= "\u9fff" or "\uac00" <= x <= "\ud7a3" for x in piece):
        # Chinese and Korean names are written in one: the family name is the first character, as a rule.
        parts = [piece[:1], piece[1:]] if len(piece) < 4 else [piece[:2], piece[2:]]
        return [Raw(_latin(part), "latin", part, surname=not at) for at, part in enumerate(parts) if _latin(part)]
    plain = _latin(piece)
    return [Raw(plain, "latin", piece)] if plain else []


def _latin(piece: str) -> str:
    # anyascii("ə") and the like are Latin letters again; its apostrophes and signs are dropped.
    return "".join(filter(str.isalpha, anyascii(piece[: 4 * MOST_LETTERS]).casefold()))[:MOST_LETTERS]


def _compounds(raws: list[Raw]) -> list[Raw]:
    """Words that are one name put together; articles, particles and titles marked or dropped."""
    found: list[Raw] = []
    father = False
    at = 0
    while at < len(raws):
        raw, after = raws[at], at + 1
        plain = bare(raw.text)
        following = _after_article(raws, after)
        if plain in SERVANT and following is not None:
            raw = _merged(raw, "عبد" if raw.script == "arabic" else "abd", raws[following])
            after = following + 1
        elif plain in KUNYA and following is not None:
            raw = replace(_merged(raw, plain, raws[following]), kunya=True)
            after = following + 1
        elif plain in SON_OF and at + 1 < len(raws) and (found or plain not in ("ben", "bat", "om")):
            father, at = True, after
            continue
        elif plain in AFTER_FATHER and len(found) > 0:
            found[-1] = replace(found[-1], father=True)
            at = after
            continue
        elif plain in ARTICLES and after < len(raws) and (plain in SURE_ARTICLES or at > 0) and not raw.ends:
            at = after
            continue
        else:
            follower = _faith(raws, after)
            if follower and len(plain) > 2:
                raw = replace(raw, text=raw.text + follower[0], shown=f"{raw.shown} {follower[2]}")
                after = follower[1]
            elif (plain in PARTICLES or raw.text in TITLES or plain in TITLES) and len(raws) > 2:
                raw = replace(raw, weak=True)
        text, of_father = _attached(raw), father and not raw.weak
        if (text, of_father) != (raw.text, raw.father):
            raw = replace(raw, text=text, father=of_father)
        father = father and raw.weak
        found.append(raw)
        at = after
    return found


def bare(word: str) -> str:
    """A word without diacritics; of Latin letters only ASCII is left."""
    if word.isascii():
        return word
    plain = "".join(x for x in unicodedata.normalize("NFD", word) if unicodedata.category(x) != "Mn")
    return anyascii(plain).casefold() if script_of(plain) == "latin" else plain


def _after_article(raws: list[Raw], at: int) -> int | None:
    if at < len(raws) and bare(raws[at].text) in ARTICLES and at + 1 < len(raws):
        at += 1
    return at if at < len(raws) else None


def _merged(raw: Raw, lead: str, other: Raw) -> Raw:
    rest = other.text
    if other.script == "arabic" and rest.startswith("ال") and len(rest) > 4 and rest != "الله":
        rest = rest[2:]
    if lead == "abd" and rest in ("lah", "llah", "lahi"):
        rest = "allah"
    return replace(raw, text=(lead + rest)[:MOST_LETTERS], shown=f"{raw.shown} {other.shown}")


def _faith(raws: list[Raw], at: int) -> tuple[str, int, str] | None:
    """``-din`` or ``-allah`` written apart: its plain form, the place after it, as written."""
    if at >= len(raws):
        return None
    text = bare(raws[at].text)
    if text in ("الدین", "الدين"):
        return "دین", at + 1, raws[at].shown
    if text in ("الله", "allah", "ullah", "ollah"):
        return ("الله" if raws[at].script == "arabic" else "allah"), at + 1, raws[at].shown
    if re.fullmatch(r"(?:[aeu]l|[aeou]{1,2}d)d[ie]{1,2}n+e?", text):
        return "din", at + 1, raws[at].shown
    if text in ARTICLES | {"od", "ud"} and at + 1 < len(raws) and bare(raws[at + 1].text) in FAITH:
        return "din", at + 2, f"{raws[at].shown} {raws[at + 1].shown}"
    return None


def _attached(raw: Raw) -> str:
    """A compound written in one, as the same written apart would be."""
    word = raw.text
    if raw.script == "arabic":
        if word.startswith("عبدال") and word != "عبدالله" and len(word) > 7:
            return "عبد" + word[5:]
        if word.endswith("الدین") and len(word) > 6:
            return word[:-5] + "دین"
        return word
    if raw.script != "latin" or len(word) < 6:
        return word
    if not word.startswith(("abdul", "abdal", "abdol", "abdoul")) or "lah" not in word[4:8]:
        word = _SERVANT_ATTACHED.sub("abd", word, count=1)
    return _FAITH_ATTACHED.sub(r"\1", word, count=1)


def without_article(raw: Raw) -> str:
    """An Arabic word without the article attached to it; "" where there is none."""
    if raw.script == "arabic" and raw.text.startswith("ال") and len(raw.text) > 4:
        return raw.text[2:]
    if raw.script == "latin":
        rest = _ARTICLE_ATTACHED.sub("", raw.text, count=1)
        return rest if rest != raw.text else ""
    return ""
