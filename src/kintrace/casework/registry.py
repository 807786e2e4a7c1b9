"""Looking for cards in the registry, for one case and one purpose: by name in any script, birth, place, number, office, status.

There is no looking up of strangers: a search is for a card that is open to who asks, and both, with whom it showed, go to the
ledger. Names and numbers are found by their keyed fingerprints in the blind index; only the few that have the rarest words in
common are unsealed, and weighed by the evidence of names and dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log10
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from kintrace.casework.consents import allowing, refusers, refusing
from kintrace.casework.dates import Span, span
from kintrace.casework.forms import Stated
from kintrace.casework.records import Card, CardKind, Person, PersonKind, Purpose, Status
from kintrace.casework.registryhits import Hit, Question, hits_of
from kintrace.casework.scope import Scope
from kintrace.casework.searchwords import sought
from kintrace.errors import FormError, NotPossible
from kintrace.evidence import forget
from kintrace.ledger import burst_now
from kintrace.vault import common as how_common
from kintrace.vault import find_rare

__all__ = ["Found", "Hit", "Question", "search"]

REACH = 3000
"""People looked up by words at most, the rarest words first."""
WEIGHED = 40
"""Of whom names are unsealed, where words found more."""
SCANNED = 200
"""Cards looked through, the newest first, where a birth date or a place alone is asked for: neither is in the index alone."""
FIRST, PART = 60, 300
"""People whose cards are asked for at first, and at a time where these are not enough."""
PAGE = 20


@dataclass(frozen=True)
class Found:
    """A page of what was found."""

    hits: list[Hit]
    total: int
    page: int
    pages: int
    looked: int = 0
    """Cards unsealed for it."""
    partly: bool = False
    """There were more than are looked at: another word would tell them apart."""


def search(scope: Scope, case: str, question: Question, page: int = 1) -> Found:
    """Look for cards, for a case.

    Args:
        scope: who asks; its purpose is what for.
        case: number or id of the card one searches for, which is open to the scope.
        question: what is known.
        page: from 1.

    Returns:
        One page of hits, the strongest first.

    Raises:
        Denied: the case is not one of the scope, or it may not search.
        FormError: the birth date or another part cannot be read.
        NotPossible: the case is closed.
    """
    asking = scope.card(case)
    scope.require("registry.search", f"card:{asking.id}")
    if asking.status == Status.CLOSED:
        raise NotPossible("This card is closed, and nobody is searched for any more.", "Nothing was looked up.")
    wanted = _checked(question)
    birth = span(wanted.born) if wanted.born else None
    cards = _open_to(scope, wanted)
    words = _words(wanted)
    if any(words.values()):
        found = _by_words(scope, cards, wanted, words, birth, page)
    elif wanted.born or wanted.place:
        found = _looked_through(scope, cards, wanted, birth, page)
    elif wanted.number:
        found = _page(
            hits_of(scope, [(card, "subject") for card in _numbered(scope, cards, wanted)], wanted, birth), page
        )
    else:
        found = _listed(scope, cards, wanted, page)
    forget()  # nothing read of a name outlives the search
    with transaction.atomic():
        scope.note(
            "registry.search", f"card:{asking.id}", outcome="done" if found.hits else "empty", asked=wanted.asked(),
            found=found.total, page=found.page, shown=[str(hit.id)[:8] for hit in found.hits],
        )  # fmt: skip
    burst_now(str(scope.user))
    return found


def _checked(question: Question) -> Question:
    """The question without white space around, each part one that can be asked.

    Raises:
        FormError: a part cannot be.
    """
    plain = Question(**{name: " ".join(str(value).split())[:200] for name, value in question.__dict__.items()})
    if plain.status and plain.status not in Status.values():
        raise FormError("There is no such status.", "Nothing was looked up.", f"Known: {', '.join(Status.values())}.")
    if plain.kind and plain.kind not in CardKind.values():
        raise FormError("There is no such kind of card.", "Nothing was looked up.")
    return plain


def _open_to(scope: Scope, wanted: Question) -> "QuerySet[Card]":
    """The cards that may be looked at: the scope's, of people who did not refuse tracing, with the office, status and kind."""
    cards = _narrowed(scope, wanted).filter(~refusing("subject_id", Purpose.TRACING))
    return cards.select_related("office", "opened_by")


def _narrowed(scope: Scope, wanted: Question) -> "QuerySet[Card]":
    told = {"office__code": wanted.office, "status": wanted.status, "kind": wanted.kind}
    return scope.cards().filter(**{name: value for name, value in told.items() if value})


