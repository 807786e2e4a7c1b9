"""Verbs for pages: cards with the names that officers know them by, and cards like one that is being written."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import log10
from typing import Any

from django.db import transaction
from django.db.models import Q

from kintrace.casework.comparingnames import record_names
from kintrace.casework.facts import known_of
from kintrace.casework.forms import Stated
from kintrace.casework.names import NAME_FACTS
from kintrace.casework.records import Card, PhotoState, Status
from kintrace.casework.scope import REASONED, Scope
from kintrace.casework.searchwords import sought
from kintrace.evidence import Person as Described
from kintrace.evidence import forget, weigh
from kintrace.ledger import burst_now
from kintrace.vault import find_rare

PAGE = 25
SOON = timedelta(days=30)
TROUBLE = (PhotoState.CHOOSE, PhotoState.REFUSED, PhotoState.NO_FACE, PhotoState.POOR)
ENDED = (Status.CLOSED, Status.CONTACT_RESTORED, Status.REUNIFIED, Status.FATE_CLARIFIED)
REACH = 400
WEIGHED, LIKE = 20, 5
"""Cards with the rarest words in common that are weighed; and of these, those that are shown."""


def page_of_cards(scope: Scope, *, show: str = "", number: int = 1) -> dict[str, Any]:
    """A page of the scope's cards, the newest first, with names.

    Args:
        scope: who asks.
        show: nothing for all; ``cards_due`` or ``cards_expiring``.
        number: of the page, from 1.

    Returns:
        ``{"rows": […], "more": bool, "number": int, "named": bool}``: rows are without names and births for roles that read
        a card's content only with a reason.
    """
    scope.require("card.read")
    named = not scope.roles <= REASONED
    cards = scope.cards().select_related("office", "opened_by")
    if show == "cards_due":
        cards = cards.exclude(status__in=ENDED).filter(review_due__lte=date.today()).order_by("review_due")
    elif show == "cards_expiring":
        cards = cards.filter(expires__lte=date.today() + SOON).order_by("expires")
    else:
        cards = cards.order_by("-opened_at", "-local")
    start = (max(number, 1) - 1) * PAGE
    found = list(cards[start : start + PAGE + 1])
    with transaction.atomic():
        scope.note("card.list", outcome="done" if found else "empty", cards=len(found[:PAGE]), names=named)
    burst_now(str(scope.user))
    return {"rows": _rows(found[:PAGE], named), "more": len(found) > PAGE, "number": max(number, 1), "named": named}


def _rows(cards: Sequence[Card], named: bool = True) -> list[dict[str, Any]]:
    facts = known_of([card.subject_id for card in cards]) if named else {}
    return [
        {
            "id": str(card.id), "number": f"{card.opened_by.code}/{card.local}", "kind": card.kind, "status": card.status,
            "office": card.office.name, "opened": card.opened_at, "review_due": card.review_due, "expires": card.expires,
            "name": name_in(facts.get(card.subject_id, {})), "born": _plain(facts.get(card.subject_id, {}), "date_of_birth"),
        }
        for card in cards
    ]  # fmt: skip


def name_in(facts: Mapping[str, Stated]) -> dict[str, str]:
    """The name a person is known by: the full name, else what there is of it."""
    if "full_name" in facts:
        return {"value": str(facts["full_name"].value), "original_script": facts["full_name"].original_script}
    parts = [facts[name] for name in ("given_name", "patronymic", "family_name", "nickname") if name in facts]
    return {
        "value": " ".join(str(each.value) for each in parts),
        "original_script": " ".join(each.original_script for each in parts if each.original_script),
    }


def _plain(facts: Mapping[str, Stated], name: str) -> str:
    return str(facts[name].value) if name in facts else ""


def photos_in_trouble(scope: Scope) -> list[dict[str, Any]]:
    """Photos that need somebody: no face, several and nobody said which, too poor, or unreadable; with their cards."""
    scope.require("photo.add")
    photos = list(scope.photos().filter(state__in=TROUBLE).order_by("made_at")[:100])
    people = [photo.person_id for photo in photos]
    cards = scope.cards().filter(Q(subject__in=people) | Q(enquirer__in=people)).select_related("opened_by")
    by_person = {person: card for card in cards for person in (card.subject_id, card.enquirer_id)}
    with transaction.atomic():
        scope.note("photo.list", outcome="done" if photos else "empty", photos=len(photos))
    return [
        {
            "id": str(photo.id), "state": photo.state, "made_at": photo.made_at,
            "card": str(card.id), "number": f"{card.opened_by.code}/{card.local}",
        }
        for photo in photos
        if (card := by_person.get(photo.person_id)) is not None
    ]  # fmt: skip


def like(scope: Scope, kind: str, facts: Mapping[str, Stated], *, but: str = "") -> list[dict[str, Any]]:
    """Cards of the same kind whose people have rare words in common with what is being written: perhaps the same card again.

    Args:
        scope: of somebody who writes cards; only its own cards are looked at.
        kind: of the card being written.
        facts: what is known so far.
        but: id of a card to leave out.
    """
    if not scope.may("card.amend"):
        scope.require("card.register")
    words = sought(facts)
    if not any(words.get(each) for each in ("pair", "born", "number")):
        return []
    hits = find_rare(words, REACH)
    cards = scope.cards().filter(kind=kind, subject__in=list(hits)[:REACH]).select_related("office", "opened_by")
    most = max((count for counts in hits.values() for count in counts), default=1) + 1
    weight = {person: sum(log10(most / count) for count in counts) for person, counts in hits.items()}
    near = sorted((card for card in cards if str(card.id) != but), key=lambda card: -weight[card.subject_id])
    near = _weighed(facts, [card for card in near if len(hits[card.subject_id]) > 1][:WEIGHED])[:LIKE]
    with transaction.atomic():
        scope.note("card.like", outcome="done" if near else "empty", cards=len(near))
    return _rows(near)


def _weighed(facts: Mapping[str, Stated], cards: Sequence[Card]) -> list[Card]:
    """Those of some cards of which all that is known speaks for one person, the most likely first."""
    known, names = known_of([card.subject_id for card in cards]), record_names()
    mine = Described.from_facts(dict(facts))
    ratio = {
        card.id: weigh(mine, Described.from_facts(known.get(card.subject_id, {})), names=names).log10_lr
        for card in cards
    }
    forget()  # nothing read of a name outlives it
    return sorted((card for card in cards if ratio[card.id] > 0), key=lambda card: -ratio[card.id])


def names_of_facts() -> tuple[str, ...]:
    """Facts that are names, which have an original script beside the Latin letters."""
    return (*NAME_FACTS, "father_first_name", "mother_maiden_name")
