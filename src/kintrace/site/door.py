"""The doors: every page says which verbs open it; who is signed in comes through with a scope, or not at all.

A page without a door cannot be reached: :func:`closed` lists such pages, and a test holds that there are none.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, gettext_noop

from kintrace.casework.people import Bureau, Membership, Office, Role
from kintrace.casework.scope import Scope, scope_for
from kintrace.errors import Denied, FormError, KintraceError, NotPossible
from kintrace.ledger import Actor, record
from kintrace.site import unsent
from kintrace.site.accounts import lacks_second_factor
from kintrace.site.sentences import said

View = Callable[..., HttpResponse]
PURPOSES = ("tracing", "registration", "review", "protection", "oversight")
"""What somebody may open a case for; the word goes to the ledger."""
NOT_TAKEN = gettext_lazy("You were signed out before you sent this: it was not taken. Sign in, and do it once more.")
OVERSEERS = frozenset({Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR})
"""Roles that trace nobody: what they do without a case in hand is done for oversight."""


class Asked(HttpRequest):
    """A request that came through a door."""

    scope: Scope


def door(
    *verbs: str, everybody: bool = False, methods: Iterable[str] = ("GET", "HEAD", "POST"), sent: bool = True
) -> Callable[[View], View]:
    """Let people into a page who may use one of some verbs in the office they work for now.

    Args:
        verbs: of :data:`kintrace.casework.scope.PERMITTED`.
        everybody: anybody who is signed in and has some role, whatever it is.
        methods: of HTTP that the page answers.
        sent: somebody sends it off, so that what they typed is kept where it is not taken; not what a page sends by itself.
    """
    assert bool(verbs) != everybody
    allowed = frozenset(methods)

    def let(view: View) -> View:
        @wraps(view)
        def entered(request: Asked, *args: Any, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=401, headers={"HX-Refresh": "true"})
                kept = unsent.keep(request)
                if request.method == "POST" and sent and not kept:
                    messages.warning(request, NOT_TAKEN, extra_tags="problem")
                return redirect_to_login(reverse("unsent") if kept else request.get_full_path())
            if request.user.password_given:
                return redirect("account_change_password")
            if lacks_second_factor(request.user):
                return redirect("mfa_index")
            scope = scope_of(request)
            if scope is None:
                return render(request, "kintrace/no_role.html", status=403)
            request.scope = scope
            if verbs and not any(scope.may(verb) for verb in verbs):
                return say(request, scope.refusal(verbs[0]), 403)
            if request.method not in allowed:
                return HttpResponse(status=405, headers={"Allow": ", ".join(sorted(allowed))})
            if _no_text(request):
                return say(
                    request,
                    FormError(gettext_noop("Something that was sent is no text."), gettext_noop("Nothing was kept.")),
                )
            held = unsent.take(request)
            try:
                answer = view(request, *args, **named)
            except KintraceError as problem:
                if sent and not isinstance(problem, Denied):  # the page that says so lets them mend what they typed
                    unsent.keep(request)
                raise
            if answer.status_code >= 400:
                unsent.put_back(request.user, held)
            return answer

        entered.door = frozenset(verbs)  # type: ignore[attr-defined]
        entered.everybody = everybody  # type: ignore[attr-defined]
        return entered

    return let


def _no_text(request: HttpRequest) -> bool:
    """Whether what was asked or typed holds the character of code 0, which no database keeps in a text."""
    return any(
        "\x00" in each
        for given in (request.GET, request.POST)
        for name, many in given.lists()
        for each in (name, *many)
    )


def anybody(view: View) -> View:
    """A page that needs no sign-in: health, and what stands before it."""
    view.door = frozenset()  # type: ignore[attr-defined]
    view.anybody = True  # type: ignore[attr-defined]
    return view


def doors(patterns: Iterable[Any] | None = None, prefix: str = "") -> list[tuple[str, str, View]]:
    """Every page of ours: its path, its name, its view. Those of allauth are not ours."""
    found = []
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            if not path.startswith("account/"):
                found += doors(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            found.append((path, each.name or "", each.callback))
    return found


def closed() -> list[str]:
    """Paths of pages that have no door: there must be none."""
    return [path for path, _name, view in doors() if not hasattr(view, "door")]


def places(user: Any) -> list[tuple[Office, Bureau | None]]:
    """Where somebody may work: offices, and bureaus in them."""
    rows = Membership._all.filter(user=user).select_related("office", "bureau").order_by("office__code", "bureau__code")
    seen: dict[tuple[UUID, UUID | None], tuple[Office, Bureau | None]] = {}
    for each in rows:
        seen.setdefault((each.office_id, each.bureau_id), (each.office, each.bureau))
    return list(seen.values())


def scope_of(request: HttpRequest) -> Scope | None:
    """The scope of who is signed in: the office they chose, or the first; a case's own purpose comes with the case."""
    chosen = request.session.get("office"), request.session.get("bureau")
    where = request.places = places(request.user)
    if not where or not request.user.is_active:
        return None
    keys = [(str(office.id), str(bureau.id) if bureau else None) for office, bureau in where]
    office, bureau = where[keys.index(chosen)] if chosen in keys else where[0]
    scope = scope_for(request.user, office, "tracing", bureau.id if bureau else None)
    return replace(scope, purpose="oversight") if scope.roles <= OVERSEERS else scope


