"""Who is near enough to be weighed, of those who may be compared: the nearest faces, and people with rare words in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from kintrace.casework.facts import known
from kintrace.casework.live import LiveGallery
from kintrace.casework.records import Card, Person, Template
from kintrace.casework.searchwords import sought
from kintrace.casework.templates import opened
from kintrace.matching.allowed import Allowed, allowed_for
from kintrace.matching.comparable import others, templates_of
from kintrace.vault import batches, find_rare

FACES = 50
"""The nearest faces that are weighed; docs/evidence.md says why fifty lose nobody."""
WORDS = 100
"""People with rare words in common that are weighed."""
REACH = 3000
"""People looked up by words at most, the rarest words first."""
PART = 500
"""Of what is asked for by their ids, so many at a time: as many as a query bears."""


@dataclass(frozen=True)
class Vector:
    """A template, unsealed."""

    photo: UUID
    vector: NDArray[np.float32]
    quality: int


@dataclass(frozen=True)
class Nearby:
    """Who is to be weighed against a card, and in how many they were looked for."""

    cards: list[Card]
    searched: int
    """People who may be compared."""
    faces: int
    """Of these, whose faces were compared: they have a photo, and so has the card."""


def nearby(card: Card, gallery: LiveGallery | None) -> Nearby:
    """The cards to weigh against one.

    Args:
        card: searched from.
        gallery: this process's; None where faces are not compared.
    """
    allowed = allowed_for(card)
    people, faces = by_words(card.subject, allowed), 0
    if gallery is not None:
        near = by_face(card, allowed, gallery)
        people, faces = people | near, gallery.people(allowed.faces) if near else 0
    rows = others(card).filter(subject__in=people).select_related("office", "opened_by", "subject", "enquirer")
    return Nearby(list(rows), len(allowed), faces)


def by_face(card: Card, allowed: Allowed, gallery: LiveGallery) -> set[UUID]:
    """The people with the nearest faces."""
    probes = vectors([card.subject_id], templates_of(Card._all.filter(id=card.id)), gallery.pack).get(
        card.subject_id, []
    )
    if not probes:
        return set()
    found = gallery.search(np.stack([each.vector for each in probes]), allowed.faces, FACES)
    return {near.person for row in found for near in row}


def by_words(person: Person, allowed: Allowed) -> set[UUID]:
    """The people with the rarest words of names, numbers, dates and places in common."""
    hits = find_rare(sought(known(person)), REACH)
    hits.pop(person.id, None)
    most = max((count for counts in hits.values() for count in counts), default=1) + 1
    permitted = [each for each in hits if each in allowed]
    weight = {each: sum(log10(most / count) for count in hits[each]) for each in permitted}
    return set(sorted(permitted, key=lambda each: -weight[each])[:WORDS])


def vectors(people: Sequence[UUID], allowed: "QuerySet[Template]", pack: str) -> dict[UUID, list[Vector]]:
    """Templates of people among those allowed, unsealed, by person."""
    found: dict[UUID, list[Vector]] = {}
    for part in batches(people, PART):
        for row, vector in opened(allowed.filter(person__in=part, pack=pack)):
            found.setdefault(row.person_id, []).append(Vector(row.photo_id, vector, row.quality))
    return found
