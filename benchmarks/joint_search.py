"""How much all facts together find: two cards of each person, written in two offices, searched as the standing search does.

    .venv/bin/python benchmarks/joint_search.py                        2,848 people, then 100,000 (half an hour)
    .venv/bin/python benchmarks/joint_search.py --registry 2848        only the people with photos (some minutes)
    .venv/bin/python benchmarks/joint_search.py --searches 100 --json
    .venv/bin/python benchmarks/joint_search.py --relatives            also a found relative's card of everybody sought
    .venv/bin/python benchmarks/joint_search.py --speed                also times with a template for each of the 100,000

The faces are those of ../shared/faces/lfw-dev, everything else is invented (invented_people.py, whose rates of error are
printed). Who is in the collection's gallery has a found person's card in one office; who of them has another photo is asked
for in the other office, on a card that was written without a look at the first. People of the collection who
are not in its gallery are asked for and have no found card. To reach a larger registry, found people without photos are added.

Everything is the program's own: registering, the worker that makes templates, and the engine of the standing search with what it
puts forward; its calibration of faces was fitted on half of these people. Invented names and dates go to faces by chance, so that
who looks alike has not also a like name, sex or age, as relatives would.
"""

import argparse
import csv
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import invented_people as invented
import numpy as np
from joint_search_kin import kin_figures, kin_page, register_relatives

LFW = Path(__file__).resolve().parents[2] / "shared/faces/lfw-dev"
AT_ONCE, WIDTH, FPIR = 250, 128, 0.01
SYSTEMS = ("face only", "names only", "all without face", "all")
LIMITS = ((1000, 100), (3000, 50), (3000, 100), (3000, 200), (10_000, 100), (10_000, 200), (30_000, 300))
"""Of people looked up by words, and of those weighed, as ``--limits`` tries them."""
CONSENT = {
    "given_by": "invented", "capacity": "best_interest", "language": "en", "method": "paper",
    "purposes": {"tracing": True, "face_search": True, "share_office:*": True},
}  # fmt: skip


