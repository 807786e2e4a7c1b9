"""A deployment of a test's own, used as people use it: by the command, in processes of their own."""

import atexit
import json
import multiprocessing
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

# A process that has imported everything, and is forked for each command: a second less for each.
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        "cryptography.x509",
        "django.core.management",
        "django.db.migrations.executor",
        "django.db.models",
        "django.forms",
        "django.http",
        "django.template.backends.django",
        "psycopg",
        "requests",
        "rich.progress",
        "tink.aead",
        "typer._adapters",
        "kintrace.cli",
        "kintrace.evidence.fitting",
        "kintrace.evidence.names",
        "kintrace.evidence.together",
        "kintrace.faces",
        "kintrace.gallery",
        "kintrace.provenance.apart",
        "kintrace.provenance.same",
        "kintrace.vault.root",
        "openvino",
    ]
)


def _command(arguments: tuple[str, ...], environment: dict[str, str], files: list[Path], script: Path | None) -> None:
    """Be the command ``kintrace``, or a script, in this new process."""
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY), number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    sys.argv = [str(script or "kintrace"), *arguments]
    if script:
        runpy.run_path(str(script), run_name="__main__")
        return
    import kintrace.cli

    kintrace.cli.main()


@dataclass(frozen=True)
class Deployment:
    """A data folder, with databases of its own where the tests run on PostgreSQL."""

    environment: dict[str, str]

    def run(self, *arguments: str, told: str = "", script: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command, or a script in its place, whatever comes of it."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
            files[0].write_text(told, encoding="utf-8")
            process = _SERVER.Process(target=_command, args=(arguments, self.environment, files, script), daemon=False)
            process.start()
            process.join(300)
            if process.is_alive():
                process.kill()
                raise TimeoutError(f"{arguments} took more than 300 s")
            printed = [file.read_text(encoding="utf-8") for file in files[1:]]
            return subprocess.CompletedProcess(arguments, process.exitcode or 0, *printed)

    def kintrace(self, *arguments: str) -> str:
        """Run the command, which must succeed; what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def as_user(self, login: str) -> "Deployment":
        """The same, worked on by somebody else."""
        return replace(self, environment={**self.environment, "KINTRACE_USER": login})

    def json(self, *arguments: str) -> Any:
        """Run the command, and read the JSON it printed."""
        return json.loads(self.kintrace(*arguments))

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the records' database, behind Kintrace's back."""
        url = self.environment.get("KINTRACE_DATABASE_URL")
        if url:
            with psycopg.connect(url) as connection:
                return connection.execute(query).fetchall()
        import sqlite3

        with sqlite3.connect(Path(self.environment["KINTRACE_DATA"]) / "records.sqlite3") as file:
            return file.execute(query).fetchall()

    def change(self, statement: str) -> None:
        """Change the records' database, behind Kintrace's back."""
        self.sql(f"{statement} RETURNING 1")

    def tombstones(self) -> int:
        """How many records were erased."""
        return int(self.sql("SELECT count(*) FROM casework_tombstone")[0][0])


@contextmanager
def databases(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """An environment that names two new databases, where the tests run on PostgreSQL; they end with it."""
    url, names = os.environ.get("KINTRACE_DATABASE_URL"), []
    if url:
        name = f"kintrace_{uuid.uuid4().hex[:12]}"
        names = [name, f"{name}_keyring"]
        parts = urlsplit(url)
        environment = {**environment, "KINTRACE_DATABASE_URL": parts._replace(path=f"/{name}").geturl()}
        with psycopg.connect(url, autocommit=True) as connection:
            for each in names:
                connection.execute(f'CREATE DATABASE "{each}"')
    yield environment
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            for each in names:
                connection.execute(f'DROP DATABASE "{each}" WITH (FORCE)')


@contextmanager
def deployed(folder: Path, environment: dict[str, str]) -> Iterator[Deployment]:
    """An initialised deployment."""
    with databases({**environment, "KINTRACE_DATA": str(folder), "KINTRACE_USER": "officer"}) as complete:
        made = Deployment(complete)
        if "KINTRACE_DATABASE_URL" in complete:
            made.kintrace("init", "--domain", "test.kintrace")
        else:
            shutil.copytree(_made_once(), folder)
        yield made


@cache
def _made_once() -> Path:
    """A new deployment on SQLite, to be copied: for this run of the tests, and deleted with it."""
    place = Path(tempfile.mkdtemp(prefix="kintrace-tests-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    environment = {**os.environ, "KINTRACE_HOME": str(place / "home"), "KINTRACE_USER": "officer"}
    Deployment({**environment, "KINTRACE_DATA": str(place / "data")}).kintrace("init", "--domain", "test.kintrace")
    return place / "data"
