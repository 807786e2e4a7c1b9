"""Verbs of data protection: the ledger read and verified, proofs of erasure, what expires when, and who agreed to what."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from kintrace.casework.cards import record_id
from kintrace.casework.erasure import erased_card
from kintrace.casework.people import Deployment, Membership, Office, User
from kintrace.casework.records import Card, Consent, Grant, Person, Photo, Template, Tombstone
from kintrace.casework.registration import KEEP_FOR, REVIEW_AFTER
from kintrace.casework.scope import Scope, referred
from kintrace.errors import FormError, NotPossible
from kintrace.ledger import (
    Entry,
    Verdict,
    bursts,
    checkpoint,
    entries,
    export_checkpoint,
    prove,
    public_key,
    verify,
)
from kintrace.vault import secret

SIGNING = "ledger-signing"
PAGE = 50
LINKS = ("photo.checked", "candidate.proposed")
"""Actions whose entries say to which cards a photo, or a candidate, belongs."""
NOBODY = str(UUID(int=0))
"""The deployment's own daily work, as :func:`kintrace.casework.setup.system_scope` names it."""


@dataclass(frozen=True)
class Asked:
    """Which entries of the ledger are wanted; what is empty does not narrow them."""

    user: str = ""
    """Id of a user."""
    office: str = ""
    """Code of an office."""
    action: str = ""
    """How the action begins."""
    outcome: str = ""
    card: str = ""
    """Number of a card of any office, as ``12`` or ``office/12``; also of an erased one. With its photos and candidates."""
    since: date | None = None
    until: date | None = None
    """The last day."""


def read_ledger(scope: Scope, asked: Asked, *, before: int | None = None, most: int = PAGE) -> list[dict[str, Any]]:
    """Entries, the newest first, with the login names of who acted and the codes of their offices.

    Args:
        scope: of somebody who reads the ledger.
        asked: which.
        before: only entries with lower numbers, for the next page.
        most: how many.

    Raises:
        Denied: the scope does not permit it.
        FormError: no card has, or had, that number.
    """
    scope.require("ledger.read")
    offices = {str(each.id): each.code for each in Office._all.all()}
    ids = {code: name for name, code in offices.items()}
    found = entries(
        who=asked.user or None,
        office=ids.get(asked.office, asked.office) or None,
        action=asked.action or None,
        outcome=asked.outcome or None,
        records=records_of(_card_of(scope, asked.card)) if asked.card else None,
        since=_start(asked.since),
        until=_start(asked.until + timedelta(days=1)) if asked.until else None,
        before=before,
        most=most,
    )
    with transaction.atomic():
        scope.note("ledger.read", outcome="done" if found else "empty", entries=len(found))
    logins = {str(each.id): each.username for each in User.objects.all()}
    return [
        {
            "number": each.number,
            "at": each.at,
            "login": logins.get(each.who, ""),
            "machine": each.who in ("system", NOBODY),
            "role": each.role,
            "office": offices.get(each.office, ""),
            "action": each.action,
            "record": each.record,
            "purpose": each.purpose,
            "outcome": each.outcome,
            "facts": each.facts,
        }
        for each in found
    ]


def records_of(card: UUID) -> list[str]:
    """A card, its photos and its candidates, as entries of the ledger name them; also of an erased card.

    Blind sittings are not among them: of what candidate one is, is told to nobody, so that nobody finds it out before they judge.
    """
    linked = Entry._all.filter(action__in=LINKS, details__contains=str(card))
    return [f"card:{card}", *linked.order_by().values_list("record", flat=True).distinct()]


def _card_of(scope: Scope, reference: str) -> UUID:
    """A card's id, in whatever office: the ledger, which is read whole, tells what was done to it, not what it holds."""
    found = referred(Card._all.all(), reference, scope.office_code)
    if number := found.id if found else erased_card(scope, reference, anywhere=True):
        return number
    raise FormError(
        "No card has this number, and none had it.", "No entry was looked up.", "Write it as 12, or office/12."
    )


