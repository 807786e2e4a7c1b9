"""Records as lines of a zone file: written to be pasted, and read back (RFC 1035 §5, RFC 3597 §5)."""

import re
from collections.abc import Iterable

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zonefile
from dns.rdtypes.ANY.TXT import TXT
from dns.tokenizer import Tokenizer

from kintrace.errors import RecordError

APEX = re.compile(r"^(?:\$ORIGIN[ \t]+(\S+\.)(?=\s|$)|(\S+\.)[ \t][^;\n]*\bSOA\b)", re.MULTILINE | re.IGNORECASE)
"""Where a zone file says what zone it is of."""
LARGEST = 1_000_000
"""Characters of a zone file that is read, at most."""


def lines(rrsets: Iterable[dns.rrset.RRset]) -> list[str]:
    """One line for each record, with the full name, to paste in any zone of the name; TXT in strings of at most 255 bytes."""
    return [line for rrset in rrsets for line in rrset.to_text(hex_chunk_size=0).split("\n") if line]


def read_zone(text: str, origin: str = ".") -> list[dns.rrset.RRset]:
    """The RRsets of a zone file or of lines of one; ``$ORIGIN`` and ``$TTL`` are understood, nothing else is fetched.

    Raises:
        RecordError: a line is not a record.
    """
    if len(text) > LARGEST:
        raise RecordError(f"A zone file of {len(text)} characters is too large.", todo="Give only the emblem's lines.")
    # dnspython takes a SOA record only at the zone's own name.
    apex = APEX.search(text)
    try:
        zone = dns.name.from_text(next(filter(None, apex.groups())) if apex else origin)
        manager = dns.zonefile.RRSetsReaderManager(zone, False, dns.rdataclass.IN)
        with manager.writer(True) as transaction:  # type: ignore[no-untyped-call]
            dns.zonefile.Reader(
                Tokenizer(text, "the zone file"),
                dns.rdataclass.IN,
                transaction,
                allow_directives=("$ORIGIN", "$TTL"),
                default_ttl=300,
            ).read()
    except (dns.exception.DNSException, ValueError) as problem:
        why = str(problem).rstrip(".")
        raise RecordError(f"The zone file cannot be read: {why}.", todo="Mend the line it names.") from problem
    return list(manager.rrsets)


def read_txt(text: str, name: str = "name.invalid") -> dns.rrset.RRset:
    """The TXT records that ``dig +short TXT`` prints, one on each line.

    Raises:
        RecordError: a line is not the text of a TXT record.
    """
    found = dns.rrset.RRset(dns.name.from_text(name), dns.rdataclass.IN, dns.rdatatype.TXT)
    for number, line in enumerate(text[:LARGEST].splitlines(), 1):
        if not line.strip():
            continue
        try:
            rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, line)
        except (dns.exception.DNSException, ValueError) as problem:
            raise RecordError(f"Line {number} is not a TXT record: {problem}.") from problem
        if isinstance(rdata, TXT):
            found.add(rdata, 0)
    return found
