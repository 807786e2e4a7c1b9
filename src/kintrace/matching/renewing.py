"""What is told of a candidate: the evidence as it is kept, and renewed where other weights make it other numbers."""

from collections.abc import Mapping
from math import isclose
from typing import Any

from kintrace.ledger import Actor, record
from kintrace.matching import joint
from kintrace.matching.models import Candidate
from kintrace.matching.weighing import Weighed

LEAST = 0.005
"""Log10 ratios that differ by less are told alike."""
SHARE = 0.01
"""Nor are numbers of look-alikes told apart that differ by less than this share."""


def content_of(pair: Weighed) -> dict[str, Any]:
    """What is sealed of a pair."""
    return {
        "evidence": pair.evidence.as_json(),
        "expected_lookalikes": pair.strangers,
        "among": pair.among,
        "score": pair.face.score if pair.face else None,
        "look_alikes_of_the_face": pair.face.expected_lookalikes if pair.face else None,
    }


def renew(pair: Weighed, candidate: Candidate, people: int, actor: Actor, model: str) -> Candidate:
    """Where other weights weighed the same facts, and came to something else, tell that from now on. Inside a transaction.

    Its round and what was said of it stay, and since when it waits.
    """
    if candidate.weights == pair.weights:
        return candidate
    candidate.weights = pair.weights
    key, place, content = joint.key_of(candidate), f"candidate:{candidate.id}", content_of(pair)
    if _alike(joint.unseal(key, place, bytes(candidate.content)), content):
        candidate.save(update_fields=["weights"])
        return candidate
    candidate.content = joint.seal(key, place, content)
    candidate.searched, candidate.model = people, model
    candidate.save(update_fields=["weights", "content", "searched", "model"])
    record(actor, "candidate.changed", place, details={**pair_of(candidate), "weights": True})
    return candidate


def pair_of(candidate: Candidate) -> dict[str, str]:
    """The two cards, for the ledger."""
    return {"request": str(candidate.request_id), "found": str(candidate.found_id)}


def _alike(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether every fact weighs as before, and as many of those with a face look as much alike."""
    one, other = ({fact["fact"]: fact["log10_lr"] for fact in each["evidence"]["facts"]} for each in (before, now))
    if any(abs(one.get(name, 0.0) - other.get(name, 0.0)) >= LEAST for name in one.keys() | other.keys()):
        return False
    of_old, of_new = _look_alikes(before), _look_alikes(now)
    return of_old is None or of_new is None or isclose(of_old, of_new, rel_tol=SHARE)


def _look_alikes(content: Mapping[str, Any]) -> float | None:
    """The share of people with a face who are expected to look as much alike; None where that was not noted."""
    count, among = content.get("look_alikes_of_the_face"), content.get("among")
    return None if count is None or not among else count / among
