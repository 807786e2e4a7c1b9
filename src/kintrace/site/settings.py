"""Settings of the Django project. What an installation may choose is read from its environment:

KINTRACE_DATA            the data folder: database, keyring, photos (encrypted), logs; ~/.kintrace/data by default
KINTRACE_DATABASE_URL    the database of the records; a SQLite file in the data folder by default
KINTRACE_KEYRING_URL     the database of the keys; by default a SQLite file in the data folder, or beside the records on
                         PostgreSQL a database with “_keyring” after its name
KINTRACE_BLOBS_URL       s3://bucket/prefix for encrypted photos; a folder in the data folder by default
KINTRACE_LOOK_ALIKES     how many strangers with evidence as strong are borne with where a candidate is kept; 1 by default
KINTRACE_PRESENT         the chance, assumed before a search, that the person is in the registry at all; 0.1 by default
KINTRACE_KNOWN_PAIRS     the share of blind reviews in which the pair is known, to learn how often people err: from 0 (none) to
                         0.5; 0.1 by default
KINTRACE_ROOT_KEY_FILE   the file of the root key; root.key in the data folder by default. Keep it elsewhere where you can.
KINTRACE_ROOT_KEY        the root key itself, in place of a file
KINTRACE_ROOT_KEY_URI    a key management service that holds the root key, as Tink names it: gcp-kms://…, aws-kms://…

What the web pages may be told is in :mod:`kintrace.site.web`.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from kintrace import home
from kintrace.errors import KintraceError
from kintrace.site.web import *  # noqa: F403
from kintrace.site.web import WEB_APPS, chosen

DATA = Path(os.environ.get("KINTRACE_DATA") or home() / "data")

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "timeout": 60,
        "transaction_mode": "IMMEDIATE",  # a transaction that will write must not start out as a reader and then fail
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
    },
}


def _database(url: str | None, file: Path) -> dict[str, Any]:
    if not url:
        return {**SQLITE, "NAME": str(file)}
    try:
        return {**dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
    except ValueError as problem:  # never with the address in it: a password may be
        raise KintraceError(
            "KINTRACE_DATABASE_URL or KINTRACE_KEYRING_URL is no address of a database.",
            "Nothing was done.",
            "Write it as postgres://USER:PASSWORD@HOST/NAME, or leave it out: then the records are in the data folder.",
        ) from problem


def _beside(url: str | None) -> str | None:
    """The keyring's database where only the records' is named."""
    if not url:
        return None
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path}_keyring").geturl()


_records = os.environ.get("KINTRACE_DATABASE_URL")
DATABASES = {
    "default": _database(_records, DATA / "records.sqlite3"),
    "keyring": _database(
        os.environ.get("KINTRACE_KEYRING_URL") or _beside(_records), DATA / "keyring" / "keyring.sqlite3"
    ),
}
DATABASE_ROUTERS = ["kintrace.site.routers.Keyring"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "kintrace.vault",
    "kintrace.ledger",
    "kintrace.casework",
    "kintrace.matching",
    *WEB_APPS,
]
AUTH_USER_MODEL = "casework.User"

USE_TZ = True
TIME_ZONE = "UTC"


def _blobs(url: str | None) -> dict[str, Any]:
    if not url:
        options = {
            "location": str(DATA / "blobs"),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        }
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts = urlsplit(url)
    place = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": place}


STORAGES = {
    "blobs": _blobs(os.environ.get("KINTRACE_BLOBS_URL")),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOOK_ALIKES = chosen("KINTRACE_LOOK_ALIKES", 1, least=0.001, most=1000)
PRESENT = chosen("KINTRACE_PRESENT", 0.1, least=0.001, most=0.999)
KNOWN_PAIRS = chosen("KINTRACE_KNOWN_PAIRS", 0.1, least=0, most=0.5)

ROOT_KEY_FILE = Path(os.environ.get("KINTRACE_ROOT_KEY_FILE") or DATA / "root.key")
ROOT_KEY = os.environ.get("KINTRACE_ROOT_KEY", "")
ROOT_KEY_URI = os.environ.get("KINTRACE_ROOT_KEY_URI", "")


def _web_key(file: Path) -> str:
    """Django's secret, made by ``kintrace init``; where there is none yet, one for this process only."""
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_urlsafe(48)


SECRET_KEY = _web_key(DATA / "web.key")
DEBUG = False
LOGGING_CONFIG = None  # nothing of Django's goes to a log that we have not looked at: queries and requests name people
