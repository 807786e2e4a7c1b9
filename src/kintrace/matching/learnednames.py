"""Weights of names learned from the deployment's own conclusions: names are unsealed in this process; only shares leave it."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from kintrace.casework.facts import known_of
from kintrace.casework.forms import Stated
from kintrace.casework.scope import Scope
from kintrace.evidence import forget
from kintrace.evidence.names import Names
from kintrace.evidence.names.learning import Lesson, Pair, lesson
from kintrace.matching.comparable import agreed
from kintrace.matching.models import Candidate, State

COMMAND = "kintrace calibrate names --confirmed"
STRANGERS = 5
"""Found persons of other conclusions that each request is paired with, as two who are not one."""


def learn_names(scope: Scope) -> Lesson:
    """Learn from what was concluded to be of one person, in all offices.

    Of each conclusion the names on both cards are a pair of one person; the request of one with found persons of others
    are pairs of two. The dead are left out, and whoever may not be compared any more.

    Raises:
        Denied: the scope may not.
        CalibrationError: there are too few conclusions.
    """
    scope.require("names.learn")
    rows = Candidate._all.filter(state=State.CONCLUDED, of_dead=False).select_related(
        "request__office",
        "request__subject",
        "request__opened_by",
        "found__office",
        "found__subject",
        "found__opened_by",
    )
    concluded = sorted((each for each in rows if agreed(each.request, each.found)), key=_dealt)
    with transaction.atomic():
        scope.note("names.learn", outcome="done" if concluded else "empty", conclusions=len(concluded))
    try:
        return lesson(_pairs(concluded), COMMAND)
    finally:
        forget()  # nothing read of a record outlives it


def _dealt(candidate: Candidate) -> tuple[str, str]:
    """By what conclusions are put in order, and some kept apart for the check: hashes of the two cards' numbers.

    So the same records teach the same every time; and who was registered one after the other, as a family is, is not dealt
    to each other as strangers.
    """
    cards = (candidate.request, candidate.found)
    one, other = (hashlib.sha256(f"{card.opened_by.code}/{card.local}".encode()).hexdigest() for card in cards)
    return one, other


def _pairs(concluded: Sequence[Candidate]) -> list[tuple[Pair, str]]:
    """Pairs of names, each with a text by which some are kept apart for the check: the same for both kinds of one request."""
    people = [(each.request.subject_id, each.found.subject_id) for each in concluded]
    facts: Mapping[UUID, Mapping[str, Stated]] = known_of({each for pair in people for each in pair})
    names = {person: Names.from_facts(told) for person, told in facts.items()}
    near = _joined([request for request, _ in people])
    known = []
    for at, (candidate, (request, found)) in enumerate(zip(concluded, people, strict=True)):
        if not names.get(request) or not names.get(found):
            continue
        side = _dealt(candidate)[0]
        known.append((Pair(names[request], names[found], True), side))
        for _, other in [*people[at + 1 :], *people[:at]][:STRANGERS]:
            if names.get(other) and (request, other) not in near:
                known.append((Pair(names[request], names[other], False), side))
    return known


def _joined(requests: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Those of whom somebody might say that they are one: they are no strangers."""
    rows = Candidate._all.filter(request__subject__in=requests)
    return set(rows.values_list("request__subject", "found__subject"))
