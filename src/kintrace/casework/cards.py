"""Verbs on cards: register, read, amend, close, transfer, mark, set dates. Each is one transaction, and in the ledger."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kintrace.casework.agreements import keep_consent, void_where_minor
from kintrace.casework.forms import CARD as CARD_FACTS
from kintrace.casework.forms import ENQUIRER, FOUND, IDENTITY, CardForm, Stated, stated
from kintrace.casework.names import NAME_FACTS, tokens
from kintrace.casework.people import Bureau, Deployment, Office
from kintrace.casework.records import Card, CardKind, Fact, Person, PersonKind, Status
from kintrace.casework.scope import REASONED, Scope
from kintrace.errors import FormError, NotPossible
from kintrace.ledger import burst_now
from kintrace.vault import index_many, index_names, move_person, new_person_keys, seal_many

REVIEW_AFTER = timedelta(days=365)
KEEP_FOR = timedelta(days=5 * 365)
"""When a card is looked at again, and when it expires, where its form does not say."""


@dataclass(frozen=True)
class Amended:
    """What an amendment did."""

    facts: int
    consent_void: bool


def register(scope: Scope, form: CardForm, *, imported_as: bytes | None = None) -> Card:
    """Keep a new card.

    Raises:
        Denied: the scope does not permit it.
        FormError: a bureau is unknown.
    """
    return register_many(scope, [form], [imported_as])[0]


def register_many(scope: Scope, forms: Sequence[CardForm], imported_as: Sequence[bytes | None]) -> list[Card]:
    """Keep several new cards in one transaction: all of them, or none."""
    scope.require("card.register")
    made = [_people(form) for form in forms]
    # The keys first, in the keyring's own transaction: a key without a person is harmless, and swept; the reverse is a loss.
    new_person_keys([(person.id, scope.office) for each in made for person in each if person is not None])
    with transaction.atomic():
        Office._all.filter(id=scope.office).update(next_card=F("next_card") + len(forms))
        number = Office._all.get(id=scope.office).next_card - len(forms)
        cards: list[Card] = []
        stated_facts: list[tuple[Person, str, Stated]] = []
        for offset, (form, (subject, enquirer), mark) in enumerate(zip(forms, made, imported_as, strict=True)):
            Person._all.bulk_create([person for person in (subject, enquirer) if person is not None])
            card = Card(
                local=number + offset,
                opened_by_id=scope.office,
                office_id=scope.office,
                kind=form.kind,
                subject=subject,
                enquirer=enquirer,
                owner_id=scope.user,
                review_due=form.review_due or (timezone.now() + REVIEW_AFTER).date(),
                expires=form.expires or (timezone.now() + KEEP_FOR).date(),
                imported_as=mark,
            )
            card.save(force_insert=True)
            scope.note("card.register", f"card:{card.id}", facts=len(form.subject), photos=len(form.photos))
            stated_facts += [(subject, name, fact) for name, fact in form.subject.items()]
            if form.consent:
                keep_consent(scope, subject, form.consent)
            if enquirer is not None and form.enquirer:
                stated_facts += [(enquirer, name, fact) for name, fact in form.enquirer.items()]
                if form.enquirer_consent:
                    keep_consent(scope, enquirer, form.enquirer_consent)
            if form.bureaus:
                card.bureaus.set(_bureaus(form.bureaus))
            cards.append(card)
        _keep(scope, stated_facts)
    names = {subject.id: _names(form.subject) for (subject, _), form in zip(made, forms, strict=True)}
    names |= {
        kin.id: _names(form.enquirer) for (_, kin), form in zip(made, forms, strict=True) if kin and form.enquirer
    }
    index_many(names)
    return cards


def _people(form: CardForm) -> tuple[Person, Person | None]:
    tracing = form.kind == CardKind.TRACING_REQUEST
    subject = Person(kind=PersonKind.SOUGHT if tracing else PersonKind.FOUND)
    return subject, Person(kind=PersonKind.ENQUIRER) if form.enquirer else None


def _bureaus(codes: Iterable[str]) -> list[Bureau]:
    found = {bureau.code: bureau for bureau in Bureau._all.filter(code__in=list(codes))}
    for code in codes:
        if code not in found:
            raise FormError("A bureau is unknown.", "Nothing was kept.", f"Known are: {', '.join(_codes()) or 'none'}.")
    return list(found.values())


def _codes() -> list[str]:
    return list(Bureau._all.values_list("code", flat=True))


def _keep_facts(scope: Scope, person: Person, facts: Mapping[str, Stated], why: str = "", *, held: bool = True) -> None:
    _keep(scope, [(person, name, fact) for name, fact in facts.items()], why, held=held)


def _keep(scope: Scope, facts: Sequence[tuple[Person, str, Stated]], why: str = "", *, held: bool = True) -> None:
    """Seal facts and write them, all at once; those that do not hold are kept as history only."""
    until = None if held else timezone.now()
    rows = [Fact(person=person, name=name, made_by=scope.user, superseded_at=until) for person, name, _ in facts]
    told = (asdict(fact) | ({"why": why} if why else {}) for _, _, fact in facts)
    texts = (json.dumps(each, ensure_ascii=False).encode() for each in told)
    places = ((row.person_id, row.place("content"), text) for row, text in zip(rows, texts, strict=True))
    for row, sealed in zip(rows, seal_many(places), strict=True):
        row.content = sealed  # type: ignore[assignment]
    Fact._all.bulk_create(rows)


def _names(facts: Mapping[str, Stated]) -> dict[str, list[str]]:
    """Tokens of the person's names, for the search that decrypts nothing."""
    names: list[str] = []
    for name in NAME_FACTS:
        if name in facts:
            value = facts[name].value
            names += [str(each) for each in value] if isinstance(value, list) else [str(value)]
            names += [facts[name].original_script] if facts[name].original_script else []
    return tokens(names)


