"""The digital emblem of this server, for its about page: what was issued, and what is seen of it from outside.

Nothing is asked unless somebody who manages the server says so, and only the resolver that the installation names: the last
answer to each name is kept in memory until the server ends, without who asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.conf import settings
from django.core.cache import cache

from kintrace.emblem import dns
from kintrace.emblem.dns.resolver import Server
from kintrace.emblem.publishing import Sign, signs
from kintrace.emblem.state import Issued, State
from kintrace.emblem.verdict import Level, moment
from kintrace.errors import DiscoveryError, KintraceError, NameUnknown, NotPossible

PATIENCE = 6.0
"""Seconds for the resolver: somebody waits for the page."""


@dataclass(frozen=True)
class Seen:
    """What the project's own checker found at a name."""

    at: datetime
    word: Literal["ours", "others", "invalid", "nothing", "unknown"]
    """It leads to a key of ours; it holds, but leads to no key of ours; it is not valid; no emblem; nobody could say."""
    level: str = ""
    until: datetime | None = None
    problem: str = ""
    """Why it is not valid, or why nothing could be found out."""
    not_checked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Borne:
    """An emblem of ours: at which names, until when, and how it stands."""

    state: Literal["current", "ended", "withdrawn"]
    places: tuple[tuple[str, Seen | None], ...]
    """Its names, each with what was last seen there."""
    until: datetime | None
    test: bool
    withdrawn: datetime | None = None

    @property
    def up(self) -> bool:
        """Whether it was seen from outside at all its names, led to a key of ours, and what was seen has not ended since."""
        now = datetime.now(UTC)
        return self.state == "current" and all(
            seen is not None and seen.word == "ours" and (seen.until is None or now < seen.until)
            for _, seen in self.places
        )

    @property
    def down(self) -> bool:
        """Whether somebody looked from outside, and it did not stand at one of its names as it should."""
        return self.state == "current" and any(
            seen is not None and seen.word in ("others", "invalid", "nothing") for _, seen in self.places
        )


def emblems() -> list[Borne]:
    """The emblems that were issued here and not replaced; of those withdrawn, the ones whose signatures still hold.

    Raises:
        EmblemError: the folder cannot be read: then nothing is known, which is not the same as none.
    """
    if not settings.EMBLEM_FOLDER.is_dir():
        return []
    now = datetime.now(UTC)
    state = State(settings.EMBLEM_FOLDER)
    found: list[Borne] = []
    for each in signs(state, now):
        one = _borne("current", each)
        # One name may bear both profiles: to who looks it is one emblem.
        same = next((other for other in found if other.places == one.places and other.test == one.test), None)
        if same is None:
            found.append(one)
        elif same.until and one.until and one.until < same.until:
            found[found.index(same)] = one
    borne = {name for each in found for name, _ in each.places}
    for token in reversed(state.read().issued):
        if token.token.kind != "emblem" or token.replaced_by or token.current(now):
            continue
        sign = Sign(token, token.token.assets, (), moment(token.token.valid_until))
        holds = now.timestamp() < token.token.valid_until
        if (token.withdrawn and not holds) or borne.issuperset(sign.names):
            continue
        borne.update(sign.names)
        found.append(_borne("withdrawn" if token.withdrawn else "ended", sign))
    return found


def look(name: str) -> Seen:
    """What the project's own checker finds at a name of ours, asking the installation's resolver as anybody would; it is kept.

    Raises:
        NotPossible: the name is none of ours, or no resolver is set: nothing goes to the network unasked.
        RecordError: the resolver of the settings is no address.
    """
    if name not in {known for each in emblems() for known, _ in each.places}:
        raise NotPossible("No emblem is published for this name.", "Nothing was asked.")
    if not settings.EMBLEM_RESOLVER:
        raise NotPossible(
            "No resolver is set.", "Nothing was asked.", "An administrator sets KINTRACE_EMBLEM_RESOLVER."
        )
    servers = None if settings.EMBLEM_RESOLVER == "system" else [dns.server(settings.EMBLEM_RESOLVER)]
    seen = _seen(name, servers)
    cache.set(_key(name), seen, timeout=None)
    return seen


def _seen(name: str, servers: list[Server] | None) -> Seen:
    keys = State(settings.EMBLEM_FOLDER).keys
    own = [keys.public(each) for each in keys.names()]
    now = datetime.now(UTC)
    try:
        found = dns.check(name, at=now, servers=servers, trusted_keys=own, offline=True, timeout=PATIENCE)
    except NameUnknown:
        return Seen(now, "nothing")
    except DiscoveryError as problem:
        return Seen(now, "unknown", problem=problem.what)
    except KintraceError as problem:
        return Seen(now, "invalid", problem=problem.what)
    best = found.verdict
    if not best.tokens:
        return Seen(now, "nothing")
    if best.level is Level.INVALID:
        return Seen(now, "invalid", str(best.level), problem=best.why)
    word: Literal["ours", "others"] = "ours" if best.trusted else "others"
    return Seen(now, word, str(best.level), best.valid_until, not_checked=best.not_checked)


def _borne(word: Literal["current", "ended", "withdrawn"], sign: Sign) -> Borne:
    places = tuple((name, cache.get(_key(name))) for name in sign.names)
    return Borne(word, places, sign.valid_until, sign.test, _when(sign.emblem))


def _when(one: Issued) -> datetime | None:
    return datetime.fromisoformat(one.withdrawn) if one.withdrawn else None


def _key(name: str) -> str:
    return f"emblem-seen-{name}"
