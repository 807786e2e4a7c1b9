"""Who asks, for which office and purpose: the only way to the records for pages, the API and the command line.

A scope says which verbs are permitted (deny by default) and gives the records that may be seen at all; consent is a
condition inside each of its queries. No model has a manager of its own that would give all rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kintrace.casework.consents import allowing
from kintrace.casework.people import Membership, Office, Role, User
from kintrace.casework.records import NOT_QUARANTINED, Card, Consent, Fact, Person, Photo, Purpose, Template
from kintrace.errors import Denied
from kintrace.ledger import Actor, Event, record, record_many

F, C, S, X, D, A = (
    Role.FIELD_OFFICER,
    Role.CASEWORKER,
    Role.SENIOR_REVIEWER,
    Role.FORENSIC_OFFICER,
    Role.DATA_PROTECTION_OFFICER,
    Role.ADMINISTRATOR,
)
PERMITTED: Mapping[str, frozenset[Role]] = {
    "card.register": frozenset({F, C, X}),
    "card.amend": frozenset({F, C, X}),
    "card.read": frozenset({F, C, S, X, D}),
    "card.close": frozenset({C, S}),
    "card.transfer": frozenset({C, S}),
    "card.dates": frozenset({C, S, D}),
    "card.mark": frozenset({C, S}),
    "photo.add": frozenset({F, C, X}),
    "photo.withdraw": frozenset({F, C, X, D}),
    "photo.read": frozenset({F, C, S, X}),
    "photo.original": frozenset({C, S, X}),
    "photo.source": frozenset({F, C, X}),
    "photo.assess": frozenset({C, S}),
    "photo.settle": frozenset({C, S}),
    "photo.groups": frozenset({C, S, D}),
    "blocklist.read": frozenset({D}),
    "blocklist.change": frozenset({D}),
    "trust.read": frozenset({D, A}),
    "trust.change": frozenset({D, A}),
    "consent.record": frozenset({F, C, X, D}),
    "consent.withdraw": frozenset({F, C, X, D}),
    "person.erase": frozenset({D}),
    "retention.run": frozenset({D}),
    "registry.search": frozenset({F, C, S, X}),
    "face.search": frozenset({C, S, X}),
    "dead.read": frozenset({X}),
    "candidate.search": frozenset({C, S, X}),
    "candidate.read": frozenset({C, S, X}),
    "review.first": frozenset({C, S, X}),
    "review.second": frozenset({S, X}),
    "review.arbitrate": frozenset({S, X}),
    "review.control": frozenset({S}),
    "review.report": frozenset({S, D}),
    "report.read": frozenset({S, D}),
    "report.export": frozenset({S, D}),
    "conclude": frozenset({S}),
    "conclude.death": frozenset({X}),
    "disclosure.ask": frozenset({F, C, S, X}),
    "disclosure.approve": frozenset({S}),
    "disclosure.tell": frozenset({C, S, X}),
    "user.manage": frozenset({A}),
    "office.manage": frozenset({A}),
    "keys.rotate": frozenset({A}),
    "names.learn": frozenset({A}),
    "backup.make": frozenset({A}),
    "backup.restore": frozenset({A}),
    "breach.drill": frozenset({D, A}),
    "ledger.read": frozenset({D}),
}
"""Which roles may use which verb. What is not here, nobody may."""

REASONED = frozenset({D})
"""Roles that read a case's content only with a reason, which goes to the ledger."""


