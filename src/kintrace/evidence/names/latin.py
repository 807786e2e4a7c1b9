"""A proposal of Latin letters for a name in another script: of known names their nearest spelling, of others letter by letter."""

import tomllib
from functools import cache
from importlib.resources import files

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from kintrace.evidence.names.known import known_as
from kintrace.evidence.names.splitting import split


def latin(name: str) -> str:
    """A name in Latin letters, for a person to correct.

    Args:
        name: in any script. Names written without vowels are known by a table, or come out without them.
    """
    return " ".join(filter(None, (_word(each) for each in name.split())))


def _word(text: str) -> str:
    plain = "".join(letter for letter in anyascii(text) if letter.isalpha() or letter in "-'")
    plain = plain[:1].upper() + plain[1:]
    found = list(split(text))
    if len(found) != 1 or found[0].script == "latin":
        return plain
    known, exact = known_as(found[0].text, found[0].script)
    spellings = [each for name in known for each in _spelled().get(name.name, ())] if exact else []
    # The usual spellings come first in the table.
    near = {each: ratio(each.casefold(), plain.casefold()) - 2 * place for place, each in enumerate(spellings)}
    return max(near, key=lambda each: near[each], default=plain)


@cache
def _spelled() -> dict[str, tuple[str, ...]]:
    """The Latin spellings of each known name, short forms left out."""
    kept = tomllib.loads(files(__package__).joinpath("known.toml").read_text(encoding="utf-8"))
    return {
        f"{section}:{name}": tuple(each for each in line.split("|")[1].split() if each.isascii())
        for section, lines in kept.items()
        for name, line in lines.items()
    }
