"""``kintrace evaluate`` and ``kintrace calibrate``: accuracy on one's own data, and what scores mean."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from kintrace import home
from kintrace.cli.app import Json, Packs, app, out, print_json, progress, write_whole
from kintrace.cli.search import choice_of, opened_acquirer
from kintrace.faces import Acquirer, active_packs

ProtocolFile = Annotated[
    Path, typer.Argument(help="CSV with the columns image, subject, role; group and age if known.")
]
Images = Annotated[Path | None, typer.Option(help="The folder image paths are relative to; by default the file's own.")]
Degrade = Annotated[
    list[str] | None,
    typer.Option(help="Make photos worse first: blur, jpeg:20, downscale:0.25, … May be given several times."),
]


@app.command("evaluate")
def evaluate_(
    protocol: ProtocolFile,
    images: Images = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write a page and the figures to this folder.")] = None,
    degrade: Degrade = None,
    half: Annotated[
        Literal["all", "choose", "report"],
        typer.Option(help="Use all people, or one of two halves: to choose settings on, or to report on."),
    ] = "all",
    reduce: Annotated[
        Literal["max", "mean"], typer.Option(help="How several photos of one person become one score.")
    ] = "max",
    face: Annotated[str, typer.Option(help="Which face is meant where there are several.")] = "central",
    packs: Packs = None,
    json: Json = False,
) -> None:
    """Measure accuracy on a protocol: ISO/IEC 19795-1 figures, and a page with the worst misses and false alarms."""
    from kintrace.evaluation import (
        Protocol,
        evaluate,
        page,
        parse_degradations,
        report,
    )  # loads Matplotlib: half a second

    read = Protocol.read(protocol, images)
    if half != "all":
        read = read.split_by_subject()[half == "report"]
    steps = [parse_degradations(option) for option in degrade or []]
    acquirer, calibration = opened_acquirer(packs)
    choice = choice_of(face)
    with acquirer:
        with progress("Searching for everybody") as show:
            plain = evaluate(read, acquirer, choice=choice, reduction=reduce, calibration=calibration, progress=show)
        worse: list[tuple[str, dict[str, Any]]] = []
        for option, step in zip(degrade or [], steps, strict=True):
            with progress(f"The same, made worse by {option}") as show:
                run = evaluate(
                    read, acquirer, choice=choice, degradations=step, reduction=reduce, gallery=plain.gallery,
                    progress=show,
                )  # fmt: skip
            worse.append((option, run.figures))
    figures = plain.figures | ({"degraded": dict(worse)} if worse else {})
    if to:
        write_whole(to / "evaluation.html", page.render(report(plain, degraded=worse)))
    if json:
        print_json(figures)
    else:
        _say(figures)
    if to:
        import json as json_

        write_whole(to / "figures.json", json_.dumps(figures, indent=2) + "\n")
        if not json:
            out.print(f"The page: {to / 'evaluation.html'}", markup=False)


def _say(figures: dict[str, Any]) -> None:
    failed = figures["failure_to_acquire"]
    out.print(
        f"Packs {figures['pack']}. {figures['gallery']:,} people in the gallery; {figures['mated']:,} searches for"
    )
    out.print(f"somebody in it, {figures['nonmated']:,} for somebody who is not.")
    out.print(f"No usable face: {failed['gallery']} gallery, {failed['probe']} mated, {failed['nonmated']} non-mated.")
    for name, key in (
        ("first", "rank1"),
        ("within the first 20", "rank20"),
        ("within the first 50", "rank50"),
    ):
        if figures[key] is not None:
            out.print(f"Found {name}: {figures[key]:.4f}")
    for fpir, fnir in figures["fnir_at_fpir"].items():
        if fnir is not None:
            out.print(f"FNIR at FPIR {fpir}: {fnir:.4f}")
    for fmr, fnmr in figures["fmr_fnmr"].items():
        if fnmr is not None:
            out.print(f"FNMR at FMR {fmr}: {fnmr:.4f}")
    out.print(f"{figures['seconds_per_image'] * 1000:.1f} ms per image.")
    for option, worse in figures.get("degraded", {}).items():
        out.print(
            f"With {option}: found first {worse['rank1']:.4f}, FNIR at FPIR 0.01 {worse['fnir_at_fpir']['0.01']}, "
            f"no usable face in {worse['failure_to_acquire']['probe']} mated searches."
        )
    for caution in figures["cautions"]:
        out.print(f"Caution: {caution}", markup=False)


class _FacesIfNotSaid(TyperGroup):
    """``kintrace calibrate PROTOCOL`` is ``kintrace calibrate faces PROTOCOL``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``faces`` before what is no sub-command."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["faces", *args]
        return super().parse_args(ctx, args)


calibrate_app = typer.Typer(
    cls=_FacesIfNotSaid,
    no_args_is_help=True,
    help="Fit what evidence means on one's own known people: of faces (also without the word faces), of names.",
)
app.add_typer(calibrate_app, name="calibrate")


@calibrate_app.command("faces")
def calibrate_(
    protocol: ProtocolFile,
    images: Images = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="Where to write it; by default where searches will use it.")
    ] = None,
    degrade: Degrade = None,
    weights: Annotated[
        str | None,
        typer.Option(help="Shares of the packs, such as 0.7,0.3; by default the best of some are chosen."),
    ] = None,
    packs: Packs = None,
    json: Json = False,
) -> None:
    """Fit what scores mean on half of the people, and check it on the other half.

    Photos are used as they are, and once more for each --degrade, so that poor photos are calibrated too.
    """
    from kintrace.evaluation import Protocol, calibrate, parse_degradations

    read = Protocol.read(protocol, images)
    chosen = active_packs(packs)
    given = None
    if weights and len(chosen) > 1:
        given = {pack.name: float(part) for pack, part in zip(chosen, weights.split(","), strict=True)}
    command = " ".join(["kintrace", *(shlex.quote(Path(word).name if "/" in word else word) for word in sys.argv[1:])])
    with Acquirer(chosen, given) as acquirer, progress("Acquiring faces") as show:
        calibration, check = calibrate(
            read, acquirer, [parse_degradations(o) for o in degrade or []], command=command, choose=given is None,
            progress=show,
        )  # fmt: skip
    place = to or home() / "calibrations" / f"calibration-{acquirer.pack}.json"
    write_whole(place, calibration.to_json())
    if json:
        print_json(check | {"file": str(place)})
        return
    for name, value in check.items():
        out.print(f"{name}: {value}", markup=False)
    out.print(f"The calibration: {place}", markup=False)
