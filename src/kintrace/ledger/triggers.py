"""The database's own refusal to change what the ledger holds.

A migration that rebuilds one of these tables on SQLite drops its triggers with it: such a migration ends with these
statements again. Nothing of Kintrace drops them; whoever may change the tables of the database can, and :func:`verify` is
there for what they do then.
"""

from django.db import connection

ENTRIES, HEAD, CHECKPOINTS = "ledger_entry", "ledger_head", "ledger_signedcheckpoint"

_BACK = "NEW.id <> OLD.id OR NEW.number < OLD.number OR (OLD.number > 0 AND NEW.deployment <> OLD.deployment)"
_NEXT = f"NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM {ENTRIES})"  # noqa: S608

_SQLITE = {
    # REPLACE deletes rows without asking the trigger on DELETE, so what exists may not be inserted again either.
    "ledger_entry_next": (ENTRIES, "INSERT", _NEXT),
    "ledger_entry_update": (ENTRIES, "UPDATE", ""),
    "ledger_entry_delete": (ENTRIES, "DELETE", ""),
    "ledger_head_insert": (HEAD, "INSERT", f"EXISTS (SELECT 1 FROM {HEAD})"),  # noqa: S608
    "ledger_head_update": (HEAD, "UPDATE", _BACK),
    "ledger_head_delete": (HEAD, "DELETE", ""),
    "ledger_signed_insert": (
        CHECKPOINTS,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {CHECKPOINTS} WHERE number = NEW.number)",  # noqa: S608
    ),
    "ledger_signed_update": (CHECKPOINTS, "UPDATE", ""),
    "ledger_signed_delete": (CHECKPOINTS, "DELETE", ""),
}

_POSTGRESQL = {
    "ledger_entry_next": (ENTRIES, "INSERT", "ROW", "ledger_next()"),
    "ledger_entry_keep": (ENTRIES, "UPDATE OR DELETE", "ROW", "ledger_refuse()"),
    "ledger_entry_truncate": (ENTRIES, "TRUNCATE", "STATEMENT", "ledger_refuse()"),
    "ledger_head_update": (HEAD, "UPDATE", "ROW", "ledger_forward()"),
    "ledger_head_keep": (HEAD, "DELETE", "ROW", "ledger_refuse()"),
    "ledger_head_truncate": (HEAD, "TRUNCATE", "STATEMENT", "ledger_refuse()"),
    "ledger_signed_keep": (CHECKPOINTS, "UPDATE OR DELETE", "ROW", "ledger_refuse()"),
    "ledger_signed_truncate": (CHECKPOINTS, "TRUNCATE", "STATEMENT", "ledger_refuse()"),
}

_FUNCTIONS = {
    "ledger_refuse()": "RAISE EXCEPTION 'the ledger is append-only';",
    "ledger_next()": f"IF {_NEXT} THEN RAISE EXCEPTION 'the ledger has no gaps'; END IF; RETURN NEW;",
    "ledger_forward()": f"IF {_BACK} THEN RAISE EXCEPTION 'the ledger is append-only'; END IF; RETURN NEW;",
}


def create(vendor: str) -> list[str]:
    """The statements that make the triggers on ``sqlite`` or ``postgresql``."""
    if vendor == "postgresql":
        functions = [
            f"CREATE OR REPLACE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
            for name, body in _FUNCTIONS.items()
        ]
        return functions + [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}"
            for name, (table, event, each, function) in _POSTGRESQL.items()
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{f' WHEN {when}' if when else ''} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for name, (table, event, when) in _SQLITE.items()
    ]


def drop(vendor: str) -> list[str]:
    """The statements that take the triggers away: to undo the migration, and in tests."""
    if vendor == "postgresql":
        gone = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, (table, *_) in _POSTGRESQL.items()]
        return gone + [f"DROP FUNCTION IF EXISTS {name}" for name in _FUNCTIONS]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE]


def missing_triggers() -> list[str]:
    """The triggers that should be in the database and are not, or are switched off."""
    if connection.vendor == "postgresql":
        wanted, query = (
            list(_POSTGRESQL),
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
        )
    else:
        wanted, query = list(_SQLITE), "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in there]
