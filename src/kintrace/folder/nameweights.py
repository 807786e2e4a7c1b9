"""The weights of names that an agency learned from its own pairs: one file in Kintrace's home."""

from functools import lru_cache
from pathlib import Path

from kintrace import home
from kintrace.evidence.names import Weights


def learned_place() -> Path:
    """Where learned weights are kept, so that searches use them."""
    return home() / "calibrations" / "names.toml"


def learned_weights() -> Weights | None:
    """The weights an agency learned; None where it learned none, and the shipped ones are used.

    Raises:
        CalibrationError: the file is there and damaged.
    """
    place = learned_place()
    try:
        state = place.stat()
    except FileNotFoundError:
        return None
    return _read(place, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1)
def _read(place: Path, changed: int, size: int) -> Weights:
    return Weights.load(place)
