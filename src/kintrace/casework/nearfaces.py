"""Near-identical faces of one source, found once: when a template is made, goes into quarantine or out of it, or is said to be
from another site. Work for the background job, in parts; what was begun and killed is done again, with the same result.

Photos in quarantine are compared, too: one picture under many names is what a false front sends.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from numpy.typing import NDArray

from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Deployment
from kintrace.casework.picturerecords import NearFace
from kintrace.casework.records import Change, PersonKind, Photo, Template
from kintrace.casework.templates import opened
from kintrace.ledger import Actor, record
from kintrace.vault import Place, batches, unseal_many

NEAR_IDENTICAL = 0.9
"""Score from which two templates are said to be near-identical; see docs/provenance.md for what different photos reach."""
RELEASE = 1
"""Of the comparison: templates that were compared by an earlier one are compared again."""
MOST = 50
"""Other templates of one submitter, and as many of one site, that are kept for one template: the nearest."""
AT_ONCE = 32
"""Templates compared between two looks at what else is to be done."""
PART = 500


def not_compared(pack: str) -> "QuerySet[Template]":
    """Templates that wait for the comparison."""
    return Template._all.filter(pack=pack, compared__lt=RELEASE)


class NearFaces:
    """What a process compares with: the gallery it searches in, and beside it one of the photos in quarantine."""

    def __init__(self, gallery: LiveGallery) -> None:
        """Empty as the gallery is; the first comparison fills both."""
        self._galleries = (gallery, LiveGallery(gallery.pack, gallery.dimension, quarantined=True))

    @property
    def pack(self) -> str:
        """The set of model packs whose templates are compared."""
        return self._galleries[0].pack

    def compare(self, most: int = AT_ONCE) -> int:
        """Compare some templates that wait with all others, and keep which are near-identical and of one source.

        Returns:
            How many were taken; 0: none waits.
        """
        seen = Change._all.order_by("-number").values_list("number", flat=True).first() or 0
        new = list(not_compared(self.pack).select_related("person")[:most])
        if not new:
            return 0
        probes = {
            row.id: vector for row, vector in opened(each for each in new if each.person.kind != PersonKind.ENQUIRER)
        }
        owners = {each.id: each.person_id for each in new}
        near = self._near(probes, owners)
        with transaction.atomic():
            deployment = Deployment._all.get()
            record(Actor("system", "worker", str(deployment.id)), "photo.compared", details={"photos": len(new)})
            # The ledger's lock is held: what stands now stands until the end. Who moved meanwhile is compared again.
            moved = set(Change._all.filter(number__gt=seen, template__in=owners).values_list("template", flat=True))
            done = [each for each in owners if each not in moved]
            rows = _of_one_source(done, near)
            NearFace._all.bulk_create(rows, batch_size=PART, ignore_conflicts=True)
            Template._all.filter(id__in=done).update(compared=RELEASE)
        return len(new)

    def _near(
        self, probes: Mapping[UUID, NDArray[np.float32]], owners: Mapping[UUID, UUID]
    ) -> dict[UUID, dict[UUID, float]]:
        """Of each template, those of other people that are near-identical, with their scores."""
        if not probes:
            return {}
        vectors = np.stack(list(probes.values()))
        found: dict[UUID, dict[UUID, UUID]] = {each: {} for each in probes}
        near: dict[UUID, dict[UUID, float]] = {each: {} for each in probes}
        for gallery in self._galleries:
            for probe, row in zip(probes, gallery.near_identical(vectors, NEAR_IDENTICAL), strict=True):
                for hit in row:
                    if hit.person != owners[probe]:
                        near[probe][hit.template] = hit.score
                        found[probe][hit.person] = hit.template
        # A gallery gives the nearest template of each person; who has more photos may have more that are near.
        more = self._more({person for hits in found.values() for person in hits})
        for probe, hits in found.items():
            for person in hits.keys() & more.keys():
                for template, vector in more[person]:
                    score = float(vector @ probes[probe])
                    if score >= NEAR_IDENTICAL:
                        near[probe].setdefault(template, score)
        return near

    def _more(self, people: set[UUID]) -> dict[UUID, list[tuple[UUID, NDArray[np.float32]]]]:
        """The templates of those who have several."""
        held: dict[UUID, list[Template]] = {}
        for part in batches(people, PART):
            for row in Template._all.filter(person__in=part, pack=self.pack):
                held.setdefault(row.person_id, []).append(row)
        several = {person: rows for person, rows in held.items() if len(rows) > 1}
        found: dict[UUID, list[tuple[UUID, NDArray[np.float32]]]] = {}
        for row, vector in opened(row for rows in several.values() for row in rows):
            found.setdefault(row.person_id, []).append((row.id, vector))
        return found


def sites_of(photos: Iterable[UUID]) -> dict[UUID, str]:
    """The web site each of some photos is from, where one is recorded."""
    found = {}
    table = Photo._meta.db_table
    for part in batches(photos, PART):
        rows = list(Photo._all.filter(id__in=part).only("id", "person_id", "content"))
        sealed = ((row.person_id, Place(table, str(row.id), "content"), bytes(row.content)) for row in rows)
        for row, data in zip(rows, unseal_many(sealed), strict=True):
            site = _site(data) if data is not None else ""
            if site:
                found[row.id] = site
    return found


def _site(content: bytes) -> str:
    with suppress(ValueError):  # an address that is none
        return urlsplit(str(json.loads(content).get("source_url") or "")).hostname or ""
    return ""


class _Given(NamedTuple):
    """A template's photo, and by whom it was given."""

    photo: UUID
    by: UUID


def _of_one_source(done: Sequence[UUID], near: Mapping[UUID, Mapping[UUID, float]]) -> list[NearFace]:
    """Of templates that are near-identical, the pairs of one submitter or one site. In a transaction that holds the ledger."""
    given: dict[UUID, _Given] = {}
    for part in batches({*done, *(hit for each in done for hit in near.get(each, ()))}, PART):
        rows = Template._all.filter(id__in=part, person__card__isnull=False)
        given |= {id: _Given(photo, by) for id, photo, by in rows.values_list("id", "photo", "photo__made_by")}
    hits = {
        each: sorted((hit for hit in near[each] if hit in given), key=lambda hit, each=each: (-near[each][hit], hit))  # type: ignore[misc]
        for each in done
        if each in given and near.get(each)
    }
    sites = sites_of(given[each].photo for each in hits)
    looked = {hit for each in hits if given[each].photo in sites for hit in hits[each][: 4 * MOST]}
    sites |= sites_of(given[hit].photo for hit in looked)
    found = []
    for each, nearest in hits.items():
        mine, site = given[each], sites.get(given[each].photo)
        same = set(islice((hit for hit in nearest if given[hit].by == mine.by), MOST))
        if site:
            same |= set(islice((hit for hit in nearest if sites.get(given[hit].photo) == site), MOST))
        for hit in same:
            one, other = sorted((each, hit))
            found.append(NearFace(
                one_id=one, other_id=other, score=near[each][hit], by_submitter=given[hit].by == mine.by,
                by_site=bool(site) and sites.get(given[hit].photo) == site,
            ))  # fmt: skip
    return found
