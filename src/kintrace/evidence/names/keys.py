"""What a name is looked up by: keys that two spellings of it share.

The keys go through the vault's blind index, which holds only their fingerprints. A word gives the known names it is, and its
consonants by coarse class, in each way to take it.
"""

from itertools import pairwise

from kintrace.evidence.names import sounds
from kintrace.evidence.names.parts import Part, Role
from kintrace.evidence.names.people import Names
from kintrace.evidence.names.words import Word, word

MOST_PER_WORD = 8
MOST_WAYS = 8
LONGEST = 6
"""Classes of a key: what follows is endings."""


def blocking_tokens(names: Names) -> list[str]:
    """Keys of a person's names: short texts in ASCII, the same for the same names, in a fixed order.

    Two spellings of one name share at least one of them, as a rule; how often, ``python benchmarks/name_pairs.py`` prints.
    """
    found: dict[str, None] = {}
    for version in names.versions:
        for part in version.parts:
            for each in part.words:
                found.update(dict.fromkeys(keys_of(each)))
        for first, second in pairwise(version.parts):
            if _one_name(first, second):
                whole = word(first.word.text + second.word.text, first.word.script)
                found.update(dict.fromkeys(keys_of(whole)))
    for mother in names.mothers:
        found.update(dict.fromkeys(keys_of(mother)))
    return list(found)


def _one_name(first: Part, second: Part) -> bool:
    """Whether two words may be written in one: short, and neither surely a family name."""
    short = first.word.size + second.word.size <= 5.5
    return short and first.word.script == second.word.script and second.role is not Role.FATHER


def keys_of(read: Word) -> list[str]:
    """Keys of one word."""
    found = {known.name: None for known in sorted(read.known, key=lambda each: each.name)}
    if not read.exact or not read.known:
        for form in read.forms:
            for reading in form.readings:
                found.update(dict.fromkeys(_key(each, reading) for each in _skeletons(reading)))
    return list(found)[:MOST_PER_WORD]


def _skeletons(reading: sounds.Reading) -> list[str]:
    """The consonants by coarse class in each way they may be read, the likeliest first."""
    found = [""]
    for mask, weak in reading:
        sure = mask & ~(sounds.VOWELS | sounds.GLIDES)
        classes = list(dict.fromkeys(sounds.class_of(bit) for bit in sounds.bits(sure)))
        if not classes:
            continue
        # What may be left out, a vowel or an h counts for nothing first, and as a consonant then.
        open_ = weak or bool(mask & sounds.VOWELS)
        options = ["", *classes] if open_ else classes
        found = [before + each for each in options for before in found][:MOST_WAYS]
    return list(dict.fromkeys(sounds.once(each) for each in found))


def _key(skeleton: str, reading: sounds.Reading) -> str:
    # One consonant alone is shared by too many: how many sounds there are tells some apart.
    if len(skeleton) < 2:
        return f"{skeleton}{min(sum(not weak for _, weak in reading), 4)}"
    return skeleton[:LONGEST]
