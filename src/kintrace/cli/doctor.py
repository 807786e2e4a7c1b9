"""``kintrace doctor`` and ``kintrace benchmark``: is everything here, and how fast is this machine?"""

import importlib.util
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from kintrace import __version__, home
from kintrace.cli.app import FAILED, Json, Packs, app, err, out, print_json, progress
from kintrace.cli.records import Data, OfficeCode, begun, database_errors, deployed, opened, present
from kintrace.cli.search import opened_acquirer
from kintrace.errors import KintraceError
from kintrace.faces import Finder, active_packs, engine_name, installed_packs, set_name, try_out
from kintrace.folder import TemplateCache, calibration_for, learned_place, learned_weights, photo_paths

Check = tuple[str, Callable[[], str]]


def _python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


def _no_telemetry() -> str:
    if importlib.util.find_spec("openvino_telemetry"):
        raise KintraceError(
            "OpenVINO's telemetry package is installed, which opens outbound connections.",
            todo="Remove it: pip uninstall openvino-telemetry. Kintrace's own installation leaves it out.",
        )
    return "no package that calls home"


def _detector() -> str:
    Finder()
    return "YuNet loads, its hash is right"


def _packs() -> str:
    for pack in installed_packs():
        try_out(pack)
    return ", ".join(f"{pack.name} {pack.version}" for pack in installed_packs()) + " load, hashes are right"


def _calibration() -> str:
    name = set_name(active_packs())
    if calibration_for(active_packs()) is None:
        raise KintraceError(
            f"There is no calibration for {name}.",
            todo="Make one with “kintrace calibrate”, or choose --packs.",
        )
    return f"scores of {name} have a calibration"


def _names() -> str:
    learned = learned_weights()
    if learned is None:
        return "compared by the weights that came with Kintrace"
    return (
        f"compared by weights learned from {learned.pairs:,} confirmed pairs ({learned_place().name}, {learned.made})"
    )


def _cache() -> str:
    folder = home() / "cache"
    existing = folder.exists()
    with TemplateCache(folder, "doctor", "doctor") as cache:
        return f"{len(cache):,} photos held, encrypted" if existing else "made, empty"


CHECKS: tuple[Check, ...] = (
    ("installation", _python),
    ("inference", lambda: f"{engine_name()} is used"),
    ("network", _no_telemetry),
    ("detector", _detector),
    ("model packs", _packs),
    ("calibration", _calibration),
    ("names", _names),
    ("cache", _cache),
)


@app.command()
def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="End what a kill left half done in the records.")] = False,
    data: Data = None,
    office: OfficeCode = None,
    json: Json = False,
) -> None:
    """Check the installation and the records: what is here, what is missing, how to mend it."""
    results: list[dict[str, Any]] = []
    for name, check in CHECKS:
        try:
            results.append({"check": name, "sound": True, "words": check(), "todo": ""})
        except KintraceError as problem:
            results.append({"check": name, "sound": False, "words": problem.what, "todo": problem.todo})
        except Exception as problem:  # a broken installation can fail in any way, and the doctor must say so
            words = f"{type(problem).__name__}: {problem}"
            results.append({"check": name, "sound": False, "words": words, "todo": "Run make again."})
    problems = _records(data, office, mend=mend)
    if problems is not None:
        words = "sound" if not problems else problems[0]["what"]
        todo = problems[0]["todo"] if problems else ""
        results.append({"check": "records", "sound": not problems, "words": words, "todo": todo})
    if json:
        print_json({"version": __version__, "home": str(home()), "checks": results, "records": problems})
    else:
        for result in results:
            (out if result["sound"] else err).print(
                f"{'✓' if result['sound'] else '✗'} {result['check']}: {result['words']} {result['todo']}",
                markup=False,
            )
        for each in (problems or [])[1:]:
            err.print(f"✗ records: {each['what']} {each['todo']}", markup=False)
    if not all(result["sound"] for result in results):
        raise typer.Exit(FAILED)


def _records(data: Path | None, office: str | None, *, mend: bool) -> list[dict[str, str]] | None:
    """What is wrong with the records, once what can be mended was; None where there are none."""
    folder = begun(data)
    try:
        with database_errors():
            if not mend and not (folder.exists() and present()):
                return None
            deployed()
            from kintrace.casework.soundness import check_records, sweep

            if mend:
                sweep(opened(office=office, purpose="administration"))
            with progress("Checking the records") as bar:
                return [{"what": each.what, "todo": each.todo} for each in check_records(bar)]
    except KintraceError as problem:
        if mend:
            raise
        return [{"what": problem.what, "todo": problem.todo}]


@app.command()
def benchmark(
    folder: Annotated[Path, typer.Argument(help="A folder of photos.")],
    photos: Annotated[int, typer.Option(min=1, help="How many photos at most.")] = 200,
    packs: Packs = None,
    json: Json = False,
) -> None:
    """Measure photos per second on this machine, from the file to the template."""
    paths = photo_paths(folder)[:photos]
    acquirer, _ = opened_acquirer(packs)
    with acquirer:
        acquirer.acquire(paths[0])
        began, faces = time.perf_counter(), 0
        with progress("Acquiring") as show:
            for number, acquired in enumerate(acquirer.acquire_many((path, path) for path in paths), 1):
                faces += len(acquired.samples)
                show(number, len(paths))
        seconds = time.perf_counter() - began
    cores = os.cpu_count() or 1
    rate = len(paths) / seconds
    if json:
        print_json(
            {
                "photos": len(paths),
                "faces": faces,
                "seconds": round(seconds, 3),
                "photos_per_second": round(rate, 2),
                "photos_per_second_per_core": round(rate / cores, 2),
                "faces_per_second": round(faces / seconds, 2),
                "cores": cores,
                "engine": engine_name(),
                "pack": acquirer.pack,
            }
        )
        return
    out.print(f"{len(paths)} photos, {faces} faces in {seconds:.1f} s: {rate:.1f} photos per second,")
    out.print(f"{rate / cores:.1f} per core ({cores} cores, {engine_name()}, {acquirer.pack}).")
