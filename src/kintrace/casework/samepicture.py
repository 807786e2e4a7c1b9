"""One picture on two people's records: found, judged whether the cards contradict each other, and both told.

A request and a found person's card with one picture may well be of one person: the picture says so once, not twice, and its
face adds nothing. Two found persons cannot share a picture, nor can people whose names or births contradict: both photos are
quarantined (DESIGN.md §5 rule 9).
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q, QuerySet

from kintrace.casework.checks import Looked
from kintrace.casework.comparingnames import record_names
from kintrace.casework.exposures import one_picture
from kintrace.casework.facts import known_of
from kintrace.casework.forms import Stated
from kintrace.casework.picturerecords import Belongs, SamePicture
from kintrace.casework.pictures import Hashes, pictures
from kintrace.casework.records import Person, PersonKind, Photo
from kintrace.evidence import Person as Described
from kintrace.evidence import RecordNames, weigh
from kintrace.provenance import SAME_FACE_CROP, Same

OWN = ("full_name", "given_name", "family_name", "alternate_names", "nickname", "date_of_birth")
"""What is compared: not the names of parents, in which brothers and sisters agree."""
MOST = 200
"""Other people's photos that are noted for one picture, the nearest: a picture on more cards is no nearer to anybody."""


def compared(photo: Photo, looked: Looked) -> Looked:
    """The same, with what is told by laying the photo over those with near hashes, and over those that were taken for it before:
    takes a while, so before a transaction."""
    near = {other.id: (other, same) for other, same in (*_noted(photo), *_near(photo, looked))}
    return replace(looked, told=one_picture(looked, near.values()))


def _noted(photo: Photo) -> list[tuple[Photo, Same]]:
    """Photos that were taken for the same picture before, as far as nobody said anything of it on either side."""
    answered = SamePicture._all.filter(other=photo).exclude(answer="").values("photo")
    rows = SamePicture._all.filter(photo=photo, answer="", two=False).exclude(other=None).exclude(other__in=answered)
    return [(row.other, Same(row.distance, row.by)) for row in rows.select_related("other") if row.other is not None]


def no_more(photo: Photo, looked: Looked) -> list[Photo]:
    """Take back that others are the same picture where, laid over each other, they are not: an earlier release went by the hashes
    alone. What people said of a pair stands. Inside a transaction.

    Returns:
        The other photos, locked, to be assessed anew.
    """
    others = [other.id for other, _ in _noted(photo) if looked.told.get(other.id) is False]
    SamePicture._all.filter(Q(photo=photo, other__in=others) | Q(photo__in=others, other=photo)).delete()
    return list(Photo._all.select_for_update().filter(id__in=others).order_by("id"))


def elsewhere(photo: Photo, looked: Looked) -> dict[uuid.UUID, Same]:
    """Other people's photos with the same picture, the nearest first. Call it before this transaction writes hashes.

    Those with near hashes that were not compared before (:func:`compared`) came meanwhile, and are compared now.
    """
    near = _near(photo, looked)
    told = one_picture(looked, near)
    return {other.id: same for other, same in near if told[other.id]}


def _near(photo: Photo, looked: Looked) -> list[tuple[Photo, Same]]:
    """Other people's photos whose hashes are near, the nearest first, each with how it was found."""
    found = pictures().search(looked.probes, looked.face_probes)
    found.pop(photo.id, None)
    nearest = sorted(found, key=lambda each: found[each].distance)[: 4 * MOST]
    rows = {each.id: each for each in Photo._all.filter(id__in=nearest).exclude(person=photo.person_id)}
    told = [each for each in nearest if each in rows and not _two_faces(looked, rows[each], found[each])]
    return [(rows[each], found[each]) for each in told[:MOST]]


