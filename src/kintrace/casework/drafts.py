"""Drafts: what somebody types is kept, sealed, before it is a card or a change; theirs alone, and for some days only."""

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.draftrecords import Draft
from kintrace.casework.records import CardKind
from kintrace.casework.scope import Scope
from kintrace.errors import FormError, NotPossible
from kintrace.vault import destroy, is_destroyed, new_person_key, unseal_many

KEPT = timedelta(days=14)
"""After the last letter."""
LONGEST = 200_000
"""Bytes of a draft."""
OPENED = 30
"""Drafts of a list that are unsealed, the newest ones."""


def begin(scope: Scope, kind: str) -> Draft:
    """A new card's draft, empty.

    Raises:
        Denied: the scope may not register cards.
        FormError: there is no such kind of card.
    """
    scope.require("card.register")
    if kind not in CardKind.values():
        raise FormError("There is no such kind of card.", "Nothing was begun.")
    draft = Draft(id=uuid.uuid4(), person_id=uuid.uuid4(), user_id=scope.user, office_id=scope.office, kind=kind)
    new_person_key(draft.person_id, scope.office)
    draft.seal(content="{}")
    draft.save(force_insert=True)
    return draft


def begin_changes(scope: Scope, reference: str) -> Draft:
    """The draft of one's changes to a card: the one begun before, or a new, empty one."""
    card = scope.card(reference)
    scope.require("card.amend", f"card:{card.id}")
    draft = Draft._all.filter(user=scope.user, card=card.id).first()
    if draft is not None and draft.person_id == card.subject_id and not is_destroyed(card.subject_id):
        return draft
    draft = Draft(
        id=uuid.uuid4(),
        person_id=card.subject_id,
        card=card.id,
        user_id=scope.user,
        office_id=scope.office,
        kind=card.kind,
    )
    draft.seal(content="{}")
    draft.save(force_insert=True)
    return draft


def mine(scope: Scope, draft_id: UUID) -> Draft:
    """A draft of one's own in this office.

    Raises:
        NotPossible: there is none.
    """
    draft = Draft._all.filter(id=draft_id, user=scope.user, office=scope.office).first()
    if draft is None:
        with transaction.atomic():
            scope.note("card.draft", f"draft:{draft_id}", outcome="empty")
        raise NotPossible("This draft is not there any more.", "It was sent off or discarded, or its days were over.")
    return draft


def keep(scope: Scope, draft_id: UUID, form: Mapping[str, Any]) -> Draft:
    """Keep what was typed, in place of what was kept before; what a page sent before that and was held up changes nothing.

    Raises:
        NotPossible: it is not there, or is too long. What was kept before stays.
    """
    draft = mine(scope, draft_id)
    text = json.dumps(dict(form), ensure_ascii=False)
    if len(text.encode()) > LONGEST:
        raise NotPossible(
            "This is too much for one card.", "What was kept before stays.", "Attach long texts as documents."
        )
    with transaction.atomic():
        held = Draft._all.select_for_update().filter(id=draft.id).first()
        if held is None or _overtaken(form.get("turn"), by=typed(held).get("turn")):
            return draft
        held.seal(content=text)
        held.changed_at = timezone.now()
        held.save(update_fields=["content", "changed_at"])
    return held


def _overtaken(turn: str | None, *, by: str | None) -> bool:
    """Whether of two sendings, ``page.number``, the first is an earlier one of the same page."""
    page, _point, number = (turn or "").partition(".")
    other, _point, later = (by or "").partition(".")
    return page == other and number.isdecimal() and later.isdecimal() and int(number) < int(later)


def typed(draft: Draft) -> dict[str, Any]:
    """What was typed."""
    found: dict[str, Any] = json.loads(draft.unseal_text("content"))
    return found


def discard(scope: Scope, draft_id: UUID) -> None:
    """Throw a draft away; a new card's key with it."""
    _end(mine(scope, draft_id))


def listed(scope: Scope) -> list[tuple[Draft, dict[str, Any]]]:
    """One's drafts of new cards in this office, the newest first, each with what was typed; of more than :data:`OPENED` the
    older ones without."""
    found = list(Draft._all.filter(user=scope.user, office=scope.office, card=None).order_by("-changed_at"))
    texts = unseal_many((each.person_id, each.place("content"), bytes(each.content)) for each in found[:OPENED])
    opened: list[dict[str, Any]] = [json.loads(text) if text else {} for text in texts]
    return list(zip(found, [*opened, *({} for _ in found[OPENED:])], strict=True))


def end_old() -> int:
    """Throw away drafts that nobody went on with; returns how many."""
    old = list(Draft._all.filter(changed_at__lt=timezone.now() - KEPT))
    for draft in old:
        _end(draft)
    return len(old)


def _end(draft: Draft) -> None:
    with transaction.atomic():
        Draft._all.filter(id=draft.id).delete()
    if draft.card is None:
        destroy([draft.person_id])
