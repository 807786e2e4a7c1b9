"""What a gallery is to its callers: small enough that another engine fits behind it."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, Protocol

from numpy.typing import ArrayLike

Reduce = Literal["max", "mean"]
"""How the templates of one person become one score: the best of them, or their mean.

`mean` is the inner product with the mean of the person's templates, which is the mean of their scores. Only
templates that the search allows take part.
"""

Progress = Callable[[int, int], None]
"""Called with the number of persons done and the number of persons in all."""


class Neighbour(NamedTuple):
    """One person near a probe."""

    person: int
    id: int
    """The person's template nearest to the probe."""
    score: float
    """The inner product of unit vectors, from -1 to 1: of the nearest template, or the mean of all."""


class Pair(NamedTuple):
    """Two persons of the gallery near each other, with the two templates that are nearest."""

    person: int
    other: int
    id: int
    other_id: int
    score: float


class Gallery(Protocol):
    """Templates by id, and the search over them.

    Ids of templates and persons are 64-bit integers, the keys that databases hand out. (A million `str`
    keys would take more memory than the codes a search reads.) Every operation that raises `GalleryError`
    has changed nothing. Everything may be called from any thread at any time; a template is in no search
    that starts after `remove` has returned.
    """

    @property
    def dimension(self) -> int:
        """Length of every template."""
        ...

    def __len__(self) -> int:
        """How many templates are held."""
        ...

    def __contains__(self, id: object) -> bool:
        """Whether a template with this id is held."""
        ...

    def add(self, ids: ArrayLike, persons: ArrayLike, templates: ArrayLike) -> None:
        """Take in new templates.

        Args:
            ids: n integers, none of them held already.
            persons: n integers, whose template each one is; many templates may be one person's.
            templates: (n, dimension) unit vectors.

        Raises:
            GalleryError: wrong shape, not unit length, not finite, or an id twice. Nothing was added.
        """
        ...

    def replace(self, ids: ArrayLike, persons: ArrayLike, templates: ArrayLike) -> None:
        """Put new templates in the place of old ones with the same ids; the old bytes are overwritten.

        Raises:
            GalleryError: as `add`, or an id is not held. Nothing was replaced.
        """
        ...

    def remove(self, ids: ArrayLike, *, missing_ok: bool = False) -> None:
        """Forget templates: their bytes are overwritten before this returns.

        Raises:
            GalleryError: an id is not held (unless `missing_ok`). Nothing was removed.
        """
        ...

    def search(
        self,
        probes: ArrayLike,
        k: int | None = 20,
        *,
        at_least: float | None = None,
        only: ArrayLike | None = None,
        without: ArrayLike | None = None,
        reduce: Reduce = "max",
    ) -> list[list[Neighbour]]:
        """The k nearest persons to each probe, nearest first; equal scores in the order of the person ids.

        Args:
            probes: (n, dimension) unit vectors.
            k: how many persons at most; None for all that score `at_least`.
            at_least: the lowest score of interest.
            only: ids of the templates that may be scored at all; ids not held are passed over.
            without: ids of templates that must not be scored.
            reduce: how several templates of one person become one score.

        Returns:
            One list for each probe; k persons long unless fewer are allowed or score `at_least`.
        """
        ...

    def pairs(
        self,
        k: int | None = None,
        *,
        at_least: float | None = None,
        only: ArrayLike | None = None,
        without: ArrayLike | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Pair]:
        """Every person against every other: the k nearest of each, or all pairs that score `at_least`.

        A pair's score is that of its two nearest templates. With k, each person comes with its k nearest,
        so a pair may come twice, once from each side; without k each pair comes once, the smaller person id
        first. The pairs of one batch of persons are computed together: what is added meanwhile may or may
        not take part, what is removed takes part in no batch that begins later.
        """
        ...

    def clear(self) -> None:
        """Forget everything, overwriting it."""
        ...
