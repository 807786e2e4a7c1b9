"""``kintrace search``: who in a folder of photos may be this person."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kintrace import home
from kintrace.cli.app import SOME_REFUSED, Json, Packs, app, err, out, print_json, progress, write_whole
from kintrace.errors import CacheError, FaceError, NoFace, PhotoError, SeveralFaces
from kintrace.evidence import Calibration, sentence
from kintrace.faces import USABLE, Acquirer, Choice, Sample, active_packs
from kintrace.folder import (
    LOOK_ALIKES,
    Candidate,
    Collection,
    Search,
    Searcher,
    TemplateCache,
    calibration_for,
    collect,
    photo_paths,
)
from kintrace.folder.page import Shown, render

Probes = Annotated[list[Path], typer.Argument(help="Photos of the person sought; each is a search of its own.")]
Folder = Annotated[Path, typer.Option("--in", help="The folder of photos to search, with all folders in it.")]
FaceChoice = Annotated[
    str,
    typer.Option(
        "--face",
        help="Which face of a photo with several: a number from 1 (the largest), largest or central.",
    ),
]


def choice_of(words: str) -> Choice:
    """The choice of a face, as typed."""
    if words.isdigit():
        return int(words)
    if words in ("only", "largest", "central"):
        return words  # type: ignore[return-value]
    raise FaceError(f"“{words}” is no choice of a face.", todo="Use a number from 1, “largest”, or “central”.")


def probe_sample(acquirer: Acquirer, path: Path, choice: Choice) -> Sample:
    """The face that is meant in a photo, good enough to be compared.

    Raises:
        PhotoError, FaceError: the photo gives none, and the message names it.
    """
    try:
        sample = acquirer.acquire(path).choose(choice)
    except SeveralFaces as problem:
        raise SeveralFaces(f"{path}: {problem.what}", problem.kept, f"{problem.todo} (--face)") from problem
    except (PhotoError, FaceError) as problem:
        raise type(problem)(f"{path}: {problem.what}", problem.kept, problem.todo) from problem
    if sample.quality.overall < USABLE:
        advice = " ".join(sample.quality.advice) or "Use another photo."
        raise NoFace(f"{path}: what was found is too poor to be compared, or no face.", todo=advice)
    return sample


def opened_acquirer(packs: str | None) -> tuple[Acquirer, Calibration | None]:
    """The models in use, and what their scores mean."""
    chosen = active_packs(packs)
    calibration = calibration_for(chosen)
    weights = calibration.weights if calibration and len(chosen) > 1 else None
    return Acquirer(chosen, weights), calibration


def gathered(folder: Path, acquirer: Acquirer, *, cached: bool = True) -> Collection:
    """The faces of a folder, with a progress bar, through the encrypted cache."""
    paths = photo_paths(folder)
    cache = TemplateCache(home() / "cache", acquirer.encoder.key, acquirer.pack) if cached else None
    try:
        with progress("Looking at the photos") as show:
            return collect(paths, acquirer, cache, lambda done: show(done, len(paths)))
    finally:
        if cache:
            cache.close()


@app.command()
def search(
    probes: Probes,
    folder: Folder,
    top: Annotated[int, typer.Option(help="How many candidates at most.", min=1, max=1000)] = 20,
    look_alikes: Annotated[
        float,
        typer.Option(help="List those at whose likeness fewer strangers than this are expected.", min=0),
    ] = LOOK_ALIKES,
    nearest: Annotated[bool, typer.Option("--nearest", help="List the nearest, however weak.")] = False,
    together: Annotated[bool, typer.Option("--together", help="All PROBE photos show one person.")] = False,
    by_folder: Annotated[bool, typer.Option("--by-folder", help="Photos of one sub-folder show one person.")] = False,
    face: FaceChoice = "only",
    report: Annotated[Path | None, typer.Option(help="Write a page with pictures to this file.")] = None,
    cache: Annotated[bool, typer.Option(help="Keep templates in the encrypted cache.")] = True,
    packs: Packs = None,
    json: Json = False,
) -> None:
    """Search a folder of photos for the people who may be the one sought, in order, each with how strong that is."""
    acquirer, calibration = opened_acquirer(packs)
    with acquirer:
        samples, problems = [], []
        for path in probes:
            try:
                samples.append((path, probe_sample(acquirer, path, choice_of(face))))
            except (PhotoError, FaceError) as problem:
                if together or len(probes) == 1:
                    raise
                problems.append((path, problem))
        if not samples:
            raise problems[0][1]
        try:
            collection = gathered(folder, acquirer, cached=cache)
        except CacheError as problem:
            err.print(f"{problem} Searching without it.", markup=False)
            collection = gathered(folder, acquirer, cached=False)
        searcher = Searcher(collection, acquirer.encoder.dimensions, calibration, by_folder=by_folder)
    groups = [samples] if together else [[each] for each in samples]
    limit = None if nearest else look_alikes
    shown = [
        Shown(
            ", ".join(path.name for path, _ in group),
            tuple(path for path, _ in group),
            searcher.search([sample for _, sample in group], top=top, look_alikes=limit),
        )
        for group in groups
    ]
    if report:
        lead = [f"{searcher.people:,} faces in {collection.photos:,} photos were searched."]
        write_whole(report, render("Who may be this person?", lead, shown))
    if json:
        print_json(
            {
                "pack": acquirer.pack,
                "collection": collection_json(collection, searcher.people),
                "searches": [search_json(each) for each in shown],
                "refused_probes": [{"photo": str(p), "problem": str(e)} for p, e in problems],
            }
        )
    else:
        _say(shown, collection, report)
        for _, refusal in problems:
            err.print(f"✗ {refusal}", markup=False)
    if problems or collection.refused:
        raise typer.Exit(SOME_REFUSED)


def collection_json(collection: Collection, people: int) -> dict[str, Any]:
    """What was searched, and what could not be."""
    return {
        "photos": collection.photos,
        "people": people,
        "faces": len(collection.references),
        "too_poor": len(collection.too_poor),
        "without_face": [str(path) for path in collection.without_face],
        "refused": [
            {"photo": str(path), "error": type(problem).__name__, "problem": str(problem)}
            for path, problem in collection.refused
        ],
        "from_cache": collection.from_cache,
    }


def search_json(shown: Shown) -> dict[str, Any]:
    """One search, for scripts."""
    found: Search = shown.search
    return {
        "probe": [str(path) for path in shown.paths],
        "quality": [sample.quality.overall for sample in found.probe],
        "advice": sorted({words for sample in found.probe for words in sample.quality.advice}),
        "weaker_not_listed": found.weaker,
        "candidates": [candidate_json(candidate) for candidate in found.candidates],
    }


def candidate_json(candidate: Candidate) -> dict[str, Any]:
    """One candidate, for scripts."""
    reference = candidate.reference
    return {
        "rank": candidate.rank,
        "photo": str(reference.path),
        "face": reference.number,
        "box": [round(side, 1) for side in reference.sample.face.box],
        "quality": reference.sample.quality.overall,
        "score": round(candidate.score, 6),
        **evidence_json(candidate.evidence),
    }


def evidence_json(evidence: Any) -> dict[str, Any]:
    """The strength of a likeness, for scripts; nothing where no calibration says."""
    if evidence is None:
        return {
            "log10_lr": None,
            "interval": None,
            "expected_lookalikes": None,
            "words": None,
            "cautions": [],
        }
    return {
        "log10_lr": round(evidence.log10_lr, 4),
        "interval": [round(bound, 4) for bound in evidence.interval],
        "expected_lookalikes": evidence.expected_lookalikes,
        "words": sentence(evidence),
        "cautions": list(evidence.cautions),
    }


def _say(shown: list[Shown], collection: Collection, report: Path | None) -> None:
    """The result in words."""
    for each in shown:
        out.print(f"\nSought: {each.name}", style="bold", markup=False)
        for hint in sorted({words for sample in each.search.probe for words in sample.quality.advice}):
            out.print(f"  {hint}", markup=False)
        if not each.search.candidates:
            out.print("  Nobody in this collection looks enough like this person to be a candidate.")
        for candidate in each.search.candidates:
            reference = candidate.reference
            which = f", face {reference.number} of {reference.faces}" if reference.faces > 1 else ""
            out.print(f"  {candidate.rank}. {reference.path}{which}", markup=False)
            words = "Strength not stated: no calibration." if not candidate.evidence else sentence(candidate.evidence)
            out.print(f"     {words}", markup=False)
            for caution in candidate.evidence.cautions if candidate.evidence else ():
                out.print(f"     Caution: {caution}", markup=False)
        if each.search.weaker:
            out.print(
                f"  {each.search.weaker} weaker likenesses are not listed, as many strangers share them (--nearest)."
            )
    parts = [f"{collection.photos:,} photos", f"{len(collection.references):,} faces"]
    for count, words in (
        (len(collection.without_face), "without a face"),
        (len(collection.too_poor), "too poor to compare"),
        (len(collection.refused), "that could not be used"),
    ):
        if count:
            parts.append(f"{count:,} {words}")
    out.print(f"\nSearched: {', '.join(parts)}.", markup=False)
    for path, problem in collection.refused[:10]:
        err.print(f"  {path}: {problem}", markup=False)
    if len(collection.refused) > 10:
        err.print(f"  … and {len(collection.refused) - 10} more (--json lists all).")
    if report:
        out.print(f"The page: {report}", markup=False)
