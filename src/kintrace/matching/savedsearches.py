"""Searches of the registry that somebody keeps: sealed under a key of their own, theirs alone, and gone after a while."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.registry import Question
from kintrace.casework.scope import Scope
from kintrace.errors import Denied, FormError, NotPossible
from kintrace.matching.searchrecords import SavedSearch
from kintrace.vault import destroy, new_person_key, unseal_many

KEEP = timedelta(days=90)
MOST = 50
"""Kept by one person in one office."""


@dataclass(frozen=True)
class Kept:
    """One of them, unsealed."""

    id: UUID
    title: str
    question: Question
    expires: date


def keep_search(scope: Scope, title: str, question: Question) -> SavedSearch:
    """Keep a search for 90 days; one that is kept already under that title is not kept twice.

    Raises:
        Denied: the scope does not search.
        FormError: it has no title, or looks for nothing.
        NotPossible: there are too many.
    """
    scope.require("registry.search")
    title = " ".join(title.split())[:80]
    if not title or not question.asked():
        raise FormError("A kept search needs a title, and something to look for.", "Nothing was kept.")
    for each in kept_searches(scope):  # a button pressed twice
        if (each.title, each.question) == (title, question):
            return SavedSearch._all.get(id=each.id)
    if SavedSearch._all.filter(user=scope.user, office=scope.office).count() >= MOST:
        raise NotPossible("You keep as many searches as there is room for.", "Nothing was kept.", "Delete one first.")
    row = SavedSearch(
        id=uuid.uuid4(),
        user_id=scope.user,
        office_id=scope.office,
        expires=(timezone.now() + KEEP).date(),
    )
    new_person_key(row.id, scope.office)
    row.seal(content=json.dumps({"title": title, "question": asdict(question)}, ensure_ascii=False))
    with transaction.atomic():
        scope.note("registry.keep", f"search:{row.id}")
        row.save(force_insert=True)
    return row


def kept_searches(scope: Scope) -> list[Kept]:
    """The scope's own, by title; those whose last day has passed are not among them."""
    scope.require("registry.search")
    today = timezone.now().date()
    rows = list(SavedSearch._all.filter(user=scope.user, office=scope.office, expires__gte=today))
    contents = unseal_many([(row.id, row.place("content"), bytes(row.content)) for row in rows])
    found = []
    for row, data in zip(rows, contents, strict=True):
        if data is not None:
            told = json.loads(data)
            found.append(Kept(row.id, told["title"], Question(**told["question"]), row.expires))
    return sorted(found, key=lambda each: each.title.casefold())


def kept_search(scope: Scope, search: UUID) -> Kept:
    """One of the scope's own.

    Raises:
        Denied: it is not theirs, or there is none.
    """
    for each in kept_searches(scope):
        if each.id == search:
            return each
    raise _none(scope, search)


def _none(scope: Scope, search: UUID) -> Denied:
    """The error for who asked for a search that is not theirs, once it is in the ledger."""
    with transaction.atomic():
        scope.note("registry.kept", f"search:{search}", outcome="empty")
    return Denied("There is no such kept search of yours.", "Nothing was changed.")


def drop_search(scope: Scope, search: UUID) -> None:
    """Delete one of the scope's own.

    Raises:
        Denied: it is not theirs, or there is none.
    """
    scope.require("registry.search")
    rows = SavedSearch._all.filter(id=search, user=scope.user, office=scope.office)
    if not rows.exists():
        raise _none(scope, search)
    destroy([search])
    with transaction.atomic():
        scope.note("registry.drop", f"search:{search}")
        rows.delete()


def drop_expired() -> int:
    """Delete those whose last day has passed, their keys first; part of the daily work. Returns how many."""
    gone = list(SavedSearch._all.filter(expires__lt=timezone.now().date()).values_list("id", flat=True))
    destroy(gone)
    for start in range(0, len(gone), 500):
        SavedSearch._all.filter(id__in=gone[start : start + 500]).delete()
    return len(gone)
