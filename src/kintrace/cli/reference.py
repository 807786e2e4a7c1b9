"""docs/commands.md, made from the program: ``python -m kintrace.cli.reference > docs/commands.md``."""

import inspect
from typing import Any

import click
import typer

from kintrace.cli.app import app
from kintrace.cli.commands import load
from kintrace.cli.records import COMMON


def page() -> str:
    """Every command with its help, arguments and options, as Markdown.

    Raises:
        ValueError: a command, argument or option has no help.
    """
    load()
    common: dict[str, str] = {}
    told: list[str] = []
    _describe(typer.main.get_command(app), "kintrace", told, common)
    lines = ["# Commands", "", "Made from the program itself; a test keeps it so.", ""]
    lines += ["Commands on the records also have the options that say which records, and who asks:", ""]
    lines += [*common.values(), "", "Who asks is the login of the operating system, or `KINTRACE_USER`.", "", *told]
    return "\n".join(lines).rstrip() + "\n"


def _describe(command: Any, name: str, lines: list[str], common: dict[str, str]) -> None:
    if not command.help:
        raise ValueError(f"{name} has no help")
    lines += [f"## `{name}`", "", inspect.cleandoc(command.help), ""]
    on_records: list[str] = []
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
        if getattr(parameter, "rich_help_panel", None) == COMMON:
            known = f" Also by `{parameter.envvar}`." if parameter.envvar else ""
            common.setdefault(names, f"- `{names}`: {told}{known}")
            on_records.append(names)
        else:
            lines.append(f"- `{names}`: {told}{shown}")
    if on_records:
        lines.append(f"- and {', '.join(f'`{each}`' for each in on_records)}")
    lines.append("")
    for sub in sorted(getattr(command, "commands", {})):
        _describe(command.commands[sub], f"{name} {sub}", lines, common)


if __name__ == "__main__":
    click.echo(page(), nl=False)
