"""Names that are known in several languages, with their short forms: what ``known.toml`` tells, as words are looked up in it.

``known.json`` is made of it by ``tests/evidence/compile_known.py``, so that no process reads thousands of spellings as it starts.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from kintrace.evidence.names import sounds
from kintrace.evidence.names.splitting import bare

BY_SOUND: Final = 0.045
"""A spelling that is not in the table of known names is taken for one of them up to this distance."""
UNVOWELLED: Final = ("arabic", "hebrew")


@dataclass(frozen=True, eq=False)
class Known:
    """A line of ``known.toml``."""

    name: str
    sex: str
    share: float
    section: str
    """``given``, ``family``, ``chinese`` or ``korean`` (family names of these peoples)."""

    @property
    def family(self) -> bool:
        """Whether it is a family name."""
        return self.section != "given"


Sounding = tuple[str, str, Known, bool]
"""A spelling, its script, whose it is, and whether it is a short form."""


@cache
def _table() -> tuple[dict[tuple[str, str], set[Known]], dict[str, list[Sounding]]]:
    """Known names by spelling, and by skeleton."""
    spelled: dict[tuple[str, str], set[Known]] = {}
    sounding: dict[str, list[Sounding]] = {}
    for line in json.loads(files(__package__).joinpath("known.json").read_text(encoding="utf-8")):
        known = Known(f"{line['section']}:{line['name']}", line["sex"], line["share"], line["section"])
        for script, text, plain, short, skeletons in line["spellings"]:
            spelled.setdefault((script, plain), set()).add(known)
            for skeleton in skeletons:
                sounding.setdefault(skeleton, []).append((text, script, known, short))
    return spelled, sounding


def spelled_so(text: str, script: str) -> bool:
    """Whether a word stands in the table as it is written."""
    return (script, bare(text)) in _table()[0]


def known_as(text: str, script: str) -> tuple[frozenset[Known], bool]:
    """The known names that a word is, and whether it is one as it is written."""
    spelled, _ = _table()
    found = spelled.get((script, bare(text)))
    if found:
        return frozenset(found), True
    if len(text) < 4 and script not in UNVOWELLED:
        return frozenset(), False
    near: dict[Known, float] = {}
    hidden = script in UNVOWELLED
    for reading in sounds.readings(text, script):
        gone, whole = sounds.gaps(reading, False)
        for other in _heard(sounds.skeleton(reading)):
            if (other.known.family and len(text) < 5) or (other.hidden and not hidden) or (other.short and hidden):
                continue  # what is written without vowels fits too many
            if reading == other.reading:
                distance = 0.0
            elif not reading or not other.reading or not reading[-1][0] & other.reading[-1][0]:
                continue  # the last sounds are not the same: Hossein is not Hosseini
            else:
                come = other.left_out if hidden and not other.hidden else other.gone
                longest = max(whole, other.whole)
                distance = sounds.aligned(reading, other.reading, gone, come, longest, False, BY_SOUND)
            if hidden != other.hidden:
                distance += 0.02  # what is not written agrees with too much
            if distance <= BY_SOUND:
                near[other.known] = min(distance, near.get(other.known, 1.0))
    least = min(near.values(), default=1.0)
    return frozenset(known for known, distance in near.items() if distance <= least + 0.005), False


@dataclass(frozen=True, slots=True)
class _Heard:
    """A way to read a spelling of the table, with what it costs to leave out each of its slots."""

    known: Known
    short: bool
    hidden: bool
    """Its script leaves out vowels."""
    reading: sounds.Reading
    gone: tuple[float, ...]
    left_out: tuple[float, ...]
    """The same beside a script that leaves out vowels."""
    whole: float


@cache
def _heard(skeleton: str) -> tuple[_Heard, ...]:
    """How the spellings of the table that have a skeleton may sound, as far as they have it, each once."""
    found: dict[tuple[Known, bool, bool, sounds.Reading], _Heard] = {}
    for text, script, known, short in _table()[1].get(skeleton, ()):
        for reading in sounds.readings(text, script):
            key = known, short, script in UNVOWELLED, reading
            if sounds.skeleton(reading) == skeleton and key not in found:
                (gone, whole), (left_out, _) = sounds.gaps(reading, False), sounds.gaps(reading, True)
                found[key] = _Heard(*key, gone, left_out, whole)
    return tuple(found.values())
