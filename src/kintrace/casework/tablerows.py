"""Rows of whole tables, out of a database in one snapshot and into one as they were: the same from SQLite and PostgreSQL."""

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, router, transaction
from django.db.migrations.recorder import MigrationRecorder

from kintrace.casework.archive import Frame, decoded, encoded
from kintrace.vault import batches

ROWS = 500
"""How many are in one frame."""
APART = frozenset({"ledger", "contenttypes", "auth", "sessions", "usersessions", "django_tasks_database"})
"""Apps whose tables a backup of the records does not hold as tables: the ledger has a form of its own; Django makes content
types and permissions anew, and Kintrace's roles are not among them; sessions and jobs must not come back to life."""


def tables() -> list[Any]:
    """The models of the records, all apps', with the tables between two of them."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and router.allow_migrate_model("default", model)
    ]
    return [model for model in found if not {model._meta.app_label, *_targets(model)} & APART]


def _targets(model: Any) -> set[str]:
    """Apps that a table between two models leads to."""
    if not model._meta.auto_created:
        return set()
    return {field.related_model._meta.app_label for field in model._meta.concrete_fields if field.is_relation}


def key_tables() -> list[Any]:
    """The models of the keyring."""
    return list(apps.get_app_config("vault").get_models())


def form() -> list[str]:
    """The migrations that gave the records their form here."""
    labels = {model._meta.app_label for model in tables()} | {"ledger"}
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in labels)


@contextmanager
def snapshot(alias: str) -> Iterator[str]:
    """A connection of its own that sees a database as it is at its first question, and holds up nobody; gives its alias."""
    plain, name = connections[alias], f"snapshot-{alias}"
    settings = copy.deepcopy(plain.settings_dict)
    if plain.vendor == "sqlite":
        settings["OPTIONS"]["transaction_mode"] = "DEFERRED"  # the usual IMMEDIATE would keep writers out
    connections[name] = type(plain)(settings, alias=name)
    try:
        with transaction.atomic(using=name):
            if plain.vendor == "postgresql":
                with connections[name].cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield name
    finally:
        connections[name].close()
        del connections[name]


def frames(model: Any, alias: str) -> Iterator[Frame]:
    """All rows of a table, some hundreds in a frame."""
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    for part in parts(rows.iterator(chunk_size=ROWS)):
        told = [[encoded(value) for value in row] for row in part]
        yield {"table": model._meta.db_table, "fields": names, "rows": told}


def parts(items: Iterable[Any]) -> Iterator[list[Any]]:
    """The items in lists of at most :data:`ROWS`."""
    return batches(items, ROWS)


def values(frame: Frame) -> Iterator[dict[str, Any]]:
    """The rows of a frame, each by the names of its fields."""
    for row in frame["rows"]:
        yield dict(zip(frame["fields"], map(decoded, row), strict=True))


def insert(alias: str, model: Any, rows: Sequence[dict[str, Any]], *, where_absent: bool = False) -> None:
    """Put rows into a table exactly as they were: no default, no time of now.

    Args:
        alias: of the database.
        model: of the table.
        rows: all with the same fields.
        where_absent: pass over those that the table has already, by any of its unique keys.
    """
    if not rows:
        return
    connection = connections[alias]
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in rows[0]]
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of ours
    told = [[field.get_db_prep_save(row[field.attname], connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement + (" ON CONFLICT DO NOTHING" if where_absent else ""), told)


def empty(alias: str, models: Iterable[Any]) -> None:
    """Delete all rows of tables, asking no code and no cascade. References are checked when the transaction ends."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def lock(alias: str, models: Iterable[Any]) -> None:
    """Keep all others from writing to tables until the transaction ends; on SQLite they are kept out already."""
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
            cursor.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def reset_numbers(alias: str, models: Sequence[Any]) -> None:
    """See that numbers which the database gives go on after the rows that were put in."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
