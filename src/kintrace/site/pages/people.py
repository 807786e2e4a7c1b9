"""Administration: who works here, what they may do, and how they sign in."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework.people import Role
from kintrace.casework.scope import Scope
from kintrace.casework.setup import add_user, disable_user, offices_and_bureaus, set_role
from kintrace.errors import Denied, FormError, NotPossible
from kintrace.site.door import Asked, door, told
from kintrace.site.keepers import accounts, end_sessions, give_password, reset_second_factor, shut_out


@door("user.manage")
def listed(request: Asked) -> HttpResponse:
    """Everybody who works here; with a POST, somebody new. A login name that cannot be taken is said beside it."""
    login, refused = request.POST.get("login", "").strip(), None
    if request.method == "POST":
        try:
            added = add_user(request.scope, login)
        except (FormError, NotPossible) as problem:
            refused = told(problem)
        else:
            messages.success(request, _("They were added. Give them a role, and a first password."))
            return redirect("account", user=added.id)
    shown = {"people": accounts(request.scope), "login": login, "problem": refused}
    return render(request, "kintrace/people.html", shown, status=422 if refused else 200)


@door("user.manage", methods=("GET", "HEAD"))
def one(request: Asked, user: UUID) -> HttpResponse:
    """One account."""
    return _page(request, user)


def _page(request: Asked, user: UUID, password: str = "") -> HttpResponse:
    return render(request, "kintrace/account.html", {
        "account": _account(request.scope, user), "roles": Role.values(), "password": password,
        **offices_and_bureaus(request.scope),
    })  # fmt: skip


def _account(scope: Scope, user: UUID) -> dict[str, Any]:
    found = next((each for each in accounts(scope) if each["id"] == str(user)), None)
    if found is None:
        raise Denied("There is no such user.", "Nothing was changed.")
    return found


def _role(scope: Scope, login: str, request: Asked) -> str:
    given = request.POST
    set_role(
        scope, login, given.get("office", ""), given.get("role", ""), bureau=given.get("bureau", ""),
        take_back="back" in given,
    )  # fmt: skip
    return _("The role was taken back.") if "back" in given else _("The role was given.")


def _sessions(scope: Scope, login: str, request: Asked) -> str:
    end_sessions(scope, login)
    return _("They are signed out everywhere.")


def _factor(scope: Scope, login: str, request: Asked) -> str:
    reset_second_factor(scope, login)
    return _("Their second factors are forgotten. They set up a new one when they next sign in.")


def _out(scope: Scope, login: str, request: Asked) -> str:
    shut_out(scope, login)
    return _("They are shut out, and signed out everywhere. What they did stays in the ledger.")


def _in(scope: Scope, login: str, request: Asked) -> str:
    disable_user(scope, login, enable=True)
    return _("They may work here again.")


ACTS: dict[str, Callable[[Scope, str, Asked], str]] = {
    "role": _role, "sessions": _sessions, "factor": _factor, "out": _out, "in": _in,
}  # fmt: skip
"""What may be done to an account; each gives the words to say when it was."""


@door("user.manage", methods=("POST",))
def change(request: Asked, user: UUID, act: str) -> HttpResponse:
    """Do one of :data:`ACTS`; a first password is shown in the very answer, and never again."""
    login = _account(request.scope, user)["login"]
    if act == "password":
        return _page(request, user, give_password(request.scope, login))
    if act not in ACTS:
        raise Denied("There is no such thing to do.", "Nothing was changed.")
    messages.success(request, ACTS[act](request.scope, login, request))
    return redirect("account", user=user)
