"""The evidence of pairs: what is known of both, unsealed in this process only, weighed fact by fact."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from kintrace.casework.facts import known_of
from kintrace.casework.forms import Stated
from kintrace.casework.records import Card, CardKind, Photo
from kintrace.evidence import (
    Calibration,
    Evidence,
    FaceEvidence,
    Person,
    PhotoPair,
    RecordNames,
    look_alikes_at_most,
    weigh,
    weigh_photos,
)
from kintrace.matching.comparable import sharing_enquirers, templates_of
from kintrace.matching.near import Vector, vectors
from kintrace.vault import secret, unseal_many

Facts = Mapping[str, Stated]
NAMES = RecordNames()
LEAD_CAP = 1.0
"""Log10 ratio that the faces may reach where all photos of one side are from social media: a setting, not a measurement. Ten to
one is worth a look, and far from what makes a candidate in any but the smallest registry."""
LEAD_SAID = "The only photos of one side are from social media: a lead, never a fact. What the faces say is capped."


@dataclass(frozen=True)
class Weighed:
    """A pair of cards, and all evidence on it."""

    request: Card
    found: Card
    evidence: Evidence
    face: FaceEvidence | None
    expected: float
    """Strangers expected to have evidence as strong among those searched, at most."""
    mark: bytes
    """Keyed fingerprint of what was weighed."""


def weigh_pairs(
    card: Card, nearby: Sequence[Card], searched: int, pack: str, calibration: Calibration | None
) -> list[Weighed]:
    """Weigh one card against others, the strongest evidence first.

    Args:
        card: the one; its people may be compared with those of all the others.
        nearby: the others.
        searched: people in what was searched.
        pack: the set of model packs whose templates are compared.
        calibration: what their scores mean; None weighs no faces.
    """
    people = [each.subject_id for each in (card, *nearby)]
    enquirers = [each.enquirer_id for each in (card, *nearby) if each.enquirer_id]
    facts = known_of([*people, *enquirers])
    cards = Card._all.filter(id__in=[each.id for each in (card, *nearby)])
    faces = vectors(people, templates_of(cards), pack) if calibration else {}
    photos = _told([vector.photo for each in faces.values() for vector in each])
    tracing = card.kind == CardKind.TRACING_REQUEST
    pairs = [(card, other) if tracing else (other, card) for other in nearby]
    asking = sharing_enquirers(pairs)
    key = secret("candidate-facts")

    @cache
    def person(subject: UUID, enquirer: UUID | None) -> Person:
        # Once each: what is read of a name or a place for one comparison serves all.
        return Person.from_facts(facts.get(subject, {}), facts.get(enquirer) if enquirer else None)

    told = []
    for request, found in pairs:
        face = None
        if calibration and faces.get(request.subject_id) and faces.get(found.subject_id):
            face = _face(faces, facts, photos, request, found, calibration, searched)
        asks = request.enquirer_id if (request.id, found.office_id) in asking else None
        one, other = person(request.subject_id, asks), person(found.subject_id, None)
        evidence = weigh(one, other, face=face, names=NAMES, gallery_size=searched)
        mark = _mark(key, request, found, facts, facts.get(asks, {}) if asks else {}, faces)
        told.append(Weighed(request, found, evidence, face, look_alikes(evidence, face, searched), mark))
    return sorted(told, key=lambda each: (each.expected, -each.evidence.log10_lr))


def _mark(
    key: bytes,
    request: Card,
    found: Card,
    facts: Mapping[UUID, Facts],
    asks: Facts,
    faces: Mapping[UUID, Sequence[Vector]],
) -> bytes:
    """Keyed fingerprint of what was weighed."""
    seen = {
        "facts": [_plain(facts.get(each, {})) for each in (request.subject_id, found.subject_id)],
        "enquirer": _plain(asks),
        "photos": sorted(str(each.photo) for card in (request, found) for each in faces.get(card.subject_id, ())),
    }
    return hmac.digest(key, json.dumps(seen, sort_keys=True).encode(), hashlib.sha256)[:16]


def look_alikes(evidence: Evidence, face: FaceEvidence | None, searched: int) -> float:
    """How many strangers are expected to have evidence as strong, at most.

    Of all facts together at most N/LR. Where faces were compared their calibration knows more: so many of the N look as much
    alike, and of those at most one in LR of the other facts agrees as much in the rest (where it contradicts, so many more do).
    """
    most = look_alikes_at_most(evidence.log10_lr, searched)
    if face is None or face.expected_lookalikes is None or face.log10_lr <= 0:
        return most
    rest = evidence.without("face").log10_lr
    by_face = face.expected_lookalikes / searched * look_alikes_at_most(rest, searched) if rest > 0 else (
        face.expected_lookalikes * 10 ** min(-rest, 6.0)
    )  # fmt: skip
    return min(most, by_face)


def _face(
    faces: Mapping[UUID, Sequence[Vector]],
    facts: Mapping[UUID, Facts],
    photos: "Mapping[UUID, _Told]",
    request: Card,
    found: Card,
    calibration: Calibration,
    searched: int,
) -> FaceEvidence:
    births = [
        str(facts[each]["date_of_birth"].value) if "date_of_birth" in facts.get(each, {}) else ""
        for each in (request.subject_id, found.subject_id)
    ]
    told = [(one, other) for one in faces[request.subject_id] for other in faces[found.subject_id]]
    # A photo from social media is a lead, never a fact (DESIGN.md §5 rule 9): it counts only where there is no other, and capped.
    sound = [pair for pair in told if not any(photos[each.photo].lead for each in pair)]
    pairs = [
        PhotoPair(
            float(one.vector @ other.vector),
            one.quality,
            other.quality,
            photos[one.photo].taken,
            photos[other.photo].taken,
        )
        for one, other in sound or told
    ]
    face = weigh_photos(pairs, calibration, birth=births[0], other_birth=births[1], gallery_size=searched)
    return face if sound else _capped(face, searched)


def _capped(face: FaceEvidence, searched: int) -> FaceEvidence:
    """The evidence of a photo that is a lead only: never more than :data:`LEAD_CAP` for one person."""
    if face.log10_lr <= LEAD_CAP:
        return replace(face, cautions=(*face.cautions, LEAD_SAID))
    low, high = face.interval
    return replace(
        face,
        log10_lr=LEAD_CAP,
        interval=(min(low, LEAD_CAP), min(high, LEAD_CAP)),
        expected_lookalikes=max(face.expected_lookalikes or 0.0, look_alikes_at_most(LEAD_CAP, searched)),
        cautions=(*face.cautions, LEAD_SAID),
    )


@dataclass(frozen=True)
class _Told:
    """What is known of a photo."""

    taken: str
    lead: bool


def _told(photos: Sequence[UUID]) -> dict[UUID, _Told]:
    rows = list(Photo._all.filter(id__in=photos))
    contents = unseal_many([(row.person_id, row.place("content"), bytes(row.content)) for row in rows])
    found = {}
    for row, data in zip(rows, contents, strict=True):
        content = json.loads(data) if data else {}
        found[row.id] = _Told(content.get("taken", ""), content.get("origin") == "social_media")
    return found


def _plain(facts: Facts) -> dict[str, Any]:
    return {name: asdict(fact) for name, fact in facts.items()}
