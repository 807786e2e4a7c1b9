"""The algebra of consent: what the answers that hold allow, as a rule for one person and as a condition inside a query.

Nothing is allowed that was not granted. Sharing with an office needs yes to that office, or yes to all (``*``) and no no to
that office: “withheld from” is a no. A person without a consent that holds may be traced by the office that keeps the card,
on its legal basis, and in no other way.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from kintrace.casework.records import Consent, Grant, Purpose

ALL = "*"


@dataclass(frozen=True)
class Answer:
    """Yes or no to one purpose, for sharing with one target."""

    purpose: str
    allowed: bool
    target: str = ""


def allows(answers: Iterable[Answer], purpose: str, target: str = "") -> bool:
    """Whether answers allow a purpose; a no to the very target outweighs a yes to all."""
    told = {answer.target: answer.allowed for answer in answers if answer.purpose == purpose}
    if target and told.get(target) is not None:
        return told[target]
    return told.get(ALL if target else "", False)


def allowing(person: str, purpose: str, target: str = "") -> Q:
    """The same rule inside a query.

    Args:
        person: path from the queried model to the id of the person, such as ``person_id``.
        purpose: one of :class:`Purpose`.
        target: an office's code or an authority's; only for sharing.
    """
    if not target:
        return _told(person, purpose, "", allowed=True)
    yes, to_all = (_told(person, purpose, where, allowed=True) for where in (target, ALL))
    return yes | (to_all & ~_told(person, purpose, target, allowed=False))


def refusing(person: str, purpose: str) -> Q:
    """That a person said no to a purpose, as a condition inside a query; nobody did who was not asked."""
    return _told(person, purpose, "", allowed=False)


def _told(person: str, purpose: str, target: str, *, allowed: bool) -> Q:
    """That the consent which holds has this very answer; asked person by person, so that a query about few reads few."""
    mine = Q(consent__person=OuterRef(person), consent__superseded_at=None)
    return Q(Exists(Grant._all.filter(mine, purpose=purpose, target=target, allowed=allowed)))


def answers_of(consent: Consent | None) -> list[Answer]:
    """The answers of one consent; none where there is none."""
    if consent is None:
        return []
    return [Answer(each.purpose, each.allowed, each.target) for each in Grant._all.filter(consent=consent)]


def parsed(stated: dict[str, bool], withheld_from: Iterable[str] = ()) -> list[Answer]:
    """Answers from a form: ``{"tracing": true, "share_office:geneva": true}``, and targets that nothing may reach.

    Raises:
        ValueError: a purpose is unknown, or one for sharing names no target, or another names one.
    """
    found = {}
    for name, allowed in stated.items():
        purpose, _, target = name.partition(":")
        if purpose not in Purpose.values() or (purpose.startswith("share_") != bool(target)):
            raise ValueError(name)
        found[purpose, target] = bool(allowed)
    for target in withheld_from:
        found[Purpose.SHARE_OFFICE.value, target] = False
        found[Purpose.SHARE_AUTHORITY.value, target] = False
    return [Answer(purpose, allowed, target) for (purpose, target), allowed in found.items()]
