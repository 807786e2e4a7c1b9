"""Which records may be compared at all: consent, purpose, office rules and withheld-from lists, of both sides, inside the query.

A pair that may not be compared is not in what this gives, so no distance between the two is ever read.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kintrace.casework.agreements import held_consent
from kintrace.casework.consents import ALL, Answer, allowing, answers_of, refusing
from kintrace.casework.people import Office
from kintrace.casework.records import NOT_QUARANTINED, Card, CardKind, Person, Purpose, Status, Template
from kintrace.casework.scope import Scope
from kintrace.casework.setup import office_coded
from kintrace.errors import NotPossible
from kintrace.matching.searchrecords import Apart

ENDED = (Status.CLOSED, Status.CONTACT_RESTORED, Status.REUNIFIED, Status.FATE_CLARIFIED)


def others(card: Card) -> "QuerySet[Card]":
    """The cards that a card may be compared with: open, of the other kind, whose people and offices allow it, as this one's do.

    Within one office no consent to sharing is needed. Between two, the people of both cards agreed to share with the other
    office, and no rule keeps the offices apart.
    """
    if not open_cards().filter(id=card.id).exists():
        return Card._all.none()
    return open_cards().filter(_agreeing(card))


def terms(card: Card) -> tuple[object, ...]:
    """What of a card decides with whom it may be compared, apart from being open: cards with the same have the same others."""
    told = sorted((each.target, each.allowed) for each in _sharing(card.subject))
    return (card.kind, card.office_id, tuple(told))


def _agreeing(card: Card) -> Q:
    """Cards of the other kind whose people and offices allow the comparison, as this one's do."""
    kind = CardKind.FOUND_PERSON if card.kind == CardKind.TRACING_REQUEST else CardKind.TRACING_REQUEST
    shared = allowing("subject_id", Purpose.SHARE_OFFICE, card.office.code) & _shared_with(card.subject)
    within = Q(office=card.office) | (shared & ~Q(office__in=_apart(card.office)))
    return within & Q(kind=kind)


def agreed(one: Card, other: Card) -> bool:
    """Whether people and offices allow it, be the cards open or not."""
    refused = Card._all.filter(refusing("subject_id", Purpose.TRACING), id__in=(one.id, other.id))
    return bool(Card._all.filter(_agreeing(one), id=other.id).exists() and not refused.exists())


def open_cards() -> "QuerySet[Card]":
    """Cards that are searched: neither ended nor expired, of people who did not refuse tracing."""
    unexpired = Q(expires=None) | Q(expires__gte=timezone.now().date())
    refused = refusing("subject_id", Purpose.TRACING)
    return Card._all.filter(unexpired & ~refused, closed_at=None).exclude(status__in=ENDED)


def may_be_compared(one: Card, other: Card) -> bool:
    """Whether two cards may be compared."""
    return bool(others(one).filter(id=other.id).exists())


def templates_of(cards: "QuerySet[Card]") -> "QuerySet[Template]":
    """The templates of the people on cards who agree to face search, of photos that are not in quarantine."""
    people = cards.values("subject")
    return Template._all.filter(NOT_QUARANTINED, allowing("person_id", Purpose.FACE_SEARCH), person__in=people)


def sharing_enquirers(pairs: Iterable[tuple[Card, Card]]) -> set[tuple[UUID, UUID]]:
    """Of pairs of a request and a found person's card, those in which what is known of the enquirer may be weighed.

    Returns:
        Pairs of the request and the other card's office.
    """
    asked: dict[Office, set[UUID]] = {}
    found = set()
    for request, other in pairs:
        if request.enquirer_id is not None and request.office_id == other.office_id:
            found.add((request.id, other.office_id))
        elif request.enquirer_id is not None:
            asked.setdefault(other.office, set()).add(request.id)
    for office, requests in asked.items():
        shared = Card._all.filter(allowing("enquirer_id", Purpose.SHARE_OFFICE, office.code), id__in=requests)
        found |= {(each, office.id) for each in shared.values_list("id", flat=True)}
    return found


def _shared_with(person: Person) -> Q:
    """The offices a person agrees to be known to, as a condition on cards."""
    told = {each.target: each.allowed for each in _sharing(person)}
    yes = Q(office__code__in=[target for target, allowed in told.items() if allowed and target != ALL])
    if told.get(ALL):
        return yes | ~Q(office__code__in=[target for target, allowed in told.items() if not allowed])
    return yes


def _sharing(person: Person) -> list[Answer]:
    """What a person answered about being known to offices."""
    return [each for each in answers_of(held_consent(person)) if each.purpose == Purpose.SHARE_OFFICE]


def _apart(office: Office) -> Iterable[object]:
    pairs = Apart._all.filter(Q(office=office) | Q(other=office)).values_list("office", "other")
    return [each for pair in pairs for each in pair if each != office.id]


def keep_apart(scope: Scope, code: str, other: str, *, take_back: bool = False) -> None:
    """Have the records of two offices never compared, or take that back.

    Candidates between them are refused at once, and go with the next search; taken back, the two are searched against each other.

    Raises:
        Denied, NotPossible: nothing was changed.
    """
    scope.require("office.manage")
    one, two = sorted((office_coded(code), office_coded(other)), key=lambda office: str(office.id))
    if one.id == two.id:
        raise NotPossible("These are one office.", "Nothing was changed.")
    with transaction.atomic():
        scope.note("office.apart", f"office:{one.id}", other=str(two.id), back=take_back)
        if take_back:
            Apart._all.filter(office=one, other=two).delete()
        else:
            Apart._all.get_or_create(office=one, other=two)


def kept_apart(scope: Scope) -> list[tuple[str, str]]:
    """The pairs of offices whose records are never compared, by their codes."""
    scope.require("office.manage")
    pairs = Apart._all.select_related("office", "other")
    return sorted((min(codes), max(codes)) for each in pairs if (codes := (each.office.code, each.other.code)))
