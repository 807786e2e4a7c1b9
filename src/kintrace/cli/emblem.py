"""``kintrace emblem``: the digital emblem, from its keys to its check."""

import typer

from kintrace.cli.app import app

emblem_app = typer.Typer(
    help="The digital emblem: issue, endorse, publish, check, withdraw.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(emblem_app, name="emblem")
