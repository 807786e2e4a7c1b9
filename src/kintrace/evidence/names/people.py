"""The names of one person, as a record has them, and the ways to read them as given, father's and family name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from kintrace.evidence.names import pinyin
from kintrace.evidence.names.parts import Part, Role, Version
from kintrace.evidence.names.splitting import Raw, split
from kintrace.evidence.names.words import Word, word
from kintrace.evidence.placeholders import named

MOST_VERSIONS = 8
"""Ways to write one person's name that are compared; further alternate names are left out."""
Told = str | Iterable[str]


@dataclass(frozen=True)
class Names:
    """All names of one person. Each field holds several values where there are several scripts, spellings or names."""

    full: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    patronymic: tuple[str, ...] = ()
    father: tuple[str, ...] = ()
    """The father's first name."""
    mother_maiden: tuple[str, ...] = ()
    """The mother's family name before she married."""
    alternate: tuple[str, ...] = ()
    """Other names of the person: before marriage, in another country, assumed."""
    nickname: tuple[str, ...] = ()

    @classmethod
    def of(cls, full: Told = (), **told: Told) -> "Names":
        """From texts or lists of texts; empty ones are left out."""
        return cls(**{name: _texts(value) for name, value in {"full": full, **told}.items()})

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Names":
        """From a record's facts by their names in DESIGN.md §4.

        Args:
            facts: each a text, a list of texts, or anything with ``value`` and ``original_script`` as attributes or keys.
        """
        return cls(**{ours: _stated(facts.get(theirs)) for theirs, ours in FACTS.items()})

    def __bool__(self) -> bool:
        """Whether any name is there."""
        return any(getattr(self, each.name) for each in fields(self))

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """The ways to write the whole name; none where no name has a letter."""
        return _versions(self)

    @cached_property
    def borne(self) -> "Names":
        """The same without what only says that a name is not known: nobody is called “unknown male”."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        kept = {name: tuple(filter(None, map(named, texts))) for name, texts in told.items()}
        return self if kept == told else Names(**kept)

    @cached_property
    def order(self) -> str:
        """A text to put two people in order by, so that they are compared the same either way round."""
        return "\n".join("|".join(getattr(self, each.name)) for each in fields(self))

    @cached_property
    def mothers(self) -> tuple[Word, ...]:
        """The mother's maiden name, in each spelling."""
        return _words(self.mother_maiden)


FACTS = {
    "full_name": "full",
    "given_name": "given",
    "family_name": "family",
    "patronymic": "patronymic",
    "father_first_name": "father",
    "mother_maiden_name": "mother_maiden",
    "alternate_names": "alternate",
    "nickname": "nickname",
}
"""Facts of a record, and the fields of :class:`Names` for them."""


def _texts(told: Told) -> tuple[str, ...]:
    values = [told] if isinstance(told, str) else list(told)
    return tuple(dict.fromkeys(str(value).strip() for value in values if str(value).strip()))


def _stated(fact: Any) -> tuple[str, ...]:
    if fact is None:
        return ()
    if isinstance(fact, Mapping):
        return (*_stated(fact.get("value")), *_stated(fact.get("original_script")))
    if hasattr(fact, "value"):
        return (*_stated(fact.value), *_stated(getattr(fact, "original_script", None)))
    return _texts(fact if isinstance(fact, str) else [str(each) for each in fact])


def _words(texts: Iterable[str]) -> tuple[Word, ...]:
    raws = (raw for text in texts for raw in split(text) if not raw.weak)
    return tuple(dict.fromkeys(word(raw.text, raw.script) for raw in raws))


def _versions(names: Names) -> tuple[Version, ...]:
    found = [_typed(names, at) for at in range(max(len(names.given), len(names.family), bool(names.patronymic)))]
    known = [part for version in found for part in version.parts]
    found += [_guessed(text, known) for text in names.full]
    single = []
    for text in names.alternate:
        version = _guessed(text, known, alternate=True)
        if len(version.parts) == 1 and found:
            single.append(version.parts[0].word)
        else:
            found.append(version)
    if not found and names.nickname:
        found = (
            [Version((Part(_words(names.nickname), Role.GIVEN, names.nickname[0]),))] if _words(names.nickname) else []
        )
    found = [_with_father(version, names.father) for version in found if version.parts]
    found = [_with_stand_ins(version, _words(names.nickname), tuple(single)) for version in found]
    return tuple(dict.fromkeys(found))[:MOST_VERSIONS]


def _typed(names: Names, at: int) -> Version:
    parts: list[Part] = []
    weak: list[str] = []
    for texts, role in (
        (names.given, Role.GIVEN), (names.patronymic, Role.FATHER), (names.family, Role.FAMILY),
    ):  # fmt: skip
        text = texts[min(at, len(texts) - 1)] if texts else ""
        raws = split(text)
        weak += [raw.shown for raw in raws if raw.weak]
        kept = [raw for raw in raws if not raw.weak]
        # A second given name is an extra: it is often left out. Of two family names each counts.
        parts += [_part(raw, Role.OTHER if role is Role.GIVEN and number else role) for number, raw in enumerate(kept)]
    return _joined_syllables(Version(tuple(parts), tuple(weak), sure=bool(names.given or names.family)))


def _part(raw: Raw, role: Role) -> Part:
    read = word(raw.text, raw.script)
    words: tuple[Word, ...] = (read,)
    if read.father:
        words = (read.father, read) if role is Role.FATHER else (read, read.father)
    return Part(words, role, raw.shown, raw.kunya and not read.exact, read.daughter if read.father else None)


