"""What each check on a photo file finds on photos altered on purpose, and how often it speaks up for nothing.

    .venv/bin/python benchmarks/altered_photos.py              300 photos of ../shared/faces/lfw-dev
    .venv/bin/python benchmarks/altered_photos.py --photos 50  fewer

The photos are of people whose names hash to the half that is reported on (as in benchmarks/picture_hash.py); the threshold for
thumbnails is shown with what it gives on the other half, too. Files are signed with the tests' own authority.
"""

import argparse
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/provenance"), str(ROOT / "benchmarks")]

from files import exif, saved  # noqa: E402
from picture_hash import LFW, half, screenshot  # noqa: E402
from signing import authority, signed  # noqa: E402

from kintrace.provenance import PhotoFacts, TrustList, inspect, working_copy  # noqa: E402

Change = Callable[[Image.Image, Image.Image], Image.Image]


def pasted(share: float) -> Change:
    """Something of another photo put into the picture: a square of this share of its area, at its middle."""

    def change(picture: Image.Image, other: Image.Image) -> Image.Image:
        side = round((picture.width * picture.height * share) ** 0.5)
        result = picture.copy()
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        result.paste(other.resize(picture.size).crop((left, top, left + side, top + side)), (left, top))
        return result

    return change


def cropped(share: float) -> Change:
    """This share of width and height cut off, half of it at each side."""

    def change(picture: Image.Image, _: Image.Image) -> Image.Image:
        across, down = (round(side * share / 2) for side in picture.size)
        return picture.crop((across, down, picture.width - across, picture.height - down))

    return change


