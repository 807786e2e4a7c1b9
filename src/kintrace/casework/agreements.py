"""Verbs on consent: record and withdraw. What consent no longer allows is gone in the same transaction."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.consents import ALL, Answer, allows, answers_of
from kintrace.casework.forms import TARGET, Agreed, Stated, check_minor
from kintrace.casework.people import Deployment, Office
from kintrace.casework.records import Card, Consent, Grant, Person, Photo, PhotoState, Purpose
from kintrace.casework.scope import Scope
from kintrace.casework.templates import revoke_templates
from kintrace.errors import FormError, NotPossible
from kintrace.vault import seal_many


def held_consent(person: Person) -> Consent | None:
    """The consent that holds."""
    return Consent._all.filter(person=person, superseded_at=None).first()


def may(person: Person, purpose: str, target: str = "") -> bool:
    """Whether a person's consent allows a purpose."""
    return allows(answers_of(held_consent(person)), purpose, target)


def agreed_to_share(person: Person, office: str) -> bool:
    """Whether a person agrees to be known to another office."""
    return may(person, Purpose.SHARE_OFFICE, office)


def consent_of(person: Person) -> dict[str, Any] | None:
    """The consent that holds, unsealed, as plain data."""
    consent = held_consent(person)
    if consent is None:
        return None
    answers = answers_of(consent)
    return {
        "capacity": consent.capacity,
        "given_on": consent.given_on.isoformat(),
        "notice_version": consent.notice_version,
        **json.loads(consent.unseal_text("content")),
        "purposes": {
            each.purpose + (f":{each.target}" if each.target else ""): each.allowed
            for each in sorted(answers, key=lambda each: (each.purpose, each.target))
        },
    }


def check_offices(every: Iterable[Agreed]) -> None:
    """Refuse consents that name an office that does not exist: a slip there would share too little, or too much.

    ``*`` is all offices. What is “withheld from” may be an authority as well as an office, so is not looked at: it is known
    by the no to the authority of the same name.

    Raises:
        FormError: an office is unknown.
    """
    named: set[str] = set()
    for agreed in every:
        told = {(each.purpose, each.target): each.allowed for each in agreed.answers}
        offices = ((target, yes) for (purpose, target), yes in told.items() if purpose == Purpose.SHARE_OFFICE)
        named |= {at for at, yes in offices if at != ALL and (yes or told.get((Purpose.SHARE_AUTHORITY, at), True))}
    known = set(Office._all.values_list("code", flat=True)) if named else set()
    for code in sorted(named - known):
        raise FormError(
            f"The consent to share names an office that does not exist: share_office:{code[:40]}.",
            "Nothing was kept.",
            f"Known are: {', '.join(sorted(known))}; * is all of them.",
        )


def keep_consent(scope: Scope, person: Person, agreed: Agreed) -> Consent:
    """Write a consent that takes the place of the one before, and carry out what follows. Inside a transaction."""
    Person._all.select_for_update().get(id=person.id)
    Consent._all.filter(person=person, superseded_at=None).update(superseded_at=timezone.now())
    (consent,) = keep_first_consents(scope, [(person, agreed)])
    if allows(agreed.answers, Purpose.FACE_SEARCH):
        _read_held(person)
    else:
        revoke_templates(scope, person)
    return consent


def keep_first_consents(scope: Scope, given: Sequence[tuple[Person, Agreed]]) -> list[Consent]:
    """Write consents of people who have none, and no photos yet, all at once. Inside a transaction."""
    if not given:
        return []
    notice = Deployment._all.get().notice_version
    if any(_refuses(each) for _, agreed in given for each in agreed.answers):
        offices = _offices()
        given = [
            (person, replace(agreed, answers=tuple(_by_code(agreed.answers, offices)))) for person, agreed in given
        ]
    rows = [
        Consent(
            id=uuid.uuid4(),
            person=person,
            capacity=agreed.capacity,
            notice_version=agreed.notice_version or notice,
            given_on=agreed.given_on,
            recorded_by=scope.user,
        )
        for person, agreed in given
    ]
    told = ({"given_by": agreed.given_by, "language": agreed.language, "method": agreed.method} for _, agreed in given)
    texts = (json.dumps(each, ensure_ascii=False).encode() for each in told)
    places = ((row.person_id, row.place("content"), text) for row, text in zip(rows, texts, strict=True))
    for row, sealed in zip(rows, seal_many(places), strict=True):
        row.content = sealed  # type: ignore[assignment]
    Consent._all.bulk_create(rows)
    Grant._all.bulk_create(
        Grant(consent=row, purpose=each.purpose, target=each.target, allowed=each.allowed)
        for row, (_, agreed) in zip(rows, given, strict=True)
        for each in agreed.answers
    )
    return rows


def _refuses(answer: Answer) -> bool:
    """Whether it is a no to one office, or to what may be one."""
    return answer.purpose == Purpose.SHARE_OFFICE and not answer.allowed and answer.target != ALL


def _offices() -> list[tuple[str, str]]:
    return list(Office._all.values_list("code", "name"))


def _codes(named: str, offices: Iterable[tuple[str, str]]) -> list[str]:
    """The codes of the offices that a text names: by code or name, in any case, or else by the beginning of the name."""
    wanted = named.strip().casefold()
    same = [code for code, name in offices if wanted in (code.casefold(), name.casefold())]
    return same or [code for code, name in offices if f"{name.casefold()} ".startswith(f"{wanted} ")]


