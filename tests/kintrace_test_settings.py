"""The project's settings, on a data folder of the test run's own; on PostgreSQL where tests/postgres.py started one."""

import os
import tempfile

os.environ["KINTRACE_DATA"] = tempfile.mkdtemp(prefix="kintrace-tests-")

from kintrace.site.settings import *  # noqa: F403
from kintrace.site.settings import DATA, DATABASES

LIMITS = {}  # of requests in a minute: tests ask faster than people; tests/site/test_limits.py sets them

for alias, database in DATABASES.items():
    if "sqlite" in database["ENGINE"]:
        # Nobody cuts the power of a test; the command's own tests, killed ones too, run with the project's settings.
        told = database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        database["OPTIONS"] = {**database["OPTIONS"], "init_command": told}
        database["TEST"] = {"NAME": str(DATA / f"test-{alias}.sqlite3")}
