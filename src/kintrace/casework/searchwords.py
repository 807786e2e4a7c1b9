"""Words by which records find each other without being unsealed: of names, numbers, and of dates and places joined with them.

Only their keyed fingerprints are kept, in the vault's blind index. Where a word alone is common, words are joined in pairs:
many are called Mohammed, few of them Mohammed Haddad, fewer were born in 1987 as well.
"""

import itertools
from collections.abc import Iterable, Mapping

from kintrace.casework.dates import span
from kintrace.casework.forms import Stated
from kintrace.casework.names import NAME_FACTS, tokens
from kintrace.errors import FormError
from kintrace.evidence.identifiers import plain
from kintrace.evidence.names import Names, blocking_tokens

NUMBERS = ("serial_number", "body_label")
DEAD = "deceased_unidentified"
PLACES = ("place_of_birth", "last_residence")
MOST_YEARS = 6  # a birth date that allows more years is no word
MOST_PAIRS = 60

Tokens = dict[str, list[str]]


def indexed(facts: Mapping[str, Stated]) -> Tokens:
    """The words a person's record is found by: kind of word to words."""
    found = _words(facts, slack=0)
    kind = facts.get("found_kind")
    return {**found, "kind": [DEAD]} if kind is not None and kind.value == DEAD else found


def sought(facts: Mapping[str, Stated]) -> Tokens:
    """The words to look for, given what is known of a person: as :func:`indexed`, and birth years off by one."""
    return _words(facts, slack=1)


def _words(facts: Mapping[str, Stated], slack: int) -> Tokens:
    sounds = blocking_tokens(Names.from_facts({name: facts[name] for name in NAME_FACTS if name in facts}))
    found = {"name": tokens(texts(facts, NAME_FACTS))["name"], "sound": sounds}
    years = _years(facts.get("date_of_birth"), slack)
    places = tokens(texts(facts, PLACES))["sound"]
    pairs = ["+".join(sorted(pair)) for pair in itertools.combinations(sounds, 2)]
    return {
        **found,
        "pair": pairs[:MOST_PAIRS],
        "born": [f"{year}+{sound}" for year in years for sound in sounds],
        "from": [f"{year}+{place}" for year in years for place in places],
        "number": [each for number in texts(facts, NUMBERS) for each in slips(number)],
    }


def texts(facts: Mapping[str, Stated], names: Iterable[str]) -> list[str]:
    """All values of some facts, in every script they are known in."""
    found: list[str] = []
    for name in names:
        if name in facts:
            value = facts[name].value
            found += [str(each) for each in value] if isinstance(value, list) else [str(value)]
            found += [facts[name].original_script] if facts[name].original_script else []
    return found


def _years(birth: Stated | None, slack: int) -> list[int]:
    try:
        days = span(str(birth.value)) if birth else None
    except FormError:
        days = None
    if days is None or days.last.year - days.first.year >= MOST_YEARS:
        return []
    return list(range(days.first.year - slack, days.last.year + slack + 1))


def slips(number: str) -> list[str]:
    """A number as it is compared, and what is left of it where one character, or the zeros in front, are left out.

    Two that differ by one character have a word in common.
    """
    read = plain(number).casefold()[:40]
    fewer = {read[:at] + read[at + 1 :] for at in range(len(read))} | {read.lstrip("0")}
    return [read, *sorted(fewer - {read, ""})] if len(read) > 3 else []
