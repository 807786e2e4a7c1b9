"""``kintrace compare``: how strongly two photos suggest one person."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kintrace.cli.app import Json, Packs, app, out, print_json
from kintrace.cli.search import FaceChoice, choice_of, evidence_json, opened_acquirer, probe_sample
from kintrace.errors import CalibrationError
from kintrace.evidence import sentence
from kintrace.faces import score


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(help="A photo.")],
    other: Annotated[Path, typer.Argument(help="Another photo.")],
    gallery_size: Annotated[
        int, typer.Option(min=1, help="State the look-alikes expected in a collection of this many people.")
    ] = 1000,
    face: FaceChoice = "only",
    other_face: Annotated[str | None, typer.Option(help="The same for the other photo, where it differs.")] = None,
    packs: Packs = None,
    json: Json = False,
) -> None:
    """Compare the faces of two photos: likelihood ratio, expected look-alikes, qualities, cautions, a plain sentence."""
    acquirer, calibration = opened_acquirer(packs)
    with acquirer:
        first = probe_sample(acquirer, one, choice_of(face))
        second = probe_sample(acquirer, other, choice_of(other_face or face))
    if calibration is None:
        raise CalibrationError(
            f"There is no calibration for {acquirer.pack}, so the strength of a likeness cannot be stated.",
            todo="Make one with “kintrace calibrate”, or name calibrated packs with --packs.",
        )
    likeness = score(first.template, second.template)
    evidence = calibration.weigh(likeness, first.quality.overall, second.quality.overall, gallery_size=gallery_size)
    qualities: list[dict[str, Any]] = [
        {"photo": str(path), "quality": sample.quality.overall, "advice": list(sample.quality.advice)}
        for path, sample in ((one, first), (other, second))
    ]
    if json:
        print_json(
            {
                "pack": acquirer.pack,
                "score": round(likeness, 6),
                "gallery_size": gallery_size,
                **evidence_json(evidence),
                "photos": qualities,
            }
        )
        return
    out.print(sentence(evidence), markup=False)
    low, high = evidence.interval
    out.print(
        f"\nLog10 likelihood ratio {evidence.log10_lr:+.2f} ({low:+.2f} to {high:+.2f}); score {likeness:.3f} "
        f"({acquirer.pack}).",
        markup=False,
    )
    for each in qualities:
        out.print(f"Quality {each['quality']:.0f} of 100: {each['photo']}", markup=False)
        for words in each["advice"]:
            out.print(f"  {words}", markup=False)
    for caution in evidence.cautions:
        out.print(f"Caution: {caution}", markup=False)
