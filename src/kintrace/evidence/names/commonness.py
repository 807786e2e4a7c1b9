"""How common a name is: from a registry's own names, from the table of known names, or by how much of a sound it has."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from kintrace.evidence.names.keys import keys_of
from kintrace.evidence.names.people import Names
from kintrace.evidence.names.weights import Weights
from kintrace.evidence.names.words import Word

Told = Callable[[str], float | None]
"""From a word as it is compared (case folded) to the share of people who bear it; None where that is not known."""
WORTH = 200.0
"""People that the default counts for beside those of a registry, so that few names do not speak too loudly."""


@dataclass(frozen=True, eq=False)
class Commonness:
    """Share of people who bear a name that sounds like this one."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """People by sound, as :func:`sound_of` gives it."""
    people: int = 0
    told: Told | None = None
    """Somebody else's knowledge, asked first."""

    @classmethod
    def learned(cls, registry: Iterable[Names]) -> "Commonness":
        """From the names of a registry: each person counts once for each sound."""
        counts: Counter[str] = Counter()
        people = 0
        for names in registry:
            people += 1
            counts.update(
                {sound_of(word) for version in names.versions for part in version.parts for word in part.words[:1]}
            )
        return cls(dict(counts), people)

    def share(self, word: Word, weights: Weights) -> float:
        """The share of people who bear this name, between 0 and 1."""
        if self.told is not None:
            told = self.told(word.text)
            if told is not None and told > 0:
                return min(float(told), 1.0)
        default = default_share(word, weights)
        if not self.people:
            return default
        return (self.counts.get(sound_of(word), 0) + WORTH * default) / (self.people + WORTH)


Counted = Callable[[Sequence[str]], int | None]
"""From look-up keys of one word to how many people of a registry have the commonest of them; None where they are few."""
FEW = 16
"""Fewer people than this are not counted: nobody can be found in how common a name is."""


@dataclass(frozen=True, eq=False)
class KeyedCommonness(Commonness):
    """The same from a registry that is sealed: only how many people have a look-up key is known, and that coarsely.

    What fewer than :data:`FEW` people bear is as rare as by default, or as that many among so many people are: rarer it may be,
    but to say so would tell that somebody of that name is there, or that nobody is.
    """

    counted: Counted | None = None
    _shares: dict[Word, float] = field(default_factory=dict)

    def share(self, word: Word, weights: Weights) -> float:
        """The share of people who bear this name, between 0 and 1; each is counted once."""
        if word not in self._shares:
            self._shares[word] = self._share(word, default_share(word, weights))
        return self._shares[word]

    def _share(self, word: Word, default: float) -> float:
        if self.counted is None or not self.people:
            return default
        among = self.people + WORTH
        count = self.counted(_keys(word))
        if count is None:
            return min(default, (FEW + WORTH * default) / among)
        return min(1.0, (count + WORTH * default) / among)


def coarse(count: int) -> int | None:
    """A count as the nearest power of two, so that one more or one fewer hardly ever shows; None where it is few."""
    return None if count < FEW else 2 ** round(log2(count))


def _keys(word: Word) -> list[str]:
    """The keys that people of this name have: of the known names it may be, or of its likeliest sound."""
    return sorted(each.name for each in word.known) or keys_of(word)[:1]


def default_share(word: Word, weights: Weights) -> float:
    """Without a registry: by the table of known names, or by how much of a sound the word has."""
    if word.known:
        return max(each.share for each in word.known)
    first, second = weights.by_size
    least, most = weights.limits
    return float(min(most, max(least, 10 ** (first + second * word.size))))


def sound_of(word: Word) -> str:
    """What stands for the names that sound like this one: the known name, or the consonants by coarse class."""
    if word.known:
        return min(each.name for each in word.known)
    return word.forms[0].skeletons[0] + ("." if word.size < 3 else "") + (word.plain[:2] if word.size < 3 else "")