def _by_code(answers: Iterable[Answer], offices: Sequence[tuple[str, str]]) -> list[Answer]:
    """Answers in which an office that nothing may reach is named by its code; what is none is an authority, and stays."""
    found = {}
    for each in answers:
        for target in (_codes(each.target, offices) if _refuses(each) else []) or [each.target]:
            found[each.purpose, target] = replace(each, target=target)
    return list(found.values())


def unknown_offices(targets: Iterable[str]) -> list[str]:
    """Which of those that something must not reach are no office here: they are kept as authorities."""
    offices = _offices()
    return [each for each in targets if not _codes(each, offices)]


def void_where_minor(scope: Scope, person: Person, facts: Mapping[str, Stated]) -> UUID | None:
    """End a consent that somebody who may be a minor gave alone, or to publication; its id. Inside a transaction."""
    consent = held_consent(person)
    if consent is None or not _void(facts, consent):
        return None
    scope.note("consent.void", f"person:{person.id}")
    Consent._all.filter(id=consent.id).update(superseded_at=timezone.now())
    revoke_templates(scope, person)
    return consent.id


def hold_again(scope: Scope, card: Card, voided: UUID, facts: Mapping[str, Stated]) -> bool:
    """Let the subject's consent hold again that a slip made void; whether it does. Inside a transaction.

    It stays void where the person may be a minor all the same, or where they were asked anew meanwhile.
    """
    Person._all.select_for_update().get(id=card.subject_id)
    consent = Consent._all.filter(id=voided, person=card.subject_id).exclude(superseded_at=None).first()
    if consent is None or _void(facts, consent):
        return False
    if Consent._all.filter(person=card.subject_id, recorded_at__gt=consent.recorded_at).exists():
        return False
    scope.note("consent.restore", f"card:{card.id}")
    Consent._all.filter(id=consent.id).update(superseded_at=None)
    if may(card.subject, Purpose.FACE_SEARCH):
        _read_held(card.subject)
    return True


def _void(facts: Mapping[str, Stated], consent: Consent) -> bool:
    """Whether a consent is none, given what is known of the person's age."""
    try:
        check_minor(facts, Agreed(consent.capacity, tuple(answers_of(consent))))
    except FormError:
        return True
    return False


def _read_held(person: Person) -> None:
    """Photos that waited for consent to face search wait for the worker now."""
    held = Photo._all.filter(person=person, state=PhotoState.HELD)
    held.update(state=PhotoState.WAITING, tries=0, lease=None)


def record_consent(scope: Scope, reference: str, agreed: Agreed, *, part: str = "subject") -> Consent:
    """Record what a person on a card agreed to; it takes the place of what they agreed to before.

    Raises:
        Denied, NotPossible: nothing was changed.
        FormError: an office is unknown; or the person may be a minor, and this consent is not of a guardian or in their best
            interest. Nothing was changed.
    """
    from kintrace.casework.facts import known

    card, person = _person(scope, reference, part, "consent.record")
    with transaction.atomic():
        check_offices([agreed])
        if part == "subject":
            check_minor(known(person), agreed)
        yes = sum(each.allowed for each in agreed.answers)
        scope.note("consent.record", f"card:{card.id}", granted=yes, refused=len(agreed.answers) - yes)
        return keep_consent(scope, person, agreed)


def withdraw_consent(scope: Scope, reference: str, purpose: str, *, part: str = "subject") -> str:
    """Withdraw consent to one purpose, or with ``all`` to everything.

    Without tracing there is no ground to keep the record: it is erased. Without face search the templates are.

    Returns:
        What followed: "erased", "templates erased" or "recorded".
    """
    card, person = _person(scope, reference, part, "consent.withdraw")
    purpose, _, target = purpose.partition(":")
    if purpose != "all" and purpose not in Purpose.values():
        raise NotPossible(
            "There is no such purpose.", "Nothing was changed.", f"Known: {', '.join(Purpose.values())}, all."
        )
    if len(target) > TARGET:
        raise NotPossible("Nothing is shared with anybody of so long a name.", "Nothing was changed.")
    if purpose in ("all", Purpose.TRACING):
        from kintrace.casework.erasure import erase_card, erase_enquirer

        with transaction.atomic():
            scope.note("consent.withdraw", f"card:{card.id}", purpose=purpose)
        if part == "subject":
            erase_card(scope, card)
        else:
            erase_enquirer(scope, card)
        return "erased"
    with transaction.atomic():
        scope.note("consent.withdraw", f"card:{card.id}", purpose=purpose)
        consent = held_consent(person)
        kept = {(each.purpose, each.target): each for each in answers_of(consent)}
        for key, each in list(kept.items()):
            if each.purpose == purpose and (not target or each.target == target):
                kept[key] = replace(each, allowed=False)
        if target:  # also where sharing was agreed to with all
            kept[purpose, target] = Answer(purpose, False, target)
        if consent is not None:
            told = json.loads(consent.unseal_text("content"))
            keep_consent(scope, person, Agreed(consent.capacity, tuple(kept.values()), **told))
    return "templates erased" if purpose == Purpose.FACE_SEARCH else "recorded"


def _person(scope: Scope, reference: str, part: str, verb: str) -> tuple[Card, Person]:
    card = scope.card(reference)
    scope.require(verb, f"card:{card.id}")
    person = card.subject if part == "subject" else card.enquirer
    if person is None:
        raise NotPossible("This card has no enquirer.", "Nothing was changed.")
    return card, person
