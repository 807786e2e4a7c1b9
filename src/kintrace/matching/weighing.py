"""The evidence of pairs: what is known of both, unsealed in this process only, weighed fact by fact."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from kintrace.casework.comparingnames import record_names
from kintrace.casework.facecaps import held_back
from kintrace.casework.facts import known_of
from kintrace.casework.forms import Stated
from kintrace.casework.records import Card, CardKind, Photo
from kintrace.casework.samepicture import same_among
from kintrace.casework.standings import assessment_in
from kintrace.evidence import (
    Calibration,
    Evidence,
    FaceEvidence,
    Person,
    PhotoPair,
    kin,
    look_alikes_at_most,
    weigh,
    weigh_photos,
)
from kintrace.matching.comparable import sharing_enquirers, templates_of
from kintrace.matching.inuse import faces_version, names_version
from kintrace.matching.near import Nearby, Vector, vectors
from kintrace.provenance import Assessment, Same
from kintrace.vault import secret, unseal_many

Facts = Mapping[str, Stated]


@dataclass(frozen=True)
class Weighed:
    """A pair of cards, and all evidence on it."""

    request: Card
    found: Card
    evidence: Evidence
    face: FaceEvidence | None
    among: int
    """People it is set against: whose faces were compared, where theirs were; everybody searched, where not."""
    strangers: float
    """Strangers expected among these to have evidence as strong that this is the person, at most."""
    expected: float
    """Strangers expected among everybody searched that come as far, at most: that this is the person, or a relative."""
    mark: bytes
    """Keyed fingerprint of what was weighed: facts and photos, not by which weights."""
    weights: str
    """The version of the weights: of names, and of the calibration."""


def weigh_pairs(card: Card, nearby: Nearby, pack: str, calibration: Calibration | None) -> list[Weighed]:
    """Weigh one card against others, the strongest evidence first.

    Args:
        card: the one; its people may be compared with those of all the others.
        nearby: the others, and among how many they were found.
        pack: the set of model packs whose templates are compared.
        calibration: what their scores mean; None weighs no faces.
    """
    every = (card, *nearby.cards)
    people = [each.subject_id for each in every]
    enquirers = [each.enquirer_id for each in every if each.enquirer_id]
    facts = known_of([*people, *enquirers])
    cards = Card._all.filter(id__in=[each.id for each in every])
    faces = vectors(people, templates_of(cards), pack) if calibration else {}
    photos = _told([vector.photo for each in faces.values() for vector in each])
    one_picture = same_among(list(photos))
    tracing = card.kind == CardKind.TRACING_REQUEST
    pairs = [(card, other) if tracing else (other, card) for other in nearby.cards]
    asking = sharing_enquirers(pairs)
    key = secret("candidate-facts")
    names = record_names()
    version = " ".join((names_version(names.weights), faces_version(calibration)))

    @cache
    def person(subject: UUID, enquirer: UUID | None) -> Person:
        # Once each: what is read of a name or a place for one comparison serves all.
        return Person.from_facts(facts.get(subject, {}), facts.get(enquirer) if enquirer else None)

    # Those with a face to compare and those without are each set against their own kind, and may bring half the strangers each.
    parts = 2 if 0 < nearby.faces < nearby.searched else 1
    with_face = nearby.faces or nearby.searched  # a photo that came this moment was not counted yet
    told = []
    for request, found in pairs:
        face = None
        if calibration and faces.get(request.subject_id) and faces.get(found.subject_id):
            face = _face(faces, facts, photos, one_picture, request, found, calibration, with_face)
        asks = request.enquirer_id if (request.id, found.office_id) in asking else None
        one, other = person(request.subject_id, asks), person(found.subject_id, None)
        evidence = weigh(one, other, face=face, names=names, gallery_size=nearby.searched)
        mark = _mark(key, request, found, facts, facts.get(asks, {}) if asks else {}, faces, photos, one_picture)
        near = face.expected_lookalikes if face else None
        among = nearby.searched if near is None else with_face
        as_one = look_alikes(evidence, face, among)
        as_kin = kin.strangers(evidence.facts, near) if near is not None else None
        expected = (as_one if as_kin is None else min(as_one, as_kin)) * parts
        told.append(Weighed(request, found, evidence, face, among, as_one, expected, mark, version))
    return sorted(told, key=lambda each: (each.expected, -each.evidence.log10_lr))


def _mark(
    key: bytes,
    request: Card,
    found: Card,
    facts: Mapping[UUID, Facts],
    asks: Facts,
    faces: Mapping[UUID, Sequence[Vector]],
    photos: "Mapping[UUID, _Told]",
    one_picture: Mapping[frozenset[UUID], Same],
) -> bytes:
    """Keyed fingerprint of what was weighed. Of photos it says nothing more where nothing caps them."""
    shown = [[each.photo for each in faces.get(card.subject_id, ())] for card in (request, found)]
    states = {each: photos[each].assessment.state for side in shown for each in side}
    one = [sorted(map(str, key)) for key in one_picture if key <= states.keys()]
    seen = {
        "facts": [_plain(facts.get(each, {})) for each in (request.subject_id, found.subject_id)],
        "enquirer": _plain(asks),
        "photos": sorted(str(each) if state == "usable" else f"{each} {state}" for each, state in states.items()),
        **({"one picture": sorted(one)} if one else {}),
    }
    return hmac.digest(key, json.dumps(seen, sort_keys=True).encode(), hashlib.sha256)[:16]


def look_alikes(evidence: Evidence, face: FaceEvidence | None, among: int) -> float:
    """How many strangers are expected to have evidence as strong, at most.

    Of all facts together at most N/LR. Where faces were compared their calibration knows more: so many of the N look as much
    alike, and of those at most one in LR of the other facts agrees as much in the rest (where it contradicts, so many more do).
    What speaks for nobody, all together, everybody may have.

    Args:
        evidence: of the pair.
        face: the part of it that is of the faces, where they were compared.
        among: people the pair is set against.
    """
    most = look_alikes_at_most(evidence.log10_lr, among)
    if face is None or face.expected_lookalikes is None or face.log10_lr <= 0 or evidence.log10_lr <= 0:
        return most
    rest = evidence.without("face").log10_lr
    by_face = face.expected_lookalikes / among * look_alikes_at_most(rest, among) if rest > 0 else (
        face.expected_lookalikes * 10 ** min(-rest, 6.0)
    )  # fmt: skip
    return min(most, by_face)


def _face(
    faces: Mapping[UUID, Sequence[Vector]],
    facts: Mapping[UUID, Facts],
    photos: "Mapping[UUID, _Told]",
    one_picture: Mapping[frozenset[UUID], Same],
    request: Card,
    found: Card,
    calibration: Calibration,
    among: int,
) -> FaceEvidence:
    births = [
        str(facts[each]["date_of_birth"].value) if "date_of_birth" in facts.get(each, {}) else ""
        for each in (request.subject_id, found.subject_id)
    ]
    every = [(one, other) for one in faces[request.subject_id] for other in faces[found.subject_id]]
    # One picture on both cards is the same photo twice, not the same person twice (DESIGN.md §5 rule 9).
    same = [one_picture[key] for one, other in every if (key := frozenset((one.photo, other.photo))) in one_picture]
    told = [(one, other) for one, other in every if frozenset((one.photo, other.photo)) not in one_picture]
    # A lead counts only where there is no other photo, and capped.
    sound = [pair for pair in told if not any(photos[each.photo].assessment.cap is not None for each in pair)]
    pairs = [
        PhotoPair(
            float(one.vector @ other.vector),
            one.quality,
            other.quality,
            photos[one.photo].taken,
            photos[other.photo].taken,
        )
        for one, other in sound or told or every
    ]
    face = weigh_photos(pairs, calibration, birth=births[0], other_birth=births[1], gallery_size=among)
    used = [photos[each.photo].assessment for pair in sound or told for each in pair]
    return held_back(face, used, same, among, only_same=not told)


@dataclass(frozen=True)
class _Told:
    """What is known of a photo."""

    taken: str
    assessment: Assessment


def _told(photos: Sequence[UUID]) -> dict[UUID, _Told]:
    rows = list(Photo._all.filter(id__in=photos))
    contents = unseal_many([(row.person_id, row.place("content"), bytes(row.content)) for row in rows])
    found = {}
    for row, data in zip(rows, contents, strict=True):
        content = json.loads(data) if data else {}
        found[row.id] = _Told(content.get("taken", ""), assessment_in(content))
    return found


def _plain(facts: Facts) -> dict[str, Any]:
    return {name: vars(fact) for name, fact in facts.items()}
