"""The command's frame: sub-commands, errors as sentences, exit codes, progress bars."""

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from kintrace import __version__
from kintrace.errors import KintraceError

FAILED, SOME_REFUSED, STOPPED = 1, 3, 130

app = typer.Typer(
    name="kintrace",
    help="Face search and digital tracing cards for people separated by war, disaster and migration. "
    "Kintrace proposes candidates; people decide.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for scripts.")]
Packs = Annotated[
    str | None,
    typer.Option("--packs", help="Model packs to use, joined by commas; all installed ones by default."),
]


@app.callback(invoke_without_command=True)
def frame(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="The data folder, for commands on the records.")] = None,
) -> None:
    """Options before the sub-command."""
    if version:
        out.print(__version__)
        raise typer.Exit
    if data is not None:
        os.environ["KINTRACE_DATA"] = str(data.expanduser().resolve())


def print_json(value: object) -> None:
    """The one JSON document of a command, on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def say_table(table: Table) -> None:
    """A table whose cells stay whole; where the terminal is too narrow it breaks the lines. Half an id is of no use."""
    wide = Console(highlight=False, width=10_000)
    wide.width = max(out.width, Measurement.get(wide, wide.options, table).maximum)
    wide.print(table)


def say_done(words: str, json: bool, **told: object) -> None:
    """That something was done: in words, or as JSON for a script."""
    if json:
        print_json(told)
    else:
        out.print(words, markup=False)


@contextmanager
def progress(words: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, for people; scripts that read standard output are not disturbed."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=err, transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task(words, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all, and only its owner may read it.

    Raises:
        KintraceError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Pages and calibrations come of people's photos: only their owner may read them.
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    except OSError as problem:
        raise KintraceError(
            f"{path} cannot be written ({problem.strerror}).",
            kept="Nothing half-written was left.",
            todo="Name another place.",
        ) from problem
    finally:
        with suppress(OSError):
            draft.unlink()


def main() -> None:
    """Run the command, and turn errors a user can mend into sentences."""
    os.umask(0o077)  # what it writes is its owner's
    # What imports make stays: looking for garbage in it takes a tenth of a short command.
    gc.set_threshold(50_000, 20, 20)
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    from kintrace.cli.commands import load

    load(sys.argv[1:])
    try:
        code: Any = app(standalone_mode=False)
    except KintraceError as problem:
        _say(problem)
        code = FAILED
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except Exception as problem:
        if not hasattr(problem, "exit_code"):
            raise
        problem.show()  # type: ignore[attr-defined]
        code = problem.exit_code
    if code == STOPPED:
        err.print("Stopped. Nothing half-written was left; what was finished before is kept.")
    sys.exit(code if isinstance(code, int) else 0)


def _say(problem: KintraceError) -> None:
    err.print(f"✗ {problem.what}", style="bold", markup=False)
    for part in (problem.kept, problem.todo):
        if part:
            err.print(f"  {part}", markup=False)
