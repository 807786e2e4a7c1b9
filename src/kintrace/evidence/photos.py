"""All photos of one person against all of another: one fact, however many photos there are.

Comparisons of the same two people are not independent, so their ratios are not added. The ratio stated is the mean of their
log10 ratios, each by how much its photos can tell; where there are three or more, a single odd photo then decides nothing. It is
never stronger than the strongest, and no strength is claimed for the number of photos. On 112 people with 413 photos, which the
calibration was not fitted to, it cost 0.014 bits (Cllr); the first photo of each 0.023, mean templates 0.024, the best pair
0.048: ``python benchmarks/photos_together.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kintrace.evidence.ageing import aged, lost
from kintrace.evidence.calibration import Calibration
from kintrace.evidence.cautions import MANY_YEARS
from kintrace.evidence.dates import When, age_at, when, years_between
from kintrace.evidence.face import FaceEvidence

CHILD = 13
"""Years of age below which a face is said to be a child's."""
TELLS = {"poor": 0.5, "fair": 0.8}
"""How much a comparison in a band counts in the mean, against 1 in others: an estimate."""
CHILD_SAID = (
    "One of the photos shows a child under 13: children's faces change fast, and Kintrace was not measured on them."
)
YEARS_SAID = "More than ten years may lie between the photos: the strength is an estimate, and wider than it would be."
GROWN_SAID = "The face has had years to change between the photos; the strength is estimated, not measured."
UNDATED_SAID = (
    "It is not known when the photos were taken: if this was a child then, the likeness says less than is stated."
)


@dataclass(frozen=True)
class PhotoPair:
    """A photo of the one person compared with a photo of the other."""

    score: float
    quality: float
    """Overall quality of the one face, 0 to 100."""
    other_quality: float
    taken: str = ""
    """When the one was taken, as the records write dates; "" where it is not known."""
    other_taken: str = ""


def weigh_photos(
    pairs: Sequence[PhotoPair],
    calibration: Calibration,
    *,
    birth: str = "",
    other_birth: str = "",
    gallery_size: int | None = None,
) -> FaceEvidence:
    """What all photos of two people are worth together.

    Args:
        pairs: every photo of the one against every photo of the other.
        calibration: of the packs that made the scores.
        birth: of the one person, as the records write it; "" where it is not known.
        other_birth: of the other.
        gallery_size: people in the collection searched.

    Raises:
        ValueError: there is no pair, or a score is no number.
    """
    if not pairs:
        raise ValueError("there are no photos to compare")
    births = [read for text in (birth, other_birth) if text and (read := when(text))]
    told = [_weighed(pair, calibration, births, gallery_size) for pair in pairs]
    best = max(told, key=lambda each: each.score)
    if len(told) == 1:
        return best
    shares = [TELLS.get(each.band, 1.0) for each in told]

    def mean(values: Sequence[float]) -> float:
        return sum(share * value for share, value in zip(shares, values, strict=True)) / sum(shares)

    value = mean([each.log10_lr for each in told])
    expected = [each.expected_lookalikes for each in told if each.expected_lookalikes is not None]
    return replace(
        best,
        score=mean([each.score for each in told]),
        log10_lr=value,
        interval=(
            min(mean([each.interval[0] for each in told]), value),
            max(mean([each.interval[1] for each in told]), value),
        ),
        bounded=all(each.bounded for each in told),
        bounds=(min(each.bounds[0] for each in told), max(each.bounds[1] for each in told)),
        # The geometric mean, as of the ratios: the rate of look-alikes falls about exponentially with the score.
        expected_lookalikes=_geometric(expected, shares) if len(expected) == len(told) else None,
        fewer_lookalikes=all(each.fewer_lookalikes for each in told),
        cautions=tuple(dict.fromkeys(words for each in told for words in each.cautions)),
    )


def _geometric(values: Sequence[float], shares: Sequence[float]) -> float:
    from math import exp, log

    return exp(sum(s * log(max(v, 1e-30)) for s, v in zip(shares, values, strict=True)) / sum(shares))


def _weighed(
    pair: PhotoPair, calibration: Calibration, births: Sequence[When], gallery_size: int | None
) -> FaceEvidence:
    taken, again = (when(text) if text else None for text in (pair.taken, pair.other_taken))
    gap = sum(years_between(taken, again)) / 2 if taken and again else None
    told = calibration.weigh(pair.score, pair.quality, pair.other_quality, gallery_size=gallery_size, age_gap=gap)
    band = calibration.band(min(pair.quality, pair.other_quality), gap)
    cautions = list(told.cautions)
    ages = _ages(births, taken, again)
    if any(age < CHILD for age in ages):
        cautions.append(CHILD_SAID)
    if gap is not None and taken and again and years_between(taken, again)[1] > MANY_YEARS:
        cautions.append(YEARS_SAID)
    if taken is None or again is None:
        cautions.append(UNDATED_SAID)
    share = _lost(ages, gap)
    if not share or band.age_gap is not None:
        return replace(told, cautions=tuple(dict.fromkeys(cautions)))
    after = aged(band, pair.score, told.log10_lr, told.interval, share)
    if abs(after.log10_lr - told.log10_lr) > 0.05 and YEARS_SAID not in cautions:
        cautions.append(GROWN_SAID)
    return replace(
        told,
        log10_lr=after.log10_lr,
        interval=(after.low, after.high),
        bounded=told.bounded and after.log10_lr == told.log10_lr,
        cautions=tuple(dict.fromkeys(cautions)),
    )


def _ages(births: Sequence[When], *photos: When | None) -> list[float]:
    """Ages at the photos whose dates are known: the middle of what may be, by the least certain to be grown up."""
    return [min(sum(age_at(birth, photo)) / 2 for birth in births) for photo in photos if photo and births]


def _lost(ages: Sequence[float], gap: float | None) -> float:
    """Share lost: by both ages, or where they are not known, as of a grown-up over the years between."""
    if len(ages) == 2:
        return lost(min(ages), max(ages))
    return lost(30.0, 30.0 + gap) if gap else 0.0
