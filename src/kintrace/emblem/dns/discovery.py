"""Find the emblem of a name by asking a resolver, and nobody else: the asset never learns that somebody looked.

Asked are IHLE and TXT. The IHLE RRset is also read from the Additional section of either answer. What comes truncated is asked
again over TCP and never used in part. Aliases (CNAME) are followed to where the records are; whether the emblem names the alias
is for verification to say.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from kintrace.emblem.dns.records import SEEN, TokenSet, host, plain, token_sets
from kintrace.emblem.dns.resolver import Resolver, Server, system_servers
from kintrace.emblem.items import Item
from kintrace.errors import DiscoveryError, NameUnknown, PartialRRset

TIMEOUT = 10.0
"""Seconds for all questions about one name."""
ALIASES = 8
"""How many aliases are followed."""


@dataclass(frozen=True)
class Discovery:
    """What the DNS says of a name.

    ``owner`` is where the records stand: the name itself, or what it is an alias of. ``sets`` are to be verified each for
    itself. ``addresses`` are those of the name, asked for only where there are tokens of profile A, which may protect addresses.
    ``notes`` say what was not answered or looked odd.
    """

    name: str
    owner: str
    sets: tuple[TokenSet, ...]
    addresses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The tokens and keys of all sets, each once."""
        return tuple(dict.fromkeys(item for each in self.sets for item in each.items))


@dataclass(frozen=True)
class _Answer:
    """The records of one type, where they stand, and the IHLE records in the Additional section."""

    owner: dns.name.Name
    rrset: dns.rrset.RRset | None
    beside: tuple[dns.rrset.RRset, ...]
    tcp: bool


def discover(
    name: str, servers: Sequence[Server] | None = None, timeout: float = TIMEOUT, numbers: Sequence[int] = SEEN
) -> Discovery:
    """The tokens and keys published at a name.

    Args:
        name: of the asset.
        servers: resolvers to ask, in turn; those of this machine by default.
        timeout: seconds for everything.
        numbers: types that count as IHLE; the later ones are asked only where the first has nothing.

    Raises:
        RecordError: it is no name.
        NameUnknown: it does not exist.
        ResolverTimeout: no resolver answered in time.
        ResolverFailure: the resolver answered that it could not.
        PartialRRset: part of the records is missing in what came.
    """
    asked = host(name)
    ask, end = servers or system_servers(), time.monotonic() + timeout
    notes: list[str] = []
    failures: list[DiscoveryError] = []
    answers: dict[int, _Answer] = {}
    for rdtype in (numbers[0], int(dns.rdatatype.TXT), *numbers[1:]):
        if rdtype in numbers[1:] and any(answers[each].rrset for each in numbers if each in answers):
            continue
        try:
            # Half the time for each, since some resolvers say nothing to a type they do not know.
            resolver = Resolver(ask, min(end, time.monotonic() + timeout / 2))
            answers[rdtype] = _ask(resolver, asked, rdtype, numbers)
        except (NameUnknown, PartialRRset):
            raise
        except DiscoveryError as problem:
            failures.append(problem)
            notes.append(
                f"{dns.rdatatype.to_text(dns.rdatatype.RdataType.make(rdtype))} was not answered: {problem.what}"
            )
    if failures and not answers:
        raise failures[0]
    found = {}
    for rdtype, answer in answers.items():
        if answer.rrset is not None:
            found[rdtype] = answer.rrset
    for number in numbers:
        _beside(Resolver(ask, end), asked, number, answers, found, notes)
    if not found and failures:
        raise failures[0]
    owner = plain(next(iter(answers.values())).owner)
    sets = tuple(token_sets(found.values(), where=owner, numbers=numbers))
    addresses: tuple[str, ...] = ()
    if any(item.profile == "A" for each in sets for item in each.items):
        addresses = _addresses(Resolver(ask, end), asked, notes)
    return Discovery(plain(asked), owner, sets, addresses, tuple(notes))


def _addresses(resolver: Resolver, asked: dns.name.Name, notes: list[str]) -> tuple[str, ...]:
    found = []
    for rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
        try:
            answer = _ask(resolver, asked, rdtype, ())
        except DiscoveryError as problem:
            notes.append(f"{dns.rdatatype.to_text(rdtype)} was not answered: {problem.what}")
        else:
            found += [rdata.to_text() for rdata in answer.rrset or ()]
    return tuple(found)


def _ask(resolver: Resolver, name: dns.name.Name, rdtype: int, numbers: Sequence[int], tcp: bool = False) -> _Answer:
    """One type, through aliases."""
    at, seen = name, {name}
    while True:
        message, over_tcp = resolver.ask(at, rdtype, tcp=tcp)
        try:
            chain = message.resolve_chaining()
        except dns.exception.DNSException as problem:
            raise DiscoveryError(f"The aliases of {plain(name)} lead in a circle, or too far.") from problem
        owner = chain.canonical_name
        beside = tuple(
            rrset for rrset in message.additional if rrset.rdtype in numbers and rrset.name in (at, owner) and rrset
        )
        if chain.answer is not None or owner == at:
            return _Answer(owner, chain.answer, beside, over_tcp)
        # The resolver gave the alias and not what it leads to: ask for that.
        if owner in seen or len(seen) > ALIASES:
            raise DiscoveryError(f"The aliases of {plain(name)} lead in a circle, or too far.")
        seen.add(owner)
        at = owner


def _beside(
    resolver: Resolver,
    asked: dns.name.Name,
    number: int,
    answers: dict[int, _Answer],
    found: dict[int, dns.rrset.RRset],
    notes: list[str],
) -> None:
    """Take IHLE from Additional sections where it was not answered, and see that nobody left records out."""
    for rdtype, answer in answers.items():
        for rrset in answer.beside:
            if rrset.rdtype != number:
                continue
            if number not in found:
                found[number] = rrset
                notes.append("IHLE was read from the Additional section only.")
            elif _less(rrset, found[number]) or _less(found[number], rrset):
                # Perhaps it was published anew between the two questions: then a second look agrees.
                again = [_ask(resolver, asked, each, (number,), tcp=True) for each in (rdtype, number)]
                whole = again[1].rrset
                if whole is None or any(_less(each, whole) or _less(whole, each) for each in again[0].beside):
                    raise PartialRRset(
                        f"Part of the emblem's records of {plain(asked)} is missing in one of two answers.",
                        kept="No part of them was used.",
                        todo="Ask another resolver; if it stays so, the name server breaks the rule of whole RRsets.",
                    )
                found[number] = whole


def _less(one: dns.rrset.RRset, other: dns.rrset.RRset) -> bool:
    """Whether the first holds only part of the second."""
    return set(one) < set(other)
