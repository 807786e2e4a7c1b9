"""Which tokens and keys belong together in public: an emblem, the endorsements above it, those of others, and all their keys."""

from dataclasses import dataclass, replace
from datetime import datetime

from kintrace.emblem.assets import host_name
from kintrace.emblem.items import Item
from kintrace.emblem.keys import text_of
from kintrace.emblem.profiles import key_item, read_token
from kintrace.emblem.state import Issued, Received, Records, State
from kintrace.emblem.verdict import earliest
from kintrace.errors import EmblemError, NotReadable


@dataclass(frozen=True)
class Sign:
    """Everything to publish for one emblem, at each of its names."""

    emblem: Issued
    assets: tuple[str, ...]
    items: tuple[Item, ...]
    """Tokens first, then keys; nothing twice."""
    valid_until: datetime | None
    """When the first of its tokens ends."""

    @property
    def test(self) -> bool:
        """Whether it is only for trying out."""
        return self.emblem.test

    @property
    def names(self) -> tuple[str, ...]:
        """Names among its assets, in lower case and without trailing dot; wildcards and addresses are left out."""
        found = []
        for one in self.assets:
            try:
                found.append(host_name(one))
            except NotReadable:
                continue
        return tuple(found)


def signs(state: State, at: datetime) -> list[Sign]:
    """Everything to publish at a time.

    Args:
        state: ours.
        at: aware.

    Raises:
        EmblemError: the state or a key cannot be read.
    """
    records = state.read()
    return [_sign(state, records, one, at) for one in records.issued if one.token.kind == "emblem" and one.current(at)]


def withdraw(state: State, name: str | None, at: datetime) -> list[Sign]:
    """Withdraw the emblem of a name, or every emblem. What was withdrawn, with all that is to be removed from public.

    An emblem for several names is withdrawn for all of them: it is one signature.

    Raises:
        EmblemError: there is none to withdraw.
    """
    with state.changing() as records:
        gone = [
            _sign(state, records, one, at)
            for one in records.issued
            if one.token.kind == "emblem" and one.current(at) and (name is None or _has(one, name))
        ]
        if not gone:
            raise EmblemError(
                f"There is no emblem {'for ' + name if name else ''} to withdraw.".replace("  ", " "),
                "Nothing was changed.",
            )
        ids = {one.emblem.id for one in gone}
        records.issued = [replace(one, withdrawn=at.isoformat()) if one.id in ids else one for one in records.issued]
    return gone


def withdrawn(state: State) -> list[Issued]:
    """Emblems that were withdrawn, whose signatures may still be about."""
    return [one for one in state.read().issued if one.withdrawn]


def _has(one: Issued, name: str) -> bool:
    wanted = name.rstrip(".").lower()
    return wanted in [asset.rstrip(".").lower() for asset in one.token.assets]


def _sign(state: State, records: Records, emblem: Issued, at: datetime) -> Sign:
    """Go up from the emblem: our own endorsements of its key, of that key's key, and so on; then those of others."""
    own = [one for one in records.issued if one.endorsed and one.profile == emblem.profile and one.current(at)]
    chain, keys, here = [emblem], [emblem.key], emblem
    while above := [one for one in own if one.endorsed == here.key and one.token.subject == here.token.issuer]:
        here = above[-1]
        if here.key in keys:
            break
        chain.append(here)
        keys.append(here.key)
    root = state.keys.public(here.key).kid(emblem.profile)
    others = [
        one
        for one in records.received
        if one.token.profile == emblem.profile and _endorses(one, root, here.token.issuer, at)
    ]
    items = [one.item for one in chain] + [one.token for one in others]
    for name in keys:
        items.append(key_item(state.keys.public(name), emblem.profile, f"key {name}"))
    items += [one.key for one in others if one.key is not None]
    until = [one.token.valid_until for one in chain] + [read_token(one.token).valid_until for one in others]
    return Sign(emblem, emblem.token.assets, tuple(dict.fromkeys(items)), earliest(until))


def _endorses(one: Received, root: bytes, issuer: str | None, at: datetime) -> bool:
    token = read_token(one.token)
    return token.key == root and token.subject == issuer and at.timestamp() < token.valid_until


def name_of_key(state: State, kid: bytes) -> str:
    """What we call a key of ours; its identifier where it is none of ours."""
    for name in state.keys.names():
        public = state.keys.public(name)
        if kid in (public.kid("A"), public.kid("B")):
            return name
    return text_of(kid)