def _words(wanted: Question) -> dict[str, list[str]]:
    """The words of the index to look for. A birth date or a place finds nobody alone, only with a name or each other."""
    told = {"full_name": wanted.name, "date_of_birth": wanted.born, "place_of_birth": wanted.place}
    facts = {name: Stated(value) for name, value in told.items() if value}
    if wanted.number:
        facts["serial_number"] = Stated(wanted.number)
    words = sought(facts)
    kinds = ("name", "sound", "pair", "born", "number") if wanted.name else ("from", "number")
    return {kind: words[kind] for kind in kinds}


def _by_words(
    scope: Scope,
    cards: "QuerySet[Card]",
    wanted: Question,
    words: Mapping[str, Iterable[str]],
    birth: Span | None,
    page: int,
) -> Found:
    hits = find_rare(words, REACH)
    if not hits and any(how_common(words).values()):  # all words are too common: a small office is looked through
        return _looked_through(scope, cards, wanted, birth, page)
    most = max((count for counts in hits.values() for count in counts), default=1) + 1
    weight = {person: sum(log10(most / count) for count in counts) for person, counts in hits.items()}
    chosen, more = _permitted(scope, cards, sorted(hits, key=lambda person: -weight[person]))
    known = {card.id for card, _ in chosen}
    chosen += [(card, "subject") for card in _numbered(scope, cards, wanted) if card.id not in known]
    rows = hits_of(scope, chosen, wanted, birth)
    return replace(_page(rows, page), looked=len(chosen), partly=more)


def _permitted(scope: Scope, cards: "QuerySet[Card]", people: Sequence[UUID]) -> tuple[list[tuple[Card, str]], bool]:
    """The first of some people who are on the cards, each with the card and their part; and whether there are more.

    Enquirers are among them only where they may be seen.
    """
    seen = Q()
    if scope.bureau is not None:  # else all are the own office's
        seen = Q(office=scope.office) | allowing("enquirer_id", Purpose.SHARE_OFFICE, scope.office_code)
    found: list[tuple[UUID, str]] = []
    at = 0
    while at < len(people) and len(found) <= WEIGHED:
        part = people[at : at + (PART if at else FIRST)]
        at += len(part)
        rows = {
            (person, card, "subject") for person, card in cards.filter(subject__in=part).values_list("subject", "id")
        }
        who_ask = list(Person._all.filter(id__in=part, kind=PersonKind.ENQUIRER).values_list("id", flat=True))
        asking = cards.filter(seen, enquirer__in=who_ask).values_list("enquirer", "id")
        rows |= {(person, card, "enquirer") for person, card in asking}
        order = {person: number for number, person in enumerate(part)}
        found += [(card, role) for person, card, role in sorted(rows, key=lambda row: (order[row[0]], row[2]))]
    chosen = found[:WEIGHED]
    whole = {card.id: card for card in cards.filter(id__in={card for card, _ in chosen})}
    return [(whole[card], role) for card, role in chosen if card in whole], len(found) > WEIGHED


def _numbered(scope: Scope, cards: "QuerySet[Card]", wanted: Question) -> list[Card]:
    """The card with a number, as ``12``, ``office/12`` or ``domain/office/12``."""
    parts = wanted.number.split("/")
    if not parts[-1].isdecimal() or len(parts[-1]) > 18 or len(parts) > 3:
        return []
    office = parts[-2] if len(parts) > 1 else scope.office_code
    return list(cards.filter(opened_by__code=office, local=int(parts[-1])))


def _looked_through(scope: Scope, cards: "QuerySet[Card]", wanted: Question, birth: Span | None, page: int) -> Found:
    """The newest cards, one by one: for what no index tells."""
    newest = list(cards.order_by("-opened_at", "-local")[: SCANNED + 1])
    rows = hits_of(scope, [(card, "subject") for card in newest[:SCANNED]], wanted, birth)
    return replace(_page(rows, page), looked=min(len(newest), SCANNED), partly=len(newest) > SCANNED)


def _listed(scope: Scope, cards: "QuerySet[Card]", wanted: Question, page: int) -> Found:
    """All cards with an office, a status, a kind: the newest first, and only those of the page unsealed."""
    every = _narrowed(scope, wanted)
    total = every.count() - every.filter(subject__in=refusers(Purpose.TRACING)).count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = cards.order_by("-opened_at", "-local")[(page - 1) * PAGE : page * PAGE]
    return Found(hits_of(scope, [(card, "subject") for card in rows], wanted, None), total, page, pages, len(rows))


def _page(rows: list[Hit], page: int) -> Found:
    rows.sort(key=lambda hit: (-hit.weight, -hit.opened.timestamp()))
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(1, page), pages)
    return Found(rows[(page - 1) * PAGE : page * PAGE], len(rows), page, pages)
