"""Whether something changed on a candidate's cards that the standing search has not come by yet: its evidence is not of now."""

from django.db.models import Q

from kintrace.ledger import Entry
from kintrace.matching.following import CHANGES
from kintrace.matching.models import Candidate, Followed


def not_followed(candidate: Candidate) -> bool:
    """Whether a fact, a photo or a consent of the two changed after the evidence was weighed, and nobody searched since."""
    row = Followed._all.filter(id=1).first()
    newer = Entry._all.filter(number__gt=row.number if row else 0, at__gt=candidate.changed_at, action__in=CHANGES)
    cards = (candidate.request, candidate.found)
    named = {f"card:{each.id}" for each in cards} | {f"person:{each.subject_id}" for each in cards}
    named |= {f"person:{each.enquirer_id}" for each in cards if each.enquirer_id}
    of_photos = Q(details__contains=str(candidate.request_id)) | Q(details__contains=str(candidate.found_id))
    return bool(newer.filter(Q(record__in=named) | of_photos).exists())
