"""Tells Django of the room."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The room ``matching``."""

    name = "kintrace.matching"
    label = "matching"
