"""Two offices at work, and every address of the pages filled with what is really there: for tests that walk the URLconf."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casework_help import CONSENT
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from matching_help import follow, found, request, somebody
from site_help import client_for

from kintrace.casework import drafts, setup, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role, User
from kintrace.casework.photos import attach
from kintrace.casework.records import Photo
from kintrace.casework.registry import Question
from kintrace.casework.scope import Scope
from kintrace.matching.models import Candidate
from kintrace.matching.savedsearches import keep_search, kept_searches
from kintrace.matching.seats import next_blind
from kintrace.site.pages.people import ACTS

ALONE = {**CONSENT, "purposes": {"tracing": True, "face_search": True}}
NOBODY = "11111111-2222-4333-8444-555555555555"
"""An id that nothing has."""
WORDS = {
    "card_change": ("close", "reopen", "dates", "transfer", "undo", "erase", "x"),
    "photo_change": ("choose", "withdraw", "raise", "lower", "grade", "settle", "hand-over", "block", "x"),
    "account_change": (*ACTS, "password", "x"),
    "consent": ("subject", "enquirer", "x"),
    "consent_withdraw": ("subject", "enquirer", "x"),
    "export_report": ("opened", "results", "times", "groups", "x"),
}
"""What may stand in an address in place of a word, by the name of the page."""


@dataclass(frozen=True)
class Page:
    """One address of the URLconf."""

    path: str
    """As the URLconf writes it."""
    name: str
    view: Any

    @property
    def takes_id(self) -> bool:
        """Whether somebody could guess at it."""
        return "<uuid:" in self.path

    def addresses(self, ids: dict[str, str]) -> Iterator[str]:
        """With ids filled in (all :data:`NOBODY` where there are none), once for each word that may stand there."""

        def filled(found: re.Match[str], word: str) -> str:
            kind, what = found[1], found[2]
            if kind == "uuid":
                return ids.get(f"{self.name}:{what}") or ids.get(what, NOBODY)
            return {"int": "0", "slug": word}[kind]

        for word in WORDS.get(self.name, ("x",)):
            yield "/" + re.sub(
                r"<(\w+):(\w+)>", lambda found, word=word: filled(found, word), re.sub(r"\^\(\?P<.*?\)/", "directory/", self.path)
            )  # fmt: skip


def pages(patterns: Any = None, prefix: str = "") -> list[Page]:
    """Every address there is, with those of allauth."""
    made: list[Page] = []
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            made += pages(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            made.append(Page(path, each.name or "", each.callback))
    return made


@dataclass(frozen=True)
class World:
    """What there is."""

    here: Client
    """Somebody in every role of the first office, which has nothing of what the other has."""
    there: Client
    """Somebody in every role of the other office, whose draft, kept search and sitting it is."""
    scope: Scope
    """Theirs."""
    ids: dict[str, str]
    """Of the other office, by what an address calls them, or by the page's name and that."""
    secrets: tuple[str, ...]
    """Words that nobody else may be shown."""


def world(scope: Scope, acquirer: Any, pairs: list[tuple[Path, Path]]) -> World:
    """A request, a found person, somebody dead, photos, a candidate, a sitting, a draft and a kept search in another office."""
    setup.add_office(scope, "there", "The bureau by the water")
    own = somebody("there", *Role)
    registers = somebody("there", Role.FIELD_OFFICER, Role.FORENSIC_OFFICER)  # nobody judges their own card
    asked, other = request(registers, consent=ALONE), found(registers, consent=ALONE, date_of_birth="1987-05-12")
    dead = found(
        registers,
        "Nobody Known (invented)",
        consent=ALONE,
        found_kind="deceased_unidentified",
        body_label="K-77",
        date_of_birth="1950",
        sex="male",
        place_of_birth="Nowhere",
        nationality="",
        mother_maiden_name="",
    )
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1]), (dead, pairs[1][0])):
        attach(registers, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    sitting = next_blind(own, control_rate=0)
    assert sitting is not None
    draft = drafts.begin(own, "found_person")
    drafts.keep(own, draft.id, {"subject.full_name": "Half Written"})
    keep_search(own, "Secret title", Question(name="Sought Name"))
    there = Client()
    there.force_login(User.objects.get(id=own.user))
    photo_of = {card.id: str(Photo._all.get(person=card.subject_id).id) for card in (asked, other, dead)}
    pair = Candidate._all.get(found=other)
    ids = {
        "card": str(asked.id), "photo": photo_of[asked.id], "draft": str(draft.id), "candidate": str(pair.id),
        "sitting": str(sitting.id), "search": str(kept_searches(own)[0].id), "user": str(registers.user),
        "dead_card:card": str(dead.id), "dead_photo:photo": photo_of[dead.id],
    }  # fmt: skip
    told = ("Amal", "Qasimova", "Nobody Known", "K-77", "Half Written", "Secret title", "Sought Name", "by the water")
    return World(client_for(scope, *Role), there, own, ids, told)
