"""A face that is near while other facts speak against one person: it may be a relative's, and that is said, not hidden."""

from collections.abc import Sequence
from math import fsum

from kintrace.evidence.facts import LABELS, Fact
from kintrace.evidence.naming import AS_KIN
from kintrace.evidence.weights import weight

FACE, AGAINST = weight("kin.face"), weight("kin.against")
BY_FAMILY = ("family", "places")
"""Facts that brothers, sisters, parents and children share."""


def caution(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The words about a possible relative, or none.

    They are said where the face is near, something else speaks against one person, and what is not shared in a family does not
    outweigh it.

    Args:
        facts: all that were weighed.
    """
    face = next((fact for fact in facts if fact.name == "face"), None)
    if face is None or face.log10_lr < FACE:
        return ()
    others = [fact for fact in facts if fact.name != "face"]
    against = [fact for fact in others if fact.log10_lr <= AGAINST or (fact.name == "names" and fact.level == AS_KIN)]
    if not against or fsum(fact.log10_lr for fact in others if fact.name not in BY_FAMILY) > 0:
        return ()
    which = _listed([LABELS.get(fact.name, fact.name).lower() for fact in against])
    shared = [fact for fact in others if fact.name in BY_FAMILY and fact.log10_lr > 0]
    speak = "speaks" if len(against) == 1 else "speak"
    told = f"The faces are near, but {which} {speak} against one person: this may be a relative."
    if shared:
        told += f" What relatives share agrees ({_listed([LABELS[fact.name].lower() for fact in shared])})."
    return (f"{told} Ask about brothers, sisters, parents and children.",)


def strangers(facts: Sequence[Fact], as_near: float) -> float | None:
    """How many strangers are expected to look like a relative of the person as much as this one does.

    Where names are those of relatives few strangers have them, since that is said of rarer names only; by how many fewer is not
    counted.

    Args:
        facts: all that were weighed.
        as_near: strangers expected whose face is as near.

    Returns:
        None where nothing suggests a relative but the face, or it is the person all facts speak for.
    """
    if not caution(facts):
        return None
    family = max((fact.log10_lr for fact in facts if fact.name == "family"), default=0.0)
    names = any(fact.name == "names" and fact.level == AS_KIN for fact in facts)
    return as_near * 10.0**-family if names or family > 0 else None


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
