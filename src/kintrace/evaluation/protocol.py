"""A protocol: which photo plays which part in an evaluation, read strictly from a CSV file.

Columns ``image,subject,role`` and, where known, ``group`` and ``age``. A role is ``gallery`` (a photo the
collection holds), ``probe`` (a mated search: the person is in the gallery) or ``nonmated`` (the person is
not).
"""

import csv
import difflib
import hashlib
import io
import math
import os
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from kintrace.errors import ProtocolError

ROLES = ("gallery", "probe", "nonmated")
REQUIRED = ("image", "subject", "role")
OPTIONAL = ("group", "age")
OLDEST = 130.0
"""Years; a larger age is a slip of the pen (a year of birth, for instance)."""
SHOWN = 20
"""How many problems one error lists before it only counts them."""
Problem = tuple[int, str]
"""A line of the file (0: the whole of it) and what is wrong there."""


@dataclass(frozen=True)
class Row:
    """One photo of the protocol."""

    image: str
    """As the file writes it."""
    path: Path
    subject: str
    role: str
    """"gallery", "probe" or "nonmated"."""
    group: str = ""
    age: float | None = None
    """Of the person in this photo, in years."""
    line: int = 0
    """Where the row starts in the file, from 1."""


@dataclass(frozen=True)
class Protocol:
    """Rows in the order of the file. Make one with `Protocol.read`."""

    rows: tuple[Row, ...]
    name: str = ""
    cautions: tuple[str, ...] = ()
    """What is allowed, and makes the figures say less than they seem to."""

    @classmethod
    def read(cls, file: str | os.PathLike[str], images: str | os.PathLike[str] | None = None) -> "Protocol":
        """Read and check a protocol file.

        Args:
            file: the CSV: UTF-8 (or UTF-16 with a byte order mark), separated by commas, semicolons or tabs.
            images: the folder that image paths are relative to; the file's own folder where not given.

        Raises:
            ProtocolError: anything is wrong with it; one error lists up to `SHOWN` problems, each with its
                line.
        """
        path = Path(file)
        base = path.parent if images is None else Path(images)
        if not base.is_dir():
            raise ProtocolError(f"The images folder {base} is not there.", "", "Give another with --images.")
        problems: list[Problem] = []
        rows = list(_rows(_text(path), base.absolute(), problems, path.name))
        _check_whole(rows, problems)
        if problems:
            raise _error(path.name, problems)
        return cls(tuple(rows), path.stem, _cautions(rows))

    @property
    def gallery(self) -> tuple[Row, ...]:
        """Photos the collection holds; a subject may have several."""
        return tuple(row for row in self.rows if row.role == "gallery")

    @property
    def mated(self) -> tuple[Row, ...]:
        """Photos searched for of people who are in the gallery."""
        return tuple(row for row in self.rows if row.role == "probe")

    @property
    def nonmated(self) -> tuple[Row, ...]:
        """Photos searched for of people who are not in the gallery."""
        return tuple(row for row in self.rows if row.role == "nonmated")

    @property
    def subjects(self) -> tuple[str, ...]:
        """The gallery's people, each once, in the order of the file: the columns of a score matrix."""
        return tuple(dict.fromkeys(row.subject for row in self.gallery))

    def subset(self, subjects: Collection[str]) -> "Protocol":
        """The rows of these people only.

        Raises:
            ProtocolError: nobody is left in the gallery, or nobody is left to search for.
        """
        wanted = set(subjects)
        rows = tuple(row for row in self.rows if row.subject in wanted)
        roles = {row.role for row in rows}
        if "gallery" not in roles or roles == {"gallery"}:
            what = "in" if "gallery" not in roles else "for"
            raise ProtocolError(f"This part of {self.name} has no photo to search {what}.", "", "Add people.")
        return Protocol(rows, self.name, _cautions(rows))

    def split_by_subject(self, fraction: float = 0.5, name: str = "kintrace") -> tuple["Protocol", "Protocol"]:
        """Two protocols without a person in common: one to choose settings on, one to report on.

        A person's side depends on a hash of their subject and ``name`` alone, so that it stays the same when
        the file grows, is sorted otherwise, or is read on another machine. Both galleries shrink: FNIR at a
        given FPIR falls with them, and is comparable only between galleries of equal size.

        Args:
            fraction: the share of people, 0…1, to expect in the first part.
            name: another name gives another split.

        Raises:
            ProtocolError: a part would have nothing to search in or for.
            ValueError: the fraction is not between 0 and 1.
        """
        if not 0 < fraction < 1:
            raise ValueError(f"fraction must lie between 0 and 1, not {fraction}")
        everyone = {row.subject for row in self.rows}
        first = {subject for subject in everyone if _place(subject, name) < fraction}
        return self.subset(first), self.subset(everyone - first)


def _place(subject: str, name: str) -> float:
    digest = hashlib.sha256(f"{name}\0{subject}".encode()).digest()
    return float(int.from_bytes(digest[:8], "big") / 2**64)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProtocolError(f"The protocol {path} cannot be read: {reason}.", "", "Check the path.") from None
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ProtocolError(
            f"{path.name}, line {line}: the text is not {encoding.upper().removesuffix('-SIG')}.",
            "Nothing was evaluated.",
            "Save the file again as “CSV UTF-8”.",
        ) from None
    if not text.strip():
        raise ProtocolError(f"{path.name} is empty.", "", f"Its first line must be: {','.join(REQUIRED)}")
    return text


