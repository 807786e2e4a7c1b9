"""A proposal of Latin letters for a name in another script: of known names their usual form, of others letter by letter."""

from anyascii import anyascii

from kintrace.evidence.names.splitting import split
from kintrace.evidence.names.words import known_as


def latin(name: str) -> str:
    """A name in Latin letters, for a person to correct.

    Args:
        name: in any script. Names written without vowels are known by a table, or come out without them.
    """
    return " ".join(filter(None, (_word(each) for each in name.split())))


def _word(text: str) -> str:
    found = list(split(text))
    if len(found) == 1 and found[0].script != "latin":
        known, exact = known_as(found[0].text, found[0].script)
        names = sorted(each.name.rpartition(":")[2] for each in known)
        if exact and names:
            return names[0][:1].upper() + names[0][1:]
    plain = "".join(letter for letter in anyascii(text) if letter.isalpha() or letter in "-'")
    return plain[:1].upper() + plain[1:]
