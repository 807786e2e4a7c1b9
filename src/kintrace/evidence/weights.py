"""Every number behind the weights, from ``weights.toml``, with where it is from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

BASES = ("published", "computed", "estimate")


@dataclass(frozen=True)
class Weight:
    """One entry."""

    name: str
    """As ``sex.wrong``."""
    value: Any
    basis: str
    """published, computed or estimate."""
    source: str


@cache
def weights() -> Mapping[str, Weight]:
    """All entries by name, in the file's order.

    Raises:
        ValueError: an entry has no value, or does not say where it is from.
    """
    kept = tomllib.loads(files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))
    read = {}
    for group, entries in kept.items():
        for name, entry in entries.items():
            if set(entry) != {"value", "basis", "source"} or entry["basis"] not in BASES or len(entry["source"]) < 30:
                raise ValueError(f"the weight {group}.{name} does not say where it is from")
            read[f"{group}.{name}"] = Weight(f"{group}.{name}", **entry)
    return read


def weight(name: str) -> Any:
    """The value of one entry: a number, a list, or a table of numbers."""
    return weights()[name].value