def known(person: Person) -> dict[str, Stated]:
    """The facts of a person that hold, unsealed. Call it only after the ledger has the read."""
    rows = Fact._all.filter(person=person, superseded_at=None)
    return {row.name: _opened(row)[0] for row in rows}


def _opened(row: Fact) -> tuple[Stated, str]:
    content = json.loads(row.unseal_text("content"))
    why = content.pop("why", "")
    return Stated(**content), why


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
    card = scope.card(reference)
    scope.require("card.read", f"card:{card.id}")
    if scope.roles <= REASONED and not reason:
        raise NotPossible(
            "A reason is needed to read a card in your role.", "Nothing was shown.", "Give one: --reason."
        )
    with transaction.atomic():
        scope.note("card.read", f"card:{card.id}", reasoned=bool(reason))
        if reason:  # sealed beside the facts, since the ledger takes no free text; shown by history()
            _keep_facts(scope, card.subject, {"read_reason": Stated(reason)}, held=False)
    burst_now(str(scope.user))
    with transaction.atomic():
        people = {"subject": card.subject, "enquirer": card.enquirer}
        return {
            "card": record_id(card),
            "id": str(card.id),
            "kind": card.kind,
            "office": card.office.code,
            "status": card.status,
            "opened": card.opened_at.isoformat(),
            "review_due": card.review_due.isoformat() if card.review_due else None,
            "expires": card.expires.isoformat() if card.expires else None,
            "bureaus": sorted(card.bureaus.values_list("code", flat=True)),
            **{part: _plain(person) for part, person in people.items() if person is not None},
        }


def _plain(person: Person) -> dict[str, Any]:
    from kintrace.casework.agreements import consent_of
    from kintrace.casework.photos import photos_of

    return {
        "id": str(person.id),
        "facts": {name: asdict(fact) for name, fact in sorted(known(person).items())},
        "consent": consent_of(person),
        "photos": photos_of(person),
    }