def _guessed(text: str, known: list[Part], alternate: bool = False) -> Version:
    raws = split(text)
    weak = tuple(raw.shown for raw in raws if raw.weak)
    kept = [raw for raw in raws if not raw.weak]
    read = [word(raw.text, raw.script) for raw in kept]
    roles, sure = _roles(kept, read, known)
    parts = tuple(_part(raw, role) for raw, role in zip(kept, roles, strict=True))
    return _joined_syllables(Version(parts, weak, sure, alternate))


def _roles(raws: list[Raw], read: list[Word], known: list[Part]) -> tuple[list[Role], bool]:
    """What each word is, and whether it is clear which is the given and which the family name."""
    roles: list[Role | None] = [None] * len(read)
    stated = {each: part.role for part in known for each in part.words}
    for at, (raw, each) in enumerate(zip(raws, read, strict=True)):
        if each in stated:
            roles[at] = stated[each]
        elif raw.surname:
            roles[at] = Role.FAMILY
        elif raw.kunya:
            roles[at] = Role.OTHER
        elif raw.father or (each.father is not None and len(read) > 2):
            roles[at] = Role.FATHER
    free = [at for at, role in enumerate(roles) if role is None]
    if len(read) == 1:
        return [roles[0] or Role.OTHER], False
    sure = Role.GIVEN in roles and Role.FAMILY in roles
    if free and Role.GIVEN not in roles:
        before_father = next((at - 1 for at in range(1, len(roles)) if roles[at] is Role.FATHER), -1)
        scores = {at: _like_given(read[at], raws[at], at, free, len(read)) + (at == before_father) for at in free}
        given = max(free, key=lambda at: (scores[at], -at))
        others = [score for at, score in scores.items() if at != given]
        sure = bool(others) and scores[given] - max(others) >= 2
        roles[given] = Role.GIVEN
        free.remove(given)
    if free and Role.FAMILY not in roles:
        family = max(free, key=lambda at: _like_family(read[at], raws[at], at, len(read)))
        roles[family] = Role.FAMILY
    return [Role.OTHER if role is None else role for role in roles], sure


def _like_family(read: Word, raw: Raw, at: int, of: int) -> float:
    score = at / of + (2.0 if read.surname else 0.0)
    if read.of_families and read.exact:
        score += 1.5 + (1.5 if at == 0 and _eastern(read) else 0.0)
        score -= 4.0 if raw.hyphened and _eastern(read) else 0.0
    return score


def _eastern(read: Word) -> bool:
    return read.exact and any(each.section in ("chinese", "korean") for each in read.known)


def _like_given(read: Word, raw: Raw, at: int, free: list[int], of: int) -> float:
    score = 1.2 if at == free[0] and not (of == 2 and _eastern(read)) else 0.0
    score += 1.5 if read.given else 0.0
    score -= 2.5 if read.surname else 0.0
    if _eastern(read) and at in (0, of - 1) and not raw.hyphened:
        return score - (3.1 if at == 0 else 3.0)  # of two that may be, the first is the family name
    return score - (1.0 if read.of_families else 0.0)


def _joined_syllables(version: Version) -> Version:
    """Chinese and Korean given names in one word: Kim Young-soo is Kim Youngsoo."""
    family = [part for part in version.parts if part.role is Role.FAMILY]
    eastern = frozenset(each.section for part in family for each in part.word.known) & {"chinese", "korean"}
    if not eastern:
        return version
    parts, others = version.parts, [part for part in version.parts if part.role is not Role.FAMILY]
    if len(others) == 2 and all(part.word.script == "latin" and len(part.word.text) <= 6 for part in others):
        first, second = others
        if not (first.word.exact and second.word.exact and first.word.given):
            whole = word(first.word.text + second.word.text, "latin")
            one = Part((whole,), Role.GIVEN, f"{first.shown} {second.shown}")
            parts = tuple(one if part is first else part for part in parts if part is not second)
    return replace(version, parts=tuple(_syllables(part) for part in parts), eastern=eastern)


def _syllables(part: Part) -> Part:
    """In Chinese and Korean, j is never read as y or h: Young-soo is not Jeong-su."""
    read = part.word
    if read.script != "latin" or part.role is Role.FAMILY or "j" not in read.text:
        return part
    others = (word(other, "latin") for other in pinyin.respelled(read.text))
    return replace(part, words=(word(read.text.replace("j", "dzh"), "latin"), *others, *part.words[1:]))


def _with_father(version: Version, father: tuple[str, ...]) -> Version:
    """The father's first name in its place, unless the name has it already: the two are one fact."""
    words = _words(father)
    if not words or any(part.role is Role.FATHER for part in version.parts):
        return version
    same = {each for part in version.parts if part.role is Role.OTHER for each in part.words}
    if same & set(words):
        return version
    part = Part(words, Role.FATHER, father[0])
    return replace(version, parts=(*version.parts, part))


def _with_stand_ins(version: Version, nicknames: tuple[Word, ...], single: tuple[Word, ...]) -> Version:
    if not nicknames and not single:
        return version
    parts = []
    for part in version.parts:
        more = {Role.GIVEN: (*nicknames, *single), Role.FAMILY: single}.get(part.role, ())
        parts.append(Part(tuple(dict.fromkeys((*part.words, *more))), part.role, part.shown, part.kunya, part.daughter))
    return replace(version, parts=tuple(parts))
