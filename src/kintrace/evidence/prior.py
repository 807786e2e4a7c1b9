"""From evidence to belief: what was searched, and whether the person is in it at all.

A candidate's prior odds are the chance that the person is in what was searched, spread over everybody in it: p / N against the
rest. Nothing is ever normalised against the list of candidates. And however strong the evidence, N people hold strangers who have
as much: at most N / LR of them are expected, for a likelihood ratio of at least x comes up for strangers at most once in x times
(Good, "Probability and the Weighing of Evidence", 1950).
"""

from dataclasses import dataclass
from math import log10

from kintrace.evidence.words import RAREST, digits

MOST = 6.0
"""No more powers of ten than this are believed of evidence, however strong the sum: the weights are not known well enough."""


@dataclass(frozen=True)
class Posterior:
    """What to believe of one candidate, on two assumptions that are always told with it."""

    log10_lr: float
    searched: int
    """People in what was searched."""
    present: float
    """The chance, assumed before the search, that the person is in it at all; above 0 and below 1."""

    def __post_init__(self) -> None:
        """Refuse what is no assumption.

        Raises:
            ValueError: nobody was searched, or the chance is 0 or 1, or beyond.
        """
        if self.searched < 1 or not 0 < self.present < 1:
            raise ValueError(
                "a search has at least one person, and the chance that the person is there is between 0 and 1"
            )

    @property
    def probability(self) -> float:
        """Of this candidate being the person, 0 to 1. Show :meth:`sentence`, never this number alone."""
        each = self.present / self.searched
        return 1 / (1 + (1 - each) / each * 10 ** -min(max(self.log10_lr, -MOST), MOST))

    @property
    def expected_lookalikes(self) -> float:
        """Strangers expected to have evidence as strong, at most."""
        return look_alikes_at_most(self.log10_lr, self.searched)

    def sentence(self) -> str:
        """The belief in words, with both assumptions and the number of look-alikes."""
        return (
            f"If the chance that this person is among the {self.searched:,} searched was {_chance(self.present)} before, then "
            f"the chance that it is this candidate is now {_chance(self.probability)}, as far as the weights hold. "
            f"{strangers(self.expected_lookalikes, self.searched)}"
        )


def look_alikes_at_most(log10_lr: float, searched: int) -> float:
    """How many strangers among those searched are expected to have evidence at least this strong, at most.

    Beyond a million to one it falls no further. Relatives are no strangers, and have more in common.

    Args:
        log10_lr: of all facts together.
        searched: people.
    """
    return searched * 10 ** -min(max(log10_lr, 0.0), MOST)


def least_evidence(searched: int, look_alikes: float) -> float:
    """The log10 ratio from which on fewer than so many look-alikes are expected among those searched; never below 0.

    Args:
        searched: people; none needs none.
        look_alikes: how many are borne with, above 0; so few that a million to one is not enough need more than is ever believed.

    Raises:
        ValueError: no look-alike at all is borne with: there is no such evidence.
    """
    if look_alikes <= 0:
        raise ValueError("some look-alikes must be borne with: no evidence excludes them all")
    return max(log10(max(searched, 1) / look_alikes), 0.0)


def strangers(expected: float, searched: int) -> str:
    """The sentence on look-alikes."""
    many = f"fewer than {RAREST}" if expected < RAREST else f"at most about {digits(expected)}"
    told = f"Among {searched:,} people, {many} strangers would be expected to have as much in common with this person"
    return f"{told}; relatives may have."


def _chance(probability: float) -> str:
    """A chance in words, as one in so many or so many in so many; never a percentage."""
    for of, below in ((10, 0.95), (100, 0.995), (1000, 0.9995)):
        if 0.25 <= probability < below:
            return f"about {round(probability * of):,} in {of:,}"
    if probability >= 0.25:
        return "more than 999 in 1,000"
    return f"about 1 in {digits(1 / probability)}" if probability >= 1e-6 else "less than 1 in 1,000,000"
