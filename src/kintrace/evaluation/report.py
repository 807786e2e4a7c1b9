"""What an evaluation page is made of: the figures, and the pictures beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kintrace.evaluation.charts import LookAlikes, Reliability
from kintrace.evaluation.metrics import Searches

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Picture:
    """A photo to show, and what is known of it."""

    name: str
    """File or person, as the protocol names it."""
    pixels: Pixels | None = None
    """(height, width, 3) uint8, a crop around the face for preference; None where it may not be shown."""
    quality: float | None = None
    """0…100."""
    score: float | None = None
    """Of the comparison with the photo searched for; None for that photo itself."""


@dataclass(frozen=True, eq=False)
class Case:
    """One miss or one false alarm, to be seen."""

    probe: Picture
    own: Picture | None = None
    """The same person's photo in the gallery (misses only)."""
    first: Picture | None = None
    """The best candidate who is somebody else."""
    rank: int | None = None
    """Place of the person in the list (misses only)."""


@dataclass(frozen=True, eq=False)
class Report:
    """What the page shows. Only ``figures`` and ``searches`` are needed; what is missing is left out."""

    figures: Mapping[str, Any]
    """As `kintrace.evaluation.figures.figures` returns them."""
    searches: Searches
    title: str = "How accurate is the face search on these photos?"
    quality: ArrayLike | None = None
    """(m,) of each mated pair, the lower of its two photos; NaN where there was no face."""
    misses: Sequence[Case] = ()
    alarms: Sequence[Case] = ()
    reliability: Reliability | None = None
    look_alikes: LookAlikes | None = None
    degraded: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """Option, such as "blur:3", and the figures with the photos searched for made worse by it."""
    notes: Sequence[str] = ()
    """Further cautions, the protocol's for instance; and what was done to the photos."""
    lang: str = "en"
    right_to_left: bool = False
