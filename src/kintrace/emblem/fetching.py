"""How a log is read: by HTTPS from the address the operator's list gives, or from a folder that mirrors it."""

import gzip
import io
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

Fetch = Callable[[str, str], bytes]
"""From a log's place and a path under it to what is there. Raises Absent or Unreachable."""

MOST_BYTES = 16 * 1024 * 1024
SECONDS = 20.0


class Absent(Exception):
    """The log says that it has no such thing."""


class Unreachable(Exception):
    """The log could not be asked."""


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """A log that sends us elsewhere is not followed: the operator's list says whom we ask."""

    def redirect_request(self, *_: object) -> None:
        return None


def fetch(place: str, path: str) -> bytes:
    """What a log has at a path.

    Args:
        place: its address, or ``file:`` and a folder.
        path: under it. In a folder, ``?`` and ``&`` of a query are written as commas.

    Raises:
        Absent: it has no such thing.
        Unreachable: it could not be asked.
    """
    if place.startswith("file:"):
        return _read(Path(place.removeprefix("file:")), path)
    url = urlsplit(f"{place}/{path}")
    if url.scheme != "https" and not (url.scheme == "http" and _loopback(url.hostname or "")):
        raise Unreachable(f"{place} is neither https nor a folder")
    request = urllib.request.Request(url.geturl(), headers={"Accept-Encoding": "gzip", "User-Agent": "kintrace"})  # noqa: S310
    try:
        with urllib.request.build_opener(_NoDetour).open(request, timeout=SECONDS) as answer:
            data = _all(answer)
            packed = answer.headers.get("Content-Encoding") == "gzip"
    except urllib.error.HTTPError as problem:
        if problem.code in (400, 404):
            raise Absent(f"it answers {problem.code}") from problem
        raise Unreachable(f"it answers {problem.code}") from problem
    except (OSError, ValueError, HTTPException) as problem:
        raise Unreachable(str(problem)) from problem
    return plain(data) if packed else data


def _all(answer: HTTPResponse) -> bytes:
    """The body, unless it is too long or drips."""
    parts, deadline = [], time.monotonic() + SECONDS
    while part := answer.read1(65_536):
        parts.append(part)
        if time.monotonic() > deadline or sum(map(len, parts)) > MOST_BYTES:
            raise Unreachable("its answer is too long, or too slow")
    return b"".join(parts)


def plain(data: bytes) -> bytes:
    """Without gzip, where it is there; never more than the limit.

    Raises:
        ValueError: it is damaged, or too large.
    """
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            found = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise ValueError("its gzip is damaged") from problem
    if len(found) > MOST_BYTES:
        raise ValueError("it is too large")
    return found


def name_in_folder(path: str) -> str:
    """The file a path is kept in, in a folder that mirrors a log."""
    return path.replace("?", ",").replace("&", ",")


def _read(folder: Path, path: str) -> bytes:
    file = folder / name_in_folder(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Unreachable(f"{file} is too large")
        return file.read_bytes()
    except OSError as problem:
        # A folder holds what somebody copied: what is not in it may still be in the log.
        raise Unreachable(f"{file} is not in the folder") from problem


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
