"""Templates as 24-bit fixed-point numbers in two planes, and probes as 8-bit ones, with their errors bounded.

A component x of a template is stored as u = round(x / s · 2²³) + 2²³, an unsigned number of 24 bits, where
s is the smallest power of two above the template's largest component. The top byte of u alone is a signed
8-bit quantisation of x: that plane is scanned. The top byte and the two below it are x to within s · 2⁻²⁴,
finer than the rounding of a float32 inner product: from them the short list is scored again.

The scanned score differs from the exact one by at most (Cauchy and Schwarz)

    ‖probe‖ · ‖template - its top bytes‖ + ‖probe - its 8 bits‖ · ‖top bytes of the template‖

and that bound is what makes the search exact rather than probably so: see `search.py`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

HALF = 1 << 23
LANE = 16
"""FAISS computes with 8-bit integers where a code is a multiple of 16 bytes; templates are padded to that."""


def width(dimension: int) -> int:
    """Bytes of the scanned plane for one template."""
    return -(-dimension // LANE) * LANE


@dataclass(frozen=True)
class Codes:
    """Templates of one scale, encoded."""

    scale: float
    which: Ints
    """Their places among the templates given to `encode`."""
    top: Bytes
    """(n, width): the scanned plane."""
    rest: NDArray[np.uint16]
    """(n, dimension): the plane below it."""
    spread: float
    """The largest ‖template - its top bytes‖."""
    longest: float
    """The largest ‖top bytes‖."""


def encode(templates: NDArray[np.float32]) -> list[Codes]:
    """Encode (n, dimension) templates, grouped by their scale."""
    _, exponents = np.frexp(np.abs(templates).max(axis=1))
    groups = []
    for exponent in np.unique(exponents):
        which = np.flatnonzero(exponents == exponent)
        scale = float(2.0**exponent)
        units = np.rint(templates[which].astype(np.float64) * (HALF / scale)).astype(np.int64) + HALF
        # Only a component of almost exactly ±s is clipped, by one unit.
        units = np.clip(units, 0, 2 * HALF - 1).astype(np.uint32)
        top = np.full((len(which), width(templates.shape[1])), 128, dtype=np.uint8)
        top[:, : templates.shape[1]] = units >> 16
        rest = (units & 0xFFFF).astype(np.uint16)
        lost = np.linalg.norm((rest.astype(np.float64) - 32768) * (scale / HALF), axis=1)
        kept = np.linalg.norm((top[:, : templates.shape[1]] - 127.5) * (scale / 128), axis=1)
        groups.append(Codes(scale, which, top, rest, float(lost.max()), float(kept.max())))
    return groups


def decode(top: Bytes, rest: NDArray[np.uint16], scale: float) -> Floats:
    """The templates of `top` and `rest`; float32 would hold each of them without rounding, too."""
    units = top[:, : rest.shape[1]].astype(np.int32)
    units <<= 16
    units |= rest
    units -= HALF
    templates: Floats = units.astype(np.float64) * (scale / HALF)
    return templates


class Probes:
    """Probes with their 8-bit codes.

    The codes are whole numbers from -127 to 127, because FAISS cuts a probe to such numbers in this
    computation. So the scanned score is a sum of integers, exact in itself.
    """

    def __init__(self, vectors: NDArray[np.floating]) -> None:
        """Encode (n, dimension) vectors of length 1 or less."""
        self.vectors: Floats = vectors.astype(np.float64)
        count, dimension = vectors.shape
        steps = np.maximum(np.abs(self.vectors).max(axis=1), 1e-30) / 127
        codes = np.rint(self.vectors / steps[:, None])
        self.codes = np.zeros((count, width(dimension)), dtype=np.float32)
        self.codes[:, :dimension] = codes
        self._steps: Floats = steps
        # A byte c stands for the middle of its interval, c - 127.5, and FAISS reads it as c - 128.
        self._middle: Floats = codes.sum(axis=1) / 2
        self._lengths: Floats = np.linalg.norm(self.vectors, axis=1)
        self._lost: Floats = np.linalg.norm(self.vectors - codes * steps[:, None], axis=1)

    def __len__(self) -> int:
        """How many probes."""
        return len(self.vectors)

    def of(self, which: list[int]) -> "Probes":
        """Some of these probes."""
        return Probes(self.vectors[which])

    def scores(self, dots: NDArray[np.float32], scale: float) -> Floats:
        """Scanned scores from the sums (probes, n) that FAISS gives."""
        scores: Floats = (dots + self._middle[:, None]) * (self._steps * (scale / 128))[:, None]
        return scores

    def bounds(self, spread: float, longest: float) -> Floats:
        """For each probe, by how much a scanned score can differ from the exact one.

        The last term is for builds of FAISS that sum in float32: one rounding for each component.
        """
        rounding = self.codes.shape[1] * 2.0**-24 * self._lengths * longest
        bounds: Floats = (self._lengths * spread + self._lost * longest) * (1 + 1e-9) + rounding
        return bounds
