"""Tells Django of the room."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The room ``casework``."""

    name = "kintrace.casework"
    label = "casework"