class Errors:
    """What people can mend is said on a page, in the words of the error; nothing else of it is shown."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Say an error of ours."""
        if not isinstance(problem, KintraceError):
            return None
        # What is not there and what is not for this scope are told apart by nobody.
        return say(request, problem, 404 if isinstance(problem, Denied) else 422)


def say(request: HttpRequest, problem: KintraceError, status: int = 422) -> HttpResponse:
    """An error as a page, or as a line where only a part of a page was asked for."""
    part = bool(request.headers.get("HX-Request"))
    words = {**told(problem), "back": back_of(request)}
    found = render(request, "kintrace/_problem.html" if part else "kintrace/problem.html", words, status=status)
    if part:
        found["HX-Retarget"], found["HX-Reswap"] = "#problems", "innerHTML"
    return found


def ours(request: HttpRequest, address: str, otherwise: str = "/") -> str:
    """An address that a form or a link gave to go on to, where it is a path of this site; else another."""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here and address.startswith("/") and address.isprintable() else otherwise


def back_of(request: HttpRequest) -> str:
    """The page of ours somebody came from, for a link back; the first page where they came from elsewhere."""
    came = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if here and came.isprintable() else "/"


def told(problem: KintraceError) -> dict[str, str]:
    """An error for a page, in its language. Hints for the command line are left out."""
    todo = problem.todo if "kintrace " not in problem.todo and "--" not in problem.todo else ""
    return {"what": said(problem.what), "kept": said(problem.kept), "todo": said(todo)}


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: kept open too long, or sent from elsewhere."""
    with transaction.atomic():
        record(Actor("nobody", "web", "deployment"), "web.csrf", outcome="refused")
    return render(request, "kintrace/stale.html", status=403)


def unusable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that no form of ours sends: too much of something, or put together wrongly."""
    if not hasattr(request, "user"):  # not even the host's name was right: no page can be made of it
        return HttpResponse("This request cannot be used.", "text/plain", status=400)
    words = {
        TooManyFilesSent: gettext_noop("More files were sent at once than are taken."),
        TooManyFieldsSent: gettext_noop("More fields were sent than any form has."),
        RequestDataTooBig: gettext_noop("More was typed than any form takes."),
    }
    what = words.get(type(exception), gettext_noop("This request cannot be used."))
    return say(request, NotPossible(what, gettext_noop("Nothing of it was kept.")), 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Something that the sign-in's own pages do not let this person do."""
    return say(
        request, NotPossible(gettext_noop("You may not do this here."), gettext_noop("Nothing was changed.")), 403
    )


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page."""
    return render(request, "kintrace/missing.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours failed. What it was is in the log, without names."""
    return render(request, "kintrace/broken.html", status=500)


def asked_for(given: str | None, words: Iterable[str], name: str) -> str:
    """One of some words that a form gave.

    Raises:
        FormError: none of them.
    """
    if given not in set(words):
        raise FormError(f"“{name}” is not one of the words for it.", "Nothing was changed.")
    return str(given)


def counted(text: str | None, otherwise: int = 0, digits: int = 6) -> int:
    """A number of at most so many digits that somebody gave, else another. Not all that Python calls a digit is one (“²”)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else otherwise


def number(text: str) -> UUID:
    """An id out of a path.

    Raises:
        Http404: it is none.
    """
    try:
        return UUID(text)
    except ValueError as problem:
        raise Http404 from problem
