"""Verbs on cards that exist: read, amend, close, transfer, mark, set dates. Each is one transaction, and in the ledger."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from kintrace.casework.amending import Amended, change
from kintrace.casework.dead import tells_death
from kintrace.casework.facts import keep_facts, known, opened
from kintrace.casework.forms import Stated, not_past
from kintrace.casework.people import Deployment, Office, User
from kintrace.casework.records import Card, Fact, Person, Status
from kintrace.casework.registration import bureaus_coded
from kintrace.casework.scope import REASONED, Scope
from kintrace.errors import NotPossible
from kintrace.ledger import burst_now
from kintrace.vault import move_person

CLOSING = "closure_reason"
"""Kept sealed among the subject's facts."""


def read(scope: Scope, reference: str, *, reason: str = "") -> dict[str, Any]:
    """A card with all that is known, unsealed, as plain data.

    Args:
        scope: who asks.
        reference: see :meth:`Scope.card`.
        reason: needed from roles that read case content only with one; sealed on the card, where :func:`history` shows it.

    Raises:
        Denied: there is no such card for this scope.
        NotPossible: a reason is needed.
    """
    card = _opened_card(scope, reference, reason)
    with transaction.atomic():
        people = {"subject": card.subject, "enquirer": card.enquirer if _sees_enquirer(scope, card) else None}
        plain = {part: _plain(scope, person) for part, person in people.items() if person is not None}
        closing = plain["subject"]["facts"].get(CLOSING)
        closed = card.status == Status.CLOSED
        return {
            "card": record_id(card),
            "id": str(card.id),
            "kind": card.kind,
            "office": card.office.code,
            "status": card.status,
            "opened": card.opened_at.isoformat(),
            "closed": card.closed_at.isoformat() if card.closed_at else None,
            "closure_reason": closing["value"] if closed and closing else None,
            "review_due": card.review_due.isoformat() if card.review_due else None,
            "expires": card.expires.isoformat() if card.expires else None,
            "bureaus": sorted(card.bureaus.values_list("code", flat=True)),
            **plain,
        }


def _opened_card(scope: Scope, reference: str, reason: str, **details: Any) -> Card:
    """A card that may be read, once the reading is in the ledger."""
    card = scope.card(reference)
    scope.require("card.read", f"card:{card.id}")
    if scope.roles <= REASONED and not reason:
        raise NotPossible(
            "A reason is needed to read a card in your role.", "Nothing was shown.", "Give one: --reason."
        )
    with transaction.atomic():
        scope.note("card.read", f"card:{card.id}", reasoned=bool(reason), **details)
        if reason:  # sealed beside the facts, since the ledger takes no free text; shown by history()
            keep_facts(scope, card.subject, {"read_reason": Stated(reason)}, held=False)
    burst_now(str(scope.user))
    return card


def _sees_enquirer(scope: Scope, card: Card) -> bool:
    """The enquirer of another office's card is shown only where they, too, agreed to share."""
    return card.enquirer is not None and scope.persons().filter(id=card.enquirer_id).exists()


def _plain(scope: Scope, person: Person) -> dict[str, Any]:
    from kintrace.casework.agreements import consent_of
    from kintrace.casework.photos import photos_of

    facts = known(person)
    # Of the dead only those see photos who work with the dead; the others are told that there are some.
    withheld = tells_death(facts) and not scope.may("dead.read")
    return {
        "id": str(person.id),
        "facts": {name: asdict(fact) for name, fact in sorted(facts.items())},
        "consent": consent_of(person),
        "photos": [] if withheld else photos_of(person),
        **({"photos_withheld": person.photos.count()} if withheld else {}),
    }


def record_id(card: Card, domain: str = "") -> str:
    """``domain/office/number``, as PFIF's person_record_id wants it; of many cards, :func:`own_domain` is asked for once."""
    return f"{domain or own_domain()}/{card.opened_by.code}/{card.local}"


def own_domain() -> str:
    """The domain of this deployment, with which the ids of its records begin."""
    return Deployment._all.values_list("domain", flat=True).get()


def amend(scope: Scope, reference: str, changes: Mapping[str, Any], *, why: str, part: str = "subject") -> Amended:
    """Change, add or (with None) take back facts; earlier values stay, sealed, with who and why.

    Args:
        scope: who asks.
        reference: of the card.
        changes: by fact name, plain values or tables as in a form.
        why: in the amender's words; sealed with the new value.
        part: ``subject`` or ``enquirer``.

    A person who by what is known now may be a minor did not consent alone: such a consent holds no more (DESIGN.md §5 rule 12).

    Returns:
        How many facts changed, and whether the consent that held is void by it.

    Raises:
        Denied, FormError, NotPossible: nothing was changed.
    """
    return change(scope, reference, {part: changes}, why=why)[0]


