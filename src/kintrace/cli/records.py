"""The way from a command line to the records: which data folder, who asks, for which office and purpose.

Django's models load only after its settings, so commands import what they call inside themselves.
"""

import getpass
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer
from rich.prompt import Prompt

from kintrace.cli.app import err
from kintrace.errors import Denied, KintraceError, NoDeployment

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

Own = ParamSpec("Own")

COMMON = "Which records, and who asks"
"""The panel of the options that :func:`command` gives to each command; docs/commands.md tells them once."""

Data = Annotated[
    Path | None,
    typer.Option("--data", envvar="KINTRACE_DATA", help="The data folder.", rich_help_panel=COMMON),
]
OfficeCode = Annotated[
    str | None,
    typer.Option(
        "--office",
        envvar="KINTRACE_OFFICE",
        help="Code of the office you work for now; not needed where you work for one.",
        rich_help_panel=COMMON,
    ),
]
BureauCode = Annotated[
    str | None,
    typer.Option(
        "--bureau",
        envvar="KINTRACE_BUREAU",
        help="Code of the bureau you work for now: also its cards of other offices, as far as consent allows.",
        rich_help_panel=COMMON,
    ),
]
PurposeWord = Annotated[
    str, typer.Option("--purpose", help="What for, in one word; it goes to the ledger.", rich_help_panel=COMMON)
]
CardNumber = Annotated[
    str, typer.Argument(metavar="CARD", help="The card's number: 12, office/12, or domain/office/12.")
]
Part = Annotated[str, typer.Option("--part", help="Of whom: subject (the sought or found person) or enquirer.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Why = Annotated[
    str | None,
    typer.Option("--why", help="The reason, in your words; it is kept with the card. Without it you are asked."),
]


def begun(data: Path | None = None) -> Path:
    """Load the settings of a data folder; nothing is asked of its records yet.

    Returns:
        The data folder.
    """
    if data is not None:
        os.environ["KINTRACE_DATA"] = str(data.expanduser().resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "kintrace.site.settings"
    import django
    from django.conf import settings

    django.setup()
    return Path(settings.DATA)


def deployed(data: Path | None = None, *, whole: bool = True) -> Path:
    """As :func:`begun`, where there is an installation in this release's form.

    Args:
        data: the data folder.
        whole: also that the keyring is there, and both databases are of this release.

    Raises:
        NoDeployment: there is none. Nothing was made.
        KintraceError: its databases are of another release, cannot be reached, or one is gone.
    """
    folder = begun(data)
    with database_errors():
        if not present():
            raise NoDeployment(
                f"There is no installation of Kintrace in {folder}.",
                "Nothing was changed.",
                "Make one: kintrace init. If it is in another folder, name that: --data DIR, or KINTRACE_DATA.",
            )
        if whole and _file_missing("keyring"):
            raise KintraceError(
                f"The keyring is missing in {folder}: without it nothing that is sealed can be read.",
                "Nothing was changed.",
                "Put it back from its own backup: kintrace restore, with --keyring.",
            )
        if whole and pending():
            raise KintraceError(
                "The records are of an earlier release of Kintrace.",
                "Nothing was changed.",
                "Make a copy of the data folder, then run: kintrace migrate.",
            )
    return folder


def present() -> bool:
    """Whether the records hold an installation; asks without making a database file."""
    from kintrace.casework.setup import initialised

    return not _file_missing("default") and initialised()


def pending() -> bool:
    """Whether a database lacks a migration of this release."""
    from kintrace.casework.setup import behind

    return bool(behind())


def opened(
    data: Path | None = None,
    *,
    office: str | None = None,
    bureau: str | None = None,
    purpose: str = "tracing",
    whole: bool = True,
) -> "Scope":
    """The scope of whoever runs the command: KINTRACE_USER, or the login of the operating system.

    For ``whole`` see :func:`deployed`.

    Raises:
        NoDeployment: see :func:`deployed`.
        Denied: they are no user here, or have no role in this office or bureau.
    """
    deployed(data, whole=whole)
    from kintrace.casework.people import Bureau, Membership, Office, User
    from kintrace.casework.scope import scope_for

    login = who()
    user = User.objects.filter(username=login).first()
    if user is None:
        raise Denied(
            f"The login name “{login}” is not one of a user here.",
            "Nothing was changed.",
            "Ask an administrator to add it (kintrace user add), or say who you are here: KINTRACE_USER.",
        )
    offices = list(Office._all.filter(id__in=Membership._all.filter(user=user).values("office")).order_by("code"))
    found = [each for each in offices if office in (None, each.code)]
    if len(found) > 1:
        codes = ", ".join(each.code for each in found)
        raise Denied(f"You work for several offices ({codes}).", "Nothing was changed.", "Say which: --office CODE.")
    if not found:
        raise Denied("You have no role in this office.", "Nothing was changed.", "Ask an administrator for one.")
    marked = Bureau._all.filter(code=bureau).first() if bureau else None
    if bureau and marked is None:
        raise Denied("You have no role in this bureau.", "Nothing was changed.", "Ask an administrator for one.")
    return scope_for(user, found[0], purpose, marked.id if marked else None)


def who() -> str:
    """The login name of whoever runs the command."""
    named = os.environ.get("KINTRACE_USER", "")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as problem:
        raise KintraceError("Your login name is not known.", todo="Say who you are here: KINTRACE_USER.") from problem


def reason_given(scope: "Scope", verb: str, why: str | None, words: str = "Why, in your words; it is kept") -> str:
    """The reason that a verb needs: as given, or asked for where somebody sits at a terminal; else the verb tells it is missing.

    Raises:
        Denied: they may not do it, so are not asked.
    """
    if why is None and sys.stdin.isatty() and err.is_terminal:
        scope.require(verb)
        while not (why := Prompt.ask(words, console=err).strip()):
            err.print("  A reason is needed; Ctrl-C leaves everything as it is.")
    return why or ""


def command(
    group: typer.Typer, name: str | None = None, *, purpose: str = "tracing", asks_purpose: bool = True
) -> Callable[[Callable[Concatenate["Scope", Own], None]], Callable[Concatenate["Scope", Own], None]]:
    """Register a function as a sub-command that works on the records.

    Its first parameter is the scope, which comes from four options that each such command gets: ``--data``, ``--office``,
    ``--bureau`` and, unless the command has another use for that word, ``--purpose``.
    """

    def register(function: Callable[Concatenate["Scope", Own], None]) -> Callable[Concatenate["Scope", Own], None]:
        def run(
            data: Data = None,
            office: OfficeCode = None,
            bureau: BureauCode = None,
            purpose: PurposeWord = purpose,
            **given: Any,
        ) -> None:
            with database_errors():
                scope = opened(data, office=office, bureau=bureau, purpose=purpose)
                function(scope, **given)  # type: ignore[call-arg]

        common = list(inspect.signature(run).parameters.values())[: -1 if asks_purpose else -2]
        own = list(inspect.signature(function).parameters.values())[1:]
        every = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *common)]
        run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in every}
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        group.command(name)(run)
        return function

    return register


@contextmanager
def database_errors() -> Iterator[None]:
    """What a user can mend of a database's errors, as sentences; what it was asked is not repeated."""
    from django.db import InterfaceError, OperationalError

    try:
        yield
    except (OperationalError, InterfaceError) as problem:
        raise KintraceError(
            f"The database of the records cannot be used ({_short(problem)}).",
            "What was not finished was taken back.",
            "Is the data folder right, is there room on the disk, does the server run? Try again, or run: kintrace doctor.",
        ) from problem


def _short(problem: Exception) -> str:
    """The kind of an error of SQLite's own, or of the connection; never a statement or a value."""
    known = ("database is locked", "unable to open database file", "database or disk is full", "no such table")
    told = str(problem)
    return next((words for words in known if words in told), type(problem.__cause__ or problem).__name__)


def _file_missing(alias: str) -> bool:
    from django.conf import settings

    database = settings.DATABASES[alias]
    return "sqlite" in database["ENGINE"] and not Path(database["NAME"]).is_file()