def record_id(card: Card) -> str:
    """``domain/office/number``, as PFIF's person_record_id wants it."""
    deployment = Deployment._all.get()
    return f"{deployment.domain}/{card.opened_by.code}/{card.local}"


def amend(scope: Scope, reference: str, changes: Mapping[str, Any], *, why: str, part: str = "subject") -> "Amended":
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
    card = scope.card(reference)
    scope.require("card.amend", f"card:{card.id}")
    person = card.subject if part == "subject" else card.enquirer
    if person is None:
        raise NotPossible("This card has no enquirer.", "Nothing was changed.")
    if not why.strip():
        raise NotPossible("A change needs a reason.", "Nothing was changed.", "Say why: --why.")
    tracing = card.kind == CardKind.TRACING_REQUEST
    names = ENQUIRER if part == "enquirer" else (*(IDENTITY if tracing else FOUND), *CARD_FACTS)
    for name in changes:
        if name not in names:
            raise FormError(
                f"The fact “{str(name)[:40]}” is unknown.", "Nothing was changed.", f"Known: {', '.join(names)}."
            )
    new = {name: stated(name, value) for name, value in changes.items() if value is not None}
    with transaction.atomic():
        scope.note("card.amend", f"card:{card.id}", facts=len(changes))
        Person._all.select_for_update().get(id=person.id)
        held = {row.name: row for row in Fact._all.filter(person=person, superseded_at=None, name__in=list(changes))}
        changed = {name for name in changes if name not in new and name in held}
        changed |= {name for name, fact in new.items() if name not in held or _opened(held[name])[0] != fact}
        old = [held[name].id for name in changed if name in held]
        Fact._all.filter(id__in=old).update(superseded_at=timezone.now(), superseded_by=scope.user)
        _keep_facts(scope, person, {name: new[name] for name in changed if name in new}, why)
        void = part == "subject" and void_where_minor(scope, person, known(person))
    index_names(person.id, _names(known(person)))
    return Amended(len(changed), void)


def history(scope: Scope, reference: str) -> list[dict[str, Any]]:
    """All values that facts of the card's people ever had, the newest first."""
    card = scope.card(reference)
    scope.require("card.read", f"card:{card.id}")
    with transaction.atomic():
        scope.note("card.read", f"card:{card.id}", history=True)
    people = [person for person in (card.subject_id, card.enquirer_id) if person]
    told = []
    for row in Fact._all.filter(person__in=people).order_by("-made_at"):
        fact, why = _opened(row)
        until = row.superseded_at.isoformat() if row.superseded_at else None
        told.append({
            "fact": row.name, **asdict(fact), "why": why, "since": row.made_at.isoformat(), "until": until,
            "by": str(row.made_by),
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
        Fact._all.filter(person=held.subject_id, name="closure_reason", superseded_at=None).update(
            superseded_at=timezone.now(), superseded_by=scope.user
        )
        _keep_facts(scope, held.subject, {"closure_reason": Stated(why)})
    return held


def reopen(scope: Scope, reference: str) -> Card:
    """Open a closed card again: a slip when closing must not be final."""
    card = scope.card(reference)
    scope.require("card.close", f"card:{card.id}")
    with transaction.atomic():
        scope.note("card.reopen", f"card:{card.id}")
        Card._all.filter(id=card.id).update(status=Status.OPEN, closed_at=None)
    card.refresh_from_db()
    return card


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
    (found,) = _bureaus([bureau])
    with transaction.atomic():
        scope.note("card.mark", f"card:{card.id}", bureau=str(found.id), back=take_back)
        if take_back:
            card.bureaus.remove(found)
        else:
            card.bureaus.add(found)
    return card


def set_dates(scope: Scope, reference: str, *, review_due: date | None = None, expires: date | None = None) -> Card:
    """Set when a card is to be looked at again, and when it expires."""
    card = scope.card(reference)
    scope.require("card.dates", f"card:{card.id}")
    changes = {"review_due": review_due, "expires": expires}
    changes = {name: day for name, day in changes.items() if day is not None}
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
