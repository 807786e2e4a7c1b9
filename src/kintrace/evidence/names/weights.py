"""The numbers behind the weight of names, from ``weights.toml`` or as an agency learned them."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from kintrace.errors import CalibrationError
from kintrace.evidence.names.likeness import Level
from kintrace.evidence.names.parts import Role

BASES = ("computed", "estimate", "learned")
LEVELS = (Level.SAME, Level.SOUND, Level.KNOWN, Level.GENDER, Level.NEAR, Level.LOOSE, Level.INITIAL)
"""Levels at which words are joined."""


@dataclass(frozen=True, eq=False)
class Weights:
    """All numbers, checked."""

    same: Mapping[Role, Mapping[Level, float]]
    differ: Mapping[Role, float]
    chance: Mapping[Level, float]
    place: Mapping[str, float]
    kin: Mapping[str, float]
    bounds: tuple[float, float]
    by_size: tuple[float, float]
    limits: tuple[float, float]
    source: str = ""
    pairs: int = 0
    """Confirmed pairs of one person that they were learned from; 0 of the shipped ones."""
    made: str = ""
    """The day on which they were learned."""

    @cached_property
    def version(self) -> str:
        """Sixteen digits of a hash over the numbers; when and of how many pairs they were learned is not in it."""
        numbers = [
            {role.name: {level.name: share for level, share in shares.items()} for role, shares in self.same.items()},
            {role.name: share for role, share in self.differ.items()},
            {level.name: share for level, share in self.chance.items()},
            dict(self.place), dict(self.kin), self.bounds, self.by_size, self.limits,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def of(cls, told: Mapping[str, Any], source: str = "") -> "Weights":
        """From the sections of ``weights.toml``.

        Raises:
            CalibrationError: a number is missing, or is none.
        """
        try:
            plain = {
                section: {name: entry["value"] for name, entry in table.items()} for section, table in told.items()
            }
            for table in told.values():
                if any(entry["basis"] not in BASES or len(entry["source"]) < 20 for entry in table.values()):
                    raise ValueError("a number does not say where it is from")
            same = {role: {level: float(plain["same"][role.name.lower()][level.name.lower()]) for level in LEVELS}
                    for role in Role}  # fmt: skip
            differ = {role: float(plain["differ"][role.name.lower()]) for role in Role}
            stated = [*differ.values(), *(share for shares in same.values() for share in shares.values())]
            if any(not 0 < share < 1 for share in stated):
                raise ValueError("a share is not between 0 and 1")
            bounds = plain["bounds"]["value"]
            chance: dict[Level, float] = {level: float(plain["chance"][level.name.lower()]) for level in LEVELS[1:]}
            chance[Level.SAME] = 1.0
            return cls(
                same, differ, chance, plain["place"], plain["kin"], (bounds[0], bounds[1]),
                tuple(plain["common"]["by_size"]), tuple(plain["common"]["limits"]), source,
                int(plain.get("learned", {}).get("pairs", 0)), str(plain.get("learned", {}).get("made", "")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as problem:
            raise CalibrationError(
                f"The weights of names are not all there ({problem}).",
                todo="Make them anew: kintrace calibrate names.",
            ) from problem

    @classmethod
    def load(cls, path: Path) -> "Weights":
        """From a file.

        Raises:
            CalibrationError: it cannot be read, or a number is missing.
        """
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise CalibrationError(
                f"{path} cannot be read as weights of names.", todo="Make it anew: kintrace calibrate names."
            ) from problem
        return cls.of(told, str(path))


def shipped_tables() -> dict[str, Any]:
    """The sections of the shipped ``weights.toml``."""
    return tomllib.loads(files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))


@cache
def shipped() -> Weights:
    """The shipped weights."""
    return Weights.of(shipped_tables(), "shipped")
