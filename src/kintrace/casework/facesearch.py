"""Search from a card, by face: never without a case and a purpose, and only among those who agreed to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Q

from kintrace.casework.agreements import may
from kintrace.casework.cards import record_id
from kintrace.casework.facecaps import held_back
from kintrace.casework.live import LiveGallery, Near
from kintrace.casework.records import NOT_QUARANTINED, Card, CardKind, Person, Photo, PhotoState, Purpose, Template
from kintrace.casework.samepicture import same_among
from kintrace.casework.scope import Scope
from kintrace.casework.standings import assessment_in, content_of
from kintrace.casework.templates import unprepared
from kintrace.errors import NotPossible
from kintrace.evidence import Calibration, FaceEvidence
from kintrace.ledger import burst_now
from kintrace.provenance import Assessment
from kintrace.vault import Place, unseal_many

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Lead:
    """A card whose person may be the one on the card searched from."""

    rank: int
    card: Card
    record_id: str
    score: float
    evidence: FaceEvidence | None


@dataclass(frozen=True)
class Searched:
    """What a search from a card found, and among how many."""

    card: UUID
    """That was searched from."""
    pack: str
    compared: int
    """People who agreed, on cards of the other kind that are open to this scope, and have a template."""
    unprepared: int
    """Their photos that have no template of the models in use; a worker makes them."""
    leads: list[Lead]


def search_card(
    scope: Scope,
    reference: str,
    gallery: LiveGallery,
    calibration: Calibration | None,
    *,
    top: int = 20,
    look_alikes: float | None = None,
) -> Searched:
    """People on cards of the other kind who look most like the person on this one, the nearest first.

    Args:
        scope: who asks.
        reference: of the card searched from.
        gallery: this process's.
        calibration: what scores mean; None states no strength.
        top: how many at most.
        look_alikes: leave out those at whose likeness this many strangers or more are expected; None leaves out nobody.

    Raises:
        Denied: there is no such card for this scope.
        NotPossible: the person did not agree to face search, or has no template.
    """
    card = scope.card(reference)
    scope.require("face.search", f"card:{card.id}")
    if not may(card.subject, Purpose.FACE_SEARCH):
        raise NotPossible(
            "Consent to face search is not recorded for the person on this card.",
            "Nothing was searched.",
            "Record it, if it was given: kintrace consent record.",
        )
    probes = _vectors(card.subject, gallery.pack)
    if not probes and Template._all.filter(~NOT_QUARANTINED, person=card.subject, pack=gallery.pack).exists():
        raise NotPossible(
            "Every photo of this card with a face that can be compared is in quarantine.",
            "Nothing was searched.",
            "Settle one once it is known whose picture it is. See why it is there: kintrace photo quarantine",
        )
    if not probes:
        raise NotPossible(
            "This card has no photo with a face that can be compared.",
            "Nothing was searched.",
            "Add one (kintrace photo add), or let waiting photos be worked on (kintrace worker).",
        )
    other = CardKind.FOUND_PERSON if card.kind == CardKind.TRACING_REQUEST else CardKind.TRACING_REQUEST
    allowed = scope.templates().filter(Q(person__card__kind=other))
    people = allowed.filter(pack=gallery.pack).values("person").distinct().count()
    told = assessments([each.photo for each in probes])
    # A lead is searched with only where there is no other photo of the person.
    probes = [each for each in probes if told[each.photo].cap is None] or probes
    mean = np.mean([each.vector for each in probes], axis=0)
    mean = (mean / np.linalg.norm(mean)).astype(np.float32)
    (near,) = gallery.search(mean[None], allowed, top)
    leads = [_lead(rank, each, calibration, probes, people) for rank, each in enumerate(near, 1)]
    if look_alikes is not None:
        leads = [each for each in leads if not _too_many(each.evidence, look_alikes)]
    with transaction.atomic():
        outcome = "done" if leads else "empty"
        scope.note("search", f"card:{card.id}", outcome, compared=people, listed=len(leads))
    burst_now(str(scope.user))
    agreed = scope.photos().filter(state=PhotoState.DONE, person__in=scope.persons().filter(card__kind=other))
    return Searched(card.id, gallery.pack, people, unprepared(agreed, gallery.pack).count(), leads)


def _too_many(evidence: FaceEvidence | None, look_alikes: float) -> bool:
    """Whether as many strangers are expected at this likeness; not where nobody can say."""
    expected = evidence.expected_lookalikes if evidence else None
    return expected is not None and expected >= look_alikes


@dataclass(frozen=True)
class _Probe:
    """A template of the person searched for."""

    photo: UUID
    vector: Any
    quality: int


def _vectors(person: Person, pack: str) -> list[_Probe]:
    rows = list(Template._all.filter(NOT_QUARANTINED, person=person, pack=pack))
    sealed = [(person.id, Place(Template._meta.db_table, str(row.id), "vector"), bytes(row.vector)) for row in rows]
    found = zip(rows, unseal_many(sealed), strict=True)
    return [_Probe(row.photo_id, np.frombuffer(data, "<f4"), row.quality) for row, data in found if data is not None]


def assessments(photos: Sequence[UUID]) -> dict[UUID, Assessment]:
    """What some photos may be used for."""
    return {each.id: assessment_in(content_of(each)) for each in Photo._all.filter(id__in=photos)}


def _lead(rank: int, near: Near, calibration: Calibration | None, probes: Sequence[_Probe], people: int) -> Lead:
    card = Card._all.select_related("opened_by", "office", "subject").get(subject=near.person)
    evidence = None
    if calibration is not None:
        other = Template._all.get(id=near.template)
        quality = max(each.quality for each in probes)
        evidence = calibration.weigh(near.score, quality, other.quality, gallery_size=people)
        used = [each.photo for each in probes]
        same = [pair for key, pair in same_among([*used, other.photo_id]).items() if other.photo_id in key]
        told = list(assessments([*used, other.photo_id]).values())
        evidence = held_back(evidence, told, same, people, only_same=bool(same))
    return Lead(rank, card, record_id(card), near.score, evidence)