HARMLESS: dict[str, Change] = {
    "nothing": lambda p, _: p,
    "saved again, JPEG 50": lambda p, _: Image.open(io.BytesIO(saved(p, "JPEG", quality=50))),
    "half size": lambda p, _: p.resize((p.width // 2, p.height // 2)),
    "brighter by 30 %": lambda p, _: ImageEnhance.Brightness(p).enhance(1.3),
    "contrast + 40 %": lambda p, _: ImageEnhance.Contrast(p).enhance(1.4),
    "sharpened": lambda p, _: p.filter(ImageFilter.UnsharpMask(2, 150)),
    "grey": lambda p, _: p.convert("L").convert("RGB"),
}
CHANGED: dict[str, Change] = {
    "another photo": lambda p, other: other,
    "half of it from another photo": pasted(0.5),
    "a fifth of it from another photo": pasted(0.2),
    "a twentieth of it from another photo": pasted(0.05),
    "10 % cropped": cropped(0.1),
    "30 % cropped": cropped(0.3),
    "mirrored": lambda p, _: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def photos(which: int, count: int) -> list[Image.Image]:
    """One photo each of people of a half, evenly over the alphabet."""
    people = [person for person in sorted(LFW.iterdir()) if half(person.name) == which]
    people = people[:: max(1, len(people) // count)][:count]
    return [Image.open(next(iter(sorted(person.glob("*.jpg"))))).convert("RGB") for person in people]


def thumbnails(pictures: list[Image.Image]) -> dict[str, float]:
    """Share of photos whose thumbnail, made before a change, is said to differ."""
    told = {}
    for name, change in {**HARMLESS, **CHANGED}.items():
        said = []
        for number, picture in enumerate(pictures):
            after = change(picture, pictures[(number + 1) % len(pictures)])
            facts = inspect(saved(after, "JPEG", quality=90, exif=exif(thumbnail=picture)))
            said.append(facts.thumbnails[0].compared == "differs")
        told[name] = float(np.mean(said))
    return told


def share(
    pictures: list[Image.Image], make: Callable[[Image.Image], bytes], found: Callable[[PhotoFacts], bool]
) -> float:
    """Share of photos of which something is found."""
    return float(np.mean([found(inspect(make(picture), trust=TRUST)) for picture in pictures]))


TRUST = TrustList.read(authority().pem)


def compression(pictures: list[Image.Image]) -> dict[str, float]:
    """Of files saved by known and unknown settings, share whose program and setting are named rightly."""

    def named(family: str, setting: str) -> Callable[[PhotoFacts], bool]:
        def right(facts: PhotoFacts) -> bool:
            found = facts.compression
            return found is not None and (found.family, found.setting) == (family, setting)

        return right

    def by(**options: object) -> Callable[[Image.Image], bytes]:
        return lambda picture: saved(picture, "JPEG", **options)

    odd = [[3 + (7 * place) % 41 for place in range(64)]] * 2
    told = {
        f"libjpeg {each}": share(pictures, by(quality=each), named("libjpeg", str(each))) for each in (40, 75, 87, 95)
    }
    for preset in ("web_high", "maximum"):
        told[f"Photoshop {preset}"] = share(pictures, by(quality=preset), named("photoshop", preset))
    told["tables of nobody: said to be not known"] = share(pictures, by(qtables=odd), named("", ""))
    return told


def marks(pictures: list[Image.Image]) -> dict[str, float]:
    """Share of files in which a sign of this kind is seen."""

    def of(kind: str) -> Callable[[PhotoFacts], bool]:
        return lambda facts: any(mark.kind == kind for mark in facts.marks)

    def on_screen(picture: Image.Image) -> Image.Image:
        return Image.fromarray(screenshot(np.asarray(picture)))

    def sized(side: int) -> Callable[[Image.Image], bytes]:
        return lambda picture: saved(picture.resize((side, side)), "JPEG", quality=80)

    android = exif(software="Android AP2A.240805", make="", model="")
    shots: dict[str, Callable[[Image.Image], bytes]] = {
        "screenshot, as Android writes it": lambda p: saved(on_screen(p), "PNG", exif=android),
        "screenshot without metadata": lambda p: saved(on_screen(p), "PNG"),
        "screenshot, cut to the photo": lambda p: saved(on_screen(p).crop((0, 400, 1080, 1480)), "PNG"),
    }
    told = {name: share(pictures, make, of("screenshot")) for name, make in shots.items()}
    told["messenger, 1280 and JPEG 80"] = share(pictures, sized(1280), of("messenger"))
    told["messenger, of another size"] = share(pictures, sized(1111), of("messenger"))
    told["any sign in the photos as they are"] = share(pictures, lambda p: saved(p, "JPEG"), lambda f: bool(f.marks))
    return told


def credentials(pictures: list[Image.Image]) -> dict[str, dict[str, float]]:
    """Share of signed files in each state, by what was done to them afterwards."""

    def flipped(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[len(data) - len(data) // 5] ^= 8
        return bytes(changed)

    after: dict[str, Callable[[bytes], bytes]] = {
        "nothing": lambda data: data,
        "one bit changed": flipped,
        "saved again": lambda data: saved(Image.open(io.BytesIO(data)), "JPEG", quality=80),
        "credentials taken out": working_copy,
        "a few bytes put behind": lambda data: data + b"more",
    }
    told = {}
    for name, change in after.items():
        states = [
            inspect(change(signed(saved(picture, "JPEG"))), trust=TRUST).credentials.state for picture in pictures
        ]
        told[name] = {state: states.count(state) / len(states) for state in sorted(set(states))}
    return told


def behind(facts: PhotoFacts) -> bool:
    """Whether data behind the end were found."""
    return facts.file.trailing > 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=300)
    options = parser.parse_args()
    one, other = photos(0, options.photos), photos(1, options.photos)
    few = other[: max(20, len(other) // 6)]
    report = {
        "photos": len(other),
        "thumbnail said to differ, half chosen on": thumbnails(one),
        "thumbnail said to differ, half reported on": thumbnails(other),
        "few": len(few),
        "compression named rightly": compression(few),
        "signs seen": marks(few),
        "data behind the end found": share(few, lambda p: saved(p, "JPEG") + b"PK\x03\x04 more", behind),
        "data behind the end, of none": share(few, lambda p: saved(p, "JPEG"), behind),
        "credentials": credentials(few),
    }
    print(json.dumps(report, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
