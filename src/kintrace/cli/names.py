"""``kintrace names``: how strongly two names suggest one person."""

import csv
import json as json_
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import Json, app, out, print_json, write_whole
from kintrace.cli.evaluate import calibrate_app
from kintrace.cli.records import Data, OfficeCode, database_errors, opened
from kintrace.errors import FormError, KintraceError
from kintrace.evidence.names import NameEvidence, Names, Weights, compare_names
from kintrace.folder import learned_place, learned_weights

if TYPE_CHECKING:
    from kintrace.evidence.names.learning import Lesson

Learned = Annotated[
    Path | None,
    typer.Option(
        "--weights",
        help="Weights of names to use; by default those of “kintrace calibrate names”, or the shipped ones.",
    ),
]


@app.command("names")
def names_(
    one: Annotated[str | None, typer.Argument(help="A person's name, in any script.")] = None,
    other: Annotated[str | None, typer.Argument(help="Another name.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="CSV with the columns a and b: compare each pair; a JSON line for each."),
    ] = None,
    weights: Learned = None,
    json: Json = False,
) -> None:
    """Compare two names in any script: likelihood ratio, which words were joined and why, which were left alone."""
    used = weights_in_use(weights)
    if file is not None:
        if one is not None:
            raise KintraceError("Both names and a file were given.", todo="Give two names, or --file.")
        for mine, yours in read_pairs(file):
            evidence = compare_names(Names.of(mine), Names.of(yours), weights=used)
            sys.stdout.write(json_.dumps({"a": mine, "b": yours, **evidence.as_json()}, ensure_ascii=False) + "\n")
        return
    if one is None or other is None:
        raise KintraceError("Two names are needed.", todo="Put each in quotes: kintrace names "
                            "\"Oleksandr Hulianytskyi\" \"Гуляницький Сашко\".")  # fmt: skip
    evidence = compare_names(Names.of(one), Names.of(other), weights=used)
    if json:
        print_json({"a": one, "b": other, **evidence.as_json()})
    else:
        _say(evidence)


@calibrate_app.command("names")
def calibrate_names(
    pairs: Annotated[
        Path | None,
        typer.Argument(help="CSV with the columns a, b and same (1 for one person, 0 for two): confirmed pairs."),
    ] = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="Learn from what was concluded in this installation, in all offices.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--out", help="Where to write them; by default where comparisons will use them.")
    ] = None,
    data: Data = None,
    office: OfficeCode = None,
    json: Json = False,
) -> None:
    """Learn the weights of names from confirmed pairs, and check them on pairs that were not learned from.

    The pairs are a file's, or with --confirmed those that people concluded on here: names are then read in memory only, and
    shares are written. A fifth of the pairs is kept apart for the check: Cllr in bits, before and after; less is better.
    Where the learned weights do worse there, the shipped ones stay in use, unless --out says where to write them.
    """
    from kintrace.evidence.names import learning

    if confirmed == (pairs is not None):
        raise KintraceError(
            "Give a file of pairs, or --confirmed.", "Nothing was changed.", "See: kintrace calibrate names --help"
        )
    learned = _of_conclusions(data, office) if pairs is None else _of_file(pairs)
    place = to or learned_place()
    written = learned.better or to is not None
    if written:
        write_whole(place, learning.to_toml(learned.tables))
    figures = {**learned.figures(), "file": str(place) if written else None}
    if json:
        print_json(figures)
        return
    for name, value in figures.items():
        out.print(f"{name}: {value}", markup=False)
    if not learned.better:
        out.print("On the pairs kept apart the learned weights do worse than the shipped ones: there may be too few pairs, "
                  "or pairs that are harder than those you search among.", markup=False)  # fmt: skip


def _of_conclusions(data: Path | None, office: str | None) -> "Lesson":
    with database_errors():
        scope = opened(data, office=office, purpose="administration")
        from kintrace.matching.learnednames import learn_names

        return learn_names(scope)


def _of_file(pairs: Path) -> "Lesson":
    from kintrace.evidence.names.learning import Pair, lesson

    told = [(mine, yours, _yes(same, pairs)) for mine, yours, same in read_pairs(pairs, "same")]
    known = [(Pair(Names.of(mine), Names.of(yours), same), f"{mine}|{yours}") for mine, yours, same in told]
    return lesson(known, f"kintrace calibrate names {pairs.name}")


def _yes(told: str, path: Path) -> bool:
    if told.strip().casefold() in ("1", "yes", "true", "same"):
        return True
    if told.strip().casefold() in ("0", "no", "false", "different"):
        return False
    raise FormError(
        f"{path}: “{told}” in the column “same” is neither 1 nor 0.", todo="Write 1 for one person, 0 for two."
    )


def weights_in_use(path: Path | None) -> Weights | None:
    """The weights of names an agency learned, where there are any."""
    return Weights.load(path) if path is not None else learned_weights()


def read_pairs(path: Path, *more: str) -> Iterator[tuple[str, ...]]:
    """The pairs of a CSV file with the columns a, b and ``more``.

    Raises:
        FormError: it cannot be read, or lacks a column.
    """
    wanted = ("a", "b", *more)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines)
            if not set(wanted) <= set(table.fieldnames or ()):
                raise FormError(f"{path} lacks a column.", todo=f"It needs the columns {', '.join(wanted)}.")
            for row in table:
                yield tuple((row[name] or "") for name in wanted)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise FormError(f"{path} cannot be read as CSV ({problem}).", todo="Save it as CSV in UTF-8.") from problem


def _say(evidence: NameEvidence) -> None:
    out.print(evidence.words, markup=False)
    out.print(f"\nLog10 likelihood ratio {evidence.llr:+.2f} ({evidence.state}).", markup=False)
    for joined in evidence.joined:
        out.print(
            f"  {joined.one} – {joined.other}: {joined.place}, {joined.how} ({joined.log10_lr:+.2f} alone)",
            markup=False,
        )
    for mine, yours, place in evidence.differ:
        out.print(f"  {mine} – {yours}: {place}, different", markup=False)
    left = [name for side in evidence.alone for name in side]
    if left:
        out.print(f"  Left alone: {', '.join(left)}", markup=False)
    if evidence.kin:
        out.print("May be a relative: what agrees is what relatives share.", markup=False)