def _start(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def verify_ledger(scope: Scope) -> Verdict:
    """Check every entry against the next, the head and the checkpoints here; that it was checked is an entry, too."""
    scope.require("ledger.read")
    verdict = verify(public_key=public_key(secret(SIGNING)))
    with transaction.atomic():
        scope.note("ledger.verify", outcome="done" if verdict.ok else "failed", entries=verdict.entries)
    return verdict


def signed_checkpoint(scope: Scope) -> str:
    """Sign the ledger as it is now: the line to be kept where nobody here can change it."""
    if not scope.may("backup.make"):
        scope.require("ledger.read")
    return export_checkpoint(checkpoint(secret(SIGNING)))


def proof(scope: Scope, number: int) -> str:
    """A proof, as JSON, that one entry stands in the ledger; anybody can check it with the ledger's public key.

    Raises:
        LedgerError: there is no such entry, or the ledger is not what was written.
    """
    scope.require("ledger.read")
    checkpoint(secret(SIGNING))
    made = prove(number)
    with transaction.atomic():
        scope.note("ledger.prove", entry=number)
    return made.as_json() + "\n"


def bursts_of_reading(scope: Scope, days: int = 30) -> list[dict[str, Any]]:
    """Who read more records in a few minutes than anybody works through."""
    scope.require("ledger.read")
    found = bursts(timezone.now() - timedelta(days=days))
    with transaction.atomic():
        scope.note("ledger.read", outcome="done" if found else "empty", bursts=len(found))
    logins = {str(each.id): each.username for each in User.objects.all()}
    return [
        {"login": logins.get(each.who, ""), "first": each.first, "last": each.last, "records": each.records}
        for each in found
    ]


def erasures(scope: Scope, most: int = 50) -> list[dict[str, Any]]:
    """The last erasures: the card's number, when, and the number of the entry that can be proved."""
    scope.require("ledger.read")
    offices = {str(each.id): each.code for each in Office._all.all()}
    domain = Deployment._all.get().domain
    found = []
    for each in entries(action="erase.done", most=most):
        office, local = offices.get(str(each.facts.get("office", ""))), each.facts.get("number")
        card = f"{domain}/{office}/{local}" if office and local else ""  # older releases did not write it
        found.append({"entry": each.number, "at": each.at, "card": card})
    return found


def to_erase(scope: Scope, reference: str) -> dict[str, Any]:
    """What would be erased with a card, without anything of its content.

    Raises:
        Denied: there is no such card for this scope.
    """
    card = scope.card(reference)
    scope.require("person.erase", f"card:{card.id}")
    alone = card.enquirer_id and not Card._all.filter(enquirer=card.enquirer_id).exclude(id=card.id).exists()
    return {
        "card": record_id(card),
        "id": str(card.id),
        "kind": card.kind,
        "opened": card.opened_at,
        "status": card.status,
        "people": 2 if alone else 1,
        "photos": Photo._all.filter(person=card.subject_id).count(),
    }


def retention_calendar(scope: Scope) -> dict[str, Any]:
    """How many cards expire when, and are to be looked at again: in all offices, by month.

    Returns:
        ``expired`` (that is due now), ``months`` (first day of the month to count), ``review_due``, ``without`` an expiry,
        ``keep_days`` and ``review_days`` where a form does not say.
    """
    scope.require("ledger.read")
    today = timezone.now().date()
    ahead = Card._all.filter(expires__gte=today).annotate(month=TruncMonth("expires"))
    return {
        "expired": Card._all.filter(expires__lt=today).count(),
        "months": dict(ahead.values_list("month").annotate(Count("id")).order_by("month")),
        "review_due": Card._all.filter(review_due__lte=today, closed_at=None).count(),
        "without": Card._all.filter(expires=None).count(),
        "keep_days": KEEP_FOR.days,
        "review_days": REVIEW_AFTER.days,
    }


def consent_register(scope: Scope) -> dict[str, Any]:
    """What sought and found people agreed to, in counts: by office, purpose and capacity; and who was never asked.

    Returns:
        ``purposes`` (rows of office, purpose, yes, no), ``capacities`` (rows of office, capacity, people), ``without`` (office
        to people without a consent that holds), ``notices`` (version of the notice to people), ``enquirers`` (who consented).
    """
    scope.require("ledger.read")
    held = Consent._all.filter(superseded_at=None)
    of = "consent__person__card__office__code"
    subjects = Grant._all.filter(consent__superseded_at=None, consent__person__card__isnull=False)
    answers = subjects.values_list(of, "purpose").annotate(
        yes=Count("consent", distinct=True, filter=Q(allowed=True)),
        no=Count("consent", distinct=True, filter=Q(allowed=False)),
    )
    capacities = held.filter(person__card__isnull=False).values_list("person__card__office__code", "capacity")
    people = Card._all.values_list("office__code").annotate(Count("id"))
    asked: Counter[str] = Counter()
    rows = list(capacities.annotate(Count("id")).order_by("person__card__office__code", "capacity"))
    for office, _, count in rows:
        asked[office] += count
    with transaction.atomic():
        scope.note("consent.register")
    return {
        "purposes": list(answers.order_by(of, "purpose")),
        "capacities": rows,
        "without": {office: count - asked[office] for office, count in people.order_by("office__code")},
        "notices": dict(held.values_list("notice_version").annotate(Count("id"))),
        "enquirers": held.filter(person__card__isnull=True).count(),
    }


def consents_on_card(scope: Scope, reference: str, reason: str) -> Mapping[str, Any]:
    """What the people on one card agreed to; the reason is kept with the card, and the reading in the ledger.

    Raises:
        Denied: there is no such card for this scope.
        NotPossible: no reason was given.
    """
    from kintrace.casework.cards import read

    if not reason:
        raise NotPossible("A reason is needed to see what somebody agreed to.", "Nothing was shown.")
    found = read(scope, reference, reason=reason)
    return {
        "card": found["card"],
        **{part: found[part]["consent"] for part in ("subject", "enquirer") if part in found},
    }


def measured(scope: Scope) -> dict[str, Any]:
    """Counts for an impact assessment: what is kept here, of how many people, and who may read it."""
    scope.require("ledger.read")
    users = Membership._all.filter(user__is_active=True).values_list("role")
    return {
        "cards": _by(Card, "kind"),
        "states": _by(Card, "status"),
        "people": _by(Person, "kind"),
        "photos": Photo._all.count(),
        "templates": Template._all.count(),
        "tombstones": Tombstone._all.count(),
        "offices": Office._all.count(),
        "roles": dict(users.annotate(Count("user", distinct=True)).order_by("role")),
        "entries": Entry._all.count(),
        "notice": Deployment._all.get().notice_version,
    }


def _by(model: Any, name: str) -> dict[str, int]:
    return dict(model._all.values_list(name).annotate(Count("id")).order_by(name))
