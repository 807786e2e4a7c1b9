"""The folder of what is published: one zone file for each name, with exactly the lines that a zone would hold.

``NAME.zone`` may hold other records of the name, its addresses above all, because whoever answers for a name answers for all
of it. Publishing and withdrawing change the emblem's records and leave the others.
"""

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import dns.name
import dns.rdatatype
import dns.rrset

from kintrace.emblem.dns.records import IHLE, SEEN, numbers, part, plain
from kintrace.emblem.dns.zonefile import LARGEST, lines, read_zone
from kintrace.errors import KintraceError, RecordError

SUFFIX = ".zone"
NOT_HERE = {
    dns.rdatatype.RdataType.make(word)
    for word in ("SOA", "NS", "CNAME", "DNAME", "DS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM")
}
"""Types that the responder makes itself or that need a zone behind them."""
READ_BY_ALL, LISTED_BY_ALL = 0o644, 0o755
"""What is published is for everybody: a name server under a user of its own reads it, also where it was copied to."""


@dataclass(frozen=True)
class Published:
    """One name: its records by type, and when they were written (seconds since 1970)."""

    name: dns.name.Name
    rrsets: dict[dns.rdatatype.RdataType, dns.rrset.RRset]
    written: int

    def emblem(self, types: Sequence[int] = SEEN) -> list[dns.rrset.RRset]:
        """Only the records that are part of an emblem."""
        return part(self.rrsets.values(), types, emblem=True)


class Folder:
    """A folder of zone files.

    Args:
        path: of the folder; it is made when something is first published.
        number: of the type IHLE.
    """

    def __init__(self, path: Path, number: int = IHLE) -> None:
        self.path = path
        self.numbers = numbers(number)

    def publish(self, name: dns.name.Name, rrsets: Iterable[dns.rrset.RRset]) -> list[str]:
        """Put an emblem in the place of the one that a name had; records of a type given anew are replaced.

        Args:
            name: who bears it.
            rrsets: the emblem's records, and its addresses where the responder answers for those too.

        Returns:
            The zone lines to paste, of all that the name now has.

        Raises:
            RecordError: what is there already cannot be read.
            KintraceError: the file cannot be written.
        """
        given = list(rrsets)
        here = self.get(name)
        kept = part(here.rrsets.values(), self.numbers, emblem=False) if here else []
        merged = {rrset.rdtype: rrset for rrset in kept}
        for rrset in given:
            other = merged.get(rrset.rdtype)
            if rrset.rdtype == dns.rdatatype.TXT and other is not None:
                rrset = _joined(other, rrset)
            merged[rrset.rdtype] = rrset
        self._write(name, list(merged.values()))
        return lines(merged.values())

    def withdraw(self, name: dns.name.Name) -> list[str]:
        """Take the emblem of a name away, and leave its other records.

        Returns:
            The zone lines that are now to be removed from wherever they were pasted; none where there was no emblem.
        """
        here = self.get(name)
        gone = here.emblem(self.numbers) if here else []
        if here and gone:
            self._write(name, part(here.rrsets.values(), self.numbers, emblem=False))
        return lines(gone)

    def get(self, name: dns.name.Name) -> Published | None:
        """What is published at a name.

        Raises:
            RecordError: its file cannot be read as one name's records.
        """
        path = self._file(name)
        return read_file(path) if path.is_file() else None

    def files(self) -> dict[Path, tuple[int, int]]:
        """The zone files with their times (nanoseconds) and sizes: when this changes, something was published or withdrawn.

        Raises:
            OSError: there is a folder, or something else in its place, that cannot be looked into.
        """
        try:
            names = sorted(os.listdir(self.path))
        except FileNotFoundError:
            return {}
        found = {}
        for path in (self.path / name for name in names if name.endswith(SUFFIX) and not name.startswith(".")):
            with contextlib.suppress(FileNotFoundError):  # withdrawn meanwhile
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size)
        return found

    def _file(self, name: dns.name.Name) -> Path:
        # Escaped labels could hold a path separator; host names hold none.
        word = plain(name)
        if not all(sign.isascii() and (sign.isalnum() or sign in "-_.") for sign in word):
            raise RecordError(f"{word!r} is not a host name.", todo="Use letters, digits, hyphens and dots.")
        return self.path / f"{word}{SUFFIX}"

    def _write(self, name: dns.name.Name, rrsets: list[dns.rrset.RRset]) -> None:
        path = self._file(name)
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            if not rrsets:
                path.unlink(missing_ok=True)
                return
            if not self.path.is_dir():
                self.path.mkdir(parents=True)
                self.path.chmod(LISTED_BY_ALL)
            draft.write_text("\n".join(lines(rrsets)) + "\n", encoding="ascii")
            draft.chmod(READ_BY_ALL)
            draft.replace(path)
        except OSError as problem:
            raise KintraceError(
                f"{path} cannot be written ({problem.strerror}).",
                kept="What was published before is unchanged.",
                todo="Name another folder.",
            ) from problem
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()


def read_file(path: Path) -> Published:
    """The records of one name.

    Raises:
        RecordError: the file holds none, or those of several names, or types that cannot be served from it.
    """
    try:
        with path.open(encoding="utf-8") as file:
            rrsets = read_zone(file.read(LARGEST + 1))
            written = int(os.fstat(file.fileno()).st_mtime)
    except (OSError, UnicodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text in UTF-8"
        raise RecordError(f"{path} cannot be read ({why}).", todo="Publish this name anew.") from problem
    except RecordError as problem:
        raise RecordError(f"{path}: {problem.what}", todo=problem.todo) from problem
    names = {rrset.name for rrset in rrsets}
    if len(names) != 1:
        raise RecordError(f"{path} holds records of {len(names)} names.", todo="Keep one file for each name.")
    wrong = sorted(dns.rdatatype.to_text(rrset.rdtype) for rrset in rrsets if rrset.rdtype in NOT_HERE)
    if wrong:
        raise RecordError(f"{path} holds {', '.join(wrong)}.", todo="Such records belong in the zone above this name.")
    return Published(names.pop(), {rrset.rdtype: rrset for rrset in rrsets}, written)


def _joined(one: dns.rrset.RRset, other: dns.rrset.RRset) -> dns.rrset.RRset:
    both = dns.rrset.RRset(one.name, one.rdclass, one.rdtype)
    for rrset in (one, other):
        for rdata in rrset:
            both.add(rdata, rrset.ttl)
    return both