def _two_faces(looked: Looked, other: Photo, same: Same) -> bool:
    """Whether one picture of several people shows each of the two at another face; or nobody said yet whom it shows."""
    theirs = Hashes.from_text(other.unseal("hashes"))
    if same.by == "face":
        return False
    if any(len(each.faces) > 1 and each.meant is None for each in (looked.hashes, theirs)):
        return True  # looked for again when a face was chosen
    if theirs.meant is None or looked.hashes.meant is None or len(theirs.faces) < 2:
        return False
    near = [min((probe.distance(face) for probe in looked.face_probes), default=256) for face in theirs.faces]
    best = min(range(len(near)), key=near.__getitem__)
    return best != theirs.meant and near[best] <= SAME_FACE_CROP


def note_same(photo: Photo, found: dict[uuid.UUID, Same]) -> tuple[list[Photo], list[Photo]]:
    """Note pictures found on other people's records. Inside a transaction.

    What was found before and settled stays as it was settled.

    Returns:
        The other photos newly noted: those whose cards contradict this photo's, and the rest.
    """
    known = set(SamePicture._all.filter(photo=photo).values_list("other", flat=True))
    others = {each.id: each for each in Photo._all.filter(id__in=found).select_related("person")}
    new = [others[each] for each in found if each in others and each not in known]
    contradicting = contradicting_of(photo.person, [each.person for each in new])
    rows = []
    for other in new:
        same, against = found[other.id], other.person_id in contradicting
        for one, two in ((photo, other), (other, photo)):
            rows.append(SamePicture(photo=one, other=two, by=same.by, distance=same.distance, contradicts=against))
    SamePicture._all.bulk_create(rows)
    conflicts = [each for each in new if each.person_id in contradicting]
    return conflicts, [each for each in new if each.person_id not in contradicting]


def contradicting_of(person: Person, others: Sequence[Person]) -> set[uuid.UUID]:
    """Which of some people one picture cannot show together with this one."""
    if not others:
        return set()
    facts = known_of([person.id, *(each.id for each in others)])
    mine, names = facts.get(person.id, {}), record_names()
    return {
        each.id
        for each in others
        if (person.kind == each.kind == PersonKind.FOUND) or _contradict(mine, facts.get(each.id, {}), names)
    }


def _contradict(one: dict[str, Stated], other: dict[str, Stated], names: RecordNames) -> bool:
    """Whether names or dates of birth speak against one person; what is not known on both contradicts nothing."""
    own = [{name: fact for name, fact in facts.items() if name in OWN} for facts in (one, other)]
    told = weigh(Described.from_facts(own[0]), Described.from_facts(own[1]), names=names)
    return any(told.fact(name).log10_lr < 0 for name in ("names", "birth"))


def unsettled(photos: "QuerySet[Photo] | list[Photo]") -> "list[SamePicture]":
    """Sides of contradictions, of some photos, that people have not settled."""
    rows = SamePicture._all.filter(photo__in=photos, contradicts=True, two=False).select_related("photo", "other")
    return [each for each in rows.order_by("found_at") if not released(each)]


def released(row: SamePicture) -> bool:
    """Whether people settled that the picture belongs to this side, as far as the other side does not say so too."""
    if row.other_id is None:
        return row.answer in (Belongs.HERE, Belongs.BOTH)
    theirs = SamePicture._all.filter(photo=row.other_id, other=row.photo_id).values_list("answer", flat=True).first()
    if row.answer == Belongs.HERE:
        return theirs in (Belongs.THERE, Belongs.NEITHER)
    return row.answer == Belongs.BOTH == theirs


def same_among(photos: Sequence[uuid.UUID]) -> dict[frozenset[uuid.UUID], Same]:
    """Pairs of some photos that are one picture, but those of which a person said that they are two."""
    held = list(photos)
    rows = SamePicture._all.filter(Q(photo__in=held) & Q(other__in=held), two=False).values_list(
        "photo", "other", "distance", "by"
    )
    return {frozenset((one, other)): Same(distance, by) for one, other, distance, by in rows}
