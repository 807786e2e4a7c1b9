"""Several photos of one person in the gallery: best template, or mean of templates?

    python benchmarks/several_photos.py ../shared/faces/lfw-dev/protocol.csv

Everybody with four photos or more gives three to the gallery and the rest to the searches; the people of whom there is one
photo are split into distractors in the gallery and searches for people who are not there.
"""

import argparse
from pathlib import Path

from kintrace.evaluation import Protocol, evaluate
from kintrace.evaluation.protocol import Row
from kintrace.evaluation.run import acquire_rows
from kintrace.faces import Acquirer, active_packs


def main():
    """Print rank-1 and FNIR for one photo, three by their best, three by their mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("protocol", type=Path)
    options = parser.parse_args()
    photos: dict[str, list[Path]] = {}
    for row in Protocol.read(options.protocol).rows:
        photos.setdefault(row.subject, []).append(row.path)
    gallery, single, mated, nonmated = [], [], [], []
    for number, (subject, paths) in enumerate(sorted(photos.items())):
        paths = sorted(set(paths))
        if len(paths) >= 4:
            gallery += [Row("", path, subject, "gallery") for path in paths[:3]]
            single.append(Row("", paths[0], subject, "gallery"))
            mated += [Row("", path, subject, "probe") for path in paths[3:]]
        elif len(paths) == 1 and number % 2:
            nonmated.append(Row("", paths[0], subject, "nonmated"))
        else:
            held = [Row("", path, subject, "gallery") for path in paths[:1]]
            gallery, single = gallery + held, single + held
    with Acquirer(active_packs("sface")) as acquirer:
        several = acquire_rows(gallery, acquirer)
        for name, rows, reduce in (
            ("one photo", single, "max"),
            ("three, best", gallery, "max"),
            ("three, mean", gallery, "mean"),
        ):
            protocol = Protocol((*rows, *mated, *nonmated))
            run = evaluate(protocol, acquirer, reduction=reduce, gallery=several if rows is gallery else None)
            figures = run.figures
            print(
                f"{name:12} people {figures['gallery']}, mated {figures['mated']}, rank-1 {figures['rank1']:.4f}, "
                f"FNIR at FPIR 0.01 {figures['fnir_at_fpir']['0.01']:.4f}, at 0.1 {figures['fnir_at_fpir']['0.1']:.4f}"
            )


if __name__ == "__main__":
    main()
