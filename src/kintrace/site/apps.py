"""The site as a Django app: its templates, style, scripts, translations, and the little that it stores."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Named apart from Django's own “sites”."""

    name = "kintrace.site"
    label = "kintrace_site"
