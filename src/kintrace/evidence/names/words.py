"""A word of a name, read once: how it may sound, which known names it is, what its ending says."""

from dataclasses import dataclass, field
from functools import lru_cache

from kintrace.evidence.names import endings, pinyin, sounds
from kintrace.evidence.names.known import UNVOWELLED, Known, known_as, spelled_so
from kintrace.evidence.names.splitting import Raw, bare, without_article


@dataclass(frozen=True, eq=False)
class Form:
    """One way to take a word: as written, without its article, in the masculine, …"""

    kind: str
    """``""`` as written; ``article``, ``masculine``, ``romanised``."""
    readings: tuple[sounds.Reading, ...]
    skeletons: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Word:
    """A word as it is compared. The same text gives the same object, so that what was found of two words can be kept."""

    text: str
    script: str
    forms: tuple[Form, ...]
    known: frozenset[Known]
    exact: bool
    """It stands in the table of known names as it is written, not only by its sound."""
    ending: float
    """What part of the sounds is the ending that many surnames have; 0 for none."""
    father: "Word | None"
    """The father's name in it, if it is a patronymic."""
    daughter: bool
    """It is a daughter's patronymic."""
    plain: str
    """In ASCII, for slips of typing."""
    size: float
    """Consonants by which it can be told from others; a vowel counts for a third."""
    feminine: bool | None
    """Whether it surely ends in a, or surely not."""
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def surname(self) -> bool:
        """Whether it ends as surnames do."""
        return self.ending > 0

    @property
    def voicing(self) -> bool:
        """Whether it is an Armenian surname: eastern and western Armenian swap voiced and unvoiced sounds."""
        return self.script == "latin" and self.plain.endswith(("ian", "yan"))

    @property
    def unvowelled(self) -> bool:
        """Whether its script leaves out vowels."""
        return self.script in UNVOWELLED

    @property
    def given(self) -> bool:
        """Whether it is known as a given name."""
        return any(not each.family for each in self.known)

    @property
    def of_families(self) -> bool:
        """Whether it is known as a family name."""
        return any(each.family for each in self.known)


@lru_cache(maxsize=200_000)
def word(text: str, script: str) -> Word:
    """Read a word.

    Args:
        text: as :func:`~kintrace.evidence.names.splitting.split` gives it.
        script: its script.
    """
    known, exact = known_as(text, script)
    forms = [_form("", text, script)]
    raw = Raw(text, script, text)
    article = without_article(raw)
    if article and not exact:
        forms.append(_form("article", article, script))
        more, _ = known_as(article, script)
        known = known or more
    ending = "" if exact else endings.surname(text, script)
    masculine = endings.masculine(text, script) if not any(each.sex == "f" for each in known) else ""
    if masculine:
        forms.append(_form("masculine", masculine, script))
    if script == "latin":
        forms += [_form("romanised", other, script) for other in pinyin.respelled(text)]
    father = endings.patronymic(text, script)
    reading = forms[0].readings[0]
    return Word(
        text=text,
        script=script,
        forms=tuple(forms),
        known=known,
        exact=exact,
        ending=_size(sounds.readings(ending, script)[0], script) / max(_size(reading, script), 1.0) if ending else 0.0,
        father=_father(*father, script) if father and not exact else None,
        daughter=bool(father and father[1]),
        plain=bare(text),
        size=_size(reading, script),
        feminine=sounds.ends_in_a(reading),
    )


def _form(kind: str, text: str, script: str) -> Form:
    readings = sounds.readings(text, script)
    skeletons = (sounds.skeleton(reading, strict) for reading in readings for strict in (False, True))
    return Form(kind, readings, tuple(dict.fromkeys(skeletons)))


def _size(reading: sounds.Reading, script: str) -> float:
    return sum(_told(slot, script) for slot in reading)


def _told(slot: sounds.Slot, script: str) -> float:
    mask, weak = slot
    if sounds.is_vowel(mask):
        return 0.33
    return 0.25 if weak or mask & (sounds.VOWELS | sounds.GLIDES) else 1.0


def _father(stem: str, feminine: bool, script: str) -> Word:
    """The father's name of a patronymic: the known name that the stem begins, or the stem."""
    tails = (
        ("", "а", "о", "ій", "ий", "й", "ь", "я")
        if script == "cyrillic"
        else ("", "a", "o", "ii", "iy", "y", "i", "ia", "j")
    )
    for tail in tails:
        for cut in (stem, stem[:-1] if stem[-1] in "iyjйьіи" else stem):
            if spelled_so(cut + tail, script):
                return word(cut + tail, script)
    return word(stem, script)