@dataclass(frozen=True)
class Scope:
    """One user, in one office, in the roles they have there, for one purpose."""

    user: UUID
    office: UUID
    office_code: str
    roles: frozenset[Role]
    purpose: str
    bureau: UUID | None = None

    @property
    def actor(self) -> Actor:
        """As the ledger writes it."""
        return Actor(str(self.user), "+".join(sorted(self.roles)), str(self.office))

    def may(self, verb: str) -> bool:
        """Whether a verb is permitted."""
        return bool(self.roles & PERMITTED.get(verb, frozenset()))

    def require(self, verb: str, subject: str = "") -> None:
        """Go on only where a verb is permitted; a refusal is in the ledger.

        Raises:
            Denied: it is not.
        """
        if not self.may(verb):
            raise self.refusal(verb, subject)

    def refusal(self, verb: str, subject: str = "") -> Denied:
        """The error for something not permitted, once it is in the ledger."""
        with transaction.atomic():
            record(self.actor, verb, subject, purpose=self.purpose, outcome="refused")
        roles = ", ".join(sorted(role.label for role in PERMITTED.get(verb, frozenset())))
        return Denied(
            f"You may not do this here ({verb}).",
            "Nothing was changed; that you asked is in the ledger.",
            f"Ask somebody in your office who is: {roles}." if roles else "",
        )

    def note(self, action: str, subject: str = "", outcome: str = "done", **details: Any) -> None:
        """An entry in the ledger, in the transaction that is open."""
        record(self.actor, action, subject, purpose=self.purpose, outcome=outcome, details=details)

    def note_many(self, events: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Several at once: action, subject and details of each."""
        told = (Event(action, subject, self.purpose, details=details) for action, subject, details in events)
        record_many(self.actor, told)

    def cards(self) -> "QuerySet[Card]":
        """The cards of the own office; in a bureau, also those marked with it whose people agreed to share with this office."""
        own = Q(office=self.office)
        if self.bureau is not None:
            shared = allowing("subject_id", Purpose.SHARE_OFFICE, self.office_code)
            own |= Q(bureaus=self.bureau) & shared
        cards = Card._all.filter(own)
        return cards.distinct() if self.bureau is not None else cards  # only a bureau's marks give a card twice

    def persons(self) -> "QuerySet[Person]":
        """The people on those cards; an enquirer of another office's card only where they, too, agreed to share."""
        return Person._all.filter(self.about("id"))

    def about(self, person: str) -> Q:
        """That somebody is one of those people: asked of each by their own cards, so that a query about few reads few.

        Args:
            person: path from the queried model to the person's id.
        """
        cards = self.cards()
        own = Q(Exists(cards.filter(subject=OuterRef(person))))
        own |= Q(Exists(Card._all.filter(enquirer=OuterRef(person), office=self.office)))
        if self.bureau is None:
            return own
        shared = Q(Exists(cards.filter(enquirer=OuterRef(person))))
        return own | (shared & allowing(person, Purpose.SHARE_OFFICE, self.office_code))

    def facts(self) -> "QuerySet[Fact]":
        """What is known of them, and was."""
        return Fact._all.filter(self.about("person_id"))

    def consents(self) -> "QuerySet[Consent]":
        """What they agreed to, and had."""
        return Consent._all.filter(self.about("person_id"))

    def photos(self) -> "QuerySet[Photo]":
        """Their photos."""
        return Photo._all.filter(self.about("person_id"))

    def templates(self, *, quarantined: bool = False) -> "QuerySet[Template]":
        """The templates that may be compared: of people in this scope who agree to face search, of photos not in quarantine.

        Args:
            quarantined: also of photos in quarantine: to look for false fronts, never for people.
        """
        agreed = allowing("person_id", Purpose.FACE_SEARCH)
        found = Template._all.filter(agreed, self.about("person_id"))
        return found if quarantined else found.filter(NOT_QUARANTINED)

    def card(self, reference: str) -> Card:
        """One card by its record id (``domain/office/12``), ``office/12``, its number in the own office, or its UUID.

        Raises:
            Denied: there is none, or it is not for this scope to see: the two are told apart by nobody.
        """
        cards = self.cards().select_related("office", "opened_by", "subject", "enquirer")
        found = referred(cards, reference, self.office_code)
        if found is None:
            with transaction.atomic():
                self.note("card.read", outcome="empty")
            raise Denied(
                "No card with this number is open to you.",
                "That you asked is in the ledger.",
                "Check the number, and the office you work for now.",
            )
        return found


def referred(cards: "QuerySet[Card]", reference: str, office: str) -> Card | None:
    """The one of some cards that a reference means, as :meth:`Scope.card` takes it.

    Args:
        cards: among which.
        reference: a record id, an office's code and a number, a number, or a UUID.
        office: code of the office whose number a number alone is.
    """
    parts = reference.strip().split("/")
    try:
        if len(parts) == 1 and not parts[0].isdigit():
            return cards.filter(id=UUID(parts[0])).first()
        if parts[-1].isdigit() and len(parts) <= 3:
            return cards.filter(opened_by__code=parts[-2] if len(parts) > 1 else office, local=int(parts[-1])).first()
    except ValueError:
        pass
    return None


def scope_for(user: User, office: Office, purpose: str, bureau: UUID | None = None) -> Scope:
    """The scope of a user in an office; in a bureau only where they are a member of it.

    Raises:
        Denied: the user is disabled, or has no role there.
    """
    memberships = list(Membership._all.filter(user=user, office=office))
    roles = frozenset(Role(each.role) for each in memberships if each.bureau_id in (None, bureau))
    scope = Scope(user.id, office.id, office.code, roles if user.is_active else frozenset(), purpose, bureau)
    outside = bureau is not None and all(each.bureau_id != bureau for each in memberships)
    if not scope.roles or outside:
        scope.refusal("scope.enter")  # to the ledger
        raise Denied(
            "You have no role here now, or were shut out.",
            "Nothing was changed; that you asked is in the ledger.",
            "Ask an administrator.",
        )
    return scope
