"""Which weights are in use, of names and of faces; and which open cards are still to be weighed anew where others came into use.

They are in files of the agency's own (``calibrations/``): learned here, or put there. So it is the numbers themselves that are
followed, not the ledger, which knows of learning before anything is in use.
"""

import secrets
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from kintrace.casework.records import Card
from kintrace.evidence import Calibration
from kintrace.evidence.names import Weights
from kintrace.evidence.names.weights import shipped
from kintrace.matching.models import Candidate
from kintrace.matching.searchrecords import Followed, WeightsInUse

TRIGGER = "weights.changed"
"""What led to a search, where other weights did."""
NONE = "none"


def names_version(weights: Weights | None) -> str:
    """The version of weights of names; of None, those that were shipped."""
    return (weights or shipped()).version


def faces_version(calibration: Calibration | None) -> str:
    """The version of a calibration of faces."""
    return calibration.version if calibration else NONE


def notice(versions: Mapping[str, str]) -> None:
    """Where other weights are in use than before, have all open cards weighed anew.

    The faces of packs that were not in use before are no change: their templates are made photo by photo, and each that is made
    is searched from. By which weights an earlier release weighed is not known.

    Args:
        versions: by ``names``, or ``faces`` and the set of packs.
    """
    if _held(versions) == versions:
        return
    with transaction.atomic():
        Followed._all.get_or_create(id=1)
        Followed._all.select_for_update().get(id=1)
        held = _held(versions)
        unknown = "names" not in held and Candidate._all.filter(weights="").exists()
        if unknown or any(held.get(of, version) != version for of, version in versions.items()):
            Followed._all.filter(id=1).update(anew_after=_first())
        for of, version in versions.items():
            WeightsInUse._all.update_or_create(of=of, defaults={"version": version})


def _first() -> UUID:
    """A number before those of all cards, whose first half is random; another each time, so that who began before sees it."""
    return UUID(int=secrets.randbits(64))


def _held(versions: Mapping[str, str]) -> dict[str, str]:
    return dict(WeightsInUse._all.filter(of__in=versions).values_list("of", "version"))


def after() -> UUID | None:
    """The last card that was weighed anew; None where none is to be."""
    return Followed._all.filter(id=1).values_list("anew_after", flat=True).first()


def part(last: UUID | None, most: int) -> list[UUID]:
    """The open cards that come next."""
    if last is None:
        return []
    rows = Card._all.filter(closed_at=None, id__gt=last).order_by("id")
    return list(rows.values_list("id", flat=True)[:most])


def done(last: UUID | None, card: UUID | None) -> bool:
    """Note that a card was weighed anew, or with None that all were; not where the weights changed once more since the last."""
    return bool(Followed._all.filter(id=1, anew_after=last).update(anew_after=card))
