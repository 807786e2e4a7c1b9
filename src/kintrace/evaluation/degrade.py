"""Photos made worse on purpose, the same way every time, to see how accuracy falls.

Each kind has one strength; ``KINDS`` gives its unit, default and limits. Nothing here models one camera or
printer: a degradation is a known step away from the photo, so that two systems, or two settings, can be put
through the same.
"""

import math
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kintrace.errors import ProtocolError

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB, 0…255."""

_Change = Callable[[Pixels, float, np.random.Generator], Pixels]


def _blur(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _pixels(cv2.GaussianBlur(pixels, (0, 0), strength))


def _jpeg(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    options = [cv2.IMWRITE_JPEG_QUALITY, round(strength)]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if decoded is None:
        raise RuntimeError("OpenCV cannot read the JPEG it has just written")
    return _pixels(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))


def _downscale(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    height, width = (max(1, round(side * strength)) for side in pixels.shape[:2])
    return _pixels(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))


def _noise(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    noisy = pixels + rng.normal(0.0, strength, pixels.shape)
    return _pixels(np.clip(np.rint(noisy), 0, 255))


def _rotate90(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _pixels(np.rot90(pixels, -round(strength)))


def _grey(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    luma = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return _pixels(cv2.addWeighted(luma, strength, pixels, 1 - strength, 0))


def _occlude(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    tall, wide = (max(1, round(side * math.sqrt(strength))) for side in (height, width))
    # Centred in the middle half, where a portrait has its face; the corners would often cover nothing of it.
    top, left = (
        int(np.clip(rng.uniform(0.25, 0.75) * side - cover / 2, 0, side - cover))
        for side, cover in ((height, tall), (width, wide))
    )
    covered = pixels.copy()
    covered[top : top + tall, left : left + wide] = 128
    return covered


def _dark(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _pixels(pixels * strength)


def _bright(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _pixels(np.clip(pixels * strength, 0, 255))


def _fade(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _pixels(pixels * strength + (1 - strength) * 140.0)


def _pixels(array: object) -> Pixels:
    return np.ascontiguousarray(array, dtype=np.uint8)


@dataclass(frozen=True)
class Kind:
    """A way to make photos worse."""

    change: _Change
    default: float
    low: float
    high: float
    unit: str
    whole: bool = False


KINDS = {
    "blur": Kind(_blur, 3, 0.1, 100, "standard deviation of a Gaussian, in pixels of the photo"),
    "jpeg": Kind(_jpeg, 20, 1, 100, "JPEG quality as libjpeg counts it, 1 (worst) to 100", whole=True),
    "downscale": Kind(_downscale, 0.5, 0.01, 1, "factor of width and height; the photo stays that small"),
    "noise": Kind(_noise, 20, 0.1, 255, "standard deviation of Gaussian noise per channel, in levels of 255"),
    "rotate90": Kind(_rotate90, 1, 1, 3, "quarter turns, clockwise", whole=True),
    "grey": Kind(_grey, 1, 0, 1, "share of colour taken away (Rec. 601 luma)"),
    "dark": Kind(_dark, 0.25, 0.01, 1, "factor of brightness"),
    "bright": Kind(_bright, 2, 1, 10, "factor of brightness; what passes white is lost"),
    "fade": Kind(_fade, 0.25, 0.01, 1, "share of contrast left, as in an old print"),
    "occlude": Kind(_occlude, 0.05, 0.001, 1, "share of the picture under a grey patch near its middle"),
}


@dataclass(frozen=True)
class Degradation:
    """One kind at one strength; ``str()`` gives the option back, such as ``blur:3``."""

    kind: str
    strength: float

    @classmethod
    def parse(cls, option: str) -> "Degradation":
        """Read ``kind`` or ``kind:strength``: ``blur``, ``jpeg:20``, ``downscale:0.25``.

        Raises:
            ProtocolError: the kind is unknown, or the strength is no number or outside its limits.
        """
        name, colon, number = (part.strip() for part in option.partition(":"))
        kind = KINDS.get(name)
        if kind is None:
            raise ProtocolError(f"There is no degradation “{name}”.", "", f"Choose from: {', '.join(KINDS)}.")
        if not colon:
            return cls(name, float(kind.default))
        try:
            strength = float(number)
        except ValueError:
            strength = math.nan
        if not kind.low <= strength <= kind.high or (kind.whole and strength != round(strength)):
            number_word = f"{'whole ' if kind.whole else ''}number from {kind.low:g} to {kind.high:g}"
            raise ProtocolError(
                f"The strength “{number}” of {name} is not a {number_word}.",
                "",
                f"It is the {kind.unit}; without it, {kind.default:g} is used.",
            )
        return cls(name, strength)

    def __str__(self) -> str:
        """The option this was read from."""
        return f"{self.kind}:{self.strength:g}"

    def apply(self, pixels: Pixels, seed: int = 0) -> Pixels:
        """As `degrade`."""
        return degrade(pixels, self.kind, self.strength, seed)


def parse_degradations(options: str | Iterable[str]) -> tuple[Degradation, ...]:
    """Read one option or several, each of which may hold several joined by commas: ``downscale:0.5,jpeg:30``.

    Raises:
        ProtocolError: as `Degradation.parse`.
    """
    listed = [options] if isinstance(options, str) else options
    return tuple(Degradation.parse(part) for option in listed for part in option.split(",") if part.strip())


def degrade(pixels: Pixels, kind: str, strength: float | None = None, seed: int = 0) -> Pixels:
    """A worse copy of a photo; the photo itself is left as it is.

    What chance decides (noise, the place of the patch) follows from the seed and from the photo's own
    pixels: two photos differ, and the same photo comes out the same on every run.

    Args:
        pixels: (height, width, 3) uint8.
        kind: one of ``KINDS``.
        strength: in the unit of ``KINDS[kind]``; its default where None.
        seed: another number, another chance.

    Returns:
        (height, width, 3) uint8; ``downscale`` and ``rotate90`` change height and width.

    Raises:
        ProtocolError: the kind is unknown or the strength outside its limits.
        ValueError: the array is not a picture.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"expected (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")
    step = Degradation.parse(kind if strength is None else f"{kind}:{float(strength)!r}")
    source = np.ascontiguousarray(pixels)
    rng = np.random.default_rng([abs(seed), zlib.crc32(step.kind.encode()), zlib.crc32(source.data)])
    return KINDS[step.kind].change(source, step.strength, rng)


def degrade_all(pixels: Pixels, steps: Iterable[Degradation], seed: int = 0) -> Pixels:
    """Several degradations, one after the other, in the order given; shapes as in `degrade`."""
    for step in steps:
        pixels = step.apply(pixels, seed)
    return pixels
