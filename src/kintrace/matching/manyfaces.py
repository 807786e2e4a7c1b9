"""The same face in many places: near-identical faces that one submitter or one source gave for unrelated cards.

Which faces are near-identical and of one source the background job found already (:mod:`kintrace.casework.nearfaces`). Here they
are put together to groups, of what is open to who asks; no face is opened for it.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from kintrace.casework.cards import own_domain, record_id
from kintrace.casework.consents import allowing
from kintrace.casework.nearfaces import NEAR_IDENTICAL, not_compared, sites_of
from kintrace.casework.people import login_of
from kintrace.casework.picturerecords import NearFace
from kintrace.casework.records import Card, Photo, PhotoState, Purpose, Template
from kintrace.casework.scope import Scope
from kintrace.casework.templates import opened
from kintrace.ledger import burst_now
from kintrace.matching.models import Candidate
from kintrace.matching.near import PART
from kintrace.provenance import near_identical, together
from kintrace.vault import batches

__all__ = ["NEAR_IDENTICAL", "same_face", "waiting_to_compare"]


class _Face(NamedTuple):
    """A template in a group, in the order in which they were made."""

    made_at: datetime
    template: UUID
    photo: UUID
    person: UUID
    by: UUID
    """Who gave the photo."""
    card: UUID


def same_face(scope: Scope, pack: str, at_least: float = NEAR_IDENTICAL) -> list[dict[str, Any]]:
    """Groups of near-identical faces on unrelated cards open to this scope, by who submitted them and by the site they are from.

    A false front, a group photo, or a family that registered twice: the group is shown, never judged. Related are a request and a
    found person's card that are a candidate, and the cards of one enquirer. Photos in quarantine are compared, too: one picture
    under many names is what a false front sends.

    Args:
        scope: who asks.
        pack: the set of model packs whose templates are compared.
        at_least: the score. Below :data:`NEAR_IDENTICAL` nothing was found beforehand: all templates open to this scope are
            opened and compared now, which takes minutes for 100,000.

    Returns:
        ``[{by: submitter | site, source, cards, photos, members: [{photo, card, id}], least_score}]``, the largest first. Photos
        that were not compared yet are in none: :func:`waiting_to_compare` counts them.

    Raises:
        Denied: the scope may not.
    """
    scope.require("photo.groups")
    found = list(_kept(scope, pack, at_least) if at_least >= NEAR_IDENTICAL else _compared_now(scope, pack, at_least))
    numbers = _numbers({face.card for _, _, faces, _ in found for face in faces})
    told = []
    for by, source, members, least in found:
        faces = [face for face in members if face.card in numbers]  # but of who was erased meanwhile
        cards = list(dict.fromkeys(numbers[face.card] for face in faces))
        if len(cards) > 1:
            told.append({
                "by": by, "source": source, "cards": cards, "photos": [str(face.photo) for face in faces],
                "members": [
                    {"photo": str(face.photo), "card": numbers[face.card], "id": str(face.card)} for face in faces
                ],
                "least_score": least,
            })  # fmt: skip
    with transaction.atomic():
        scope.note("photo.groups", outcome="done" if told else "empty", groups=len(told))
    burst_now(str(scope.user))
    return sorted(told, key=lambda each: -len(each["cards"]))


def waiting_to_compare(scope: Scope, pack: str) -> int:
    """How many photos of this scope's cards may be compared and were not yet: no group can have them.

    Raises:
        Denied: the scope may not.
    """
    scope.require("photo.groups")
    ready = Exists(scope.cards().filter(subject=OuterRef("person"))) & allowing("person_id", Purpose.FACE_SEARCH)
    photos = Photo._all.filter(ready)
    waiting = photos.filter(state=PhotoState.WAITING).count() + not_compared(pack).filter(ready).count()
    if not Template._all.filter(pack=pack).exists():  # other models were taken into use, and no worker began with them
        waiting += photos.filter(state=PhotoState.DONE).count()
    return int(waiting)


_Found = tuple[str, str, list[_Face], float]
"""By what, the source, whose faces, the least score."""


def _kept(scope: Scope, pack: str, at_least: float) -> Iterator[_Found]:
    """Groups of the pairs that the background job kept."""
    open_to = [
        Q(Exists(scope.cards().filter(subject=OuterRef(f"{side}__person"))))
        & allowing(f"{side}__person_id", Purpose.FACE_SEARCH)
        for side in ("one", "other")
    ]
    pairs = NearFace._all.filter(*open_to, score__gte=at_least, one__pack=pack)
    rows = list(pairs.values_list("one", "other", "score", "by_submitter", "by_site"))
    faces = _faces({each for row in rows for each in row[:2]})
    place = {face.template: number for number, face in enumerate(faces)}
    related = _related({face.card for face in faces})

    def held(flag: int) -> Iterator[tuple[int, int, float]]:
        for row in rows:
            ends = [place[each] for each in row[:2] if each in place]  # both, but of who was erased meanwhile
            between = frozenset(faces[each].card for each in ends)
            if row[flag] and len(between) == 2 and between not in related:
                yield ends[0], ends[1], row[2]

    by_submitter, by_site = (sorted(together(held(flag)), key=lambda each: each[0]) for flag in (3, 4))
    logins = {user: login_of(user) for user in {faces[members[0]].by for members, _ in by_submitter}}
    for members, least in by_submitter:
        yield "submitter", logins[faces[members[0]].by], [faces[each] for each in members], round(least, 4)
    sites = sites_of(faces[members[0]].photo for members, _ in by_site)
    for members, least in by_site:
        yield "site", sites.get(faces[members[0]].photo, ""), [faces[each] for each in members], round(least, 4)


def _compared_now(scope: Scope, pack: str, at_least: float) -> Iterator[_Found]:
    """Groups of all templates open to this scope, opened and compared now."""
    held = _opened(scope, pack)
    if not held:
        return
    faces, vectors = [face for face, _ in held], np.stack([vector for _, vector in held])
    cards = [face.card for face in faces]
    sites = sites_of({face.photo for face in faces})
    related = [(min(two), max(two)) for two in _related(set(cards))]
    logins = {user: login_of(user) for user in {face.by for face in faces}}
    for by, source in (("submitter", {face.photo: logins[face.by] for face in faces}), ("site", sites)):
        given = [source.get(face.photo) for face in faces]
        for group in near_identical(vectors, given, cards, at_least, related):
            yield by, str(group.source), [faces[row] for row in group.rows], group.least_score


def _opened(scope: Scope, pack: str) -> list[tuple[_Face, NDArray[np.float32]]]:
    """The templates of this scope, of the subjects of its cards, with their vectors."""
    subjects = scope.cards().values("subject")
    rows = scope.templates(quarantined=True).filter(pack=pack, person__in=subjects)
    held = {row.id: vector for row, vector in opened(rows)}
    return [(face, held[face.template]) for face in _faces(held)]


def _faces(templates: Collection[UUID]) -> list[_Face]:
    """Templates, of the subjects of cards, in the order in which they were made."""
    fields = ("made_at", "id", "photo", "person", "photo__made_by", "person__card")
    subjects = Template._all.filter(person__card__isnull=False)
    held = [subjects.filter(id__in=part).values_list(*fields) for part in batches(templates, PART)]
    return sorted(_Face(*row) for rows in held for row in rows)


def _numbers(cards: Collection[UUID]) -> dict[UUID, str]:
    """The record ids of cards."""
    domain = own_domain()
    found = [Card._all.filter(id__in=part).select_related("opened_by") for part in batches(cards, PART)]
    return {card.id: record_id(card, domain) for rows in found for card in rows}


def _related(cards: Collection[UUID]) -> set[frozenset[UUID]]:
    """Pairs of cards that may well show one face."""
    pairs: set[frozenset[UUID]] = set()
    families: dict[UUID, list[UUID]] = {}
    for part in batches(cards, PART):
        rows = Candidate._all.filter(Q(request__in=part) | Q(found__in=part))
        pairs.update(frozenset(row) for row in rows.values_list("request", "found"))
        kin = Card._all.filter(id__in=part).exclude(enquirer=None)
        for card, enquirer in kin.values_list("id", "enquirer"):
            families.setdefault(enquirer, []).append(card)
    return pairs | {frozenset(two) for held in families.values() for two in combinations(held, 2)}
