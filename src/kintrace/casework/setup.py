"""Verbs on the installation: make it, its users, offices and bureaus."""

import re
import secrets
import uuid
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connections, router, transaction
from django.db.migrations.recorder import MigrationRecorder

from kintrace.casework.people import Bureau, Deployment, Membership, Office, Role, User
from kintrace.casework.scope import Scope
from kintrace.errors import FormError, NoDeployment, NotPossible
from kintrace.ledger import Actor, checkpoint, record
from kintrace.vault import make_root_key, new_office_key, secret

LOCAL_ROLES = (Role.FIELD_OFFICER, Role.CASEWORKER, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR)
"""What the one user of a new installation may do; take roles away as others join (``kintrace user role``)."""

_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"


def initialise(domain: str, office_code: str, office_name: str, login: str) -> Scope:
    """Make an installation in the data folder of the settings, with one office and one local officer.

    Raises:
        NoDeployment: there is one already, or the folder is not empty and not begun by this. Nothing was changed.
    """
    if len(domain) > 120 or not re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", domain):
        raise NotPossible("This is no domain.", "Nothing was made.", "Write it as in tracing.example.org.")
    _check_code(office_code)
    data: Path = settings.DATA
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    data.chmod(0o700)
    if initialised():
        raise NoDeployment(
            f"There is an installation of Kintrace in {data} already.",
            "It was left as it is.",
            "Use it, or choose another folder.",
        )
    make_folders(data)
    if not (settings.ROOT_KEY or settings.ROOT_KEY_URI or settings.ROOT_KEY_FILE.exists()):
        make_root_key(settings.ROOT_KEY_FILE)
    migrate()
    office = Office(code=office_code, name=office_name)
    new_office_key(office.id)
    with transaction.atomic():
        deployment = Deployment(id=uuid.uuid4(), domain=domain)
        deployment.save(force_insert=True)
        office.save(force_insert=True)
        user = User(username=login)
        user.set_unusable_password()
        user.save(force_insert=True)
        Membership._all.bulk_create(Membership(user=user, office=office, role=role) for role in LOCAL_ROLES)
        scope = Scope(user.id, office.id, office.code, frozenset(LOCAL_ROLES), "administration")
        scope.note("deployment.init", f"deployment:{deployment.id}")
        checkpoint(secret("ledger-signing"))
    return scope


