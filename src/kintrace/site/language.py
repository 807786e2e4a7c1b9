"""The language of the pages: what somebody chose, else what their browser asks for, else the installation's; and their hours."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation

from kintrace.site.door import anybody, ours

RIGHT_TO_LEFT = ("ar",)


class Language:
    """Turn on the language of each request, and the installation's time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in it."""
        with translation.override(_language(request)), timezone.override(settings.PAGE_ZONE):
            request.LANGUAGE_CODE = translation.get_language()
            found = self.get_response(request)
            found.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return found


def _language(request: HttpRequest) -> str:
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    return str(translation.get_language_from_request(request))


@anybody
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a choice of language in a cookie, and go back to the page it was made on."""
    found = HttpResponseRedirect(ours(request, request.POST.get("next", "/")))
    language = request.POST.get("language", "")
    if request.method == "POST" and language in dict(settings.LANGUAGES):
        found.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return found
