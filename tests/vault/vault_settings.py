"""The project's settings with this room alone, for the programs the tests kill."""

from kintrace.site.settings import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "kintrace.vault"]
AUTH_USER_MODEL = "auth.User"