def _rows(text: str, base: Path, problems: list[Problem], name: str) -> Iterable[Row]:
    first = text.lstrip("\r\n").splitlines()[0]
    # Spreadsheets write semicolons where the comma is the decimal sign.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.append((line, f"not a row of CSV ({error}); is a quotation mark left open?"))
            return
        if cells is None:
            return
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if header is None:
            header = [cell.lower() for cell in cells]
            if bad := _check_header(header):
                # Without its columns every row would be wrong; say the one thing that matters.
                raise _error(name, [(line, problem) for problem in bad])
        elif len(cells) != len(header):
            problems.append((line, f"{len(cells)} values, where the first line names {len(header)}"))
        else:
            found: list[str] = []
            row = _row(dict(zip(header, cells, strict=True)), base, line, found)
            problems.extend((line, problem) for problem in found)
            yield row


def _check_header(header: list[str]) -> list[str]:
    bad = [f"the column “{name}” is missing" for name in REQUIRED if name not in header]
    known = (*REQUIRED, *OPTIONAL)
    return bad + [f"the column “{name}” occurs twice" for name in known if header.count(name) > 1]


def _row(cells: dict[str, str], base: Path, line: int, problems: list[str]) -> Row:
    role = cells["role"].lower()
    if role not in ROLES:
        near = ["probe"] if role == "mated" else difflib.get_close_matches(role, ROLES, 1)
        problems.append(
            f"the role “{_clip(cells['role'])}” is none of {', '.join(ROLES)}"
            + (f"; is {near[0]} meant?" if near else "")
        )
    # One person typed on two machines must stay one person.
    subject = unicodedata.normalize("NFC", cells["subject"])
    if not subject:
        problems.append("the subject is empty")
    image = cells["image"]
    path = _path(image, base, problems)
    group = unicodedata.normalize("NFC", cells.get("group", ""))
    return Row(image, path, subject, role, group, _age(cells.get("age", ""), problems), line)


def _path(image: str, base: Path, problems: list[str]) -> Path:
    if not image:
        problems.append("the image is empty")
        return base
    portable = image if os.path.isfile(base / image) else image.replace("\\", "/")
    parts = PurePosixPath(portable).parts
    windows = PureWindowsPath(image)
    if portable.startswith("/") or windows.drive or windows.root or ".." in parts:
        problems.append(f"the image “{_clip(image)}” leaves the images folder; give the folder with --images")
        return base
    path = base.joinpath(*parts)
    # isfile, unlike Path.is_file, also answers for names no file can have.
    if not os.path.isfile(path):
        problems.append(f"the image “{_clip(image)}” is not in {base}")
    return path


def _age(text: str, problems: list[str]) -> float | None:
    if not text:
        return None
    try:
        age = float(text.replace(",", "."))
    except ValueError:
        age = math.nan
    if not 0 <= age <= OLDEST:
        problems.append(f"the age “{_clip(text)}” is not a number of years from 0 to {OLDEST:.0f}")
        return None
    return age


def _check_whole(rows: list[Row], problems: list[Problem]) -> None:
    """What only shows when rows are seen together. A row with a problem of its own still counts here."""
    gallery = {row.subject for row in rows if row.role == "gallery"}
    seen: dict[Path, Row] = {}
    parts: dict[tuple[Path, str], Row] = {}
    for row in rows:
        if row.subject and row.role == "probe" and row.subject not in gallery:
            problems.append((row.line, f"the probe's subject “{_clip(row.subject)}” is not in the gallery"))
        if row.subject and row.role == "nonmated" and row.subject in gallery:
            problems.append((row.line, f"the nonmated subject “{_clip(row.subject)}” is in the gallery"))
        if not os.path.isfile(row.path):
            continue
        first = seen.setdefault(row.path, row)
        twin = parts.setdefault((row.path, row.role), row)
        image = f"the image “{_clip(row.image)}”"
        if first.subject != row.subject:
            problems.append((row.line, f"{image} belongs to another subject on line {first.line}"))
        elif twin is not row:
            problems.append((row.line, f"{image} is there already as {row.role}, on line {twin.line}"))
    if not problems and not gallery:
        problems.append((0, "no row has the role gallery: there is nothing to search in"))
    if not problems and all(row.role == "gallery" for row in rows):
        problems.append((0, "no row has the role probe or nonmated: there is nothing to search for"))


def _cautions(rows: Collection[Row]) -> tuple[str, ...]:
    held = {row.path for row in rows if row.role == "gallery"}
    same = sum(row.role == "probe" and row.path in held for row in rows)
    return (
        () if not same else (f"{same} of the photos searched for are in the gallery too; a photo always finds itself.",)
    )


def _error(name: str, problems: list[Problem]) -> ProtocolError:
    shown = [f"line {line}: {text}" if line else text for line, text in sorted(problems)[:SHOWN]]
    if len(problems) > SHOWN:
        shown.append(f"… and {len(problems) - SHOWN} more")
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    listed = "".join(f"\n  {problem}" for problem in shown)
    return ProtocolError(f"{name} has {count}:{listed}\n", "Nothing was evaluated.", "Mend the file and try again.")


def _clip(text: str) -> str:
    """Short enough for an error message, and without control characters that a terminal would obey."""
    shown = "".join(char if char.isprintable() else "�" for char in text)
    return shown if len(shown) <= 80 else shown[:79] + "…"
