"""The parts of docs/evidence.md that the program gives, and docs/waterfall.svg.

PYTHONPATH=src python tests/evidence/worked_example.py --write
"""

import sys
from pathlib import Path

from two_cards import FOUND, NAMES, SOUGHT, found, sought

from kintrace.evidence import Calibration, Evidence, PhotoPair, Posterior, waterfall, weigh, weigh_photos
from kintrace.evidence.births import DAY, SHARES, _people
from kintrace.evidence.dates import When, when
from kintrace.evidence.facts import LABELS
from kintrace.evidence.weights import weights

ROOT = Path(__file__).parents[2]
PAGE, PICTURE = ROOT / "docs" / "evidence.md", ROOT / "docs" / "waterfall.svg"
SEARCHED, PRESENT, TODAY = 20_000, 0.3, 2026
PHOTOS = (PhotoPair(0.46, 88, 70, "2019", "2024-04"), PhotoPair(0.37, 80, 70, "2016", "2024-04"))


def example() -> Evidence:
    """The two cards weighed."""
    calibration = Calibration.load(ROOT / "src/kintrace/faces/packs/sface/calibration-sface.json")
    births = SOUGHT["date_of_birth"]["value"], FOUND["date_of_birth"]
    face = weigh_photos(PHOTOS, calibration, birth=births[0], other_birth=births[1], gallery_size=SEARCHED)
    return weigh(sought(), found(), face=face, names=NAMES, gallery_size=SEARCHED, today=TODAY)


def example_text() -> str:
    """The worked example."""
    evidence = example()
    lines = ["| fact | sought | found | what it says | weight | |", "| --- | --- | --- | --- | --- | --- |"]
    for fact in evidence.facts:
        one, other = fact.compared if fact.name != "face" else ("photos of 2019 and 2016", "a photo of 2024")
        cells = (LABELS[fact.name], one, other, fact.level, f"{fact.log10_lr:+.2f}", fact.outcome.value)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    rest = evidence.without("face")
    lines += [
        f"| **All together** | | | | **{evidence.log10_lr:+.2f}** | |",
        f"| **Without the face** | | | | **{rest.log10_lr:+.2f}** | |",
        "",
        f"Take the birth. {_birth(evidence)}",
        "",
        f"> {evidence.sentence()}",
        "",
        "And what to believe, if somebody asks:",
        "",
        f"> {Posterior(evidence.log10_lr, SEARCHED, PRESENT).sentence()}",
        "",
        "Beside it stands what must be said:",
        "",
        *(f"- {words}" for words in evidence.cautions),
    ]
    return "\n".join(lines)


def _birth(evidence: Evidence) -> str:
    shares = []
    for text in (SOUGHT["date_of_birth"]["value"], FOUND["date_of_birth"]):
        read = when(text)
        assert isinstance(read, When)
        shares.append(_people(read.first, read.last, TODAY))
    stranger = (shares[0] * shares[1]) ** 0.5
    swapped = SHARES["day"]["swapped"]
    year = stranger / DAY
    return (
        f"In one of {1 / swapped:.0f} pairs of cards of one person day and month are swapped: m is {swapped:g}. "
        f"About {100 * year:.2f} in 100 people are born in a year such as this, so u, the share born on that very day, is "
        f"{stranger:.7f}. {swapped:g} / {stranger:.7f} is {swapped / stranger:.0f}; errors that would make such a pair in other "
        f"ways bring it to {10 ** evidence.fact('birth').log10_lr:.0f}, whose logarithm is the weight."
    )


def weights_text() -> str:
    """The table of all weights."""
    lines = ["| weight | value | basis | source or reasoning |", "| --- | --- | --- | --- |"]
    lines += [f"| `{each.name}` | {_value(each.value)} | {each.basis} | {each.source} |" for each in weights().values()]
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    return str(value)


def page() -> str:
    """The page with these parts as the program gives them now."""
    text = PAGE.read_text(encoding="utf-8")
    for name, part in (("example", example_text()), ("weights", weights_text())):
        before, after = f"<!-- {name} -->", f"<!-- /{name} -->"
        start, end = text.index(before) + len(before), text.index(after)
        text = f"{text[:start]}\n\n{part}\n\n{text[end:]}"
    return text


def picture() -> str:
    """The example's drawing."""
    return waterfall(example()) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
        PICTURE.write_text(picture(), encoding="utf-8")
    else:
        print(example_text())
