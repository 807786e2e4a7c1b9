"""What every page shows around its content: where one works, where one may go, in which language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kintrace.site.accounts import lacks_second_factor
from kintrace.site.door import places
from kintrace.site.language import RIGHT_TO_LEFT
from kintrace.site.unsent import waits

WAYS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("today", _("Today"), ()),
    ("registry", _("Search the registry"), ("registry.search",)),
    ("new_card", _("New card"), ("card.register",)),
    ("cards", _("Cards"), ("card.read",)),
    ("candidates", _("Candidates"), ("candidate.read",)),
    ("review", _("Blind review"), ("review.first", "review.second", "review.arbitrate")),
    (
        "conclusions",
        _("Conclusions"),
        ("conclude", "conclude.death", "disclosure.ask", "disclosure.approve", "disclosure.tell"),
    ),
    ("dead", _("The dead"), ("dead.read",)),
    ("reports", _("Reports"), ("report.read", "review.first")),
    ("protection", _("Data protection"), ("ledger.read",)),
    ("administration", _("Administration"), ("user.manage",)),
    ("about", _("About"), ()),
)
"""The main menu: name of the page, what it is called, and the verbs that open it."""

BLIND = frozenset({"review", "review_sitting", "review_face", "review_conflict", "review_known", "statement"})
"""Pages that tell nothing around what is judged: not even the office one works for."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """For each template."""
    scope = getattr(request, "scope", None)
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    found: dict[str, Any] = {
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "languages": settings.LANGUAGES,
        "language": language,
        "scope": scope,
        "zone": settings.PAGE_ZONE.key,
    }
    if scope is None and getattr(request, "user", None) is not None and request.user.is_authenticated:
        found["first_password"], found["lacks_factor"] = request.user.password_given, lacks_second_factor(request.user)
    if scope is not None:
        from kintrace.site.urls import NAMES

        at = request.resolver_match.url_name if request.resolver_match else ""
        found["ways"] = [
            (name, label, name == at)
            for name, label, verbs in WAYS
            if name in NAMES and (not verbs or any(scope.may(verb) for verb in verbs))
        ]
        found["unsent"] = at != "unsent" and waits(request.user)
        found["places"] = () if at in BLIND else getattr(request, "places", ()) or places(request.user)
    return found
