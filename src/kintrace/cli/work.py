"""``kintrace import``, ``worker`` and ``retention``: the work on many records."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kintrace.cli.app import SOME_REFUSED, Json, app, err, out, print_json, progress
from kintrace.cli.photos import STATES, work_on_photos
from kintrace.cli.records import Data, command, database_errors, deployed

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

AT_ONCE = 8  # photos between two looks at whether to stop
PAUSE = 0.1  # seconds between two looks for what is new
SHOWN = 20  # refusals told on the terminal


@command(app, "import")
def import_(
    scope: "Scope",
    folder: Annotated[Path, typer.Argument(help="A folder with a CSV file of cards, and photos.")],
    cards: Annotated[Path | None, typer.Option(help="The CSV file, where there are several.")] = None,
    faces: Annotated[bool, typer.Option(help="Find the faces in the photos at once.")] = True,
    face: Annotated[
        str,
        typer.Option(help="Which face of photos with several: largest or central; without it they wait for a person."),
    ] = "",
    json: Json = False,
) -> None:
    """Import cards from a CSV file (docs/cards.md), with their photos. Safe to run twice: what is there already is left alone."""
    from kintrace.casework.forms import which_face
    from kintrace.casework.importing import import_folder

    began = time.perf_counter()
    with progress("Importing cards") as bar:
        done = import_folder(scope, folder, cards=cards, face=which_face(face), progress=bar)
    kept = time.perf_counter() - began
    worked = work_on_photos() if faces else 0
    told: dict[str, Any] = {
        "cards": done.cards,
        "photos": done.photos,
        "known_cards": done.known_cards,
        "known_photos": done.known_photos,
        "photos_worked_on": worked,
        "photo_states": _states(scope, done.photo_ids),
        "refused": [{"where": where, "why": why} for where, why in done.refused],
        "seconds": round(time.perf_counter() - began, 3),
    }
    if json:
        print_json(told)
    else:
        out.print(f"{done.cards:,} cards and {done.photos:,} photos are new ({kept:.1f} s).")
        if done.known_cards or done.known_photos:
            out.print(f"{done.known_cards:,} cards and {done.known_photos:,} photos were there already.")
        for state, count in told["photo_states"].items():
            out.print(f"  {count:,} photos: {STATES[state]}", markup=False)
        if done.cards:
            out.print(
                "New cards are searched from by a worker: kintrace worker. What it finds: kintrace candidate list"
            )
        for where, why in done.refused[:SHOWN]:
            err.print(f"✗ {where}: {why}", markup=False)
        if len(done.refused) > SHOWN:
            err.print(f"  … and {len(done.refused) - SHOWN} more (--json lists all).")
    if done.refused:
        raise typer.Exit(SOME_REFUSED)


def _states(scope: "Scope", ids: list[UUID]) -> dict[str, int]:
    """How many of some photos are in each state."""
    found: Counter[str] = Counter()
    for start in range(0, len(ids), 500):
        rows = scope.photos().filter(id__in=ids[start : start + 500])
        found.update(rows.order_by().values_list("state", flat=True))
    return dict(sorted(found.items()))


@command(app, "retention", purpose="retention")
def retention(
    scope: "Scope",
    really: Annotated[bool, typer.Option("--really", help="Erase them; without it they are only listed.")] = False,
    json: Json = False,
) -> None:
    """List the cards whose last day has passed; with --really, erase them. The worker does so every day by itself."""
    from kintrace.casework.erasure import run_retention

    with progress("Erasing") as bar:
        names = run_retention(scope, dry_run=not really, progress=bar)
    if json:
        print_json({"cards": names, "erased": really})
        return
    for name in names:
        out.print(name, markup=False)
    if not names:
        out.print("No card has expired.")
    else:
        out.print(f"{len(names):,} erased." if really else f"{len(names):,} would be erased: --really.")


@app.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Find the faces in photos that wait, search from cards that changed, compare new faces, and once a day erase what expired.

    Ctrl-C ends it after what is in hand.
    """
    deployed(data)
    from django.db import close_old_connections

    from kintrace.casework.nearfaces import NearFaces
    from kintrace.casework.worker import renew, run
    from kintrace.cli.search import opened_acquirer
    from kintrace.matching import following, standing
    from kintrace.matching.engine import engine, with_weights_of_now

    done, searched, day = 0, 0, None
    with database_errors(), _stopping() as stop:
        acquirer, _ = opened_acquirer(None)
        searching = engine()
        assert searching.gallery is not None  # a process' own engine has one
        near = NearFaces(searching.gallery)
        with acquirer:
            renew(acquirer.pack)
            if not once:
                day = daily_work()
                searching.prepare()
                err.print("Working. Ctrl-C ends it.")
            while not stop.is_set():
                close_old_connections()
                day = daily_work(day)
                finished = run(acquirer, most=AT_ONCE)
                done += finished
                following.look()
                searching = with_weights_of_now(searching)
                followed = 0 if finished else standing.follow(searching)
                searched += followed
                if not near.compare() and not finished and not followed:
                    anew = standing.weigh_anew(searching)
                    searched += anew
                    if once and not anew:
                        break
                    if not anew:
                        stop.wait(PAUSE)
    if json:
        print_json({"photos": done, "cards_searched_from": searched})
    else:
        out.print(f"{done:,} photos were worked on; {searched:,} cards were searched from.")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets; the second one stops at once."""
    stop = threading.Event()

    def ask(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {each: signal.signal(each, ask) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def daily_work(last: date | None = None) -> date:
    """Retention, the end of erasures that were begun, and what a kill may have left: once a day, by whichever worker is first.

    Args:
        last: the day on which this process knows it to be done.

    Returns:
        The day on which it is done.
    """
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if last == today.date():
        return last
    from kintrace.casework.drafts import end_old
    from kintrace.casework.erasure import finish_erasures, run_retention
    from kintrace.casework.setup import keep_quick, note_system, system_scope
    from kintrace.casework.soundness import sweep
    from kintrace.ledger import entries
    from kintrace.matching.savedsearches import drop_expired

    if entries(action="daily.done", since=today, most=1):
        return today.date()
    scope = system_scope("retention")
    ended = finish_erasures(scope)
    expired = run_retention(scope, dry_run=False)
    sweep(scope)
    drop_expired()
    keep_quick()
    note_system("daily.done", ended=ended, expired=len(expired), drafts=end_old())
    return today.date()
