"""docs/commands.md, made from the program: ``python -m kintrace.cli.reference > docs/commands.md``."""

import inspect
from typing import Any

import click
import typer

from kintrace.cli.app import app


def page() -> str:
    """Every command with its help, arguments and options, as Markdown.

    Raises:
        ValueError: a command, argument or option has no help.
    """
    lines = ["# Commands", "", "Made from the program itself; a test keeps it so.", ""]
    _describe(typer.main.get_command(app), "kintrace", lines)
    return "\n".join(lines).rstrip() + "\n"


def _describe(command: Any, name: str, lines: list[str]) -> None:
    if not command.help:
        raise ValueError(f"{name} has no help")
    lines += [f"## `{name}`", "", inspect.cleandoc(command.help), ""]
    for parameter in command.params:
        if parameter.name in ("help",):
            continue
        told = getattr(parameter, "help", None)
        if not told:
            raise ValueError(f"{name}: {parameter.name} has no help")
        names = ", ".join(parameter.opts + parameter.secondary_opts)
        if parameter.param_type_name == "argument":
            names = (parameter.metavar or parameter.name or "").upper()
        default = parameter.default
        shown = (
            f" (default: {default})" if isinstance(default, str | int | float) and default not in (False, "") else ""
        )
        lines.append(f"- `{names}`: {told}{shown}")
    lines.append("")
    for sub in sorted(getattr(command, "commands", {})):
        _describe(command.commands[sub], f"{name} {sub}", lines)


if __name__ == "__main__":
    click.echo(page(), nl=False)
