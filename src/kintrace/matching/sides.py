"""The two records of a candidate, side by side, as somebody may see them who reviews or concludes on it."""

from typing import Any
from uuid import UUID

from django.db import transaction

from kintrace.casework.cards import record_id
from kintrace.casework.facts import known_of
from kintrace.casework.forms import FOUND, IDENTITY
from kintrace.casework.scope import Scope
from kintrace.errors import NotPossible
from kintrace.matching.candidates import agrees_to_be_found, candidate, open_to_look
from kintrace.matching.models import Candidate
from kintrace.matching.reviews import require_judged
from kintrace.matching.seats import seat_of

TELLS_WHERE = (
    "found_place", "found_by", "current_location", "notifying_authority", "events", "recovery_site", "mortuary",
    "last_residence", "accompanied_by", "message_for_family",
)  # fmt: skip
"""Facts of a found person that may tell where they are, or are theirs to tell: for the office that holds their card; for others
only where they agreed to be found."""


def of_candidate(scope: Scope, candidate_id: UUID) -> list[dict[str, Any]]:
    """The two records of a candidate whose evidence this scope was shown.

    Raises:
        Denied, NotPossible: it is not for this scope to see, or not yet.
    """
    found = candidate(scope, candidate_id)
    if not open_to_look(scope, found):
        raise NotPossible("The faces of this candidate are being judged.", "Nothing was shown.")
    with transaction.atomic():
        scope.note("candidate.read", f"candidate:{found.id}", records=True)
    return both(scope, found)


def of_sitting(scope: Scope, sitting: UUID) -> list[dict[str, Any]]:
    """The two records of a pair whose faces this reviewer has judged, the request first.

    Raises:
        NotPossible: they have not judged them yet (DESIGN.md §5 rule 5).
    """
    seat = seat_of(scope, sitting)
    require_judged(seat)
    with transaction.atomic():
        scope.note("candidate.read", f"candidate:{seat.candidate_id}", records=True)
    return both(scope, seat.candidate)


def both(scope: Scope, pair: Candidate) -> list[dict[str, Any]]:
    """The request's and the found person's record. Call it only after the ledger has the read.

    Returns:
        Each with ``card`` (its number), ``id`` (of the scope's own office's cards, else empty), ``office`` (its name), ``facts``
        (name to what was stated) and ``withheld`` (how many facts are not shown).
    """
    cards = (pair.request, pair.found)
    known = known_of([each.subject_id for each in cards])
    told = []
    for card in cards:
        facts = known.get(card.subject_id, {})
        own = card.office_id == scope.office
        closed = card is pair.found and not own and not agrees_to_be_found(card)
        seen = [name for name in (*FOUND, *IDENTITY) if name in facts and not (closed and name in TELLS_WHERE)]
        told.append({
            "card": record_id(card),
            "id": str(card.id) if own else "",
            "office": card.office.name,
            "status": card.status,
            "facts": {name: facts[name] for name in dict.fromkeys(seen)},
            "withheld": sum(name in TELLS_WHERE for name in facts) if closed else 0,
        })  # fmt: skip
    return told
