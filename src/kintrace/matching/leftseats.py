"""Seats of people who have left: given back, so that no pair waits for somebody who will not come."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kintrace.casework.people import Membership
from kintrace.casework.scope import PERMITTED, Scope
from kintrace.matching.models import Candidate, Review, Seat, Stage, State

SEATS = {
    1: ("review.first", State.BLIND, State.CONTEXT),
    2: ("review.second", State.SECOND_BLIND, State.SECOND),
    3: ("review.arbitrate", State.ARBITRATION_BLIND, State.ARBITRATION),
}
"""The verb of each seat, and the states in which its reviewer has not judged the faces, and has not made their statement."""


def give_back(scope: Scope, pairs: "QuerySet[Candidate]") -> int:
    """Take back seats whose reviewer was shut out, or reviews nowhere any more, before they were done; returns how many.

    What they said of the faces alone is void, as where somebody declares a conflict of interest: nobody will say the rest.

    Args:
        scope: who goes on, for the ledger.
        pairs: those that are theirs to see.
    """
    given_back = 0
    for number, (verb, blind, stating) in SEATS.items():
        reviews = Membership._all.filter(user=OuterRef("reviewer"), role__in=PERMITTED[verb])
        left = Seat._all.filter(
            Q(reviewer__is_active=False) | ~Exists(reviews), number=number, round=F("candidate__round")
        )
        left = left.filter(candidate__state__in=(blind, stating), candidate__in=pairs)
        for seat in left:
            with transaction.atomic():
                held = Candidate._all.select_for_update().get(id=seat.candidate_id)
                if held.round != seat.round or held.state not in (blind, stating):
                    continue
                scope.note("review.given_back", f"candidate:{held.id}", judged=held.state == stating)
                said = Review._all.filter(candidate=held, round=seat.round, seat=number, stage=Stage.BLIND_FACE)
                said.delete()
                Candidate._all.filter(id=held.id).update(state=blind)
                Seat._all.filter(id=seat.id).delete()
                given_back += 1
    return given_back
