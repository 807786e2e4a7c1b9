"""``kintrace card``: new, show, edit, close, reopen, erase, list, transfer, mark, dates, history."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from kintrace.cli.app import Json, app, err, out, print_json, say_table
from kintrace.cli.cardwords import around, plain, say_card, shown
from kintrace.cli.formfile import read_form
from kintrace.cli.photos import NoWait, checked_part, read_photo, say_states, states
from kintrace.cli.questions import ask_form
from kintrace.cli.records import CardNumber, Part, Why, Yes, command, reason_given
from kintrace.errors import FormError, KintraceError, NotPossible

if TYPE_CHECKING:
    from kintrace.casework.forms import CardForm
    from kintrace.casework.records import Card
    from kintrace.casework.scope import Scope

card = typer.Typer(help="Cards: tracing requests and found persons.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(card, name="card")

Reason = Annotated[
    str, typer.Option(help="Why you read it; needed from a data protection officer, and kept with the card.")
]


@command(card, "new")
def card_new(
    scope: "Scope",
    form: Annotated[
        Path | None, typer.Option("--from", help="A form, YAML or JSON (docs/cards.md); without it you are asked.")
    ] = None,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Open a card, from a form or by questions; the faces in its photos are found, and it is searched from, at once."""
    from kintrace.casework.cards import record_id
    from kintrace.casework.doubts import doubts
    from kintrace.casework.forms import card_form
    from kintrace.casework.registration import register

    scope.require("card.register")
    checked = card_form(read_form(form) if form else ask_form())
    doubtful = [*doubts(checked.subject).values(), *doubts(checked.enquirer or {}).values()]
    folder = form.parent if form else Path()
    _check_photos(checked, folder)
    made = register(scope, checked)
    # What comes now is loaded while a worker searches already.
    from kintrace.cli.candidates import settle
    from kintrace.matching.candidates import listed

    number = record_id(made)
    ids = []
    try:
        if checked.photos:
            from kintrace.casework.photos import attach
        for each in checked.photos:
            kept, _ = attach(scope, str(made.id), read_photo(folder / each.path), each)
            ids.append(kept.id)
        if not no_wait:
            settle()
    except KintraceError as problem:
        kept_words = f"The card {number} is kept, with {len(ids)} of {len(checked.photos)} photos."
        todo = f"{problem.todo} Then: kintrace photo add, or kintrace worker.".strip()
        raise type(problem)(problem.what, kept_words, todo) from problem
    told = states(scope, list(dict.fromkeys(ids))) if ids else []
    candidates = listed(scope, number) if scope.may("candidate.read") else []
    if json:
        found = len(candidates)
        told_of = {"card": number, "id": str(made.id), "kind": made.kind, "photos": told, "candidates": found}
        print_json({**told_of, "doubts": doubtful})
        return
    out.print(f"Card {number} is open.", markup=False)
    if doubtful:
        err.print(f"It is kept as you wrote it; please look again. {' '.join(doubtful)}", markup=False)
    say_states(told)
    if candidates:
        count = len(candidates)  # nobody judges on a card that they registered
        out.print(f"{count} {'candidate waits' if count == 1 else 'candidates wait'} to be judged by others.")


def _check_photos(form: "CardForm", folder: Path) -> None:
    """Every photo is there and can be read, before anything is kept."""
    for each in form.photos:
        try:
            if not read_photo(folder / each.path):
                raise FormError(
                    f"The photo {folder / each.path} is empty.", todo="Copy it again from where it came from."
                )
        except KintraceError as problem:
            raise type(problem)(problem.what, "Nothing was kept.", problem.todo) from problem


