"""Tokens and keys as DNS records: IHLE for profile B, TXT for profile A.

IHLE (draft-linker-diem-adem-dns-02 §3): the RDATA is one CBOR item, a token or a COSE_Key. The type has no number yet, so
dnspython's class for unknown types (RFC 3597) carries it. TXT (the same draft, -01 §3): ``adem-token=`` and a JWS, or
``adem-key=`` and a JWK, cut into strings of at most 255 bytes; an identifier after a hyphen tells apart several sets of
tokens at one name.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT

from kintrace.emblem.assets import is_address
from kintrace.emblem.items import Item
from kintrace.errors import RecordError

IHLE = 65297
"""The type number we publish under until IANA assigns one; 0xFF11, for private use."""
SEEN = (IHLE, 65400)
"""The type numbers that prototypes use."""
TTL = 300
"""Seconds a resolver may keep a record: short, so that a withdrawn emblem is soon gone."""
LARGEST = 60_000
"""Bytes of one name's records, at most: a DNS message holds 65,535."""

ENTRY = re.compile(rb"adem-(token|key)(?:-([!-,.-~]+?))?=(.*)", re.DOTALL)
CBOR_TAG, CBOR_MAP = 6, 5


@dataclass(frozen=True)
class TokenSet:
    """The tokens and keys that are to be verified together: one emblem and what endorses it.

    ``label`` says where they stood: ``IHLE``, ``TXT``, or ``TXT id`` where they had an identifier.
    """

    label: str
    items: tuple[Item, ...]


def host(name: str) -> dns.name.Name:
    """A name as the DNS writes it; international names become their ASCII form.

    Raises:
        RecordError: it is no host name.
    """
    if is_address(name.strip()):
        raise RecordError(
            f"{name.strip()} is an address, and an emblem is found by a name.",
            todo="Give the server's name, such as records.example.org.",
        )
    try:
        found = dns.name.from_text(name.strip())
    except (dns.exception.DNSException, UnicodeError, ValueError) as problem:
        raise RecordError(f"{name!r} is not a domain name.", todo="Give one such as records.example.org.") from problem
    if found == dns.name.root or found.is_wild():
        raise RecordError(f"{name!r} cannot bear an emblem.", todo="Give one full name, without a wildcard.")
    return found


def plain(name: dns.name.Name) -> str:
    """A name in lower case, without the trailing dot."""
    return name.canonicalize().to_text(omit_final_dot=True)


def numbers(first: int = IHLE) -> tuple[int, ...]:
    """The types to look for: one's own, and those that prototypes use."""
    return tuple(dict.fromkeys((first, *SEEN)))


def addresses_of(name: dns.name.Name, addresses: Iterable[str], ttl: int = TTL) -> list[dns.rrset.RRset]:
    """A and AAAA records.

    Raises:
        RecordError: a text is no address.
    """
    found: dict[str, list[str]] = {}
    for text in addresses:
        try:
            rdtype = "A" if ip_address(text).version == 4 else "AAAA"
        except ValueError as problem:
            raise RecordError(f"{text!r} is no address.", kept="Nothing was published.") from problem
        found.setdefault(rdtype, []).append(text)
    return [dns.rrset.from_text(name, ttl, "IN", rdtype, *texts) for rdtype, texts in found.items()]


