"""Twenty people at work on the pages of a large registry: how long each page takes, and how long a request without one.

    .venv/bin/python benchmarks/big_registry.py DIR        once: 100,000 cards and templates
    .venv/bin/python benchmarks/pages.py DIR               two minutes of twenty people
    .venv/bin/python benchmarks/pages.py DIR --minutes 5 --people 40 --json
    .venv/bin/python benchmarks/pages.py DIR --photos 0    without anybody who sends photos all the time

Locust plays the people, in an environment of its own, .venv-load, made from benchmarks/load.lock. The server is ``kintrace
serve`` with its worker, on loopback. Beside each page's median and 95th percentile stands their ratio to /healthz, asked in
the same run: what the server and the loopback cost without a page. The people come one each second; several share a login, so
that the limits on what one person may ask within a minute are off.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOAD = ROOT / ".venv-load"


def made() -> Path:
    """Locust's environment; made where it is not there."""
    locust = LOAD / "bin" / "locust"
    if not locust.exists():
        subprocess.run([sys.executable, "-m", "venv", str(LOAD)], check=True)
        lock = str(ROOT / "benchmarks/load.lock")
        command = [str(LOAD / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*command, "--only-binary=:all:", "-r", lock], check=True)
    return locust


def bare(address: str, times: int = 200) -> float:
    """Median milliseconds of a request without a page."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        urllib.request.urlopen(f"{address}/healthz").read()  # loopback
        taken.append(time.perf_counter() - start)
    return sorted(taken)[times // 2] * 1000


def worker_ready(folder: Path) -> None:
    """Wait until the worker has read the registry, as it does once in the morning."""
    from two_offices import ready

    os.environ |= {"KINTRACE_DATA": str(folder.resolve()), "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
    import django

    django.setup()
    ready()


def main() -> None:
    """Serve, play, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--photos", type=int, default=2, help="people besides, who send one photo after the other")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    locust = made()
    environment = {**os.environ, "KINTRACE_DATA": str(options.folder.resolve()), "KINTRACE_SECOND_FACTOR": "none",
                   "KINTRACE_LIMITS": "none"}  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "kintrace", "serve", "--listen", "127.0.0.1:0"], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        address = next(each for each in server.stdout if "http://" in each).split()[-1].rstrip("/")
        worker_ready(options.folder)
        found = played(options, locust, address)
    finally:
        server.terminate()
        server.wait(60)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"a request without a page: {found['bare_ms']:.1f} ms")
    for row in found["pages"]:
        print(f"{row['page']:24} {row['requests']:6} requests  {row['failed']:3} failed  median {row['median_ms']:5.0f} ms  "
              f"95th percentile {row['p95_ms']:5.0f} ms  {row['ratio']:6.1f}x a bare request")  # fmt: skip


def played(options: argparse.Namespace, locust: Path, address: str) -> dict[str, Any]:
    """The figures of each page."""
    alone = bare(address)
    with tempfile.TemporaryDirectory() as folder:
        command = [str(locust), "-f", str(ROOT / "benchmarks/pages_people.py"), "--headless", "--host", address]
        command += [
            "--users",
            str(options.people + options.photos),
            "--spawn-rate",
            "1",
            "--run-time",
            f"{int(options.minutes * 60)}s",
        ]
        command += ["--csv", f"{folder}/seen", "--only-summary"]
        environment = {
            **os.environ, "KINTRACE_BENCH_PASSWORD": "for-the-demo-only", "KINTRACE_BENCH_PHOTOS": str(options.photos),
        }  # fmt: skip
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with open(f"{folder}/seen_stats.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    pages = [
        {
            "page": row["Name"], "requests": int(row["Request Count"]), "failed": int(row["Failure Count"]),
            "median_ms": float(row["50%"] or 0), "p95_ms": float(row["95%"] or 0),
            "ratio": round(float(row["50%"] or 0) / max(alone, 0.1), 1),
        }
        for row in rows
    ]  # fmt: skip
    return {"bare_ms": round(alone, 2), "people": options.people, "pages": pages}


if __name__ == "__main__":
    main()