@command(card, "show")
def card_show(
    scope: "Scope",
    number: CardNumber,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Show a card with all that is known. That you read it is in the ledger."""
    from kintrace.casework.cards import read

    found = read(scope, number, reason=reason)
    print_json(found) if json else say_card(found)


@command(card, "edit")
def card_edit(
    scope: "Scope",
    number: CardNumber,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A fact, as in occupation=baker; lists are joined by semicolons.")
    ] = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", help="A fact to take back.")] = None,
    form: Annotated[Path | None, typer.Option("--from", help="A table of facts, YAML or JSON, as on a form.")] = None,
    why: Why = None,
    part: Part = "subject",
    json: Json = False,
) -> None:
    """Change what is known. Earlier values are kept, with who changed them and why."""
    from kintrace.casework.cards import amend
    from kintrace.casework.forms import LISTS

    checked_part(part)
    changes: dict[str, Any] = {}
    if form:
        table = read_form(form)
        if not isinstance(table, dict):
            raise FormError("The file is not a table of facts.", "Nothing was changed.", "See docs/cards.md.")
        changes |= table
    for setting in settings or ():
        name, sign, value = setting.partition("=")
        if not sign:
            raise FormError(f"“{name[:40]}” has no value.", "Nothing was changed.", "Write --set name=value.")
        changes[name] = [each.strip() for each in value.split(";") if each.strip()] if name in LISTS else value
    changes |= dict.fromkeys(unset or ())
    if not changes:
        raise NotPossible("There is nothing to change.", todo="Say what: --set, --unset or --from.")
    done = amend(scope, number, changes, why=reason_given(scope, "card.amend", why), part=part)
    if json:
        print_json({"facts": done.facts, "consent_void": done.consent_void})
        return
    out.print(f"{done.facts} {'fact' if done.facts == 1 else 'facts'} changed.")
    if done.consent_void:
        err.print("By what is known now this person may be under 18: the consent they gave alone holds no more.")
        err.print("Record that of a guardian, or a decision in their best interest: kintrace consent record.")


@command(card, "close")
def card_close(scope: "Scope", number: CardNumber, why: Why = None, json: Json = False) -> None:
    """Close a card, with a reason. It stays until it expires or is erased, and can be opened again."""
    from kintrace.casework.cards import close

    _say_state(close(scope, number, reason_given(scope, "card.close", why)), "is closed", json)


@command(card, "reopen")
def card_reopen(scope: "Scope", number: CardNumber, json: Json = False) -> None:
    """Open a closed card again."""
    from kintrace.casework.cards import reopen

    _say_state(reopen(scope, number), "is open", json)


def _say_state(done: "Card", words: str, json: bool) -> None:
    from kintrace.casework.cards import record_id

    if json:
        print_json({"card": record_id(done), "status": done.status, "office": done.office.code})
    else:
        out.print(f"Card {record_id(done)} {words}.", markup=False)


@command(card, "erase")
def card_erase(scope: "Scope", number: CardNumber, yes: Yes = False, json: Json = False) -> None:
    """Erase a card and its people for good, in backups too. It cannot be undone."""
    from kintrace.casework.cards import record_id
    from kintrace.casework.erasure import erase

    scope.require("person.erase")
    if not yes:
        sure(record_id(scope.card(number)))
    name = erase(scope, number)
    if json:
        print_json({"card": name, "erased": True})
        return
    out.print(f"Card {name} is erased: its keys are destroyed, in backups too. A tombstone with its number remains.")


def sure(name: str) -> None:
    """Go on only where the card's number is typed.

    Raises:
        NotPossible: something else was typed.
    """
    err.print(f"Card {name}: everything known of the people on it will be gone, in backups too.", markup=False)
    err.print("This cannot be undone.", style="bold")
    typed = typer.prompt("Type the card's number to erase it", err=True).strip()
    if typed not in (name, name.split("/", 1)[1], name.rsplit("/", 1)[1]):
        raise NotPossible("That is not this card's number.", "Nothing was erased.")


@command(card, "list")
def card_list(
    scope: "Scope",
    status: Annotated[str | None, typer.Option(help="Only cards in this state, such as open or closed.")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="How many, the newest first.")] = 100,
    json: Json = False,
) -> None:
    """List the cards open to you, the newest first; without names."""
    from kintrace.casework.cards import listed, own_domain, record_id
    from kintrace.casework.records import Status

    if status is not None and status not in Status.values():
        raise FormError("There is no such state.", todo=f"Use one of: {', '.join(Status.values())}.")
    domain = own_domain()
    rows = [
        {
            "card": record_id(each, domain),
            "id": str(each.id),
            "kind": each.kind,
            "status": each.status,
            "office": each.office.code,
            "opened": each.opened_at.isoformat(),
            "review_due": each.review_due.isoformat() if each.review_due else None,
            "expires": each.expires.isoformat() if each.expires else None,
        }
        for each in listed(scope, status=status, most=most)
    ]
    if json:
        print_json({"cards": rows})
        return
    if len(rows) == most:
        err.print(f"The newest {most:,} are shown; there may be more: --most.")
    if not rows:
        out.print("No cards are open to you here.")
        return
    table = Table("card", "kind", "state", "opened", "look again", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["card"], plain(row["kind"]), plain(row["status"]), row["opened"][:10], row["review_due"])
    say_table(table)


@command(card, "transfer")
def card_transfer(
    scope: "Scope",
    number: CardNumber,
    to: Annotated[str, typer.Argument(help="Code of the other office.")],
    json: Json = False,
) -> None:
    """Give a card, with its people and their keys, to another office. Everybody on it must have agreed."""
    from kintrace.casework.cards import transfer

    _say_state(transfer(scope, number, to), f"belongs to the office “{to}” now", json)


@command(card, "mark")
def card_mark(
    scope: "Scope",
    number: CardNumber,
    for_bureau: Annotated[str, typer.Argument(metavar="BUREAU", help="Code of the bureau.")],
    back: Annotated[bool, typer.Option("--back", help="Take the mark back.")] = False,
    json: Json = False,
) -> None:
    """Mark a card for a bureau: its members see it, if the people on it agreed to share with their office."""
    from kintrace.casework.cards import mark, record_id

    done = mark(scope, number, for_bureau, take_back=back)
    if json:
        print_json({"card": record_id(done), "bureau": for_bureau, "marked": not back})
    else:
        out.print("The mark is taken back." if back else "Marked.")


@command(card, "dates")
def card_dates(
    scope: "Scope",
    number: CardNumber,
    review_due: Annotated[str | None, typer.Option(help="When it is to be looked at again: 2027-03-01.")] = None,
    expires: Annotated[str | None, typer.Option(help="Its last day; the day after, it is erased.")] = None,
    json: Json = False,
) -> None:
    """Set when a card is to be looked at again, and when it expires."""
    from kintrace.casework.cards import set_dates

    days = {name: _day(text) for name, text in (("review_due", review_due), ("expires", expires)) if text}
    if not days:
        raise NotPossible("There is nothing to set.", todo="Say what: --review-due or --expires.")
    done = set_dates(scope, number, **days)
    told = {"review_due": str(done.review_due), "expires": str(done.expires)}
    if json:
        print_json(told)
    else:
        out.print(f"To be looked at again on {told['review_due']}; expires after {told['expires']}.")


@command(card, "history")
def card_history(scope: "Scope", number: CardNumber, reason: Reason = "", json: Json = False) -> None:
    """Show every value that the facts of a card ever had, with when and why."""
    from kintrace.casework.cards import history

    rows = history(scope, number, reason=reason)
    if json:
        print_json({"facts": rows})
        return
    for row in rows:
        until = f" until {row['until'][:16]}" if row["until"] else ""
        why = f" ({row['why']})" if row["why"] else ""
        value = f"{shown(row['value'])}{around(row)}"
        by = f" by {row['by']}" if row["by"] else ""
        out.print(f"{row['since'][:16]}{until}{by}  {plain(row['fact'])}: {value}{why}", markup=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise FormError("This is not a day.", "Nothing was changed.", "Write it as 2026-11-23.") from problem
