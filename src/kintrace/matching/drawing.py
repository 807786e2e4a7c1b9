"""A candidate's evidence as a picture, from what was kept of it."""

from collections.abc import Mapping
from typing import Any

from kintrace.evidence import Evidence, Fact, waterfall


def waterfall_of(
    told: Mapping[str, Any], *, words: Mapping[str, str] | None = None, right_to_left: bool = False
) -> str:
    """An SVG of the facts as :func:`~kintrace.matching.candidates.shown` told them to somebody: it shows no more than they saw.

    Args:
        told: with ``facts`` and ``searched``.
        words: as :func:`~kintrace.evidence.waterfall` takes them, for translation.
        right_to_left: mirror it.
    """
    facts = tuple(_fact(each) for each in told["facts"])
    return waterfall(Evidence(facts, searched=told["searched"]), words=words, right_to_left=right_to_left)


def _fact(told: Mapping[str, Any]) -> Fact:
    one, other = told["compared"]
    interval = tuple(told["interval"]) if told["interval"] else None
    parts = tuple(_fact(each) for each in told["parts"])
    return Fact(
        told["fact"],
        told["level"],
        told["log10_lr"],
        told["why"],
        (one, other),
        parts,
        interval,
        tuple(told["cautions"]),
    )
