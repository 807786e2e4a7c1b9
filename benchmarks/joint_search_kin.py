"""Relatives in the joint search: a card of somebody's brother, sister or parent among the found; joint_search.py --relatives.

A relative shares the family, its places and the family's names, and is written on a card as anybody is. A face that is like
another's as a brother's is cannot be invented: relatives have no photo here. So this tells how often what families share makes a
relative a candidate without the face. How often a stranger is put forward as a relative, whose face is near by chance, is told of
every joint search.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import invented_people as invented


def register_relatives(registry: Any, sought: Mapping[UUID, invented.Invented], seed: int) -> dict[UUID, UUID]:
    """A found person's card of one relative of each person sought; by their request, the relative's card."""
    rng = random.Random(f"relatives {seed}")  # its own: what else is invented stays as it is
    cards = [
        {"kind": "found_person", **invented.found(invented.relative(person, rng), rng)} for person in sought.values()
    ]
    made = registry.register(registry.finding, cards)
    registry.people, registry.found = registry.people + len(made), registry.found + len(made)
    return dict(zip(sought, made, strict=True))


def kin_figures(searches: Sequence[Any]) -> dict[str, Any]:
    """How often strangers, and relatives where there are some, were put forward."""
    from kintrace.evaluation import wilson

    count = len(searches)
    put = sum(each.as_relatives for each in searches)
    some = sum(each.as_relatives > 0 for each in searches)
    found: dict[str, Any] = {
        "searches": count,
        "strangers put forward as relatives": put,
        "searches with such a stranger": [some / count, wilson(some / count, count)],
        "strangers whose caution says so": sum(each.cautioned for each in searches),
    }
    having = [each for each in searches if each.relative_kept is not None]
    if having:
        kept = sum(each.relative_kept for each in having) / len(having)
        found["relatives kept as candidates"] = [kept, wilson(kept, len(having))]
    return found


def kin_page(found: Mapping[str, Any]) -> str:
    """The same for people."""
    share, (low, high) = found["searches with such a stranger"]
    lines = [
        f"  strangers put forward as relatives only: {found['strangers put forward as relatives']} in {found['searches']} "
        f"searches (in {share:.4f} of them, {low:.4f}–{high:.4f}); strangers kept who are said to be perhaps a relative: "
        f"{found['strangers whose caution says so']}"
    ]
    if "relatives kept as candidates" in found:
        kept, (low, high) = found["relatives kept as candidates"]
        lines.append(
            f"  relatives without a photo kept as candidates for the person: {kept:.3f} ({low:.3f}–{high:.3f})"
        )
    return "\n".join(lines)