def records(
    name: dns.name.Name, items: Iterable[Item], *, identifier: str = "", ttl: int = TTL, number: int = IHLE
) -> list[dns.rrset.RRset]:
    """The RRsets that carry items at a name: IHLE for profile B, TXT for profile A; none that would be empty.

    Args:
        name: who bears the emblem.
        items: tokens and keys.
        identifier: of the set, for TXT; printable ASCII without a hyphen or an equals sign.
        ttl: seconds.
        number: of the type IHLE.

    Raises:
        RecordError: an item does not fit a record, or all together do not fit a DNS message.
    """
    if identifier and not re.fullmatch(r"[!-,.-<>-~]+", identifier):
        raise RecordError(
            f"{identifier!r} cannot tell a set of tokens apart.", todo="Use letters and digits, without a hyphen."
        )
    ihle = dns.rrset.RRset(name, dns.rdataclass.IN, dns.rdatatype.RdataType.make(number))
    txt = dns.rrset.RRset(name, dns.rdataclass.IN, dns.rdatatype.TXT)
    for item in items:
        if item.profile == "B":
            if kind_of(item.data) != item.kind:
                raise RecordError(f"{item.source} is not a {item.kind} of profile B.", kept="Nothing was published.")
            ihle.add(dns.rdata.GenericRdata(dns.rdataclass.IN, ihle.rdtype, item.data), ttl)
        else:
            key = f"adem-{item.kind}{'-' + identifier if identifier else ''}="
            entry = key.encode() + item.data.strip()
            strings = [entry[at : at + 255] for at in range(0, len(entry), 255)]
            txt.add(TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings), ttl)
    found = [rrset for rrset in (ihle, txt) if rrset]
    size = sum(len(rdata.to_wire() or b"") + 12 for rrset in found for rdata in rrset)
    if size > LARGEST:
        raise RecordError(
            f"The records of {plain(name)} would fill {size} bytes; an answer holds {LARGEST}.",
            kept="Nothing was published.",
            todo="Publish fewer endorsements at this name.",
        )
    return found


def kind_of(data: bytes) -> Literal["token", "key"] | None:
    """What the RDATA of an IHLE record holds, by its first byte: a tagged CBOR item is a token, a map is a key.

    Whether it is one whole CBOR item, and a good one, is for verification to say.
    """
    major = data[0] >> 5 if data else -1
    return "token" if major == CBOR_TAG else "key" if major == CBOR_MAP else None


def token_sets(rrsets: Iterable[dns.rrset.RRset], *, where: str, numbers: Sequence[int] = SEEN) -> list[TokenSet]:
    """The sets of tokens that records carry; records that have nothing to do with emblems are passed over.

    A key of any TXT record joins every TXT set: what a key is for is told by its thumbprint alone.

    Args:
        rrsets: all of one name.
        where: for ``Item.source``, such as the resolver that answered.
        numbers: the types that count as IHLE.
    """
    ihle: list[Item] = []
    tokens: dict[str, list[Item]] = {}
    keys: list[Item] = []
    for rrset in rrsets:
        for rdata in rrset:
            if rrset.rdtype in numbers:
                data = rdata.to_generic().data
                # What is neither is handed on as a token, so that verification says why it was dropped.
                ihle.append(Item("B", kind_of(data) or "token", data, f"IHLE, {where}"))
            elif isinstance(rdata, TXT):
                found = ENTRY.fullmatch(b"".join(rdata.strings))
                if found is None:
                    continue
                label = f"TXT {found[2].decode()}" if found[2] else "TXT"
                if found[1] == b"token":
                    tokens.setdefault(label, []).append(Item("A", "token", found[3], f"{label}, {where}"))
                else:
                    keys.append(Item("A", "key", found[3], f"{label}, {where}"))
    sets = [TokenSet("IHLE", tuple(ihle))] if ihle else []
    sets += [TokenSet(label, (*found, *keys)) for label, found in sorted(tokens.items())]
    if keys and not tokens:
        sets.append(TokenSet("TXT", tuple(keys)))
    return sets


def is_emblem(rdata: dns.rdata.Rdata, numbers: Sequence[int] = SEEN) -> bool:
    """Whether a record is part of an emblem."""
    return rdata.rdtype in numbers or (isinstance(rdata, TXT) and bool(ENTRY.fullmatch(b"".join(rdata.strings))))


def part(rrsets: Iterable[dns.rrset.RRset], numbers: Sequence[int] = SEEN, *, emblem: bool) -> list[dns.rrset.RRset]:
    """Only the records that are part of an emblem, or only the others; no empty RRset."""
    parts = []
    for rrset in rrsets:
        some = dns.rrset.RRset(rrset.name, rrset.rdclass, rrset.rdtype)
        for rdata in rrset:
            if is_emblem(rdata, numbers) == emblem:
                some.add(rdata, rrset.ttl)
        if some:
            parts.append(some)
    return parts
