"""Tells Django of the room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The room ``ledger``."""

    name = "kintrace.ledger"
    label = "ledger"
