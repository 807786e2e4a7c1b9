"""Checks of an emblem per second, beside what its signatures alone cost.

    .venv/bin/python benchmarks/emblem_checks.py             both profiles: tokens alone, and with logs and a revocation list
    .venv/bin/python benchmarks/emblem_checks.py --json

A set is an emblem, an internal and an external endorsement, and three keys, all on P-256: three signatures. A whole check also
reads two log entries with their inclusion proofs and tree heads for each of two organisations, from folders, and a revocation
list. Beside each check, in the same run and turn about, as many signatures are verified by ``cryptography`` alone with keys that
are ready: three for the tokens, and four more for the tree heads where logs are read. The ratio of the two depends less on the
machine than the figures do.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]
TURNS, SECONDS = 15, 0.2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kintrace-bench-") as folder:
        found = measured(Path(folder))
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for what, figures in found.items():
        print(
            f"{what}: {figures['checks per second']:,.0f} checks per second; its {figures['signatures']} signatures alone "
            f"{figures['signatures alone, per second']:,.0f}; a check costs {figures['ratio']:.2f} × that"
        )


def measured(folder: Path) -> dict[str, dict[str, float]]:
    """Figures of each kind of check."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from emblem_make import NOW, make_world

    from kintrace.emblem import Level, verify
    from kintrace.emblem.items import Profile

    world = make_world(folder)
    logs, crl = world.logs(), world.crl()
    key = ec.generate_private_key(ec.SECP256R1())
    public, message, algorithm = key.public_key(), b"m" * 300, ec.ECDSA(hashes.SHA256())
    signature = key.sign(message, algorithm)

    def check(profile: Profile, level: Level, **evidence: object) -> Callable[[], None]:
        items = world.set(profile)

        def one() -> None:
            found = verify(items, at=NOW, name="tracing.society.test", **evidence)  # type: ignore[arg-type]
            assert found.level is level

        return one

    def alone(count: int) -> Callable[[], None]:
        def one() -> None:
            for _ in range(count):
                public.verify(signature, message, algorithm)

        return one

    profiles: tuple[Profile, ...] = ("B", "A")
    found = {}
    for profile in profiles:
        kinds = (
            ("tokens alone", check(profile, Level.SIGNED), 3),
            ("with logs and revocation", check(profile, Level.ENDORSED, logs=logs, crl=crl), 7),
        )
        for what, whole, count in kinds:
            bare = alone(count)
            pairs = [(rate(whole), rate(bare)) for _ in range(TURNS)]
            found[f"profile {profile}, {what}"] = {
                "checks per second": round(statistics.median(one for one, _ in pairs), 1),
                "signatures": count,
                "signatures alone, per second": round(statistics.median(other for _, other in pairs), 1),
                "ratio": round(statistics.median(other / one for one, other in pairs), 2),
            }
    return found


def rate(act: Callable[[], None]) -> float:
    """How often per second."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < SECONDS:
        act()
        count += 1
    return count / spent


if __name__ == "__main__":
    main()