def history(scope: Scope, reference: str, *, reason: str = "") -> list[dict[str, Any]]:
    """All values that facts of the card's people ever had, the newest first; for ``reason`` see :func:`read`."""
    card = _opened_card(scope, reference, reason, history=True)
    people = [card.subject_id, *([card.enquirer_id] if _sees_enquirer(scope, card) else [])]
    told = []
    logins = {each.id: each.username for each in User.objects.all()}
    for row in Fact._all.filter(person__in=people).order_by("-made_at"):
        fact, why = opened(row)
        until = row.superseded_at.isoformat() if row.superseded_at else None
        told.append({
            "part": "subject" if row.person_id == card.subject_id else "enquirer", "fact": row.name,
            **asdict(fact), "why": why, "since": row.made_at.isoformat(), "until": until,
            "by": logins.get(row.made_by, ""),
        })  # fmt: skip
    return told


def close(scope: Scope, reference: str, why: str) -> Card:
    """Close a card with a reason. Closing as contact restored, reunified or fate clarified is a conclusion, and not done here."""
    card = scope.card(reference)
    scope.require("card.close", f"card:{card.id}")
    if not why.strip():
        raise NotPossible("Closing a card needs a reason.", "It stays as it was.", "Say why: --why.")
    with transaction.atomic():
        scope.note("card.close", f"card:{card.id}")
        held = Card._all.select_for_update().get(id=card.id)
        if held.status == Status.CLOSED:
            raise NotPossible("This card is closed already.", "It stays as it was.")
        held.status, held.closed_at = Status.CLOSED, timezone.now()
        held.save(update_fields=["status", "closed_at"])
        _end_closing(scope, held)
        keep_facts(scope, held.subject, {CLOSING: Stated(why)})
    return held


def reopen(scope: Scope, reference: str) -> Card:
    """Open a closed card again: a slip when closing must not be final."""
    card = scope.card(reference)
    scope.require("card.close", f"card:{card.id}")
    with transaction.atomic():
        scope.note("card.reopen", f"card:{card.id}")
        Card._all.filter(id=card.id).update(status=Status.OPEN, closed_at=None)
        _end_closing(scope, card)
    card.refresh_from_db()
    return card


def _end_closing(scope: Scope, card: Card) -> None:
    """An earlier closure reason holds no more; :func:`history` still shows it."""
    held = Fact._all.filter(person=card.subject_id, name=CLOSING, superseded_at=None)
    held.update(superseded_at=timezone.now(), superseded_by=scope.user)


def transfer(scope: Scope, reference: str, office_code: str) -> Card:
    """Give a card, with its people and their keys, to another office.

    Raises:
        NotPossible: the office is unknown, the subject did not agree to share with it, or the enquirer has another card here.
    """
    from kintrace.casework.agreements import agreed_to_share

    card = scope.card(reference)
    scope.require("card.transfer", f"card:{card.id}")
    office = Office._all.filter(code=office_code).first()
    if office is None or office.id == card.office_id:
        raise NotPossible("There is no other office with this code.", "The card stays where it is.")
    people = [card.subject] + ([card.enquirer] if card.enquirer else [])
    for person in people:
        if not agreed_to_share(person, office.code):
            raise NotPossible(
                "A person on this card did not agree to share with that office.",
                "The card stays where it is.",
                f"Ask them, and record consent to share_office:{office.code}.",
            )
    if card.enquirer and Card._all.filter(enquirer=card.enquirer).exclude(id=card.id).exists():
        raise NotPossible("The enquirer has other cards here.", "The card stays where it is.")
    with transaction.atomic():
        scope.note("card.transfer", f"card:{card.id}", to=str(office.id))
        Card._all.filter(id=card.id).update(office=office, owner=None)
    # The records say whose the card is; a key still under the old office's is moved again by the daily run.
    for person in people:
        move_person(person.id, office.id)
    card.refresh_from_db()
    return card


def mark(scope: Scope, reference: str, bureau: str, *, take_back: bool = False) -> Card:
    """Mark a card for a bureau, or take the mark back."""
    card = scope.card(reference)
    scope.require("card.mark", f"card:{card.id}")
    (found,) = bureaus_coded([bureau])
    with transaction.atomic():
        scope.note("card.mark", f"card:{card.id}", bureau=str(found.id), back=take_back)
        if take_back:
            card.bureaus.remove(found)
        else:
            card.bureaus.add(found)
    return card


def set_dates(scope: Scope, reference: str, *, review_due: date | None = None, expires: date | None = None) -> Card:
    """Set when a card is to be looked at again, and when it expires.

    Raises:
        FormError: a day lies in the past: a card is ended by erasing it, which few may do.
    """
    card = scope.card(reference)
    scope.require("card.dates", f"card:{card.id}")
    given = {"review_due": review_due, "expires": expires}
    changes = {name: day for name, day in given.items() if day is not None}
    for name, day in changes.items():
        not_past(name, day)
    with transaction.atomic():
        scope.note("card.dates", f"card:{card.id}", **{name: day.isoformat() for name, day in changes.items() if day})
        Card._all.filter(id=card.id).update(**changes)
    card.refresh_from_db()
    return card


def listed(scope: Scope, *, status: str | None = None, most: int = 100) -> list[Card]:
    """Cards of the scope, the newest first, without what is sealed in them."""
    scope.require("card.read")
    with transaction.atomic():
        cards = scope.cards().select_related("office", "opened_by").order_by("-opened_at", "-local")
        cards = list((cards.filter(status=status) if status else cards)[:most])
        scope.note("card.list", outcome="done" if cards else "empty", cards=len(cards))
    return cards
