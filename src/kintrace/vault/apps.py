"""Tells Django of the room."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """The room ``vault``; its models are in the database ``keyring``."""

    name = "kintrace.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
