"""Options of ``kintrace emblem`` that say how a token is issued: issue, endorse and endorse-request share them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import write_whole
from kintrace.cli.emblemcommon import profile_of
from kintrace.errors import EmblemError, KintraceError

if TYPE_CHECKING:
    from kintrace.emblem.issuing import Terms

Org = Annotated[
    str | None,
    typer.Option("--org", help="Your organisation's name on the web, such as redcross.example or https://…."),
]
ProfileOption = Annotated[
    str, typer.Option("--profile", help="B (CBOR, as the newest draft) or A (JWS, as live checkers).")
]
Purposes = Annotated[
    list[str] | None,
    typer.Option(
        "--purpose", help="protective (the default), indicative, dangerous_forces, civil_defence, cultural_property."
    ),
]
Days = Annotated[float, typer.Option("--days", min=0.01, max=370, help="How many days it holds.")]
Compat = Annotated[
    str | None, typer.Option("--compat", help="tag18: profile B without the outer tag, for the first prototypes.")
]
Test = Annotated[
    bool, typer.Option("--test", help="Only to try it out: without authorisation, for names that end in .test.")
]
Chain = Annotated[
    Path | None,
    typer.Option("--chain", help="The logged certificate of the signing key and its issuer's: fullchain.pem."),
]


def terms_of(profile: str, days: float, compat: str | None, test: bool) -> "Terms":
    """How a token is issued now, from options."""
    from kintrace.emblem.issuing import Terms

    if compat not in (None, "tag18"):
        raise EmblemError(f"There is no --compat {compat}.", "Nothing was issued.", "Use: --compat tag18")
    return Terms(datetime.now(UTC), profile_of(profile), timedelta(days=days), compat is None, test)


def write_issued(to: Path, text: str, ids: str, again: str) -> None:
    """Write what was issued to a file; where that fails, say that it was issued all the same.

    Args:
        to: the file.
        text: what it is to hold.
        ids: numbers of what was issued.
        again: the command that gives it once more.

    Raises:
        EmblemError: it cannot be written.
    """
    try:
        write_whole(to, text)
    except KintraceError as problem:
        raise EmblemError(
            problem.what, f"It was issued all the same, as {ids}, and is kept.", f"You get it with: {again}"
        ) from problem
