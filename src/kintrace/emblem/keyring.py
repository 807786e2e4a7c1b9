"""The public keys of one check, by the identifiers that are computed from them and never by those they claim."""

from collections.abc import Iterable, Sequence

from kintrace.emblem.items import Item, Profile
from kintrace.emblem.keys import Kid, PublicKey
from kintrace.emblem.profiles import read_key
from kintrace.errors import NotReadable


class Keyring:
    """Keys by profile and identifier: a key that came in one profile serves only tokens of that profile."""

    def __init__(self, items: Iterable[Item], trusted: Sequence[PublicKey] = ()) -> None:
        self.trusted = frozenset(trusted)
        self._keys: dict[tuple[Profile, Kid], PublicKey] = {}
        self._other: dict[tuple[Profile, Kid], Kid] = {}
        remarks = []
        for item in items:
            if item.kind == "key":
                try:
                    self._add(item.profile, read_key(item))
                except NotReadable as problem:
                    remarks.append(f"A key was dropped ({item.source}): {problem.what}")
        for key in self.trusted:
            self._add("A", key)
            self._add("B", key)
        self.remarks = tuple(remarks)

    def key(self, profile: Profile, kid: Kid, inside: PublicKey | None = None) -> PublicKey | None:
        """The key with this identifier; one that came inside the token serves that token alone."""
        return inside or self._keys.get((profile, kid))

    def canonical(self, profile: Profile, kid: Kid, inside: PublicKey | None = None) -> Kid:
        """The identifier as the profile computes it, where a prototype's way was used: without leading zero bytes."""
        if inside is not None:
            return inside.kid(profile)
        return self._other.get((profile, kid), kid)

    def _add(self, profile: Profile, key: PublicKey) -> None:
        self._keys[profile, key.kid(profile)] = key
        other = key.other_kid(profile)
        if other is not None:
            self._other[profile, other] = key.kid(profile)
