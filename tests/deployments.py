"""A deployment of a test's own, used as people use it: by the command, in processes of their own."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg


@dataclass(frozen=True)
class Deployment:
    """A data folder, with databases of its own where the tests run on PostgreSQL."""

    environment: dict[str, str]

    def run(self, *arguments: str, told: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command, whatever comes of it."""
        command = [sys.executable, "-m", "kintrace", *arguments]
        return subprocess.run(
            command, env=self.environment, input=told, capture_output=True, text=True, timeout=300, check=False
        )

    def kintrace(self, *arguments: str) -> str:
        """Run the command, which must succeed; what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

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

    def tombstones(self) -> int:
        """How many records were erased."""
        return int(self.sql("SELECT count(*) FROM casework_tombstone")[0][0])


@contextmanager
def deployed(folder: Path, environment: dict[str, str]) -> Iterator[Deployment]:
    """An initialised deployment; its databases end with it."""
    environment = {**environment, "KINTRACE_DATA": str(folder), "KINTRACE_USER": "officer"}
    url, names = os.environ.get("KINTRACE_DATABASE_URL"), []
    if url:
        name = f"kintrace_{uuid.uuid4().hex[:12]}"
        names = [name, f"{name}_keyring"]
        parts = urlsplit(url)
        environment["KINTRACE_DATABASE_URL"] = parts._replace(path=f"/{name}").geturl()
        with psycopg.connect(url, autocommit=True) as connection:
            for each in names:
                connection.execute(f'CREATE DATABASE "{each}"')
    made = Deployment(environment)
    made.kintrace("init", "--domain", "test.kintrace")
    yield made
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            for each in names:
                connection.execute(f'DROP DATABASE "{each}" WITH (FORCE)')
