"""Which database holds what: keys in the keyring, everything else in the records."""

from typing import Any


class Keyring:
    """Sends the models of the room ``vault`` to the database ``keyring``."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """Where a model is read."""
        return "keyring" if model._meta.app_label == "vault" else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_: Any) -> bool:
        """No relation between the databases."""
        return (one._meta.app_label == "vault") == (other._meta.app_label == "vault")

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        """Each model's table in its own database only."""
        return (app_label == "vault") == (db == "keyring")
