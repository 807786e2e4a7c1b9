"""What a likeness of two faces is worth."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class FaceEvidence:
    """One comparison score, weighed. Where packs have no calibration there is none: the order stands, not its strength."""

    pack: str
    score: float
    log10_lr: float
    """Log10 of the likelihood ratio: how much more likely this score is for one person than for two."""
    interval: tuple[float, float]
    """95 % bootstrap interval of ``log10_lr``, drawn by person."""
    bounded: bool
    """The ratio was held at the most that the data of the calibration can support."""
    band: str
    """The quality band it was weighed in: "poor", "fair" or "good"."""
    gallery_size: int | None
    expected_lookalikes: float | None
    """Strangers expected to score at least this much in a gallery of ``gallery_size`` people; None without a size."""
    cautions: tuple[str, ...] = ()
    bounds: tuple[float, float] = (-inf, inf)
    """Least and greatest log10 ratio that the calibration supports for this band."""
    fewer_lookalikes: bool = False
    """``expected_lookalikes`` is the least that the number of comparisons supports: there may be fewer."""
