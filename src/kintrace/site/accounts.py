"""Signing in: nobody signs up; second factors are sealed; who came in, and who did not, is in the ledger."""

import base64
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_set
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kintrace.casework.people import Membership, Role, User
from kintrace.ledger import Actor, deployment, record
from kintrace.vault import secret


class Accounts(DefaultAccountAdapter):
    """An administrator makes accounts; nobody signs up, and no mail is sent."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The login name or the password is not right."),
        "too_many_login_attempts": _(
            "Too many wrong passwords: sign-in is shut for up to five minutes, also for the right one. Wait, then try again. "
            "Was it not you? Tell an administrator."
        ),
        "incorrect_code": _("This code is not right, or its time is over. Type the one that is shown now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Kintrace opens no connection to a mail server."""


class Directory(DefaultSocialAccountAdapter):
    """The agency's own directory may let in whom an administrator added under the same login name; nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Join the directory's person to the account of the same name; of what it tells only that name is kept.

        Nobody joins another of the directory's people to an account of their own: the administrator says who is who.
        """
        told = sociallogin.account.extra_data
        told = {**told, **told.get("userinfo", {}), **told.get("id_token", {})}
        name = str(told.get("preferred_username", ""))
        sociallogin.account.extra_data = {"preferred_username": name}
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(redirect("today"))
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
        else:
            user = User.objects.filter(username=name, is_active=True).first()
            if user is not None:
                sociallogin.connect(request, user)
        if not sociallogin.is_existing or not sociallogin.user.is_active:
            _note("nobody", "web.sign_in", "refused")

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_more: Any) -> None:
        """The directory's answer was none, or could not be believed."""
        _note("nobody", "web.sign_in", "refused")


class SecondFactor(DefaultMFAAdapter):
    """Secrets of second factors are sealed under a key of the deployment."""

    def encrypt(self, text: str) -> str:
        """Sealed."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Opened."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(secret("second-factors")))


def needs_second_factor(user: Any) -> bool:
    """Whether a role of theirs is one that signs in with a second factor."""
    roles = set(settings.SECOND_FACTOR.replace(",", " ").split())
    if roles == {"none"}:
        return False
    wanted = Role.values() if "all" in roles else roles
    return bool(Membership._all.filter(user=user, role__in=list(wanted)).exists())


def lacks_second_factor(user: Any) -> bool:
    """Whether somebody needs a second factor and has none yet."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return needs_second_factor(user) and not Authenticator.objects.filter(user=user, type__in=types).exists()


def holders_of_second_factor() -> tuple[int, int]:
    """How many who may sign in have a second factor, and of how many."""
    active = User.objects.filter(is_active=True)
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    held = active.filter(id__in=Authenticator.objects.filter(type__in=types).values("user"))
    return held.count(), active.count()


@receiver(user_logged_in)
def _came(sender: object, request: HttpRequest, user: User, **_more: object) -> None:
    _note(str(user.id), "web.sign_in")


@receiver(user_logged_out)
def _went(sender: object, request: HttpRequest, user: User | None, **_more: object) -> None:
    if user is not None:
        _note(str(user.id), "web.sign_out")


@receiver(user_login_failed)
def _refused(sender: object, **_more: object) -> None:
    _note("nobody", "web.sign_in", "refused")


@receiver((password_changed, password_set))
def _own(sender: object, request: HttpRequest, user: User, **_more: object) -> None:
    """They chose the password themselves now."""
    User.objects.filter(id=user.id).update(password_given=False)
    _note(str(user.id), "web.password")


def _note(user: str, action: str, outcome: str = "done") -> None:
    with transaction.atomic():
        record(Actor(user, "web", deployment()), action, outcome=outcome)
