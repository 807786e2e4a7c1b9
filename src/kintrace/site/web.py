"""Settings of the web pages; :mod:`kintrace.site.settings` takes them in. An installation may choose:

KINTRACE_ADDRESS         where people reach the pages: http://localhost:8000 by default. With https:// behind a proxy that ends
                         TLS, cookies are sent over TLS only, and browsers are told to stay with it.
KINTRACE_SECOND_FACTOR   roles that sign in with a second factor (one-time code or passkey): “all” by default, “none”, or names
                         of roles with commas between
KINTRACE_IDLE            minutes without work after which somebody is signed out; 30 by default
KINTRACE_LIMITS          how often one person may ask within a minute: “page=300 picture=1500 search=60 upload=300 change=200” by
                         default, and “stranger=240” for one address that nobody signed in from; “none” for no limits
KINTRACE_OIDC            sign-in by the agency's own directory: NAME|CLIENT|SECRET|ADDRESS of its OpenID configuration
KINTRACE_METRICS_TOKEN   token with which another machine may read /metrics; none by default
KINTRACE_EMBLEM          folder of the digital emblem's keys and tokens; emblem in Kintrace's home by default
KINTRACE_EMBLEM_RESOLVER resolver that the about page may ask whether the emblem is seen from outside: an address, or “system”;
                         none by default, since nothing goes to the network unasked
KINTRACE_LANGUAGE        language of the pages where nobody chose one: en by default
KINTRACE_TIME_ZONE       zone whose hours the pages show, such as Asia/Amman: UTC by default; what is kept is in UTC always
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from csp.constants import NONE, SELF

from kintrace import home
from kintrace.casework.roles import Role
from kintrace.errors import KintraceError
from kintrace.site.directory import providers


def chosen(name: str, usual: float, *, least: float, most: float) -> float:
    """A number that an installation chose.

    Raises:
        KintraceError: it is none, or out of bounds.
    """
    given = os.environ.get(name, "").strip() or str(usual)
    try:
        number = float(given)
    except ValueError:
        number = least - 1
    if not least <= number <= most:  # nor is “nan”
        raise nonsense(name, given, f"it must be a number from {least:g} to {most:g}", f"{usual:g}")
    return number


def nonsense(name: str, given: str, wanted: str, usual: str) -> KintraceError:
    """The error for a setting that cannot be used, said before anything is begun."""
    return KintraceError(
        f"{name} is “{given}”: {wanted}.", "Nothing was done.", f"Set {name}, or leave it out: then it is {usual}."
    )


def _address(told: str) -> str:
    parts = urlsplit(told)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise nonsense("KINTRACE_ADDRESS", told, "it must begin with https:// or http://", "http://localhost:8000")
    return told.rstrip("/")


ADDRESS = _address(os.environ.get("KINTRACE_ADDRESS") or "http://localhost:8000")
_parts = urlsplit(ADDRESS)
SECURE = _parts.scheme == "https"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

ALLOWED_HOSTS = [*{_parts.hostname or "localhost", *(() if SECURE else LOOPBACK)}]
CSRF_TRUSTED_ORIGINS = [ADDRESS] if SECURE else []
ROOT_URLCONF = "kintrace.site.urls"
WSGI_APPLICATION = "kintrace.site.wsgi.application"

WEB_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "kintrace.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "kintrace.site.guard.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kintrace.site.language.Language",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kintrace.site.limits.Limits",  # before tokens are looked at: each refusal is an entry of the ledger
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "kintrace.site.guard.Idle",
    "kintrace.site.door.Errors",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kintrace.site.frame.frame",
            ],
        },
        "DIRS": [os.path.join(os.path.dirname(__file__), "templates")],
    }
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["kintrace.site.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "kintrace.site.accounts.Accounts"
SOCIALACCOUNT_ADAPTER = "kintrace.site.accounts.Directory"
MFA_ADAPTER = "kintrace.site.accounts.SecondFactor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Kintrace"
USERSESSIONS_TRACK_ACTIVITY = True
EMBLEM_FOLDER = Path(os.environ.get("KINTRACE_EMBLEM") or home() / "emblem")
EMBLEM_RESOLVER = os.environ.get("KINTRACE_EMBLEM_RESOLVER", "")
METRICS_TOKEN = os.environ.get("KINTRACE_METRICS_TOKEN", "")


def _second_factor(told: str) -> str:
    """Who needs one. A slip in a role's name must not let everybody in without."""
    named = told.replace(",", " ").split()
    if told not in ("all", "none") and (not named or set(named) - set(Role.values())):
        raise nonsense(
            "KINTRACE_SECOND_FACTOR", told, f"it must be all, none, or some of {', '.join(Role.values())}", "all"
        )
    return told


SECOND_FACTOR = _second_factor((os.environ.get("KINTRACE_SECOND_FACTOR") or "all").strip())


SOCIALACCOUNT_PROVIDERS = providers(os.environ.get("KINTRACE_OIDC"))
SOCIALACCOUNT_LOGIN_ON_GET = True  # by a link: the policy lets no form be sent to another server
SOCIALACCOUNT_STORE_TOKENS = False

SESSION_COOKIE_NAME = "__Host-kintrace" if SECURE else "kintrace"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "kintrace.site.door.stale"
USUAL_LIMITS = {"page": 300, "picture": 1500, "search": 60, "upload": 300, "change": 200, "stranger": 240}


def _limits(told: str | None) -> dict[str, int]:
    if told == "none":
        return {}
    made = dict(USUAL_LIMITS)
    for each in filter(None, (told or "").replace(",", " ").split()):
        kind, _sign, most = each.partition("=")
        if kind not in USUAL_LIMITS or not most.isdecimal():
            wanted = f"each must be one of {', '.join(USUAL_LIMITS)} with =NUMBER"
            raise nonsense("KINTRACE_LIMITS", each, wanted, " ".join(f"{x}={y}" for x, y in USUAL_LIMITS.items()))
        made[kind] = int(most)
    return made


LIMITS = _limits(os.environ.get("KINTRACE_LIMITS"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # with the usual 300, counts of who guesses would be pushed out by guessing
    }
}
IDLE_MINUTES = int(chosen("KINTRACE_IDLE", 30, least=1, most=600))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["kintrace.site.uploads.InMemory"]

STATIC_URL = "static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600


def _zone(told: str) -> ZoneInfo:
    try:
        return ZoneInfo(told)
    except (KeyError, ValueError, OSError) as problem:  # unknown; no name of a zone; a folder of zones
        wanted = "it is no time zone; give one by its full name, such as Asia/Amman"
        raise nonsense("KINTRACE_TIME_ZONE", told, wanted, "UTC") from problem


PAGE_ZONE = _zone(os.environ.get("KINTRACE_TIME_ZONE") or "UTC")

USE_I18N = True
FORMAT_MODULE_PATH = "kintrace.site.formats"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ar", "العربية"),
    ("uk", "Українська"),
    ("ru", "Русский"),
]


def _language(told: str) -> str:
    codes = [code for code, _name in LANGUAGES]
    if told not in codes:
        raise nonsense("KINTRACE_LANGUAGE", told, f"it must be one of {', '.join(codes)}", "en")
    return told


LANGUAGE_CODE = _language((os.environ.get("KINTRACE_LANGUAGE") or "en").strip())
LANGUAGE_COOKIE_NAME = "kintrace_language"
LOCALE_PATHS = [os.path.join(os.path.dirname(__file__), "locale")]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
