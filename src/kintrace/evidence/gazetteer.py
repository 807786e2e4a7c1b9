"""Where places are: those of 5,000 people and more, under their names in all scripts, and countries.

Made by ``benchmarks/build_gazetteer.py`` from GeoNames (CC BY 4.0). Coordinates are to a hundredth of a degree.
A place that is not in it has no coordinates here, and is compared by its name only.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from math import asin, cos, sin, sqrt

import numpy as np
from numpy.typing import NDArray

BITS = 40
"""Of a name's hash: a name that is not in it is taken for one that is about once in three million."""
EARTH = 6371.0
_SAME_LETTER = str.maketrans("ٱىةگکی", "ايهككي")  # after decomposition; one letter of Arabic, Persian and Urdu each
_ARTICLE = "ال"


def plain(name: str) -> str:
    """A name as it is looked up: compatibility form, folded, marks dropped, letters and digits only."""
    decomposed = unicodedata.normalize("NFKD", name).casefold().translate(_SAME_LETTER)
    return "".join(each for each in decomposed if each.isalnum()).removeprefix(_ARTICLE)


def fingerprint(plain_name: str) -> int:
    """The hash of a name under which it is kept."""
    return int.from_bytes(blake2b(plain_name.encode(errors="replace"), digest_size=8).digest()) >> (64 - BITS)


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Places by number; (m,) arrays, and (n,) names."""

    hashes: NDArray[np.int64]
    places: NDArray[np.int32]
    """Of each name the place's number; from m on, that of a country."""
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    """Radians."""
    people: NDArray[np.float64]
    country: NDArray[np.uint8]
    codes: tuple[str, ...]
    """ISO 3166 codes of the countries."""

    def named(self, name: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The places of this name, largest first, and the countries of this name."""
        found = plain(name)
        if not found:
            return (), ()
        low, high = np.searchsorted(self.hashes, [fingerprint(found), fingerprint(found) + 1])
        numbers = [int(each) for each in self.places[low:high]]
        cities = sorted((each for each in numbers if each < len(self.people)), key=lambda each: -self.people[each])
        return tuple(cities), tuple(self.codes[each - len(self.people)] for each in numbers if each >= len(self.people))

    def country_of(self, place: int) -> str:
        """ISO code of the country a place is in."""
        return self.codes[int(self.country[place])]

    def from_place(self, place: int) -> NDArray[np.float64]:
        """Kilometres from a place to all, (m,), by the great circle (haversine formula)."""
        north, east = self.latitude, self.longitude
        up, along = north - north[place], east - east[place]
        chord = np.sin(up / 2) ** 2 + np.cos(north) * np.cos(north[place]) * np.sin(along / 2) ** 2
        return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.minimum(chord, 1))))

    def between(self, one: int, other: int) -> float:
        """Kilometres between two places."""
        north, south = self.latitude.item(one), self.latitude.item(other)
        along = self.longitude.item(one) - self.longitude.item(other)
        chord = sin((north - south) / 2) ** 2 + cos(north) * cos(south) * sin(along / 2) ** 2
        return 2 * EARTH * asin(sqrt(min(chord, 1.0)))

    @lru_cache(maxsize=4096)  # noqa: B019  there is one gazetteer, and it lives as long as the program
    def people_within(self, place: int, bands: tuple[float, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shares of people by distance from a place.

        Args:
            place: its number.
            bands: kilometres at which a band ends, rising; the last is what is beyond.

        Returns:
            (bands + 1,) each: shares of the people of its own country, and of all other countries.
        """
        far = np.searchsorted(np.array(bands), self.from_place(place), side="right")
        own = self.country == self.country[place]
        shares = []
        for inside in (own, ~own):
            counted = np.bincount(far[inside], weights=self.people[inside], minlength=len(bands) + 1)
            shares.append(counted / max(counted.sum(), 1.0))
        return shares[0], shares[1]

    @lru_cache(maxsize=4096)  # noqa: B019
    def share_of_country(self, place: int) -> float:
        """Share of the people of its country, as far as they are in the gazetteer, that live in a place."""
        own = self.country == self.country[place]
        return float(self.people[place] / max(self.people[own].sum(), 1.0))


@cache
def gazetteer() -> Gazetteer:
    """The one that comes with Kintrace, read when it is first needed."""
    with files(__package__).joinpath("places.npz").open("rb") as file, np.load(file) as kept:
        return Gazetteer(
            hashes=np.cumsum(kept["steps"], dtype=np.int64),
            places=kept["places"],
            latitude=np.radians(kept["latitude"] / 100),
            longitude=np.radians(kept["longitude"] / 100),
            people=kept["people"].astype(np.float64),
            country=kept["country"],
            codes=tuple(str(each) for each in kept["codes"]),
        )
