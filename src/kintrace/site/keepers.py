"""Verbs on accounts that concern the web pages only: second factors, sessions, and a first password."""

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from kintrace.casework.scope import Scope
from kintrace.casework.setup import disable_user, set_password, user_named, users

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that are taken for others."""
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def accounts(scope: Scope) -> list[dict[str, Any]]:
    """The users as :func:`kintrace.casework.setup.users` tells them, with ``factors`` and ``sessions``: how many each has."""
    found = users(scope)
    factors = _counts(Authenticator.objects.filter(type__in=FACTORS))
    sessions = _counts(UserSession.objects.all())
    return [
        {**each, "factors": factors.get(each["login"], 0), "sessions": sessions.get(each["login"], 0)} for each in found
    ]


def _counts(rows: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for login in rows.values_list("user__username", flat=True):
        found[login] = found.get(login, 0) + 1
    return found


def give_password(scope: Scope, login: str) -> str:
    """Make a first password that must be changed at sign-in; it is told once, here, and kept only as its hash.

    Raises:
        Denied, NotPossible: nothing was changed.
    """
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    set_password(scope, login, password, given=True)
    return password


def end_sessions(scope: Scope, login: str) -> int:
    """Sign somebody out everywhere; returns of how many sessions."""
    scope.require("user.manage")
    user = user_named(login)
    held = list(UserSession.objects.filter(user=user))
    with transaction.atomic():
        scope.note("user.sessions", f"user:{user.id}", ended=len(held))
        for each in held:
            each.end()
    return len(held)


def reset_second_factor(scope: Scope, login: str) -> None:
    """Forget somebody's second factors and recovery codes, as when a telephone was lost; they set up new ones at sign-in."""
    scope.require("user.manage")
    user = user_named(login)
    with transaction.atomic():
        held = Authenticator.objects.filter(user=user)
        scope.note("user.second_factor", f"user:{user.id}", forgotten=held.count())
        held.delete()
    end_sessions(scope, login)


def shut_out(scope: Scope, login: str) -> None:
    """Shut somebody out, and sign them out everywhere."""
    disable_user(scope, login)
    end_sessions(scope, login)
