"""Tokens of names, by which records are found without decrypting a name: normalised, and by sound.

The blind index of the vault holds their keyed fingerprints only. Names of any script are brought to Latin letters first
(the package anyascii), so that different spellings of one name meet.
"""

import unicodedata
from collections.abc import Iterable, Mapping

import jellyfish
from anyascii import anyascii

NAME_FACTS = (
    "full_name",
    "given_name",
    "family_name",
    "patronymic",
    "alternate_names",
    "nickname",
)
"""Facts whose words are tokens of a person's name."""


def normalised(text: str) -> str:
    """A text as it is compared: compatibility form, case folded, marks dropped, single spaces. Never stored in its place."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def words(text: str) -> list[str]:
    """The words of a name in Latin letters, each of two letters or more."""
    latin = ("".join(filter(str.isalnum, anyascii(word).casefold())) for word in normalised(text).split())
    return [word for word in latin if len(word) > 1]


def tokens(names: Iterable[str]) -> dict[str, list[str]]:
    """Tokens of a person's names, by kind: ``name`` (the words) and ``sound`` (their metaphone)."""
    found: Mapping[str, dict[str, None]] = {"name": {}, "sound": {}}
    for name in names:
        for word in words(name):
            found["name"][word] = None
            sound = jellyfish.metaphone(word)
            if sound:
                found["sound"][sound] = None
    return {kind: list(each) for kind, each in found.items()}
