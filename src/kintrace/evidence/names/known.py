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
    spelled, sounding = _table()
    found = spelled.get((script, bare(text)))
    if found:
        return frozenset(found), True
    if len(text) < 4 and script not in UNVOWELLED:
        return frozenset(), False
    near: dict[Known, float] = {}
    for reading in sounds.readings(text, script):
        skeleton = sounds.skeleton(reading)
        for other_text, other_script, known, short in sounding.get(skeleton, ()):
            hidden = (script in UNVOWELLED, other_script in UNVOWELLED)
            if (known.family and len(text) < 5) or (hidden[1] and not hidden[0]) or (short and hidden[0]):
                continue  # what is written without vowels fits too many
            for other in _readings(other_text, other_script, skeleton):
                if not _end_alike(reading, other):
                    continue
                distance = sounds.apart(reading, other, hidden, most=BY_SOUND)
                if hidden[0] != hidden[1]:
                    distance += 0.02  # what is not written agrees with too much
                if distance <= BY_SOUND:
                    near[known] = min(distance, near.get(known, 1.0))
    least = min(near.values(), default=1.0)
    return frozenset(known for known, distance in near.items() if distance <= least + 0.005), False


@cache
def _readings(text: str, script: str, skeleton: str) -> tuple[sounds.Reading, ...]:
    """How a spelling of the table may sound, as far as it has this skeleton."""
    return tuple(each for each in sounds.readings(text, script) if sounds.skeleton(each) == skeleton)


def _end_alike(reading: sounds.Reading, other: sounds.Reading) -> bool:
    """Whether the last sounds may be the same: Hossein is not Hosseini."""
    return not reading or not other or bool(reading[-1][0] & other[-1][0])
