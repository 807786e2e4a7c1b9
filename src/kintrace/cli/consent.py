"""``kintrace consent``: record what somebody agreed to, and withdraw it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kintrace.cli.app import Json, app, err, out, print_json
from kintrace.cli.cards import sure
from kintrace.cli.formfile import read_form
from kintrace.cli.photos import NoWait, checked_part, work_on_photos
from kintrace.cli.records import CardNumber, Part, Yes, command
from kintrace.errors import FormError, NotPossible

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

consent = typer.Typer(help="What the people on cards agreed to.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(consent, name="consent")

FOLLOWED = {
    "erased": "Without consent to tracing there is no ground to keep the record: it is erased, in backups too.",
    "templates erased": "What was made of the face is erased, and in no search any more. The photos are kept.",
    "recorded": "It is recorded.",
}


@command(consent, "record", asks_purpose=False)
def consent_record(
    scope: "Scope",
    number: CardNumber,
    purposes: Annotated[
        list[str] | None,
        typer.Option("--purpose", help="An answer: tracing=yes, face_search=no, share_office:CODE=yes, …"),
    ] = None,
    capacity: Annotated[str, typer.Option(help="Who consented: self, guardian, or best_interest.")] = "self",
    given_by: Annotated[str, typer.Option(help="Name of who consented.")] = "",
    language: Annotated[str, typer.Option(help="In what language they were asked.")] = "",
    method: Annotated[str, typer.Option(help="How: paper, spoken, …")] = "",
    on: Annotated[str, typer.Option("--date", help="The day, as in 2026-11-23; today by default.")] = "",
    form: Annotated[
        Path | None, typer.Option("--from", help="The part “consent” of a form, YAML or JSON, in place of the options.")
    ] = None,
    part: Part = "subject",
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Record what a person agreed to, in place of what held before; ask for every purpose anew."""
    from kintrace.casework.agreements import consent_of, record_consent
    from kintrace.casework.forms import consent_form

    checked_part(part)
    given: Any = {"capacity": capacity, "given_by": given_by, "language": language, "method": method}
    if form:
        given = read_form(form)
        if isinstance(given, dict) and set(given) == {"consent"}:
            given = given["consent"]
    else:
        given["purposes"] = dict(_answer(each) for each in purposes or ())
        if on:
            given["date"] = on
    if not isinstance(given, dict) or not given.get("purposes"):
        raise NotPossible("No answer is given.", "Nothing was recorded.", "Say which: --purpose face_search=yes.")
    kept = record_consent(scope, number, consent_form(given), part=part)
    if not no_wait:
        work_on_photos()
    told = consent_of(kept.person)
    if json:
        print_json(told)
        return
    out.print("Recorded; what held before holds no more.")


@command(consent, "withdraw")
def consent_withdraw(
    scope: "Scope",
    number: CardNumber,
    what: Annotated[
        str,
        typer.Argument(
            metavar="PURPOSE",
            help="tracing, face_search, share_office:CODE, share_authority:CODE, publish, research or all.",
        ),
    ],
    part: Part = "subject",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Withdraw consent to one purpose, or to all. Without tracing the record is erased; without face search, its templates."""
    from kintrace.casework.agreements import withdraw_consent
    from kintrace.casework.cards import record_id

    checked_part(part)
    if what in ("all", "tracing") and not yes:
        scope.require("consent.withdraw")
        if part == "enquirer":
            err.print(
                "With the enquirer goes every card they asked with, and the person sought on it: nobody asks any more."
            )
        sure(record_id(scope.card(number)))
    followed = withdraw_consent(scope, number, what, part=part)
    if json:
        print_json({"followed": followed})
    else:
        out.print(FOLLOWED[followed])


def _answer(text: str) -> tuple[str, bool]:
    name, sign, answer = text.partition("=")
    if not sign or answer.casefold() not in ("yes", "no"):
        raise FormError("An answer must say yes or no.", "Nothing was recorded.", "Write it as in face_search=yes.")
    return name, answer.casefold() == "yes"