@dataclass
class Registry:
    """Two offices and their cards, as far as they are needed afterwards."""

    asking: Any
    finding: Any
    rng: random.Random
    people: int = 0
    found: int = 0
    mated: list[tuple[UUID, UUID]] = field(default_factory=list)
    """Request and found person's card, of one person each."""
    nonmated: list[UUID] = field(default_factory=list)
    unphotographed: list[UUID] = field(default_factory=list)
    sought: dict[UUID, invented.Invented] = field(default_factory=dict)
    relatives: dict[UUID, UUID] = field(default_factory=dict)
    """By request: who is sought, and the card of their relative, where there are such."""
    spent: float = 0.0

    def register(self, scope: Any, written: Sequence[dict[str, Any]]) -> list[UUID]:
        """Keep cards, some hundreds in a transaction."""
        from kintrace.casework.forms import card_form
        from kintrace.casework.registration import register_many

        start, made = time.perf_counter(), []
        for at in range(0, len(written), AT_ONCE):
            forms = [card_form({**each, "consent": CONSENT}) for each in written[at : at + AT_ONCE]]
            made += [card.id for card in register_many(scope, forms, [None] * len(forms))]
        self.spent += time.perf_counter() - start
        return made

    def request(self, person: invented.Invented) -> dict[str, Any]:
        """A tracing request, unregistered."""
        return {"kind": "tracing_request", **invented.request(person, self.rng)}

    def found_card(self, person: invented.Invented) -> dict[str, Any]:
        """A found person's card, unregistered."""
        return {"kind": "found_person", **invented.found(person, self.rng)}

    def photograph(self, scope: Any, cards: Iterable[UUID], images: Iterable[str]) -> None:
        """Attach a photo to each card."""
        from kintrace.casework.forms import photo_form
        from kintrace.casework.photos import attach

        for card, image in zip(cards, images, strict=True):
            attach(scope, str(card), (LFW / image).read_bytes(), photo_form({"path": image, "face": "central"}))

    def with_photos(self, most: int) -> None:
        """The cards of the collection's people."""
        photos: dict[str, dict[str, list[str]]] = {}
        with (LFW / "protocol.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                photos.setdefault(row["subject"], {}).setdefault(row["role"], []).append(row["image"])
        subjects = list(photos.items())
        random.Random(0).shuffle(subjects)
        subjects = subjects[: most or None]
        who = [invented.somebody(self.rng, grown_up=True) for _ in subjects]
        there = [(person, each) for person, (_, each) in zip(who, subjects, strict=True) if "gallery" in each]
        both = [number for number, (_, each) in enumerate(there) if "probe" in each]
        only = [(person, each) for person, (_, each) in zip(who, subjects, strict=True) if "gallery" not in each]
        found = self.register(self.finding, [self.found_card(person) for person, _ in there])
        asked = self.register(self.asking, [self.request(there[number][0]) for number in both])
        self.nonmated = self.register(self.asking, [self.request(person) for person, _ in only])
        who = [*(there[number][0] for number in both), *(person for person, _ in only)]
        self.sought = dict(zip((*asked, *self.nonmated), who, strict=True))
        self.mated = [(request, found[number]) for request, number in zip(asked, both, strict=True)]
        self.photograph(self.finding, found, [each["gallery"][0] for _, each in there])
        self.photograph(self.asking, asked, [self.rng.choice(there[number][1]["probe"]) for number in both])
        self.photograph(self.asking, self.nonmated, [each["nonmated"][0] for _, each in only])
        self.people, self.found = len(subjects), len(found)

    def grow(self, people: int) -> None:
        """Add found people without photos until there are so many."""
        while self.people < people:
            some = min(5000, people - self.people)
            new = [self.found_card(invented.somebody(self.rng)) for _ in range(some)]
            self.unphotographed += self.register(self.finding, new)
            self.people, self.found = self.people + some, self.found + some


@dataclass
class Seen:
    """What a search put forward and how it was weighed; scores by system, of the mate and of all others."""

    mate: dict[str, float]
    others: dict[str, list[float]]
    seconds: float
    by_words: bool = False
    by_face: bool = False
    mate_kept: bool = False
    strangers_kept: int = 0
    as_relatives: int = 0
    """Of those, who were kept only since they may be a relative."""
    cautioned: int = 0
    """Of those, of whom that is said."""
    relative_kept: bool | None = None

    def note(self, stranger: Any) -> None:
        """Count a stranger, where they were kept."""
        from kintrace.evidence import kin

        if stranger.expected < 1:
            self.strangers_kept += 1
            self.as_relatives += stranger.strangers >= 1
            self.cautioned += bool(kin.caution(stranger.evidence.facts))

    weighed: int = 0


class Searcher:
    """Searches as the standing search does, noting who was put forward by what."""

    def __init__(self, engine: Any) -> None:
        """Listen to what the two ways of putting forward give."""
        from kintrace.matching import near

        self.engine, self.put = engine, {"by_words": set(), "by_face": set()}
        for name in self.put:
            setattr(near, name, self._noting(name, getattr(near, name)))

    def _noting(self, name: str, way: Any) -> Any:
        def noting(*given: Any) -> Any:
            self.put[name] = found = way(*given)
            return set(found)

        return noting

    def search(self, request: UUID, mate: UUID | None = None, relative: UUID | None = None) -> Seen:
        """Search from one card."""
        from kintrace.evidence import forget

        card = card_of(request)
        start = time.perf_counter()
        weighed, _ = self.engine.weighed(card)
        forget()
        seen = Seen({}, {name: [] for name in SYSTEMS}, time.perf_counter() - start, weighed=len(weighed))
        seen.relative_kept = None if relative is None else False
        for each in weighed:
            person, own = each.found.subject_id, each.found.id == mate
            words, face = person in self.put["by_words"], person in self.put["by_face"]
            facts = {fact.name: fact.log10_lr for fact in each.evidence.facts}
            # As the standing search orders and keeps them: by how many strangers are expected to have as much in common.
            told = {"all": -math.log10(max(each.strangers, 1e-300))}
            told |= {"face only": each.face.score} if face and each.face else {}
            told |= (
                {"names only": facts["names"], "all without face": each.evidence.without("face").log10_lr}
                if words
                else {}
            )
            if own:
                seen.mate, seen.by_words, seen.by_face, seen.mate_kept = told, words, face, each.expected < 1
                continue
            if each.found.id == relative:
                seen.relative_kept = each.expected < 1
            else:
                seen.note(each)
            for name, score in told.items():
                seen.others[name].append(score)
        return seen


def card_of(card: UUID) -> Any:
    """A card as the standing search reads it."""
    from kintrace.casework.records import Card

    return Card._all.select_related("office", "opened_by", "subject", "enquirer").get(id=card)


def figures(mated: Sequence[Seen], nonmated: Sequence[Seen]) -> dict[str, Any]:
    """The figures of one size of registry."""
    from kintrace.evaluation import Searches, wilson
    from kintrace.evaluation.uncertainty import intervals

    found: dict[str, Any] = {}
    for name in SYSTEMS:
        width = 1 + max(len(each.others[name]) for each in (*mated, *nonmated))
        rows = [[each.mate.get(name, -np.inf), *each.others[name]] for each in mated]
        strangers = [[-np.inf, *each.others[name]] for each in nonmated]
        one, other = (np.array([row + [-np.inf] * (width - len(row)) for row in part]) for part in (rows, strangers))
        searches = Searches.from_scores(one, [0] * len(one), other, mated_subject=range(len(one)))
        limits = intervals(searches, (1, 10), (FPIR,), ())
        threshold = searches.threshold_at_fpir(FPIR)
        found[name] = {
            "rank1": [searches.found_within(1), limits["rank1"]],
            "rank10": [searches.found_within(10), limits["rank10"]],
            "fnir_at_fpir_1_percent": [searches.fnir(threshold), limits["fnir_at_fpir"]["0.01"]],
            "threshold": threshold,
        }
    misses = {name: found[name]["fnir_at_fpir_1_percent"][0] for name in SYSTEMS}
    seconds = [each.seconds for each in (*mated, *nonmated)]
    count = len(mated)
    words, face = (np.array([getattr(each, way) for each in mated]) for way in ("by_words", "by_face"))
    found["put forward"] = {
        name: [float(part.mean()), wilson(float(part.mean()), count)]
        for name, part in (
            ("by words", words),
            ("by faces", face),
            ("by either", words | face),
            ("by both", words & face),
        )
    }
    kept = float(np.mean([each.mate_kept for each in mated]))
    found |= {
        "mated": count, "nonmated": len(nonmated), "weighed": statistics.mean(each.weighed for each in (*mated, *nonmated)),
        "seconds": [statistics.median(seconds), float(np.quantile(seconds, 0.95))],
        "kept as candidates": [kept, wilson(kept, count)],
        "strangers kept in a search": statistics.mean(each.strangers_kept for each in (*mated, *nonmated)),
        "halved": misses["all"] <= min(misses["face only"], misses["names only"]) / 2,
        "kin": kin_figures([*mated, *nonmated]),
        "misses": misses["all"] / max(min(misses["face only"], misses["names only"]), 1e-9),
    }  # fmt: skip
    return found


def page(people: int, cards: int, found: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [
        f"{people:,} people, {cards:,} found people's cards; {found['mated']} mated and {found['nonmated']} non-mated searches"
    ]
    lines.append(f"  {'':18}{'rank-1':>24}{'rank-10':>24}{'FNIR at FPIR 1 %':>24}")
    for name in SYSTEMS:
        each = found[name]
        shown = "".join(f"{told(*each[key]):>24}" for key in ("rank1", "rank10", "fnir_at_fpir_1_percent"))
        lines.append(f"  {name:18}{shown}")
    put = ", ".join(f"{name} {told(*each)}" for name, each in found["put forward"].items())
    middle, most = found["seconds"]
    return "\n".join([
        *lines,
        f"  true pairs put forward: {put}; weighed in a search: {found['weighed']:.0f}",
        f"  true pairs kept as candidates: {told(*found['kept as candidates'])}; strangers kept: "
        f"{found['strangers kept in a search']:.2f} a search",
        kin_page(found["kin"]),
        f"  seconds a search: median {middle:.2f}, 95th percentile {most:.2f}",
        f"  all together leave {found['misses']:.2f} of the misses of the better of face and names: "
        + ("halved" if found["halved"] else "NOT halved"),
    ])  # fmt: skip


def told(rate: float, interval: Sequence[float]) -> str:
    """A rate with its interval."""
    return f"{rate:.3f} ({interval[0]:.3f}–{interval[1]:.3f})" if interval else f"{rate:.3f}"


def limits(registry: Registry, searches: int) -> list[dict[str, float]]:
    """How many true pairs words put forward, and in what time, with other limits."""
    from kintrace.matching import near
    from kintrace.matching.comparable import others

    before, rows = (near.REACH, near.WORDS), []
    cards = [(card_of(request), card_of(found).subject_id) for request, found in registry.mated[:searches]]
    for near.REACH, near.WORDS in LIMITS:
        start = time.perf_counter()
        hits = [mate in near.by_words(card.subject, others(card)) for card, mate in cards]
        each = (time.perf_counter() - start) / len(cards)
        rows.append({"reach": near.REACH, "words": near.WORDS, "put forward": float(np.mean(hits)), "seconds": each})
    near.REACH, near.WORDS = before
    return rows


def scope_in(code: str) -> Any:
    """A new caseworker of an office."""
    from kintrace.casework.people import Membership, Office, Role, User
    from kintrace.casework.scope import scope_for

    user = User(username=f"bench-{code}")
    user.set_unusable_password()
    user.save()
    office = Office._all.get(code=code)
    roles = (Role.FIELD_OFFICER, Role.CASEWORKER)
    Membership._all.bulk_create(Membership(user=user, office=office, role=role) for role in roles)
    return scope_for(user, office, "tracing")


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Everything, told as it comes."""
    import django

    django.setup()
    from joint_search_speed import speed

    from kintrace.casework import worker
    from kintrace.casework.live import LiveGallery
    from kintrace.casework.setup import add_office, initialise
    from kintrace.faces import Acquirer, active_packs
    from kintrace.folder import calibration_for
    from kintrace.matching.standing import Engine

    def say(text: str) -> None:
        print(text, file=sys.stderr if options.json else sys.stdout, flush=True)

    say(invented.table() + "\n")
    add_office(initialise("bench.example", "asking", "asking", "bench"), "finding", "finding")
    registry = Registry(scope_in("asking"), scope_in("finding"), random.Random(options.seed))
    registry.with_photos(options.people)
    if options.relatives:
        registry.relatives = register_relatives(registry, registry.sought, options.seed)
    packs = active_packs("sface")
    with Acquirer(packs) as acquirer:
        worker.run(acquirer)
        gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    gallery.catch_up()
    engine = Engine(gallery, calibration_for(packs))
    searcher = Searcher(engine)
    report: dict[str, Any] = {"rates": invented.RATES, "seed": options.seed, "registries": []}
    for size in options.registry:
        registry.grow(size)
        rate = (registry.people + len(registry.mated)) / registry.spent
        say(f"{rate:.0f} cards registered a second so far; {len(gallery):,} templates")
        kin = registry.relatives
        mated = [searcher.search(*each, kin.get(each[0])) for each in registry.mated[: options.searches]]
        nonmated = [searcher.search(each, None, kin.get(each)) for each in registry.nonmated[: options.searches]]
        found = figures(mated, nonmated)
        say(page(registry.people, registry.found, found) + "\n")
        report["registries"].append({"people": registry.people, "cards_per_second": rate, **found})
        if options.limits:
            rows = report["registries"][-1]["limits"] = limits(registry, options.searches)
            for row in rows:
                say(", ".join(f"{name} {value:.4g}" for name, value in row.items()))
    if options.speed:
        report["speed"] = speed(registry, engine, WIDTH)
        for name, value in report["speed"].items():
            say(f"{name}: {value:,.3f}")
    return report


def main() -> None:
    """Build, search and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--registry", type=int, nargs="+", default=[2848, 100_000], help="people, rising")
    parser.add_argument("--searches", type=int, default=1000, help="of each kind, mated and not, at most")
    parser.add_argument("--people", type=int, default=0, help="of the collection, at most")
    parser.add_argument("--relatives", action="store_true", help="a found relative's card of everybody sought")
    parser.add_argument("--limits", action="store_true", help="other limits of what words put forward")
    parser.add_argument("--speed", action="store_true", help="times with a template for every found person")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kintrace-bench-") as folder:
        os.environ |= {"KINTRACE_DATA": folder, "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
        found = measured(options)
    if options.json:
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
