"""Emblems in the DNS: records and zone lines, the responder that serves them, and finding them by name.

A sequence of :class:`~kintrace.emblem.items.Item` goes out as records, and comes back from a resolver's answers; what it is worth
is said by verification, not here.
"""

from kintrace.emblem.dns.authority import Authority
from kintrace.emblem.dns.checking import Checked, check
from kintrace.emblem.dns.discovery import Discovery, discover
from kintrace.emblem.dns.limiting import Limiter
from kintrace.emblem.dns.placing import checked_records, items_by_name, withdraw_everywhere
from kintrace.emblem.dns.published import Folder, Published
from kintrace.emblem.dns.records import IHLE, SEEN, TokenSet, host, numbers, plain, records, token_sets
from kintrace.emblem.dns.resolver import server
from kintrace.emblem.dns.responder import Responder, serve
from kintrace.emblem.dns.withdrawal import Remains, remains
from kintrace.emblem.dns.zonefile import lines, read_txt, read_zone

__all__ = [
    "IHLE",
    "SEEN",
    "Authority",
    "Checked",
    "Discovery",
    "Folder",
    "Limiter",
    "Published",
    "Remains",
    "Responder",
    "TokenSet",
    "check",
    "checked_records",
    "discover",
    "host",
    "items_by_name",
    "lines",
    "numbers",
    "plain",
    "read_txt",
    "read_zone",
    "records",
    "remains",
    "serve",
    "server",
    "token_sets",
    "withdraw_everywhere",
]
