"""``kintrace candidate``: search from a card, list, show with its evidence, take facts out, draw."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from kintrace.cli.app import Json, app, err, out, print_json, progress, say_table, write_whole
from kintrace.cli.cardwords import plain
from kintrace.cli.photos import work_on_photos
from kintrace.cli.records import CardNumber, command

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

candidate = typer.Typer(
    help="Candidates: two cards that may be of one person.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(candidate, name="candidate")

MOST_HERE = 500  # changes that a command follows itself; more are for a worker
PATIENCE = 20.0  # seconds for a running worker to do it

CandidateId = Annotated[
    UUID, typer.Argument(metavar="CANDIDATE", help="Its id, as “kintrace candidate list” tells it.")
]


def settle() -> None:
    """Have photos worked on and cards searched from that changed: by a worker that runs, or here, with a progress bar."""
    from kintrace.casework.photoqueue import waiting_photos
    from kintrace.matching.following import attended, behind

    until = time.monotonic() + PATIENCE
    while attended() and time.monotonic() < until:
        if not (behind() or waiting_photos().exists()):
            return
        time.sleep(0.05)
    work_on_photos()
    waiting = behind()
    if waiting > MOST_HERE:
        err.print(f"{waiting:,} changes of cards wait to be searched from; let a worker do it: kintrace worker")
    elif waiting:
        from kintrace.casework.nearfaces import NearFaces
        from kintrace.matching.engine import engine
        from kintrace.matching.standing import follow

        searching = engine()
        with progress("Searching from cards that changed") as bar:
            follow(searching, bar)
        if searching.gallery is not None:  # it is filled now; many that wait are left to a worker
            NearFaces(searching.gallery).compare(MOST_HERE)


@command(candidate, "search")
def candidate_search(
    scope: "Scope",
    number: CardNumber,
    json: Json = False,
) -> None:
    """Search from a card by faces, names, dates, places and numbers, among all cards that may be compared with it.

    The standing search does so by itself whenever a card changes; this does it now. What is found is judged by people first:
    “kintrace review next”. Nothing of the evidence is shown here.
    """
    from kintrace.matching.candidates import summary
    from kintrace.matching.engine import engine
    from kintrace.matching.standing import search_from

    found = search_from(scope, number, engine())
    rows = [summary(each) for each in found.kept]
    if json:
        print_json({"searched": found.people, "weighed": found.weighed, "candidates": rows})
        return
    out.print(f"Searched among {found.people:,} people who may be compared; {found.weighed:,} of them were weighed.")
    if not rows:
        out.print("Nobody among them has enough in common with this person to be a candidate.")
    else:
        _say_list(rows)
        out.print("Candidates are for people to judge, the faces first: kintrace review next --to NEW_FOLDER")


@command(candidate, "list")
def candidate_list(
    scope: "Scope",
    number: Annotated[str | None, typer.Argument(metavar="[CARD]", help="Only those of one card.")] = None,
    state: Annotated[str | None, typer.Option(help="Only those in this state, such as reviews_agree.")] = None,
    json: Json = False,
) -> None:
    """List the candidates open to you, with where the work on them stands; nothing of the evidence."""
    from kintrace.errors import FormError
    from kintrace.matching.candidates import listed
    from kintrace.matching.models import State

    if state is not None and state not in State.values():
        raise FormError("There is no such state.", todo=f"Use one of: {', '.join(State.values())}.")
    settle()
    rows = listed(scope, number, state=state)
    if json:
        print_json({"candidates": rows})
    elif rows:
        _say_list(rows)
    else:
        out.print("No candidates are open to you here.")


def _say_list(rows: list[dict[str, Any]]) -> None:
    table = Table("candidate", "request", "found person", "state", "since", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["id"], row["request"], row["found"], plain(row["state"]), row["since"][:10])
    say_table(table)


@command(candidate, "show")
def candidate_show(
    scope: "Scope",
    which: CandidateId,
    without: Annotated[list[str] | None, typer.Option(help="A fact to take out of the sum, such as face.")] = None,
    before_review: Annotated[
        bool, typer.Option("--before-review", help="Show it before its faces were judged; you cannot judge them then.")
    ] = False,
    drawing: Annotated[
        Path | None, typer.Option("--drawing", help="Write the weights as a picture (SVG) to this file.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the evidence on a candidate: each fact with its weight, and how many strangers have as much."""
    from kintrace.matching.candidates import shown

    told = shown(scope, which, without=without or (), before_review=before_review)
    if drawing:
        from kintrace.matching.drawing import waterfall_of

        write_whole(drawing, waterfall_of(told))
    if json:
        print_json(told)
        return
    say_evidence(told)
    if drawing:
        out.print(f"Drawn: {drawing}", markup=False)


def strangers(expected: float) -> str:
    """How many strangers are expected; so few that nobody can tell them apart are not told apart."""
    from kintrace.evidence.words import RAREST, digits

    return f"fewer than {RAREST}" if expected < RAREST else f"at most about {digits(expected)}"


def say_evidence(told: dict[str, Any]) -> None:
    """Evidence for people."""
    out.print(
        f"Candidate {told.get('id') or told['candidate']}, among {told['searched']:,} people searched", markup=False
    )
    table = Table("fact", "", "weight", "what was compared", box=None, pad_edge=False)
    for fact in told["facts"]:
        weight = f"{fact['log10_lr']:+.1f}" if fact["outcome"] != "blank" else ""
        compared = " | ".join(each for each in fact["compared"] if each)
        table.add_row(fact["fact"], ": ".join(filter(None, (fact["outcome"], fact["level"]))), weight, compared)
    out.print(table)
    if told["without"]:
        out.print(f"Without {', '.join(told['without'])} the sum is {told['log10_lr']:+.1f}.")
    elif told["words"]:
        out.print(told["words"], markup=False)
    out.print(told["belief"], markup=False)
    whom = "the {:,} whose faces could be compared" if told["with_face"] else "the {:,} people searched"
    many = strangers(told["expected_lookalikes"])
    out.print(f"Among {whom.format(told['among'])}, {many} strangers would be expected to have evidence as strong.")
    for caution in told["cautions"]:
        out.print(f"Caution: {caution}", markup=False)
    out.print("Weights are powers of ten: +2 is a hundred times likelier if it is one person. People decide.")
