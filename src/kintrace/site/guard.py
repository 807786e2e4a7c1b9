"""What stands around every answer: headers that keep it private, and the end of sessions nobody uses."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from kintrace.site.unsent import LEFT, leaving

PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()"


class Headers:
    """No answer but static files is kept by a browser or a proxy, and none may be used by another site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers set."""
        found = self.get_response(request)
        if not request.path.startswith("/" + settings.STATIC_URL.strip("/") + "/"):
            found["Cache-Control"] = "no-store"
        found["Permissions-Policy"] = PERMISSIONS
        found["Cross-Origin-Resource-Policy"] = "same-origin"
        found["X-Robots-Tag"] = "noindex, nofollow"
        return found


class Idle:
    """Sign out who did nothing for a while."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or sign out first."""
        if request.user.is_authenticated:
            now, last = int(time.time()), request.session.get("seen")
            if last is not None and now - last > settings.IDLE_MINUTES * 60:
                left = leaving(request)
                logout(request)
                request.session[LEFT] = left  # so that what they send now is kept for them
                told = ngettext(
                    "You were signed out, since nothing was done for %(minutes)s minute. A card you were writing is kept.",
                    "You were signed out, since nothing was done for %(minutes)s minutes. A card you were writing is kept.",
                    settings.IDLE_MINUTES,
                )
                messages.info(request, told % {"minutes": settings.IDLE_MINUTES}, extra_tags="note")
            elif last is None or now - last >= 60:  # written once a minute, not with every picture
                request.session["seen"] = now
        return self.get_response(request)
