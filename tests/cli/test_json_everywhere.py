"""Scripts can use every command: each gives JSON, or stands here with the reason why not."""

from collections.abc import Iterator
from typing import Any

import typer

from kintrace.cli.app import app
from kintrace.cli.commands import load

WITHOUT = {
    "demo": "writes a page for people to look at, and works on no records",
    "serve": "runs until it is stopped, and serves the pages",
    "emblem key csr": "what it prints is a document of its own: a certificate signing request, PEM",
    "emblem log-claim": "what it prints is a claim to be put in a token: JSON in profile A, hexadecimal CBOR in profile B",
    "emblem request": "what it prints is a document of its own: a signed request, for another organisation",
    "emblem endorse-request": "what it prints is a document of its own: a signed token",
}


def commands(command: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for sub, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*name, sub))
    if not getattr(command, "commands", {}):
        yield " ".join(name), command


def test_every_command_gives_json_or_says_why_not() -> None:
    load()
    found = dict(commands(typer.main.get_command(app)))
    assert {"init", "card new", "user add", "keys rotate", "emblem request"} <= set(found)
    without = {name for name, each in found.items() if not any("--json" in parameter.opts for parameter in each.params)}
    assert without == set(WITHOUT)
