"""Weights of names learned from the deployment's own conclusions: names are unsealed in this process; only shares leave it."""

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
        "request__office", "request__subject", "found__office", "found__subject"
    )
    concluded = [each for each in rows.order_by("id") if agreed(each.request, each.found)]
    people = [(each.request.subject_id, each.found.subject_id) for each in concluded]
    with transaction.atomic():
        scope.note("names.learn", outcome="done" if people else "empty", conclusions=len(people))
    try:
        return lesson(_pairs(people, known_of({each for pair in people for each in pair})), COMMAND)
    finally:
        forget()  # nothing read of a record outlives it


def _pairs(people: Sequence[tuple[UUID, UUID]], facts: Mapping[UUID, Mapping[str, Stated]]) -> list[tuple[Pair, str]]:
    """Pairs of names, each with a text by which some are kept apart for the check: the same for both kinds of one request."""
    names = {person: Names.from_facts(told) for person, told in facts.items()}
    near = _joined([request for request, _ in people])
    known = []
    for at, (request, found) in enumerate(people):  # in the order of random numbers
        if not names.get(request) or not names.get(found):
            continue
        known.append((Pair(names[request], names[found], True), str(request)))
        for _, other in [*people[at + 1 :], *people[:at]][:STRANGERS]:
            if names.get(other) and (request, other) not in near:
                known.append((Pair(names[request], names[other], False), str(request)))
    return known


def _joined(requests: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Those of whom somebody might say that they are one: they are no strangers."""
    rows = Candidate._all.filter(request__subject__in=requests)
    return set(rows.values_list("request__subject", "found__subject"))
