"""The verb that makes cards: one, or several in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kintrace.casework.agreements import check_offices, keep_first_consents
from kintrace.casework.facts import keep
from kintrace.casework.forms import Agreed, CardForm, Stated
from kintrace.casework.people import Bureau, Office
from kintrace.casework.records import Card, CardKind, Person, PersonKind
from kintrace.casework.scope import Scope
from kintrace.casework.searchwords import indexed
from kintrace.errors import FormError
from kintrace.vault import index_many, new_person_keys

REVIEW_AFTER = timedelta(days=365)
KEEP_FOR = timedelta(days=5 * 365)
"""When a card is looked at again, and when it expires, where its form does not say."""


def register(scope: Scope, form: CardForm, *, imported_as: bytes | None = None) -> Card:
    """Keep a new card.

    Raises:
        Denied: the scope does not permit it.
        FormError: a bureau is unknown, or an office that a consent names.
    """
    return register_many(scope, [form], [imported_as])[0]


def register_many(scope: Scope, forms: Sequence[CardForm], imported_as: Sequence[bytes | None]) -> list[Card]:
    """Keep several new cards in one transaction: all of them, or none."""
    scope.require("card.register")
    check_offices(each for form in forms for each in (form.consent, form.enquirer_consent) if each)
    made = [_people(form) for form in forms]
    # The keys first, in the keyring's own transaction: a key without a person is harmless, and swept; the reverse is a loss.
    new_person_keys([(person.id, scope.office) for each in made for person in each if person is not None])
    with transaction.atomic():
        Office._all.filter(id=scope.office).update(next_card=F("next_card") + len(forms))
        number = Office._all.get(id=scope.office).next_card - len(forms)
        Person._all.bulk_create([person for each in made for person in each if person is not None])
        cards = [
            Card(
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
            for offset, (form, (subject, enquirer), mark) in enumerate(zip(forms, made, imported_as, strict=True))
        ]
        Card._all.bulk_create(cards)
        scope.note_many(
            ("card.register", f"card:{card.id}", {"facts": len(form.subject), "photos": len(form.photos)})
            for card, form in zip(cards, forms, strict=True)
        )
        stated_facts: list[tuple[Person, str, Stated]] = []
        agreed: list[tuple[Person, Agreed]] = []
        for form, (subject, enquirer), card in zip(forms, made, cards, strict=True):
            stated_facts += [(subject, name, fact) for name, fact in form.subject.items()]
            if form.consent:
                agreed.append((subject, form.consent))
            if enquirer is not None and form.enquirer:
                stated_facts += [(enquirer, name, fact) for name, fact in form.enquirer.items()]
                if form.enquirer_consent:
                    agreed.append((enquirer, form.enquirer_consent))
            if form.bureaus:
                card.bureaus.set(bureaus_coded(form.bureaus))
        keep_first_consents(scope, agreed)
        keep(scope, stated_facts)
    names = {subject.id: indexed(form.subject) for (subject, _), form in zip(made, forms, strict=True)}
    names |= {
        kin.id: indexed(form.enquirer) for (_, kin), form in zip(made, forms, strict=True) if kin and form.enquirer
    }
    index_many(names)
    return cards


def _people(form: CardForm) -> tuple[Person, Person | None]:
    tracing = form.kind == CardKind.TRACING_REQUEST
    subject = Person(kind=PersonKind.SOUGHT if tracing else PersonKind.FOUND)
    return subject, Person(kind=PersonKind.ENQUIRER) if form.enquirer else None


def bureaus_coded(codes: Iterable[str]) -> list[Bureau]:
    """Bureaus by their codes.

    Raises:
        FormError: one is unknown.
    """
    found = {bureau.code: bureau for bureau in Bureau._all.filter(code__in=list(codes))}
    for code in codes:
        if code not in found:
            raise FormError(
                "A bureau is unknown.", "Nothing was kept.", f"Known are: {', '.join(_bureau_codes()) or 'none'}."
            )
    return list(found.values())


def _bureau_codes() -> list[str]:
    return list(Bureau._all.values_list("code", flat=True))
