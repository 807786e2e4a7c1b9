"""What is known of people: facts sealed and unsealed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from kintrace.casework.forms import Stated
from kintrace.casework.records import Fact, Person
from kintrace.casework.scope import Scope
from kintrace.vault import seal_many, unseal_many


def keep_facts(scope: Scope, person: Person, facts: Mapping[str, Stated], why: str = "", *, held: bool = True) -> None:
    """Seal facts of one person and write them; those that do not hold are kept as history only. Inside a transaction."""
    keep(scope, [(person, name, fact) for name, fact in facts.items()], why, held=held)


def keep(scope: Scope, facts: Sequence[tuple[Person, str, Stated]], why: str = "", *, held: bool = True) -> None:
    """Seal facts and write them, all at once; those that do not hold are kept as history only."""
    until = None if held else timezone.now()
    rows = [Fact(person=person, name=name, made_by=scope.user, superseded_at=until) for person, name, _ in facts]
    told = (asdict(fact) | ({"why": why} if why else {}) for _, _, fact in facts)
    texts = (json.dumps(each, ensure_ascii=False).encode() for each in told)
    places = ((row.person_id, row.place("content"), text) for row, text in zip(rows, texts, strict=True))
    for row, sealed in zip(rows, seal_many(places), strict=True):
        row.content = sealed  # type: ignore[assignment]
    Fact._all.bulk_create(rows)


def known(person: Person) -> dict[str, Stated]:
    """The facts of a person that hold, unsealed. Call it only after the ledger has the read."""
    rows = Fact._all.filter(person=person, superseded_at=None)
    found = opened_many(rows).get(person.id)
    if found is None:  # nothing is known; or it says who was erased
        found = {row.name: opened(row)[0] for row in rows}
    return found


def known_of(people: Iterable[UUID]) -> dict[UUID, dict[str, Stated]]:
    """The same of many persons; who was erased is left out."""
    return opened_many(Fact._all.filter(person__in=list(people), superseded_at=None))


def opened_many(chosen: "QuerySet[Fact]") -> dict[UUID, dict[str, Stated]]:
    """Rows of many persons unsealed, by person and name of the fact; who was erased is left out."""
    found: dict[UUID, dict[str, Stated]] = {}
    rows = list(chosen.order_by("person").values_list("person", "id", "name", "content"))
    sealed = ((person, Fact.place_of(row, "content"), bytes(content)) for person, row, _, content in rows)
    for (person, _, name, _), data in zip(rows, unseal_many(sealed), strict=True):
        if data is not None:
            content = json.loads(data)
            content.pop("why", "")
            found.setdefault(person, {})[name] = Stated(**content)
    return found


def opened(row: Fact) -> tuple[Stated, str]:
    """A row unsealed: the fact, and why it was changed."""
    content = json.loads(row.unseal_text("content"))
    why = content.pop("why", "")
    return Stated(**content), why
