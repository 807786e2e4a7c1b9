"""How often one person, or one address that nobody signed in from, may ask for something within a minute.

Nobody who works meets these limits, in a flood neither: they stop programs that draw a registry empty, guess, or fill the disk.
Sign-in has its own, stricter ones (``ACCOUNT_RATE_LIMITS``); and what people read in a burst is flagged by the ledger.
Counts are Django's cache's: of one process, as ``kintrace serve`` is.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop

from kintrace.errors import NotPossible
from kintrace.ledger import Actor, deployment, record
from kintrace.site.door import say

WINDOW = 60
"""Seconds."""
NAMED: Mapping[str, str] = {
    "registry": "search", "card_candidates": "search", "latin": "change", "card_photos": "upload",
    "picture": "picture", "dead_photo": "picture", "candidate_face": "picture", "review_face": "picture",
}  # fmt: skip
"""What a page counts as, where it is not “change” for a form that is sent and “page” for all else. Forms that only ask, too."""
FREE = frozenset({"healthz", "readyz", "metrics", "favicon", "account_logout"})
"""What machines ask, and what must always be possible."""


def kind_of(name: str, method: str) -> str:
    """What a request counts as: ``page``, ``picture``, ``search``, ``upload`` or ``change``."""
    asked = NAMED.get(name, "page")
    if method in ("GET", "HEAD"):
        return asked if asked == "picture" else "page"
    return "change" if asked in ("page", "picture") else asked


class Limits:
    """Count, and refuse what is over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; whatever was refused for being too often says when to come again."""
        found = self.get_response(request)
        if found.status_code == 429:
            found.headers.setdefault("Retry-After", str(WINDOW))
        return found

    def process_view(self, request: HttpRequest, view: Any, args: Any, named: Any) -> HttpResponse | None:
        """Refuse, or nothing."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        kind = kind_of(name or "", request.method or "GET")
        most = settings.LIMITS.get(kind if request.user.is_authenticated else "stranger")
        if not most or name in FREE:
            return None
        who = (
            str(request.user.id) if request.user.is_authenticated else f"address {get_adapter().get_client_ip(request)}"
        )
        window = int(time.time()) // WINDOW
        key = f"limit:{kind}:{who}:{window}".replace(" ", "-")
        cache.add(key, 0, 2 * WINDOW)
        count = cache.incr(key)
        if count <= most:
            return None
        if count == most + 1:  # once for each window: who asks on fills nothing
            actor = str(request.user.id) if request.user.is_authenticated else "nobody"
            with transaction.atomic():
                record(Actor(actor, "web", deployment()), "web.limit", outcome="refused", details={"kind": kind})
        return too_often(request)


def too_often(request: HttpRequest) -> HttpResponse:
    """The answer to what was asked too often; sign-in's own limits have a page of their own, 429.html."""
    problem = NotPossible(
        gettext_noop("This was asked for too often in a short time."),
        gettext_noop("Nothing was changed."),
        gettext_noop("Wait a minute, and go on."),
    )
    found = say(request, problem, 429)
    found["Retry-After"] = str(WINDOW - int(time.time()) % WINDOW)
    return found
