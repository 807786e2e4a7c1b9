"""Two records weighed: the one entry that makes the list of facts."""

from datetime import date
from typing import Protocol

from kintrace.evidence import births, family, height, identifiers, marks, naming, places, sex
from kintrace.evidence.facts import Evidence, Fact, blank
from kintrace.evidence.person import Person
from kintrace.evidence.words import support

FACTS = ("face", "names", "birth", "sex", "places", "family", "number", "marks", "height")
"""Names of the facts, in their order."""


class FaceLike(Protocol):
    """What a comparison of faces gives; :class:`~kintrace.evidence.FaceEvidence` does."""

    @property
    def log10_lr(self) -> float:
        """Log10 of the likelihood ratio."""

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""

    @property
    def cautions(self) -> tuple[str, ...]:
        """What must be said beside it."""


def weigh(
    one: Person,
    other: Person,
    *,
    face: FaceLike | None = None,
    names: naming.Comparison | None = None,
    gallery_size: int | None = None,
    today: int | None = None,
) -> Evidence:
    """Weigh everything that two records say against each other.

    It is the same whichever record comes first, as far as ``face`` and ``names`` are.

    Args:
        one: person of one record.
        other: of the other.
        face: of all photos of both, as :func:`~kintrace.evidence.weigh_photos` gives it; None where none were compared.
        names: compares names, of people and of relatives: :class:`~kintrace.evidence.RecordNames`; None where they are not
            to be compared.
        gallery_size: people in what was searched, for the number of strangers with as much in common.
        today: year in which the comparison is made; this year by default. Births are spread over the years before it.

    Returns:
        Every fact of :data:`FACTS`, once and in their order.
    """
    year = today or date.today().year
    named = naming.compare(one, other, names)
    facts = (
        _face(face),
        named,
        births.compare(one, other, year),
        sex.compare(one, other, told_by_name=naming.told_sex(named)),
        places.compare(one, other),
        family.compare(one, other, names, naming.told_relatives(named)),
        identifiers.compare(one, other),
        marks.compare(one, other),
        height.compare(one, other, year),
    )
    return Evidence(facts, searched=gallery_size)


def _face(face: FaceLike | None) -> Fact:
    if face is None:
        return blank("face", "No faces were compared.")
    words = support(face.log10_lr)
    alike = "alike" if face.log10_lr > 0 else "unlike"
    level = "neither alike nor unlike" if words == "no" else f"{alike}, {words}"
    why = "By the scores of all photos of both, in their calibration."
    return Fact("face", level, float(face.log10_lr), why, interval=face.interval, cautions=tuple(face.cautions))