def make_folders(data: Path) -> None:
    """The data folder with what stands in it beside the databases, as far as it is not there."""
    for folder in (data, data / "keyring", data / "blobs"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    web = data / "web.key"
    if not web.exists():
        web.touch(mode=0o600)
        web.write_text(secrets.token_urlsafe(48), encoding="ascii")


def _check_code(code: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", code):
        raise NotPossible("This code cannot be used.", "Nothing was made.", "Use small letters, digits and hyphens.")


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 200:
        raise FormError("This name cannot be used.", "Nothing was made.", "Write one of at most 200 letters.")


def behind() -> list[str]:
    """The databases that lack a migration of this release."""
    folders = {app.label: str(Path(app.path) / "migrations") for app in apps.get_app_configs()}
    # By their names: every command asks, and what is in them need not be loaded for that.
    here = {(label, each.name) for label, folder in folders.items() for each in iter_modules([folder])}
    found = []
    for alias in connections:
        own = {(label, name) for label, name in here if router.allow_migrate(alias, label)}
        if own - MigrationRecorder(connections[alias]).applied_migrations().keys():
            found.append(alias)
    return found


def migrate() -> None:
    """Bring both databases to this release's form; one that has it is left alone."""
    for alias in behind():
        only = ("vault",) if alias == "keyring" else ()  # it has no other tables, and all migrations take their time
        call_command("migrate", *only, database=alias, verbosity=0, interactive=False)


def keep_quick() -> None:
    """Have SQLite count its indexes anew, so that it takes the right ones as a registry grows; PostgreSQL does so by itself."""
    for connection in connections.all():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA analysis_limit=100000")
                cursor.execute("ANALYZE")


def initialised() -> bool:
    """Whether the records' database holds an installation."""
    if "casework_deployment" not in connections["default"].introspection.table_names():
        return False
    return bool(Deployment._all.exists())


def user_named(login: str) -> User:
    """A user by login name.

    Raises:
        NotPossible: there is none.
    """
    user = User.objects.filter(username=login).first()
    if user is None:
        raise NotPossible("There is no user with this login name.", todo="Add one: kintrace user add.")
    return user


def office_coded(code: str) -> Office:
    """An office by its code.

    Raises:
        NotPossible: there is none.
    """
    office = Office._all.filter(code=code).first()
    if office is None:
        raise NotPossible("There is no office with this code.", todo="Add one: kintrace office add.")
    return office


def office_codes() -> list[str]:
    """The codes of all offices: no secret, since consent names them."""
    return list(Office._all.order_by("code").values_list("code", flat=True))


def add_office(scope: Scope, code: str, name: str) -> Office:
    """Add an office, with a key of its own."""
    scope.require("office.manage")
    _check_code(code)
    if Office._all.filter(code=code).exists():
        raise NotPossible("There is an office with this code already.", "It was left as it is.", "Choose another code.")
    _check_name(name)
    office = Office(code=code, name=name)
    new_office_key(office.id)
    with transaction.atomic():
        scope.note("office.add", f"office:{office.id}")
        office.save(force_insert=True)
    return office


def add_bureau(scope: Scope, code: str, name: str) -> Bureau:
    """Add a bureau: an office for one situation, across offices."""
    scope.require("office.manage")
    _check_code(code)
    if Bureau._all.filter(code=code).exists():
        raise NotPossible("There is a bureau with this code already.", "It was left as it is.", "Choose another code.")
    _check_name(name)
    bureau = Bureau(code=code, name=name)
    with transaction.atomic():
        scope.note("bureau.add", f"bureau:{bureau.id}")
        bureau.save(force_insert=True)
    return bureau


def users(scope: Scope) -> list[dict[str, Any]]:
    """The users: id, login, active, roles (office, role, bureau), and whether they have a password, and must change it."""
    scope.require("user.manage")
    roles: dict[str, list[dict[str, Any]]] = {}
    for each in Membership._all.select_related("user", "office", "bureau").order_by("office__code", "role"):
        told = {"office": each.office.code, "role": each.role, "bureau": each.bureau.code if each.bureau else None}
        roles.setdefault(each.user.username, []).append(told)
    return [
        {
            "id": str(each.id),
            "login": each.username,
            "active": each.is_active,
            "password": each.has_usable_password(),
            "password_given": each.password_given,
            "last_login": each.last_login.isoformat() if each.last_login else None,
            "roles": roles.get(each.username, []),
        }
        for each in User.objects.order_by("username")
    ]


def offices_and_bureaus(scope: Scope) -> dict[str, list[dict[str, str]]]:
    """The offices and the bureaus, with id, code and name."""
    scope.require("office.manage")
    return {
        name: [{"id": str(each.id), "code": each.code, "name": each.name} for each in rows.order_by("code")]
        for name, rows in (("offices", Office._all), ("bureaus", Bureau._all))
    }


def add_user(scope: Scope, login: str) -> User:
    """Add a user, who may do nothing until given a role."""
    scope.require("user.manage")
    taken = NotPossible("There is a user with this login name already.", "It was left as it is.")
    if User.objects.filter(username__iexact=login).exists():  # people sign in without regard to case
        raise taken
    user = User(username=login)
    user.set_unusable_password()
    try:
        user.clean_fields()
    except ValidationError as problem:
        raise FormError(
            "This cannot be a login name.", "Nobody was added.", "Use letters, digits and . _ -."
        ) from problem
    try:
        with transaction.atomic():
            scope.note("user.add", f"user:{user.id}")
            user.save(force_insert=True)
    except IntegrityError as problem:  # pressed twice
        raise taken from problem
    return user


def set_password(scope: Scope, login: str, password: str, *, given: bool = True) -> None:
    """Set a user's password for the web pages.

    Args:
        scope: of an administrator.
        login: whose.
        password: checked by Django's validators of the settings.
        given: they must change it when they first sign in, since somebody else knows it.

    Raises:
        Denied: the scope does not permit it.
        FormError: the password is too weak. Nothing was changed.
    """
    scope.require("user.manage")
    user = user_named(login)
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise FormError(
            " ".join(problem.messages), "The password was not changed.", "Several words in a row are good."
        ) from problem
    with transaction.atomic():
        scope.note("user.password", f"user:{user.id}", given=given)
        user.set_password(password)
        user.password_given = given
        user.save(update_fields=["password", "password_given"])


def set_role(
    scope: Scope, login: str, office_code: str, role: str, *, bureau: str = "", take_back: bool = False
) -> None:
    """Give a user a role in an office (in a bureau, perhaps), or take it back.

    Raises:
        Denied, NotPossible: nothing was changed; the last administrator cannot be taken away.
    """
    scope.require("user.manage")
    if role not in Role.values():
        raise NotPossible("There is no such role.", "Nothing was changed.", f"Use one of: {', '.join(Role.values())}.")
    user, office = user_named(login), office_coded(office_code)
    found = Bureau._all.filter(code=bureau).first() if bureau else None
    if bureau and found is None:
        raise NotPossible("There is no bureau with this code.", "Nothing was changed.")
    with transaction.atomic():
        scope.note("user.role", f"user:{user.id}", role=role, office=str(office.id), back=take_back)
        if take_back:
            Membership._all.filter(user=user, office=office, role=role, bureau=found).delete()
            _keep_an_administrator()
        else:
            Membership._all.get_or_create(user=user, office=office, role=role, bureau=found)


def disable_user(scope: Scope, login: str, *, enable: bool = False) -> None:
    """Shut a user out, or let them in again; what they did stays in the ledger."""
    scope.require("user.manage")
    user = user_named(login)
    with transaction.atomic():
        scope.note("user.enable" if enable else "user.disable", f"user:{user.id}")
        User.objects.filter(id=user.id).update(is_active=enable)
        _keep_an_administrator()


def _keep_an_administrator() -> None:
    if not Membership._all.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
        raise NotPossible(
            "Nobody could manage users any more.", "Nothing was changed.", "Make somebody else administrator first."
        )


def system_scope(purpose: str) -> Scope:
    """The scope of the deployment's own daily work: retention and the end of begun erasures, and nothing else."""
    deployment = Deployment._all.get()
    nobody = uuid.UUID(int=0)
    return Scope(nobody, deployment.id, "", frozenset({Role.DATA_PROTECTION_OFFICER}), purpose)


def note_system(action: str, **details: int) -> None:
    """An entry in the ledger by the deployment itself, in a transaction of its own."""
    deployment = Deployment._all.get()
    with transaction.atomic():
        record(Actor("system", "daily", str(deployment.id)), action, details=details)
