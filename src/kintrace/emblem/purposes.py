"""What an emblem is used for: the bitmap ``prp``."""

from collections.abc import Iterable
from enum import IntFlag

from kintrace.errors import EmblemError


class Purpose(IntFlag):
    """Bits of ``prp``."""

    PROTECTIVE = 1
    """The red cross, red crescent or red crystal as a sign of protection: medical units and transports (GC I art. 44)."""
    INDICATIVE = 2
    """The same emblems as a sign of belonging to the Movement."""
    DANGEROUS_FORCES = 4
    """Works and installations containing dangerous forces: dams, dykes, nuclear power stations (AP I art. 56)."""
    CIVIL_DEFENCE = 8
    """Civil defence (AP I art. 66)."""
    CULTURAL_PROPERTY = 16
    """Cultural property (Hague Convention 1954)."""


ALL = 31
NAMES = {purpose: str(purpose.name).lower() for purpose in Purpose}


def names_of(bits: int) -> tuple[str, ...]:
    """The purposes of a bitmap, in words."""
    return tuple(name for purpose, name in NAMES.items() if bits & purpose)


def bits_of(names: Iterable[str]) -> int:
    """The bitmap of purposes in words.

    Raises:
        EmblemError: a word is none of them, or there is none.
    """
    bits = 0
    for name in names:
        found = [purpose for purpose, known in NAMES.items() if known == name.strip().lower().replace("-", "_")]
        if not found:
            raise EmblemError(
                f"There is no purpose {name}.", "Nothing was made.", f"Use one of: {', '.join(NAMES.values())}."
            )
        bits |= found[0]
    if not bits:
        raise EmblemError("No purpose was given.", "Nothing was made.", f"Use one of: {', '.join(NAMES.values())}.")
    return bits
